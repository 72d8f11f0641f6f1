//! `haversack hook status`: which agents run us, by which program, and whether that is still there.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use strum::VariantArray;

use super::{agent, on_this_machine};
use crate::{
    cli::{Failure, context::settings, output::Output},
    text::words,
    workspace::{HookedAgent, Installed, Settings},
};

/// Tell which agents have hooks of Haversack's, where, and by which program
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack hook status
  haversack hook status codex --json | jq '.[].program_exists'

JSON: a list of {agent, settings, installed, events[], program, program_exists, budget, store, problem}; program, its
existence, budget and store are null where nothing is installed, problem where there is none.")]
pub struct Status {
    /// Only this agent: claude-code or codex
    #[arg(value_parser = agent)]
    agent: Option<HookedAgent>,
    /// The agent's settings file, where it is not in its usual place
    #[arg(long, value_name = "PATH", requires = "agent")]
    settings: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row {
    agent: String,
    settings: String,
    installed: bool,
    events: Vec<String>,
    program: Option<String>,
    program_exists: Option<bool>,
    budget: Option<u32>,
    store: Option<String>,
    problem: Option<String>,
}

impl Status {
    pub fn run(self, _store: Option<PathBuf>) -> Result<(), Failure> {
        let config = settings(None, Vec::new())?;
        let asked = |agent: &&HookedAgent| self.agent.is_none_or(|only| only == **agent);
        let mut rows = Vec::new();
        for &agent in HookedAgent::VARIANTS.iter().filter(asked) {
            let path = match &self.settings {
                Some(path) => path.clone(),
                None => on_this_machine(&config, |machine| agent.settings(machine))?,
            };
            let found = Settings::read(agent, &path).and_then(|settings| settings.installed());
            let (installed, problem) = match found {
                Ok(installed) => (installed, None),
                Err(error) => (Vec::new(), Some(error.to_string())),
            };
            rows.push(row(agent, path, &installed, problem));
        }
        let mut output = Output::new();
        match self.json {
            true => output.json(&rows)?,
            false => {
                let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
                output.table(&["agent", "hooks", "program", ">budget", "settings"], &cells)?;
                rows.iter().filter_map(|row| row.problem.as_deref()).try_for_each(|why| output.line(why))?;
            }
        }
        output.finish()
    }
}

fn row(agent: HookedAgent, settings: PathBuf, installed: &[Installed], problem: Option<String>) -> Row {
    let command = installed.first().map(|hook| &hook.command);
    Row {
        agent: agent.to_string(),
        settings: settings.display().to_string(),
        installed: !installed.is_empty(),
        events: installed.iter().map(|hook| hook.event.clone()).collect(),
        program: command.map(|command| command.program.display().to_string()),
        program_exists: command.map(|command| command.program.is_file()),
        budget: command.and_then(|command| command.budget),
        store: command.and_then(|command| command.store.as_ref()).map(|store| store.display().to_string()),
        problem,
    }
}

fn cells(row: &Row) -> Vec<String> {
    let hooks = match (row.problem.is_some(), row.installed) {
        (true, _) => "cannot be read".to_owned(),
        (false, true) => row.events.join(", "),
        (false, false) => "none".to_owned(),
    };
    let program = match (&row.program, row.program_exists) {
        (Some(program), Some(false)) => format!("{program} (is gone: install again)"),
        (Some(program), _) => program.clone(),
        (None, _) => "–".to_owned(),
    };
    let budget = row.budget.map_or("–".to_owned(), |budget| words::exact(budget.into()));
    vec![row.agent.clone(), hooks, program, budget, row.settings.clone()]
}
