//! Claude Code: `~/.claude/projects/<folder>/<session>.jsonl`, with sub-agents in `<session>/subagents/`.

mod record;
mod read;
mod group;
mod prompt;
mod content;
mod attachment;
mod entries;
mod branch;
mod usage;
mod boundary;
mod title;
mod assemble;
mod counts;

use std::path::Path;

pub use counts::count;
pub use read::{Log, decode};

use super::{
    adapter::{Adapter, Decoded, Progress, Told},
    agent::Agent,
    counts::Counts,
    error::IngestError,
    input,
    owners::Owners,
    probe::Probe,
};
use crate::model::Session;

pub struct Claude;

impl Adapter for Claude {
    fn agent(&self) -> Agent {
        Agent::Claude
    }

    fn recognises(&self, probe: &Probe) -> bool {
        probe.text().is_some_and(recognises)
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        let log = decode(input::lines(path)?, progress).map_err(|source| IngestError::io(path, source))?;
        Ok(Decoded { tally: log.tally.clone(), counts: Counts::default(), told: Told::Claude(log) })
    }
}

/// Sessions of these logs, oldest first, and whose each row is; those without entries are left out.
pub fn sessions(mut logs: Vec<(&Path, Log)>, known: &Owners) -> (Vec<Session>, Owners) {
    let (groups, owners) = group::group(&mut logs, known);
    let sessions = groups.into_iter().map(|group| assemble::assemble(group, &logs));
    (sessions.filter(|session| !session.entries.is_empty()).collect(), owners)
}

/// Whether a file that begins like this is a Claude Code log. `bytes` are whole lines.
fn recognises(bytes: &[u8]) -> bool {
    let Ok(log) = decode(bytes, &mut |_| {}) else { return false };
    log.rows.iter().any(|placed| {
        let row = &placed.record;
        match &*row.kind {
            "user" | "assistant" => row.message.is_some() && (row.uuid.is_some() || row.session_id.is_some()),
            "system" | "attachment" | "progress" => row.uuid.is_some() && row.session_id.is_some(),
            "summary" => row.leaf_uuid.is_some(),
            "file-history-snapshot"
            | "queue-operation"
            | "custom-title"
            | "ai-title"
            | "last-prompt"
            | "permission-mode" => true,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests;
