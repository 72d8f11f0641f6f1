//! Sweeps: what is read again, what is not, and that parts add up to the whole.

use std::fs;

use serde_json::{Value, json};

use super::place::{Place, SESSION, log_text};

/// The numbers of discovered, ingested, skipped and failed logs, and of new entries.
fn counts(answer: &Value) -> [u64; 5] {
    ["discovered", "ingested", "skipped", "failed", "entries_added"]
        .map(|name| answer[name].as_u64().expect("each is a number"))
}

impl Place {
    /// Writes a log where Claude Code keeps its logs.
    fn claude(&self, name: &str, text: &str) -> String {
        let folder = self.path("home/.claude/projects/-home-kim-shop");
        fs::create_dir_all(&folder).expect("the folder can be made");
        let path = folder.join(name);
        fs::write(&path, text).expect("the folder can be written");
        path.to_str().expect("temporary folders are UTF-8").into()
    }

    fn sweep(&self, arguments: &[&str]) -> Value {
        let said = self.run(&[&["sweep", "--json"], arguments].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        said.json()
    }
}

#[test]
fn a_log_is_read_when_it_is_new_has_grown_or_was_rewritten_and_else_not_at_all() {
    let place = Place::new();
    assert_eq!(counts(&place.sweep(&["--dry-run"])), [0; 5]);
    place.claude("5e55.jsonl", &log_text(2));
    assert_eq!(counts(&place.sweep(&["--dry-run"])), [1, 1, 0, 0, 8]);
    assert!(!place.path("home/.local").exists(), "a dry run makes no store");
    assert_eq!(counts(&place.sweep(&[])), [1, 1, 0, 0, 8]);
    assert_eq!(counts(&place.sweep(&[])), [1, 0, 1, 0, 0]);

    place.claude("5e55.jsonl", &log_text(4));
    let grown = place.sweep(&[]);
    assert_eq!((counts(&grown), &grown["logs"][0]["change"]), ([1, 1, 0, 0, 8], &json!("appended")));
    place.claude("5e55.jsonl", &log_text(3).replace("case 1", "case one"));
    let rewritten = place.sweep(&[]);
    assert_eq!((counts(&rewritten), &rewritten["logs"][0]["change"]), ([1, 1, 0, 0, 0], &json!("rewritten")));
    assert_eq!(place.json(&["get"])["entries"].as_array().map(Vec::len), Some(16), "nothing is lost");
}

#[test]
fn a_log_swept_in_parts_is_the_log_swept_whole() {
    let (parts, whole) = (Place::new(), Place::new());
    for turns in [1, 2, 5, 7] {
        parts.claude("5e55.jsonl", &log_text(turns));
        parts.sweep(&[]);
    }
    whole.claude("5e55.jsonl", &log_text(7));
    whole.sweep(&[]);
    // But for the folder of the log, which is the place's own.
    let entries = |place: &Place| {
        let text = place.json(&["get"])["entries"].to_string();
        text.replace(place.path("").to_str().expect("temporary folders are UTF-8"), "")
    };
    assert_eq!(entries(&parts), entries(&whole));
    assert_eq!(parts.pack(&["--budget", "700"]), whole.pack(&["--budget", "700"]));
}

#[test]
fn an_edit_stays_over_a_sweep() {
    let place = Place::new();
    place.claude("5e55.jsonl", &log_text(2));
    place.sweep(&[]);
    assert_eq!(place.session(&["evict", "2"]).code, 0);
    place.claude("5e55.jsonl", &log_text(3));
    place.sweep(&[]);
    assert_eq!(place.json(&["get"])["entries"][1]["state"]["fate"], json!("evicted"));
}

#[test]
fn rows_that_a_later_log_copies_stay_with_the_session_that_had_them_first() {
    let place = Place::new();
    place.claude("5e55.jsonl", &log_text(2));
    place.sweep(&[]);
    let row = json!({"type": "user", "uuid": "own", "parentUuid": "u7", "sessionId": "f0rk", "cwd": "/home/kim/shop",
                     "timestamp": "2026-03-02T10:00:00.000Z", "message": {"role": "user", "content": "Now the fork."}});
    let fork = log_text(2).replace("5e55", "f0rk") + &row.to_string() + "\n";
    place.claude("f0rk.jsonl", &fork);
    assert_eq!(counts(&place.sweep(&[])), [2, 1, 1, 0, 1]);
    let sessions = place.run(&["session", "list", "--json"]).json();
    let of = |id: &str| {
        let rows = sessions.as_array().expect("a list");
        rows.iter().find(|row| row["session_id"] == id).expect("it is there").clone()
    };
    assert_eq!((&of(SESSION)["entries"], &of("claude:f0rk")["entries"]), (&json!(8), &json!(1)));
    assert_eq!(of("claude:f0rk")["parent"], json!(SESSION));
}

#[test]
fn what_was_purged_stays_away_until_its_log_changes_but_a_named_log_comes_back() {
    let place = Place::new();
    let log = place.claude("5e55.jsonl", &log_text(2));
    place.sweep(&[]);
    assert_eq!(place.session(&["purge", "--yes"]).code, 0);
    assert_eq!(counts(&place.sweep(&[])), [1, 0, 1, 0, 0]);
    assert_eq!(place.run(&["session", "list", "--json"]).json(), json!([]));
    assert_eq!(place.run(&["import", &log, "--json"]).json()["sessions"][0]["added"], json!(8));
}

#[test]
fn one_bad_log_holds_up_no_other_and_unknown_records_are_told() {
    let place = Place::new();
    place.claude("5e55.jsonl", &(log_text(1) + "{\"type\":\"weather\",\"uuid\":\"w\"}\n"));
    place.claude("torn.jsonl", "not json at all\n");
    let answer = place.sweep(&[]);
    assert_eq!((counts(&answer), &answer["unknown"]), ([1, 1, 0, 0, 4], &json!(1)));
    assert_eq!(answer["logs"][0]["unknown"], json!({"weather": 1}));
    let said = place.run(&["sweep"]);
    assert!(said.err.contains("torn.jsonl is no agent's log"), "{}", said.err);
}

#[test]
fn a_settings_file_names_folders_to_sweep() {
    let place = Place::new();
    place.log(2);
    let folder = place.path("elsewhere");
    fs::create_dir_all(&folder).expect("the folder can be made");
    fs::rename(place.path("5e55.jsonl"), folder.join("5e55.jsonl")).expect("the log can be moved");
    let settings = place.path("settings.toml");
    fs::write(&settings, format!("[sweep]\npaths = [{:?}]\n", folder.display().to_string()))
        .expect("it can be written");
    let settings = settings.to_str().expect("temporary folders are UTF-8");
    assert_eq!(counts(&place.sweep(&["--config", settings])), [1, 1, 0, 0, 8]);
    assert_eq!(counts(&place.sweep(&[])), [0; 5]);
    let folder = folder.to_str().expect("temporary folders are UTF-8");
    assert_eq!(counts(&place.sweep(&[folder])), [1, 0, 1, 0, 0], "a path does the same");
}

#[test]
fn a_pattern_stands_for_the_logs_it_matches() {
    let place = Place::new();
    place.log(2);
    let pattern = place.path("*.jsonl");
    let pattern = pattern.to_str().expect("temporary folders are UTF-8");
    assert_eq!(place.run(&["import", pattern, "--json"]).json()["sessions"][0]["added"], json!(8));
    let said = place.run(&["import", &pattern.replace("jsonl", "nothing")]);
    assert!(said.code == 1 && said.err.contains("nothing is named like"), "{}", said.err);
}

#[test]
fn what_agents_have_here_is_shown_and_imported_when_it_is_chosen() {
    let place = Place::new();
    place.claude("5e55.jsonl", &log_text(2));
    let shown = place.run(&["import", "--discover", "--json"]).json();
    assert_eq!((&shown["agents"][0]["agent"], &shown["agents"][0]["logs"]), (&json!("claude"), &json!(1)));
    assert!(!place.path("home/.local").exists() || place.run(&["session", "list", "--json"]).json() == json!([]));
    let said = place.run(&["import", "--discover", "--agent", "codex"]);
    assert!(said.code == 1 && said.err.contains("no log of Codex"), "{}", said.err);
    let said = place.run(&["import", "--discover", "--agent", "claude", "--json"]);
    assert_eq!(said.json()["sessions"][0]["added"], json!(8), "{}", said.err);
}

#[test]
fn what_logs_hold_is_counted() {
    let place = Place::new();
    let log = place.log(2);
    fs::write(&log, log_text(2) + "{\"type\":\"weather\",\"uuid\":\"w\"}\n{\"type\":\"us").expect("it can be written");
    let file = place.run(&["inspect", &log, "--json"]).json()["files"][0].take();
    let expected = json!({
        "path": log, "agent": "claude", "records": 9, "bad_spans": 1, "odd_records": 0, "unknown": {"weather": 1},
        "prompts": 2, "delegated_prompts": 0, "messages": 2, "tool_calls": 2, "tool_results": 2, "tool_errors": 2,
        "calls_without_result": 0, "images": 0, "compactions": 0, "models": ["claude-opus-5"],
        "usage": {"input": 40, "output": 20, "cache_read": 0, "cache_write": 0},
    });
    assert_eq!(file, expected);
    let said = place.run(&["inspect", &log]);
    assert!(said.out.contains("1 record of 1 unknown type ('weather')"), "{}", said.out);
}

#[test]
fn outputs_that_are_said_again_are_found_by_the_sweep_and_suggested_to_go() {
    let place = Place::new();
    let lines = "assertion failed: left 1.01\\n".repeat(20);
    let listing: String = (0..80).map(|line| format!("src/part{line}.rs:{line} rounds\\n")).collect();
    let suggestions = || {
        let screen = [
            "snapshot",
            "--screen",
            "suggestions",
            "--session-id",
            "claude:5e55",
            "--size",
            "120x30",
            "--format",
            "text",
        ];
        place.run(&screen).out
    };
    place.claude("5e55.jsonl", &log_text(2).replace(&lines, &listing));
    place.sweep(&[]);
    assert!(suggestions().contains("an output of Bash that a later one says again: evict it"), "{}", suggestions());
    place.claude("5e55.jsonl", &log_text(3).replace(&lines, &listing));
    place.sweep(&[]);
    assert!(suggestions().contains("2 outputs of Bash that later ones say again: evict them"), "{}", suggestions());
    assert!(place.json(&["get"])["entries"].as_array().is_some_and(|entries| entries.len() == 12), "only suggested");
}
