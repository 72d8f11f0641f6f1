//! One budget: which levels, facts and rows are in.

use super::{Ledger, Of};
use crate::model::{ExclusionReason, Level};

/// What a budget buys. Levels by entry index.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    pub budget: u32,
    pub levels: Vec<Option<Level>>,
    /// Facts that are in, ascending.
    pub facts: Vec<usize>,
    /// Index rows shown: numbers into the session's `names`, ascending.
    pub rows: Vec<usize>,
    /// Frame and blocks; 0 where the budget does not even hold the frame.
    pub used: u32,
    pub frame: u32,
    pub value: f64,
    /// `value` ÷ value with everything in; 1 for an empty session.
    pub kept: f64,
    /// Linear-programming bound; `None` where the pins do not fit.
    pub bound: Option<f64>,
    /// Pins and pinned facts that do not fit.
    pub overflow: Vec<Of>,
}

/// In place of a unit's rises: it is not in.
const OUT: u32 = u32::MAX;

impl Ledger {
    pub fn select(&self, budget: u32) -> Selection {
        // By unit: its rises that are done, and steps that are taken.
        let mut taken = vec![OUT; self.units.len()];
        let mut shown = vec![0; self.row_groups.len()];
        let mut next_rows = vec![0u32; self.row_groups.len()];
        let mut facts = Vec::new();
        let mut value = 0.0;
        let holds_frame = budget >= self.frame;
        let frame = if holds_frame { self.frame } else { 0 };
        let mut left = budget.saturating_sub(self.frame);
        let mut out: Vec<Of> = Vec::new();
        for (of, cost) in self.forced_costs() {
            if !holds_frame || !out.is_empty() || cost > left {
                out.push(of);
                continue;
            }
            left -= cost;
            match of {
                Of::Unit(unit) => {
                    value += self.units[unit].base_value;
                    taken[unit] = 0;
                }
                Of::Fact(fact) => {
                    value += self.fact(fact).map_or(0.0, |fact| fact.value);
                    facts.push(fact);
                }
                Of::Rows(_) => {}
            }
        }
        if out.is_empty() && holds_frame {
            let mut next = vec![0u32; self.units.len()];
            left = self.walk(left, &mut |number| {
                let ordered = self.steps.get(number);
                match ordered.of {
                    Of::Fact(fact) => facts.push(fact),
                    Of::Rows(group) if next_rows[group] != ordered.nth => return false,
                    Of::Rows(group) => {
                        next_rows[group] += 1;
                        shown[group] = ordered.step.rises;
                    }
                    Of::Unit(unit) if next[unit] != ordered.nth => return false,
                    Of::Unit(unit) => {
                        next[unit] += 1;
                        taken[unit] = ordered.step.rises as u32;
                    }
                }
                value += ordered.step.value;
                true
            });
        }
        facts.sort_unstable();
        let mut rows: Vec<usize> =
            self.row_groups.iter().zip(&shown).flat_map(|(group, &shown)| &group[..shown]).copied().collect();
        rows.sort_unstable();
        let mut levels = vec![None; self.place.len()];
        for (unit, &rises) in self.units.iter().zip(&taken).filter(|(_, rises)| **rises != OUT) {
            unit.members.iter().zip(&unit.base).for_each(|(&index, &level)| levels[index] = Some(level));
            unit.rises[..rises as usize].iter().for_each(|rise| levels[unit.members[rise.member]] = Some(rise.to));
        }
        let tail = &self.forced[self.pins..];
        let overflow: Vec<Of> =
            out.into_iter().filter(|of| !matches!(of, Of::Unit(unit) if tail.contains(unit))).collect();
        let used = if holds_frame { budget - left } else { 0 };
        let kept = self.share(value);
        let bound =
            (overflow.is_empty() && holds_frame).then(|| self.bound.at(&self.steps, budget - self.frame).max(value));
        Selection { budget, levels, facts, rows, used, frame, value, kept, bound, overflow }
    }

    /// What is given room before all else, in that order: pins, pinned facts, the tail.
    pub fn forced_costs(&self) -> impl Iterator<Item = (Of, u32)> {
        let unit = |&unit: &usize| (Of::Unit(unit), self.units[unit].base_cost);
        let fact = |&fact: &usize| (Of::Fact(fact), self.fact(fact).map_or(0, |fact| fact.cost));
        let (pins, tail) = self.forced.split_at(self.pins);
        pins.iter().map(unit).chain(self.pinned_facts.iter().map(fact)).chain(tail.iter().map(unit))
    }

    /// A value as the share of everything's, 0 to 1; 1 for an empty session.
    pub fn share(&self, value: f64) -> f64 {
        let kept = if self.total_value > 0.0 { value / self.total_value } else { 1.0 };
        // Sums of the same values in another order differ in their last digits.
        if kept > 1.0 - 1e-9 { 1.0 } else { kept }
    }

    /// Walks the order with so many tokens, offering each step that fits; gives what is left.
    fn walk(&self, tokens: u32, take: &mut dyn FnMut(usize) -> bool) -> u32 {
        // The longest prefix of the order that they buy, by binary search; then step by step.
        let prefix = self.steps.prefix(tokens.into());
        let mut left = tokens - self.steps.sum(prefix) as u32;
        (0..prefix).for_each(|number| {
            take(number);
        });
        let mut from = prefix;
        while let Some(number) = self.steps.next_within(from..self.steps.len(), left) {
            if take(number) {
                left -= self.steps.cost(number);
            }
            from = number + 1;
        }
        left
    }

    /// Why an entry is not in a selection; `None` where it is.
    pub fn excluded(&self, selection: &Selection, index: usize) -> Option<ExclusionReason> {
        match self.place[index] {
            Err(reason) => Some(reason),
            Ok(_) if selection.levels[index].is_some() => None,
            Ok(_) => Some(ExclusionReason::OverBudget),
        }
    }
}
