//! `haversack facts history`: every write of a key.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::row::{self, Row};
use crate::{
    cli::{
        Failure,
        arguments::{Which, moment},
        context::Opened,
        output::{self, Output},
    },
    facts::{self, Standing},
    model::{Fact, SessionId, Time},
};

/// List every write of a key in the order of arrival, and what became of it
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack facts history verify --session-id claude:4d5611e5
  haversack facts history verify --as-of 1795209240000 --session-id claude:4d5611e5 --json

JSON: {session_id, as_of, key, facts[]} with facts as `haversack facts list --help` describes them.")]
pub struct History {
    /// What the fact is about; capitals count
    #[arg(value_name = "KEY")]
    key: String,
    #[command(flatten)]
    which: Which,
    /// As it was at a time: 2026-11-20T21:14:00Z, or milliseconds since 1970 UTC [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    as_of: Option<Time>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    session_id: &'a SessionId,
    as_of: Time,
    key: &'a str,
    facts: Vec<Row<'a>>,
}

impl History {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let session = opened.session()?;
        let as_of = self.as_of.unwrap_or_else(|| opened.workspace.now());
        let key = self.key.trim();
        let all = session.facts.iter().zip(facts::standings(&session.facts, as_of));
        let writes: Vec<(&Fact, Standing)> = all.filter(|(fact, _)| fact.key.trim() == key).collect();
        if writes.is_empty() {
            let id = &opened.id;
            return Err(Failure::Failed(format!(
                "no fact '{key}' was ever written in {id}: `haversack facts list --all` shows what was"
            )));
        }
        let mut output = Output::new();
        if self.json {
            let facts = writes.iter().map(|&(fact, standing)| Row::new(fact, standing, &session)).collect();
            output.json(&Answer { session_id: &opened.id, as_of, key, facts })?;
        } else {
            let rows: Vec<Vec<String>> = writes
                .iter()
                .map(|&(fact, standing)| {
                    vec![
                        fact.id.to_string(),
                        output::moment(fact.at),
                        row::standing_words(standing),
                        fact.kind.to_string(),
                        fact.scope.to_string(),
                        fact.trust.to_string(),
                        row::left(fact, standing, as_of),
                        row::value(fact, &session),
                    ]
                })
                .collect();
            output.table(&["id", "written", "standing", "kind", "scope", "trust", "holds", "value"], &rows)?;
        }
        output.finish()
    }
}
