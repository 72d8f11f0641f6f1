//! The replay on the screen.

use std::collections::BTreeMap;

use haversack::{
    model::*,
    pack::replay::{FactMoved, Moved, Step},
    tui::app::{
        Effect, Event, Lens,
        replay::{Pace, Replay},
        tick_after,
    },
};
use insta::assert_snapshot;
use pretty_assertions::assert_eq;

use super::{SIZES, stored::Stored};
use crate::screen::{Harness, checkout};

fn lens(screen: &Harness) -> &Replay {
    match &screen.state.lens {
        Some(Lens::Replay(lens)) => lens,
        _ => panic!("the replay is not open"),
    }
}

/// The demo with all its turns on the screen.
fn replayed(width: u16, height: u16, keys: &str) -> Stored {
    let mut stored = Stored::demo(width, height);
    stored.keys(keys).turns(usize::MAX);
    stored
}

#[test]
fn the_replay_at_every_size() {
    for (width, height) in SIZES {
        let mut stored = replayed(width, height, "P");
        stored.keys("G");
        assert_snapshot!(format!("replay_{width}x{height}"), stored.screen.picture());
    }
}

#[test]
fn an_entry_that_was_lost_is_found_with_its_turn() {
    let mut stored = Stored::demo(120, 36);
    let report = stored.screen.desk().replay(&|_, _| {});
    let (turn, seq) = report.turns.iter().find_map(|turn| Some((turn.turn, *turn.changes.left.first()?))).unwrap();
    // The last time counts.
    let last = report.turns.iter().filter(|turn| turn.changes.left.contains(&seq)).map(|turn| turn.turn).max();
    assert!(last >= Some(turn));
    stored.keys(&format!("/#{seq}<enter>H")).turns(usize::MAX);
    assert_snapshot!("replay_lost", stored.screen.picture());
    let shown = lens(&stored.screen);
    assert_eq!(Some(shown.turn + 1), last);
    let answer = shown.answer(stored.screen.desk().session()).unwrap();
    assert!(answer.starts_with(&format!("#{seq} left the pack at turn {}: ", last.unwrap())), "{answer}");
    let step = shown.step().unwrap();
    assert_eq!(step.moves[shown.rows.cursor - step.facts.len()].seq, seq, "the cursor is on it");
}

#[test]
fn an_entry_that_stays_or_never_came_is_told_so() {
    let mut stored = Stored::demo(120, 36);
    let report = stored.screen.desk().replay(&|_, _| {});
    let ever_left: Vec<u32> = report.turns.iter().flat_map(|turn| turn.changes.left.clone()).collect();
    let last = report.turns.last().unwrap();
    let stays = last.included.iter().map(|included| included.seq).find(|seq| !ever_left.contains(seq)).unwrap();
    stored.keys(&format!("/#{stays}<enter>H")).turns(usize::MAX);
    let said = |stored: &Stored| lens(&stored.screen).answer(stored.screen.desk().session()).unwrap();
    assert!(said(&stored).starts_with(&format!("#{stays} never left the pack: ")), "{}", said(&stored));

    let ever_in = |seq: &u32| report.turns.iter().any(|turn| turn.included.iter().any(|included| included.seq == *seq));
    let never = last
        .excluded
        .iter()
        .map(|excluded| excluded.seq)
        .find(|seq| !ever_in(seq) && stored.screen.desk().session().by_seq(*seq).unwrap().kind != Kind::Boundary);
    let never = never.expect("something never fits");
    stored.keys(&format!("<esc>/<ctrl-u>#{never}<enter>H")).turns(usize::MAX);
    assert!(said(&stored).starts_with(&format!("#{never} was never in the pack: ")), "{}", said(&stored));
}

#[test]
fn while_turns_come_the_screen_is_used_and_says_how_far_it_is() {
    let mut stored = Stored::demo(120, 36);
    stored.keys("P");
    assert!(stored.screen.picture().contains("replaying …"));
    stored.turns(1);
    let of = lens(&stored.screen).of.unwrap();
    assert!(of > 4);
    assert!(stored.screen.picture().contains(&format!("1 of {of}")), "{}", stored.screen.picture());
    // What is still to come is gone to when it is there.
    stored.keys("3<enter>");
    assert_eq!(lens(&stored.screen).turn, 0);
    stored.turns(2);
    assert_eq!(lens(&stored.screen).turn, 2);
    stored.keys("G").turns(usize::MAX);
    assert_eq!(lens(&stored.screen).turn, of - 1);
    assert!(lens(&stored.screen).is_done());
    stored.keys("g");
    assert_eq!(lens(&stored.screen).turn, 0);
    stored.keys("lllh");
    assert_eq!(lens(&stored.screen).turn, 2);
    stored.keys(&format!("#{}<enter>", of + 1));
    assert!(stored.screen.picture().contains(&format!("a number from 1 to {of}")), "{}", stored.screen.picture());
}

#[test]
fn playing_goes_on_with_each_tick_and_stops_at_the_end() {
    let mut stored = replayed(80, 24, "P");
    let of = lens(&stored.screen).of.unwrap();
    assert_eq!(tick_after(&stored.screen.state), None, "no clock runs while it is paused");
    stored.keys("<space>");
    let slow = tick_after(&stored.screen.state).unwrap();
    stored.keys("+");
    assert_eq!(tick_after(&stored.screen.state).unwrap() * 2, slow);
    stored.keys("-");
    for _ in 0..of + 3 {
        stored.screen.event(Event::Tick);
    }
    let shown = lens(&stored.screen);
    assert_eq!((shown.turn, shown.pace), (of - 1, Pace::Paused));
    stored.keys("<space>");
    assert_eq!((lens(&stored.screen).turn, lens(&stored.screen).pace), (0, Pace::Playing), "from the start again");
    stored.keys("<space>");
    stored.screen.event(Event::Tick);
    assert_eq!(lens(&stored.screen).turn, 0);
}

#[test]
fn another_budget_is_replayed_anew_and_stale_turns_are_dropped() {
    let mut stored = replayed(120, 36, "P");
    stored.keys("4<enter>");
    let before = lens(&stored.screen).step().unwrap().used;
    let settings =
        |stored: &Stored| stored.screen.effects.iter().filter(|effect| matches!(effect, Effect::Replay { .. })).count();
    assert_eq!(settings(&stored), 1);
    stored.keys("]");
    let generation = 1;
    let step = lens(&replayed(120, 36, "P").screen).steps[0].clone();
    stored.screen.event(Event::Replayed { generation, step: Ok((Box::new(step), 9)) });
    assert!(lens(&stored.screen).steps.is_empty(), "a turn of the replay before");
    stored.keys("]]]");
    assert_eq!(settings(&stored), 2, "one is asked for at a time");
    stored.turns(usize::MAX);
    assert_eq!(settings(&stored), 3, "and then the newest");
    stored.turns(usize::MAX);
    let shown = lens(&stored.screen);
    assert_eq!(shown.turn, 3, "the turn that was looked at");
    assert!(shown.is_done() && shown.step().unwrap().used >= before);
    // Nobody looks any more: it ends.
    stored.keys("]").turns(1).keys("<esc>");
    assert_eq!(stored.screen.effects.last(), Some(&Effect::StopReplay));
}

#[test]
fn enter_goes_to_the_entry_of_the_row() {
    let mut stored = replayed(120, 36, "P");
    let step = lens(&stored.screen).step().unwrap().clone();
    stored.keys("j<enter>");
    assert!(stored.screen.state.lens.is_none());
    let inspector = stored.screen.state.inspector().unwrap();
    let at = inspector.list.current().unwrap();
    assert_eq!(inspector.desk.session().entries[at].seq, step.moves[1 + step.facts.len()].seq);
}

#[test]
fn a_failure_and_an_empty_session_are_told() {
    let mut screen = Harness::open(80, 24, checkout());
    screen.keys("P");
    screen.event(Event::Replayed { generation: 1, step: Err("the store is gone: open it again".into()) });
    assert!(screen.picture().contains("! the store is gone"));
    let mut screen = Harness::open(80, 24, Session::new(SessionId::new("claude:none")));
    screen.keys("PHhlG<space>");
    assert!(screen.picture().contains("nothing to replay"), "{}", screen.picture());
    assert!(!screen.effects.iter().any(|effect| matches!(effect, Effect::Replay { .. })));
}

/// The moves, one after the other, give what the report of the command line gives for each turn.
#[test]
fn the_steps_are_the_report() {
    let stored = replayed(80, 24, "P");
    let report = stored.screen.desk().replay(&|_, _| {});
    let steps: &[Step] = &lens(&stored.screen).steps;
    assert_eq!(steps.len(), report.turns.len());
    let mut carried: BTreeMap<u32, Level> = BTreeMap::new();
    for (step, turn) in steps.iter().zip(&report.turns) {
        for one in &step.moves {
            match &one.what {
                Moved::Left { was, .. } => assert_eq!(carried.remove(&one.seq), Some(*was)),
                Moved::Sank { from, to } | Moved::Rose { from, to } => {
                    assert_eq!(carried.insert(one.seq, *to), Some(*from));
                }
                Moved::Entered { level } => assert_eq!(carried.insert(one.seq, *level), None),
                Moved::Out { .. } => assert!(!carried.contains_key(&one.seq)),
            }
        }
        let told: BTreeMap<u32, Level> = turn.included.iter().map(|one| (one.seq, one.level)).collect();
        assert_eq!(carried, told, "turn {}", turn.turn);
        assert_eq!((step.used, step.carried, step.left_out), (turn.used, turn.included.len(), turn.excluded.len()));
    }
}

#[test]
fn a_turn_tells_which_facts_were_set_superseded_and_expired() {
    let mut stored = Stored::demo(120, 36);
    let session = stored.session();
    let turns = session.turns();
    let time = |turn: usize| session.entries[turns[turn].end - 1].at.expect("the demo has times");
    let fact = |arrived: u32, key: &str, value: &str, at: Time, expires| Fact {
        id: FactId(arrived.into()),
        key: haversack::text::redact::clean(key),
        value: haversack::text::redact::clean(value),
        kind: FactKind::Context,
        scope: Scope::Session,
        trust: Trust::User,
        pinned: false,
        at,
        arrived,
        expires,
        removed: None,
        source: None,
        cost: 10,
    };
    let facts = [
        fact(1, "verify", "make test", time(0), None),
        fact(2, "verify", "cargo test", time(2), None),
        fact(3, "port", "4000", time(1), Some(time(3))),
    ];
    let mut edit = Edit { words: "set facts".into(), ..Edit::default() };
    edit.facts =
        facts.into_iter().map(|fact| FactChange { id: fact.id, before: None, after: Some(Box::new(fact)) }).collect();
    let id = stored.id.clone();
    stored.workspace.record(&id, &Actor::person(), &edit).unwrap();
    stored.reload();
    stored.keys("P").turns(usize::MAX);
    let told = |turn: usize| -> Vec<(String, FactMoved)> {
        let facts = &lens(&stored.screen).steps[turn].facts;
        facts.iter().map(|one| (one.value.to_string(), one.what)).collect()
    };
    assert_eq!(told(0), [("make test".into(), FactMoved::Set)]);
    assert_eq!(told(1), [("4000".into(), FactMoved::Set)]);
    assert_eq!(told(2), [("make test".into(), FactMoved::Superseded), ("cargo test".into(), FactMoved::Set)]);
    assert_eq!(told(3), [("4000".into(), FactMoved::Expired)]);
}
