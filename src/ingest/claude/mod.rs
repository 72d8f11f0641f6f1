//! Claude Code: `~/.claude/projects/<folder>/<session>.jsonl`, with sub-agents in `<session>/subagents/`.

mod record;
mod read;
mod group;
mod prompt;
mod content;
mod call;
mod exchange;
mod attachment;
mod entries;
mod branch;
mod usage;
mod boundary;
mod title;
mod assemble;
mod counts;

use std::path::Path;

pub use counts::Counts;
pub use read::{Log, decode};

use crate::model::Session;

/// Sessions of these logs, oldest first; those without entries are left out.
pub fn sessions(mut logs: Vec<(&Path, Log)>) -> Vec<Session> {
    let groups = group::group(&mut logs);
    let sessions = groups.iter().map(|group| assemble::assemble(group, &logs));
    sessions.filter(|session| !session.entries.is_empty()).collect()
}

/// Whether a file that begins like this is a Claude Code log. `bytes` are whole lines.
pub fn recognises(bytes: &[u8]) -> bool {
    let log = decode(bytes, &mut |_| {});
    log.rows.iter().any(|placed| {
        let row = &placed.row;
        match row.kind.as_str() {
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
