//! What a boundary says of itself: which compaction it was, and what it cost.

use super::{read::PlacedRow, record::UsageFields};
use crate::ingest::plural::{counted, thousands};

/// "compaction 1 (auto): 165,000 → 9,000 tokens, 190 entries lost". Older logs do not say what was left; there the context
/// of the next reply is given.
pub fn compaction(rows: &[&PlacedRow], boundary: usize, number: u32, lost: u64) -> String {
    let metadata = rows[boundary].record.compact_metadata.as_ref();
    let trigger = metadata.and_then(|data| data.trigger.as_deref());
    let trigger = trigger.map(|name| format!(" ({name})")).unwrap_or_default();
    let before = thousands(metadata.map_or(0, |data| data.pre_tokens.0));
    let after = match metadata.and_then(|data| data.post_tokens) {
        Some(tokens) => format!(" → {} tokens", thousands(tokens.0)),
        None => match next_context(&rows[boundary..]) {
            Some(tokens) => format!(" → {} tokens at the next reply", thousands(tokens)),
            None => " tokens before".into(),
        },
    };
    let lost = match lost {
        // The log was begun at the compaction.
        0 => "what it dropped is not in this log".into(),
        _ => format!("{} lost", counted(lost, "entry", "entries")),
    };
    format!("compaction {number}{trigger}: {before}{after}, {lost}")
}

/// "micro-compaction 1: 50,000 → 30,000 tokens, 4 results lost".
pub fn microcompaction(row: &PlacedRow, number: u32, lost: u64) -> String {
    let metadata = row.record.microcompact_metadata.as_ref();
    let (before, saved) = metadata.map_or((0, 0), |data| (data.pre_tokens.0, data.tokens_saved.0));
    let (before, after) = (thousands(before), thousands(before.saturating_sub(saved)));
    format!("micro-compaction {number}: {before} → {after} tokens, {} lost", counted(lost, "result", "results"))
}

pub fn rewind(lost: u64) -> String {
    format!("rewind: {} on a dead branch", counted(lost, "entry", "entries"))
}

/// Tokens that the next reply's context held.
fn next_context(rows: &[&PlacedRow]) -> Option<u64> {
    let usage: &UsageFields = rows.iter().find_map(|placed| placed.record.message.as_ref()?.usage.as_ref())?;
    Some(
        usage
            .input_tokens
            .0
            .saturating_add(usage.cache_read_input_tokens.0)
            .saturating_add(usage.cache_creation_input_tokens.0),
    )
}
