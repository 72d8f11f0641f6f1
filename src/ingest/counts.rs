//! What a log holds, counted: for reports, and for the corpus test that compares it with independent counts.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{conversation::Conversation, tally::Tally};
use crate::model::{Kind, Mark};

/// Counts of one file, replayed prefixes and dead branches included. `None` = the format does not record it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// JSON objects of a line format, messages of a document, rows of a message table.
    pub records: u64,
    /// Stretches that are no JSON object, each to the end of its line; rows whose JSON does not parse.
    pub bad_spans: u64,
    /// Messages that the human wrote.
    pub prompts: u64,
    /// The same in a sub-agent's session: written by the agent above it.
    pub delegated_prompts: Option<u64>,
    /// Replies with text that is not blank.
    pub messages: u64,
    pub tool_calls: u64,
    pub tool_results: u64,
    /// Results that the log flags as failed.
    pub tool_errors: Option<u64>,
    pub calls_without_result: u64,
    /// Images in user messages and tool results.
    pub images: u64,
    pub compactions: Option<u64>,
    /// Names that answered.
    pub models: Option<BTreeSet<String>>,
    /// Each reported amount once.
    pub usage: Option<Reported>,
}

/// Token usage as a log reports it; whether `input` contains the cached part is as in the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    pub input: u64,
    pub output: u64,
    pub cache_read: Option<u64>,
    pub cache_write: Option<u64>,
}

impl Counts {
    /// What can be told from the entries. Where a format counts otherwise, its adapter says so.
    pub fn of(conversations: &[Conversation], tally: &Tally) -> Counts {
        let mut counts = Counts { records: tally.records, bad_spans: tally.bad_spans, ..Counts::default() };
        let mut replies = HashSet::new();
        let mut results: HashMap<&str, bool> = HashMap::new();
        let mut calls: HashSet<&str> = HashSet::new();
        let (mut delegated, mut compactions) = (0, 0);
        let mut reported = Reported { cache_read: Some(0), cache_write: Some(0), ..Reported::default() };
        let mut models = BTreeSet::new();
        for conversation in conversations {
            models.extend(conversation.models.iter().cloned());
            for draft in &conversation.drafts {
                match draft.kind {
                    Kind::Prompt if conversation.parent.is_some() => delegated += 1,
                    Kind::Prompt => counts.prompts += 1,
                    Kind::Message if !draft.text.trim().is_empty() => {
                        replies.insert(draft.reply.as_ref().unwrap_or(&draft.key.0));
                    }
                    Kind::Call => drop(calls.insert(draft.call_id.as_deref().unwrap_or_default())),
                    Kind::Result => {
                        let failed = draft.marks.has(Mark::Error);
                        *results.entry(draft.call_id.as_deref().unwrap_or_default()).or_default() |= failed;
                    }
                    Kind::Boundary => compactions += u64::from(draft.text.starts_with("compaction")),
                    _ => {}
                }
                counts.images += u64::from(draft.images);
                if let Some(usage) = draft.usage {
                    reported.input += usage.input;
                    reported.output += usage.output;
                    reported.cache_read = reported.cache_read.map(|sum| sum + usage.cache_read);
                    reported.cache_write = reported.cache_write.map(|sum| sum + usage.cache_write);
                }
            }
        }
        results.retain(|id, _| calls.contains(id));
        counts.messages = replies.len() as u64;
        counts.tool_calls = calls.len() as u64;
        counts.tool_results = results.len() as u64;
        counts.tool_errors = Some(results.values().filter(|failed| **failed).count() as u64);
        counts.calls_without_result = counts.tool_calls - counts.tool_results;
        counts.delegated_prompts = Some(delegated);
        counts.compactions = Some(compactions);
        counts.models = Some(models);
        counts.usage = Some(reported);
        counts
    }
}
