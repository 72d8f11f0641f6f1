//! What an agent's reader does: tell its logs from others, and make conversations of them. One file or folder each.

use std::path::Path;

use super::{
    agent::Agent, aider, claude, codex, conversation::Conversation, copilot, counts::Counts, crush, cursor_store,
    cursor_transcript, error::IngestError, gemini, goose, grok, opencode, pi, probe::Probe, tally::Tally,
};

/// Is told the bytes done.
pub type Progress<'a> = &'a mut dyn FnMut(u64);

pub trait Adapter: Sync {
    fn agent(&self) -> Agent;

    /// Whether a file, or a folder that is one log, which begins so is one of this agent's. Asked of every file of a
    /// folder: it is quick, and tells by content alone.
    fn recognises(&self, probe: &Probe) -> bool;

    /// Reads a log that `recognises` said yes to. What cannot be used is counted, not fatal.
    ///
    /// # Errors
    /// Where the file cannot be read at all.
    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError>;
}

/// A log, decoded.
pub struct Decoded {
    pub told: Told,
    /// Of conversations; rows of Claude Code are counted only where that is asked for.
    pub counts: Counts,
    pub tally: Tally,
}

pub enum Told {
    /// Rows of a Claude Code log: to which session a row belongs is told by all logs together.
    Claude(claude::Log),
    Conversations(Vec<Conversation>),
}

impl Decoded {
    /// What the log holds, counted.
    pub fn counts(self) -> Counts {
        match self.told {
            Told::Claude(log) => claude::count(log),
            Told::Conversations(_) => self.counts,
        }
    }

    /// Conversations, counted as [`Counts::of`] does.
    pub fn conversations(conversations: Vec<Conversation>, tally: Tally) -> Decoded {
        Decoded { counts: Counts::of(&conversations, &tally), told: Told::Conversations(conversations), tally }
    }
}

/// All adapters, in the order in which they are asked.
pub const ADAPTERS: [&dyn Adapter; 13] = [
    &claude::Claude,
    &codex::Codex,
    &copilot::Copilot,
    &pi::Pi,
    &gemini::Gemini,
    &grok::Grok,
    &cursor_transcript::CursorTranscript,
    &aider::Aider,
    &opencode::OpenCode,
    &crush::Crush,
    &crush::GoOpenCode,
    &goose::Goose,
    &cursor_store::CursorStore,
];
