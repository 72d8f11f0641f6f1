//! `haversack session delete` and `undelete`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        Failure,
        arguments::{Acting, Choice, Which},
        context::Opened,
        output::Output,
    },
    model::SessionId,
};

/// Hide a session; `undelete` brings it back, `purge` removes it for good
#[derive(Args, Debug)]
#[command(
    after_help = "Example: haversack session delete --session-id claude:4d5611e5\n\nJSON: {session_id, deleted}."
)]
pub struct Delete {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    acting: Acting,
}

impl Delete {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        opened.workspace.delete(&opened.id, &self.acting.actor)?;
        let words = match self.which.choice() {
            Choice::Demo => format!("deleted {} in a throw-away store: it is there again next time", opened.id),
            Choice::Session(id) => {
                format!("deleted {id}; `haversack session undelete --session-id {id}` brings it back")
            }
        };
        print(Answer { session_id: opened.id, deleted: true }, &words, &self.acting)
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
        print(Answer { session_id: opened.id, deleted: false }, &words, &self.acting)
    }
}

#[derive(Serialize)]
struct Answer {
    session_id: SessionId,
    deleted: bool,
}

fn print(answer: Answer, words: &str, acting: &Acting) -> Result<(), Failure> {
    let mut output = Output::new();
    if acting.json {
        output.json(&answer)?;
    } else {
        output.line(words)?;
    }
    output.finish()
}
