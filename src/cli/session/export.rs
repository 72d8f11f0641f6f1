//! `haversack session export`: a session as a file of its own.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::{
    cli::{
        Failure,
        arguments::Which,
        context::Opened,
        output::{Output, entries},
        tell,
    },
    text::words::plural,
    workspace::Written,
};

/// Write a session as JSON that comes back without loss, as Markdown, or as a new distill file
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session export --session-id claude:4d5611e5 --output session.json
  haversack import session.json --store other.db                  take it in elsewhere
  haversack session export --session-id claude:4d5611e5 --to distill --output distill-sessions.db
  haversack session export --demo --to markdown | less

The JSON is {format, version, session}: entries with their levels, pins, importance, rewrites and fates, scores, facts, the
index of names. The journal is not in it, nor embeddings: an imported session starts with a journal of its own. A session
that the other store has already keeps its edits there. --to distill prints what distill has no place for; with --json as
{path, entries, out, unreadable, pins, facts}: out counts evicted, superseded and archived entries.")]
pub struct Export {
    #[command(flatten)]
    which: Which,
    /// What to write
    #[arg(long, value_enum, default_value = "json")]
    to: To,
    /// The file to make; without it standard output, which --to distill has not
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print JSON about what was written; needs --output
    #[arg(long, requires = "output")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum To {
    /// A new session file of distill 0.5 and later
    Distill,
    /// What `haversack import` takes in again, without loss
    Json,
    /// To read
    Markdown,
}

#[derive(Serialize)]
struct Answer<'a> {
    path: &'a Path,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    written: Option<Written>,
}

impl Export {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let text = match (self.to, &self.output) {
            (To::Distill, None) => {
                return Err(Failure::WrongUse("a distill file is no text: name it with --output FILE".into()));
            }
            (To::Distill, Some(path)) => {
                let written = opened.workspace.session_to_distill(&opened.id, path)?;
                return self.told(path, Some(written));
            }
            (To::Json, _) => opened.workspace.session_json(&opened.id)? + "\n",
            (To::Markdown, _) => opened.workspace.session_markdown(&opened.id)?,
        };
        match &self.output {
            Some(path) => {
                make(path, &text)?;
                self.told(path, None)
            }
            None => {
                let mut output = Output::new();
                match self.to {
                    // Inert already; its code fences are to stay as they are.
                    To::Markdown => output.raw(&text)?,
                    _ => output.json_text(&text)?,
                }
                output.finish()
            }
        }
    }

    fn told(&self, path: &Path, written: Option<Written>) -> Result<(), Failure> {
        let mut output = Output::new();
        if self.json {
            output.json(&Answer { path, written })?;
        } else {
            let entries = written.map_or(String::new(), |written| format!(": {}", entries(written.entries)));
            output.line(&format!("wrote {}{entries}", path.display()))?;
        }
        output.finish()?;
        written.iter().flat_map(losses).for_each(|words| tell(&words));
        Ok(())
    }
}

/// What a distill file has no place for.
fn losses(written: &Written) -> Vec<String> {
    let counted = [
        (
            written.out,
            "entry that is out of the pack is",
            "entries that are out of the pack are",
            "not in it: distill deletes what it evicts",
        ),
        (written.unreadable, "boundary or unreadable part is", "boundaries and unreadable parts are", "not in it"),
        (
            written.pins,
            "pin is",
            "pins are",
            "kept for Haversack beside distill's tables; for distill the importance is 1.00",
        ),
        (written.facts, "fact is", "facts are", "not in it: distill holds no facts"),
    ];
    let lost = counted.into_iter().filter(|(count, ..)| *count > 0);
    lost.map(|(count, one, many, what)| format!("{} {what}", plural(count, one, many))).collect()
}

/// A new file that only its owner may read.
fn make(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.write(true).create_new(true).open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::Failed(format!("{} is there already: move it away, or name another", path.display()))
        }
        _ => Failure::Failed(format!("cannot write {} ({error}): check the folder", path.display())),
    })
}
