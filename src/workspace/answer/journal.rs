//! A row of the journal.

use serde::Serialize;

use crate::model::{EntryId, JournalRow, Time, Via};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EditRow {
    pub row: i64,
    pub at: Time,
    pub actor: String,
    /// By which front end; null in rows from before that was recorded.
    pub via: Option<Via>,
    /// done, undone (can be redone), dropped (undone for good) or append (an import, a push, a deletion: not undone).
    pub status: String,
    pub words: String,
    pub entries: Vec<EntryId>,
}

impl EditRow {
    pub fn new(row: &JournalRow) -> EditRow {
        EditRow {
            row: row.id,
            at: row.at,
            actor: row.actor.to_string(),
            via: row.via,
            status: row.status.to_string(),
            words: row.edit.words.clone(),
            entries: row.edit.touches(),
        }
    }
}
