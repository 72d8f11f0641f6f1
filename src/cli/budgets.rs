//! `haversack budgets`: what every budget keeps, by every strategy; where more stops paying, and where more is worse.

use std::path::PathBuf;

use clap::Args;
use strum::VariantArray;

use super::{
    Failure,
    arguments::{TokenArguments, Which, strategy},
    context::Opened,
    output::Output,
};
use crate::{
    pack::{
        strategy::Strategy,
        sweep::{Scale, budget_in_words},
    },
    text::words::{self, parse_tokens},
    workspace::answer::{Curve, Curves},
};

/// More points than a person reads or a plot shows.
const MOST_POINTS: u32 = 1_000;

/// Tell what each budget keeps: a curve for each strategy, the knee, and where more budget is worse
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack budgets --session-id claude:4d5611e5
  haversack budgets balanced window --demo --budget 16k
  haversack budgets --demo --at 8k,16k,32k --json | jq '.strategies[0].points[].kept'

Without --at the budgets go by factors from where next to nothing fits to where everything does. The sentence above the
table tells of --budget and of the strategy named first. ◆ marks the knee, from which on a token keeps less than the average
one; ▾ a budget that keeps less than a smaller one does.
JSON: {session_id, tokenizer, exact, budget, strategies[{name, words, knee, points[{budget, used, value, kept, entries[4],
out, worse}]}]}. knee is a budget, null where there is none; entries counts those carried at full, summary, sentence and
keywords, out those that could be carried and are not.")]
pub struct Budgets {
    /// Strategies: balanced, ladder, gradient, window, rolling; all of them where none is named
    #[arg(value_name = "STRATEGY", value_parser = strategy)]
    strategies: Vec<Strategy>,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    budget: TokenArguments,
    /// How many budgets to look at, 2 to 1000
    #[arg(long, value_name = "NUMBER", default_value_t = 13, value_parser = clap::value_parser!(u32).range(2..=i64::from(MOST_POINTS)))]
    points: u32,
    /// Look at these budgets, with commas between
    #[arg(long, value_name = "TOKENS", value_delimiter = ',', value_parser = tokens, conflicts_with = "points")]
    at: Vec<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Budgets {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), self.budget.settings())?;
        let desk = opened.desk()?;
        let strategies = if self.strategies.is_empty() { Strategy::VARIANTS.to_vec() } else { self.strategies };
        let mut budgets = self.at;
        budgets.sort_unstable();
        budgets.dedup();
        if budgets.is_empty() {
            budgets = Scale::of(desk.ledger()).budgets(self.points as usize);
        }
        let bar = super::progress::steps();
        bar.set_length((strategies.len() * budgets.len()) as u64);
        let answer = Curves::new(&desk, &strategies, &budgets, &|| bar.inc(1));
        bar.finish_and_clear();
        let mut output = Output::new();
        match self.json {
            true => output.json(&answer)?,
            false => print(&answer, &mut output)?,
        }
        output.finish()
    }
}

fn print(answer: &Curves, output: &mut Output) -> Result<(), Failure> {
    let Some(first) = answer.strategies.first() else { return Ok(()) };
    output.line(&format!("{}: {}", first.name, first.words))?;
    output.line("")?;
    let names: Vec<String> = answer.strategies.iter().map(|curve| format!(">{}", curve.name)).collect();
    let mut headings = vec![">budget"];
    headings.extend(names.iter().map(String::as_str));
    headings.extend([">full", ">summary", ">sentence", ">keywords", ">out"]);
    let row = |at: usize| {
        let of_first = &first.points[at].point;
        let count = |count: usize| if count == 0 { "–".to_owned() } else { words::exact(count as u64) };
        let mut cells = vec![words::exact(of_first.budget.into())];
        cells.extend(answer.strategies.iter().map(|curve| kept(curve, at)));
        cells.extend(of_first.entries.map(count));
        cells.push(count(of_first.out));
        cells
    };
    let rows: Vec<Vec<String>> = (0..first.points.len()).map(row).collect();
    output.table(&headings, &rows)?;
    output.line("")?;
    output.line(&format!("Entries are those of {}.", first.name))?;
    for curve in &answer.strategies {
        let worse: Vec<String> =
            curve.points.iter().filter(|row| row.worse).map(|row| budget_in_words(row.point.budget)).collect();
        if let Some(knee) = curve.knee {
            output.line(&format!("{}: knee at {}", curve.name, budget_in_words(knee)))?;
        }
        if !worse.is_empty() {
            output.line(&format!("{}: a smaller budget keeps more than {} do", curve.name, worse.join(", ")))?;
        }
    }
    Ok(())
}

fn kept(curve: &Curve, at: usize) -> String {
    let row = &curve.points[at];
    let sign = match (row.worse, curve.knee == Some(row.point.budget)) {
        (true, _) => "▾",
        (false, true) => "◆",
        (false, false) => " ",
    };
    format!("{}{sign}", words::percent_reached(row.point.kept))
}

fn tokens(text: &str) -> Result<u32, String> {
    parse_tokens(text).ok_or_else(|| "give whole numbers of tokens, such as 8k,16k,32k".into())
}
