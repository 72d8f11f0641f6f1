//! `haversack curate`: decisions on patterns.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{
    Failure,
    arguments::Who,
    context::{settings, workspace},
    detect::{digest_all, table},
    output::{Output, moment},
    tell,
};
use crate::{
    config::Config,
    insight::{
        gate::Status,
        review::{self, Choice, Decision},
    },
    model::Actor,
    text::words,
    workspace::{Workspace, insight::Candidate},
};

/// Decide on patterns: approve, reject or defer; a decision stands until the evidence changes
///
/// Without a command it lists the patterns that are promoted and wait for a decision.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Examples:
  haversack curate
  haversack curate approve 'problem:retry_storm:cargo test' --note 'read the first error before the next try'
  haversack curate reject 'success:clean_pass:outcome'
  haversack curate --auto --json
  haversack curate export >> CLAUDE.md
  haversack curate log

JSON of the list, of --auto and of a decision: {waiting[], decided[]} with patterns as `haversack detect --help` describes them,
and decisions {key, choice, note, actor, at, fingerprint}.")]
pub struct Curate {
    #[command(subcommand)]
    command: Option<Command>,
    /// Approve all that the gate calls approved and that no known pattern repeats
    #[arg(long)]
    auto: bool,
    #[command(flatten)]
    who: Who,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Approve a pattern
    #[command(
        after_help = "Example: haversack curate approve 'problem:retry_storm:cargo test' --note 'read the first error first'"
    )]
    Approve(Deciding),
    /// Reject a pattern: it comes back only when its evidence changes
    #[command(after_help = "Example: haversack curate reject 'success:clean_pass:outcome' --note 'says nothing'")]
    Reject(Deciding),
    /// Leave a pattern for later
    #[command(after_help = "Example: haversack curate defer 'problem:abandoned:outcome' --actor agent:ci --json")]
    Defer(Deciding),
    /// Print every decision, the oldest first
    #[command(
        after_help = "Example: haversack curate log --json\n\nJSON: a list of {key, choice, note, actor, at, fingerprint}."
    )]
    Log {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print approved patterns as Markdown, for an agent's instructions file
    #[command(after_help = "Example: haversack curate export >> CLAUDE.md")]
    Export,
}

#[derive(Args, Debug)]
struct Deciding {
    /// The key of a pattern, as `haversack detect` prints it
    #[arg(value_name = "KEY")]
    key: String,
    /// Why, or what to do about it; an approved pattern is exported with it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
    #[command(flatten)]
    who: Who,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(serde::Serialize)]
struct Answer {
    waiting: Vec<Candidate>,
    decided: Vec<Decision>,
}

impl Curate {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let config = settings(store, Vec::new())?;
        let mut workspace = workspace(&config)?;
        match self.command {
            Some(Command::Approve(deciding)) => deciding.run(&mut workspace, &config, Choice::Approve),
            Some(Command::Reject(deciding)) => deciding.run(&mut workspace, &config, Choice::Reject),
            Some(Command::Defer(deciding)) => deciding.run(&mut workspace, &config, Choice::Defer),
            Some(Command::Log { json }) => log(&workspace, json),
            Some(Command::Export) => export(&mut workspace, &config),
            None => list(&mut workspace, &config, self.auto.then_some(&self.who.actor), self.json),
        }
    }
}

impl Deciding {
    fn run(self, workspace: &mut Workspace, config: &Config, choice: Choice) -> Result<(), Failure> {
        let patterns = patterns(workspace, config)?;
        let Some(candidate) = patterns.iter().find(|candidate| candidate.pattern.key == self.key) else {
            return Err(Failure::Failed(format!(
                "no pattern '{}' is found: `haversack detect` lists those there are",
                self.key
            )));
        };
        if choice == Choice::Approve {
            candidate.gated.warnings.iter().for_each(|warning| tell(warning));
        }
        let decision = workspace.decide(&candidate.pattern, choice, &self.note, &self.who.actor)?;
        let mut output = Output::new();
        if self.json {
            output.json(&Answer { waiting: Vec::new(), decided: vec![decision] })?;
        } else {
            output.line(&format!("{} {}", choice.past(), decision.key))?;
        }
        output.finish()
    }
}

/// What waits for a decision; with an actor, what can be approved by its evidence is.
fn list(workspace: &mut Workspace, config: &Config, auto: Option<&Actor>, json: bool) -> Result<(), Failure> {
    let (mut waiting, mut decided) = (Vec::new(), Vec::new());
    for candidate in patterns(workspace, config)? {
        if candidate.gated.status == Status::Candidate || candidate.decision.is_some() {
            continue;
        }
        let is_clear = candidate.gated.status == Status::Approved && candidate.gated.warnings.is_empty();
        match auto.filter(|_| is_clear) {
            Some(actor) => decided.push(workspace.decide(&candidate.pattern, Choice::Approve, "", actor)?),
            None => waiting.push(candidate),
        }
    }
    let mut output = Output::new();
    if json {
        output.json(&Answer { waiting, decided })?;
        return output.finish();
    }
    decided.iter().try_for_each(|decision| output.line(&format!("approved {}", decision.key)))?;
    if waiting.is_empty() {
        tell("no pattern waits for a decision: `haversack detect` lists all of them");
    } else {
        table(&waiting, &mut output)?;
    }
    for candidate in &waiting {
        candidate.gated.warnings.iter().for_each(|warning| tell(warning));
    }
    output.finish()
}

fn log(workspace: &Workspace, json: bool) -> Result<(), Failure> {
    let decisions = workspace.decisions()?;
    let mut output = Output::new();
    if json {
        output.json(&decisions)?;
    } else {
        let cells = |decision: &Decision| {
            let Decision { key, choice, note, actor, at, .. } = decision;
            vec![moment(*at), actor.to_string(), choice.past().into(), key.clone(), words::clip(note, 80)]
        };
        output.table(&["when", "who", "what", "pattern", "note"], &decisions.iter().map(cells).collect::<Vec<_>>())?;
    }
    output.finish()
}

fn export(workspace: &mut Workspace, config: &Config) -> Result<(), Failure> {
    let log = workspace.decisions()?;
    let approved = review::approved(&log);
    let patterns = patterns(workspace, config)?;
    let newest = |key: &str| log.iter().rev().find(|decision| decision.key == key);
    let chosen: Vec<_> = patterns
        .iter()
        .filter(|candidate| approved.contains(&candidate.pattern.key))
        .map(|candidate| (&candidate.pattern, newest(&candidate.pattern.key)))
        .collect();
    if chosen.is_empty() {
        return Err(Failure::Failed("no pattern is approved: `haversack curate approve KEY` approves one".into()));
    }
    let mut output = Output::new();
    output.raw(&review::markdown(chosen))?;
    output.finish()
}

fn patterns(workspace: &mut Workspace, config: &Config) -> Result<Vec<Candidate>, Failure> {
    digest_all(workspace)?;
    Ok(workspace.patterns(config.detect(), config.gate())?)
}
