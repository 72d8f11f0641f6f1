//! distill's files in place, through the workspace and the binary: every edit undone leaves distill's rows as they were.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use haversack::{
    model::{Actor, Budget, EntryId, Fate, Importance, JournalStatus, Level, SessionId, Verb},
    pack::{price, settings::PlanSettings},
    text::redact,
    workspace::{Part, StoreKind, Workspace, read_sessions},
};
use pretty_assertions::assert_eq;
use rusqlite::{Connection, types::ValueRef};
use tempfile::TempDir;

use crate::{build::session, cli::place::Place};

/// distill's schema up to 0.4, and what 0.5 has added.
pub const OLD: &str = "
    PRAGMA journal_mode = WAL;
    CREATE TABLE sessions (id TEXT PRIMARY KEY, max_tokens INTEGER NOT NULL, dedup_threshold REAL NOT NULL DEFAULT 0.15,
        preserve_recent INTEGER NOT NULL DEFAULT 10, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
    CREATE TABLE session_entries (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, role TEXT NOT NULL DEFAULT '',
        content TEXT NOT NULL, original_content TEXT NOT NULL, source TEXT DEFAULT '', embedding BLOB,
        importance REAL NOT NULL DEFAULT 0.5, compression_level INTEGER NOT NULL DEFAULT 0, tokens INTEGER NOT NULL DEFAULT 0,
        seq INTEGER NOT NULL, created_at TEXT NOT NULL, compressed_at TEXT DEFAULT '',
        FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE);
    INSERT INTO sessions VALUES ('task-42', 4000, 0.2, 4, '2026-11-20T15:00:00Z', '2026-11-20T15:00:09Z');";
const ADDED: &str = "
    ALTER TABLE sessions ADD COLUMN push_count INTEGER NOT NULL DEFAULT 3;
    ALTER TABLE sessions ADD COLUMN cache_boundary_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE session_entries ADD COLUMN inserted_at_push INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE session_entries ADD COLUMN stable_since_turn INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE session_entries ADD COLUMN content_hash TEXT NOT NULL DEFAULT '';";

const SESSION: &str = "distill:task-42";

/// A file of 24 entries of every role and level in a folder of its own.
pub fn file(place: &Place, name: &str, schema: &str) -> PathBuf {
    let path = place.path(name);
    let connection = Connection::open(&path).expect("the folder can be written");
    connection.execute_batch(schema).expect("the schema is valid");
    for seq in 1..=24i64 {
        let (role, source) =
            [("user", ""), ("assistant", ""), ("assistant", "tool_use"), ("tool", "Bash")][seq as usize % 4];
        let original = format!(
            "Step {seq} looks at src/cart{seq}.rs. The total is rounded too early there, so cents are lost. {}",
            "It goes on for a while, as outputs do. ".repeat(seq as usize)
        );
        let level = if seq % 5 == 0 { seq % 4 } else { 0 };
        // Cut within a character, as distill does.
        let content = match level {
            0 => original.clone().into_bytes(),
            _ => [&original.as_bytes()[..30], b"\xC3..."].concat(),
        };
        let row = "INSERT INTO session_entries (id, session_id, role, source, content, original_content, importance,
                       compression_level, tokens, seq, created_at, compressed_at)
                   VALUES (printf('%024d', ?1), 'task-42', ?2, ?3, CAST(?4 AS TEXT), ?5, ?6, ?7, (octet_length(?4) + 3) / 4,
                       ?1, '2026-11-20T15:00:0' || (?1 % 10) || '.5Z', iif(?7 = 0, '', '2026-11-20T15:00:09.123456789Z'))";
        let importance = if seq % 3 == 0 { 0.5 } else { seq as f64 / 24.0 };
        connection.execute(row, (seq, role, source, content, original, importance, level)).expect("the row is valid");
    }
    path
}

fn schemas() -> [(&'static str, String); 2] {
    [("v0.4.db", OLD.to_owned()), ("v0.9.db", format!("{OLD}{ADDED}"))]
}

/// Every value of distill's own tables, with type and row number.
fn rows(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).expect("the file opens");
    let mut rows = Vec::new();
    for table in ["sessions", "session_entries"] {
        let mut statement =
            connection.prepare(&format!("SELECT rowid, * FROM {table} ORDER BY id")).expect("it is there");
        let columns = statement.column_count();
        let mut found = statement.query([]).expect("it can be read");
        while let Some(row) = found.next().expect("it can be read") {
            let value = |column| match row.get_ref(column).expect("the column is there") {
                ValueRef::Text(bytes) => format!("text {}", bytes.escape_ascii()),
                other => format!("{other:?}"),
            };
            rows.push((0..columns).map(value).collect::<Vec<_>>().join(" | "));
        }
    }
    rows
}

fn open(path: &Path) -> Workspace {
    Workspace::open(path, PlanSettings::default()).expect("a distill file opens")
}

/// Every verb on entries all over each session, and as many undos: over several openings of the file.
fn assert_undo_is_exact(path: &Path) {
    let before = rows(path);
    let person = Actor::person();
    let ids: Vec<SessionId> = open(path).sessions().expect("they are listed").into_iter().map(|row| row.id).collect();
    let mut made = Vec::new();
    for id in &ids {
        let mut workspace = open(path);
        let session = workspace.session(id).expect("it loads");
        let entries: Vec<EntryId> = session.entries.iter().map(|entry| entry.id).collect();
        let count = entries.len();
        let at = |number: usize| entries[number * 7919 % count];
        for number in 0..count.min(40) {
            let on = [at(number), at(number + 1), at(number + 5)];
            let verb = match number % 10 {
                0 => Verb::Pin,
                1 => Verb::CompactDeeper,
                2 => Verb::Evict,
                3 => Verb::Rescore(Importance::new(number as f32 / 50.0).expect("it is below 1")),
                4 => Verb::Restore,
                5 => Verb::CompactTo(Level::Keywords),
                6 => Verb::ScoreByRule,
                7 => Verb::Unpin,
                8 => Verb::Archive,
                _ => {
                    let session = workspace.session(id).expect("it loads");
                    let entry = session.entry(on[0]).expect("it is there");
                    let text = redact::clean("By hand.");
                    let tokens = price::cost_of(entry, Level::Summary, &text, workspace.counters().costs());
                    Verb::Rewrite { level: Level::Summary, text, tokens }
                }
            };
            let budget = Budget::Tokens(8_000);
            let on = if number % 10 == 9 { &on[..1] } else { &on };
            let done = match number % 20 {
                15 => {
                    let levels = workspace.desk(id, budget).expect("it plans").packed_levels();
                    workspace.edit(id, &person, budget, &Verb::ApplyPlan(levels), &[])
                }
                _ => workspace.edit(id, &person, budget, &verb, on),
            };
            made.extend(done.is_ok().then(|| id.clone()));
        }
    }
    assert!(made.len() > ids.len() * 2, "only {} edits were made: the test says little", made.len());
    assert!(rows(path) != before, "the edits reached distill's rows");
    let mut workspace = open(path);
    for id in made.iter().rev() {
        workspace.undo(id, &person).unwrap_or_else(|error| panic!("{id}: {error}"));
    }
    let after = rows(path);
    assert!(after == before, "{:?}", after.iter().zip(&before).find(|(one, other)| one != other));
}

#[test]
fn everything_undone_leaves_distills_rows_as_they_were() {
    for (name, schema) in schemas() {
        assert_undo_is_exact(&file(&Place::new(), name, &schema));
    }
}

/// distill's own files, where the corpus is there: they stand beside the logs.
#[test]
fn undo_is_exact_on_distills_own_files() {
    let Some(logs) = std::env::var_os("HAVERSACK_CORPUS").map(PathBuf::from) else {
        return eprintln!("skipped: HAVERSACK_CORPUS does not name a folder of logs");
    };
    let folder = logs.parent().expect("the folder of logs is in another").join("distill");
    for name in ["v0.4.db", "head_v0.9.db", "distill-sessions.db"] {
        let place = TempDir::new().expect("a temporary folder can be made");
        let path = place.path().join(name);
        let bytes = std::fs::read(folder.join(name)).expect("the sample is beside the logs");
        std::fs::write(&path, bytes).expect("the folder can be written");
        assert_undo_is_exact(&path);
    }
}

#[test]
fn a_killed_edit_is_whole_or_never_was() {
    let place = Place::new();
    let path = file(&place, "killed.db", &schemas()[1].1);
    let before = rows(&path);
    let edits: [&[&str]; 6] = [
        &["evict", "3", "7"],
        &["compact", "9", "--to", "keywords"],
        &["pin", "5", "10"],
        &["rescore", "2", "6", "--to", "0.3"],
        &["restore", "3"],
        &["undo"],
    ];
    let mut came_through = 0;
    for round in 0..4 {
        for edit in edits {
            let arguments = [&["session"], edit, &["--session-id", SESSION]].concat();
            let mut command = Command::new(env!("CARGO_BIN_EXE_haversack"));
            command.env_clear().env("HOME", place.path("home")).args(arguments).arg("--store").arg(&path);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let (journal, size) = (journalled(&path), wal_size(&path));
            let mut child = command.spawn().expect("the binary starts");
            // As soon as it writes; every other round when it is done writing.
            while wal_size(&path) == size && child.try_wait().expect("it can be asked").is_none() {
                std::thread::yield_now();
            }
            if round % 2 == 1 {
                child.wait().expect("it can be waited for");
            }
            child.kill().ok();
            child.wait().expect("it can be waited for");
            came_through += usize::from(journalled(&path) != journal);
        }
        let mut workspace = open(&path);
        let id = SessionId::new(SESSION);
        let mut replayed = workspace.session(&id).expect("a killed file loads");
        let standing = standing(&path);
        for row in standing.iter().rev() {
            replayed.apply(&row.inverse()).unwrap_or_else(|drift| panic!("'{}' is half there: {drift}", row.words));
        }
        for _ in &standing {
            workspace.undo(&id, &Actor::person()).expect("what stands can be undone");
        }
        assert_eq!(rows(&path), before);
    }
    assert!(came_through > 6, "only {came_through} edits came through: the test kills too early to say anything");
}

fn wal_size(path: &Path) -> u64 {
    std::fs::metadata(path.with_extension("db-wal")).map_or(0, |about| about.len())
}

fn journalled(path: &Path) -> usize {
    standing(path).len()
}

fn standing(path: &Path) -> Vec<haversack::model::Edit> {
    let journal = open(path).journal(&SessionId::new(SESSION)).expect("the journal can be read");
    journal.into_iter().filter(|row| row.status == JournalStatus::Done).map(|row| row.edit).collect()
}

/// `preview_is_the_export`, on a distill file: what a desk shows, what the commands print, and what `pack` reads are one.
#[test]
fn the_pack_is_the_same_however_it_is_asked_for() {
    for (name, schema) in schemas() {
        let place = Place::new();
        let path = file(&place, name, &schema);
        let name = path.to_str().expect("temporary folders are UTF-8");
        for edit in [&["pin", "3"][..], &["evict", "20"], &["compact", "8", "--to", "sentence"]] {
            let said = place.run(&[&["session"], edit, &["--session-id", SESSION, "--store", name]].concat());
            assert_eq!(said.code, 0, "{}", said.err);
        }
        let desk = open(&path).desk(&SessionId::new(SESSION), Budget::Tokens(900)).expect("it plans");
        let context =
            ["session", "context", "--session-id", "task-42", "--store", name, "--budget", "900", "--format", "text"];
        assert_eq!(place.run(&context).out, desk.pack_text());
        assert_eq!(place.run(&["pack", name, "--budget", "900"]).out, desk.pack_text());
        assert!(desk.pack_text().contains("[#3 "));
        assert_eq!(desk.kind(), StoreKind::Distill);
        assert!(!StoreKind::Distill.keeps(Part::Facts));
    }
}

/// Import takes distill's sessions with how Haversack holds them there.
#[test]
fn an_import_brings_pins_and_evictions_along() {
    let place = Place::new();
    let path = file(&place, "v0.9.db", &schemas()[1].1);
    let name = path.to_str().expect("temporary folders are UTF-8");
    for edit in [["pin", "3"], ["evict", "20"]] {
        place.run(&[&["session"], &edit[..], &["--session-id", SESSION, "--store", name]].concat());
    }
    assert_eq!(place.run(&["import", name]).code, 0);
    let mut own = open(&place.path("home/.local/share/haversack/haversack.db"));
    let session = own.session(&SessionId::new(SESSION)).expect("it is imported");
    assert!(session.by_seq(3).expect("it is there").state.pinned);
    assert_eq!(session.by_seq(20).expect("it is there").state.fate, Fate::Evicted);
    assert_eq!(own.kind(), StoreKind::Haversack);
}

/// JSON out of one store and into another: the same session, byte for byte, but for the journal.
#[test]
fn an_export_comes_back_without_loss() {
    let place = Place::with_log();
    let edits: [&[&str]; 6] = [
        &["pin", "1"],
        &["rescore", "2", "--to", "0.5"],
        &["evict", "3"],
        &["compact", "8", "--to", "keywords"],
        &["rewrite", "12", "--level", "summary", "--text", "It failed."],
        &["condense", "#13..#16", "--tokens", "300"],
    ];
    for edit in edits {
        let said = place.session(edit);
        assert_eq!(said.code, 0, "{edit:?}: {}", said.err);
    }
    let fact = ["facts", "set", "verify", "cargo test", "--session-id", super::cli::place::SESSION];
    assert_eq!(place.run(&fact).code, 0);
    let path = place.path("out.json");
    let name = path.to_str().expect("temporary folders are UTF-8");
    assert_eq!(place.session(&["export", "--output", name]).code, 0);
    let other = place.path("other.db");
    let other = other.to_str().expect("temporary folders are UTF-8");
    let said = place.run(&["import", name, "--store", other]);
    assert_eq!(said.code, 0, "{}", said.err);
    let own = place.path("home/.local/share/haversack/haversack.db");
    let id = SessionId::new(super::cli::place::SESSION);
    let [one, two] = [own.as_path(), Path::new(other)].map(|path| open(path).session(&id).expect("it loads"));
    assert_eq!(two.canonical_json(), one.canonical_json());
    assert_eq!(two, one, "costs too");
    // Again into the same store, where its facts and entries are: nothing is new, nothing fails.
    assert_eq!(place.run(&["import", name]).code, 0);
    assert_eq!(read_sessions(&path, PlanSettings::default().encoding).expect("it is read"), [one]);
}

#[test]
fn numbers_with_gaps_survive_an_export() {
    let place = Place::new();
    let mut built = session().prompt("Fix it.").message("I will.").prompt("And this.").done();
    built.entries.remove(1);
    let json = serde_json::json!({"format": "haversack-session", "version": 1, "session": built});
    let path = place.path("gaps.json");
    std::fs::write(&path, serde_json::to_string_pretty(&json).expect("it is JSON")).expect("the folder can be written");
    let said = place.run(&["import", path.to_str().expect("temporary folders are UTF-8")]);
    assert_eq!(said.code, 0, "{}", said.err);
    let stored = open(&place.path("home/.local/share/haversack/haversack.db")).session(&built.id).expect("it is there");
    assert_eq!(stored.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 3]);
}
