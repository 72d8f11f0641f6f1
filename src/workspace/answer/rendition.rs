//! One text of an entry.

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Entry, EntryId, Level, SessionId};

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Rendition<'a> {
    pub session_id: &'a SessionId,
    pub entry_id: EntryId,
    pub seq: u32,
    /// The level that was asked for.
    pub level: Level,
    /// The level whose text that is: a shallower one where nothing is saved.
    pub shows: Level,
    /// Whether a hand wrote it.
    pub by_hand: bool,
    /// What its block costs, header included.
    pub tokens: u32,
    pub text: &'a str,
}

impl<'a> Rendition<'a> {
    pub fn new(session_id: &'a SessionId, entry: &'a Entry, level: Level) -> Rendition<'a> {
        let shows = entry.effective_level(level);
        Rendition {
            session_id,
            entry_id: entry.id,
            seq: entry.seq,
            level,
            shows,
            by_hand: entry.state.rewrites.contains_key(&shows),
            tokens: entry.cost(level),
            text: entry.text_at(level),
        }
    }
}
