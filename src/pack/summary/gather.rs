//! The lines of each section, found by rule.

mod progress;
mod files;

use std::collections::HashMap;

use super::{Line, Section, WorkingSummary, carry::add, excerpt};
use crate::{
    model::{Entry, Kind, Mark, Session, Time},
    score,
    text::{
        compress::{
            self, Purpose,
            names::{self, NameKind},
        },
        words,
    },
};

/// Lines that one prompt can add to the goal: the first says what all is about.
const GOALS: [usize; 2] = [4, 2];
/// Sentences of one message that are kept as decisions.
const DECISIONS: usize = 2;
/// Errors, commands and figures at the most, the newest.
const CONTEXT: usize = 24;
/// Turns of the timeline at the most, the newest.
const TURNS: usize = 60;
/// Characters of a prompt in the timeline.
const TURN: usize = 80;

/// Sentences that decide something, in lower case.
const DECIDES: [&str; 12] = [
    "decided",
    "decision:",
    "instead of",
    "because",
    "let's use",
    "let's go with",
    "let’s go with",
    "going with",
    "settled on",
    "opted for",
    "chose ",
    "rather than",
];

/// What a summary is made of: the entries that say something, with what belongs together.
pub struct Material<'a> {
    pub session: &'a Session,
    /// Indices, ascending.
    pub indices: Vec<usize>,
    /// By call id: the result that the range holds.
    results: HashMap<&'a str, &'a Entry>,
}

/// A summary of entries that are none themselves.
pub fn gather(session: &Session, entries: &[usize]) -> WorkingSummary {
    let told = |index: &usize| !matches!(session.entries[*index].kind, Kind::Boundary | Kind::Opaque);
    let indices: Vec<usize> = entries.iter().copied().filter(told).collect();
    let of_kind =
        |kind: Kind| indices.iter().map(|&index| &session.entries[index]).filter(move |entry| entry.kind == kind);
    let results = of_kind(Kind::Result).filter_map(|entry| Some((entry.call_id.as_deref()?, entry))).collect();
    let material = Material { session, indices: indices.clone(), results };
    WorkingSummary::from_lines(|section| match section {
        Section::Goal => material.goal(),
        Section::Constraints => material.constraints(),
        Section::CurrentState => material.current_state(),
        Section::KeyDecisions => material.decisions(),
        Section::TechnicalChanges => material.changes(),
        Section::Done => material.done(),
        Section::InProgress => material.in_progress(),
        Section::Blocked => material.blocked(),
        Section::NextSteps => material.next_steps(),
        Section::CriticalContext => material.context(),
        Section::RelevantFiles => material.files(),
        Section::SessionTimeline => material.timeline(),
    })
}

impl<'a> Material<'a> {
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &'a Entry> + use<'a, '_> {
        self.indices.iter().map(|&index| &self.session.entries[index])
    }

    pub fn of_kind(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &'a Entry> + use<'a, '_> {
        self.entries().filter(move |entry| entry.kind == kind)
    }

    pub fn result(&self, call: &Entry) -> Option<&'a Entry> {
        self.results.get(call.call_id.as_deref()?).copied()
    }

    /// What each prompt asks for; the first prompt's first sentence in any case.
    fn goal(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for (number, prompt) in self.of_kind(Kind::Prompt).enumerate() {
            let asks = |told: &&str| compress::purpose(told, compress::sentence::Form::Sentence) == Purpose::Goal;
            let mut asked: Vec<&str> = excerpt::sentences(prompt).into_iter().filter(asks).collect();
            if let Some(opening) = excerpt::opening(prompt)
                && (number == 0 || asked.is_empty() && prompt.text.len() > SHORT_PROMPT)
                && !asked.contains(&opening)
            {
                asked.insert(0, opening);
            }
            let most = GOALS[number.min(1)];
            asked.into_iter().take(most).for_each(|told| add(&mut lines, excerpt::line(told, prompt)));
        }
        lines
    }

    /// Sentences of prompts that lay down a rule, and what a person noted.
    fn constraints(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for entry in self.entries() {
            match entry.kind {
                Kind::Prompt => excerpt::sentences(entry)
                    .into_iter()
                    .filter(|told| score::is_constraint(told))
                    .for_each(|told| add(&mut lines, excerpt::line(told, entry))),
                Kind::Note => {
                    excerpt::sentences(entry).into_iter().for_each(|told| add(&mut lines, excerpt::line(told, entry)))
                }
                _ => {}
            }
        }
        lines
    }

    /// What the agent said last, and how the tests stood last.
    fn current_state(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        if let Some(message) = self.of_kind(Kind::Message).next_back() {
            let told = excerpt::sentences(message);
            let last = told.len().saturating_sub(1);
            let kept = told.iter().enumerate().filter(|(at, _)| *at < 2 || *at == last);
            kept.for_each(|(_, told)| add(&mut lines, excerpt::line(told, message)));
        }
        let tests = self.of_kind(Kind::Call).filter(|call| call.marks.has(Mark::TestRun));
        if let Some(line) = tests.rev().find_map(|call| self.test_outcome(call)) {
            add(&mut lines, line);
        }
        lines
    }

    fn decisions(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let spoken = self.entries().filter(|entry| matches!(entry.kind, Kind::Message | Kind::Prompt));
        for entry in spoken {
            let told = excerpt::sentences(entry);
            let decides = |told: &&&str| {
                let lower = told.to_lowercase();
                DECIDES.iter().any(|cue| lower.contains(cue))
            };
            let mut decided: Vec<&str> = told.iter().filter(decides).take(DECISIONS).copied().collect();
            if decided.is_empty() && entry.marks.has(Mark::Decision) {
                decided.extend(told.first());
            }
            decided.into_iter().for_each(|told| add(&mut lines, excerpt::line(told, entry)));
        }
        lines
    }

    /// Errors with their names, commands that verify, and sentences with figures.
    fn context(&self) -> Vec<Line> {
        let mut errors = Vec::new();
        for result in self.of_kind(Kind::Result).filter(|result| result.marks.has(Mark::Error)) {
            let named = |line: &&str| names::names(line).any(|name| name.kind == NameKind::Error);
            let told = result.text.lines().take(400).filter(|line| compress::tells_error(line)).find(named);
            told.into_iter().for_each(|told| add(&mut errors, excerpt::line(told, result)));
        }
        let mut commands = Vec::new();
        for call in self.of_kind(Kind::Call).filter(|call| call.marks.has(Mark::TestRun)) {
            add(&mut commands, excerpt::line(call.text.lines().next().unwrap_or_default(), call));
        }
        let mut figures = Vec::new();
        for entry in self.entries().filter(|entry| matches!(entry.kind, Kind::Message | Kind::Prompt)) {
            let telling = |name: names::Name| matches!(name.kind, NameKind::Number | NameKind::Url | NameKind::Hash);
            let told = excerpt::sentences(entry).into_iter().filter(|told| names::names(told).any(telling));
            told.take(DECISIONS).for_each(|told| add(&mut figures, excerpt::line(told, entry)));
        }
        let newest = |lines: Vec<Line>| {
            let skipped = lines.len().saturating_sub(CONTEXT / 3);
            lines.into_iter().skip(skipped)
        };
        newest(figures).chain(newest(errors)).chain(newest(commands)).collect()
    }

    /// A line a turn: when it began, what was asked, how much was done.
    fn timeline(&self) -> Vec<Line> {
        let mut turns: Vec<(&Entry, usize, usize)> = Vec::new();
        for entry in self.entries() {
            match (entry.kind, turns.last_mut()) {
                (Kind::Prompt, _) => turns.push((entry, 0, 0)),
                (Kind::Call, Some((_, calls, _))) => *calls += 1,
                (Kind::Result, Some((_, _, errors))) => *errors += usize::from(entry.marks.has(Mark::Error)),
                _ => {}
            }
        }
        let skipped = turns.len().saturating_sub(TURNS);
        let line = |(prompt, calls, errors): (&Entry, usize, usize)| {
            let mut text = prompt.at.map_or(String::new(), |at| format!("{} ", moment(at)));
            text.push_str(&excerpt::one_line(excerpt::opening(prompt).unwrap_or("(no text)"), TURN));
            if calls > 0 {
                text.push_str(&format!(" — {}", words::plural(calls, "call", "calls")));
            }
            if errors > 0 {
                text.push_str(&format!(", {}", words::plural(errors, "error", "errors")));
            }
            Line { text, sources: vec![prompt.seq] }
        };
        turns.into_iter().skip(skipped).map(line).collect()
    }
}

/// A prompt of fewer bytes, such as `yes`, `go on`, asks for nothing new.
const SHORT_PROMPT: usize = 24;

/// "2026-11-20 21:14", in UTC.
fn moment(at: Time) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| "?".into(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}
