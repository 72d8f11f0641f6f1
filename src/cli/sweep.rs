//! `haversack sweep`: everything that agents have written on this machine into the store, as far as it is new.

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf};

use clap::Args;
use serde::Serialize;

use super::{
    Failure,
    arguments::agent,
    context::{settings_in, workspace},
    detect::digest_all,
    discovery::found_here,
    output::Output,
    progress::{catch_up, reading, show},
    schedule::{Every, every},
    tell,
};
use crate::{
    config::Config,
    text::words,
    workspace::{Again, Agent, Change, Keep, Swept, Workspace, listed},
};

/// Take all agents' logs of this machine into the store, or what is new in them
///
/// Looks where agents keep their logs, at the folders that the setting sweep.paths names, and at the paths given. A log
/// that has not changed since it was read is not read again; of one that has grown only what is new is compressed and counted.
/// Sessions that have changed are digested then, so that `detect`, `stats` and `retain` find them ready.
/// Stopping it loses nothing: the next sweep goes on. Logs are never written.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack sweep
  haversack sweep --dry-run --json | jq .discovered
  haversack sweep --agent codex ~/backup/codex-sessions
  haversack sweep --every 1d                    print the cron line and the systemd timer for it

JSON: {dry_run, discovered, ingested, skipped, failed, unknown, sessions, entries_added, digested, bytes,
agents[{agent, discovered, ingested, skipped, failed, bytes}],
logs[{path, agent, bytes, change, sessions[{session_id, entries, added}], unknown{TYPE: records}, error}]}.
discovered, ingested, skipped and failed count logs; unknown counts records of unknown types. change is new, appended,
rewritten or failed; logs without a change are only counted. With --every: {every_minutes, command, cron, service, timer};
cron is null where it has no line for that.")]
pub struct Sweep {
    /// Logs or folders besides those that are found
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only this agent's logs; may be given several times
    #[arg(long = "agent", value_name = "NAME", value_parser = agent)]
    agents: Vec<Agent>,
    /// Say what would come in, and store nothing
    #[arg(long)]
    dry_run: bool,
    /// Print what would sweep so often (30m, 6h, 1d, 1w) by cron or systemd; nothing is installed or swept
    #[arg(long, value_name = "TIME", value_parser = every, conflicts_with = "dry_run")]
    every: Option<Every>,
    /// A settings file to use in place of config.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    dry_run: bool,
    #[serde(flatten)]
    counts: Counts,
    unknown: u64,
    sessions: usize,
    entries_added: usize,
    /// Sessions whose digests were made anew.
    digested: usize,
    bytes: u64,
    agents: Vec<Row>,
    logs: Vec<Log>,
}

/// Numbers of logs.
#[derive(Clone, Copy, Default, Serialize)]
struct Counts {
    discovered: usize,
    ingested: usize,
    skipped: usize,
    failed: usize,
}

#[derive(Serialize)]
struct Row {
    agent: String,
    #[serde(flatten)]
    counts: Counts,
    bytes: u64,
}

#[derive(Serialize)]
struct Log {
    path: String,
    agent: String,
    bytes: u64,
    change: &'static str,
    sessions: Vec<Session>,
    unknown: BTreeMap<String, u64>,
    error: Option<String>,
}

#[derive(Serialize)]
struct Session {
    session_id: String,
    entries: usize,
    added: usize,
}

impl Sweep {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        if let Some(every) = self.every {
            return every.print(&self.arguments(store)?, self.json);
        }
        let config = settings_in(self.config.as_deref(), store, Vec::new())?;
        // A dry run makes no store either; what is not there holds nothing.
        let mut workspace = match self.dry_run && !config.store_path().exists() {
            true => Workspace::throw_away(config.plan())?,
            false => workspace(&config)?,
        };
        let places: Vec<PathBuf> = self.places(&config)?;
        let (logs, passed_over) = listed(&places);
        let logs = logs.into_iter().filter(|log| self.agents.is_empty() || self.agents.contains(&log.agent()));
        let keep = if self.dry_run { Keep::Nothing } else { Keep::Stored };
        let bar = reading();
        let swept = workspace.sweep(logs.collect(), keep, Again::Never, &mut |progress| show(&bar, progress))?;
        bar.finish_and_clear();
        let mut digested = 0;
        if !self.dry_run {
            catch_up(&mut workspace)?;
            // Each session is stored whole by now: what is stopped here is made up for by whoever asks for a digest.
            digested = digest_all(&mut workspace)?;
        }
        passed_over.iter().for_each(|words| tell(words));
        self.print(&swept, digested)?;
        match swept.iter().filter(|log| matches!(log.change, Change::Failed(_))).count() {
            0 => Ok(()),
            failed => Err(Failure::Failed(format!("{} could not be read", words::plural(failed, "log", "logs")))),
        }
    }

    /// This very sweep as arguments, from wherever it is run.
    fn arguments(&self, store: Option<PathBuf>) -> Result<Vec<OsString>, Failure> {
        let mut words: Vec<OsString> = vec!["sweep".into()];
        for agent in &self.agents {
            words.extend(["--agent".into(), agent.to_string().into()]);
        }
        for (name, path) in [("--store", &store), ("--config", &self.config)] {
            if let Some(path) = path {
                words.extend([name.into(), std::path::absolute(path)?.into()]);
            }
        }
        for path in &self.paths {
            words.push(std::path::absolute(path)?.into());
        }
        Ok(words)
    }

    fn places(&self, config: &Config) -> Result<Vec<PathBuf>, Failure> {
        let mut places: Vec<PathBuf> = found_here(config)?.into_iter().map(|place| place.path).collect();
        places.extend(config.sweep_paths().iter().cloned());
        places.extend(self.paths.iter().cloned());
        Ok(places)
    }

    fn print(&self, swept: &[Swept], digested: usize) -> Result<(), Failure> {
        let mut output = Output::new();
        let answer = Answer { digested, ..answer(swept, self.dry_run) };
        if self.json {
            output.json(&answer)?;
            return output.finish();
        }
        let counts = &answer.counts;
        if counts.discovered == 0 {
            tell("no agent's log was found on this machine: `haversack sweep PATH` looks elsewhere, too");
            return output.finish();
        }
        let cells = |name: &str, counts: Counts, bytes: u64| {
            let numbers = [counts.discovered, counts.ingested, counts.skipped, counts.failed];
            let mut row = vec![name.to_owned()];
            row.extend(numbers.map(|number| words::exact(number as u64)));
            row.push(words::size(bytes));
            row
        };
        let mut rows: Vec<Vec<String>> =
            answer.agents.iter().map(|row| cells(&row.agent, row.counts, row.bytes)).collect();
        if rows.len() > 1 {
            rows.push(cells("all", *counts, answer.bytes));
        }
        output.table(&["agent", ">discovered", ">ingested", ">skipped", ">failed", ">size"], &rows)?;
        let added = words::plural(answer.entries_added, "new entry", "new entries");
        let sessions = words::plural(answer.sessions, "session", "sessions");
        let verb = if self.dry_run { "would come in" } else { "came in" };
        output.line(&format!("{added} in {sessions} {verb}"))?;
        if answer.unknown > 0 {
            output.line(&unknown(swept))?;
        }
        for log in swept {
            if let Change::Failed(why) = &log.change {
                output.line(&format!("not read: {why}"))?;
            }
        }
        output.finish()
    }
}

/// "12 records of 3 unknown types ('a', 'b', 'c')".
fn unknown(swept: &[Swept]) -> String {
    let mut types: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, count) in swept.iter().flat_map(|log| &log.unknown) {
        *types.entry(name).or_default() += count;
    }
    let records = usize::try_from(types.values().sum::<u64>()).unwrap_or(usize::MAX);
    let names: Vec<String> = types.keys().take(8).map(|name| format!("'{name}'")).collect();
    format!(
        "{} of {} ({})",
        words::plural(records, "record", "records"),
        words::plural(types.len(), "unknown type", "unknown types"),
        names.join(", ")
    )
}

fn answer(swept: &[Swept], dry_run: bool) -> Answer {
    let mut by_agent: BTreeMap<Agent, (Counts, u64)> = BTreeMap::new();
    let mut all = Counts::default();
    for log in swept {
        let (counts, bytes) = by_agent.entry(log.agent).or_default();
        *bytes += log.bytes;
        for counts in [counts, &mut all] {
            counts.discovered += 1;
            match log.change {
                Change::Unchanged => counts.skipped += 1,
                Change::Failed(_) => counts.failed += 1,
                Change::New | Change::Appended | Change::Rewritten => counts.ingested += 1,
            }
        }
    }
    let read = || swept.iter().filter(|log| log.change != Change::Unchanged);
    let added = || read().flat_map(|log| &log.sessions).filter(|session| session.added > 0);
    let mut sessions: Vec<_> = added().map(|session| &session.id).collect();
    sessions.sort();
    sessions.dedup();
    Answer {
        dry_run,
        counts: all,
        unknown: read().flat_map(|log| log.unknown.values()).sum(),
        sessions: sessions.len(),
        entries_added: added().map(|session| session.added).sum(),
        digested: 0,
        bytes: by_agent.values().map(|(_, bytes)| bytes).sum(),
        agents: by_agent
            .into_iter()
            .map(|(agent, (counts, bytes))| Row { agent: agent.to_string(), counts, bytes })
            .collect(),
        logs: read().map(log).collect(),
    }
}

fn log(swept: &Swept) -> Log {
    let (change, error) = match &swept.change {
        Change::New => ("new", None),
        Change::Appended => ("appended", None),
        Change::Rewritten => ("rewritten", None),
        Change::Unchanged => ("unchanged", None),
        Change::Failed(why) => ("failed", Some(why.clone())),
    };
    let session = |session: &crate::workspace::Imported| Session {
        session_id: session.id.to_string(),
        entries: session.entries,
        added: session.added,
    };
    Log {
        path: swept.path.display().to_string(),
        agent: swept.agent.to_string(),
        bytes: swept.bytes,
        change,
        sessions: swept.sessions.iter().map(session).collect(),
        unknown: swept.unknown.clone(),
        error,
    }
}
