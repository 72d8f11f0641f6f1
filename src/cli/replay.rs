//! `haversack replay`: a session again, turn by turn, as it would have been under a budget and a strategy.

use std::path::PathBuf;

use clap::Args;

use super::{
    Failure,
    arguments::{BudgetArguments, Which},
    context::Opened,
    output::Output,
    tell,
};
use crate::{
    pack::replay::{Report, Turn},
    text::words,
};

/// Replay a session turn by turn: what would have been carried forward at the end of each
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack replay --session-id claude:4d5611e5 --budget 16k
  haversack replay --demo --budget 8k --strategy window --report window.json
  haversack report diff balanced.json window.json

At each turn only what was written until then counts: importance, names and facts are those of that moment.
JSON: {schema, session_id, strategy, budget, tokenizer, exact, turns[{turn, first_seq, last_seq, as_of, used, value, kept,
notes[], facts{active[], expired[], superseded[], rejected[]}, included[{seq, level, tokens}], excluded[{seq, reason}],
changes{entered[], left[], sank[], rose[], tokens}}]}. The same session gives the same bytes.")]
pub struct Replay {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    budget: BudgetArguments,
    /// Write the report, as JSON, to a file; one that is there is not replaced without --force
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Replace the file of --report
    #[arg(long, requires = "report")]
    force: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl Replay {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), self.budget.settings())?;
        if let Some(path) = self.report.as_ref().filter(|path| !self.force && path.exists()) {
            return Err(Failure::Failed(format!(
                "{} is there already: name another file or give --force",
                path.display()
            )));
        }
        let desk = opened.workspace.desk(&opened.id, opened.config.budget().0)?;
        let bar = super::progress::steps();
        let report = desk.replay(&|done, of| {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        if let Some(path) = &self.report {
            let json = report_json(&report)?;
            std::fs::write(path, json).map_err(|error| Failure::Failed(format!("{}: {error}", path.display())))?;
            tell(&format!("wrote {}", path.display()));
        }
        let mut output = Output::new();
        if self.json {
            output.json(&report)?;
        } else if self.report.is_none() {
            let headings = [
                ">turn",
                "entries",
                ">tokens",
                ">value kept",
                ">in",
                ">out",
                ">entered",
                ">left",
                ">sank",
                ">rose",
                ">facts",
            ];
            let rows: Vec<Vec<String>> = report.turns.iter().map(cells).collect();
            output.table(&headings, &rows)?;
        }
        output.finish()
    }
}

fn report_json(report: &Report) -> Result<String, Failure> {
    let json = serde_json::to_string_pretty(report).map_err(|error| Failure::Failed(error.to_string()))?;
    Ok(json + "\n")
}

fn cells(turn: &Turn) -> Vec<String> {
    let count = |count: usize| if count == 0 { "–".to_owned() } else { words::exact(count as u64) };
    let mut cells = vec![
        turn.turn.to_string(),
        format!("#{} to #{}", turn.first_seq, turn.last_seq),
        words::exact(turn.used.into()),
        words::percent_reached(turn.kept),
    ];
    let changes = &turn.changes;
    let lists =
        [turn.included.len(), turn.excluded.len(), changes.entered.len(), changes.left.len(), changes.sank.len()];
    cells.extend(lists.map(count));
    cells.extend([count(changes.rose.len()), count(turn.facts.active.len())]);
    cells
}
