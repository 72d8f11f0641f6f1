//! The journal on the screen.

use haversack::{
    model::*,
    tui::app::{Effect, Event, Lens, Popup, journal::Journal},
};
use insta::assert_snapshot;
use pretty_assertions::assert_eq;

use super::{SIZES, stored::Stored};
use crate::screen::{Harness, checkout};

const MINUTE: i64 = 60_000;

/// A journal of every kind of row, answered to the screen as of a fixed time.
fn journal(screen: &mut Harness) -> Vec<JournalRow> {
    let session = screen.desk().session().clone();
    let now = 1_795_284_000_000;
    let mut rows = Vec::new();
    let mut row = |actor: &str, ago: i64, status, verb: Option<(Verb, usize)>, words: &str| {
        let edit = match verb {
            Some((verb, index)) => session.edit_for(&verb, &[session.entries[index].id]).expect("it can be done").0,
            None => Edit { words: words.into(), ..Edit::default() },
        };
        let id = rows.len() as i64 + 1;
        let undone_by = (status == JournalStatus::Undone).then(Actor::person);
        let via = match actor {
            "person" => Some(Via::Screen),
            "rule" => None,
            _ => Some(Via::Mcp),
        };
        let actor = actor.parse().expect("an actor");
        rows.push(JournalRow { id, actor, via, at: Time(now - ago * MINUTE), status, edit, undone_by, stamp: id });
    };
    row("rule", 3_000, JournalStatus::Append, None, "imported 17 entries");
    row("person", 190, JournalStatus::Done, Some((Verb::Pin, 0)), "");
    row("agent:claude/mcp", 45, JournalStatus::Done, Some((Verb::Evict, 3)), "");
    row("person", 12, JournalStatus::Dropped, Some((Verb::Evict, 5)), "");
    row("person", 3, JournalStatus::Done, Some((Verb::CompactTo(Level::Sentence), 10)), "");
    row("person", 0, JournalStatus::Undone, Some((Verb::Evict, 16)), "");
    let event = Event::Journal { session: session.id, journal: Ok(rows.clone()), now: Time(now) };
    screen.event(event);
    rows
}

fn lens(screen: &Harness) -> &Journal {
    match &screen.state.lens {
        Some(Lens::Journal(lens)) => lens,
        _ => panic!("the journal is not open"),
    }
}

#[test]
fn the_journal_at_every_size() {
    for (width, height) in SIZES {
        let mut screen = Harness::open(width, height, checkout());
        screen.keys("J");
        journal(&mut screen);
        screen.keys("jjj");
        assert_snapshot!(format!("journal_{width}x{height}"), screen.picture());
    }
}

#[test]
fn it_says_when_it_is_read_empty_broken_or_filtered_to_nothing() {
    let mut screen = Harness::open(80, 24, checkout());
    screen.keys("J");
    assert!(screen.picture().contains("reading the journal …"));
    let session = screen.desk().session().id.clone();
    let answer = |journal| Event::Journal { session: session.clone(), journal, now: Time(0) };
    screen.event(answer(Err("another program is writing to the store: try again when it is done".into())));
    assert!(screen.picture().contains("! another program is writing"));
    screen.event(answer(Ok(Vec::new())));
    assert!(screen.picture().contains("no edits yet"));
    journal(&mut screen);
    screen.keys("/nothing like it<enter>");
    assert!(screen.picture().contains("no edit holds these words"));
}

#[test]
fn hostile_words_and_actors_are_inert() {
    let mut screen = Harness::open(80, 24, checkout());
    screen.keys("J");
    let session = screen.desk().session().id.clone();
    let words = format!("evil \u{1b}[31m\u{202e}\nsecond {}", "漢字".repeat(80));
    let edit = Edit { words, ..Edit::default() };
    let (id, actor, at) = (1, "agent:x".parse().unwrap(), Time(i64::MAX));
    let row = JournalRow { id, actor, via: None, at, status: JournalStatus::Done, edit, undone_by: None, stamp: 1 };
    screen.event(Event::Journal { session, journal: Ok(vec![row]), now: Time(i64::MIN) });
    let picture = screen.picture();
    assert!(!picture.contains('\u{1b}') && !picture.contains('\u{202e}'));
    assert!(picture.contains("evil"), "{picture}");
}

#[test]
fn the_filter_takes_words_actors_and_entries_as_they_are_typed() {
    let mut screen = Harness::open(80, 24, checkout());
    screen.keys("J");
    journal(&mut screen);
    let mut found = |typed: &str| {
        screen.keys(&format!("/<ctrl-u>{typed}"));
        let lens = lens(&screen);
        let ids: Vec<i64> = lens.shown.iter().map(|&row| lens.journal[row].id).collect();
        screen.keys("<enter>");
        ids
    };
    assert_eq!(found("evict"), [6, 4, 3]);
    assert_eq!(found("evict you"), [6, 4]);
    assert_eq!(found("CLAUDE"), [3]);
    assert_eq!(found("taken"), [6]);
    assert_eq!(found("#4"), [3], "it touches #4, though it may speak of others");
    assert_eq!(found("#1"), [2], "#1 is not #11 or #17");
    screen.keys("/<esc>");
    assert_eq!(lens(&screen).shown.len(), 6);
}

#[test]
fn enter_goes_back_to_a_point_and_forward_again_with_the_screen_in_step() {
    let mut stored = Stored::demo(80, 24);
    let before = stored.session();
    stored.keys("gjjpjjxjjcJ");
    let done = stored.session();
    assert_eq!(lens(&stored.screen).journal.len(), 4, "the import and three edits");
    // From the newest to the oldest of the three.
    stored.keys("jj<enter>");
    let Some(Popup::Confirm(confirm)) = &stored.screen.state.popup else { panic!("it asks first") };
    assert_eq!(confirm.question, "Take back 2 edits?");
    assert!(confirm.detail.starts_with("The newest first: “"), "{}", confirm.detail);
    stored.keys("n");
    assert_eq!(stored.session().entries, done.entries, "a no changes nothing");
    stored.keys("<enter>y");
    stored.assert_in_step();
    assert!(stored.status().starts_with("took back 2 edits: "), "{}", stored.status());
    let statuses: Vec<_> = lens(&stored.screen).journal.iter().map(|row| row.status).collect();
    use JournalStatus::*;
    assert_eq!(statuses, [Undone, Undone, Done, Append], "and the list shows it");
    // To the start, by `u`, and all of it again from the top row.
    stored.keys("u");
    assert_eq!(stored.session().entries, before.entries);
    stored.keys("g<enter>y");
    stored.assert_in_step();
    assert_eq!(stored.session().entries, done.entries);
    assert!(stored.status().starts_with("did again 3 edits"), "{}", stored.status());
}

#[test]
fn another_actors_edit_in_the_way_is_named_before_and_after() {
    let mut stored = Stored::demo(80, 24);
    stored.keys("gjjx");
    let target = stored.screen.desk().session().entries[2].id;
    let agent: Actor = "agent:claude".parse().unwrap();
    let budget = stored.screen.state.settings.budget;
    let id = stored.id.clone();
    let score = Verb::Rescore(Importance::new(0.9).expect("it is within 0 and 1"));
    stored.workspace.edit(&id, &agent, budget, &score, &[target]).expect("the agent scores it");
    stored.reload();
    stored.keys("jjjjpJG<enter>");
    let Some(Popup::Confirm(confirm)) = &stored.screen.state.popup else { panic!("it asks first") };
    assert_eq!(confirm.question, "Take back 2 edits?");
    assert!(confirm.detail.contains("It stops after 1 of 2") && confirm.detail.contains("agent:claude"));
    stored.keys("y");
    assert!(stored.status().contains("then stopped") && stored.status().contains("agent:claude"));
    stored.assert_in_step();
    // Nothing can be taken back now until the agent's edit is.
    stored.keys("<enter>");
    assert!(stored.screen.state.popup.is_none() && stored.status().contains("stands on"), "{}", stored.status());
    // Rows: the pin, the agent's edit, the eviction, the import.
    stored.keys("gjx");
    stored.assert_in_step();
    stored.keys("G<enter>y");
    stored.assert_in_step();
    assert!(stored.session().entries[2].state == EntryState::default());
}

#[test]
fn what_does_not_apply_says_why() {
    let mut screen = Harness::open(80, 24, checkout());
    screen.keys("J");
    journal(&mut screen);
    let mut said = |keys: &str| {
        screen.keys(keys);
        screen.state.status.words.clone()
    };
    assert_eq!(said("gjx"), "", "row 5 stands");
    assert_eq!(said("<enter>"), "nothing of yours is newer than edit 5");
    assert_eq!(said("jx"), "it is taken back already");
    assert_eq!(said("Gx"), "what came in stays: evict its entries to leave them out");
    assert_eq!(said("o"), "there is no entry of it in the list");
    let asked: Vec<&Effect> = screen.effects.iter().filter(|one| matches!(one, Effect::StepTo { .. })).collect();
    assert_eq!(asked.len(), 1);
}

#[test]
fn the_entries_of_an_edit_are_marked_in_the_list() {
    let mut screen = Harness::open(80, 24, checkout());
    screen.keys("J");
    let rows = journal(&mut screen);
    screen.keys("gjo");
    assert!(screen.state.lens.is_none());
    let marked = &screen.state.inspector().expect("a session is open").list.marked;
    assert_eq!(marked.iter().copied().collect::<Vec<_>>(), rows[4].edit.touches());
}

#[test]
fn a_note_can_be_taken_back_while_the_journal_shows_it() {
    let mut stored = Stored::demo(120, 36);
    stored.keys("n<ctrl-s>J");
    assert_eq!(stored.screen.desk().session().entries.len(), 251);
    stored.keys("u");
    assert_eq!(stored.screen.desk().session().entries.len(), 250);
    stored.assert_in_step();
}
