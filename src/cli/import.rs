//! `haversack import`: logs into the store, with a progress bar.

use std::{
    io::{IsTerminal, stdin},
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;

use super::{
    Failure,
    arguments::agent,
    context::{settings, workspace},
    discovery,
    output::{Output, entries},
    progress::{catch_up, reading, show},
    tell,
};
use crate::{
    config::Config,
    text::words,
    workspace::{Agent, ImportReport, Imported, Workspace},
};

/// Take agents' logs into the store, or what is new in them
///
/// A path is a log, a folder whose logs are all taken, or a pattern such as '~/logs/*.jsonl'. What was imported before is
/// recognised: a log that has not changed is not read again, only new entries are added, and edits stay. Logs are never
/// written.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack import ~/.claude/projects
  haversack import LOG.jsonl --dry-run --json
  haversack import --discover                      what agents have on this machine, to choose from
  haversack import --discover --agent codex --agent claude

JSON: {dry_run, sessions[{session_id, title, entries, added, tokens, problems[]}]}; tokens is null in a dry run.
With --discover alone: {agents[{agent, name, logs, bytes, places[]}]}.")]
pub struct Import {
    #[arg(value_name = "PATH", required_unless_present = "discover", conflicts_with = "discover")]
    paths: Vec<PathBuf>,
    /// Say what agents have on this machine, and import what is chosen: on a terminal by answering, else by --agent or --yes
    #[arg(long)]
    discover: bool,
    /// Import this agent's logs; may be given several times
    #[arg(long = "agent", value_name = "NAME", value_parser = agent, requires = "discover")]
    agents: Vec<Agent>,
    /// Import all that was found
    #[arg(long, requires = "discover", conflicts_with = "agents")]
    yes: bool,
    /// Say what would be imported, and store nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    dry_run: bool,
    sessions: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    session_id: String,
    title: String,
    /// In the log.
    entries: usize,
    /// New to the store.
    added: usize,
    /// In full; null in a dry run, which counts nothing.
    tokens: Option<u64>,
    problems: Vec<String>,
}

impl Import {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let config = settings(store, Vec::new())?;
        // A dry run makes no store either; what is not there holds nothing.
        let mut workspace = match self.dry_run && !config.store_path().exists() {
            true => Workspace::throw_away(config.plan())?,
            false => workspace(&config)?,
        };
        let mut imported = Vec::new();
        let mut failures = Vec::new();
        let paths = match self.discover {
            false => self.paths.clone(),
            true => match self.chosen(&config)? {
                Some(paths) => paths,
                None => return Ok(()),
            },
        };
        for path in &paths {
            let report = if self.dry_run { workspace.import_dry(path) } else { import(&mut workspace, path) };
            match report {
                Ok(report) => imported.extend(report.sessions),
                Err(error) => failures.push(error.to_string()),
            }
        }
        if !self.dry_run {
            catch_up(&mut workspace)?;
        }
        self.print(&imported)?;
        // Each path stands for itself: one that fails does not hold up the others, and is told at the end.
        match failures.pop() {
            None => Ok(()),
            Some(last) => {
                failures.iter().for_each(|words| tell(words));
                Err(Failure::Failed(last))
            }
        }
    }

    /// The places of the agents that are to be imported; nothing where they were only asked for.
    fn chosen(&self, config: &Config) -> Result<Option<Vec<PathBuf>>, Failure> {
        let found = discovery::found(config)?;
        if found.is_empty() {
            tell("no agent's log was found on this machine: `haversack import PATH` takes one from elsewhere");
            return Ok(None);
        }
        let asked = !self.agents.is_empty() || self.yes;
        let chosen: Vec<Agent> = match asked {
            true => found.iter().map(|row| row.agent).filter(|agent| self.yes || self.agents.contains(agent)).collect(),
            false => {
                if self.json {
                    discovery::print_json(&found)?;
                } else {
                    discovery::print_table(&found)?;
                }
                if self.json || !stdin().is_terminal() {
                    if !self.json {
                        tell("choose with --agent NAME, or take all with --yes");
                    }
                    return Ok(None);
                }
                discovery::ask(&found)?
            }
        };
        let missing = self.agents.iter().find(|agent| !chosen.contains(agent));
        if let Some(agent) = missing {
            return Err(Failure::Failed(format!("no log of {} was found on this machine", agent.name())));
        }
        if chosen.is_empty() {
            tell("nothing was imported");
            return Ok(None);
        }
        Ok(Some(found.into_iter().filter(|row| chosen.contains(&row.agent)).flat_map(|row| row.places).collect()))
    }

    fn print(&self, imported: &[Imported]) -> Result<(), Failure> {
        let mut output = Output::new();
        if self.json {
            output.json(&Answer { dry_run: self.dry_run, sessions: imported.iter().map(row).collect() })?;
            return output.finish();
        }
        for session in imported {
            let verb = if self.dry_run { "would be new" } else { "new" };
            output.line(&format!(
                "{}  {}, {} {verb}{}  {}",
                session.id,
                entries(session.entries),
                words::exact(session.added as u64),
                session.tokens.map_or(String::new(), |tokens| format!(", {} tokens", words::exact(tokens))),
                session.title,
            ))?;
            for problem in &session.problems {
                output.line(&format!("  {problem}"))?;
            }
        }
        output.finish()
    }
}

fn import(workspace: &mut Workspace, path: &Path) -> crate::workspace::Result<ImportReport> {
    // Drawn on standard error, and only where that is a terminal.
    let bar = reading();
    let report = workspace.import(path, &mut |progress| show(&bar, progress));
    bar.finish_and_clear();
    report
}

fn row(session: &Imported) -> Row {
    Row {
        session_id: session.id.to_string(),
        title: session.title.clone(),
        entries: session.entries,
        added: session.added,
        tokens: session.tokens,
        problems: session.problems.clone(),
    }
}
