//! Long tool outputs whose summary says most of what they say, tool by tool.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Remedy, Suggestion, held, loss};
use crate::{
    model::{Entry, EntryId, Kind, Level, Session, Verb},
    pack::value::FIDELITY,
    text::words,
};

/// Outputs below this many tokens are left whole.
const LONG: u32 = 400;
/// A summary that keeps no more than this share of the tokens is worth holding.
const SHARE: f64 = 0.4;

/// The outputs that could be held at their summary. Kept from edit to edit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LongOutputs {
    /// By tool: by index in the session.
    outputs: BTreeMap<Arc<str>, BTreeMap<usize, Output>>,
    found: BTreeMap<Arc<str>, Arc<Suggestion>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Output {
    id: EntryId,
    seq: u32,
    held: u64,
    summary: u64,
    lost: f64,
}

impl LongOutputs {
    /// Takes in that these entries have changed, or that it is suggested or no longer suggested that they go.
    pub fn update(&mut self, session: &Session, entries: impl Iterator<Item = usize>, goes: impl Fn(usize) -> bool) {
        let mut told = BTreeSet::new();
        for index in entries {
            let entry = &session.entries[index];
            if entry.kind != Kind::Result {
                continue;
            }
            let tool: &str = entry.tool.as_deref().unwrap_or("tools");
            if is_long_output(entry) && !goes(index) {
                let output = Output {
                    id: entry.id,
                    seq: entry.seq,
                    held: held(entry),
                    summary: entry.cost(Level::Summary).into(),
                    lost: loss(entry, Some(Level::Summary)),
                };
                match self.outputs.get_mut(tool) {
                    Some(outputs) => drop(outputs.insert(index, output)),
                    None => drop(self.outputs.insert(tool.into(), BTreeMap::from([(index, output)]))),
                }
            } else if self.outputs.get_mut(tool).is_none_or(|outputs| outputs.remove(&index).is_none()) {
                continue;
            }
            told.insert(tool);
        }
        for tool in told {
            match self.outputs.get_key_value(tool).filter(|(_, outputs)| !outputs.is_empty()) {
                Some((name, outputs)) => {
                    drop(self.found.insert(name.clone(), Arc::new(summarise(tool, outputs.values()))));
                }
                None => {
                    self.outputs.remove(tool);
                    self.found.remove(tool);
                }
            }
        }
    }

    pub fn suggestions(&self) -> impl Iterator<Item = &Arc<Suggestion>> {
        self.found.values()
    }
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

fn summarise<'a>(tool: &str, outputs: impl ExactSizeIterator<Item = &'a Output> + Clone) -> Suggestion {
    let before: u64 = outputs.clone().map(|output| output.held).sum();
    let after: u64 = outputs.clone().map(|output| output.summary).sum();
    let words = match (outputs.len(), outputs.clone().next()) {
        (1, Some(one)) => format!("#{} is a long output of {tool}: hold its summary", one.seq),
        (many, _) => format!("{many} long outputs of {tool}: hold their summaries"),
    };
    let targets: Vec<EntryId> = outputs.clone().map(|output| output.id).collect();
    Suggestion {
        words,
        why: format!(
            "A summary keeps {} of an output's value, here at {} of its tokens. The full text stays in the store.",
            words::percent(FIDELITY[Level::Summary.index()]),
            words::percent(after as f64 / before.max(1) as f64)
        ),
        remedy: Remedy::Verb(Verb::CompactTo(Level::Summary)),
        changes: targets.clone(),
        targets,
        before,
        after,
        lost: outputs.map(|output| output.lost).sum(),
    }
}
