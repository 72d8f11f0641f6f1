//! Patterns over sessions, what is evidence enough, and what stays decided.

use haversack::{
    insight::{
        DetectSettings, Digest, Pattern, detect,
        gate::{GateSettings, Status, gate},
        review::{Choice, Decision, approved, markdown, standing},
    },
    model::{Actor, SessionId, Time},
    text::redact,
};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::digests::failed;
use crate::build::session;

/// A session of an agent in which a command failed some times in a row.
fn digest(id: &str, times: usize) -> Digest {
    let start = session().prompt("Make the tests of the cart pass, whatever it takes.");
    let stormy = (0..times).fold(start, |built, _| failed(built, "Bash", "cargo test", "error: cannot find `total`"));
    let mut built =
        (0..10).fold(stormy, |built, n| built.call("Bash", &format!("ls {n}"), "a.rs")).message("Done.").done();
    built.id = SessionId::new(id);
    built.project = redact::clean("/home/kim/shop");
    Digest::of(&built)
}

fn storm(patterns: &[Pattern]) -> &Pattern {
    patterns.iter().find(|pattern| pattern.key == "problem:retry_storm:cargo test").expect("the storm is a pattern")
}

/// Row "Signals/cluster (001)" of the checklist.
#[test]
fn signals_cluster() {
    let of = |ids: &[&str]| detect(ids.iter().map(|id| digest(id, 3)), DetectSettings::default());
    let one_agent = of(&["claude:a", "claude:b"]);
    assert!(!storm(&one_agent).cross_agent);
    assert_eq!(storm(&one_agent).evidence.frequency, 2);
    let two = of(&["claude:a", "codex:b", "claude:c"]);
    assert!(two[0].cross_agent, "what several agents show stands first");
    assert_eq!(storm(&two).evidence.agents, ["claude", "codex"]);
    assert_eq!(storm(&two).evidence.sessions, 3);
    let links = &storm(&two).examples[0].places;
    assert_eq!(links.iter().map(|place| place.seq).collect::<Vec<_>>(), [2, 4, 6]);
}

#[test]
fn a_session_that_is_too_small_counts_for_nothing() {
    let small = |id| {
        let mut digest = digest(id, 3);
        digest.entries = 19;
        digest
    };
    assert_eq!(detect([small("claude:a"), small("claude:b")], DetectSettings::default()), []);
    let talk = |id| {
        let mut digest = digest(id, 3);
        digest.prompt_chars = 24;
        digest
    };
    assert_eq!(detect([talk("claude:a"), talk("claude:b")], DetectSettings::default()), []);
}

#[test]
fn one_session_in_ten_that_spends_most_is_over_budget() {
    let spending = |n: u64| {
        let mut digest = digest(&format!("claude:{n:02}"), 0);
        digest.cost.input = n * 1_000;
        digest
    };
    let settings = DetectSettings { min_frequency: 1, ..DetectSettings::default() };
    let found = detect((1..=20).map(spending), settings);
    let overrun = found.iter().find(|pattern| pattern.key == "problem:budget_overrun:tokens").expect("some spend more");
    let mut who: Vec<&str> = overrun.examples.iter().map(|example| example.session_id.as_str()).collect();
    who.sort_unstable();
    assert_eq!(who, ["claude:19", "claude:20"]);
    assert!(
        !detect((1..=9).map(spending), settings).iter().any(|pattern| pattern.key.contains("overrun")),
        "too few to say"
    );
}

proptest! {
    #[test]
    fn the_same_sessions_in_any_order_give_the_same_patterns(order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle()) {
        let digests: Vec<Digest> = (0..8)
            .map(|n| digest(&format!("{}:{n}", ["claude", "codex", "grok"][n % 3]), n % 5))
            .collect();
        let json = |patterns: Vec<Pattern>| serde_json::to_string(&patterns).expect("patterns are JSON");
        let expected = json(detect(digests.clone(), DetectSettings::default()));
        prop_assert_eq!(json(detect(order.iter().map(|&n| digests[n].clone()), DetectSettings::default())), expected);
    }
}

/// Row "Gate + bloat (001)" of the checklist.
#[test]
fn gate_and_bloat() {
    let of = |ids: &[&str]| storm(&detect(ids.iter().map(|id| digest(id, 3)), DetectSettings::default())).clone();
    let settings = GateSettings::default();
    let twice = of(&["claude:a", "claude:b"]);
    assert_eq!(gate(&twice, settings, &[]).status, Status::Provisional);
    let three = of(&["claude:a", "claude:b", "claude:c"]);
    assert_eq!(gate(&three, settings, &[]).status, Status::Approved);
    let strict = GateSettings { min_sessions: 4, ..settings };
    assert_eq!(gate(&three, strict, &[]).status, Status::Candidate);

    assert_eq!(gate(&three, settings, std::slice::from_ref(&three.key)).warnings.len(), 1);
    let near = gate(&three, settings, &["problem:retry_storm:Cargo-Test".into()]).warnings;
    assert!(near[0].contains("same kind and place"), "{near:?}");
    assert_eq!(gate(&three, settings, &["problem:retry_storm:npm test".into()]).warnings, [] as [&str; 0]);
}

/// Row "Review memory (001)" of the checklist.
#[test]
fn review_memory() {
    let of = |ids: &[&str]| storm(&detect(ids.iter().map(|id| digest(id, 3)), DetectSettings::default())).clone();
    let seen = of(&["claude:a", "claude:b"]);
    let decide = |choice, pattern: &Pattern| Decision {
        key: pattern.key.clone(),
        choice,
        note: redact::clean("Read the first error before the next try."),
        actor: Actor::person(),
        at: Time(0),
        fingerprint: pattern.fingerprint.clone(),
    };
    let log = vec![decide(Choice::Reject, &seen)];
    assert_eq!(standing(&log, &of(&["claude:b", "claude:a"])).map(|decision| decision.choice), Some(Choice::Reject));
    let grown = of(&["claude:a", "claude:b", "claude:c"]);
    assert_eq!(standing(&log, &grown), None, "a new session is new evidence: it is shown again");
    let log = [log, vec![decide(Choice::Approve, &grown)]].concat();
    assert_eq!(standing(&log, &grown).map(|decision| decision.choice), Some(Choice::Approve));
    assert_eq!(approved(&log), std::slice::from_ref(&grown.key));
    let text = markdown([(&grown, standing(&log, &grown))]);
    assert!(text.contains("**retry storm: cargo test** (3 times in 3 sessions): Read the first error"), "{text}");
}
