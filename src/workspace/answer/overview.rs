//! A session at a glance: what the list says of it, and a line for each entry.

use serde::Serialize;
use utoipa::ToSchema;

use super::Listed;
use crate::{
    model::{Entry, EntryId, Fate, Kind, Level, Role, Session},
    text::{sanitize, words},
    workspace::SessionRow,
};

/// Columns of the words that an entry opens with.
const OPENING: usize = 80;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Overview<'a> {
    #[serde(flatten)]
    row: Listed<'a>,
    /// Each entry in a line, in order.
    outline: Vec<EntryLine<'a>>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
struct EntryLine<'a> {
    seq: u32,
    entry_id: EntryId,
    kind: Kind,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'a str>,
    /// What it costs in full.
    tokens: u32,
    importance: f32,
    pinned: bool,
    fate: Fate,
    /// The words it opens with, inert.
    opening: String,
}

impl<'a> Overview<'a> {
    pub fn new(row: &'a SessionRow, session: &'a Session) -> Overview<'a> {
        Overview { row: Listed::new(row), outline: session.entries.iter().map(EntryLine::new).collect() }
    }
}

impl<'a> EntryLine<'a> {
    fn new(entry: &'a Entry) -> EntryLine<'a> {
        let opening = entry.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        EntryLine {
            seq: entry.seq,
            entry_id: entry.id,
            kind: entry.kind,
            role: entry.role,
            tool: entry.tool.as_deref(),
            tokens: entry.cost(Level::Full),
            importance: entry.importance(),
            pinned: entry.state.pinned,
            fate: entry.state.fate,
            opening: words::clip(&sanitize::inert_line(opening), OPENING),
        }
    }
}
