//! `haversack session digest`: what is kept of a session when its raw text goes.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        Failure,
        arguments::{Printed, Which},
        context::Opened,
        output::Output,
    },
    insight::Digest,
    model::Time,
    text::words,
};

/// Rows of a list of tools, files or signals that are printed as text.
const SHOWN: usize = 8;

/// Print how a session ended, what it cost, and what happened in it
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session digest --session-id claude:4d5611e5
  haversack session digest --demo --json | jq '{outcome, evidence, cost}'

A digest is what stays of a session when `haversack retain` lets its text go.
JSON: {schema, session_id, agent, project, title, models[], started, ended, outcome, evidence{entry_id, seq, why, line},
cost{input, output, cache_read, cache_write, wall_clock_s, turns, retries}, goal, prompt_chars, entries, substantive_calls,
kinds{}, marks{}, tools{name: {calls, errors, tokens}}, files[{path, calls, edits, tokens}], first_error{entry_id, seq, line},
last_error, tokens{full, held, held_entries[4], held_tokens[4]}, days{}, lost{boundaries, entries, tokens}, pins,
signals[{kind, polarity, locus, magnitude, tokens, detail, places[{entry_id, seq}]}]}. outcome is success, fail, abandoned or
unknown; times are milliseconds since 1970 UTC.")]
pub struct DigestOf {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    printed: Printed,
}

impl DigestOf {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        let digest = opened.workspace.digest(&opened.id)?;
        let mut output = Output::new();
        if self.printed.is_json() {
            output.json_line(&digest)?;
        } else {
            lines(&digest).iter().try_for_each(|line| output.line(line))?;
        }
        output.finish()
    }
}

fn lines(digest: &Digest) -> Vec<String> {
    let mut lines = vec![format!("{}  {}", digest.session_id, digest.title)];
    let mut row = |name: &str, what: String| {
        if !what.is_empty() {
            lines.push(format!("  {name:<12} {what}"));
        }
    };
    row("goal", digest.goal.to_string());
    row("outcome", digest.outcome.to_string());
    if let Some(evidence) = &digest.evidence {
        row("", format!("{} (#{}): {}", evidence.why, evidence.seq, evidence.line));
    }
    row("cost", cost(digest));
    row(
        "entries",
        format!(
            "{} · {} tokens in full, {} held",
            words::exact(digest.entries.into()),
            words::exact(digest.tokens.full),
            words::exact(digest.tokens.held)
        ),
    );
    row("kinds", counted(digest.kinds.iter().map(|(kind, count)| (kind.to_string(), *count))));
    row("marks", counted(digest.marks.iter().map(|(mark, count)| (mark.to_string().replace('_', " "), *count))));
    row("tools", counted(digest.tools.iter().map(|(tool, used)| (tool.clone(), used.calls))));
    if digest.lost.boundaries > 0 {
        let lost = words::plural(digest.lost.entries as usize, "entry", "entries");
        let times = words::plural(digest.lost.boundaries as usize, "time", "times");
        row(
            "lost",
            format!("{lost}, {} tokens, by the agent's own compaction ({times})", words::exact(digest.lost.tokens)),
        );
    }
    for file in digest.files.iter().take(SHOWN) {
        row("file", format!("{} · {} tokens · {} edits", file.path, words::exact(file.tokens), file.edits));
    }
    for (name, error) in [("first error", &digest.first_error), ("last error", &digest.last_error)] {
        if let Some(error) = error {
            row(name, format!("#{}: {}", error.seq, error.line));
        }
    }
    for signal in &digest.signals {
        row(&signal.polarity.to_string(), format!("{}: {}", signal.kind.words(), signal.detail));
    }
    lines
}

fn cost(digest: &Digest) -> String {
    let cost = digest.cost;
    let tokens = [
        (cost.input, "in"),
        (cost.output, "out"),
        (cost.cache_read, "from the cache"),
        (cost.cache_write, "to the cache"),
    ];
    let told: Vec<String> = tokens
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", words::exact(count)))
        .collect();
    let tokens = if told.is_empty() { "the log tells no tokens".to_owned() } else { told.join(", ") };
    let lasted = match digest.started.zip(digest.ended) {
        Some((from, to)) => format!(" · {}", lasted(from, to)),
        None => String::new(),
    };
    format!("{tokens}{lasted} · {}", words::plural(cost.turns as usize, "turn", "turns"))
}

/// "2 h 5 min", pauses included.
fn lasted(from: Time, to: Time) -> String {
    let minutes = (to.0.saturating_sub(from.0)).max(0) / 60_000;
    match minutes {
        0..60 => format!("{minutes} min"),
        60..2_880 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} days", minutes / 1_440),
    }
}

/// "40 call, 38 result", the most frequent first.
fn counted(counts: impl Iterator<Item = (String, u32)>) -> String {
    let mut counts: Vec<(String, u32)> = counts.filter(|(_, count)| *count > 0).collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let more = counts.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> =
        counts.into_iter().take(SHOWN).map(|(name, count)| format!("{count} {name}")).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown.join(", ")
}
