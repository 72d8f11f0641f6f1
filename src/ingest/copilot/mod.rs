//! Copilot CLI: `~/.copilot/session-state/<id>/events.jsonl`, one event a line.

mod event;
mod entries;
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

pub struct Copilot;

impl Adapter for Copilot {
    fn agent(&self) -> Agent {
        Agent::Copilot
    }

    fn recognises(&self, probe: &Probe) -> bool {
        probe.records().iter().any(is_event)
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        let bytes = std::fs::metadata(path).map_err(|source| IngestError::io(path, source))?.len();
        let mut reader = Reader::new(path, bytes);
        let tally = each_record(path, progress, &mut |tally, placed| reader.record(tally, placed))?;
        Ok(reader.finish(tally))
    }
}

/// `{type: "user.message", data: {…}, id, timestamp, parentId}`.
fn is_event(record: &Json) -> bool {
    let families = ["session.", "user.", "assistant.", "tool.", "system.", "hook."];
    let kind = record.text("type").unwrap_or_default();
    families.iter().any(|family| kind.starts_with(family))
        && matches!(record.get("data"), Some(Json::Map(_)))
        && record.text("id").is_some()
        && record.get("parentId").is_some()
}

#[cfg(test)]
mod tests;
