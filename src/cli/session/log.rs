//! `haversack session log`: the journal.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        Failure,
        arguments::Which,
        context::Opened,
        output::{Output, moment},
    },
    model::{JournalRow, Via},
    workspace::answer::EditRow,
};

/// List every edit of a session, the oldest first
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session log --session-id claude:4d5611e5
  haversack session log --session-id claude:4d5611e5 --json | jq '.[] | select(.actor != \"person\")'

JSON: a list of {row, at, actor, via, status, words, entries[]}; at is in milliseconds since 1970 UTC, via one of screen,
command_line, http and mcp (null in rows from before that was recorded), status one of done, undone (can be redone),
dropped (undone for good) and append (an import, a push, a deletion: not undone).")]
pub struct Log {
    #[command(flatten)]
    which: Which,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Log {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let journal = opened.workspace.journal(&opened.id)?;
        let mut output = Output::new();
        if self.json {
            output.json(&journal.iter().map(EditRow::new).collect::<Vec<_>>())?;
        } else {
            let rows: Vec<Vec<String>> = journal.iter().map(cells).collect();
            output.table(&[">row", "when", "who", "via", "status", "what"], &rows)?;
        }
        output.finish()
    }
}

fn cells(row: &JournalRow) -> Vec<String> {
    let via = row.via.map_or("", Via::told);
    vec![
        row.id.to_string(),
        moment(row.at),
        row.actor.to_string(),
        via.into(),
        row.status.to_string(),
        row.edit.words.clone(),
    ]
}
