//! `gradient`, lore's rule: layers 0 to 4 that hold ever less of the past; the first that fits is taken.
//!
//! | layer | share for entries | share for summaries | tool outputs | stored summaries |
//! | --- | --- | --- | --- | --- |
//! | 0 | everything as it is | | kept | |
//! | 1 | 0.40 | 0.25 | kept | all |
//! | 2 | 0.50 | 0.25 | noted as lost, but for the newest 4 | all |
//! | 3 | 0.55 | 0.15 | noted as lost | last 5 |
//! | 4 | what is left | | kept: without them an agent runs its tools again | last 2 |
//!
//! The current turn is never stripped. A layer fails where the stored summaries cost more than their share, or the current
//! turn alone more than the share for entries. Older entries fill backward and stop at the first that does not fit. The
//! shares are of the budget after pins and at most 10 % of facts. Unlike lore, tokens are counted after stripping, and
//! layer 4 is held to the budget like any other. What the layer leaves out is summed up by rule in what the stored
//! summaries leave of their share.

use super::{Assembly, Given, window};
use crate::{
    model::{ExclusionReason, Kind},
    pack::chosen::Chosen,
};

/// lore's share of facts ("knowledge").
const FACTS: f64 = 0.10;
/// Newest units before the current turn whose outputs layer 2 keeps: lore's two protected turns of two messages.
const PROTECTED: usize = 4;
/// Entries that layer 4 keeps at the least, if they fit.
const LAST: usize = 3;

struct Layer {
    raw: f64,
    distilled: f64,
    stripping: Stripping,
    /// Stored summaries that it keeps, the newest.
    summaries: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stripping {
    None,
    Older,
    All,
}

const LAYERS: [Layer; 3] = [
    Layer { raw: 0.40, distilled: 0.25, stripping: Stripping::None, summaries: usize::MAX },
    Layer { raw: 0.50, distilled: 0.25, stripping: Stripping::Older, summaries: usize::MAX },
    Layer { raw: 0.55, distilled: 0.15, stripping: Stripping::All, summaries: 5 },
];

/// Layers that can be forced, 1 to 4.
pub const DEEPEST: u8 = 4;

pub fn choose(given: &Given, budget: u32) -> Chosen {
    let mut assembly = Assembly::new(given, budget);
    if !assembly.is_whole() {
        return assembly.finish(|_| ExclusionReason::OverBudget, Vec::new());
    }
    assembly.take_facts((f64::from(assembly.left()) * FACTS) as u32);
    let parts = Parts::new(given, &assembly.units());
    let forced = given.settings.least_layer.min(DEEPEST);
    let usable = assembly.left();
    let cost: u64 = parts.all().map(|unit| u64::from(assembly.full_cost(unit))).sum();
    if forced == 0 && cost <= u64::from(usable) {
        let all = parts.all().collect::<Vec<_>>().into_iter().all(|unit| assembly.carry(unit));
        debug_assert!(all, "their sum fits");
        return assembly.finish(|_| ExclusionReason::OverBudget, vec!["layer 0".into()]);
    }
    for (number, layer) in (1u8..).zip(&LAYERS).filter(|(number, _)| *number >= forced) {
        if try_layer(given, &mut assembly, &parts, layer, usable) {
            return assembly.finish(|_| ExclusionReason::OutsideWindow, vec![format!("layer {number}")]);
        }
    }
    last_layer(given, &mut assembly, &parts);
    assembly.finish(|_| ExclusionReason::OutsideWindow, vec![format!("layer {DEEPEST}")])
}

/// What the layers treat differently: stored summaries, older units, the current turn.
struct Parts {
    summaries: Vec<usize>,
    older: Vec<usize>,
    current: Vec<usize>,
}

impl Parts {
    fn new(given: &Given, units: &[usize]) -> Parts {
        let entries = &given.session.entries;
        let first = |unit: &usize| given.ledger.units[*unit].members[0];
        // The current turn is the last one even where its prompt is pinned, and so not among the units.
        let opening = entries.iter().rposition(|entry| entry.kind == Kind::Prompt && entry.is_live()).unwrap_or(0);
        let (older, current) = units.split_at(units.partition_point(|unit| first(unit) < opening));
        let (summaries, older) = older.iter().partition(|unit| entries[first(unit)].kind == Kind::Summary);
        Parts { summaries, older, current: current.to_vec() }
    }

    fn all(&self) -> impl Iterator<Item = usize> {
        self.summaries.iter().chain(&self.older).chain(&self.current).copied()
    }
}

/// Takes in what a layer holds; false, with nothing taken, where it fails.
fn try_layer(given: &Given, assembly: &mut Assembly, parts: &Parts, layer: &Layer, usable: u32) -> bool {
    let share = |of: f64| (f64::from(usable) * of) as u32;
    let summaries = newest(&parts.summaries, layer.summaries);
    let distilled: u64 = summaries.iter().map(|&unit| u64::from(assembly.full_cost(unit))).sum();
    let current: u64 = parts.current.iter().map(|&unit| u64::from(assembly.full_cost(unit))).sum();
    if distilled > u64::from(share(layer.distilled)) || current > u64::from(share(layer.raw)) {
        return false;
    }
    for &unit in parts.current.iter().chain(summaries) {
        assembly.carry(unit);
    }
    let mut room = share(layer.raw) - current as u32;
    let protected = parts.older.len().saturating_sub(PROTECTED);
    let mut cut = parts.older.len();
    while cut > 0 {
        let unit = parts.older[cut - 1];
        let strips = match layer.stripping {
            Stripping::None => false,
            Stripping::Older => cut - 1 < protected,
            Stripping::All => true,
        };
        let cost = if strips { assembly.stripped_cost(unit) } else { assembly.full_cost(unit) };
        if cost > room || !(if strips { assembly.strip(unit) } else { assembly.carry(unit) }) {
            break;
        }
        room -= cost;
        cut -= 1;
    }
    sum_up(given, assembly, &parts.older[..cut], share(layer.distilled) - distilled as u32);
    true
}

/// Layer 4: the current turn or at least the last few units, newest first, as far as they fit, and the last two summaries.
fn last_layer(given: &Given, assembly: &mut Assembly, parts: &Parts) {
    let units: Vec<usize> = parts.older.iter().chain(&parts.current).copied().collect();
    let kept = parts.current.len().max(LAST).min(units.len());
    for &unit in units[units.len() - kept..].iter().rev() {
        if !assembly.carry(unit) {
            break;
        }
    }
    for &unit in newest(&parts.summaries, 2) {
        assembly.carry(unit);
    }
    let room = assembly.left();
    sum_up(given, assembly, &units[..units.len() - kept], room.min(window::SUMMARY));
}

fn newest(units: &[usize], at_most: usize) -> &[usize] {
    &units[units.len().saturating_sub(at_most)..]
}

fn sum_up(given: &Given, assembly: &mut Assembly, units: &[usize], tokens: u32) {
    let out: Vec<usize> = units.iter().copied().filter(|&unit| !assembly.holds(unit)).collect();
    let covers = window::entries(given, &out);
    let room = tokens.min(assembly.left());
    window::fold(given, assembly, covers, room);
}
