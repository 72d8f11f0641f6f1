//! How a session ended, with the line that says so.
//!
//! Judged by its last turn: what nobody answered was abandoned; a test run that failed last, or an error that the agent
//! did not get past, is a failure; a passing run, or an answer, is a success. Words of an agent count less than what a
//! test run printed.

mod cues;
mod tests_run;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use self::cues::Told;
pub use self::tests_run::{Verdict, verdict};
use crate::{
    model::{Clean, Entry, EntryId, Kind, Mark, Seen, Session},
    text::{compress::tells_error, redact, words},
};

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Display, EnumString, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Outcome {
    Success,
    Fail,
    /// It stops in the middle: nobody answered, or the agent was stopped.
    Abandoned,
    Unknown,
}

/// The line that an outcome rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub entry_id: EntryId,
    pub seq: u32,
    /// What it shows: "the last test run passed".
    pub why: String,
    /// Its words, clipped.
    pub line: Clean,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub outcome: Outcome,
    /// `None` for a session without entries.
    pub evidence: Option<Evidence>,
}

/// Cells of an evidence line.
const LINE: usize = 160;

pub fn judge(session: &Session) -> Judged {
    let told: Vec<&Entry> = session.entries.iter().filter(|entry| is_told(entry)).collect();
    let Some(&last) = told.last() else { return Judged { outcome: Outcome::Unknown, evidence: None } };
    if !told.iter().any(|entry| matches!(entry.kind, Kind::Message | Kind::Thought | Kind::Call)) {
        return judged(Outcome::Abandoned, last, "the agent never answered");
    }
    let opens = told.iter().rposition(|entry| entry.kind == Kind::Prompt).map_or(0, |prompt| prompt + 1);
    let turn = &told[opens..];
    match last.kind {
        _ if last.marks.has(Mark::Intervention) => judged(Outcome::Abandoned, last, "the person stopped the agent"),
        Kind::Prompt => judged(Outcome::Abandoned, last, "the last prompt has no answer"),
        Kind::Call => judged(Outcome::Abandoned, last, "the last call has no result"),
        Kind::Injected => judged(Outcome::Fail, last, "it ends on an error"),
        Kind::Result if ends_on_error(last) => judged_by(Outcome::Fail, last, "it ends on a failed call", error_line),
        Kind::Result => judged(Outcome::Abandoned, last, "the agent says nothing to the last result"),
        Kind::Message if last.marks.has(Mark::Error) => judged(Outcome::Fail, last, "it ends on an error"),
        Kind::Message => of_message(last, turn),
        _ => judged(Outcome::Abandoned, last, "the agent stops in thought"),
    }
}

/// What decides: all that the agent and the person said and did, and errors that the program told.
fn is_told(entry: &Entry) -> bool {
    match entry.kind {
        Kind::Prompt | Kind::Message | Kind::Thought | Kind::Call | Kind::Result => entry.seen != Seen::Never,
        Kind::Injected => entry.marks.has(Mark::Error) || entry.marks.has(Mark::Intervention),
        Kind::Summary | Kind::Note | Kind::Boundary | Kind::Opaque => false,
    }
}

/// A session whose last word is the agent's.
fn of_message(last: &Entry, turn: &[&Entry]) -> Judged {
    let told = cues::told(&last.text);
    if let Told::Next(line) = told {
        return with_line(Outcome::Abandoned, last, "it ends where the agent was about to go on", line);
    }
    let run = turn.iter().rev().filter(|entry| is_test_result(entry));
    if let Some((run, verdict)) = run.filter_map(|run| Some((run, verdict(&run.text)?))).next() {
        return match verdict {
            Verdict::Passed(line) => with_line(Outcome::Success, run, "the last test run passed", line),
            Verdict::Failed(line) => with_line(Outcome::Fail, run, "the last test run failed", line),
        };
    }
    match told {
        Told::Done(line) => return with_line(Outcome::Success, last, "the agent says that it is done", line),
        Told::Failed(line) => return with_line(Outcome::Fail, last, "the agent says that it failed", line),
        Told::Asks(_) | Told::Next(_) | Told::Answer(_) => {}
    }
    let result = turn.iter().rev().find(|entry| entry.kind == Kind::Result);
    match (told, result) {
        (_, Some(result)) if ends_on_error(result) => judged_by(
            Outcome::Fail,
            result,
            "the last call failed, and the agent does not say that it got past it",
            error_line,
        ),
        (Told::Asks(line), _) => with_line(Outcome::Unknown, last, "it ends on a question to the person", line),
        (Told::Answer(line), _) => {
            with_line(Outcome::Success, last, "the agent answered, and nothing failed last", line)
        }
        _ => judged(Outcome::Unknown, last, "nothing tells how it ended"),
    }
}

pub(super) fn is_test_result(entry: &Entry) -> bool {
    entry.kind == Kind::Result && entry.marks.has(Mark::TestRun)
}

/// Whether a result is flagged as failed, or a command's last lines tell of an error.
fn ends_on_error(result: &Entry) -> bool {
    // A file that is viewed may be about errors.
    let is_command = result.path.is_none();
    result.marks.has(Mark::Error)
        || (is_command && last_lines(&result.text).any(|line| tells_error(line) && !is_passed_test(line)))
}

fn last_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().rev().filter(|line| !line.trim().is_empty()).take(5)
}

/// The first line that tells what an error was; else the first that tells of one; else the first of all.
pub(super) fn error_line(text: &str) -> &str {
    let told = |line: &&str| tells_error(line) && !is_passed_test(line);
    let what = text.lines().find(|line| told(line) && !is_status(line));
    what.or_else(|| text.lines().find(told))
        .or_else(|| text.lines().find(|line| !line.trim().is_empty()))
        .unwrap_or_default()
}

/// `Exit code 1`: that something failed, not what.
pub(super) fn is_status(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    ["exit code", "exit status", "process exited", "command exited", "exited with", "command failed"]
        .iter()
        .any(|start| lower.starts_with(start))
}

/// `✔ keeps load errors`: a test about errors that passed.
fn is_passed_test(line: &str) -> bool {
    let bare = line.trim_start();
    ["✔", "✓", "√", "ok ", "PASS", "--- PASS"].iter().any(|start| bare.starts_with(start)) || bare.ends_with("... ok")
}

fn judged(outcome: Outcome, by: &Entry, why: &str) -> Judged {
    judged_by(outcome, by, why, |text| text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default())
}

fn judged_by(outcome: Outcome, by: &Entry, why: &str, line: impl Fn(&str) -> &str) -> Judged {
    with_line(outcome, by, why, line(&by.text))
}

fn with_line(outcome: Outcome, by: &Entry, why: &str, line: &str) -> Judged {
    let line = clipped(line);
    Judged { outcome, evidence: Some(Evidence { entry_id: by.id, seq: by.seq, why: why.into(), line }) }
}

/// A line as a digest keeps it: without the white space around it, clipped. What is cut of clean text is cleaned again: a
/// cut may make a secret of two harmless halves no more, but the type asks for it.
pub(super) fn clipped(line: &str) -> Clean {
    redact::clean(&words::clip(&line.split_whitespace().collect::<Vec<_>>().join(" "), LINE))
}
