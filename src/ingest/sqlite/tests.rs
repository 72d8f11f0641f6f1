//! What is read of a database, and that nothing is written for it.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::Path};

use pretty_assertions::assert_eq;
use xxhash_rust::xxh3::xxh3_64;

use super::*;

/// Every file of a folder, with a hash of its bytes.
fn files(folder: &Path) -> BTreeMap<String, u64> {
    let entries = fs::read_dir(folder).expect("the folder is there").flatten();
    let hash = |path: &Path| xxh3_64(&fs::read(path).expect("a file"));
    entries.map(|entry| (entry.file_name().to_string_lossy().into(), hash(&entry.path()))).collect()
}

fn words(path: &Path) -> Vec<String> {
    let database = Database::open(path).unwrap_or_else(|error| panic!("{error}"));
    let mut words = Vec::new();
    let query = database.select("note", &["word", "later"], "ORDER BY rowid");
    database
        .each(&query, [], &mut |row| {
            words.extend(text(row, 0)?);
            Ok(())
        })
        .expect("the table can be read");
    words
}

/// A database whose second row is only in its write-ahead log, with its writer.
fn logged(folder: &Path) -> (PathBuf, Connection) {
    let path = folder.join("a #1?.db");
    let writer = Connection::open(&path).expect("a new database");
    writer
        .execute_batch(
            "PRAGMA journal_mode = WAL; CREATE TABLE note (word); INSERT INTO note VALUES ('one');
             PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO note VALUES ('two');",
        )
        .expect("it can be written");
    (path, writer)
}

#[test]
fn rows_of_a_live_log_are_read_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, writer) = logged(folder.path());
    // A writer in our own process shares its memory with us; in the files of another one nothing may change.
    let other = tempfile::tempdir().expect("a folder");
    for name in files(folder.path()).keys() {
        fs::copy(folder.path().join(name), other.path().join(name)).expect("copied");
    }
    let before = files(other.path());
    assert_eq!(before.len(), 3, "the database, its log, its shared memory");
    assert_eq!(words(&other.path().join("a #1?.db")), ["one", "two"]);
    assert_eq!(files(other.path()), before);
    assert_eq!(words(&path), ["one", "two"]);
    writer.execute_batch("INSERT INTO note VALUES ('three')").expect("the writer was not disturbed");
    assert_eq!(words(&path), ["one", "two", "three"]);
}

#[test]
fn rows_of_a_log_that_was_left_behind_are_read_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _writer) = logged(folder.path());
    // As a copy is, or what a killed program leaves: without the shared memory.
    let left = tempfile::tempdir().expect("a folder");
    let copy = left.path().join("copy.db");
    fs::copy(&path, &copy).expect("copied");
    fs::copy(folder.path().join("a #1?.db-wal"), left.path().join("copy.db-wal")).expect("copied");
    let before = files(left.path());
    assert_eq!(words(&copy), ["one", "two"]);
    assert_eq!(files(left.path()), before);
    for name in before.keys() {
        let path = left.path().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(0o444)).expect("permissions can be set");
    }
    fs::set_permissions(left.path(), fs::Permissions::from_mode(0o555)).expect("permissions can be set");
    let read = words(&copy);
    fs::set_permissions(left.path(), fs::Permissions::from_mode(0o755)).expect("permissions can be set");
    assert_eq!(read, ["one", "two"], "in a folder that cannot be written");
}

#[test]
fn a_torn_log_gives_the_rows_that_were_committed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _writer) = logged(folder.path());
    let left = tempfile::tempdir().expect("a folder");
    let copy = left.path().join("copy.db");
    fs::copy(&path, &copy).expect("copied");
    let log = fs::read(folder.path().join("a #1?.db-wal")).expect("a log");
    fs::write(left.path().join("copy.db-wal"), &log[..log.len() - 10]).expect("written");
    assert_eq!(words(&copy), ["one"]);
}

#[test]
fn a_database_at_rest_is_read_and_nothing_is_written() {
    for mode in ["DELETE", "WAL"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rest.db");
        let writer = Connection::open(&path).expect("a new database");
        let script =
            format!("PRAGMA journal_mode = {mode}; CREATE TABLE note (word); INSERT INTO note VALUES ('one');");
        writer.execute_batch(&script).expect("it can be written");
        drop(writer);
        let before = files(folder.path());
        assert_eq!(before.len(), 1, "{mode}");
        assert_eq!(words(&path), ["one"], "{mode}");
        assert_eq!(files(folder.path()), before, "{mode}");
    }
}

#[test]
fn a_broken_database_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("broken.db");
    fs::write(&path, [b"SQLite format 3\0".as_slice(), &[7; 5000]].concat()).expect("written");
    let error = Database::open(&path).err().expect("it cannot be read").to_string();
    assert!(error.contains("broken.db"), "{error}");
}
