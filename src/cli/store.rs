//! `haversack store`: what is done to another program's file as a whole.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Failure, confirm::Confirmed, output::Output, tell};
use crate::{
    text::words::plural,
    workspace::{Sidecars, StoreFile, Upgraded, upgrade},
};

/// Clean or upgrade a distill file
#[derive(Subcommand, Debug)]
#[command(after_help = "\
Examples:
  haversack store clean distill-sessions.db
  haversack store upgrade distill-sessions.db

A distill file is opened and edited in place: `haversack open FILE`, or any command with --store FILE.")]
pub enum Store {
    Clean(Clean),
    Upgrade(Upgrade),
}

impl Store {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Store::Clean(clean) => clean.run(),
            Store::Upgrade(upgrade) => upgrade.run(),
        }
    }
}

/// Remove what Haversack has written into a distill file: pins, journal, evicted entries
///
/// distill's own tables stay as they are, with the levels, texts and importances that edits gave them. Undo first what is to
/// be as before; restore first what was evicted.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack store clean distill-sessions.db
  haversack store clean distill-sessions.db --yes --json

JSON: {path, tables[], pins, edits, evicted}; all are 0 where there is nothing to remove.")]
pub struct Clean {
    file: PathBuf,
    #[command(flatten)]
    confirmed: Confirmed,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Cleaned {
    path: PathBuf,
    #[serde(flatten)]
    sidecars: Sidecars,
}

impl Clean {
    fn run(self) -> Result<(), Failure> {
        let mut file = StoreFile::open(&self.file)?;
        let found = file.sidecars()?;
        let mut output = Output::new();
        let goes = goes(&found);
        if !found.tables.is_empty() {
            self.confirmed.confirm(&format!("{goes} from {}", self.file.display()))?;
        }
        let removed = if found.tables.is_empty() { found } else { file.clean()? };
        let empty = removed.tables.is_empty();
        if self.json {
            output.json(&Cleaned { path: self.file, sidecars: removed })?;
        } else if empty {
            tell("Haversack has written nothing beside distill's tables there");
        } else {
            output.line(&format!("removed {goes}"))?;
        }
        output.finish()
    }
}

/// "6 tables: 2 pins, a journal of 5 edits, 1 evicted entry that stands nowhere else".
fn goes(found: &Sidecars) -> String {
    let count = |count: u64, one: &str, many: &str| plural(usize::try_from(count).unwrap_or(usize::MAX), one, many);
    format!(
        "{}: {}, a journal of {}, {}",
        plural(found.tables.len(), "table", "tables"),
        count(found.pins, "pin", "pins"),
        count(found.edits, "edit", "edits"),
        count(found.evicted, "evicted entry that stands nowhere else", "evicted entries that stand nowhere else"),
    )
}

/// Add the five columns that a file of distill 0.4 lacks, after a backup beside it
///
/// distill 0.5 and later cannot open such a file otherwise.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack store upgrade distill-sessions.db
  haversack store upgrade distill-sessions.db --json

JSON: {path, backup, added[]}. The backup is FILE.v0.4.bak; where that is there already nothing is done.")]
pub struct Upgrade {
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    path: PathBuf,
    #[serde(flatten)]
    upgraded: Upgraded,
}

impl Upgrade {
    fn run(self) -> Result<(), Failure> {
        let upgraded = upgrade(&self.file)?;
        let mut output = Output::new();
        if self.json {
            output.json(&Answer { path: self.file, upgraded })?;
        } else {
            output.line(&format!(
                "added {}; the file as it was: {}",
                upgraded.added.join(", "),
                upgraded.backup.display()
            ))?;
        }
        output.finish()
    }
}
