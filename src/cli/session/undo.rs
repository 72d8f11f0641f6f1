//! `haversack session undo` and `redo`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        Failure,
        arguments::{Acting, Which},
        context::Opened,
        output::Output,
    },
    model::{Edit, EntryId, SessionId},
};

/// Take back the newest edit of --actor, or a row of the journal
///
/// Exact, or refused: an edit that a later one stands on is not undone, and nothing is changed then.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session undo --session-id claude:4d5611e5
  haversack session undo --row 17 --session-id claude:4d5611e5

JSON of undo and redo: {session_id, words, changed[]} with the ids of the entries.")]
pub struct Undo {
    #[command(flatten)]
    which: Which,
    /// A row of `haversack session log`, whoever made it
    #[arg(long, value_name = "N")]
    row: Option<i64>,
    #[command(flatten)]
    acting: Acting,
}

impl Undo {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let undone = match self.row {
            Some(row) => opened.workspace.undo_row(&opened.id, row, &self.acting.actor),
            None => opened.workspace.undo(&opened.id, &self.acting.actor),
        };
        print(opened.id, "undone", &undone?, &self.acting)
    }
}

/// Bring back what --actor took back last
#[derive(Args, Debug)]
#[command(after_help = "Example: haversack session redo --session-id claude:4d5611e5")]
pub struct Redo {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    acting: Acting,
}

impl Redo {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let redone = opened.workspace.redo(&opened.id, &self.acting.actor)?;
        print(opened.id, "redone", &redone, &self.acting)
    }
}

#[derive(Serialize)]
struct Answer {
    session_id: SessionId,
    words: String,
    changed: Vec<EntryId>,
}

fn print(session_id: SessionId, what: &str, edit: &Edit, acting: &Acting) -> Result<(), Failure> {
    let words = format!("{what}: {}", edit.words);
    let mut output = Output::new();
    if acting.json {
        output.json(&Answer { session_id, words, changed: edit.touches() })?;
    } else {
        output.line(&words)?;
    }
    output.finish()
}
