//! `window`, M31A's rule: while everything fits with a buffer to spare, all of it verbatim; else the newest tokens
//! verbatim from a turn boundary on, and all before them as one structured summary.
//!
//! M31A's numbers are keep 8,000 and buffer 20,000 tokens, its summary aims at 2,000. Under small budgets they are cut to
//! ½, ¼ and ¼ of the budget (DESIGN section 3).

mod head;
mod template;

use serde::{Deserialize, Serialize};

pub use head::serialise;
pub use template::{TEMPLATE, fill};

use super::{Assembly, Folding, Given};
use crate::{
    model::{ExclusionReason, Kind, Level},
    pack::{chosen::Chosen, summary::WorkingSummary},
};

/// Tokens kept verbatim, kept free, and spent on the summary, each at the most.
pub const KEEP: u32 = 8_000;
pub const BUFFER: u32 = 20_000;
pub const SUMMARY: u32 = 2_000;

/// What a compaction under a budget would do, in M31A's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Compacted where the session costs more than this.
    pub threshold: u32,
    pub keep: u32,
    pub buffer: u32,
    /// Of the summary, at the most.
    pub summary_tokens: u32,
}

pub fn limits(budget: u32) -> Limits {
    let buffer = BUFFER.min(budget / 4);
    Limits { threshold: budget - buffer, keep: KEEP.min(budget / 2), buffer, summary_tokens: SUMMARY.min(budget / 4) }
}

/// What a compaction did, in M31A's terms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compaction {
    pub should_compact: bool,
    pub tokens_before: u64,
    pub tokens_after: u32,
    /// Entries that are no longer carried themselves.
    pub messages_removed: usize,
    /// The summary that stands for them; empty where there is none.
    pub summary: String,
    #[serde(flatten)]
    pub limits: Limits,
}

impl Compaction {
    pub fn of(given: &Given, chosen: &Chosen) -> Compaction {
        let gone = |reason: &&Option<ExclusionReason>| {
            matches!(
                reason,
                Some(ExclusionReason::Folded | ExclusionReason::OutsideWindow | ExclusionReason::OverBudget)
            )
        };
        Compaction {
            should_compact: should_compact(given, chosen.budget),
            tokens_before: whole_cost(given),
            tokens_after: chosen.used,
            messages_removed: chosen.out.iter().filter(gone).count(),
            summary: chosen.folded.iter().map(|folded| folded.text.as_str()).collect(),
            limits: limits(chosen.budget),
        }
    }
}

/// Tokens of everything that can be carried, at full, with the frame.
pub fn whole_cost(given: &Given) -> u64 {
    let ledger = given.ledger;
    let rises = |unit: &super::balanced::Unit| unit.rises.iter().map(|rise| u64::from(rise.cost)).sum::<u64>();
    let units = ledger.units.iter().map(|unit| u64::from(unit.base_cost) + rises(unit)).sum::<u64>();
    let facts: u64 =
        (0..ledger.facts.len()).filter_map(|fact| ledger.fact(fact)).map(|fact| u64::from(fact.cost)).sum();
    u64::from(ledger.frame) + units + facts
}

/// Whether the session is compacted under this budget.
pub fn should_compact(given: &Given, budget: u32) -> bool {
    whole_cost(given) > u64::from(limits(budget).threshold)
}

pub fn choose(given: &Given, budget: u32) -> Chosen {
    let mut assembly = Assembly::new(given, budget);
    if !assembly.is_whole() {
        return assembly.finish(|_| ExclusionReason::OverBudget, Vec::new());
    }
    assembly.take_facts(u32::MAX);
    let units = assembly.units();
    if !should_compact(given, budget) {
        let all = units.into_iter().all(|unit| assembly.carry(unit));
        debug_assert!(all, "it costs less than the threshold");
        return assembly.finish(|_| ExclusionReason::OverBudget, vec!["not compacted: it fits".into()]);
    }
    let limits = limits(budget);
    let cut = cut(given, &assembly, &units, limits.keep);
    let head: Vec<usize> = units[..cut].iter().copied().filter(|&unit| !assembly.holds(unit)).collect();
    // The prompt of a turn that is cut is kept. Then newest first: a tail that does not fit in full stays at its deepest
    // level.
    let opening = units.iter().copied().rfind(|&unit| opens(given, unit));
    opening.into_iter().for_each(|unit| {
        assembly.carry(unit);
    });
    for &unit in units[cut..].iter().rev() {
        if !assembly.carry(unit) {
            break;
        }
    }
    let covers = entries(given, &head);
    let room = limits.summary_tokens.min(assembly.left());
    fold(given, &mut assembly, covers, room);
    let note = match units.get(cut) {
        Some(&unit) => format!("cut before #{}", given.session.entries[given.ledger.units[unit].members[0]].seq),
        None => "nothing kept verbatim".into(),
    };
    assembly.finish(|_| ExclusionReason::OutsideWindow, vec![note])
}

/// Where the verbatim part begins: as many of the newest units as `keep` holds, then forward to the next prompt. Where
/// there is none, the current turn alone is too long and is cut between exchanges.
fn cut(given: &Given, assembly: &Assembly, units: &[usize], keep: u32) -> usize {
    // Of the tail the deepest levels are paid for, but it is kept verbatim like the rest.
    let (mut room, mut left) = (keep, assembly.left());
    let mut cut = units.len();
    while cut > 0 {
        let (whole, to_pay) = (assembly.whole_cost(units[cut - 1]), assembly.full_cost(units[cut - 1]));
        if whole > room || to_pay > left {
            break;
        }
        (room, left) = (room - whole, left - to_pay);
        cut -= 1;
    }
    let forward = units[cut..].iter().position(|&unit| opens(given, unit)).map(|further| cut + further);
    match forward {
        _ if cut == 0 => 0,
        Some(turn) => turn,
        None => cut,
    }
}

fn opens(given: &Given, unit: usize) -> bool {
    given.ledger.units[unit].members.iter().any(|&index| given.session.entries[index].kind == Kind::Prompt)
}

/// The entries of units, in order.
pub(super) fn entries(given: &Given, units: &[usize]) -> Vec<usize> {
    let mut entries: Vec<usize> =
        units.iter().flat_map(|&unit| given.ledger.units[unit].members.iter().copied()).collect();
    entries.sort_unstable();
    entries
}

/// Adds the structured summary of entries, cut to so many tokens. Nothing where not even a line fits.
pub(super) fn fold(given: &Given, assembly: &mut Assembly, covers: Vec<usize>, tokens: u32) -> bool {
    let (Some(&first), Some(&last)) = (covers.first(), covers.last()) else { return false };
    if given.folding == Folding::Spared {
        return false;
    }
    let session = given.session;
    let block = |text: &str| {
        let (from, to) = (session.entries[first].seq, session.entries[last].seq);
        format!("[summary of #{from} to #{to}]\n{}\n\n", text.trim_end())
    };
    let count = |text: &str| given.texts.count(&block(text));
    let summary = WorkingSummary::fitted(session, &covers, tokens, &count);
    if summary.sections.is_empty() {
        return false;
    }
    let text = block(&summary.text());
    let cost = given.texts.count(&text);
    let source: u32 = covers.iter().map(|&index| session.entries[index].cost(Level::Full)).sum();
    // A summary that is larger than what it stands for only inflates the pack.
    cost <= tokens && cost < source && assembly.fold(text, covers)
}
