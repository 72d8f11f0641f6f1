//! Real agent logs, where `HAVERSACK_CORPUS` names a folder of them; skipped, and said so, elsewhere.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use haversack::{
    ingest::{self, Counts},
    model::{EntryId, Kind, Seen, Session},
};
use pretty_assertions::assert_eq;
use serde_json::Value;

/// The folder of real logs; `None` (after saying so) where there is none.
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("HAVERSACK_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: HAVERSACK_CORPUS does not name a folder of logs");
    }
    folder
}

/// The logs of an agent with their reference counts, by their path in the corpus.
fn logs_of(folder: &str, corpus: &Path) -> Vec<(String, Value)> {
    let truth = std::fs::read_to_string(corpus.join("TRUTH.json")).expect("the corpus has reference counts");
    let Value::Object(truth) = serde_json::from_str(&truth).expect("reference counts are JSON") else {
        panic!("reference counts are an object")
    };
    let folder = format!("{folder}/");
    truth.into_iter().filter(|(file, _)| file.starts_with(&folder)).collect()
}

fn claude_logs(corpus: &Path) -> Vec<(String, Value)> {
    logs_of("claude-code", corpus)
}

fn read(path: &Path) -> Vec<Session> {
    ingest::read(path, &mut |_, _| {}).unwrap_or_else(|error| panic!("{error}"))
}

/// Counts of every log of these folders, compared with independent ones.
fn counts_equal_the_independent_ones(folders: &[&str]) {
    let Some(corpus) = corpus() else { return };
    for folder in folders {
        let logs = logs_of(folder, &corpus);
        assert!(!logs.is_empty(), "the corpus has logs in {folder}");
        for (file, truth) in logs {
            let mut inspected = ingest::inspect(&corpus.join(&file)).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(inspected.len(), 1, "{file}");
            let counts = inspected.remove(0).unwrap_or_else(|error| panic!("{error}")).counts;
            assert_eq!(as_truth(&counts), truth, "{file}");
        }
    }
}

#[test]
fn claude_counts() {
    counts_equal_the_independent_ones(&["claude-code"]);
}

/// Counts under the names of the reference.
fn as_truth(counts: &Counts) -> Value {
    serde_json::json!({
        "records": counts.records,
        "bad_spans": counts.bad_spans,
        "prompts": counts.prompts,
        "delegated_prompts": counts.delegated_prompts,
        "messages": counts.messages,
        "tool_calls": counts.tool_calls,
        "tool_results": counts.tool_results,
        "tool_errors": counts.tool_errors,
        "calls_without_result": counts.calls_without_result,
        "images": counts.images,
        "compactions": counts.compactions,
        "models": counts.models,
        "usage": counts.usage.map(|usage| serde_json::json!({
            "input": usage.input,
            "output": usage.output,
            "cache_read": usage.cache_read,
            "cache_write": usage.cache_write,
        })),
    })
}

#[test]
fn every_log_becomes_a_well_formed_session() {
    let Some(corpus) = corpus() else { return };
    for (file, truth) in claude_logs(&corpus) {
        let sessions = read(&corpus.join(&file));
        assert_eq!(sessions.len(), 1, "{file}");
        for session in &sessions {
            check(session, &file);
            let of_kind = |kind: Kind| session.entries.iter().filter(|entry| entry.kind == kind).count() as u64;
            assert_eq!(Some(of_kind(Kind::Call)), truth["tool_calls"].as_u64(), "calls of {file}");
            assert_eq!(Some(of_kind(Kind::Result)), truth["tool_results"].as_u64(), "results of {file}");
        }
    }
}

#[test]
fn a_folder_is_read_whole_with_its_sub_agents_below_their_sessions() {
    let Some(corpus) = corpus() else { return };
    let sessions = read(&corpus.join("claude-code"));
    assert_eq!(sessions.len(), claude_logs(&corpus).len());
    let ids: HashSet<_> = sessions.iter().map(|session| &session.id).collect();
    assert_eq!(ids.len(), sessions.len(), "session ids are unique");
    for session in &sessions {
        check(session, session.id.as_str());
        if let Some(parent) = &session.parent {
            assert!(ids.contains(parent), "{} names a parent that was not read: {parent}", session.id);
        }
    }
}

#[test]
fn the_same_log_gives_the_same_session() {
    let Some(corpus) = corpus() else { return };
    for (file, _) in claude_logs(&corpus) {
        let path = corpus.join(file);
        assert!(read(&path) == read(&path), "{}", path.display());
    }
}

fn check(session: &Session, file: &str) {
    let ids: HashSet<EntryId> = session.entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), session.entries.len(), "entry ids of {file} are unique");
    let boundaries: HashSet<EntryId> =
        session.entries.iter().filter(|entry| entry.kind == Kind::Boundary).map(|entry| entry.id).collect();
    for (index, entry) in session.entries.iter().enumerate() {
        assert_eq!(entry.seq as usize, index + 1, "{file}");
        assert!(entry.place.line > 0 && usize::from(entry.place.file) < session.sources.len(), "{file} #{}", entry.seq);
        assert!(
            !entry.text.is_empty() || matches!(entry.kind, Kind::Call | Kind::Result),
            "{file} #{} has text",
            entry.seq
        );
        match entry.seen {
            Seen::Unknown => panic!("{file} #{}: the format tells what was seen", entry.seq),
            Seen::Lost { at, .. } => assert!(boundaries.contains(&at), "{file} #{} was lost at a boundary", entry.seq),
            Seen::Held | Seen::Never => {}
        }
    }
    for exchange in session.exchanges().iter() {
        let calls = exchange.iter().filter(|&&index| session.entries[index].kind == Kind::Call).count();
        let results = exchange.iter().filter(|&&index| session.entries[index].kind == Kind::Result).count();
        assert!(calls <= 1 && results <= 1, "{file}: an exchange is one call and its result");
        assert!(results <= calls, "{file} #{}: a result has its call", exchange[0] + 1);
    }
}
