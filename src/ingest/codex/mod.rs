//! Codex: `~/.codex/sessions/YYYY/MM/DD/rollout-<time>-<id>.jsonl`, compressed once they are old.

mod prompt;
mod output;
mod item;
mod meter;
mod compaction;
mod origin;
mod event;
mod reader;

use std::path::Path;

use self::reader::Reader;
use super::{
    adapter::{Adapter, Decoded, Progress},
    agent::Agent,
    error::IngestError,
    json::Json,
    lines::each_record,
    probe::Probe,
};

pub struct Codex;

impl Adapter for Codex {
    fn agent(&self) -> Agent {
        Agent::Codex
    }

    fn recognises(&self, probe: &Probe) -> bool {
        let records = probe.records();
        records.iter().any(is_enveloped) || records.first().is_some_and(is_bare_header) || records.iter().any(is_state)
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        let bytes = std::fs::metadata(path).map_err(|source| IngestError::io(path, source))?.len();
        let mut reader = Reader::new(path, bytes);
        let tally = each_record(path, progress, &mut |tally, placed| reader.record(tally, placed))?;
        Ok(reader.finish(tally))
    }
}

/// Types of the records that wrap what they hold.
const ENVELOPES: [&str; 8] = [
    "session_meta",
    "turn_context",
    "response_item",
    "event_msg",
    "compacted",
    "world_state",
    "inter_agent_communication",
    "inter_agent_communication_metadata",
];

fn is_enveloped(record: &Json) -> bool {
    matches!(record.get("payload"), Some(Json::Map(_)))
        && record.text("type").is_some_and(|kind| ENVELOPES.contains(&kind))
}

/// The first line of the layout of before autumn 2025: the session's facts, without a type.
fn is_bare_header(record: &Json) -> bool {
    let has = |key: &str| record.get(key).is_some();
    !has("type") && has("id") && has("timestamp") && (has("instructions") || has("git"))
}

/// A mark that the old layout writes between its items.
fn is_state(record: &Json) -> bool {
    record.text("record_type") == Some("state")
}

#[cfg(test)]
mod tests;
