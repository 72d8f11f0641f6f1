//! A replay tells what held at each turn: what superseded, archived or wrote something later is not known before.

use haversack::{
    model::{Budget, Fact, FactId, FactKind, Fate, Kind, Level, Made, Scope, Session, Time, Trust},
    pack::{
        price,
        replay::{Included, Report, Turn, changes},
        settings::PlanSettings,
    },
    text::redact,
    workspace::Desk,
};
use pretty_assertions::assert_eq;

use crate::build::{Builder, session, tokenizer};

/// Three turns: a prompt and two answers each, #1 to #9.
fn three_turns() -> Builder {
    (1..=3).fold(session(), |built, turn| {
        let built = built.prompt(&format!("Fix rounding case {turn}."));
        built.message(&format!("Case {turn} rounds too early.")).message(&format!("Case {turn} is fixed."))
    })
}

fn replay(session: Session) -> Report {
    let desk = Desk::new(session, PlanSettings::default(), Budget::Tokens(100_000), Time(2_000_000_000_000));
    desk.replay(&|_, _| {})
}

fn included(turn: &Turn) -> Vec<u32> {
    turn.included.iter().map(|included| included.seq).collect()
}

fn reason(turn: &Turn, seq: u32) -> Option<&str> {
    turn.excluded.iter().find(|excluded| excluded.seq == seq).map(|excluded| excluded.reason.as_str())
}

#[test]
fn what_is_superseded_was_live_until_its_successor_came() {
    let mut session = three_turns().done();
    session.entries[1].state.fate = Fate::Superseded { by: session.entries[7].id };
    let report = replay(session);
    assert_eq!(included(&report.turns[0]), [1, 2, 3]);
    assert_eq!(included(&report.turns[1]), [1, 2, 3, 4, 5, 6]);
    assert_eq!(reason(&report.turns[2], 2), Some("superseded"));
    assert_eq!(report.turns[2].changes.left, [2]);
}

#[test]
fn what_is_archived_was_live_until_its_summary_was_made() {
    let built = three_turns();
    let sources: Vec<_> = built.clone().done().entries[..3].iter().map(|entry| entry.id).collect();
    let made = Made { generation: 1, sources, source_tokens: 40 };
    let mut session =
        built.with(Kind::Summary, "### Goal\n- Fix it [#1]", |entry| entry.made = Some(made.into())).done();
    session.entries[..3].iter_mut().for_each(|entry| entry.state.fate = Fate::Archived);
    session.entries[3].state.fate = Fate::Evicted;
    let report = replay(session);
    assert_eq!(included(&report.turns[0]), [1, 2, 3]);
    assert_eq!(included(&report.turns[1]), [1, 2, 3, 5, 6], "who evicted it does not say when");
    assert_eq!(included(&report.turns[2]), [5, 6, 7, 8, 9, 10]);
    assert_eq!(reason(&report.turns[2], 1), Some("archived"));
}

#[test]
fn facts_stand_at_each_turn_as_they_stood_then() {
    let mut session = three_turns().done();
    let at = |seq: usize| session.entries[seq - 1].at.expect("each has a time");
    let writes = [
        ("verify", "make test", Trust::Agent, at(2), None),
        ("verify", "cargo test", Trust::User, at(5), None),
        ("port", "8443", Trust::User, at(1), Some(at(6))),
        ("goal", "ship", Trust::User, at(1), None),
        ("goal", "ship it on Friday", Trust::User, at(8), None),
    ];
    for (arrived, (key, value, trust, at, expires)) in (1..).zip(writes) {
        let mut fact = Fact {
            id: FactId(arrived.into()),
            key: redact::clean(key),
            value: redact::clean(value),
            kind: FactKind::Context,
            scope: Scope::Session,
            trust,
            pinned: false,
            at,
            arrived,
            expires,
            removed: None,
            source: None,
            cost: 0,
        };
        price::price_fact(&mut fact, tokenizer());
        session.facts.push(fact);
    }
    let report = replay(session);
    let [one, two, three] = [0, 1, 2].map(|turn| &report.turns[turn].facts);
    assert_eq!(one.active, ["verify", "port", "goal"]);
    assert_eq!(
        (&two.active, &two.rejected, &two.expired),
        (&vec!["verify".into(), "goal".into()], &vec!["verify".into()], &vec!["port".into()])
    );
    assert_eq!((&three.active, &three.superseded), (&vec!["verify".into(), "goal".into()], &vec!["goal".into()]));
    assert!(one.superseded.is_empty() && two.superseded.is_empty());
}

#[test]
fn changes_name_what_entered_left_sank_and_rose() {
    let turn = |used, levels: &[(u32, Level)]| Turn {
        used,
        included: levels.iter().map(|&(seq, level)| Included { seq, level, tokens: 1 }).collect(),
        ..Turn::default()
    };
    let before = turn(90, &[(1, Level::Full), (2, Level::Keywords), (3, Level::Full), (4, Level::Summary)]);
    let after = turn(70, &[(1, Level::Sentence), (2, Level::Full), (4, Level::Summary), (9, Level::Full)]);
    let found = changes(Some(&before), &after);
    assert_eq!(
        (found.entered, found.left, found.sank, found.rose, found.tokens),
        (vec![9], vec![3], vec![1], vec![2], -20)
    );
    assert_eq!(changes(None, &before).entered, [1, 2, 3, 4]);
}
