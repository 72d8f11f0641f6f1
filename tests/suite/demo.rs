//! The built-in session: that it is its log, read by the ordinary reader, and shows what each feature needs.

use std::{collections::BTreeSet, path::Path};

use haversack::{
    model::{Entry, Fate, Kind, LossCause, Mark, Seen, Session},
    text::tokens::Encoding,
    workspace::read_sessions,
};

const LOG: &str = "assets/demo/checkout.jsonl";
const BUILT_IN: &str = "assets/demo/checkout.json";

/// Secrets of the log, in pieces so that no scanner takes this file for a leak.
const SECRETS: [&str; 4] =
    ["51PqTeaDEMOnotARealKey4Haversack", "DEMO7TEASHOP4FKE", "hunter-quay-41", "demoN0tReal5Haversack8"];

fn from_log() -> Session {
    let mut sessions = read_sessions(Path::new(LOG), Encoding::O200k).expect("the demo log can be read");
    assert_eq!(sessions.len(), 1);
    sessions.remove(0)
}

/// `UPDATE=1 cargo test` writes it again after the log, a rule or the tokenizer changed.
#[test]
fn the_built_in_session_is_the_log() {
    let session = from_log();
    let json = serde_json::to_string(&session).expect("a session can be written") + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(BUILT_IN, &json).expect("the checkout can be written to");
    }
    let built_in = std::fs::read_to_string(BUILT_IN).expect("the built-in session is part of the checkout");
    assert!(built_in == json, "{BUILT_IN} is not what {LOG} gives: run `UPDATE=1 cargo test demo`");
    let read: Session = serde_json::from_str(&built_in).expect("the built-in session is a session");
    assert_eq!(read, session);
}

#[test]
fn no_secret_of_the_log_is_in_the_session() {
    let log = std::fs::read_to_string(LOG).expect("the demo log is part of the checkout");
    let json = serde_json::to_string(&from_log()).expect("a session can be written");
    for secret in SECRETS {
        assert!(log.contains(secret), "the log no longer plants {secret}");
        assert!(!json.contains(secret), "{secret} came through");
    }
}

#[test]
fn every_feature_has_something_to_show() {
    let session = from_log();
    assert_eq!(session.problems, ["5 secrets were redacted"]);
    assert!((150..=250).contains(&session.entries.len()), "{} entries", session.entries.len());
    let tokens: u32 = session.entries.iter().map(|entry| entry.costs[0]).sum();
    assert!((60_000..=130_000).contains(&tokens), "{tokens} tokens");

    let kinds: BTreeSet<Kind> = session.entries.iter().map(|entry| entry.kind).collect();
    for kind in [Kind::Prompt, Kind::Injected, Kind::Message, Kind::Thought, Kind::Call, Kind::Result] {
        assert!(kinds.contains(&kind), "no {kind}");
    }
    assert_eq!(session.entries.iter().filter(|entry| entry.kind == Kind::Summary).count(), 1);
    for mark in [Mark::Error, Mark::TestRun, Mark::Edit, Mark::Decision, Mark::Intervention, Mark::Image] {
        assert!(session.entries.iter().any(|entry| entry.marks.has(mark)), "no entry is marked {mark}");
    }
    for cause in [LossCause::Compaction, LossCause::Microcompaction, LossCause::Rewind] {
        let lost = |entry: &&Entry| matches!(entry.seen, Seen::Lost { cause: by, .. } if by == cause);
        assert!(session.entries.iter().filter(lost).count() > 3, "nothing lost by {cause}");
    }
    let reads = session.entries.iter().filter(|entry| {
        entry.kind == Kind::Call && entry.tool.as_deref() == Some("Read") && entry.text.contains("src/db.rs")
    });
    assert!(reads.count() >= 10);
    assert!(session.entries.iter().all(|entry| entry.state.fate == Fate::Live));
}

/// The story: three rules and a number stand in the prompts, and the agent's own summary lacks two and the number.
#[test]
fn the_agents_summary_loses_what_the_story_needs() {
    let session = from_log();
    let holding = |kind: Kind, text: &str| {
        session.entries.iter().filter(|entry| entry.kind == kind && entry.text.contains(text)).count()
    };
    for told in ["public API of the `pricing` crate", "No floats", "cargo test -p pricing", "#18204"] {
        assert!(holding(Kind::Prompt, told) > 0, "no prompt says {told}");
    }
    assert_eq!(holding(Kind::Summary, "cargo test -p pricing"), 1);
    for lost in ["public API", "float", "18204"] {
        assert_eq!(holding(Kind::Summary, lost), 0, "the summary keeps {lost}");
    }
}
