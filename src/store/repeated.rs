//! Outputs that a later one says again, as they were found in a session some time after it came in.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Native, Result, rows, session_key};
use crate::model::{Clean, EntryId, Repeated, SessionId};

pub(super) const TABLE: &str = "
CREATE TABLE repeated (
    session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    older INTEGER NOT NULL,                 -- ids of entries
    newer INTEGER NOT NULL,
    share REAL NOT NULL,
    PRIMARY KEY (session, older)
) STRICT, WITHOUT ROWID;
-- The outputs below this number were compared with each other.
ALTER TABLE sessions ADD COLUMN compared INTEGER NOT NULL DEFAULT 0;
";

/// A session read from a log whose outputs were not all compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncompared {
    pub id: SessionId,
    /// Its entries have lower numbers than this.
    pub next_seq: u32,
}

impl Native {
    /// Pushes are compared as they come in; here are the sessions that came in whole.
    pub fn uncompared(&self) -> Result<Option<Uncompared>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, next_seq FROM sessions
             WHERE compared < next_seq AND sources <> '[]' AND deleted_at IS NULL AND let_go IS NULL LIMIT 1",
        )?;
        let found = statement.query_row([], |row| {
            Ok(Uncompared { id: SessionId::new(row.get::<_, String>(0)?), next_seq: row.get(1)? })
        });
        Ok(found.optional()?)
    }

    /// The next outputs of a session from a number on and below another, of at least so many bytes, with their numbers.
    pub fn outputs(
        &self,
        id: &SessionId,
        from: u32,
        below: u32,
        bytes: usize,
        limit: u32,
    ) -> Result<Vec<(u32, EntryId, Clean)>> {
        let key = session_key(&self.connection, id)?;
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, id, text FROM entries WHERE session = ?1 AND seq >= ?2 AND seq < ?3 AND kind = 'result'
               AND octet_length(text) >= ?4 ORDER BY seq LIMIT ?5",
        )?;
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let found = statement.query_map(params![key, from, below, bytes, limit], |row| {
            Ok((row.get(0)?, rows::entry_id(row.get(1)?), crate::text::redact::stored(row.get(2)?)))
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps what was found among the outputs of a session below a number.
    pub fn keep_repeated(&mut self, compared: &Uncompared, found: &[Repeated]) -> Result<()> {
        let transaction = self.write()?;
        let key = session_key(&transaction, &compared.id)?;
        transaction.execute("DELETE FROM repeated WHERE session = ?1", [key])?;
        for Repeated { older, newer, share } in found {
            transaction
                .prepare_cached("INSERT INTO repeated (session, older, newer, share) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![key, older.0.cast_signed(), newer.0.cast_signed(), share])?;
        }
        transaction.execute("UPDATE sessions SET compared = ?2 WHERE key = ?1", params![key, compared.next_seq])?;
        transaction.commit()
    }
}

pub(super) fn load(connection: &Connection, session: i64) -> Result<Vec<Repeated>> {
    let mut statement =
        connection.prepare_cached("SELECT older, newer, share FROM repeated WHERE session = ?1 ORDER BY older")?;
    let found = statement.query_map([session], |row| {
        Ok(Repeated { older: rows::entry_id(row.get(0)?), newer: rows::entry_id(row.get(1)?), share: row.get(2)? })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}
