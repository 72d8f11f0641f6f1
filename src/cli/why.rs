//! `haversack why`: where an entry stood, when the agent lost it, why the plan leaves it out, what would bring it back.

use std::path::PathBuf;

use clap::Args;

use super::{
    Failure,
    arguments::{BudgetArguments, Which},
    context::Opened,
    output::{Output, entries},
};
use crate::{
    model::{EntryName, Session},
    workspace::answer,
};

/// Entries explained in full where a term stands in many.
const EXPLAINED: usize = 5;

/// Explain an entry: where it stood, when the agent lost it, why the plan leaves it out, what brings it back
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack why '#40' --session-id claude:4d5611e5
  haversack why 'round half even' --session-id claude:4d5611e5 --budget 8k
  haversack why rounding --demo --json

JSON: {session_id, budget, matches, entries[{entry_id, seq, kind, tokens, packed, needs, seen, why[]}]};
packed is the level in the plan or null, needs the extra budget that would bring it in or null.")]
pub struct Why {
    /// An entry (#12, 12 or its id), or a term that stands in its text
    #[arg(value_name = "#N|TERM")]
    what: String,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    budget: BudgetArguments,
    /// Explain every entry that holds the term, not the first 5
    #[arg(long)]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Why {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), self.budget.settings())?;
        let desk = opened.desk()?;
        let found = find(desk.session(), &self.what)?;
        let explained = if self.all { found.len() } else { EXPLAINED };
        let answer = answer::Why::new(&desk, &found, explained);
        let mut output = Output::new();
        if self.json {
            output.json(&answer)?;
            return output.finish();
        }
        let rows = &answer.entries;
        if found.len() > 1 {
            output.line(&format!("'{}' stands in {}.", self.what, entries(found.len())))?;
        }
        for (number, row) in rows.iter().enumerate() {
            if number > 0 || found.len() > 1 {
                output.raw("\n")?;
            }
            for line in &row.why {
                output.line(line)?;
            }
        }
        if found.len() > rows.len() {
            output.raw("\n")?;
            output.line(&format!("{} more: --all explains them too.", entries(found.len() - rows.len())))?;
        }
        output.finish()
    }
}

/// Indices of the entries that are meant: one that is named, or all whose text holds the term, whatever its case.
fn find(session: &Session, what: &str) -> Result<Vec<usize>, Failure> {
    if let Ok(name) = what.parse::<EntryName>() {
        match name.find(session) {
            Ok(id) => return Ok(session.index_of(id).into_iter().collect()),
            Err(words) if what.starts_with('#') => return Err(Failure::Failed(words)),
            // A bare number may be a term: a port, an exit code.
            Err(_) => {}
        }
    }
    let term = what.trim().to_lowercase();
    if term.is_empty() {
        return Err(Failure::WrongUse("give an entry (#12) or a term to look for".into()));
    }
    let holds = |index: &usize| session.entries[*index].text.to_lowercase().contains(&term);
    let found: Vec<usize> = (0..session.entries.len()).filter(holds).collect();
    if found.is_empty() {
        return Err(Failure::Failed(format!(
            "no entry of {} holds '{}': try fewer words",
            session.id,
            what.escape_debug()
        )));
    }
    Ok(found)
}
