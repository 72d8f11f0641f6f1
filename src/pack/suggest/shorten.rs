//! Long tool outputs whose summary says most of what they say, tool by tool.

use std::collections::BTreeMap;

use super::{Remedy, Suggestion, held, loss, stale::Stale};
use crate::{
    model::{Entry, Kind, Level, Session, Verb},
    pack::value::FIDELITY,
    text::words,
};

/// Outputs below this many tokens are left whole.
const LONG: u32 = 400;
/// A summary that keeps no more than this share of the tokens is worth holding.
const SHARE: f64 = 0.4;

pub fn long_outputs(session: &Session, stale: &Stale) -> Vec<Suggestion> {
    let mut by_tool: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for (index, entry) in session.entries.iter().enumerate() {
        if is_long_output(entry) && !stale.holds(index) {
            by_tool.entry(entry.tool.as_deref().unwrap_or("tools")).or_default().push(entry);
        }
    }
    by_tool.into_iter().map(|(tool, outputs)| summarise(tool, &outputs)).collect()
}

fn is_long_output(entry: &Entry) -> bool {
    let (full, summary) = (entry.cost(Level::Full), entry.cost(Level::Summary));
    entry.kind == Kind::Result
        && entry.is_live()
        && !entry.state.pinned
        && entry.state.held.level == Level::Full
        && full >= LONG
        && f64::from(summary) <= f64::from(full) * SHARE
}

fn summarise(tool: &str, outputs: &[&Entry]) -> Suggestion {
    let before: u64 = outputs.iter().map(|entry| held(entry)).sum();
    let after: u64 = outputs.iter().map(|entry| u64::from(entry.cost(Level::Summary))).sum();
    let words = match outputs {
        [one] => format!("#{} is a long output of {tool}: hold its summary", one.seq),
        many => format!("{} long outputs of {tool}: hold their summaries", many.len()),
    };
    Suggestion {
        words,
        why: format!(
            "A summary keeps {} of an output's value, here at {} of its tokens. The full text stays in the store.",
            words::percent(FIDELITY[Level::Summary.index()]),
            words::percent(after as f64 / before.max(1) as f64)
        ),
        remedy: Remedy::Verb(Verb::CompactTo(Level::Summary)),
        targets: outputs.iter().map(|entry| entry.id).collect(),
        before,
        after,
        lost: outputs.iter().map(|entry| loss(entry, Some(Level::Summary))).sum(),
    }
}
