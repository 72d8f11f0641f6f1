//! `haversack detect`: what recurs over the sessions of the store.

use std::path::PathBuf;

use clap::Args;

use super::{
    Failure,
    context::{settings, workspace},
    output::Output,
    progress, tell,
};
use crate::{
    insight::PatternEvidence,
    text::words,
    workspace::{Workspace, insight::Candidate},
};

/// Find what recurs over sessions: retry storms, repeated errors, files read again, what went well
///
/// Each session is digested once and again when it has changed; patterns are made of the digests.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack detect
  haversack detect --min-frequency 3 --json | jq '.patterns[] | select(.cross_agent)'
  haversack curate                              decide what to do about them

JSON: {digested, patterns[{key, polarity, kind, locus, evidence{frequency, sessions, projects, agents[], tokens}, cross_agent,
fingerprint, examples[{session_id, title, detail, magnitude, tokens, places[{entry_id, seq}]}], status, warnings[],
decision{key, choice, note, actor, at, fingerprint}}]}. Patterns of several agents stand first, then the most frequent. status
is approved (ready to share), provisional or candidate; decision is null where nobody decided on this evidence. The settings
are those of [detect] and [gate]; a session with fewer than 20 entries, 3 calls that do something, or a prompt of 25
characters counts for nothing.")]
pub struct Detect {
    /// Signals that make a pattern, at the least
    #[arg(long, value_name = "N")]
    min_frequency: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(serde::Serialize)]
struct Answer {
    /// Sessions whose digest was made or made again just now.
    digested: usize,
    patterns: Vec<Candidate>,
}

impl Detect {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let flags = self.min_frequency.iter().map(|least| ("detect.min_frequency", least.to_string())).collect();
        let config = settings(store, flags)?;
        let mut workspace = workspace(&config)?;
        let digested = digest_all(&mut workspace)?;
        let patterns = workspace.patterns(config.detect(), config.gate())?;
        let mut output = Output::new();
        if self.json {
            output.json(&Answer { digested, patterns })?;
        } else if patterns.is_empty() {
            tell("nothing recurs in the sessions that count yet: `haversack sweep` brings more in");
        } else {
            table(&patterns, &mut output)?;
        }
        output.finish()
    }
}

/// Brings digests up to date, with a bar.
pub fn digest_all(workspace: &mut Workspace) -> Result<usize, Failure> {
    let bar = progress::steps();
    bar.set_message("digesting sessions");
    let digested = workspace.digest_all(&mut |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    for id in &digested.unreadable {
        tell(&format!(
            "{id} cannot be read and counts for nothing: `haversack doctor` says what is wrong with the store"
        ));
    }
    Ok(digested.made)
}

/// Patterns as rows, with the status of each.
pub fn table(patterns: &[Candidate], output: &mut Output) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = patterns.iter().map(cells).collect();
    output.table(&["pattern", ">times", ">sessions", "agents", ">tokens", "status", "for example"], &rows)
}

fn cells(candidate: &Candidate) -> Vec<String> {
    let pattern = &candidate.pattern;
    let PatternEvidence { frequency, sessions, agents, tokens, .. } = &pattern.evidence;
    let status = match &candidate.decision {
        Some(decision) => format!("{} by {}", decision.choice.past(), decision.actor),
        None => candidate.gated.status.to_string(),
    };
    vec![
        pattern.key.clone(),
        frequency.to_string(),
        sessions.to_string(),
        agents.join(", "),
        words::exact(*tokens),
        status,
        pattern.examples.first().map(|example| words::clip(&example.detail, 60)).unwrap_or_default(),
    ]
}
