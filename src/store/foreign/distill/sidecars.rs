//! Haversack's own tables in a distill file. They are made by the first edit, and `haversack store clean` drops them.
//!
//! What stands for an entry that distill has goes with that entry (pins, states); what may be needed to bring one back
//! goes with its session only. distill itself names its columns and keeps foreign keys on, so both hold while it writes.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use crate::store::{Result, StoreError};

/// Children before their parents, as they can be dropped.
const NAMES: [&str; 6] = [
    "haversack_images",
    "haversack_journal",
    "haversack_evicted_values",
    "haversack_evicted",
    "haversack_states",
    "haversack_pins",
];

const TABLES: &str = "
CREATE TABLE haversack_pins (
    entry_id TEXT PRIMARY KEY REFERENCES session_entries (id) ON DELETE CASCADE
);
-- What distill's columns cannot say of an entry, as JSON.
CREATE TABLE haversack_states (
    entry_id TEXT PRIMARY KEY REFERENCES session_entries (id) ON DELETE CASCADE,
    kept TEXT NOT NULL
);
-- Entries that are out of every pack, and so out of distill's table too.
CREATE TABLE haversack_evicted (
    entry_id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    state TEXT NOT NULL,                    -- JSON
    kept TEXT                               -- JSON, of haversack_states
);
CREATE INDEX haversack_evicted_by_session ON haversack_evicted (session_id);
-- Their whole rows, value by value and type by type, whatever columns distill has.
CREATE TABLE haversack_evicted_values (
    entry_id TEXT NOT NULL REFERENCES haversack_evicted (entry_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value,
    PRIMARY KEY (entry_id, name)
);
CREATE TABLE haversack_journal (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    stamp INTEGER NOT NULL,                 -- order of the last do, undo or redo
    undone_by TEXT,
    words TEXT NOT NULL,
    changes TEXT NOT NULL,                  -- JSON
    via TEXT                                -- front end; NULL in rows from before that was recorded
);
CREATE INDEX haversack_journal_by_session ON haversack_journal (session_id, stamp);
-- Each entry of an edit before and after it: the columns that edits change, the old importance among them.
CREATE TABLE haversack_images (
    journal_id INTEGER NOT NULL REFERENCES haversack_journal (id) ON DELETE CASCADE,
    entry_id TEXT NOT NULL,
    side TEXT NOT NULL,                     -- before, after
    pinned INTEGER NOT NULL,
    kept TEXT,
    evicted TEXT,                           -- the state in haversack_evicted; NULL where it stands in distill's table
    content,                                -- NULL where it is the original
    is_original INTEGER,
    compression_level,
    tokens,
    importance,
    compressed_at,
    PRIMARY KEY (journal_id, entry_id, side)
);
";

/// What Haversack has written into a distill file beside distill's own tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sidecars {
    /// Names of the tables.
    pub tables: Vec<String>,
    pub pins: u64,
    /// Rows of the journal.
    pub edits: u64,
    /// Entries that are evicted, archived or superseded, and stand nowhere else.
    pub evicted: u64,
}

pub fn are_there(connection: &Connection) -> Result<bool> {
    let mut statement =
        connection.prepare_cached("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'haversack_journal'")?;
    Ok(statement.query_row([], |_| Ok(())).optional()?.is_some())
}

/// Whether the journal tells by which front end an edit came: an earlier Haversack made it without.
pub fn tell_via(connection: &Connection) -> Result<bool> {
    let mut statement =
        connection.prepare_cached("SELECT 1 FROM pragma_table_info('haversack_journal') WHERE name = 'via'")?;
    Ok(statement.query_row([], |_| Ok(())).optional()?.is_some())
}

/// Makes the tables where they are not there yet, and brings those of an earlier Haversack up to date.
pub fn make(connection: &Connection) -> Result<()> {
    if are_there(connection)? {
        if !tell_via(connection)? {
            connection.execute_batch("ALTER TABLE haversack_journal ADD COLUMN via TEXT")?;
        }
        return Ok(());
    }
    for table in ["sessions", "session_entries"] {
        let keyed: bool = connection.query_row(
            "SELECT count(*) FROM pragma_table_info(?1) WHERE name = 'id' AND pk = 1",
            [table],
            |row| row.get(0),
        )?;
        if !keyed {
            // Tables that refer to it would break distill's own deletions.
            let what = format!("{table} has no primary key");
            return Err(StoreError::Damaged { what });
        }
    }
    Ok(connection.execute_batch(TABLES)?)
}

pub fn found(connection: &Connection) -> Result<Sidecars> {
    let mut statement = connection
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'haversack\\_%' ESCAPE '\\'")?;
    let tables = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    let count = |table: &str| -> Result<u64> {
        match tables.iter().any(|name| name == table) {
            true => Ok(connection
                .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0))?
                .cast_unsigned()),
            false => Ok(0),
        }
    };
    let (pins, edits) = (count("haversack_pins")?, count("haversack_journal")?);
    let evicted = count("haversack_evicted")?;
    Ok(Sidecars { tables, pins, edits, evicted })
}

pub fn drop_all(connection: &Connection) -> Result<()> {
    for name in NAMES {
        connection.execute_batch(&format!("DROP TABLE IF EXISTS {name}"))?;
    }
    Ok(())
}
