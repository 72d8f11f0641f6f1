//! One push is one transaction: new entries, their embeddings, and the edits that they bring about.

use rusqlite::params;

use super::{Native, Result, StoreError, append, journal, live_session_key, rows, session_key};
use crate::model::{Actor, Edit, EntryId, Session, SessionId, Time};

/// What a push writes.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// The whole session as it was read, with the new entries at its end; none of the edits is in it.
    pub session: &'a Session,
    /// The number of its first new entry, as [`Native::pushes`] told before the session was read.
    pub next_seq: u32,
    /// In the order in which they apply.
    pub edits: &'a [Edit],
    /// Of new entries.
    pub embeddings: &'a [(EntryId, Vec<f32>)],
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
    /// Appends entries and records edits: all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::Moved`] or [`StoreError::Drift`] where the session is not as it was read: read it again.
    pub fn push(&mut self, batch: &Batch, actor: &Actor, at: Time) -> Result<append::Appended> {
        let (encoding, by) = (self.encoding, self.by(actor));
        let id = &batch.session.id;
        let transaction = self.write()?;
        let key = live_session_key(&transaction, id)?;
        let next_seq: u32 =
            transaction.query_row("SELECT next_seq FROM sessions WHERE key = ?1", [key], |row| row.get(0))?;
        if next_seq != batch.next_seq {
            return Err(StoreError::Moved(id.clone()));
        }
        let (_, appended) = append::put(&transaction, batch.session, encoding, by, at)?;
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
        if !batch.edits.is_empty() {
            journal::touch(&transaction, key, at, encoding)?;
        }
        transaction.commit()?;
        Ok(appended)
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
