//! The price of an exclusion: the least extra budget at which an entry is in.

use super::ledger::{Ledger, Of};

impl Ledger {
    /// The least extra budget at which this entry is included; `None` where no budget does it, or where it is in.
    pub fn needs(&self, budget: u32, index: usize) -> Option<u32> {
        let (unit, _) = self.place[index].ok()?;
        more_than(budget, self.least_budget(budget, Of::Unit(unit))?)
    }

    /// The same of a fact.
    pub fn fact_needs(&self, budget: u32, fact: usize) -> Option<u32> {
        self.facts[fact].and_then(Result::ok)?;
        more_than(budget, self.least_budget(budget, Of::Fact(fact))?)
    }

    fn least_budget(&self, budget: u32, of: Of) -> Option<u64> {
        let mut floor = u64::from(self.frame);
        for (forced, cost) in self.forced_costs() {
            floor += u64::from(cost);
            if forced == of {
                return Some(floor);
            }
        }
        let step = self.steps.iter().position(|ordered| ordered.of == of && ordered.nth == 0)?;
        let tokens = (u64::from(budget) + 1).saturating_sub(floor);
        Some(floor + self.least_tokens(tokens, step))
    }

    /// The least number of tokens, from `tokens` up, at which the walk takes step `target`, the first of its ladder.
    ///
    /// While the walk's prefix ends before step k, what is left over is less than step k costs. So only stretches
    /// between prefixes whose step costs more than the target can let it in early; the rest are passed over whole.
    fn least_tokens(&self, tokens: u64, target: usize) -> u64 {
        let cost = u64::from(self.steps[target].step.cost);
        let first = self.sums.partition_point(|&sum| sum <= tokens).saturating_sub(1);
        for prefix in first..target {
            let from = tokens.max(self.sums[prefix] + cost);
            let mut at = from;
            while at < self.sums[prefix + 1] {
                match self.lacks(prefix, (at - self.sums[prefix]) as u32, target) {
                    0 => return at,
                    // With fewer more than these, either the same steps are taken and it still lacks some, or a further
                    // step is taken and what is left after it is less than they are.
                    lacking => at += u64::from(lacking),
                }
            }
        }
        tokens.max(self.sums[target + 1])
    }

    /// How many tokens a walk with this much left after its prefix lacks when it comes to the target; 0 = it takes it.
    fn lacks(&self, prefix: usize, mut left: u32, target: usize) -> u32 {
        let cost = self.steps[target].step.cost;
        // Ladders of which a step was skipped: their later steps cannot be taken.
        let mut skipped: Vec<Of> = Vec::new();
        for ordered in &self.steps[prefix..target] {
            // Little is left, so few steps are cheap enough that the long list has to be looked through.
            let is_blocked = || ordered.nth > 0 && skipped.contains(&ordered.of);
            if ordered.step.cost <= left && !is_blocked() {
                left -= ordered.step.cost;
                if left < cost {
                    break;
                }
            } else {
                skipped.push(ordered.of);
            }
        }
        cost.saturating_sub(left)
    }
}

/// What a least budget is above a budget; `None` where it is in already.
fn more_than(budget: u32, least: u64) -> Option<u32> {
    least.checked_sub(u64::from(budget)).filter(|&extra| extra > 0).and_then(|extra| u32::try_from(extra).ok())
}
