//! `haversack report diff`: two replays, or two turns of one, compared.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Failure, output::Output, unreadable};
use crate::{
    pack::replay::{Changes, Report as Replayed, SCHEMA, Turn, changes},
    text::words,
};

/// Read reports that `haversack replay` wrote
#[derive(Subcommand, Debug)]
#[command(after_help = "\
Examples:
  haversack report diff balanced.json window.json
  haversack report diff balanced.json --turns 3 7")]
pub enum Report {
    Diff(Diff),
}

impl Report {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Report::Diff(diff) => diff.run(),
        }
    }
}

/// Compare two reports turn by turn, or two turns of one report
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack report diff balanced.json window.json
  haversack report diff balanced.json --turns 3 7 --json

JSON: a list of {turn, other, changes{entered[], left[], sank[], rose[], tokens}}: what the second has that the first has
not. Turns that carry the same are left out.")]
pub struct Diff {
    /// A report
    one: PathBuf,
    /// Another report
    #[arg(required_unless_present = "turns", conflicts_with = "turns")]
    other: Option<PathBuf>,
    /// Two turns of the one report
    #[arg(long, num_args = 2, value_names = ["TURN", "TURN"])]
    turns: Vec<usize>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row {
    turn: Option<usize>,
    other: Option<usize>,
    changes: Changes,
}

impl Diff {
    fn run(self) -> Result<(), Failure> {
        let one = read(&self.one)?;
        let rows = match (&self.other, self.turns.as_slice()) {
            (Some(other), _) => {
                let other = read(other)?;
                let turns = one.turns.len().max(other.turns.len());
                (0..turns).filter_map(|number| row(one.turns.get(number), other.turns.get(number))).collect()
            }
            (None, &[a, b]) => row(Some(named(&one, a)?), Some(named(&one, b)?)).into_iter().collect::<Vec<Row>>(),
            (None, _) => Vec::new(),
        };
        let mut output = Output::new();
        if self.json {
            output.json(&rows)?;
        } else if rows.is_empty() {
            output.line("they carry the same")?;
        } else {
            for row in &rows {
                print(row, &mut output)?;
            }
        }
        output.finish()
    }
}

fn read(path: &Path) -> Result<Replayed, Failure> {
    let failed = |why: String| Failure::Failed(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let report: Replayed = serde_json::from_str(&text)
        .map_err(|error| failed(format!("this is no report of `haversack replay` ({error})")))?;
    match report.schema.as_str() {
        SCHEMA => Ok(report),
        other => Err(failed(format!("its schema is {}, this program reads {SCHEMA}", other.escape_debug()))),
    }
}

fn named(report: &Replayed, turn: usize) -> Result<&Turn, Failure> {
    let found = turn.checked_sub(1).and_then(|index| report.turns.get(index));
    found.ok_or_else(|| Failure::Failed(format!("there is no turn {turn}: the report has {}", report.turns.len())))
}

/// What the other has that the one has not; `None` where they carry the same.
fn row(one: Option<&Turn>, other: Option<&Turn>) -> Option<Row> {
    let nothing = Turn::default();
    let changes = changes(one, other.unwrap_or(&nothing));
    let number = |turn: Option<&Turn>| turn.map(|turn| turn.turn);
    (changes != Changes::default()).then(|| Row { turn: number(one), other: number(other), changes })
}

fn print(row: &Row, output: &mut Output) -> Result<(), Failure> {
    let turn = match (row.turn, row.other) {
        (Some(one), Some(other)) if one != other => format!("turn {one} → {other}"),
        (Some(turn), Some(_)) => format!("turn {turn}"),
        (Some(turn), None) => format!("turn {turn}, not in the other"),
        (None, turn) => format!("turn {}, not in the one", turn.unwrap_or_default()),
    };
    output.line(&format!("{turn}: {} tokens", words::change(row.changes.tokens)))?;
    let Changes { entered, left, sank, rose, .. } = &row.changes;
    for (what, seqs) in [("entered", entered), ("left", left), ("sank", sank), ("rose", rose)] {
        if !seqs.is_empty() {
            let seqs: Vec<String> = seqs.iter().map(|seq| format!("#{seq}")).collect();
            output.line(&format!("  {what} {}", seqs.join(", ")))?;
        }
    }
    Ok(())
}
