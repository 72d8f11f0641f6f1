//! Capture, as session_memory does it: three agents' logs in one schema, and what has not changed not read again.

use std::{collections::BTreeSet, fs};

use haversack::{model::Kind, text::tokens::Encoding, workspace::read_sessions};
use pretty_assertions::assert_eq;
use serde_json::json;

use crate::{
    cli::place::{Place, log_text},
    logs,
};

/// Row "Adapters (001)" of the checklist.
#[test]
fn adapters() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut agents = BTreeSet::new();
    for log in logs::lines().into_iter().filter(|log| ["claude", "codex", "grok"].contains(&log.target)) {
        let own = folder.path().join(log.target).join(log.file.replace('/', "-"));
        fs::create_dir_all(&own).expect("the folder can be made");
        let path = own.join(log.file);
        let whole = format!("{}\n", log.lines.join("\n"));
        // The agent is still writing the last line.
        fs::write(&path, format!("{whole}{{\"type\": \"us")).expect("the folder can be written");
        let sessions = read_sessions(&path, Encoding::O200k).unwrap_or_else(|error| panic!("{}: {error}", log.file));
        let entries: usize = sessions.iter().map(|session| session.entries.len()).sum();
        assert!(entries > 0, "{}: nothing was read", log.file);
        for session in &sessions {
            assert_eq!(session.id.agent(), log.target);
            agents.insert(log.target);
            let talk = [Kind::Prompt, Kind::Message, Kind::Call, Kind::Result, Kind::Thought, Kind::Injected];
            assert!(session.entries.iter().any(|entry| talk.contains(&entry.kind)), "{}", session.id);
            assert!(session.entries.is_sorted_by_key(|entry| entry.seq), "{}", session.id);
        }
    }
    assert_eq!(agents, BTreeSet::from(["claude", "codex", "grok"]));
}

/// Row "Cursor (001)" of the checklist.
#[test]
fn cursor() {
    let place = Place::new();
    let logs = place.path("home/.claude/projects/-home-kim-shop");
    fs::create_dir_all(&logs).expect("the folder can be made");
    fs::write(logs.join("5e55.jsonl"), log_text(3)).expect("the folder can be written");
    let sweep = |arguments: &[&str]| place.run(&[&["sweep", "--json"], arguments].concat()).json();
    assert_eq!(sweep(&["--dry-run"])["ingested"], json!(1));
    assert!(!place.path("home/.local").exists(), "a dry run leaves no file");
    let first = sweep(&[]);
    assert_eq!((&first["ingested"], &first["skipped"], &first["digested"]), (&json!(1), &json!(0), &json!(1)));
    assert_eq!(place.run(&["detect", "--json"]).json()["digested"], json!(0), "the sweep has done that");
    let second = sweep(&[]);
    assert_eq!((&second["ingested"], &second["skipped"]), (&json!(0), &json!(1)), "what has not changed is skipped");
}
