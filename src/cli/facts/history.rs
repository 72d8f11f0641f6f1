//! `haversack facts history`: every write of a key.

use std::path::PathBuf;

use clap::Args;

use super::{
    asked::{Answered, Asked},
    row,
};
use crate::{
    cli::{
        Failure,
        output::{self, Output},
    },
    facts::{self, Standing},
    model::Fact,
    workspace::answer::FactHistory,
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
    asked: Asked,
}

impl History {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let answered = self.asked.answer(store)?;
        let Answered { session, as_of } = &answered;
        let (key, id) = (self.key.trim(), &session.id);
        let writes: Vec<(&Fact, Standing)> = answered.writes().filter(|(fact, _)| fact.key.trim() == key).collect();
        if writes.is_empty() {
            return Err(Failure::Failed(format!(
                "no fact '{key}' was ever written in {id}: `haversack facts list --all` shows what was"
            )));
        }
        let mut output = Output::new();
        if self.asked.json {
            output.json(&FactHistory::new(session, *as_of, key))?;
        } else {
            let rows: Vec<Vec<String>> = writes
                .iter()
                .map(|&(fact, standing)| {
                    vec![
                        fact.id.to_string(),
                        output::moment(fact.at),
                        facts::standing_words(standing),
                        fact.kind.to_string(),
                        fact.scope.to_string(),
                        fact.trust.to_string(),
                        facts::left(fact, standing, *as_of),
                        row::value(fact, session),
                    ]
                })
                .collect();
            output.table(&["id", "written", "standing", "kind", "scope", "trust", "holds", "value"], &rows)?;
        }
        output.finish()
    }
}
