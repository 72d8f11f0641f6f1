//! Crush (`.crush/crush.db`) and the older OpenCode written in Go (`.opencode/opencode.db`), of which it is a fork: tables
//! `sessions`, `messages` with their parts as JSON, and `files` with versions of edited files, which are no part of the
//! conversation and are not read.
//!
//! **Which of the two.** Crush added columns that the Go OpenCode never had: `messages.provider` (June 2025, before its
//! first release), later `messages.is_summary_message` and `sessions.todos`. A database without any of them is the Go
//! OpenCode's, unless it is named as Crush's are: only there a name decides.

mod part;
mod reader;
mod database;

use std::path::Path;

use super::{
    adapter::{Adapter, Decoded, Progress, Told},
    agent::Agent,
    counts::Counts,
    error::IngestError,
    probe::Probe,
};

/// Charm's Crush.
pub struct Crush;
/// OpenCode before it was written anew in TypeScript.
pub struct GoOpenCode;

impl Adapter for Crush {
    fn agent(&self) -> Agent {
        Agent::Crush
    }

    fn recognises(&self, probe: &Probe) -> bool {
        is_either(probe) && is_crush(probe)
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        decode(Agent::Crush, path, progress)
    }
}

impl Adapter for GoOpenCode {
    fn agent(&self) -> Agent {
        Agent::OpenCode
    }

    fn recognises(&self, probe: &Probe) -> bool {
        is_either(probe) && !is_crush(probe)
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        decode(Agent::OpenCode, path, progress)
    }
}

fn is_either(probe: &Probe) -> bool {
    probe.has_table("sessions", &["id", "parent_session_id", "title", "prompt_tokens"])
        && probe.has_table("messages", &["id", "session_id", "role", "parts"])
}

fn is_crush(probe: &Probe) -> bool {
    let columns = [("messages", "provider"), ("messages", "is_summary_message"), ("sessions", "todos")];
    let named = |path: &Path| {
        path.file_name().is_some_and(|name| name == "crush.db")
            || path.parent().and_then(Path::file_name).is_some_and(|name| name == ".crush")
    };
    columns.iter().any(|(table, column)| probe.has_table(table, &[column])) || named(&probe.path)
}

fn decode(agent: Agent, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
    let read = database::read(agent, path, progress)?;
    let mut conversations = read.conversations;
    if let Some(first) = conversations.first_mut() {
        first.tell(&read.tally);
    }
    let counts = Counts::of(&conversations, &read.tally);
    let counts = Counts {
        // A summary is a reply too.
        messages: counts.messages + read.sums.summaries,
        tool_errors: Some(read.sums.failed),
        compactions: read.compacted,
        // Kept for a session only, and reset when it is compacted.
        usage: None,
        ..counts
    };
    Ok(Decoded { told: Told::Conversations(conversations), counts, tally: read.tally })
}

#[cfg(test)]
mod tests;
