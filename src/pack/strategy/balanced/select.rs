//! One budget: which levels and rows are in.

use super::ledger::{Ledger, Of};
use crate::model::{ExclusionReason, Level};

/// What a budget buys. Levels by entry index.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    pub budget: u32,
    pub levels: Vec<Option<Level>>,
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
    /// Units of pins that do not fit.
    pub overflow: Vec<usize>,
}

impl Ledger {
    pub fn select(&self, budget: u32) -> Selection {
        let mut taken: Vec<Option<usize>> = vec![None; self.units.len()];
        let mut shown = vec![0; self.row_groups.len()];
        let mut next_rows = vec![0u32; self.row_groups.len()];
        let mut value = 0.0;
        let frame = if budget >= self.frame { self.frame } else { 0 };
        let mut left = budget.saturating_sub(self.frame);
        let mut forced = 0;
        for &unit in &self.forced {
            let unit_ref = &self.units[unit];
            if budget < self.frame || unit_ref.base_cost > left {
                break;
            }
            left -= unit_ref.base_cost;
            value += unit_ref.base_value;
            taken[unit] = Some(0);
            forced += 1;
        }
        if forced == self.forced.len() && budget >= self.frame {
            let mut next = vec![0u32; self.units.len()];
            left = self.walk(left, &mut |number| {
                let ordered = &self.steps[number];
                match ordered.of {
                    Of::Rows(group) if next_rows[group] != ordered.nth => return false,
                    Of::Rows(group) => {
                        next_rows[group] += 1;
                        shown[group] = ordered.step.rises;
                    }
                    Of::Unit(unit) if next[unit] != ordered.nth => return false,
                    Of::Unit(unit) => {
                        next[unit] += 1;
                        taken[unit] = Some(ordered.step.rises);
                    }
                }
                value += ordered.step.value;
                true
            });
        }
        let mut rows: Vec<usize> =
            self.row_groups.iter().zip(&shown).flat_map(|(group, &shown)| &group[..shown]).copied().collect();
        rows.sort_unstable();
        let mut levels = vec![None; self.place.len()];
        for (unit, rises) in self.units.iter().zip(&taken) {
            if let Some(rises) = *rises {
                for (&index, level) in unit.members.iter().zip(unit.levels(rises)) {
                    levels[index] = Some(level);
                }
            }
        }
        let overflow: Vec<usize> = self.forced[..self.pins].iter().copied().skip(forced).collect();
        let used = if budget >= self.frame { budget - left } else { 0 };
        let kept = if self.total_value > 0.0 { value / self.total_value } else { 1.0 };
        // Sums of the same values in another order differ in their last digits.
        let kept = if kept > 1.0 - 1e-9 { 1.0 } else { kept };
        let bound =
            (overflow.is_empty() && budget >= self.frame).then(|| self.bound.at(budget - self.frame).max(value));
        Selection { budget, levels, rows, used, frame, value, kept, bound, overflow }
    }

    /// Walks the order with so many tokens, offering each step that fits; gives what is left.
    fn walk(&self, tokens: u32, take: &mut dyn FnMut(usize) -> bool) -> u32 {
        // The longest prefix of the order that they buy, by binary search; then step by step.
        let prefix = self.sums.partition_point(|&sum| sum <= u64::from(tokens)) - 1;
        let mut left = tokens - self.sums[prefix] as u32;
        (0..prefix).for_each(|number| {
            take(number);
        });
        let mut number = prefix;
        while left >= self.least[number] {
            if self.steps[number].step.cost <= left && take(number) {
                left -= self.steps[number].step.cost;
            }
            number += 1;
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
