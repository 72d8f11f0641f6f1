//! `haversack session undo` and `redo`.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        Failure,
        arguments::{Acting, Which},
        context::Opened,
        output::Output,
    },
    workspace::answer::Stepped,
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
        print(&Stepped::undone(opened.id, &undone?), &self.acting)
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
        print(&Stepped::redone(opened.id, &redone), &self.acting)
    }
}

fn print(stepped: &Stepped, acting: &Acting) -> Result<(), Failure> {
    let mut output = Output::new();
    if acting.json {
        output.json(stepped)?;
    } else {
        output.line(&stepped.words)?;
    }
    output.finish()
}
