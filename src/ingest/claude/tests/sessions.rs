//! Which session a row belongs to, over several files.

use pretty_assertions::assert_eq;

use super::*;

#[test]
fn rows_that_a_fork_copies_stay_with_the_older_session() {
    let fork = |mut row: Value| {
        row["sessionId"] = json!("f");
        row
    };
    let old = [prompt("p", "", "go"), said("a", "p", "ready")];
    let new = [fork(old[0].clone()), fork(old[1].clone()), fork(prompt("p2", "a", "in the fork"))];
    let sessions = read_files(&[("b/f.jsonl", &new), ("a/s.jsonl", &old)]);
    // Both begin at the same moment; the first path read is then the older.
    assert_eq!(sessions[0].id.as_str(), "claude:f");
    let mut later = new.clone();
    later.iter_mut().for_each(|row| row["timestamp"] = json!("2026-01-02T00:00:00Z"));
    let sessions = read_files(&[("b/f.jsonl", &later), ("a/s.jsonl", &old)]);
    let texts: Vec<Vec<String>> = sessions.iter().map(standing).collect();
    assert_eq!(texts, [vec!["go: held", "ready: held"], vec!["in the fork: held"]]);
    assert_eq!(sessions[1].parent.as_ref(), Some(&sessions[0].id));
}

#[test]
fn a_resumed_file_is_one_session_named_after_the_file() {
    let mut resumed = prompt("p2", "a", "and on");
    resumed["sessionId"] = json!("new");
    let sessions = read_files(&[("new.jsonl", &[prompt("p", "", "go"), said("a", "p", "ready"), resumed])]);
    assert_eq!(sessions.len(), 1);
    assert_eq!((sessions[0].id.as_str(), sessions[0].entries.len()), ("claude:new", 3));
}

#[test]
fn sessions_that_nothing_joins_are_separate() {
    let mut other = prompt("q", "", "something else");
    other["sessionId"] = json!("t");
    let sessions = read_files(&[("x.jsonl", &[prompt("p", "", "go"), other])]);
    assert_eq!(sessions.iter().map(|session| session.id.as_str()).collect::<Vec<_>>(), ["claude:s", "claude:t"]);
}

#[test]
fn a_later_copy_of_a_log_adds_only_what_is_new() {
    let rows = [prompt("p", "", "go"), said("a", "p", "ready")];
    let sessions = read_files(&[("1.jsonl", &rows[..1]), ("2.jsonl", &rows)]);
    assert_eq!(sessions.len(), 1);
    let places: Vec<_> = sessions[0].entries.iter().map(|entry| (entry.place.file, entry.place.line)).collect();
    assert_eq!(places, [(0, 1), (1, 2)]);
}

#[test]
fn a_sub_agent_is_a_session_below_the_one_that_started_it() {
    let agent = |mut row: Value| {
        row["isSidechain"] = json!(true);
        row["agentId"] = json!("a1");
        row
    };
    let sessions = read_files(&[("s.jsonl", &[prompt("p", "", "go"), agent(prompt("q", "", "look around"))])]);
    assert_eq!(sessions[1].id.as_str(), "claude:s/a1");
    assert_eq!(sessions[1].parent.as_ref(), Some(&sessions[0].id));
    assert_eq!(sessions[1].entries[0].kind, Kind::Prompt);
}
