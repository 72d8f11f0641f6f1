//! What an agent's reader does: tell its logs from others, and make conversations of them. One file or folder each.

use std::path::Path;

use super::{
    agent::Agent, claude, conversation::Conversation, counts::Counts, error::IngestError, probe::Probe, tally::Tally,
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
    pub counts: Counts,
    pub tally: Tally,
}

pub enum Told {
    /// Rows of a Claude Code log: to which session a row belongs is told by all logs together.
    Claude(claude::Log),
    Conversations(Vec<Conversation>),
}

impl Decoded {
    /// Conversations, counted as [`Counts::of`] does.
    pub fn conversations(conversations: Vec<Conversation>, tally: Tally) -> Decoded {
        Decoded { counts: Counts::of(&conversations, &tally), told: Told::Conversations(conversations), tally }
    }
}

/// All adapters, in the order in which they are asked.
pub const ADAPTERS: [&dyn Adapter; 1] = [&claude::Claude];
