//! A stored edit: who made it, when, and whether it still stands.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use super::{Actor, Change, Edit, EntryId, FactId, Time, Via};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalRow {
    /// Ascending over the whole store.
    pub id: i64,
    pub actor: Actor,
    /// By which front end; `None` in rows from before that was recorded.
    #[serde(default)]
    pub via: Option<Via>,
    pub at: Time,
    pub status: JournalStatus,
    pub edit: Edit,
    /// Who took it back, and alone can bring it again; `None` where it stands.
    pub undone_by: Option<Actor>,
    /// The order in which edits came to stand, or were taken back: a redo stands on all before it.
    pub stamp: i64,
}

impl JournalRow {
    /// Whether undoing `earlier` has to wait for this: it came to stand later, and touches the same.
    pub fn stands_on(&self, earlier: &JournalRow) -> bool {
        let shares = || {
            let facts: HashSet<FactId> = earlier.edit.facts.iter().map(|change| change.id).collect();
            let entries: HashSet<EntryId> = earlier.edit.changes.iter().map(Change::id).collect();
            self.edit.facts.iter().any(|change| facts.contains(&change.id))
                || self.edit.changes.iter().any(|change| entries.contains(&change.id()))
        };
        self.status == JournalStatus::Done && self.stamp > earlier.stamp && shares()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum JournalStatus {
    /// In force.
    Done,
    /// Taken back; redo brings it again.
    Undone,
    /// Taken back, and its actor has edited since: it stays for the record only.
    Dropped,
    /// An append (push, import): journalled, not undone by `u`.
    Append,
}
