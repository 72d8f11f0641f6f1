//! Where the reading of each log has got to, so that an unchanged one is not read again.

use rusqlite::{OptionalExtension, Row, params};

use super::{Native, Result, rows};
use crate::model::{SessionId, Time};

pub(super) const TABLE: &str = "
CREATE TABLE cursors (
    path TEXT PRIMARY KEY,
    agent TEXT NOT NULL,
    bytes INTEGER NOT NULL,                 -- size and time of the log when it was read
    modified INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,           -- of the bytes read
    sessions TEXT NOT NULL,                 -- JSON: ids of the sessions in it
    owners BLOB NOT NULL,                   -- whose its rows are
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// A log as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub path: String,
    pub agent: String,
    pub bytes: u64,
    /// Nanoseconds since 1970 UTC.
    pub modified: i64,
    pub fingerprint: u64,
    pub sessions: Vec<SessionId>,
    /// Whose its rows are, as the reader of logs wrote it.
    pub owners: Vec<u8>,
}

impl Native {
    pub fn cursor(&self, path: &str) -> Result<Option<Cursor>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT path, agent, bytes, modified, fingerprint, sessions, owners FROM cursors WHERE path = ?1",
        )?;
        statement.query_row([path], |row| Ok(cursor(row))).optional()?.transpose()
    }

    /// Whose the rows of the logs in a folder are, of each log that was read there; folders below it are not asked.
    pub fn owners_in(&self, folder: &str) -> Result<Vec<Vec<u8>>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT owners FROM cursors WHERE path > ?1 AND path < ?2 AND instr(substr(path, length(?1) + 1), '/') = 0
             ORDER BY path",
        )?;
        let (from, to) = (format!("{folder}/"), format!("{folder}0"));
        let found = statement.query_map([from, to], |row| row.get(0))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Remembers how a log was when it was read. To be said only once its sessions are stored.
    pub fn set_cursor(&mut self, cursor: &Cursor, at: Time) -> Result<()> {
        self.connection.execute(
            "INSERT OR REPLACE INTO cursors (path, agent, bytes, modified, fingerprint, sessions, owners, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                cursor.path,
                cursor.agent,
                cursor.bytes.cast_signed(),
                cursor.modified,
                cursor.fingerprint.cast_signed(),
                rows::json(&cursor.sessions),
                cursor.owners,
                at.0
            ],
        )?;
        Ok(())
    }
}

fn cursor(row: &Row) -> Result<Cursor> {
    Ok(Cursor {
        path: row.get(0)?,
        agent: row.get(1)?,
        bytes: row.get::<_, i64>(2)?.cast_unsigned(),
        modified: row.get(3)?,
        fingerprint: row.get::<_, i64>(4)?.cast_unsigned(),
        sessions: rows::from_json(row, 5)?,
        owners: row.get(6)?,
    })
}
