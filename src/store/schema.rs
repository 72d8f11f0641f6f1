//! The file itself: its tables, its mark, and how it is opened.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    hash::{BuildHasher, Hasher, RandomState},
    io::{ErrorKind, Read},
    path::Path,
    sync::LazyLock,
    thread,
    time::Duration,
};

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::{Result, StoreError, answers, cursors, digests, log, recall, repeated};

/// Negative: KiB, not pages. Taken as it is needed.
const CACHE_KIB: i64 = -16_384;
/// "HSAK" in ASCII: SQLite's `application_id`, at byte 68 of the file, tells our files from other programs'.
const APPLICATION_ID: u32 = 0x4853_414B;
/// How often a connection asks for the file while another writes, each time after 0.5 to 6.5 ms: about half a minute.
/// SQLite's own handler waits the longer the longer it has waited, up to a tenth of a second, so that among eight writers
/// some come last for seconds.
const ASKS: i32 = 8_000;

/// Each migration once, oldest first, never changed after a release. Their number is the file's `user_version`.
static MIGRATIONS: LazyLock<Migrations> = LazyLock::new(|| {
    let all = [
        TABLES,
        FACTS,
        EXPORTS,
        EMBEDDINGS,
        MADE,
        recall::INDEX,
        recall::facts::INDEX,
        cursors::TABLE,
        recall::backlog::TABLE,
        VIA,
        digests::TABLES,
        answers::TABLE,
        VERSIONS,
        repeated::TABLE,
    ];
    Migrations::new(all.into_iter().map(M::up).collect())
});
pub(super) const KNOWN_VERSION: i64 = 14;

const TABLES: &str = "
CREATE TABLE sessions (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    project TEXT NOT NULL,
    parent TEXT,
    models TEXT NOT NULL,                   -- JSON
    settings TEXT NOT NULL,                 -- JSON
    sources TEXT NOT NULL,                  -- JSON
    problems TEXT NOT NULL,                 -- JSON
    next_seq INTEGER NOT NULL,              -- numbers are never used again
    last_at INTEGER,                        -- time of the newest entry
    updated INTEGER NOT NULL,               -- last write here
    deleted_at INTEGER,
    -- Counters, kept in step by every write, so that a list of sessions reads this table alone.
    entries INTEGER NOT NULL DEFAULT 0,
    encoding TEXT NOT NULL DEFAULT 'o200k_base',
    held TEXT NOT NULL DEFAULT '[[0,0],[0,0],[0,0],[0,0]]'   -- JSON: entries and tokens held at each level
) STRICT;

CREATE TABLE entries (
    key INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    id INTEGER NOT NULL,                    -- the 64 bits of the entry id
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    marks INTEGER NOT NULL,
    tool TEXT,
    call_id TEXT,
    path TEXT,
    text TEXT NOT NULL,
    summary TEXT,
    sentence TEXT,
    keywords TEXT,
    at INTEGER,
    file INTEGER NOT NULL,
    line INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    usage TEXT,                             -- JSON
    UNIQUE (session, seq),
    UNIQUE (session, id)
) STRICT;
CREATE TRIGGER text_is_kept BEFORE UPDATE OF session, seq, id, text ON entries
BEGIN SELECT RAISE(ABORT, 'the text of an entry never changes'); END;

-- What may change of an entry: by edits (state), by a longer log (seen, score).
CREATE TABLE standing (
    session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    entry INTEGER NOT NULL REFERENCES entries (key) ON DELETE CASCADE,
    live INTEGER NOT NULL,                  -- of the state: whether plans may carry it
    level INTEGER NOT NULL,                 -- of the state: the held level
    state TEXT NOT NULL,                    -- JSON
    seen TEXT NOT NULL,                     -- JSON
    score TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (session, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_by_entry ON standing (entry);

-- Tokens of an entry's block at each level. A missing row: not counted yet.
CREATE TABLE costs (
    entry INTEGER NOT NULL REFERENCES entries (key) ON DELETE CASCADE,
    encoding TEXT NOT NULL,
    full INTEGER NOT NULL,
    summary INTEGER NOT NULL,
    sentence INTEGER NOT NULL,
    keywords INTEGER NOT NULL,
    PRIMARY KEY (entry, encoding)
) STRICT, WITHOUT ROWID;

-- The index of names, its rows counted under one encoding.
CREATE TABLE names (
    session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    encoding TEXT NOT NULL,
    rows TEXT NOT NULL,                     -- JSON: [entry id, text, tokens, weight]
    PRIMARY KEY (session, encoding)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    stamp INTEGER NOT NULL,                 -- order of the last do, undo or redo
    undone_by TEXT,                         -- whose redo brings it back
    words TEXT NOT NULL,
    changes TEXT NOT NULL                   -- JSON
) STRICT;
CREATE INDEX journal_by_session ON journal (session, stamp);

-- A cache: tokens of a text by its hash.
CREATE TABLE counts (
    hash BLOB NOT NULL,                     -- xxh3_128, 16 bytes
    encoding TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    PRIMARY KEY (hash, encoding)
) STRICT, WITHOUT ROWID;
";

const FACTS: &str = "
-- Every write of a fact. A fact of scope 'project' is seen by all sessions of its owner's project.
CREATE TABLE facts (
    key INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    id INTEGER NOT NULL UNIQUE,             -- the 64 bits of the fact id
    name TEXT NOT NULL,                     -- the key, as people say
    value TEXT NOT NULL,
    kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    trust TEXT NOT NULL,
    pinned INTEGER NOT NULL,
    at INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    expires INTEGER,
    removed INTEGER,
    source INTEGER                          -- the 64 bits of an entry id
) STRICT;
CREATE INDEX facts_by_session ON facts (session);
CREATE TRIGGER fact_is_kept BEFORE UPDATE OF session, id, name, value, kind, scope, trust, at, arrived, source ON facts
BEGIN SELECT RAISE(ABORT, 'what a fact says never changes'); END;
CREATE INDEX sessions_by_project ON sessions (project);

ALTER TABLE journal ADD COLUMN facts TEXT NOT NULL DEFAULT '[]';    -- JSON
-- Sessions of one project may change the same fact, so stamps are compared over the whole journal.
CREATE INDEX journal_by_stamp ON journal (stamp);
CREATE INDEX journal_of_facts ON journal (stamp) WHERE facts <> '[]';
";

const EXPORTS: &str = "
-- The last exported pack of a session under each strategy.
CREATE TABLE exports (
    session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    strategy TEXT NOT NULL,
    at INTEGER NOT NULL,
    budget INTEGER NOT NULL,
    sent TEXT NOT NULL,                     -- JSON: [mark, tokens] of each piece
    result TEXT NOT NULL,                   -- JSON, or empty
    PRIMARY KEY (session, strategy)
) STRICT, WITHOUT ROWID;

-- The layer that the next export of the strategy gradient must use at the least.
CREATE TABLE forced_layers (
    session INTEGER PRIMARY KEY REFERENCES sessions (key) ON DELETE CASCADE,
    layer INTEGER NOT NULL
) STRICT;
";

/// What callers push beside a text: only for telling duplicates.
const EMBEDDINGS: &str = "
CREATE TABLE embeddings (
    entry INTEGER PRIMARY KEY REFERENCES entries (key) ON DELETE CASCADE,
    vector BLOB NOT NULL                    -- f32, little-endian, one after the other
) STRICT;
";
/// What a condensed summary was made of, as JSON.
const MADE: &str = "ALTER TABLE entries ADD COLUMN made TEXT";
/// By which front end an edit came; NULL in rows from before that was recorded.
const VIA: &str = "ALTER TABLE journal ADD COLUMN via TEXT";

/// What pushes go by: whether a session is still as they have it in memory.
const VERSIONS: &str = "
-- Another number after every write of the session; begins anywhere, so that no purged session had the same.
ALTER TABLE sessions ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
-- Whether entries came in that the index of names does not know: who reads it next makes it anew.
ALTER TABLE sessions ADD COLUMN names_due INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER session_is_written AFTER UPDATE OF id, title, project, parent, models, settings, sources, problems, next_seq,
    last_at, updated, deleted_at, entries, encoding, held ON sessions WHEN NEW.version = OLD.version BEGIN
    UPDATE sessions SET version = version + 1 WHERE key = NEW.key;
END;
CREATE INDEX journal_of_undone ON journal (session, undone_by) WHERE status = 'undone';
";

/// Opens a store and brings it up to date, making it where there is none.
pub(super) fn open(path: &Path) -> Result<Connection> {
    let fresh = make_file(path).map_err(|why| StoreError::File { path: path.into(), why })?;
    if !fresh && !is_haversack(path) {
        return Err(StoreError::NotHaversack { path: path.into() });
    }
    let connection = Connection::open(path)?;
    connection.busy_handler(Some(wait_for_others))?;
    if fresh {
        // Before WAL, so that the mark is in the file itself from the first byte on.
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        // Before the first table: what retention frees is given back piece by piece.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > KNOWN_VERSION {
        return Err(StoreError::Newer { path: path.into(), found, known: KNOWN_VERSION });
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    prepare(connection)
}

/// Lets another connection finish. False when it is time to give up.
fn wait_for_others(asked: i32) -> bool {
    let dice = RandomState::new().build_hasher().finish();
    thread::sleep(Duration::from_micros(500 + dice % 6_000));
    asked < ASKS
}

/// A store as an older version of this program made it.
#[cfg(test)]
pub(super) fn open_at(path: &Path, version: usize) -> Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    MIGRATIONS.to_version(&mut connection, version).expect("every version could be made once");
    Ok(connection)
}

pub(super) fn open_in_memory() -> Result<Connection> {
    prepare(Connection::open_in_memory()?)
}

/// Whether a file bears our mark, by its first bytes.
pub(super) fn is_haversack(path: &Path) -> bool {
    let mut head = [0u8; 72];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head.starts_with(b"SQLite format 3\0") && head[68..72] == APPLICATION_ID.to_be_bytes()
}

fn prepare(mut connection: Connection) -> Result<Connection> {
    // NORMAL under WAL loses nothing to a killed process, and at worst the last edits to a power cut.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Purged text is overwritten with zeroes, not merely unlinked.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    // A large session comes in by one transaction; the default of 2 MB has its indexes written over and over.
    connection.pragma_update(None, "cache_size", CACHE_KIB)?;
    connection.pragma_update(None, "journal_size_limit", log::MOST)?;
    migrate(&mut connection)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<()> {
    let Err(error) = MIGRATIONS.to_latest(connection) else { return Ok(()) };
    // Two processes may make the same store at once; the one that came second finds it made.
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match error {
        _ if found == KNOWN_VERSION => Ok(()),
        rusqlite_migration::Error::RusqliteError { err, .. } => Err(err.into()),
        other => Err(StoreError::Damaged { what: other.to_string() }),
    }
}

/// Makes folders and an empty file where there are none; only their owner may look in. True where the file is empty.
fn make_file(path: &Path) -> std::io::Result<bool> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(folder)?;
    }
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.write(true).create_new(true).open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let about = std::fs::metadata(path)?;
            if !about.is_file() {
                return Err(std::io::Error::new(ErrorKind::InvalidInput, "not a file"));
            }
            Ok(about.len() == 0)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_of_the_first_format_is_brought_up_to_date() {
        let mut connection = Connection::open_in_memory().unwrap();
        MIGRATIONS.to_version(&mut connection, 1).unwrap();
        let old =
            "INSERT INTO sessions (key, id, title, project, models, settings, sources, problems, next_seq, updated)
                   VALUES (1, 'claude:a', '', '/shop', '[]', '{}', '[]', '[]', 1, 0);
                   INSERT INTO journal (session, actor, at, status, stamp, words, changes)
                   VALUES (1, 'person', 0, 'done', 1, 'pinned #1', '[]');";
        connection.execute_batch(old).unwrap();
        migrate(&mut connection).unwrap();
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, KNOWN_VERSION);
        let facts: String = connection.query_row("SELECT facts FROM journal", [], |row| row.get(0)).unwrap();
        assert_eq!(facts, "[]");
        let via: Option<String> = connection.query_row("SELECT via FROM journal", [], |row| row.get(0)).unwrap();
        assert_eq!(via, None);
    }
}
