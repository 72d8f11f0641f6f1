//! What is done, in progress, blocked, and next.

use std::collections::HashMap;

use super::Material;
use crate::{
    model::{Entry, Kind, Mark},
    pack::summary::{Line, carry::add, excerpt},
    text::compress,
};

/// Lines of a list at the most, the newest.
const LISTED: usize = 20;
/// Errors that stand open, and announcements, at the most.
const OPEN: usize = 8;
/// Lines of an output that are searched for its error or its totals, from its end.
const SEARCHED: usize = 400;

/// How an item of the agent's own list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Done,
    InProgress,
    Open,
}

/// A sentence that says that something is finished begins with or holds one of these, in lower case.
const FINISHED: [&str; 14] = [
    "done",
    "fixed",
    "added",
    "implemented",
    "removed",
    "renamed",
    "updated",
    "created",
    "passes",
    "pass now",
    "now works",
    "complete",
    "replaced",
    "moved",
];
/// A sentence that announces.
const ANNOUNCES: [&str; 11] = [
    "next",
    "i will",
    "i'll",
    "i’ll",
    "let me",
    "remaining",
    "todo",
    "still need",
    "still have to",
    "left to do",
    "then we",
];

impl<'a> Material<'a> {
    /// Finished items, tests that pass, and what a turn ended with where it says that something is finished.
    pub(super) fn done(&self) -> Vec<Line> {
        let mut lines = self.items(Item::Done);
        for (at, entry) in self.entries().enumerate() {
            let ends_turn = entry.kind == Kind::Message
                && self.indices.get(at + 1).is_none_or(|&next| self.session.entries[next].kind == Kind::Prompt);
            if ends_turn {
                let finished = excerpt::sentences(entry).into_iter().find(|told| has_cue(told, &FINISHED));
                finished.into_iter().for_each(|told| add(&mut lines, excerpt::line(told, entry)));
            }
        }
        for call in self.last_test_runs() {
            if self.result(call).is_some_and(|result| !result.marks.has(Mark::Error)) {
                self.test_outcome(call).into_iter().for_each(|line| add(&mut lines, line));
            }
        }
        let skipped = lines.len().saturating_sub(LISTED);
        lines.split_off(skipped)
    }

    pub(super) fn in_progress(&self) -> Vec<Line> {
        let mut lines = self.items(Item::InProgress);
        // A prompt that nobody has answered yet.
        let last = self.entries().rfind(|entry| matches!(entry.kind, Kind::Prompt | Kind::Message | Kind::Call));
        if last.is_some_and(|last| last.kind != Kind::Message)
            && let Some(prompt) = self.of_kind(Kind::Prompt).next_back()
            && let Some(asked) = excerpt::opening(prompt)
        {
            add(&mut lines, excerpt::line(asked, prompt));
        }
        lines
    }

    /// Failures that nothing since has mended: the same tool about the same file or command has not succeeded later.
    pub(super) fn blocked(&self) -> Vec<Line> {
        let mut open: HashMap<(&str, &str), (&Entry, &Entry)> = HashMap::new();
        for call in self.of_kind(Kind::Call) {
            let Some(result) = self.result(call) else { continue };
            let about = (call.tool.as_deref().unwrap_or_default(), subject(call));
            match result.marks.has(Mark::Error) {
                true => drop(open.insert(about, (call, result))),
                false => drop(open.remove(&about)),
            }
        }
        let mut open: Vec<(&Entry, &Entry)> = open.into_values().collect();
        open.sort_by_key(|(call, _)| call.seq);
        let skipped = open.len().saturating_sub(OPEN);
        let mut lines = Vec::new();
        for (call, result) in open.into_iter().skip(skipped) {
            let told = self.test_outcome(call).filter(|_| call.marks.has(Mark::TestRun));
            let line = told.or_else(|| Some(excerpt::line(error_line(result)?, result)));
            line.into_iter().for_each(|line| add(&mut lines, line));
        }
        lines
    }

    /// Open items, and what the agent announced last.
    pub(super) fn next_steps(&self) -> Vec<Line> {
        let mut lines = self.items(Item::Open);
        if let Some(message) = self.of_kind(Kind::Message).next_back() {
            let announced = excerpt::sentences(message).into_iter().filter(|told| has_cue(told, &ANNOUNCES));
            announced.take(OPEN).for_each(|told| add(&mut lines, excerpt::line(told, message)));
        }
        lines
    }

    /// `cargo test: 47 passed; 1 failed`, where the output has a total.
    pub(super) fn test_outcome(&self, call: &Entry) -> Option<Line> {
        let result = self.result(call)?;
        let totals = || result.text.lines().rev().take(SEARCHED).filter(|line| compress::is_run_total(line));
        let total = totals().find(|line| compress::tells_error(line)).or_else(|| totals().next())?;
        let command = excerpt::one_line(call.text.lines().next().unwrap_or_default(), excerpt::LONGEST / 2);
        let text = excerpt::one_line(&format!("{command}: {}", total.trim()), excerpt::LONGEST);
        let mut sources = vec![call.seq, result.seq];
        sources.sort_unstable();
        Some(Line { text, sources })
    }

    /// The last run of each test command, in order.
    fn last_test_runs(&self) -> Vec<&'a Entry> {
        let mut last: HashMap<&str, &Entry> = HashMap::new();
        for call in self.of_kind(Kind::Call).filter(|call| call.marks.has(Mark::TestRun)) {
            last.insert(subject(call), call);
        }
        let mut last: Vec<&Entry> = last.into_values().collect();
        last.sort_by_key(|call| call.seq);
        last
    }

    /// Items of the newest of the agent's lists that stand so.
    fn items(&self, standing: Item) -> Vec<Line> {
        let mut lines = Vec::new();
        let listed = self.entries().rev().find_map(|entry| {
            let items = items(entry);
            (!items.is_empty()).then_some((entry, items))
        });
        if let Some((entry, items)) = listed {
            let such = items.into_iter().filter(|(_, item)| *item == standing);
            such.for_each(|(text, _)| add(&mut lines, excerpt::line(text, entry)));
        }
        lines
    }
}

/// What a call is about: its file, or the first line of its input.
fn subject(call: &Entry) -> &str {
    call.path.as_deref().unwrap_or_else(|| call.text.lines().next().unwrap_or_default())
}

fn error_line(result: &Entry) -> Option<&str> {
    // A bare exit code says least of all.
    let tells = |line: &&str| compress::tells_error(line) && !line.trim_start().starts_with("Exit code");
    let told = result.text.lines().take(SEARCHED).find(tells);
    told.or_else(|| result.text.lines().find(|line| line.chars().any(char::is_alphanumeric)))
}

/// Whether a sentence holds one of these as whole words.
fn has_cue(told: &str, cues: &[&str]) -> bool {
    let lower = told.to_lowercase();
    cues.iter().any(|cue| {
        lower.match_indices(cue).any(|(at, _)| {
            let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            apart(lower[..at].chars().next_back()) && apart(lower[at + cue.len()..].chars().next())
        })
    })
}

/// A to-do list: the input of a list tool (`- content: …` with `status: …`), or Markdown boxes in a message.
fn items(entry: &Entry) -> Vec<(&str, Item)> {
    match entry.kind {
        Kind::Call if entry.tool.as_deref().is_some_and(|tool| tool.to_lowercase().contains("todo")) => {
            let mut found = Vec::new();
            let mut content = None;
            for line in entry.text.lines() {
                let field = line.trim().trim_start_matches("- ");
                if let Some(text) = field.strip_prefix("content: ") {
                    content = Some(text);
                } else if let Some(status) = field.strip_prefix("status: ")
                    && let Some(text) = content.take()
                {
                    found.push((text, standing(status)));
                }
            }
            found
        }
        Kind::Message | Kind::Prompt => entry.text.lines().filter_map(boxed).collect(),
        _ => Vec::new(),
    }
}

fn standing(status: &str) -> Item {
    match status.trim() {
        "completed" | "done" => Item::Done,
        "in_progress" | "in progress" | "active" => Item::InProgress,
        _ => Item::Open,
    }
}

/// `- [x] rename the field`.
fn boxed(line: &str) -> Option<(&str, Item)> {
    let rest = line.trim_start().strip_prefix(['-', '*'])?.trim_start();
    let (mark, text) = rest.strip_prefix('[')?.split_once("] ")?;
    let item = match mark {
        "x" | "X" => Item::Done,
        "~" | "-" | "/" => Item::InProgress,
        " " | "" => Item::Open,
        _ => return None,
    };
    Some((text, item))
}
