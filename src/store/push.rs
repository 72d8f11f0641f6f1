//! One push is one transaction: new entries, their embeddings, and the edits that they bring about.

use std::collections::HashSet;

use rusqlite::params;

use super::{Native, Result, StoreError, append, journal, live_session_key, names, rows, session_key};
use crate::model::{Actor, Edit, Entry, EntryId, JournalStatus, NameRow, Score, SessionId, Time};

/// What a push writes.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    pub session: &'a SessionId,
    /// The version of the session that all this was made for.
    pub version: i64,
    /// New entries with their numbers, scores and costs; none of the edits is in them.
    pub added: &'a [Entry],
    /// Known entries that score otherwise now.
    pub rescored: &'a [(EntryId, Score)],
    /// In the order in which they apply.
    pub edits: &'a [Edit],
    /// Of new entries.
    pub embeddings: &'a [(EntryId, Vec<f32>)],
    pub names: NameIndex<'a>,
    /// Afterwards, of live entries: how many are held at each level, and their tokens.
    pub held: [(u32, u64); 4],
    /// Afterwards.
    pub entries: u32,
}

/// The index of names after a push.
#[derive(Clone, Copy, Debug)]
pub enum NameIndex<'a> {
    Made(&'a [NameRow]),
    /// Whoever reads it next makes it.
    Due,
}

/// What a session has taken in so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pushes {
    /// Appends that brought entries.
    pub count: u32,
    /// The number that its next entry gets.
    pub next_seq: u32,
}

impl Native {
    /// Appends entries and records edits: all of it or nothing. Gives the version that the session has then.
    ///
    /// # Errors
    /// [`StoreError::Moved`] where the session is of another version: read it again.
    pub fn push(&mut self, batch: &Batch, actor: &Actor, at: Time) -> Result<i64> {
        let (encoding, by) = (self.encoding, self.by(actor));
        let id = batch.session;
        let transaction = self.write()?;
        let key = live_session_key(&transaction, id)?;
        let mut version = transaction.prepare_cached("SELECT version FROM sessions WHERE key = ?1")?;
        if version.query_row([key], |row| row.get::<_, i64>(0))? != batch.version {
            return Err(StoreError::Moved(id.clone()));
        }
        drop(version);
        for entry in batch.added {
            let row = rows::insert(&transaction, key, entry, entry.seq, entry.place.file)?;
            rows::set_costs(&transaction, row, encoding, entry.costs)?;
        }
        for (entry, score) in batch.rescored {
            transaction
                .prepare_cached(
                    "UPDATE standing SET score = ?3
                     WHERE session = ?1 AND entry = (SELECT key FROM entries WHERE session = ?1 AND id = ?2)",
                )?
                .execute(params![key, entry.0.cast_signed(), rows::json(score)])?;
        }
        if let NameIndex::Made(names) = batch.names {
            names::replace(&transaction, key, encoding, names, &HashSet::new())?;
        }
        if let Some(words) = append::words(true, batch.added.len()) {
            let edit = Edit { words, ..Edit::default() };
            journal::append(&transaction, key, by, at, JournalStatus::Append, &edit)?;
        }
        for (entry, vector) in batch.embeddings {
            let entry = rows::standing(&transaction, key, *entry)?.ok_or_else(|| StoreError::Moved(id.clone()))?;
            let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
            transaction
                .prepare_cached("INSERT OR REPLACE INTO embeddings (entry, vector) VALUES (?1, ?2)")?
                .execute(params![entry.key, bytes])?;
        }
        for edit in batch.edits {
            journal::record(&transaction, key, encoding, by, at, edit)?;
        }
        let version = transaction
            .prepare_cached(
                "UPDATE sessions SET version = version + 1, next_seq = max(next_seq, ?2), updated = ?3,
                        last_at = coalesce(max(last_at, ?4), last_at, ?4), entries = ?5, encoding = ?6, held = ?7, names_due = ?8
                 WHERE key = ?1 RETURNING version",
            )?
            .query_row(
                params![
                    key,
                    batch.added.last().map_or(0, |entry| entry.seq + 1),
                    at.0,
                    batch.added.iter().filter_map(|entry| entry.at).map(|at| at.0).max(),
                    batch.entries,
                    encoding.to_string(),
                    rows::json(&batch.held),
                    matches!(batch.names, NameIndex::Due),
                ],
                |row| row.get(0),
            )?;
        transaction.commit()?;
        self.log.bound(&self.connection)?;
        Ok(version)
    }

    pub fn pushes(&self, id: &SessionId) -> Result<Pushes> {
        let view = self.read()?;
        let key = session_key(&view, id)?;
        let found = view.query_row(
            "SELECT next_seq, (SELECT count(*) FROM journal WHERE session = ?1 AND words LIKE 'appended %') FROM sessions
             WHERE key = ?1",
            [key],
            |row| Ok(Pushes { next_seq: row.get(0)?, count: row.get(1)? }),
        )?;
        Ok(found)
    }

    /// The embeddings of a session's entries, as far as they have any.
    pub fn embeddings(&self, id: &SessionId) -> Result<Vec<(EntryId, Vec<f32>)>> {
        let view = self.read()?;
        let key = session_key(&view, id)?;
        let mut statement = view.prepare_cached(
            "SELECT e.id, m.vector FROM entries e JOIN embeddings m ON m.entry = e.key WHERE e.session = ?1",
        )?;
        let mut found = statement.query([key])?;
        let mut embeddings = Vec::new();
        while let Some(row) = found.next()? {
            let bytes = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            let numbers = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
            embeddings.push((rows::entry_id(row.get(0)?), numbers.collect()));
        }
        Ok(embeddings)
    }
}
