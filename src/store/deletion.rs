//! Hiding a session, bringing it back, and removing its bytes.

use rusqlite::params;
use serde::Serialize;

use super::{Native, Result, StoreError, facts, find_session, journal, live_session_key, recall, session_key};
use crate::model::{Actor, Edit, JournalRow, JournalStatus, SessionId, Time};

/// What a purge has removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Purged {
    pub entries: u32,
    /// Facts that it has written, those for its whole project too.
    pub facts: u32,
    /// Bytes of text that were removed.
    pub bytes: u64,
    /// Whether the write-ahead log is emptied too. `false` while another program reads the store: its next checkpoint
    /// does it.
    pub log_emptied: bool,
}

/// What the journal says of a deletion.
const DELETED: &str = "deleted the session";

impl Native {
    /// The row of the journal that deleted a session last.
    pub fn deletion(&self, id: &SessionId) -> Result<Option<JournalRow>> {
        let is_deletion = |row: &JournalRow| row.status == JournalStatus::Append && row.edit.words == DELETED;
        Ok(self.journal(id)?.into_iter().rfind(is_deletion))
    }

    /// Hides a session; every byte of it stays until a purge.
    pub fn delete(&mut self, id: &SessionId, actor: &Actor, at: Time) -> Result<()> {
        let by = self.by(actor);
        let transaction = self.write()?;
        let key = live_session_key(&transaction, id)?;
        transaction.execute("UPDATE sessions SET deleted_at = ?2, updated = ?2 WHERE key = ?1", params![key, at.0])?;
        let edit = Edit { words: DELETED.into(), changes: Vec::new(), ..Edit::default() };
        journal::append(&transaction, key, by, at, JournalStatus::Append, &edit)?;
        transaction.commit()
    }

    /// Brings a deleted session back as it was.
    pub fn undelete(&mut self, id: &SessionId, actor: &Actor, at: Time) -> Result<()> {
        let by = self.by(actor);
        let transaction = self.write()?;
        let key = match find_session(&transaction, id)? {
            None => return Err(StoreError::NoSession(id.clone())),
            Some((_, None)) => return Err(StoreError::NotDeleted(id.clone())),
            Some((key, Some(_))) => key,
        };
        transaction
            .execute("UPDATE sessions SET deleted_at = NULL, updated = ?2 WHERE key = ?1", params![key, at.0])?;
        let edit = Edit { words: "undeleted the session".into(), changes: Vec::new(), ..Edit::default() };
        journal::append(&transaction, key, by, at, JournalStatus::Append, &edit)?;
        transaction.commit()
    }

    /// Removes a session's bytes for good: entries, facts and what other journals say of these, journal, and the counts
    /// kept by hash (a hash of a short text can be guessed; they are a cache and are made again).
    pub fn purge(&mut self, id: &SessionId) -> Result<Purged> {
        let transaction = self.write()?;
        let key = session_key(&transaction, id)?;
        let (entries, bytes) = transaction.query_row(
            "SELECT count(*), coalesce(sum(octet_length(text) + coalesce(octet_length(summary), 0)
                    + coalesce(octet_length(sentence), 0) + coalesce(octet_length(keywords), 0)), 0)
             FROM entries WHERE session = ?1",
            [key],
            |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())),
        )?;
        let (written, fact_bytes) = transaction.query_row(
            "SELECT count(*), coalesce(sum(octet_length(name) + octet_length(value)), 0) FROM facts WHERE session = ?1",
            [key],
            |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())),
        )?;
        facts::forget_elsewhere(&transaction, key)?;
        transaction.execute("DELETE FROM sessions WHERE key = ?1", [key])?;
        transaction.execute("DELETE FROM counts", [])?;
        recall::forget(&transaction)?;
        transaction.commit()?;
        let busy: i64 = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        Ok(Purged { entries, facts: written, bytes: bytes + fact_bytes, log_emptied: busy == 0 })
    }
}
