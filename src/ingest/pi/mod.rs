//! Pi: `~/.pi/agent/sessions/--<folder>--/<time>_<id>.jsonl`, a list of entries (version 1) or a tree of them (2 and 3).

mod content;
mod message;
mod tree;
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

pub struct Pi;

impl Adapter for Pi {
    fn agent(&self) -> Agent {
        Agent::Pi
    }

    fn recognises(&self, probe: &Probe) -> bool {
        probe.records().iter().any(|record| is_header(record) || is_message(record))
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        let bytes = std::fs::metadata(path).map_err(|source| IngestError::io(path, source))?.len();
        let mut reader = Reader::new(path, bytes);
        let tally = each_record(path, progress, &mut |tally, placed| reader.record(tally, placed))?;
        Ok(reader.finish(tally))
    }
}

fn is_header(record: &Json) -> bool {
    record.text("type") == Some("session") && record.text("id").is_some() && record.text("cwd").is_some()
}

fn is_message(record: &Json) -> bool {
    let roles = ["user", "assistant", "toolResult", "bashExecution"];
    let role = record.get("message").and_then(|message| message.text("role"));
    record.text("type") == Some("message") && role.is_some_and(|role| roles.contains(&role))
}

#[cfg(test)]
mod tests;
