//! The canonical JSON of a session: what is compared to tell whether two sessions are the same, byte for byte.

use std::sync::Arc;

use serde::Serialize;

use super::{
    Clean, Entry, EntryId, EntryState, Fact, Kind, Made, Mark, Place, Role, Score, Seen, Session, SessionId,
    SessionSettings, SourceFile, Time, Usage,
};

impl Session {
    /// Everything of the session but its costs, which depend on the tokenizer in use. Fields stand in a fixed order,
    /// entries in that of `seq`; equal sessions give equal bytes.
    pub fn canonical_json(&self) -> String {
        let export = ExportedSession {
            id: &self.id,
            title: &self.title,
            project: &self.project,
            parent: self.parent.as_ref(),
            models: &self.models,
            settings: &self.settings,
            sources: &self.sources,
            problems: &self.problems,
            entries: self.entries.iter().map(ExportedEntry::from).collect(),
            facts: &self.facts,
            names: self.names.iter().map(|row| (row.entry, row.at, &row.text, row.opens, row.weight)).collect(),
        };
        serde_json::to_string(&export).expect("an export holds nothing that JSON cannot")
    }
}

#[derive(Serialize)]
struct ExportedSession<'a> {
    id: &'a SessionId,
    title: &'a Clean,
    project: &'a Clean,
    parent: Option<&'a SessionId>,
    models: &'a [String],
    settings: &'a SessionSettings,
    sources: &'a [SourceFile],
    problems: &'a [String],
    entries: Vec<ExportedEntry<'a>>,
    facts: &'a [Fact],
    names: Vec<(EntryId, u32, &'a Clean, bool, u32)>,
}

#[derive(Serialize)]
struct ExportedEntry<'a> {
    id: EntryId,
    seq: u32,
    kind: Kind,
    role: Role,
    marks: Vec<Mark>,
    tool: Option<&'a Arc<str>>,
    call_id: Option<&'a Arc<str>>,
    path: Option<&'a Clean>,
    text: &'a Clean,
    renditions: &'a [Option<Clean>; 3],
    score: &'a Score,
    at: Option<Time>,
    place: Place,
    seen: Seen,
    usage: Option<Usage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<&'a Made>,
    state: &'a EntryState,
}

impl<'a> From<&'a Entry> for ExportedEntry<'a> {
    fn from(entry: &'a Entry) -> Self {
        Self {
            id: entry.id,
            seq: entry.seq,
            kind: entry.kind,
            role: entry.role,
            marks: entry.marks.iter().collect(),
            tool: entry.tool.as_ref(),
            call_id: entry.call_id.as_ref(),
            path: entry.path.as_ref(),
            text: &entry.text,
            renditions: &entry.renditions,
            score: &entry.score,
            at: entry.at,
            place: entry.place,
            seen: entry.seen,
            usage: entry.usage,
            made: entry.made.as_deref(),
            state: &entry.state,
        }
    }
}
