//! An entry as the store holds it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Entry, EntryId, EntryState, Made, Mark, Seen, Session, Source, Time};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryRow<'a> {
    pub entry_id: EntryId,
    pub seq: u32,
    pub kind: String,
    pub role: String,
    pub marks: Vec<Mark>,
    pub tool: Option<&'a str>,
    pub path: Option<&'a str>,
    /// 0 to 1, the hand's where a hand has set it.
    pub importance: f32,
    /// What it costs at full, summary, sentence and keywords.
    pub tokens: [u32; 4],
    pub state: &'a EntryState,
    pub seen: Seen,
    pub at: Option<Time>,
    pub source: Option<Source>,
    /// Of a condensed summary: its generation and sources.
    pub made: Option<&'a Made>,
    pub lossy: bool,
    pub text: &'a str,
}

impl<'a> EntryRow<'a> {
    pub fn new(entry: &'a Entry, session: &Session) -> EntryRow<'a> {
        let file = session.sources.get(usize::from(entry.place.file)).filter(|_| entry.place.line > 0);
        EntryRow {
            entry_id: entry.id,
            seq: entry.seq,
            kind: entry.kind.to_string(),
            role: entry.role.to_string(),
            marks: entry.marks.iter().collect(),
            tool: entry.tool.as_deref(),
            path: entry.path.as_deref(),
            importance: entry.importance(),
            tokens: entry.costs,
            state: &entry.state,
            seen: entry.seen,
            at: entry.at,
            source: file.map(|file| Source { seq: entry.seq, file: file.path.clone(), line: entry.place.line }),
            made: entry.made.as_deref(),
            lossy: entry.is_lossy(),
            text: &entry.text,
        }
    }
}
