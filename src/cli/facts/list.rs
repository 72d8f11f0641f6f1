//! `haversack facts list`: the facts in force, or every write with its reason.

use std::path::PathBuf;

use clap::Args;

use super::{asked::Asked, row};
use crate::{
    cli::{Failure, output::Output, tell},
    facts::{self, Standing},
    model::{Fact, Time},
    text::words,
    workspace::answer::{Facts, ranked},
};

/// List the facts in force, the most trusted first, the newest of these first
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack facts list --session-id claude:4d5611e5
  haversack facts list --all --as-of 2026-11-20T21:14:00Z --session-id claude:4d5611e5
  haversack facts list --demo --json

JSON: {session_id, as_of, facts[{fact_id, key, value, kind, scope, trust, pinned, standing, by, at,
arrived, expires, removed, source_entry_id, source_seq, tokens}]}. standing is one of active, expired,
removed, superseded, rejected_lower_trust, rejected_stale and not_yet; by is the write in force
instead. Times are milliseconds since 1970 UTC.")]
pub struct List {
    #[command(flatten)]
    asked: Asked,
    /// Also what has expired, was removed, superseded or rejected, with the reason
    #[arg(long)]
    all: bool,
}

impl List {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let answered = self.asked.answer(store)?;
        let (session, as_of) = (&answered.session, answered.as_of);
        let mut found = ranked(session, as_of);
        found.retain(|(_, standing)| self.all || *standing == Standing::Active);
        let mut output = Output::new();
        if self.asked.json {
            output.json(&Facts::new(session, as_of, &found))?;
        } else if found.is_empty() {
            let hidden = if session.facts.is_empty() { "" } else { "; --all shows those that were" };
            tell(&format!("no fact is in force{hidden}: `haversack facts set KEY VALUE` writes one"));
        } else if self.all {
            let rows: Vec<Vec<String>> = found
                .iter()
                .map(|&(fact, standing)| {
                    let mut cells = vec![fact.id.to_string(), facts::standing_words(standing)];
                    cells.extend(cells_of(fact, standing, as_of));
                    cells.push(row::value(fact, session));
                    cells
                })
                .collect();
            let headings = ["id", "standing", "key", "kind", "scope", "trust", "written", "holds", "value"];
            output.table(&headings, &rows)?;
        } else {
            let rows: Vec<Vec<String>> = found
                .iter()
                .map(|&(fact, standing)| {
                    let mut cells = cells_of(fact, standing, as_of).to_vec();
                    cells.push(row::value(fact, session));
                    cells
                })
                .collect();
            output.table(&["key", "kind", "scope", "trust", "written", "holds", "value"], &rows)?;
        }
        output.finish()
    }
}

fn cells_of(fact: &Fact, standing: Standing, as_of: Time) -> [String; 6] {
    [
        fact.key.to_string(),
        fact.kind.to_string(),
        fact.scope.to_string(),
        fact.trust.to_string(),
        words::ago(fact.at, as_of),
        facts::left(fact, standing, as_of),
    ]
}
