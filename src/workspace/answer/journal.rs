//! A row of the journal, and the same as something that happened.

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{EntryId, JournalRow, JournalStatus, SessionId, Time, Via};

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
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

/// A change of a session. An edit that is undone or redone happens again, under its own row and another `event`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Event {
    /// Rises with every change of the store.
    pub event: i64,
    pub session_id: SessionId,
    /// Of the journal.
    pub row: i64,
    /// When the edit was made, not when it was undone.
    pub at: Time,
    /// Who did this: of an undo, who took it back.
    pub actor: String,
    /// By which front end the edit was made; null in rows from before that was recorded.
    pub via: Option<Via>,
    /// As in the journal.
    pub status: String,
    pub words: String,
}

impl Event {
    pub fn new(session_id: SessionId, row: &JournalRow) -> Event {
        let undone_by = row.undone_by.as_ref().filter(|_| row.status == JournalStatus::Undone);
        Event {
            event: row.stamp,
            session_id,
            row: row.id,
            at: row.at,
            actor: undone_by.unwrap_or(&row.actor).to_string(),
            via: row.via,
            status: row.status.to_string(),
            words: row.edit.words.clone(),
        }
    }
}
