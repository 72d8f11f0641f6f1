//! `haversack compare`: packs side by side, by strategy, budget, turn, before and after the edits, and what the agent
//! itself still held.

use std::path::PathBuf;

use clap::Args;
use strum::VariantArray;

use super::{
    Failure,
    arguments::{TokenArguments, Which},
    context::Opened,
    output::Output,
};
use crate::{
    pack::{
        compare::{Compared, Side},
        strategy::Strategy,
    },
    text::words,
    workspace::answer::Comparison,
};

/// Entries that only one side carries, named before "and N more".
const NAMED: usize = 12;

/// Compare packs by strategy, budget or turn, before and after the edits, and what the agent itself still held
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack compare --session-id claude:4d5611e5 --budget 16k
  haversack compare agent balanced --session-id claude:4d5611e5
  haversack compare before-edits balanced --session-id claude:4d5611e5
  haversack compare turn:3 turn:9 balanced@8k --session-id claude:4d5611e5
  haversack compare balanced window --demo --json

JSON: {session_id, budget, tokenizer, exact, sides[{name, used, value, kept, entries[4], folded, facts, only[], notes[]}]}.
entries counts those carried at full, summary, sentence and keywords, folded those that a summary of several stands for,
only lists the numbers of entries that no other side carries. The agent's own side has no budget.")]
pub struct Compare {
    /// What to compare: agent, balanced, ladder, gradient, window, rolling; turn:N is the session at the end of that turn,
    /// before-edits as it came in; both may be followed by :STRATEGY, and each but agent by @BUDGET. All strategies and
    /// agent where none is named
    #[arg(value_name = "SIDE")]
    sides: Vec<Compared>,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    budget: TokenArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Compare {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), self.budget.settings())?;
        let desk = opened.desk()?;
        let all = || Strategy::VARIANTS.iter().map(|&strategy| Compared::Strategy(strategy)).chain([Compared::Agent]);
        let compared = if self.sides.is_empty() { all().collect() } else { self.sides };
        let comparison = Comparison::new(&desk, &compared);
        let mut output = Output::new();
        if self.json {
            output.json(&comparison)?;
            return output.finish();
        }
        let sides = &comparison.sides;
        let rows: Vec<Vec<String>> = sides.iter().map(cells).collect();
        let headings =
            ["", ">tokens", ">value kept", ">full", ">summary", ">sentence", ">keywords", ">folded", ">facts", "how"];
        output.table(&headings, &rows)?;
        for side in sides.iter().filter(|side| !side.only.is_empty()) {
            let named: Vec<String> = side.only.iter().take(NAMED).map(|seq| format!("#{seq}")).collect();
            let more = side.only.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            output.line(&format!("only {}: {}{more}", side.name, named.join(", ")))?;
        }
        output.finish()
    }
}

fn cells(side: &Side) -> Vec<String> {
    let count = |count: usize| if count == 0 { "–".to_owned() } else { words::exact(count as u64) };
    let mut cells = vec![side.name.clone(), words::exact(side.used.into()), words::percent_reached(side.kept)];
    cells.extend(side.entries.map(count));
    cells.extend([count(side.folded), count(side.facts), side.notes.join(", ")]);
    cells
}
