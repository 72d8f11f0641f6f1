//! Patterns and trends on the screen: over a session and over the list of sessions, decided on, late answers dropped.

use std::collections::BTreeMap;

use haversack::{
    insight::{
        DetectSettings, Digest, Example, Outcome, Pattern, PatternEvidence, Place, SignalKind, detect,
        gate::{self, GateSettings},
        retention::{Pass, RetentionPlan, Step},
        review::{Choice, Decision},
        trends::{By, Day, Gathering, Group, Price, Row, Trends},
    },
    model::{Actor, EntryId, SessionId, Time},
    text::redact::clean,
    tui::app::{Effect, Event, Lens, Screen, lessons::Learned},
    workspace::{insight::Candidate, retention::Retained},
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
    let candidate = |(at, pattern): (usize, Pattern)| {
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

/// A store of some weeks, made up for the pictures.
pub fn busy() -> Box<Learned> {
    let pattern =
        |kind: SignalKind, locus: &str, numbers: (u32, u32, u64), agents: &[&str], examples: &[(&str, &str, u32)]| {
            let (frequency, sessions, tokens) = numbers;
            let example = |&(title, detail, seq): &(&str, &str, u32)| Example {
                session_id: SessionId::new("claude:6a2f"),
                title: clean(title),
                detail: clean(detail),
                magnitude: 3,
                tokens: 900,
                places: (0..3).map(|n| Place { entry_id: EntryId(n), seq: seq + 4 * n as u32 }).collect(),
            };
            let pattern = Pattern {
                key: format!("{}:{kind}:{locus}", kind.polarity()),
                polarity: kind.polarity(),
                kind,
                locus: clean(locus),
                evidence: PatternEvidence {
                    frequency,
                    sessions,
                    projects: 2,
                    tokens,
                    agents: agents.iter().map(|&agent| agent.to_owned()).collect(),
                },
                cross_agent: agents.len() > 1,
                fingerprint: String::new(),
                examples: examples.iter().map(example).collect(),
            };
            Candidate { gated: gate::gate(&pattern, GateSettings::default(), &[]), decision: None, pattern }
        };
    let storm = [
        ("Rounding bug in checkout", "cargo test failed 5 times in a row", 12),
        ("Add a coupon field", "cargo test failed 3 times in a row", 40),
        ("Tax per line item", "cargo test failed 3 times in a row", 8),
    ];
    let mut patterns = vec![
        pattern(SignalKind::RetryStorm, "cargo test", (6, 4, 31_400), &["claude", "codex"], &storm),
        pattern(SignalKind::RereadAfterLoss, "db.rs", (5, 4, 22_400), &["claude", "codex"], &[]),
        pattern(SignalKind::ErrorThenRecovery, "git push", (4, 4, 2_100), &["claude", "gemini"], &[]),
        pattern(SignalKind::RepeatedReads, "cart.rs", (7, 5, 61_200), &["claude"], &[]),
        pattern(SignalKind::Abandoned, "outcome", (4, 4, 188_000), &["claude"], &[]),
        pattern(SignalKind::ConstraintViolated, "git push --force", (2, 2, 240), &["codex"], &[]),
        pattern(SignalKind::RepeatedErrors, "error: cannot find value `total`", (2, 1, 640), &["codex"], &[]),
    ];
    for (at, choice) in [(1, Choice::Approve), (4, Choice::Reject)] {
        let key = patterns[at].pattern.key.clone();
        let (note, fingerprint) = (clean(""), String::new());
        patterns[at].decision = Some(Decision { key, choice, note, actor: Actor::person(), at: Time(0), fingerprint });
    }
    let by_agent = [
        (
            "claude",
            [60_200, 41_030, 0, 0, 101_700, 160_775, 58_112, 34_004, 17_300, 0, 30_901, 122_330, 83_642, 43_650],
        ),
        ("codex", [38_000, 0, 0, 12_400, 50_000, 70_000, 30_000, 30_000, 0, 0, 0, 70_000, 45_292, 30_000]),
        ("gemini", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 14_000, 0, 36_023, 0]),
    ];
    let day = |(at, agent, tokens): (usize, &str, u64)| Day {
        day: format!("2026-11-{:02}", at + 7),
        agent: agent.into(),
        tokens,
    };
    let days = (0..14).flat_map(|at| by_agent.map(|(agent, tokens)| (at, agent, tokens[at])));
    let group = |(name, sessions, tokens, spent): (&str, u32, u64, u64)| Group {
        name: name.into(),
        sessions,
        tokens,
        spent,
        money: Some(spent as f64 / 1e6 * 0.9),
    };
    let row = |(name, calls, tokens): (&str, u32, u64)| Row { name: name.into(), calls, tokens };
    let trends = Trends {
        sessions: 41,
        outcomes: BTreeMap::from([
            (Outcome::Success, 29),
            (Outcome::Fail, 4),
            (Outcome::Abandoned, 7),
            (Outcome::Unknown, 1),
        ]),
        days: days.filter(|(.., tokens)| *tokens > 0).map(day).collect(),
        groups: [
            ("claude", 26, 753_644, 41_454_378),
            ("codex", 11, 375_692, 13_005_012),
            ("gemini", 4, 50_023, 1_893_837),
        ]
        .map(group)
        .into(),
        tools: [("Read", 169, 358_602), ("Bash", 531, 244_692), ("exec_command", 143, 148_907), ("Edit", 238, 84_355)]
            .map(row)
            .into(),
        files: [
            ("/home/ada/shop/src/db.rs", 38, 61_204),
            ("/home/ada/shop/src/cart.rs", 57, 48_116),
            ("/home/ada/shop/tests/rounding.rs", 22, 19_002),
        ]
        .map(row)
        .into(),
        full_tokens: 1_179_359,
        held_tokens: 866_230,
        money: Some(50.72),
        unpriced: 0,
    };
    Box::new(Learned { patterns, trends, ..*learned() })
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
    assert!(harness.picture().contains(&format!("Approve {}", first.key)), "{}", harness.picture());
    let decided = |harness: &Harness| {
        harness.effects.iter().rev().find_map(|effect| match effect {
            Effect::Decide { pattern, choice, note } => Some((pattern.key.clone(), *choice, note.clone())),
            _ => None,
        })
    };
    assert_eq!(decided(&harness), None, "not before Enter");
    harness.keys("<enter>");
    assert_eq!(decided(&harness), Some((first.key.clone(), Choice::Approve, String::new())), "a note is no must");
    harness.keys("zlater<esc>");
    assert_eq!(decided(&harness).map(|(_, choice, _)| choice), Some(Choice::Approve), "Esc decides nothing");
    harness.keys("jx");
    assert!(harness.picture().contains("the first error says enough"), "the note that stands: {}", harness.picture());
    harness.keys("noise, really<enter>");
    let second = learned().patterns[1].pattern.key.clone();
    assert_eq!(decided(&harness), Some((second, Choice::Reject, "noise, really".into())));
    harness.keys("k<enter>");
    assert!(harness.state.lens.is_none());
    let opened = harness.effects.iter().rev().find_map(|effect| match effect {
        Effect::Open { session, .. } => Some(session.clone()),
        _ => None,
    });
    assert_eq!(opened, Some(first.examples[0].session_id.clone()));
}

#[test]
fn patterns_are_filtered_by_what_waits_by_polarity_and_by_agent() {
    let mut harness = open(120, 36, "I");
    let generation = asked(&harness);
    harness.event(Event::Lessons { generation, learned: busy() });
    let listed = |harness: &Harness| -> Vec<String> {
        let Some(Lens::Lessons(lessons)) = &harness.state.lens else { panic!("patterns are open") };
        lessons.listed().iter().map(|candidate| candidate.pattern.locus.to_string()).collect()
    };
    assert_eq!(listed(&harness).len(), 7);
    harness.keys("f");
    assert_snapshot!("patterns_filter_120x36", harness.picture());
    harness.keys("j<enter><esc>");
    let Some(Lens::Lessons(lessons)) = &harness.state.lens else { panic!("patterns are open") };
    assert_eq!(lessons.listed().len(), lessons.waiting(), "what is decided on does not wait");
    // Every pattern again; then the successes, of one agent or the other.
    harness.keys("f<enter>jjj<enter>");
    assert_eq!(listed(&harness), ["git push"]);
    harness.keys("<enter>kj<esc>f<enter>jjjj<enter><esc>");
    assert_eq!(listed(&harness), ["cargo test", "db.rs", "git push"], "seen with more than one agent");
    assert!(harness.picture().contains("3 of 7 · seen with more than one agent"), "{}", harness.picture());
    harness.keys("f<enter>jjjjj<enter><esc>");
    assert_eq!(listed(&harness), ["cargo test", "db.rs", "git push", "cart.rs", "outcome"], "seen with claude");
    harness.keys("fjjj<enter><esc>");
    assert_eq!(listed(&harness), ["git push"], "groups narrow");
    harness.keys("fjjj<enter>jj<enter>jj<enter>");
    assert!(harness.state.popup.is_some(), "several are chosen in one go");
}

#[test]
fn only_patterns_hint_the_keys_that_decide() {
    let mut harness = open(120, 36, "I");
    assert!(harness.picture().contains("a approve"));
    harness.keys("<tab>a");
    assert!(!harness.picture().contains("a approve"), "{}", harness.picture());
    assert!(!harness.effects.iter().any(|effect| matches!(effect, Effect::Decide { .. })), "trends are not decided on");
}

/// Some sessions of which one is lost and one has pins, and archived entries.
fn losing() -> Learned {
    let mut learned = *learned();
    let lost = Step { pass: Pass::DataLoss, session_id: SessionId::new("codex:\u{1b}[31m9"), bytes: 100_000, pins: 0 };
    learned.would.plan.steps.push(lost);
    learned.would.plan.bytes_after -= 100_000;
    (learned.would.archived_entries, learned.would.archived_bytes) = (14, 32_000);
    learned
}

#[test]
fn raw_text_goes_only_after_it_was_named_and_agreed_to() {
    for (width, height) in [(40, 12), (80, 24), (120, 36)] {
        let mut harness = open(width, height, "V");
        let generation = asked(&harness);
        harness.event(Event::Lessons { generation, learned: Box::new(losing()) });
        harness.keys("x");
        assert_snapshot!(format!("letting_go_{width}x{height}"), harness.picture());
        // What does not fit is read on.
        harness.keys("G");
        assert!(harness.picture().contains("DATA LOSS"), "{}", harness.picture());
    }
    let mut harness = open(120, 36, "V");
    let would = learned().would;
    harness.keys("xn");
    assert!(!harness.effects.iter().any(|effect| matches!(effect, Effect::LetGo { .. })), "the answer was no");
    harness.keys("xy");
    let Some(Effect::LetGo { told, .. }) = harness.effects.last() else { panic!("it is asked of the worker") };
    assert_eq!(**told, would, "just what was named");
    harness.event(Event::LettingGo { done: 1, of: 2 });
    assert!(harness.picture().contains("1 of 2 sessions have gone"), "{}", harness.picture());
    harness.keys("x");
    assert!(harness.state.popup.is_none(), "not twice");
    let open = harness.desk().session().id.clone();
    harness.event(Event::LetGo { sessions: vec![open], words: would.went() });
    assert!(harness.state.status.words.contains("2 sessions (1.6 MB), 2 pinned entries among it"));
    assert!(matches!(harness.effects.last(), Some(Effect::List { .. })), "the session that was open is gone");
}

#[test]
fn nothing_is_asked_where_nothing_would_go() {
    let mut harness = open(80, 24, "V");
    let generation = asked(&harness);
    harness
        .event(Event::Lessons { generation, learned: Box::new(Learned { would: Retained::default(), ..*learned() }) });
    harness.keys("x");
    assert!(harness.state.popup.is_none() && harness.state.status.words.starts_with("nothing is to go"));
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
