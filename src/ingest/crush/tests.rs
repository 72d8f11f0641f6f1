//! The traps of Crush's and the Go OpenCode's databases, on small ones made by code.

use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    ingest::{self, Agent, Counts},
    model::{Kind, LossCause, Mark, Role, Seen, Session, Time},
};

/// A database of the first schema in a folder of the test; `columns` are what later versions added to `messages`.
struct Store {
    folder: tempfile::TempDir,
    path: PathBuf,
    writer: Connection,
}

impl Store {
    fn new(name: &str, later: &str) -> Store {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
        let writer = Connection::open(&path).expect("a new database");
        writer
            .execute_batch(
                "CREATE TABLE sessions(id TEXT PRIMARY KEY, parent_session_id TEXT, title TEXT, message_count INTEGER,
                     prompt_tokens INTEGER, completion_tokens INTEGER, created_at INTEGER);
                 CREATE TABLE messages(id TEXT PRIMARY KEY, session_id TEXT, role TEXT, parts TEXT, model TEXT,
                     created_at INTEGER);
                 INSERT INTO sessions VALUES ('s1', NULL, 'Rounding', 0, 9, 9, 1);",
            )
            .and_then(|()| writer.execute_batch(later))
            .expect("tables");
        Store { folder, path, writer }
    }

    /// Adds a message of the first session.
    fn message(&self, id: &str, role: &str, at: i64, parts: Value) {
        let model = if role == "assistant" { "kimi" } else { "" };
        let row = (id, role, parts.to_string(), model, at);
        self.writer
            .execute(
                "INSERT INTO messages(id, session_id, role, parts, model, created_at) VALUES (?, 's1', ?, ?, ?, ?)",
                row,
            )
            .expect("a row");
    }

    fn read(&self) -> Session {
        let mut sessions = ingest::read(&self.path, &mut |_, _| {}).unwrap_or_else(|error| panic!("{error}"));
        sessions.remove(0)
    }

    fn counts(&self) -> Counts {
        let mut logs = ingest::inspect(&self.path).unwrap_or_else(|error| panic!("{error}"));
        logs.remove(0).unwrap_or_else(|error| panic!("{error}")).counts
    }
}

const SUMMARIES: &str = "ALTER TABLE sessions ADD summary_message_id TEXT;";
const PROVIDERS: &str = "ALTER TABLE messages ADD provider TEXT;";

fn part(kind: &str, data: Value) -> Value {
    json!({"type": kind, "data": data})
}

fn text(text: &str) -> Value {
    json!([{"type": "text", "data": {"text": text}}, {"type": "finish", "data": {"reason": "stop"}}])
}

fn kinds(session: &Session) -> Vec<(Kind, &str)> {
    session.entries.iter().map(|entry| (entry.kind, entry.text.as_str())).collect()
}

#[test]
fn the_two_products_are_told_by_their_columns_and_only_then_by_name() {
    let agent = |name: &str, later: &str| {
        let store = Store::new(name, later);
        store.message("m1", "user", 1, text("Hello."));
        (ingest::detect(&store.path).expect("it is known"), store.read().id.to_string())
    };
    let crush = (Agent::Crush, "crush:s1".to_owned());
    let opencode = (Agent::OpenCode, "opencode:s1".to_owned());
    assert_eq!(agent("opencode.db", PROVIDERS), crush);
    assert_eq!(agent("opencode.db", "ALTER TABLE sessions ADD todos TEXT;"), crush);
    assert_eq!(agent("some.db", ""), opencode);
    assert_eq!(agent("some.db", SUMMARIES), opencode);
    assert_eq!(agent(".crush/old.db", SUMMARIES), crush);
    assert_eq!(agent("crush.db", ""), crush);
}

#[test]
fn times_are_seconds_or_milliseconds_and_rows_of_one_second_keep_their_order() {
    let store = Store::new("crush.db", PROVIDERS);
    store.message("z", "user", 1_754_331_191, text("One."));
    store.message("a", "user", 1_754_331_191, text("Two."));
    store.message("b", "user", 1_754_331_000, text("Zero."));
    let session = store.read();
    assert_eq!(kinds(&session), [(Kind::Prompt, "Zero."), (Kind::Prompt, "One."), (Kind::Prompt, "Two.")]);
    assert_eq!(session.entries[1].at, Some(Time(1_754_331_191_000)));
    let store = Store::new("crush.db", PROVIDERS);
    store.message("a", "user", 1_754_331_191_500, text("One."));
    assert_eq!(store.read().entries[0].at, Some(Time(1_754_331_191_500)));
}

#[test]
fn parts_become_entries() {
    let store = Store::new("crush.db", PROVIDERS);
    let picture = part("binary", json!({"Path": "a.png", "MIMEType": "image/png", "Data": "AAAABBBB"}));
    store.message("m1", "user", 1, json!([part("text", json!({"text": "See this."})), picture]));
    store.message("m2", "user", 2, json!([part("text", json!({"text": "Go on.", "hidden": true}))]));
    let command = json!({"command": "ls", "output": "a.rs", "exit_code": 2});
    store.message("m3", "user", 3, json!([part("shell_command", command)]));
    let call = json!({"id": "c1", "name": "bash", "input": "{\"command\":\"cargo test\"}", "finished": true});
    let cut = json!({"id": "c2", "name": "view", "input": "{\"file_pa", "finished": false});
    store.message(
        "m4",
        "assistant",
        4,
        json!([
            part("reasoning", json!({"thinking": "Which?", "signature": "x"})),
            part("text", json!({"text": "This."})),
            part("tool_call", call),
            part("tool_call", cut),
            part("hologram", json!({})),
        ]),
    );
    let result = json!({"tool_call_id": "c1", "name": "bash", "content": "ok", "is_error": true, "metadata": "{}"});
    let shown = json!({"tool_call_id": "c9", "name": "view", "content": "", "data": "AAAA", "mime_type": "image/png"});
    store.message("m5", "tool", 5, json!([part("tool_result", result), part("tool_result", shown)]));
    let session = store.read();
    assert_eq!(
        kinds(&session),
        [
            (Kind::Prompt, "See this.\n\n[image: image/png, 6 bytes] a.png"),
            (Kind::Injected, "Go on."),
            (Kind::Injected, "$ ls\na.rs\n(exit code 2)"),
            (Kind::Thought, "Which?"),
            (Kind::Message, "This."),
            (Kind::Call, "cargo test"),
            (Kind::Call, "{\"file_pa"),
            (Kind::Result, "ok"),
            (Kind::Result, "[image: image/png, 3 bytes]"),
        ]
    );
    let result = &session.entries[7];
    assert!(result.marks.has(Mark::Error) && result.marks.has(Mark::TestRun));
    assert_eq!((result.tool.as_deref(), result.role), (Some("bash"), Role::Tool));
    assert_eq!(session.entries[8].tool.as_deref(), Some("view"), "a result without a call tells its tool");
    let counts = store.counts();
    assert_eq!((counts.prompts, counts.messages, counts.images, counts.tool_errors), (1, 1, 2, Some(1)));
    assert_eq!((counts.tool_calls, counts.tool_results, counts.calls_without_result), (2, 1, 1));
    assert!(session.problems.iter().any(|problem| problem.contains("'part/hologram'")), "{:?}", session.problems);
}

#[test]
fn the_summary_a_session_names_replaces_what_was_before() {
    let store = Store::new("opencode.db", SUMMARIES);
    store.writer.execute("UPDATE sessions SET summary_message_id = 'm2'", []).expect("a row");
    store.message("m1", "user", 1, text("Fix it."));
    store.message("m2", "assistant", 2, text("We round half up."));
    store.message("m3", "user", 3, text("Go on."));
    let session = store.read();
    assert_eq!(
        kinds(&session),
        [
            (Kind::Prompt, "Fix it."),
            (Kind::Boundary, "compaction 1, 1 entry lost"),
            (Kind::Summary, "We round half up."),
            (Kind::Prompt, "Go on."),
        ]
    );
    let at = session.entries[1].id;
    assert_eq!(session.entries[0].seen, Seen::Lost { at, cause: LossCause::Compaction });
    assert!(session.entries[2..].iter().all(|entry| entry.seen == Seen::Held));
    let counts = store.counts();
    assert_eq!((counts.compactions, counts.messages, counts.prompts), (Some(1), 1, 2));
    assert_eq!(Store::new("opencode.db", "").counts().compactions, None, "the first schema knows no summary");
}

#[test]
fn every_summary_that_is_marked_is_a_compaction() {
    let later = format!("{SUMMARIES} {PROVIDERS} ALTER TABLE messages ADD is_summary_message INTEGER;");
    let store = Store::new("crush.db", &later);
    store.message("m1", "user", 1, text("Fix it."));
    store.message("m2", "assistant", 2, text("First."));
    store.message("m3", "assistant", 3, text("Second."));
    store.writer.execute("UPDATE messages SET is_summary_message = id IN ('m2', 'm3')", []).expect("rows");
    store.writer.execute("UPDATE sessions SET summary_message_id = 'm3'", []).expect("a row");
    let session = store.read();
    let told = kinds(&session);
    assert_eq!(told[1], (Kind::Boundary, "compaction 1, 1 entry lost"));
    assert_eq!(told[3], (Kind::Boundary, "compaction 2, 1 entry lost"));
    assert_eq!(store.counts().compactions, Some(1), "counted by session, as older versions tell it");
}

#[test]
fn children_are_sessions_of_their_own() {
    let store = Store::new(".crush/crush.db", PROVIDERS);
    store.message("m1", "user", 1, text("Fix it."));
    store
        .writer
        .execute_batch(
            "INSERT INTO sessions VALUES ('s2', 's1', 'New Session', 0, 0, 0, 2);
             INSERT INTO messages(id, session_id, role, parts, created_at)
                 VALUES ('m2', 's2', 'user', '[{\"type\":\"text\",\"data\":{\"text\":\"Look for it.\"}}]', 3);",
        )
        .expect("rows");
    let sessions = ingest::read(&store.path, &mut |_, _| {}).expect("two sessions");
    assert_eq!(sessions[1].parent.as_ref(), Some(&sessions[0].id));
    assert_eq!(sessions[1].title.as_str(), "Look for it.");
    let project = std::path::absolute(store.folder.path()).expect("a path");
    assert_eq!(Path::new(sessions[0].project.as_str()), project);
    let counts = store.counts();
    assert_eq!((counts.prompts, counts.delegated_prompts), (1, Some(1)));
}

#[test]
fn how_a_reply_ended_is_told() {
    let store = Store::new("crush.db", PROVIDERS);
    let canceled = part("finish", json!({"reason": "canceled"}));
    store.message("m1", "assistant", 1, json!([part("text", json!({"text": "Half of"})), canceled]));
    store.message("m2", "assistant", 2, json!([canceled]));
    let error = json!({"reason": "error", "message": "quota", "details": "try later"});
    store.message("m3", "assistant", 3, json!([part("finish", error)]));
    let session = store.read();
    assert_eq!(
        kinds(&session),
        [(Kind::Message, "Half of"), (Kind::Injected, "canceled"), (Kind::Injected, "error: quota: try later")]
    );
    assert!(session.entries[0].marks.has(Mark::Intervention) && session.entries[1].marks.has(Mark::Intervention));
    assert!(session.entries[2].marks.has(Mark::Error));
    assert_eq!(session.entries[2].seen, Seen::Never);
}

#[test]
fn damaged_and_odd_rows_are_counted_or_passed_over() {
    let store = Store::new("crush.db", PROVIDERS);
    store.message("m1", "user", 1, text("Hello."));
    store
        .writer
        .execute("INSERT INTO messages(id, session_id, role, parts) VALUES ('m2', 's1', 'user', '[{')", [])
        .expect("a row");
    store
        .writer
        .execute("INSERT INTO messages VALUES (x'ff', 7, 'oracle', '[]', 1.5, 'then', NULL)", [])
        .expect("a row");
    for value in [json!(null), json!(-1), json!(1e300), json!("x"), json!([1]), json!({"a": 1})] {
        for role in ["user", "assistant", "tool", "system"] {
            let kinds =
                ["text", "reasoning", "tool_call", "tool_result", "finish", "binary", "image_url", "shell_command"];
            let mut parts: Vec<Value> = kinds.iter().map(|kind| part(kind, value.clone())).collect();
            parts.push(value.clone());
            let id = format!("odd {role} {value}");
            store.message(&id, role, i64::MAX, json!(parts));
        }
    }
    let counts = store.counts();
    assert_eq!((counts.records, counts.bad_spans), (27, 1));
    assert_eq!(store.read().entries[0].text.as_str(), "Hello.");
}
