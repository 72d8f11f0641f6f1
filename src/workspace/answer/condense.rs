//! A summary in place of entries, made or only shown.

use serde::Serialize;
use utoipa::ToSchema;

use super::edit::Refused;
use crate::{
    model::{EntryId, Level, Session, SessionId},
    workspace::Condensing,
};

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Condensed<'a> {
    pub session_id: &'a SessionId,
    pub words: &'a str,
    pub summary: Summary<'a>,
    /// What stays as it is, and why.
    pub refused: Vec<Refused>,
    /// Whether it was only shown.
    pub dry_run: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Summary<'a> {
    pub entry_id: EntryId,
    pub seq: u32,
    pub generation: u8,
    pub tokens: u32,
    pub source_tokens: u32,
    /// Fewer tokens than the square root of the sources'.
    pub lossy: bool,
    pub sources: Vec<SummarySource>,
    pub text: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SummarySource {
    pub entry_id: EntryId,
    pub seq: u32,
}

impl<'a> Condensed<'a> {
    /// `session`: the one that the summary was made for, without it. `words`: of its edit.
    pub fn new(session: &'a Session, made: &'a Condensing, words: &'a str, done: Done) -> Condensed<'a> {
        let summary = &made.summary;
        let about = summary.made.as_deref();
        let sources = about.into_iter().flat_map(|about| &about.sources).filter_map(|&id| session.entry(id));
        Condensed {
            session_id: &session.id,
            words,
            summary: Summary {
                entry_id: summary.id,
                seq: summary.seq,
                generation: summary.generation(),
                tokens: summary.cost(Level::Full),
                source_tokens: about.map_or(0, |about| about.source_tokens),
                lossy: summary.is_lossy(),
                sources: sources.map(|entry| SummarySource { entry_id: entry.id, seq: entry.seq }).collect(),
                text: &summary.text,
            },
            refused: made.refusals.iter().map(Refused::new).collect(),
            dry_run: done == Done::Shown,
        }
    }
}

/// Whether something was made, or only shown as it would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Made,
    Shown,
}
