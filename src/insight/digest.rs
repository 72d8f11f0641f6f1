//! What is kept of a session when its raw text goes: how it ended, what it cost, what it was about, what happened in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Evidence, Outcome, Signal,
    outcome::{clipped, error_line, judge},
    signals::signals,
};
use crate::{
    model::{Clean, Entry, EntryId, Exchanges, JournalRow, Kind, Level, Mark, Seen, Session, SessionId, Time, Usage},
    text::{redact, words},
};

/// The shape of [`Digest`], and what signals are looked for: a reader that knows another one makes the digest again while the raw text is there.
pub const SCHEMA: u16 = 2;
/// Files that a digest names, the most costly first.
const MOST_FILES: usize = 100;
/// Characters of a goal.
const GOAL: usize = 200;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    pub schema: u16,
    pub session_id: SessionId,
    pub agent: String,
    pub project: Clean,
    pub title: Clean,
    /// In order of first use.
    pub models: Vec<String>,
    pub started: Option<Time>,
    pub ended: Option<Time>,
    pub outcome: Outcome,
    pub evidence: Option<Evidence>,
    pub cost: Cost,
    /// The first prompt that says what is wanted, in one line.
    pub goal: Clean,
    /// Characters of the longest prompt.
    pub prompt_chars: u32,
    pub entries: u32,
    /// Calls that do something: not plans, waits and lists of tools.
    pub substantive_calls: u32,
    pub kinds: BTreeMap<Kind, u32>,
    pub marks: BTreeMap<Mark, u32>,
    /// By the agent's name for the tool.
    pub tools: BTreeMap<String, ToolUse>,
    /// The most costly first.
    pub files: Vec<FileUse>,
    pub first_error: Option<ErrorLine>,
    pub last_error: Option<ErrorLine>,
    pub tokens: Tokens,
    /// Tokens of the entries written each day ("2026-11-20", UTC), in full; without those whose time is not known.
    pub days: BTreeMap<String, u64>,
    /// What the agent's own compactions dropped.
    pub lost: Lost,
    /// Entries that are pinned.
    pub pins: u32,
    pub signals: Vec<Signal>,
}

/// What a session cost, as its log tells; 0 where it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    pub input: u64,
    pub output: u64,
    pub cache_read: u64,
    pub cache_write: u64,
    /// Seconds from the first entry to the last, pauses included.
    pub wall_clock_s: u64,
    pub turns: u32,
    pub retries: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolUse {
    pub calls: u32,
    pub errors: u32,
    /// Tokens of its calls and results, in full.
    pub tokens: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileUse {
    pub path: Clean,
    pub calls: u32,
    pub edits: u32,
    /// Tokens of the calls about it and of their results, in full.
    pub tokens: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorLine {
    pub entry_id: EntryId,
    pub seq: u32,
    pub line: Clean,
}

/// Tokens under the encoding that the session is counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Of all entries in full.
    pub full: u64,
    /// Of live entries at their held levels.
    pub held: u64,
    /// Live entries at each held level: full, summary, sentence, keywords.
    pub held_entries: [u32; 4],
    /// Of live entries, at each held level.
    pub held_tokens: [u64; 4],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    pub boundaries: u32,
    pub entries: u32,
    pub tokens: u64,
}

impl Digest {
    /// Of a session of which no edit is known; see [`Digest::with_edits`].
    pub fn of(session: &Session) -> Digest {
        Digest::with_edits(session, &[])
    }

    /// Of a session with its marks, costs and facts, and its journal. Nothing of it is a matter of time: the same gives
    /// the same digest.
    pub fn with_edits(session: &Session, journal: &[JournalRow]) -> Digest {
        let exchanges = Exchanges::new(&session.entries);
        let judged = judge(session);
        let entries = &session.entries;
        let errors = || entries.iter().filter(|entry| entry.marks.has(Mark::Error));
        let line =
            |entry: &Entry| ErrorLine { entry_id: entry.id, seq: entry.seq, line: clipped(error_line(&entry.text)) };
        let prompts = || entries.iter().filter(|entry| entry.kind == Kind::Prompt && entry.seen != Seen::Never);
        let chars = |entry: &Entry| entry.text.chars().count() as u32;
        let mut digest = Digest {
            schema: SCHEMA,
            session_id: session.id.clone(),
            agent: session.id.agent().to_owned(),
            project: session.project.clone(),
            title: session.title.clone(),
            models: session.models.clone(),
            started: entries.iter().filter_map(|entry| entry.at).min(),
            ended: entries.iter().filter_map(|entry| entry.at).max(),
            outcome: judged.outcome,
            evidence: judged.evidence,
            cost: Cost::default(),
            goal: goal(prompts()),
            prompt_chars: prompts().map(chars).max().unwrap_or(0),
            entries: entries.len() as u32,
            substantive_calls: entries.iter().filter(|entry| is_substantive(entry)).count() as u32,
            kinds: BTreeMap::new(),
            marks: BTreeMap::new(),
            tools: BTreeMap::new(),
            files: files(entries),
            first_error: errors().next().map(line),
            last_error: errors().next_back().map(line),
            tokens: Tokens::of(entries),
            days: days(entries),
            lost: Lost::of(entries),
            pins: entries.iter().filter(|entry| entry.state.pinned).count() as u32,
            signals: Vec::new(),
        };
        digest.count(entries);
        digest.cost = Cost::of(&digest, entries);
        digest.signals = signals(session, journal, &exchanges, digest.outcome, digest.evidence.as_ref());
        digest
    }

    fn count(&mut self, entries: &[Entry]) {
        for entry in entries {
            *self.kinds.entry(entry.kind).or_default() += 1;
            for mark in entry.marks.iter() {
                *self.marks.entry(mark).or_default() += 1;
            }
            if let Some(tool) = entry.tool.as_deref().filter(|_| matches!(entry.kind, Kind::Call | Kind::Result)) {
                let used = self.tools.entry(redact::clean(tool).to_string()).or_default();
                used.calls += u32::from(entry.kind == Kind::Call);
                used.errors += u32::from(entry.kind == Kind::Result && entry.marks.has(Mark::Error));
                used.tokens += u64::from(entry.cost(Level::Full));
            }
        }
    }

    /// All tokens that the model was given or gave, as the log tells; where it does not, those of the entries.
    pub fn spent(&self) -> u64 {
        let Cost { input, output, cache_read, cache_write, .. } = self.cost;
        match input + output + cache_read + cache_write {
            0 => self.tokens.full,
            told => told,
        }
    }
}

impl Cost {
    fn of(digest: &Digest, entries: &[Entry]) -> Cost {
        let told = entries.iter().filter_map(|entry| entry.usage);
        let Usage { input, output, cache_read, cache_write } = told.fold(Usage::default(), |sum, told| Usage {
            input: sum.input.saturating_add(told.input),
            output: sum.output.saturating_add(told.output),
            cache_read: sum.cache_read.saturating_add(told.cache_read),
            cache_write: sum.cache_write.saturating_add(told.cache_write),
        });
        let lasted = digest.started.zip(digest.ended).map_or(0, |(from, to)| to.0.saturating_sub(from.0));
        Cost {
            input,
            output,
            cache_read,
            cache_write,
            wall_clock_s: (lasted / 1000).unsigned_abs(),
            turns: digest.kinds.get(&Kind::Prompt).copied().unwrap_or(0),
            retries: digest.marks.get(&Mark::Retry).copied().unwrap_or(0),
        }
    }
}

impl Tokens {
    fn of(entries: &[Entry]) -> Tokens {
        let mut tokens = Tokens::default();
        for entry in entries {
            tokens.full += u64::from(entry.cost(Level::Full));
            if entry.is_live() {
                let level = entry.state.held.level;
                tokens.held += u64::from(entry.cost(level));
                tokens.held_entries[level.index()] += 1;
                tokens.held_tokens[level.index()] += u64::from(entry.cost(level));
            }
        }
        tokens
    }
}

impl Lost {
    fn of(entries: &[Entry]) -> Lost {
        let mut lost = Lost::default();
        for entry in entries {
            lost.boundaries += u32::from(entry.kind == Kind::Boundary);
            if matches!(entry.seen, Seen::Lost { .. }) {
                lost.entries += 1;
                lost.tokens += u64::from(entry.cost(Level::Full));
            }
        }
        lost
    }
}

/// The first prompt of several words, in one line; else the first of all.
fn goal<'a>(prompts: impl Iterator<Item = &'a Entry> + Clone) -> Clean {
    let wordy = prompts
        .clone()
        .find(|prompt| !prompt.text.trim_start().starts_with('/') && prompt.text.split_whitespace().count() >= 3);
    let prompt = wordy.or_else(|| prompts.clone().next());
    let text = prompt.map_or("", |prompt| prompt.text.as_str());
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(GOAL) {
        Some((end, _)) => redact::clean(&format!("{}…", &line[..end])),
        None => redact::clean(&line),
    }
}

fn days(entries: &[Entry]) -> BTreeMap<String, u64> {
    let mut days = BTreeMap::new();
    for entry in entries {
        if let Some(day) = entry.at.map(words::day) {
            *days.entry(day).or_default() += u64::from(entry.cost(Level::Full));
        }
    }
    days
}

fn files(entries: &[Entry]) -> Vec<FileUse> {
    let mut by_path: BTreeMap<&Clean, FileUse> = BTreeMap::new();
    for entry in entries {
        let Some(path) = &entry.path else { continue };
        let used = by_path.entry(path).or_insert_with(|| FileUse { path: path.clone(), calls: 0, edits: 0, tokens: 0 });
        used.calls += u32::from(entry.kind == Kind::Call);
        used.edits += u32::from(entry.kind == Kind::Call && entry.marks.has(Mark::Edit));
        used.tokens += u64::from(entry.cost(Level::Full));
    }
    let mut files: Vec<FileUse> = by_path.into_values().collect();
    files.sort_by(|one, other| other.tokens.cmp(&one.tokens).then_with(|| one.path.cmp(&other.path)));
    files.truncate(MOST_FILES);
    files
}

/// A call that does something for the task.
pub(super) fn is_substantive(entry: &Entry) -> bool {
    entry.kind == Kind::Call && !is_plumbing(entry)
}

/// Calls for the agent's own sake: plans, lists of tools and skills, waiting for a sub-agent.
pub(super) fn is_plumbing(entry: &Entry) -> bool {
    let tool = entry.tool.as_deref().unwrap_or_default().to_lowercase().replace(['_', '-'], "");
    entry.kind == Kind::Call && PLUMBING.iter().any(|name| tool == *name)
}

/// Names of such tools in the logs of the agents that are read, without signs.
const PLUMBING: [&str; 18] = [
    "todowrite",
    "todoread",
    "updateplan",
    "toolsearch",
    "skill",
    "listskills",
    "taskcreate",
    "taskupdate",
    "tasklist",
    "taskget",
    "taskoutput",
    "bashoutput",
    "writestdin",
    "enterplanmode",
    "exitplanmode",
    "reportintent",
    "waitagent",
    "searchtools",
];
