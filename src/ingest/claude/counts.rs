//! What a Claude Code log holds, counted.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    entries::{self, Prompts},
    read::{Log, PlacedRow},
    record::{Block, Content},
    usage,
};
use crate::{
    ingest::counts::{Counts, Reported},
    model::{Kind, Mark, Usage},
};

/// Counts of one file, dead branches and copied rows included.
pub fn count(mut log: Log) -> Counts {
    let human = Prompts::of(log.rows.iter());
    let drafts = entries::drafts(log.rows.iter_mut(), human);
    let rows: Vec<&PlacedRow> = log.rows.iter().collect();
    let mut counts = Counts { records: log.tally.records, bad_spans: log.tally.bad_spans, ..Counts::default() };
    let (mut prompts, mut delegated_prompts, mut compactions) = (HashSet::new(), 0, 0);
    let (mut models, mut reported) = (BTreeSet::new(), Usage::default());
    let mut messages = HashSet::new();
    let mut calls = HashSet::new();
    let mut results: HashMap<&str, bool> = HashMap::new();
    for draft in drafts {
        let row = &rows[draft.row].record;
        let delegated = row.is_sidechain == Some(true);
        match draft.kind {
            Kind::Prompt if delegated => delegated_prompts += 1,
            // A prompt of an image alone is one with what was written at the same moment.
            Kind::Prompt => {
                let at = row.timestamp.clone().unwrap_or_default();
                let words = if draft.marks.has(Mark::Image) { without_images(&draft.text) } else { draft.text };
                prompts.insert((at, words));
            }
            Kind::Message => {
                messages.insert(row.message_id().map_or_else(|| format!("row {}", draft.row), str::to_owned));
            }
            _ => {}
        }
    }
    let words_at: HashSet<&str> = prompts.iter().filter(|(_, words)| !words.is_empty()).map(|(at, _)| &**at).collect();
    let counted = prompts.iter().filter(|(at, words)| !words.is_empty() || !words_at.contains(&**at));
    counts.prompts = counted.count() as u64;
    for placed in &rows {
        for block in placed.record.blocks() {
            match (block.kind.as_str(), &block.id, &block.tool_use_id) {
                ("tool_use", Some(id), _) => {
                    calls.insert(id.as_str());
                }
                ("tool_result", _, Some(id)) => *results.entry(id).or_default() |= block.is_error == Some(true),
                _ => {}
            }
            counts.images += images(block);
        }
        compactions += u64::from(placed.record.is_system("compact_boundary"));
        let model = placed.record.message.as_ref().and_then(|message| message.model.as_deref());
        models.extend(model.filter(|name| *name != "<synthetic>").map(str::to_owned));
    }
    results.retain(|id, _| calls.contains(id));
    counts.messages = messages.len() as u64;
    counts.tool_calls = calls.len() as u64;
    counts.tool_results = results.len() as u64;
    counts.tool_errors = Some(results.values().filter(|failed| **failed).count() as u64);
    counts.calls_without_result = counts.tool_calls - counts.tool_results;
    for usage in usage::by_message(&rows).into_values() {
        reported.input += usage.input;
        reported.output += usage.output;
        reported.cache_read += usage.cache_read;
        reported.cache_write += usage.cache_write;
    }
    Counts {
        delegated_prompts: Some(delegated_prompts),
        compactions: Some(compactions),
        models: Some(models),
        usage: Some(Reported {
            input: reported.input,
            output: reported.output,
            cache_read: Some(reported.cache_read),
            cache_write: Some(reported.cache_write),
        }),
        ..counts
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
