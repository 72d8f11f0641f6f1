//! A Claude Code log → its rows.

use std::io::{self, BufRead};

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

/// Decodes a whole log. `progress` gets the bytes done.
pub fn decode(reader: impl BufRead, progress: &mut dyn FnMut(u64)) -> io::Result<Log> {
    let mut rows = Vec::new();
    let tally = Lines::new(reader).read(progress, &mut |tally, placed: PlacedRow| {
        if !KNOWN_TYPES.contains(&placed.record.kind.as_str()) {
            tally.count_unknown(&placed.record.kind);
        }
        rows.push(placed);
    })?;
    Ok(Log { rows, tally })
}
