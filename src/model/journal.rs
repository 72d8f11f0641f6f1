//! A stored edit: who made it, when, and whether it still stands.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use super::{Actor, Edit, Time};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalRow {
    /// Ascending over the whole store.
    pub id: i64,
    pub actor: Actor,
    pub at: Time,
    pub status: JournalStatus,
    pub edit: Edit,
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
