//! The journal: recording an edit, and reading what was done.

use rusqlite::{Connection, Row, params};

use super::{By, Native, Result, StoreError, counts, facts, live_session_key, rows, session_key};
use crate::{
    model::{Actor, Change, Drift, Edit, EntryState, Fate, JournalRow, JournalStatus, SessionId, Time},
    text::tokens::Encoding,
};

impl Native {
    /// Makes an edit: checks that every entry and fact is as the edit expects it, changes them, writes the journal, and
    /// drops what this actor could have redone; all in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Drift`] where an entry or a fact is not as expected. Nothing is changed then.
    pub fn record(&mut self, id: &SessionId, actor: &Actor, at: Time, edit: &Edit) -> Result<JournalRow> {
        let (encoding, by) = (self.encoding, self.by(actor));
        let transaction = self.write()?;
        let key = live_session_key(&transaction, id)?;
        let row = record(&transaction, key, encoding, by, at, edit)?;
        touch(&transaction, key, at, encoding)?;
        transaction.commit()?;
        Ok(row)
    }

    /// Every edit of a session, the oldest first.
    pub fn journal(&self, id: &SessionId) -> Result<Vec<JournalRow>> {
        let view = self.read()?;
        let key = session_key(&view, id)?;
        let mut statement = view.prepare_cached(
            "SELECT id, actor, at, status, words, changes, facts, undone_by, stamp, via FROM journal
             WHERE session = ?1 ORDER BY id",
        )?;
        let mut found = statement.query([key])?;
        let mut journal = Vec::new();
        while let Some(row) = found.next()? {
            journal.push(journal_row(row)?);
        }
        Ok(journal)
    }
}

/// [`Native::record`] within a transaction; the caller tells [`touch`] afterwards.
pub(super) fn record(
    transaction: &Connection,
    key: i64,
    encoding: Encoding,
    by: By,
    at: Time,
    edit: &Edit,
) -> Result<JournalRow> {
    apply(transaction, key, edit)?;
    for change in &edit.changes {
        if let Change::Add { entry } = change {
            let row = rows::standing(transaction, key, entry.id)?.ok_or(Drift::Entry { id: entry.id, seq: None })?;
            rows::set_costs(transaction, row.key, encoding, entry.costs)?;
        }
    }
    transaction.execute(
        "UPDATE journal SET status = 'dropped' WHERE session = ?1 AND status = 'undone' AND undone_by = ?2",
        params![key, by.actor.as_str()],
    )?;
    let row_id = append(transaction, key, by, at, JournalStatus::Done, edit)?;
    let stamp = transaction.query_row("SELECT stamp FROM journal WHERE id = ?1", [row_id], |row| row.get(0))?;
    Ok(JournalRow {
        id: row_id,
        actor: by.actor.clone(),
        via: by.via,
        at,
        status: JournalStatus::Done,
        edit: edit.clone(),
        undone_by: None,
        stamp,
    })
}

/// Reads the columns id, actor, at, status, words, changes, facts, undone_by, stamp, via.
pub(super) fn journal_row(row: &Row) -> Result<JournalRow> {
    let undone_by: Option<String> = row.get(7)?;
    let via: Option<String> = row.get(9)?;
    Ok(JournalRow {
        id: row.get(0)?,
        actor: rows::word(row, 1)?,
        via: via.map(|_| rows::word(row, 9)).transpose()?,
        at: Time(row.get(2)?),
        status: rows::word(row, 3)?,
        edit: Edit { words: row.get(4)?, changes: rows::from_json(row, 5)?, facts: rows::from_json(row, 6)? },
        undone_by: undone_by.map(|_| rows::word(row, 7)).transpose()?,
        stamp: row.get(8)?,
    })
}

/// Writes a row and gives its id.
pub(super) fn append(
    connection: &Connection,
    session: i64,
    by: By,
    at: Time,
    status: JournalStatus,
    edit: &Edit,
) -> Result<i64> {
    let stamp = next_stamp(connection)?;
    connection
        .prepare_cached(
            "INSERT INTO journal (session, actor, at, status, stamp, words, changes, facts, via)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            session,
            by.actor.as_str(),
            at.0,
            status.to_string(),
            stamp,
            edit.words,
            rows::json(&edit.changes),
            rows::json(&edit.facts),
            by.via.map(|via| via.to_string())
        ])?;
    Ok(connection.last_insert_rowid())
}

/// Greater than every stamp there is: sessions of a project may change the same fact, and their edits have one order.
pub(super) fn next_stamp(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT coalesce(max(stamp), 0) + 1 FROM journal")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Changes the entries and facts as the edit says, each checked first. Entries whose text it brings or changes are not
/// counted afterwards: the caller counts them and tells `recount`. An error leaves the transaction to be rolled back.
pub(super) fn apply(connection: &Connection, session: i64, edit: &Edit) -> Result<()> {
    for change in &edit.changes {
        let stored = rows::standing(connection, session, change.id())?;
        if stored.as_ref().map(|stored| &stored.state) != change.before() {
            return Err(Drift::Entry { id: change.id(), seq: stored.map(|stored| stored.seq) }.into());
        }
        match (change, stored) {
            (Change::State { after, .. }, Some(stored)) => set_state(connection, session, &stored, after)?,
            (Change::Remove { .. }, Some(stored)) => {
                connection.execute("DELETE FROM entries WHERE key = ?1", [stored.key])?;
            }
            (Change::Add { entry }, _) => {
                let taken: bool = connection.query_row(
                    "SELECT EXISTS (SELECT 1 FROM entries WHERE session = ?1 AND seq = ?2)",
                    params![session, entry.seq],
                    |row| row.get(0),
                )?;
                if taken {
                    return Err(StoreError::SeqTaken { seq: entry.seq });
                }
                rows::insert(connection, session, entry, entry.seq, entry.place.file)?;
                connection.execute(
                    "UPDATE sessions SET next_seq = max(next_seq, ?2 + 1) WHERE key = ?1",
                    params![session, entry.seq],
                )?;
            }
            (Change::State { .. } | Change::Remove { .. }, None) => {
                return Err(Drift::Entry { id: change.id(), seq: None }.into());
            }
        }
    }
    edit.facts.iter().try_for_each(|change| facts::apply(connection, session, change))
}

fn set_state(connection: &Connection, session: i64, stored: &rows::Standing, after: &EntryState) -> Result<()> {
    let live = stored.carried && after.fate == Fate::Live;
    connection
        .prepare_cached("UPDATE standing SET state = ?3, live = ?4, level = ?5 WHERE session = ?1 AND entry = ?2")?
        .execute(params![session, stored.key, rows::json(after), live, after.held.level as u8])?;
    if stored.state.rewrites != after.rewrites {
        // Another text costs something else.
        connection.prepare_cached("DELETE FROM costs WHERE entry = ?1")?.execute([stored.key])?;
    }
    Ok(())
}

/// After an edit: the session's time of last write, and its counters.
pub(super) fn touch(connection: &Connection, session: i64, at: Time, encoding: Encoding) -> Result<()> {
    connection.prepare_cached("UPDATE sessions SET updated = ?2 WHERE key = ?1")?.execute(params![session, at.0])?;
    counts::tally(connection, session, encoding)
}
