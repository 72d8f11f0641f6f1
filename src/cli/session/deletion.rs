//! `haversack session delete` and `undelete`.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        Failure,
        arguments::{Acting, Choice, Printed, Which, Who},
        context::Opened,
        output::Output,
    },
    workspace::answer::{Deleted, Undeleted},
};

/// Hide a session; `undelete` brings it back, `purge` removes it for good
#[derive(Args, Debug)]
#[command(
    after_help = "Example: haversack session delete --session-id claude:4d5611e5\n\nJSON: {session_id, entries_removed, deleted}; entries_removed counts the entries that are hidden with it."
)]
pub struct Delete {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    printed: Printed,
}

impl Delete {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let entries = opened.workspace.sessions()?.into_iter().find(|row| row.id == opened.id).map(|row| row.entries);
        opened.workspace.delete(&opened.id, &self.who.actor)?;
        let words = match self.which.choice() {
            Choice::Demo => format!("deleted {} in a throw-away store: it is there again next time", opened.id),
            Choice::Session(id) => {
                format!("deleted {id}; `haversack session undelete --session-id {id}` brings it back")
            }
        };
        let mut output = Output::new();
        if self.printed.is_json() {
            let entries_removed = entries.unwrap_or_default();
            output.json_line(&Deleted { session_id: opened.id, entries_removed, deleted: true })?;
        } else {
            output.line(&words)?;
        }
        output.finish()
    }
}

/// Bring a deleted session back as it was
#[derive(Args, Debug)]
#[command(
    after_help = "Example: haversack session undelete --session-id claude:4d5611e5\n\nJSON: {session_id, deleted}."
)]
pub struct Undelete {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    acting: Acting,
}

impl Undelete {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        opened.workspace.undelete(&opened.id, &self.acting.actor)?;
        let words = format!("{} is back", opened.id);
        print(Undeleted { session_id: opened.id, deleted: false }, &words, &self.acting)
    }
}

fn print(answer: Undeleted, words: &str, acting: &Acting) -> Result<(), Failure> {
    let mut output = Output::new();
    if acting.json {
        output.json(&answer)?;
    } else {
        output.line(words)?;
    }
    output.finish()
}
