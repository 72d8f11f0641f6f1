//! What gives way and what holds, under both policies.

use pretty_assertions::assert_eq;
use strum::IntoEnumIterator;

use super::*;
use crate::{
    model::{Entry, Importance, Kind, SessionId},
    pack::strategy::tests::entry,
};

/// Messages of 100, 50, 20 and 10 tokens, the last 2 the tail.
fn session(importances: &[f32], max_tokens: u32) -> Session {
    let mut session = Session::new(SessionId::new("haversack:enforce"));
    (session.settings.max_tokens, session.settings.preserve_recent) = (max_tokens, Some(2));
    session.entries = (1..).zip(importances).map(|(seq, &importance)| of(seq, importance)).collect();
    session
}

fn of(seq: u32, importance: f32) -> Entry {
    let mut entry = entry(seq, Kind::Message, "text");
    entry.state.importance = Importance::new(importance);
    Entry { costs: [100, 50, 20, 10], ..entry }
}

/// The session after enforcement, and what it did.
fn enforced(session: &Session, policy: Policy) -> (Session, Option<Enforced>) {
    let done = enforce(session, PlanSettings::default(), policy);
    let mut after = session.clone();
    if let Some(done) = &done {
        after.apply(&done.edit).expect("it was made for this session");
    }
    (after, done)
}

/// "FSsK-": a letter an entry.
fn held(session: &Session) -> String {
    let letter = |entry: &Entry| if entry.is_live() { entry.state.held.level.letter() } else { '-' };
    session.entries.iter().map(letter).collect()
}

#[test]
fn a_session_within_its_maximum_or_without_one_is_left_alone() {
    for policy in Policy::iter() {
        assert_eq!(enforced(&session(&[0.5; 5], 500), policy).1, None);
        assert_eq!(enforced(&session(&[0.5; 5], 0), policy).1, None);
    }
}

#[test]
fn it_fits_afterwards_and_undo_is_exact() {
    for (policy, most) in Policy::iter().flat_map(|policy| [450, 300, 150, 110].map(|most| (policy, most))) {
        let before = session(&[0.5, 0.2, 0.9, 0.5, 0.3, 0.5], most);
        let (mut after, done) = enforced(&before, policy);
        assert!(held_tokens(&after) <= u64::from(most), "{policy} {most}: {}", held(&after));
        let done = done.expect("it was over");
        after.apply(&done.edit.inverse()).expect("nothing came between");
        assert_eq!(after.canonical_json(), before.canonical_json());
    }
}

#[test]
fn pins_and_the_tail_hold() {
    for policy in Policy::iter() {
        let mut before = session(&[0.1, 0.9, 0.9, 0.1, 0.1], 150);
        before.entries[0].state.pinned = true;
        let (after, _) = enforced(&before, policy);
        assert_eq!(&held(&after)[..3], "F--", "{policy}: the pin holds, the others have left");
        assert!(after.entries[3..].iter().all(Entry::is_live), "{policy}: {}", held(&after));
        before.settings.max_tokens = 50;
        let (after, _) = enforced(&before, policy);
        assert_eq!(held(&after), "F--KK", "{policy}: more than the maximum, and nothing left that may give way");
    }
}

#[test]
fn preserve_recent_wider_than_the_session_shortens_and_evicts_nothing() {
    for policy in Policy::iter() {
        let mut before = session(&[0.5; 5], 200);
        before.settings.preserve_recent = Some(10);
        let (after, done) = enforced(&before, policy);
        assert_eq!(done.map(|done| done.evicted), Some(0), "{policy}");
        assert!(held_tokens(&after) <= 200, "{policy}: {}", held(&after));
    }
}

#[test]
fn a_level_held_by_hand_stays_and_the_others_make_room() {
    for policy in Policy::iter() {
        let mut before = session(&[0.1, 0.5, 0.5, 0.5, 0.5], 300);
        before.entries[0].state.held = Held { level: Level::Full, by: HeldBy::Hand };
        let (after, _) = enforced(&before, policy);
        assert_eq!(after.entries[0].state.held, before.entries[0].state.held, "{policy}");
        assert!(held_tokens(&after) <= 300, "{policy}: {}", held(&after));
    }
}

#[test]
fn levels_rise_again_where_there_is_room() {
    for policy in Policy::iter() {
        let mut before = session(&[0.5; 8], 300);
        before.settings.preserve_recent = Some(0);
        let (mut after, _) = enforced(&before, policy);
        assert!(after.entries[4].state.held.level > Level::Full, "{policy}: {}", held(&after));
        // Somebody evicts the others, and one comes in that matters little and saves much.
        after.entries.iter_mut().for_each(|entry| entry.state.fate = Fate::Evicted);
        after.entries[4].state.fate = Fate::Live;
        after.entries.push(Entry { costs: [500, 10, 10, 10], ..of(9, 0.1) });
        let (after, done) = enforced(&after, policy);
        assert_eq!(after.entries[4].state.held.level, Level::Full, "{policy}: {}", held(&after));
        assert_eq!(done.map(|done| done.restored), Some(1), "{policy}");
    }
}

#[test]
fn the_ladder_takes_what_matters_least() {
    let (after, done) = enforced(&session(&[0.9, 0.2, 0.5, 0.5, 0.5], 450), Policy::Ladder);
    assert_eq!(held(&after), "FSFFF");
    assert_eq!(done.map(|done| done.edit.words), Some("kept within 450 tokens: shortened 1".into()));
}

#[test]
fn the_journal_says_whether_it_fits_now() {
    let words = |importances: &[f32], most| {
        enforced(&session(importances, most), Policy::Ladder).1.map(|done| done.edit.words).unwrap_or_default()
    };
    assert_eq!(words(&[0.5; 13], 1_250), "kept within 1,250 tokens: shortened 1");
    assert_eq!(words(&[0.5; 3], 15), "holds 20 tokens, 15 allowed: shortened 2, evicted 1");
}
