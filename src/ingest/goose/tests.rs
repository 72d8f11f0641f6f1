//! The traps of Goose's databases, on small ones made by code.

use std::path::PathBuf;

use pretty_assertions::assert_eq;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    ingest::{self, Counts},
    model::{Kind, LossCause, Mark, Seen, Session, Time},
};

struct Store {
    _folder: tempfile::TempDir,
    path: PathBuf,
    writer: Connection,
}

impl Store {
    /// `later` is what version 15 added.
    fn new(later: &str) -> Store {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sessions.db");
        let writer = Connection::open(&path).expect("a new database");
        writer
            .execute_batch(
                "CREATE TABLE sessions(id TEXT PRIMARY KEY, name TEXT, description TEXT, session_type TEXT, working_dir TEXT,
                     created_at TEXT, accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER,
                     model_config_json TEXT);
                 CREATE TABLE messages(id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT, session_id TEXT, role TEXT,
                     content_json TEXT, created_timestamp INTEGER, metadata_json TEXT);
                 INSERT INTO sessions VALUES ('s1', 'Rounding', '', 'user', '/work/shop', '2026-01-01 10:00:00', 80, 43,
                     '{\"model_name\":\"glm-5\"}');",
            )
            .and_then(|()| writer.execute_batch(later))
            .expect("tables");
        Store { _folder: folder, path, writer }
    }

    fn message(&self, role: &str, metadata: Value, content: Value) {
        self.writer
            .execute(
                "INSERT INTO messages(session_id, role, content_json, created_timestamp, metadata_json)
                 VALUES ('s1', ?, ?, 1767261600, ?)",
                (role, content.to_string(), metadata.to_string()),
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

fn sees(human: bool, model: bool) -> Value {
    json!({"userVisible": human, "agentVisible": model})
}

fn text(text: &str) -> Value {
    json!([{"type": "text", "text": text}])
}

fn kinds(session: &Session) -> Vec<(Kind, &str)> {
    session.entries.iter().map(|entry| (entry.kind, entry.text.as_str())).collect()
}

#[test]
fn parts_become_entries_in_every_shape_that_calls_and_results_have() {
    let store = Store::new("");
    let both = sees(true, true);
    let picture = json!({"type": "image", "data": "AAAABBBB", "mimeType": "image/png"});
    store.message("user", both.clone(), json!([{"type": "text", "text": "See this."}, picture]));
    store.message(
        "assistant",
        both.clone(),
        json!([
            {"type": "thinking", "thinking": "Which?", "signature": "x"},
            {"type": "redactedThinking", "data": "AAAABBBB"},
            {"type": "text", "text": "Both."},
            {"type": "toolRequest", "id": "c1", "toolCall": {"status": "success",
                "value": {"name": "developer__shell", "arguments": {"command": "cargo test"}}}},
            {"type": "toolRequest", "id": "c2", "toolCall": {"status": "error", "error": "no such tool"}},
            {"type": "frontendToolRequest", "id": "c3", "toolCall": {"status": "success", "value": {"name": "ask"}}},
            {"type": "toolConfirmationRequest", "id": "c1", "toolName": "developer__shell"},
            {"type": "hologram"},
        ]),
    );
    store.message(
        "user",
        both,
        json!([
            {"type": "toolResponse", "id": "c1", "toolResult": {"status": "success", "value": {"content":
                [{"type": "text", "text": "ok"}, {"type": "resource", "resource": {"uri": "a", "text": "more"}}, picture],
                "isError": true}}},
            {"type": "toolResponse", "id": "c2", "toolResult": {"status": "error", "error": "refused"}},
            {"type": "toolResponse", "id": "c3", "toolResult": {"status": "success", "value": [{"type": "text", "text": "old"}]}},
        ]),
    );
    let session = store.read();
    assert_eq!(
        kinds(&session),
        [
            (Kind::Prompt, "See this.\n\n[image: image/png, 6 bytes]"),
            (Kind::Thought, "Which?"),
            (Kind::Opaque, "[encrypted thought, 6 bytes]"),
            (Kind::Message, "Both."),
            (Kind::Call, "cargo test"),
            (Kind::Call, "no such tool"),
            (Kind::Call, ""),
            (Kind::Result, "ok\nmore\n[image: image/png, 6 bytes]"),
            (Kind::Result, "refused"),
            (Kind::Result, "old"),
        ]
    );
    assert!(session.entries[7].marks.has(Mark::Error) && session.entries[7].marks.has(Mark::TestRun));
    assert_eq!(session.entries[0].at, Some(Time(1_767_261_600_000)));
    assert_eq!((session.title.as_str(), session.project.as_str()), ("Rounding", "/work/shop"));
    let counts = store.counts();
    assert_eq!((counts.prompts, counts.messages, counts.images, counts.tool_errors), (1, 1, 2, Some(2)));
    assert_eq!((counts.tool_calls, counts.tool_results), (3, 3));
    assert_eq!(counts.models, Some(["glm-5".to_owned()].into()));
    assert_eq!(counts.usage.map(|usage| (usage.input, usage.output)), Some((80, 43)));
}

#[test]
fn calls_without_an_id_are_joined_to_the_result_that_follows() {
    let store = Store::new("");
    for number in 1..=2 {
        let call =
            json!({"type": "toolRequest", "toolCall": {"name": "ls", "arguments": {"path": format!("/{number}")}}});
        store.message("assistant", json!({}), json!([call]));
        let result =
            json!({"type": "toolResponse", "toolResult": {"content": [{"type": "text", "text": number.to_string()}]}});
        store.message("tool", json!({}), json!([result]));
    }
    let session = store.read();
    let joined = |call: usize| session.entries[call].call_id == session.entries[call + 1].call_id;
    assert!(joined(0) && joined(2) && session.entries[0].call_id != session.entries[2].call_id);
    assert_eq!(store.counts().tool_results, 2);
}

#[test]
fn what_a_compaction_hid_from_the_model_is_lost_there() {
    let store = Store::new("");
    let (hidden, for_model, neither) = (sees(true, false), sees(false, true), sees(false, false));
    store.message("user", hidden.clone(), text("Fix it."));
    store.message("assistant", hidden.clone(), text("Done."));
    // The prompt that the compaction stopped at: a fresh copy follows.
    store.message("user", neither.clone(), text("Go on."));
    store.message("user", neither.clone(), text("First summary."));
    store.message("assistant", neither, text("I go on from the summary."));
    store.message("user", hidden, text("Go on."));
    store.message("assistant", sees(true, false), json!([{"type": "systemNotification", "msg": "Compacted."}]));
    store.message("user", for_model.clone(), text("Second summary."));
    store.message("assistant", for_model, text("I go on."));
    store.message("user", sees(true, true), text("And test it."));
    let session = store.read();
    assert_eq!(
        kinds(&session),
        [
            (Kind::Prompt, "Fix it."),
            (Kind::Message, "Done."),
            (Kind::Injected, "Go on."),
            (Kind::Boundary, "compaction 1, 3 entries lost"),
            (Kind::Summary, "First summary."),
            (Kind::Injected, "I go on from the summary."),
            (Kind::Prompt, "Go on."),
            (Kind::Injected, "Compacted."),
            (Kind::Boundary, "compaction 2, 3 entries lost"),
            (Kind::Summary, "Second summary."),
            (Kind::Injected, "I go on."),
            (Kind::Prompt, "And test it."),
        ]
    );
    let lost = |at: usize| Seen::Lost { at: session.entries[at].id, cause: LossCause::Compaction };
    assert_eq!(session.entries[0].seen, lost(3));
    assert_eq!(session.entries[4].seen, lost(8));
    assert_eq!(session.entries[7].seen, Seen::Never);
    assert!(session.entries[9..].iter().all(|entry| entry.seen == Seen::Held));
    let counts = store.counts();
    assert_eq!((counts.compactions, counts.prompts), (Some(2), 3));
}

#[test]
fn what_is_hidden_without_a_summary_is_not_told() {
    let store = Store::new("");
    store.message("user", sees(true, false), text("Fix it."));
    assert_eq!(store.read().entries[0].seen, Seen::Unknown);
}

#[test]
fn sub_agents_are_told_by_their_parent_or_by_their_type() {
    let store =
        Store::new("ALTER TABLE sessions ADD parent_session_id TEXT; UPDATE sessions SET parent_session_id = 's0';");
    store.message("user", json!({}), text("Look for it."));
    assert_eq!(store.read().parent.expect("a parent").as_str(), "goose:s0");
    assert_eq!((store.counts().prompts, store.counts().delegated_prompts), (0, Some(1)));
    let store = Store::new("UPDATE sessions SET session_type = 'sub_agent';");
    store.message("user", json!({}), text("Look for it."));
    assert_eq!((store.counts().prompts, store.counts().delegated_prompts), (0, Some(1)));
}

#[test]
fn damaged_and_odd_rows_are_counted_or_passed_over() {
    let store = Store::new("");
    for value in [json!(null), json!(-1), json!(1e300), json!("x"), json!([1]), json!({"a": 1})] {
        let kinds = ["text", "image", "thinking", "toolRequest", "toolResponse", "systemNotification"];
        let part =
            |kind: &&str| json!({"type": kind, "id": value, "text": value, "toolCall": value, "toolResult": value});
        let parts: Vec<Value> = kinds.iter().map(part).chain([value.clone()]).collect();
        for role in ["user", "assistant", "oracle"] {
            store.message(role, value.clone(), json!(parts));
        }
    }
    store
        .writer
        .execute("INSERT INTO messages(session_id, role, content_json) VALUES ('s1', 'user', '[{')", [])
        .expect("a row");
    let counts = store.counts();
    assert_eq!((counts.records, counts.bad_spans), (19, 1));
}
