//! Taking edits back, and bringing them again. Exact, or refused.

use rusqlite::{Connection, OptionalExtension, ToSql, params};

use super::{Native, Result, StoreError, journal, live_session_key};
use crate::model::{Actor, Edit, FactId, JournalRow, JournalStatus, SessionId, Time};

/// An undo or redo that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// What was applied: the inverse for an undo, the edit itself for a redo.
    pub edit: Edit,
    /// The journal row, as it stands now.
    pub row: JournalRow,
}

impl Native {
    /// Takes back the newest standing edit of an actor.
    ///
    /// # Errors
    /// Refused, changing nothing, where a later edit by anyone stands on one of its entries or facts
    /// ([`StoreError::Stands`]) or something else changed one ([`StoreError::Drift`]).
    pub fn undo(&mut self, id: &SessionId, actor: &Actor, at: Time) -> Result<Applied> {
        self.take_back(id, actor, at, |transaction, session| {
            let newest = Found::newest(transaction, session, "status = 'done' AND actor = ?2", actor)?;
            newest.ok_or_else(|| StoreError::NothingToUndo(actor.clone()))
        })
    }

    /// Takes back any edit of the journal, whoever made it; `actor` may redo it.
    ///
    /// # Errors
    /// As [`Native::undo`]; and where the row is an append or does not stand.
    pub fn undo_row(&mut self, id: &SessionId, row_id: i64, actor: &Actor, at: Time) -> Result<Applied> {
        self.take_back(id, actor, at, |transaction, session| {
            let found = Found::one(transaction, session, "id = ?2", &row_id)?.ok_or(StoreError::NoRow { row_id })?;
            match found.row.status {
                JournalStatus::Done => Ok(found),
                status => Err(StoreError::NotUndoable { row_id, status }),
            }
        })
    }

    /// Brings back what the actor took back last.
    ///
    /// # Errors
    /// [`StoreError::Drift`] where an entry has changed since. Nothing is changed then.
    pub fn redo(&mut self, id: &SessionId, actor: &Actor, at: Time) -> Result<Applied> {
        let encoding = self.encoding;
        let transaction = self.write()?;
        let session = live_session_key(&transaction, id)?;
        let newest = Found::newest(&transaction, session, "status = 'undone' AND undone_by = ?2", actor)?;
        let mut found = newest.ok_or_else(|| StoreError::NothingToRedo(actor.clone()))?;
        let edit = found.row.edit.clone();
        journal::apply(&transaction, session, &edit)?;
        found.set(&transaction, JournalStatus::Done, None)?;
        journal::touch(&transaction, session, at, encoding)?;
        transaction.commit()?;
        Ok(Applied { edit, row: found.row })
    }

    fn take_back(
        &mut self,
        id: &SessionId,
        actor: &Actor,
        at: Time,
        choose: impl FnOnce(&Connection, i64) -> Result<Found>,
    ) -> Result<Applied> {
        let encoding = self.encoding;
        let transaction = self.write()?;
        let session = live_session_key(&transaction, id)?;
        let mut found = choose(&transaction, session)?;
        found.refuse_if_stood_upon(&transaction, session)?;
        let edit = found.row.edit.inverse();
        journal::apply(&transaction, session, &edit)?;
        found.set(&transaction, JournalStatus::Undone, Some(actor))?;
        journal::touch(&transaction, session, at, encoding)?;
        transaction.commit()?;
        Ok(Applied { edit, row: found.row })
    }
}

struct Found {
    row: JournalRow,
}

impl Found {
    /// The last done or undone row of an actor among those that `filter` lets through.
    fn newest(connection: &Connection, session: i64, filter: &str, actor: &Actor) -> Result<Option<Self>> {
        Self::one(connection, session, filter, &actor.as_str())
    }

    fn one(connection: &Connection, session: i64, filter: &str, argument: &dyn ToSql) -> Result<Option<Self>> {
        let query = format!(
            "SELECT id, actor, at, status, words, changes, facts, undone_by, stamp, via FROM journal
             WHERE session = ?1 AND {filter} ORDER BY stamp DESC LIMIT 1"
        );
        let mut statement = connection.prepare_cached(&query)?;
        let found = statement.query_row(params![session, argument], |row| Ok(journal::journal_row(row))).optional()?;
        found.map(|row| Ok(Self { row: row? })).transpose()
    }

    /// A later edit that stands on one of the same entries or facts would be lost or left hanging. Entries are of one
    /// session; a fact of a project may be changed by another.
    fn refuse_if_stood_upon(&self, connection: &Connection, session: i64) -> Result<()> {
        let mine = self.row.edit.touches();
        let facts: Vec<FactId> = self.row.edit.facts.iter().map(|change| change.id).collect();
        let mut statement = connection.prepare_cached(
            "SELECT j.id, j.actor, j.at, j.status, j.words, j.changes, j.facts, j.undone_by, j.stamp, j.via,
                    iif(j.session = ?1, NULL, s.id)
             FROM journal j JOIN sessions s ON s.key = j.session
             WHERE j.stamp > ?2 AND j.status = 'done' AND (j.session = ?1 OR ?3 AND j.facts <> '[]')
             ORDER BY j.stamp DESC",
        )?;
        let mut rows = statement.query(params![session, self.row.stamp, !facts.is_empty()])?;
        while let Some(row) = rows.next()? {
            let later = journal::journal_row(row)?;
            let on_facts = later.edit.facts.iter().any(|change| facts.contains(&change.id));
            if on_facts || later.edit.touches().iter().any(|id| mine.contains(id)) {
                let elsewhere = row.get::<_, Option<String>>(10)?.map(SessionId::new);
                let (row, later) = (Box::new(self.row.clone()), Box::new(later));
                return Err(StoreError::Stands { row, later, elsewhere });
            }
        }
        Ok(())
    }

    fn set(&mut self, connection: &Connection, status: JournalStatus, redo_by: Option<&Actor>) -> Result<()> {
        let row = &mut self.row;
        (row.status, row.undone_by, row.stamp) = (status, redo_by.cloned(), journal::next_stamp(connection)?);
        connection.execute(
            "UPDATE journal SET status = ?2, undone_by = ?3, stamp = ?4 WHERE id = ?1",
            params![row.id, status.to_string(), redo_by.map(Actor::as_str), row.stamp],
        )?;
        Ok(())
    }
}
