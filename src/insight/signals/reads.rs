//! Files read again and again, and files read again because the agent's context had lost them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Signal, SignalKind, places};
use crate::{
    insight::{locus, outcome::clipped},
    model::{Entry, EntryId, Exchanges, Fate, Kind, Level, Seen, Session},
    score::Subjects,
};

/// Whole reads of one file that are remarkable.
const READS: usize = 3;

pub fn repeated(session: &Session, exchanges: &Exchanges) -> Vec<Signal> {
    // Evicting a stale read does not undo that it took place.
    let mut all = session.clone();
    all.entries.iter_mut().for_each(|entry| entry.state.fate = Fate::Live);
    let mut by_file: BTreeMap<std::sync::Arc<str>, Vec<usize>> = BTreeMap::new();
    for repeat in Subjects::new(&all).repeated_reads(&all) {
        let reads = by_file.entry(repeat.about).or_insert_with(|| vec![repeat.by]);
        reads.push(repeat.stale);
    }
    let tokens = |read: usize| {
        exchanges.of(read).iter().map(|&index| u64::from(session.entries[index].cost(Level::Full))).sum::<u64>()
    };
    let signal = |(path, mut reads): (std::sync::Arc<str>, Vec<usize>)| {
        reads.sort_unstable();
        let name = locus::file_name(&path);
        // All but one of them told nothing that was not known, or had to be told again.
        let (again, _) = reads.split_at(reads.len() - 1);
        Signal {
            kind: SignalKind::RepeatedReads,
            polarity: SignalKind::RepeatedReads.polarity(),
            locus: clipped(name),
            magnitude: reads.len() as u32,
            tokens: again.iter().map(|&read| tokens(read)).sum(),
            detail: clipped(&format!("{name} was read whole {} times", reads.len())),
            places: places(reads.iter().map(|&read| &session.entries[read])),
        }
    };
    by_file.into_iter().filter(|(_, reads)| reads.len() >= READS).map(signal).collect()
}

/// Reads of a file between a boundary and the next prompt, where the boundary lost what an earlier call on it showed.
pub fn after_loss(session: &Session) -> Vec<Signal> {
    let mut lost_at: HashMap<EntryId, HashMap<&str, &Entry>> = HashMap::new();
    for entry in session.entries.iter().filter(|entry| entry.kind == Kind::Result) {
        if let (Seen::Lost { at, .. }, Some(path)) = (entry.seen, &entry.path) {
            lost_at.entry(at).or_default().insert(path, entry);
        }
    }
    let mut lost: HashMap<&str, &Entry> = HashMap::new();
    let mut found: BTreeMap<&str, Vec<(&Entry, &Entry)>> = BTreeMap::new();
    let mut prompts = 0;
    for entry in &session.entries {
        match entry.kind {
            Kind::Boundary => {
                lost = lost_at.get(&entry.id).cloned().unwrap_or_default();
                prompts = 0;
            }
            // The prompt that a compaction was made for may stand behind the boundary.
            Kind::Prompt => {
                prompts += 1;
                if prompts > 1 {
                    lost.clear();
                }
            }
            Kind::Call if !entry.marks.has(crate::model::Mark::Edit) => {
                if let Some(path) = &entry.path
                    && let Some(earlier) = lost.remove(path.as_str())
                {
                    found.entry(path).or_default().push((earlier, entry));
                }
            }
            _ => {}
        }
    }
    let signal = |(path, pairs): (&str, Vec<(&Entry, &Entry)>)| {
        let name = locus::file_name(path);
        let mut shown = HashSet::new();
        let linked =
            pairs.iter().flat_map(|(earlier, again)| [*earlier, *again]).filter(|entry| shown.insert(entry.id));
        Signal {
            kind: SignalKind::RereadAfterLoss,
            polarity: SignalKind::RereadAfterLoss.polarity(),
            locus: clipped(name),
            magnitude: pairs.len() as u32,
            tokens: pairs.iter().map(|(earlier, _)| u64::from(earlier.cost(Level::Full))).sum(),
            detail: clipped(&format!("{name} was read again right after the agent's context lost #{}", pairs[0].0.seq)),
            places: places(linked),
        }
    };
    found.into_iter().map(signal).collect()
}
