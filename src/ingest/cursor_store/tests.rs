//! The traps of Cursor's stores, on small ones made by code.

use std::path::PathBuf;

use pretty_assertions::assert_eq;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::root::{from_hexadecimal, message_ids};
use crate::{
    ingest::{self, IngestError},
    model::{Kind, Mark, Seen, Session},
};

struct Store {
    _folder: tempfile::TempDir,
    path: PathBuf,
    writer: Connection,
}

/// The id of blob `number`, in bytes and in digits.
fn id(number: u8) -> ([u8; 32], String) {
    ([number; 32], format!("{number:02x}").repeat(32))
}

impl Store {
    fn new() -> Store {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("store.db");
        let writer = Connection::open(&path).expect("a new database");
        writer
            .execute_batch(
                "CREATE TABLE blobs (id TEXT PRIMARY KEY, data BLOB); CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);",
            )
            .expect("tables");
        Store { _folder: folder, path, writer }
    }

    fn blob(&self, number: u8, data: &[u8]) {
        self.writer.execute("INSERT INTO blobs VALUES (?, ?)", (id(number).1, data)).expect("a row");
    }

    fn message(&self, number: u8, role: &str, content: Value) {
        self.blob(number, json!({"role": role, "content": content}).to_string().as_bytes());
    }

    /// The root that lists these blobs, and the session's row.
    fn root(&self, listed: &[u8]) {
        // A number, a name and a fixed word of other fields stand among the hashes.
        let mut root = vec![0x10, 0xac, 0x02, 0x4a, 2, b'h', b'i', 0x1d, 1, 2, 3, 4, 0x0a, 1, b'x'];
        for number in listed {
            root.extend([0x0a, 32]);
            root.extend(id(*number).0);
        }
        self.blob(0xff, &root);
        let about =
            json!({"agentId": "a1", "name": "Rounding", "lastUsedModel": "glm-5", "latestRootBlobId": id(0xff).1});
        let digits: String = about.to_string().bytes().map(|byte| format!("{byte:02x}")).collect();
        self.writer.execute("INSERT INTO meta VALUES ('0', ?)", [digits]).expect("a row");
    }

    fn read(&self) -> Session {
        let mut sessions = ingest::read(&self.path, &mut |_, _| {}).unwrap_or_else(|error| panic!("{error}"));
        sessions.remove(0)
    }
}

fn kinds(session: &Session) -> Vec<(Kind, &str)> {
    session.entries.iter().map(|entry| (entry.kind, entry.text.as_str())).collect()
}

#[test]
fn the_root_gives_the_order_and_the_same_words_twice_are_two_entries() {
    let store = Store::new();
    store.message(3, "assistant", json!("Done."));
    store.message(1, "user", json!("<user_info>Linux</user_info>\n<user_query>\nGo on.\n</user_query>"));
    store.message(2, "system", json!("You are an agent."));
    store.message(4, "user", json!("Dropped before."));
    store.root(&[2, 1, 3, 1, 9]);
    let session = store.read();
    assert_eq!(
        kinds(&session),
        [
            (Kind::Prompt, "Dropped before."),
            (Kind::Injected, "You are an agent."),
            (Kind::Injected, "<user_info>Linux</user_info>"),
            (Kind::Prompt, "Go on."),
            (Kind::Message, "Done."),
            (Kind::Injected, "<user_info>Linux</user_info>"),
            (Kind::Prompt, "Go on."),
        ]
    );
    assert_eq!(session.entries[0].seen, Seen::Unknown);
    assert_eq!(session.entries[1].seen, Seen::Held);
    assert_eq!((session.id.as_str(), session.title.as_str()), ("cursor:a1", "Rounding"));
    assert_eq!(session.models, ["glm-5"]);
}

#[test]
fn parts_become_entries() {
    let store = Store::new();
    store.message(
        1,
        "user",
        json!([{"type": "text", "text": "See this."}, {"type": "image", "image": "AAAA", "mediaType": "image/png"}]),
    );
    store.message(
        2,
        "assistant",
        json!([
            {"type": "redacted-reasoning", "data": "AAAA", "providerOptions": {"cursor": {"modelName": "composer"}}},
            {"type": "reasoning", "text": "Which?"},
            {"type": "text", "text": "This."},
            {"type": "tool-call", "toolCallId": "t1", "toolName": "Shell", "args": {"command": "cargo test"}},
            {"type": "hologram"},
        ]),
    );
    let result = json!({"type": "tool-result", "toolCallId": "t1", "toolName": "Shell", "result": "ok"});
    store.message(3, "tool", json!([result, {"type": "tool-result", "toolCallId": "t2", "result": {"lines": 2}}]));
    store.root(&[1, 2, 3]);
    let session = store.read();
    assert_eq!(
        kinds(&session),
        [
            (Kind::Prompt, "See this.\n\n[image: image/png, 3 bytes]"),
            (Kind::Opaque, "[encrypted thought, 3 bytes]"),
            (Kind::Thought, "Which?"),
            (Kind::Message, "This."),
            (Kind::Call, "cargo test"),
            (Kind::Result, "ok"),
            (Kind::Result, "lines: 2"),
        ]
    );
    assert_eq!(session.entries[5].tool.as_deref(), Some("Shell"));
    assert!(session.entries[5].marks.has(Mark::TestRun));
    assert_eq!(session.models, ["composer", "glm-5"]);
}

#[test]
fn without_a_readable_root_the_messages_stand_as_they_were_written() {
    let store = Store::new();
    store.message(9, "user", json!("One."));
    store.message(1, "assistant", json!("Two."));
    store.blob(5, &[0x0a, 0x20, 1]);
    store.blob(6, b"{\"no\": \"message\"}");
    store.blob(7, b"{\"role\": \"us");
    let session = store.read();
    assert_eq!(kinds(&session), [(Kind::Prompt, "One."), (Kind::Message, "Two.")]);
    assert!(session.entries.iter().all(|entry| entry.seen == Seen::Held));
}

#[test]
fn a_store_in_which_nothing_was_said_says_so() {
    let store = Store::new();
    store.root(&[]);
    let error = ingest::read(&store.path, &mut |_, _| {}).expect_err("nothing to read");
    assert!(matches!(error, IngestError::NoConversation { .. }), "{error}");
}

#[test]
fn hostile_bytes_are_read_as_far_as_they_go() {
    let hash = [[0x0a, 32].as_slice(), &[7; 32]].concat();
    for tail in [
        &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01][..],
        &[0x80; 20],
        &[0x0b],
        &[0x09, 1],
        &[0x08],
    ] {
        assert_eq!(message_ids(&[&hash, tail].concat()).len(), 1, "{tail:?}");
    }
    assert_eq!(message_ids(&[0x0a, 2, b'h', b'i']), Vec::<String>::new(), "a text is no hash");
    assert_eq!(message_ids(&[]), Vec::<String>::new());
    assert_eq!(from_hexadecimal("7b7D"), Some(b"{}".to_vec()));
    assert_eq!((from_hexadecimal("7b7"), from_hexadecimal("zz"), from_hexadecimal("")), (None, None, None));
}
