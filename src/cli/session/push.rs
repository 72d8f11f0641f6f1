//! `haversack session push`: append an entry.

use std::{
    io::{IsTerminal, Read, stdin},
    path::PathBuf,
};

use clap::Args;
use serde::Serialize;

use super::verbs::importance;
use crate::{
    cli::{
        Failure,
        arguments::{Acting, Which},
        context::Opened,
        output::Output,
    },
    model::{EntryId, Importance, Role, SessionId},
    workspace::Push as Pushed,
};

/// Append an entry to a session
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session push --session-id checkout --role user --content 'never round before the total'
  cargo test 2>&1 | haversack session push --session-id checkout --role tool --source 'cargo test'

JSON: {session_id, added[{entry_id, seq}]}.")]
pub struct Push {
    #[command(flatten)]
    which: Which,
    /// Who said it: user, assistant, tool or system
    #[arg(long, default_value = "user", value_name = "ROLE", value_parser = role)]
    role: Role,
    /// The text; without it, or with -, standard input is read
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    content: Option<String>,
    /// Where it comes from: a path, or what produced it
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Importance by hand, 0 to 1; without it, it is scored by rule
    #[arg(long, value_name = "0..1", value_parser = importance)]
    importance: Option<Importance>,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Serialize)]
struct Answer {
    session_id: SessionId,
    added: Vec<Added>,
}

#[derive(Serialize)]
struct Added {
    entry_id: EntryId,
    seq: u32,
}

impl Push {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let content = text_or_input(self.content, "--content")?;
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let push = Pushed { role: self.role, content, source: self.source, importance: self.importance };
        let appended = opened.workspace.push(&opened.id, &self.acting.actor, &[push])?;
        let mut output = Output::new();
        if self.acting.json {
            let added = appended.added.into_iter().map(|(entry_id, seq)| Added { entry_id, seq }).collect();
            output.json(&Answer { session_id: opened.id, added })?;
        } else {
            for (_, seq) in appended.added {
                output.line(&format!("pushed #{seq}"))?;
            }
        }
        output.finish()
    }
}

/// The text of an option, or standard input where it is `-` or missing and something is piped in.
pub(super) fn text_or_input(given: Option<String>, option: &str) -> Result<String, Failure> {
    match given {
        Some(text) if text != "-" => Ok(text),
        None if stdin().is_terminal() => {
            Err(Failure::WrongUse(format!("give the text with {option} TEXT, or pipe it in")))
        }
        _ => {
            let mut bytes = Vec::new();
            let read = stdin().read_to_end(&mut bytes);
            read.map_err(|error| {
                Failure::Failed(format!("cannot read standard input ({error}): pipe the text in again"))
            })?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}

fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|_| "give user, assistant, tool or system".into())
}
