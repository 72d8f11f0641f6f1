//! Patterns and trends on the screen: over a session and over the list of sessions, decided on, late answers dropped.

use std::collections::BTreeMap;

use haversack::{
    insight::{DetectSettings, detect},
    insight::{
        Digest, Outcome,
        gate::{self, GateSettings},
        retention::{Pass, RetentionPlan, Step},
        review::{Choice, Decision},
        trends::{By, Gathering, Price},
    },
    model::*,
    text::redact::clean,
    tui::app::{Effect, Event, Lens, Screen, lessons::Learned},
    workspace::insight::{Candidate, Retained},
};
use insta::assert_snapshot;
use pretty_assertions::assert_eq;

use super::SIZES;
use crate::{
    insight::digests::failed,
    screen::{Harness, checkout},
    screens::{listed, sessions},
};

/// A session in which a command failed three times in a row, then went through.
fn digest(id: &str, title: &str, day: i64, outcome: Outcome) -> Digest {
    let start = crate::build::session().prompt("Make the tests of the cart pass, whatever it takes.");
    let stormy =
        (0..3).fold(start, |built, _| failed(built, "Bash", "cargo test -p cart", "error: cannot find `total`"));
    let calm = (0..8).fold(stormy, |built, n| built.read(&format!("/home/ada/shop/src/part{n}.rs"), "fn total() {}"));
    let mut session = calm.message("Done: the cart rounds once.").done();
    session.id = SessionId::new(id);
    session.title = clean(title);
    session.project = clean("/home/ada/shop");
    session.models = vec!["sonnet".into()];
    for entry in &mut session.entries {
        entry.at = entry.at.map(|at| Time(at.0 + day * 86_400_000));
    }
    Digest { outcome, ..Digest::of(&session) }
}

pub fn learned() -> Box<Learned> {
    let digests = [
        digest("claude:11aa", "Rounding bug in checkout", 0, Outcome::Success),
        digest("codex:77b0", "結帳時的四捨五入錯誤", 1, Outcome::Fail),
        digest("claude:91cc", "Add \u{1b}[31ma\u{202e} coupon field", 3, Outcome::Success),
    ];
    let patterns = detect(digests.clone(), DetectSettings::default());
    let candidate = |(at, pattern): (usize, haversack::insight::Pattern)| {
        let decision = (at == 1).then(|| Decision {
            key: pattern.key.clone(),
            choice: Choice::Reject,
            note: clean("the first error says enough"),
            actor: Actor::person(),
            at: Time(0),
            fingerprint: pattern.fingerprint.clone(),
        });
        Candidate { gated: gate::gate(&pattern, GateSettings::default(), &[]), decision, pattern }
    };
    let price = Price { input: 3.0, output: 15.0, cache_read: 0.3, cache_write: 3.75 };
    let mut gathering = Gathering::new(By::Agent, None, BTreeMap::from([("sonnet".into(), price)]));
    digests.iter().for_each(|digest| gathering.take(digest));
    let step = |pass, id: &str, bytes, pins| Step { pass, session_id: SessionId::new(id), bytes, pins };
    let steps = vec![step(Pass::Age, "claude:11aa", 1_200_000, 2), step(Pass::SoftCap, "codex:77b0", 400_000, 0)];
    let plan = RetentionPlan { steps, bytes_before: 2_000_000, bytes_after: 400_000, over_hard_cap: false };
    Box::new(Learned {
        patterns: patterns.into_iter().enumerate().map(candidate).collect(),
        trends: gathering.trends(),
        would: Retained { plan, ..Retained::default() },
        now: Time(0),
    })
}

/// The number of the newest question.
fn asked(harness: &Harness) -> u64 {
    let asked = harness.effects.iter().rev().find_map(|effect| match effect {
        Effect::Learn { generation, .. } => Some(*generation),
        _ => None,
    });
    asked.expect("what the sessions teach is asked for")
}

fn open(width: u16, height: u16, key: &str) -> Harness {
    let mut harness = Harness::open(width, height, checkout());
    harness.keys(key);
    let generation = asked(&harness);
    harness.event(Event::Lessons { generation, learned: learned() });
    harness
}

#[test]
fn patterns_at_every_size() {
    for (width, height) in SIZES {
        assert_snapshot!(format!("patterns_{width}x{height}"), open(width, height, "I").picture());
    }
}

#[test]
fn trends_at_every_size() {
    for (width, height) in SIZES {
        assert_snapshot!(format!("trends_{width}x{height}"), open(width, height, "V").picture());
    }
}

#[test]
fn sessions_are_counted_while_they_are_digested_and_late_answers_are_dropped() {
    let mut harness = Harness::open(80, 24, checkout());
    harness.keys("I");
    let generation = asked(&harness);
    harness.event(Event::Digesting { generation, done: 3, of: 412 });
    assert!(harness.picture().contains("digesting sessions: 3 of 412"), "{}", harness.picture());
    harness.event(Event::Lessons { generation: generation + 1, learned: learned() });
    let Some(Lens::Lessons(lessons)) = &harness.state.lens else { panic!("patterns are open") };
    assert!(lessons.learned.is_none(), "an answer to another question");
}

#[test]
fn nothing_recurs_in_an_empty_store() {
    let mut harness = Harness::open(80, 24, checkout());
    harness.keys("I");
    let generation = asked(&harness);
    let none = Learned { patterns: Vec::new(), ..*learned() };
    harness.event(Event::Lessons { generation, learned: Box::new(none) });
    assert_snapshot!("patterns_none_80x24", harness.picture());
}

#[test]
fn a_pattern_is_decided_on_and_its_evidence_is_one_key_away() {
    let mut harness = open(120, 36, "I");
    let first = learned().patterns[0].pattern.clone();
    harness.keys("a");
    let decided = harness.effects.iter().rev().find_map(|effect| match effect {
        Effect::Decide { pattern, choice } => Some((pattern.key.clone(), *choice)),
        _ => None,
    });
    assert_eq!(decided, Some((first.key.clone(), Choice::Approve)));
    harness.keys("f");
    let Some(Lens::Lessons(lessons)) = &harness.state.lens else { panic!("patterns are open") };
    assert_eq!(lessons.listed().len(), lessons.waiting(), "what is rejected does not wait");
    harness.keys("f<enter>");
    assert!(harness.state.lens.is_none());
    let opened = harness.effects.iter().rev().find_map(|effect| match effect {
        Effect::Open { session, .. } => Some(session.clone()),
        _ => None,
    });
    assert_eq!(opened, Some(first.examples[0].session_id.clone()));
}

#[test]
fn patterns_and_trends_lie_over_the_list_of_sessions_too() {
    let mut harness = listed(80, 24, sessions());
    harness.keys("V");
    let generation = asked(&harness);
    harness.event(Event::Lessons { generation, learned: learned() });
    assert!(harness.picture().contains("Trends"), "{}", harness.picture());
    harness.keys("<tab>jj<esc>");
    assert!(harness.state.lens.is_none() && matches!(harness.state.screen, Screen::Sessions(_)));
}
