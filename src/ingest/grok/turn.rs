//! Turns of the stream: how they ended, and what they used.

use std::collections::BTreeMap;

use super::updates::whole;
use crate::{
    ingest::{counts::Reported, draft::Draft, json::Json},
    model::{Kind, Mark, Usage},
};

#[derive(Default)]
pub struct Turns {
    /// The draft that the current turn began with.
    from: usize,
    /// By prompt: the draft that bears the usage, and the usage. The last report of a prompt counts.
    reported: BTreeMap<String, (Option<usize>, Usage)>,
}

impl Turns {
    /// A turn begins with this draft.
    pub fn begin(&mut self, draft: usize) {
        self.from = draft;
    }

    /// Ends a turn. Gives the names that answered in it.
    pub fn completed<'a>(&mut self, update: &'a Json, drafts: &mut [Draft]) -> Vec<&'a str> {
        let reason = update.text("stop_reason").unwrap_or_default();
        if let Some(last) = drafts.last_mut().filter(|_| reason.contains("cancel") || reason.contains("interrupt")) {
            last.marks = last.marks.with(Mark::Intervention);
        }
        let turn = drafts.iter().enumerate().skip(self.from);
        let first = turn
            .filter(|(_, draft)| matches!(draft.kind, Kind::Message | Kind::Thought | Kind::Call))
            .map(|(at, _)| at)
            .next();
        self.from = drafts.len();
        let Some(usage) = update.get("usage").filter(|usage| matches!(usage, Json::Map(_))) else { return Vec::new() };
        let prompt = update.text("prompt_id").map_or_else(|| format!("turn {}", self.reported.len()), str::to_owned);
        let before = self.reported.get(&prompt).and_then(|(draft, _)| *draft);
        self.reported.insert(prompt, (before.or(first), self::usage(usage)));
        usage.get("modelUsage").map(Json::fields).unwrap_or_default().iter().map(|(model, _)| model.as_str()).collect()
    }

    /// Writes the usage to the entries. Gives all of it; `None` where no turn told any.
    pub fn finish(&self, drafts: &mut [Draft]) -> Option<Reported> {
        let mut reported = None;
        for (draft, usage) in self.reported.values() {
            let none = Reported { cache_read: Some(0), cache_write: Some(0), ..Reported::default() };
            let sum: &mut Reported = reported.get_or_insert(none);
            sum.input += usage.context();
            sum.output += usage.output;
            sum.cache_read = sum.cache_read.map(|sum| sum + usage.cache_read);
            sum.cache_write = sum.cache_write.map(|sum| sum + usage.cache_write);
            if let Some(draft) = draft.and_then(|at| drafts.get_mut(at)) {
                draft.usage = Some(*usage);
            }
        }
        reported
    }
}

/// More than any turn uses; a greater number is damage, and must not make sums overflow.
const MOST_TOKENS: u64 = 1 << 40;

/// What a turn used. The input contains what was read from the cache and written to it.
fn usage(usage: &Json) -> Usage {
    let number = |key: &str| usage.get(key).and_then(whole).unwrap_or(0).min(MOST_TOKENS);
    let (read, write) = (number("cachedReadTokens"), number("cacheCreationTokens"));
    Usage {
        input: number("inputTokens").saturating_sub(read).saturating_sub(write),
        output: number("outputTokens"),
        cache_read: read,
        cache_write: write,
    }
}
