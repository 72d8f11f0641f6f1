//! Edits of a distill file: made, taken back and brought again, with each entry's image before and after.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use super::{
    edit::{self, Image, Place},
    raw::Raw,
    rows, sidecars,
};
use crate::{
    model::{Actor, Change, Edit, EntryId, JournalRow, JournalStatus, Time, Via},
    store::{Applied, HeldTexts, Part, Result, StoreError, journal::journal_row, rows::json},
};

/// Who edits which session, when; and the entries that it had when the edit was asked for.
pub struct Editing<'a> {
    pub session: &'a Raw,
    pub actor: &'a Actor,
    pub via: Option<Via>,
    pub at: Time,
    pub entries: &'a HashMap<EntryId, Named>,
}

/// An entry as distill calls it, and as people do.
pub struct Named {
    pub id: Raw,
    pub seq: u32,
}

const ROW: &str = "id, actor, at, status, words, changes, '[]' AS facts, undone_by, stamp, via";
/// Of a file whose journal was made before that was recorded, and has had no edit since.
const EARLIER_ROW: &str = "id, actor, at, status, words, changes, '[]' AS facts, undone_by, stamp, NULL AS via";

/// Every edit of a session, the oldest first.
pub fn all(view: &Connection, session: &Raw) -> Result<Vec<JournalRow>> {
    let row = if sidecars::tell_via(view)? { ROW } else { EARLIER_ROW };
    let mut statement =
        view.prepare_cached(&format!("SELECT {row} FROM haversack_journal WHERE session_id = ?1 ORDER BY id"))?;
    let mut found = statement.query([session])?;
    let mut journal = Vec::new();
    while let Some(row) = found.next()? {
        journal.push(journal_row(row)?);
    }
    Ok(journal)
}

impl Editing<'_> {
    pub fn record(&self, connection: &Connection, edit: &Edit, held: &HeldTexts) -> Result<Applied> {
        if !edit.facts.is_empty() {
            return Err(StoreError::NotKept(Part::Facts));
        }
        if !edit.changes.iter().all(|change| matches!(change, Change::State { .. })) {
            return Err(StoreError::NotKept(Part::Made));
        }
        let touched = edit.touches();
        let before = self.images(connection, &touched)?;
        for change in &edit.changes {
            let Change::State { id, before, after } = change else { continue };
            let entry = self.named(*id)?;
            let now = self.image(connection, entry)?;
            if now.state()? != *before {
                return Err(StoreError::ChangedByOwner { seq: Some(entry.seq) });
            }
            edit::bring(connection, &entry.id, after, held.get(id), self.at)?;
            let reached = self.image(connection, entry)?.state()?;
            if reached != *after {
                let what = format!("#{} cannot be held as asked", entry.seq);
                return Err(StoreError::Damaged { what });
            }
        }
        connection.execute(
            "UPDATE haversack_journal SET status = 'dropped' WHERE session_id = ?1 AND status = 'undone' AND undone_by = ?2",
            params![self.session, self.actor.as_str()],
        )?;
        let stamp = next_stamp(connection)?;
        connection.execute(
            "INSERT INTO haversack_journal (session_id, actor, at, status, stamp, words, changes, via)
             VALUES (?1, ?2, ?3, 'done', ?4, ?5, ?6, ?7)",
            params![
                self.session,
                self.actor.as_str(),
                self.at.0,
                stamp,
                edit.words,
                json(&edit.changes),
                self.via.map(|via| via.to_string())
            ],
        )?;
        let row_id = connection.last_insert_rowid();
        for ((id, image), after) in touched.iter().zip(&before).zip(self.images(connection, &touched)?) {
            let entry = self.named(*id)?;
            write_image(connection, row_id, &entry.id, Side::Before, image)?;
            write_image(connection, row_id, &entry.id, Side::After, &after)?;
        }
        let row = JournalRow {
            id: row_id,
            actor: self.actor.clone(),
            via: self.via,
            at: self.at,
            status: JournalStatus::Done,
            edit: edit.clone(),
            undone_by: None,
            stamp,
        };
        Ok(Applied { edit: edit.clone(), row })
    }

    pub fn undo(&self, connection: &Connection) -> Result<Applied> {
        let newest = self.one(connection, "status = 'done' AND actor = ?2", &self.actor.as_str())?;
        self.take_back(connection, newest.ok_or_else(|| StoreError::NothingToUndo(self.actor.clone()))?)
    }

    pub fn undo_row(&self, connection: &Connection, row_id: i64) -> Result<Applied> {
        let row = self.one(connection, "id = ?2", &row_id)?.ok_or(StoreError::NoRow { row_id })?;
        match row.status {
            JournalStatus::Done => self.take_back(connection, row),
            status => Err(StoreError::NotUndoable { row_id, status }),
        }
    }

    pub fn redo(&self, connection: &Connection) -> Result<Applied> {
        let newest = self.one(connection, "status = 'undone' AND undone_by = ?2", &self.actor.as_str())?;
        let mut row = newest.ok_or_else(|| StoreError::NothingToRedo(self.actor.clone()))?;
        self.swap(connection, &row, Side::Before, Side::After)?;
        set_status(connection, &mut row, JournalStatus::Done, None)?;
        Ok(Applied { edit: row.edit.clone(), row })
    }

    fn take_back(&self, connection: &Connection, mut row: JournalRow) -> Result<Applied> {
        self.refuse_if_stood_upon(connection, &row)?;
        self.swap(connection, &row, Side::After, Side::Before)?;
        set_status(connection, &mut row, JournalStatus::Undone, Some(self.actor))?;
        Ok(Applied { edit: row.edit.inverse(), row })
    }

    /// Puts every entry of a row from one side to the other; refused where one is not exactly as the side says.
    fn swap(&self, connection: &Connection, row: &JournalRow, from: Side, to: Side) -> Result<()> {
        for id in row.edit.touches() {
            let entry = self.named(id)?;
            if self.image(connection, entry)? != read_image(connection, row.id, &entry.id, from)? {
                return Err(StoreError::ChangedByOwner { seq: Some(entry.seq) });
            }
            edit::set(connection, &entry.id, &read_image(connection, row.id, &entry.id, to)?)?;
        }
        Ok(())
    }

    fn refuse_if_stood_upon(&self, connection: &Connection, row: &JournalRow) -> Result<()> {
        let mine = row.edit.touches();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {ROW} FROM haversack_journal
             WHERE session_id = ?1 AND stamp > ?2 AND status = 'done' ORDER BY stamp DESC"
        ))?;
        let mut found = statement.query(params![self.session, row.stamp])?;
        while let Some(later) = found.next()? {
            let later = journal_row(later)?;
            if later.edit.touches().iter().any(|id| mine.contains(id)) {
                return Err(StoreError::Stands { row: Box::new(row.clone()), later: Box::new(later), elsewhere: None });
            }
        }
        Ok(())
    }

    /// The last row among those that `filter` lets through.
    fn one(&self, connection: &Connection, filter: &str, argument: &dyn ToSql) -> Result<Option<JournalRow>> {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {ROW} FROM haversack_journal WHERE session_id = ?1 AND {filter} ORDER BY stamp DESC LIMIT 1"
        ))?;
        statement.query_row(params![self.session, argument], |row| Ok(journal_row(row))).optional()?.transpose()
    }

    fn named(&self, id: EntryId) -> Result<&Named> {
        self.entries.get(&id).ok_or(StoreError::ChangedByOwner { seq: None })
    }

    fn image(&self, connection: &Connection, entry: &Named) -> Result<Image> {
        edit::image(connection, &entry.id)?.ok_or(StoreError::ChangedByOwner { seq: None })
    }

    fn images(&self, connection: &Connection, ids: &[EntryId]) -> Result<Vec<Image>> {
        ids.iter().map(|&id| self.image(connection, self.named(id)?)).collect()
    }
}

/// Which moment of an edit an image is of.
#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Side::Before => "before",
            Side::After => "after",
        }
    }
}

fn write_image(connection: &Connection, row_id: i64, id: &Raw, side: Side, image: &Image) -> Result<()> {
    let (state, columns) = match &image.place {
        Place::Evicted { state, columns } => (Some(state), Some(columns)),
        Place::Live(columns) => (None, Some(columns)),
    };
    connection
        .prepare_cached(
            "INSERT INTO haversack_images (journal_id, entry_id, side, pinned, kept, evicted, content, is_original,
                                           compression_level, tokens, importance, compressed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            row_id,
            id,
            side.word(),
            image.pinned,
            image.kept,
            state,
            columns.map(|columns| &columns.content),
            columns.map(|columns| columns.is_original),
            columns.map(|columns| &columns.level),
            columns.map(|columns| &columns.tokens),
            columns.map(|columns| &columns.importance),
            columns.map(|columns| &columns.compressed_at),
        ])?;
    Ok(())
}

fn read_image(connection: &Connection, row_id: i64, id: &Raw, side: Side) -> Result<Image> {
    let mut statement = connection.prepare_cached(
        "SELECT pinned, kept, evicted, content, is_original, compression_level, tokens, importance, compressed_at
         FROM haversack_images WHERE journal_id = ?1 AND entry_id = ?2 AND side = ?3",
    )?;
    let read = |row: &Row| {
        let place = match row.get(2)? {
            Some(state) => Place::Evicted { state, columns: rows::columns(row, 3)? },
            None => Place::Live(rows::columns(row, 3)?),
        };
        Ok(Image { pinned: row.get(0)?, kept: row.get(1)?, place })
    };
    let found = statement.query_row(params![row_id, id, side.word()], read).optional()?;
    found.ok_or_else(|| StoreError::Damaged { what: format!("row {row_id} of the journal has lost an entry") })
}

/// Greater than every stamp there is.
fn next_stamp(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("SELECT coalesce(max(stamp), 0) + 1 FROM haversack_journal", [], |row| row.get(0))?)
}

fn set_status(
    connection: &Connection,
    row: &mut JournalRow,
    status: JournalStatus,
    redo_by: Option<&Actor>,
) -> Result<()> {
    (row.status, row.undone_by, row.stamp) = (status, redo_by.cloned(), next_stamp(connection)?);
    connection.execute(
        "UPDATE haversack_journal SET status = ?2, undone_by = ?3, stamp = ?4 WHERE id = ?1",
        params![row.id, status.to_string(), redo_by.map(Actor::as_str), row.stamp],
    )?;
    Ok(())
}
