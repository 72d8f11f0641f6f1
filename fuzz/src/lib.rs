//! What the fuzz targets share: bytes become a log on the disk, which is read as `haversack import` and `inspect` read
//! it, and what the rest of the program relies on is checked.

// Of the logs that the tests damage, the targets need how a database is made.
#[allow(dead_code)]
#[path = "../../tests/suite/logs/mod.rs"]
pub mod logs;
mod mutate;

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use haversack::{
    ingest::{self, Agent},
    model::{Kind, Seen, Session},
};
use tempfile::TempDir;

use logs::database::Database;
pub use mutate::mutate;

/// Begins the name of a file, alone on its line, in bytes that stand for a folder.
pub const FILE: &[u8] = b"@@ ";

/// The process's own folder; `TMPDIR` says where.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a temporary folder can be made"));

/// A file of this name holds the bytes; where the agent does not know them for its own, `head` goes before. Bytes that
/// begin with a file's name are several logs, of which some may tell the same session.
pub fn file(agent: Agent, name: &str, head: &str, bytes: &[u8]) {
    if bytes.starts_with(FILE) {
        return folder("logs", |name| ["a.jsonl", "b.jsonl", "a/subagents/agent-c.jsonl"].contains(&name), bytes);
    }
    let path = FOLDER.path().join(name);
    write(&path, bytes);
    if ingest::detect(&path).ok() != Some(agent) {
        write(&path, &[head.as_bytes(), b"\n", bytes].concat());
    }
    read(&path);
}

/// A folder of small files: `@@ NAME` begins each. Only names that `is_known` are written, at most 40.
pub fn folder(name: &str, is_known: fn(&str) -> bool, bytes: &[u8]) {
    let root = FOLDER.path().join(name);
    // It is not there the first time.
    let _ = fs::remove_dir_all(&root);
    let mut open: Option<(PathBuf, Vec<u8>)> = None;
    let mut files = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let named = line.strip_prefix(FILE).and_then(|name| std::str::from_utf8(name).ok()).map(str::trim);
        match named.filter(|name| is_known(name) && files < 40) {
            Some(name) => {
                open.take().inspect(|(path, bytes)| write(path, bytes));
                open = Some((root.join(name), Vec::new()));
                files += 1;
            }
            None => open.iter_mut().for_each(|(_, bytes)| bytes.extend_from_slice(line)),
        }
    }
    open.inspect(|(path, bytes)| write(path, bytes));
    read(&root);
}

/// A database: the bytes themselves where they are one, else one whose rows they are.
pub fn database(target: &str, bytes: &[u8]) {
    static KNOWN: LazyLock<Vec<Database>> = LazyLock::new(logs::databases);
    let known = KNOWN.iter().find(|database| database.target == target).expect("a target is called as its database");
    let path = FOLDER.path().join(known.file);
    // It is not there the first time.
    let _ = fs::remove_file(&path);
    if bytes.starts_with(b"SQLite format 3\0") {
        write(&path, bytes);
    } else {
        known.write(&path, bytes.split(|byte| *byte == b'\n')).expect("a new database takes any cells");
    }
    read(&path);
}

fn write(path: &Path, bytes: &[u8]) {
    let folder = path.parent().expect("it lies in the temporary folder");
    fs::create_dir_all(folder).expect("a temporary folder can be written to");
    fs::write(path, bytes).expect("a temporary folder can be written to");
}

/// Reads a log in every way that there is.
pub fn read(path: &Path) {
    let sessions = ingest::read(path, &mut |_, _| {}).unwrap_or_default();
    sessions.iter().for_each(is_well_formed);
    for inspected in ingest::inspect(path).unwrap_or_default().into_iter().flatten() {
        inspected.tally.problems();
    }
}

/// What tells whose a file is, and what of it is new.
pub fn probe(bytes: &[u8]) {
    let path = FOLDER.path().join("some");
    write(&path, bytes);
    let known = ingest::detect(&path);
    ingest::has_table(&path, "sessions");
    ingest::fingerprint(&path, bytes.len() as u64 / 2);
    let listed = ingest::list(&path);
    assert_eq!(known.is_ok(), listed.is_ok(), "what is known is listed");
    for log in listed.map(|listing| listing.logs).unwrap_or_default() {
        log.begins();
    }
    read(&path);
}

fn is_well_formed(session: &Session) {
    let mut ids = HashSet::new();
    for (index, entry) in session.entries.iter().enumerate() {
        assert!(ids.insert(entry.id), "#{} has an id of its own", entry.seq);
        assert_eq!(entry.seq as usize, index + 1);
        assert!(usize::from(entry.place.file) < session.sources.len(), "#{} stands in a file", entry.seq);
        if let Seen::Lost { at, .. } = entry.seen {
            let boundary = session.entry(at).expect("a loss is at an entry of the session");
            assert_eq!(boundary.kind, Kind::Boundary, "#{} was lost at a boundary", entry.seq);
        }
    }
    for exchange in session.exchanges().iter() {
        let of = |kind: Kind| exchange.iter().filter(|&&index| session.entries[index].kind == kind).count();
        assert!(of(Kind::Call) <= 1, "an exchange is one call and its result");
    }
}
