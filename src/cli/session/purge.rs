//! `haversack session purge`: the one command that removes bytes. It asks on a terminal, and needs --yes elsewhere.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        Failure,
        arguments::{Which, Who},
        confirm::Confirmed,
        context::Opened,
        output::{Output, entries},
    },
    model::{SessionId, policy::allow_purge},
    text::words,
    workspace::WorkspaceError,
};

/// Remove a session's bytes for good: entries, edits, facts, journal
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session purge --session-id claude:4d5611e5
  haversack session purge --session-id claude:4d5611e5 --yes --json

JSON: {session_id, entries, facts, bytes, log_emptied}; log_emptied is false while another program reads the store, whose
write-ahead log then still holds the bytes until it is done.")]
pub struct Purge {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    confirmed: Confirmed,
    #[command(flatten)]
    who: Who,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    session_id: SessionId,
    entries: u32,
    facts: u32,
    bytes: u64,
    log_emptied: bool,
}

impl Purge {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let sessions = opened.workspace.sessions()?;
        let Some(session) = sessions.iter().find(|session| session.id == opened.id) else {
            let known = sessions.iter().map(|session| session.id.to_string()).collect();
            return Err(WorkspaceError::NoSuchSession { id: opened.id.to_string(), known }.into());
        };
        // Before anybody is asked.
        allow_purge(&self.who.actor, &opened.id).map_err(WorkspaceError::from)?;
        let goes = format!("{} ({}, \"{}\")", session.id, entries(session.entries as usize), session.title);
        self.confirmed.confirm(&goes)?;
        let purged = opened.workspace.purge(&opened.id, &self.who.actor)?;
        let mut output = Output::new();
        if self.json {
            output.json(&Answer {
                session_id: opened.id,
                entries: purged.entries,
                facts: purged.facts,
                bytes: purged.bytes,
                log_emptied: purged.log_emptied,
            })?;
        } else {
            let facts = match purged.facts {
                0 => String::new(),
                count => format!("{} and ", words::plural(count as usize, "fact", "facts")),
            };
            output.line(&format!("purged {goes}: {facts}{} bytes of text", words::exact(purged.bytes)))?;
        }
        output.finish()
    }
}
