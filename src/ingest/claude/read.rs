//! A Claude Code log → its rows.

use std::{
    collections::HashSet,
    io::{self, BufRead},
    sync::Arc,
};

use super::record::Row;
use crate::ingest::{
    lines::{Lines, Placed},
    tally::Tally,
};

/// A log, decoded.
#[derive(Debug, Default)]
pub struct Log {
    pub rows: Vec<PlacedRow>,
    pub tally: Tally,
}

pub type PlacedRow = Placed<Row>;

/// Record types seen in logs of versions 2.0 to 2.1.219.
const KNOWN_TYPES: [&str; 18] = [
    "user",
    "assistant",
    "system",
    "attachment",
    "progress",
    "summary",
    "custom-title",
    "ai-title",
    "agent-name",
    "last-prompt",
    "file-history-snapshot",
    "permission-mode",
    "mode",
    "queue-operation",
    "pr-link",
    "bridge-session",
    "frame-link",
    "tag",
];

/// What row after row repeats, each once in memory.
#[derive(Default)]
struct Names(HashSet<Arc<str>>);

impl Names {
    fn share(&mut self, row: &mut Row) {
        for name in [Some(&mut row.kind), row.session_id.as_mut(), row.cwd.as_mut()].into_iter().flatten() {
            match self.0.get(name) {
                Some(known) => *name = known.clone(),
                None if self.0.len() < MOST_NAMES => _ = self.0.insert(name.clone()),
                None => {}
            }
        }
    }
}

/// A log with more of them is hostile; the rest stands as it is.
const MOST_NAMES: usize = 1_000;

/// Decodes a whole log. `progress` gets the bytes done.
pub fn decode(reader: impl BufRead, progress: &mut dyn FnMut(u64)) -> io::Result<Log> {
    let mut rows = Vec::new();
    let mut names = Names::default();
    let tally = Lines::new(reader).read(progress, &mut |tally, mut placed: PlacedRow| {
        if !KNOWN_TYPES.contains(&&*placed.record.kind) {
            tally.count_unknown(&placed.record.kind);
        }
        names.share(&mut placed.record);
        rows.push(placed);
    })?;
    Ok(Log { rows, tally })
}
