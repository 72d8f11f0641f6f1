//! What a log holds, counted: for reports, and for the corpus test that compares it with independent counts.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    entries,
    read::{Log, PlacedRow},
    record::{Block, Content},
    usage,
};
use crate::model::{Kind, Mark, Usage};

/// Counts of one file, replayed prefixes and dead branches included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// JSON objects.
    pub records: u64,
    /// Stretches that are no JSON object, each to the end of its line.
    pub bad_spans: u64,
    /// Messages that the human wrote; the same text at the same time is one.
    pub prompts: u64,
    /// The same in a sub-agent's rows: written by the agent above it.
    pub delegated_prompts: u64,
    /// Replies with text that is not blank.
    pub messages: u64,
    pub tool_calls: u64,
    pub tool_results: u64,
    /// Results that the log flags as failed.
    pub tool_errors: u64,
    pub calls_without_result: u64,
    /// Image blocks in user rows and tool results.
    pub images: u64,
    pub compactions: u64,
    /// Names that answered.
    pub models: BTreeSet<String>,
    /// Each reported amount once.
    pub usage: Usage,
}

impl Counts {
    pub fn of(log: &Log) -> Counts {
        let rows: Vec<&PlacedRow> = log.rows.iter().collect();
        let mut counts = Counts { records: log.records, bad_spans: log.bad_spans, ..Counts::default() };
        let mut prompts = HashSet::new();
        let mut messages = HashSet::new();
        let mut calls = HashSet::new();
        let mut results: HashMap<&str, bool> = HashMap::new();
        for draft in entries::drafts(&rows) {
            let row = &rows[draft.row].row;
            let delegated = row.is_sidechain == Some(true);
            match draft.kind {
                Kind::Prompt if delegated => counts.delegated_prompts += 1,
                // A prompt of an image alone is one with what was written at the same moment.
                Kind::Prompt => {
                    let at = row.timestamp.clone().unwrap_or_default();
                    let words =
                        if draft.marks.has(Mark::Image) { without_images(&draft.text) } else { draft.text.to_string() };
                    prompts.insert((at, words));
                }
                Kind::Message => {
                    messages.insert(row.message_id().map_or_else(|| format!("row {}", draft.row), str::to_owned));
                }
                _ => {}
            }
        }
        let words_at: HashSet<&str> =
            prompts.iter().filter(|(_, words)| !words.is_empty()).map(|(at, _)| at.as_str()).collect();
        let counted = prompts.iter().filter(|(at, words)| !words.is_empty() || !words_at.contains(at.as_str()));
        counts.prompts = counted.count() as u64;
        for placed in &rows {
            for block in placed.row.blocks() {
                match (block.kind.as_str(), &block.id, &block.tool_use_id) {
                    ("tool_use", Some(id), _) => {
                        calls.insert(id.as_str());
                    }
                    ("tool_result", _, Some(id)) => *results.entry(id).or_default() |= block.is_error == Some(true),
                    _ => {}
                }
                counts.images += images(block);
            }
            counts.compactions += u64::from(placed.row.is_system("compact_boundary"));
            let model = placed.row.message.as_ref().and_then(|message| message.model.as_deref());
            counts.models.extend(model.filter(|name| *name != "<synthetic>").map(str::to_owned));
        }
        results.retain(|id, _| calls.contains(id));
        counts.messages = messages.len() as u64;
        counts.tool_calls = calls.len() as u64;
        counts.tool_results = results.len() as u64;
        counts.tool_errors = results.values().filter(|failed| **failed).count() as u64;
        counts.calls_without_result = counts.tool_calls - counts.tool_results;
        for usage in usage::by_message(&rows).into_values() {
            counts.usage.input += usage.input;
            counts.usage.output += usage.output;
            counts.usage.cache_read += usage.cache_read;
            counts.usage.cache_write += usage.cache_write;
        }
        counts
    }
}

fn images(block: &Block) -> u64 {
    let inner = match &block.content {
        Some(Content::Blocks(blocks)) => blocks.iter().map(images).sum(),
        _ => 0,
    };
    inner + u64::from(block.kind == "image")
}

fn without_images(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with("[image: ")).collect::<Vec<_>>().join("\n").trim().to_owned()
}
