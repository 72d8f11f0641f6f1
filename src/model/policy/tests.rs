//! The table of the crate's documentation, cell by cell; and whose it is that an edit changes.

use pretty_assertions::assert_eq;

use super::*;
use crate::model::{Held, Importance, Time};

/// The cells of a row of the table: a person's, an agent's, a rule's, nobody's.
fn documented(deed: Deed) -> Vec<bool> {
    let row = format!("//! | {deed} | ");
    let line = include_str!("../../lib.rs").lines().find_map(|line| line.strip_prefix(&row));
    let cells = line.unwrap_or_else(|| panic!("the table has no row '{deed}'")).trim_end_matches(" |").split(" | ");
    cells
        .map(|cell| match cell {
            "may" => true,
            "refused" => false,
            other => panic!("'{other}' is in no cell"),
        })
        .collect()
}

#[test]
fn every_cell_of_the_table_is_what_happens() {
    let whose = [Some(Hand::Person), Some(Hand::Agent), Some(Hand::Rule), None];
    for &deed in Deed::VARIANTS {
        let cells = documented(deed);
        assert_eq!(cells.len(), whose.len(), "{deed}");
        for (whose, cell) in whose.into_iter().zip(cells) {
            assert!(may(Hand::Person, deed, whose), "a person may do everything: {deed}, {whose:?}");
            assert_eq!(may(Hand::Agent, deed, whose), cell, "an agent: {deed}, {whose:?}");
            assert_eq!(may(Hand::Rule, deed, whose), cell, "a rule: {deed}, {whose:?}");
        }
    }
}

const ENTRY: EntryId = EntryId(5);
const OLDER: EntryId = EntryId(4);

fn agent() -> Actor {
    "agent:claude".parse().expect("an actor")
}

fn row(id: i64, actor: Actor, changes: Vec<Change>) -> JournalRow {
    let edit = Edit { words: format!("edit {id}"), changes, ..Edit::default() };
    let status = JournalStatus::Done;
    JournalRow { id, actor, via: None, at: Time(id), status, edit, undone_by: None, stamp: id }
}

fn change(id: EntryId, before: &EntryState, after: &EntryState) -> Change {
    Change::State { id, before: before.clone(), after: after.clone() }
}

fn pinned() -> EntryState {
    EntryState { pinned: true, held: Held { level: Level::Full, by: HeldBy::Hand }, ..EntryState::default() }
}

fn asks(actor: Actor, journal: &[JournalRow], before: &EntryState, after: &EntryState) -> Option<(Deed, Option<i64>)> {
    let edit = Edit { changes: vec![change(ENTRY, before, after)], ..Edit::default() };
    assert!(overrides(&edit));
    allow_edit(&actor, &edit, journal).err().map(|why| (why.deed, why.row))
}

#[test]
fn a_pin_is_whose_newest_standing_edit_set_it() {
    let (live, pin) = (EntryState::default(), pinned());
    let mut journal = vec![row(1, Actor::person(), vec![change(ENTRY, &live, &pin)])];
    assert_eq!(asks(agent(), &journal, &pin, &live), Some((Deed::Unpin, Some(1))));
    assert_eq!(asks(Actor::rule(), &journal, &pin, &live), Some((Deed::Unpin, Some(1))));
    assert_eq!(asks(Actor::person(), &journal, &pin, &live), None);
    journal.push(row(2, Actor::person(), vec![change(ENTRY, &pin, &live)]));
    journal.push(row(3, agent(), vec![change(ENTRY, &live, &pin)]));
    assert_eq!(asks(agent(), &journal, &pin, &live), None, "the pin that stands is an agent's");
    journal[2].status = JournalStatus::Undone;
    journal[1].status = JournalStatus::Undone;
    assert_eq!(asks(agent(), &journal, &pin, &live), Some((Deed::Unpin, Some(1))), "the person's stands again");
    assert_eq!(asks(agent(), &[], &pin, &live), None, "nobody's: it came with the log");
}

#[test]
fn a_pin_that_a_push_passed_on_to_a_copy_stays_the_persons() {
    let (live, pin) = (EntryState::default(), pinned());
    let gone = EntryState { fate: Fate::Superseded { by: ENTRY }, ..EntryState::default() };
    let passed_on = vec![change(OLDER, &pin, &gone), change(ENTRY, &live, &pin)];
    let journal = [row(1, Actor::person(), vec![change(OLDER, &live, &pin)]), row(2, agent(), passed_on)];
    assert_eq!(asks(agent(), &journal, &pin, &live), Some((Deed::Unpin, Some(1))));
}

#[test]
fn what_a_person_set_by_hand_is_named_by_its_own_deed() {
    let live = EntryState::default();
    let scored = EntryState { importance: Importance::new(0.9), ..live.clone() };
    let held = EntryState { held: Held { level: Level::Keywords, by: HeldBy::Hand }, ..live.clone() };
    let text = crate::text::redact::clean("short");
    let rewritten = EntryState { rewrites: [(Level::Summary, text)].into(), ..live.clone() };
    let out = EntryState { fate: Fate::Evicted, ..live.clone() };
    let pinned_out = EntryState { fate: Fate::Evicted, ..pinned() };
    for (set, to, deed) in [
        (&scored, &live, Deed::Rescore),
        (&held, &live, Deed::Relevel),
        (&rewritten, &live, Deed::Rewrite),
        (&out, &live, Deed::BringBack),
        (&pinned(), &pinned_out, Deed::TakeOut),
    ] {
        let journal = [row(7, Actor::person(), vec![change(ENTRY, &live, set)])];
        assert_eq!(asks(agent(), &journal, set, to), Some((deed, Some(7))));
        let journal = [row(7, agent(), vec![change(ENTRY, &live, set)])];
        assert_eq!(asks(agent(), &journal, set, to), None, "{deed}: its own");
    }
}

#[test]
fn what_overrides_nothing_needs_no_journal() {
    let live = EntryState::default();
    let by_rule = EntryState { held: Held { level: Level::Summary, by: HeldBy::Rule }, ..live.clone() };
    for (before, after) in [(&live, &pinned()), (&live, &by_rule), (&by_rule, &live)] {
        let edit = Edit { changes: vec![change(ENTRY, before, after)], ..Edit::default() };
        assert!(!overrides(&edit));
    }
}
