//! What a push did.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    model::{EntryId, SessionId},
    workspace::Pushed,
};

/// The first seven fields are distill's.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Pushes {
    pub session_id: SessionId,
    pub accepted: usize,
    /// Older entries that newer ones replaced.
    pub deduplicated: usize,
    /// Entries held at less text than before.
    pub compressed: usize,
    pub evicted: usize,
    pub current_tokens: u64,
    /// `null` where the session has no maximum; below 0 where pins hold more than it.
    pub budget_remaining: Option<i64>,
    pub added: Vec<Added>,
    pub superseded: Vec<Superseded>,
    /// Entries held at more text than before.
    pub restored: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Added {
    pub entry_id: EntryId,
    pub seq: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Superseded {
    pub entry_id: EntryId,
    pub seq: u32,
    /// The number of the entry that stands for it.
    pub by: u32,
    pub why: String,
}

impl Pushes {
    pub fn new(session_id: SessionId, pushed: &Pushed) -> Pushes {
        let superseded = pushed.superseded.iter().map(|old| Superseded {
            entry_id: old.entry_id,
            seq: old.seq,
            by: old.by,
            why: old.why.clone(),
        });
        Pushes {
            session_id,
            accepted: pushed.added.len(),
            deduplicated: pushed.superseded.len(),
            compressed: pushed.shortened,
            evicted: pushed.evicted,
            current_tokens: pushed.held,
            budget_remaining: (pushed.max_tokens > 0).then(|| i64::from(pushed.max_tokens) - pushed.held.cast_signed()),
            added: pushed.added.iter().map(|&(entry_id, seq)| Added { entry_id, seq }).collect(),
            superseded: superseded.collect(),
            restored: pushed.restored,
        }
    }
}
