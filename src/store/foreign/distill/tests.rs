//! Session files of both schemas, made here, and what they become.

mod edits;

use pretty_assertions::assert_eq;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{
    fixture::{File, NEW, OLD, file},
    *,
};
use crate::model::{EntryState, HeldBy, Importance, Kind, Level, Role, SessionSettings};

#[test]
fn both_schemas_are_told_and_read() {
    for schema in [OLD.to_owned(), format!("{OLD}{NEW}")] {
        let file = file(&schema);
        file.push(1, "user", 0, 0.5, b"Fix the rounding", "Fix the rounding");
        assert!(sniff(&file.path()));
        let session = file.read();
        assert_eq!(session.id.as_str(), "distill:task-42");
        let settings = SessionSettings { max_tokens: 4000, dedup_threshold: 0.2, preserve_recent: Some(7) };
        assert_eq!(session.settings, settings);
        let entry = &session.entries[0];
        assert_eq!((entry.kind, entry.role, &*entry.text), (Kind::Prompt, Role::User, "Fix the rounding"));
        assert_eq!((entry.state.clone(), entry.at), (EntryState::default(), Some(Time(1_795_186_801_500))));
        assert_eq!(session.problems, [""; 0]);
    }
}

#[test]
fn levels_importance_and_order_are_kept() {
    let file = file(OLD);
    file.push(3, "tool", 3, 0.9, b"rounding, cents", "The rounding of cents is wrong.");
    file.push(1, "user", 0, 0.5, b"Fix it", "Fix it");
    file.push(2, "assistant", 2, 0.5, b"I look.", "I look. Then I fix.");
    let session = file.read();
    let held: Vec<_> =
        session.entries.iter().map(|entry| (entry.seq, entry.state.held.level, entry.state.held.by)).collect();
    assert_eq!(
        held,
        [(1, Level::Full, HeldBy::Rule), (2, Level::Sentence, HeldBy::Rule), (3, Level::Keywords, HeldBy::Rule)]
    );
    assert_eq!(session.entries[2].state.importance, Importance::new(0.9));
    assert_eq!(session.entries[1].state.importance, None);
    assert_eq!(session.entries[2].own_text(Level::Keywords).map(|text| &**text), Some("rounding, cents"));
    assert_eq!(&*session.entries[2].text, "The rounding of cents is wrong.");
}

#[test]
fn gaps_and_odd_rows_are_told() {
    let file = file(OLD);
    file.push(4, "user", 9, 2.5, b"a", "a");
    file.push(7, "", 3, 0.5, b" ", "of the it");
    file.push(-2, "user", 0, 0.5, b"b", "b");
    let session = file.read();
    assert_eq!(session.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 4, 7]);
    assert_eq!(session.entries[1].state.importance, Importance::new(1.0));
    assert_eq!(
        session.problems,
        [
            "4 entries were evicted by distill and are gone",
            "1 entry had no number of its own and got a new one",
            "1 entry has a level that distill does not have",
            "1 shortened text is blank and was dropped",
        ]
    );
}

#[test]
fn text_that_is_not_utf8_is_read_lossily() {
    let file = file(OLD);
    file.push(1, "tool", 2, 0.5, b"caf\xC3...", "café au lait");
    assert_eq!(file.read().entries[0].own_text(Level::Sentence).map(|text| &**text), Some("caf\u{fffd}..."));
}

#[test]
fn secrets_are_redacted_on_load() {
    let file = file(OLD);
    file.push(1, "tool", 1, 0.5, b"DB_PASSWORD=hunter2", "DB_PASSWORD=hunter2 and more");
    let session = file.read();
    assert_eq!(&*session.entries[0].text, "DB_PASSWORD=[redacted:password] and more");
    assert!(!format!("{session:?}").contains("hunter2"));
    assert_eq!(session.problems, ["1 secret is masked; distill's file still holds it"]);
}

#[test]
fn what_is_still_in_the_write_ahead_log_is_read() {
    let file = file(OLD);
    file.connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    file.push(1, "user", 0, 0.5, b"only in the log", "only in the log");
    assert_eq!(file.read().entries.len(), 1);
}

#[test]
fn reading_leaves_the_folder_as_it_was() {
    let file = file(OLD);
    file.push(1, "user", 0, 0.5, b"a", "a");
    let File { folder, connection } = file;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    connection.close().unwrap();
    let path = folder.path().join("a session?#1.db");
    let before = std::fs::read(&path).unwrap();
    read(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn other_files_are_not_taken_for_distills() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("other");
    assert!(!sniff(&path));
    std::fs::write(&path, "{\"type\":\"user\"}").unwrap();
    assert!(!sniff(&path));
    assert!(read(&path).is_err());
    std::fs::remove_file(&path).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("CREATE TABLE sessions (id TEXT, title TEXT)").unwrap();
    assert!(!sniff(&path));
    assert!(matches!(read(&path), Err(StoreError::NotDistill { .. })));
}
