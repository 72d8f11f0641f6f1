//! `haversack import`: logs into the store, with a progress bar.

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{
    Failure,
    context::{settings, workspace},
    output::{Output, entries},
    tell,
};
use crate::{
    text::words,
    workspace::{ImportReport, Imported, Progress, Workspace},
};

/// Take agents' logs into the store, or what is new in them
///
/// A path is a log, or a folder whose logs are all taken. What was imported before is recognised: only new entries are
/// added, and edits stay. Logs are never written.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack import ~/.claude/projects
  haversack import LOG.jsonl --dry-run --json

JSON: {dry_run, sessions[{session_id, title, entries, added, tokens, problems[]}]}; tokens is null in a dry run.")]
pub struct Import {
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
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
        for path in &self.paths {
            let report = if self.dry_run { workspace.import_dry(path) } else { import(&mut workspace, path) };
            match report {
                Ok(report) => imported.extend(report.sessions),
                Err(error) => failures.push(error.to_string()),
            }
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
    let bar = bar();
    let report = workspace.import(path, &mut |progress| match progress {
        Progress::Reading { bytes, of } => {
            bar.set_length(of);
            bar.set_position(bytes);
            bar.set_message(format!("reading {}", path.display()));
        }
        Progress::Counting { session, entries, of } => {
            bar.set_length(of as u64);
            bar.set_position(entries as u64);
            bar.set_message(format!("counting {session}"));
        }
    });
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

/// A bar on standard error, where that is a terminal.
pub(super) fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {percent}%").expect("the template is valid");
    ProgressBar::no_length().with_style(style)
}
