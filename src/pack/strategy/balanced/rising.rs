//! Many budgets in rising order, each a little further along the sorted steps than the one before: what a sweep needs of
//! `balanced`, exactly as [`Ledger::select`] would choose, without building a plan for each.

use super::{Ledger, Of};
use crate::model::Level;

/// What a budget buys, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Frame and blocks; 0 where the budget does not even hold the frame.
    pub used: u32,
    pub value: f64,
    /// Entries in at full, summary, sentence, keywords.
    pub entries: [usize; 4],
    /// What those entries cost, without facts and rows.
    pub entry_tokens: u64,
}

/// A walk along one ledger's steps. Every budget asked for must be at least the one before.
pub struct Rising {
    /// Cost of the frame and of all that is forced in.
    floor: u64,
    /// Steps taken for good.
    prefix: usize,
    tally: Tally,
    /// By unit: steps of its ladder that are taken, and the rises done.
    units: Vec<(u32, Option<usize>)>,
    /// By group of rows: steps that are taken.
    rows: Vec<u32>,
}

impl Rising {
    pub fn new(ledger: &Ledger) -> Rising {
        let mut rising = Rising {
            floor: u64::from(ledger.frame),
            prefix: 0,
            tally: Tally::default(),
            units: vec![(0, None); ledger.units.len()],
            rows: vec![0; ledger.row_groups.len()],
        };
        for (of, cost) in ledger.forced_costs() {
            rising.floor += u64::from(cost);
            rising.force(ledger, of, cost);
        }
        rising
    }

    pub fn at(&mut self, ledger: &Ledger, budget: u32) -> Tally {
        let Some(tokens) = u64::from(budget).checked_sub(self.floor) else { return below(ledger, budget) };
        let prefix = ledger.steps.prefix(tokens);
        debug_assert!(prefix >= self.prefix, "budgets come in rising order");
        while self.prefix < prefix {
            self.take(ledger, self.prefix);
            self.prefix += 1;
        }
        let kept = self.tally;
        let mut left = (tokens - ledger.steps.sum(prefix)) as u32;
        // What the fill takes is given back: a richer budget fills otherwise.
        let mut taken: Vec<(Of, (u32, Option<usize>))> = Vec::new();
        let mut from = prefix;
        while let Some(number) = ledger.steps.next_within(from..ledger.steps.len(), left) {
            let ordered = ledger.steps.get(number);
            let before = self.stands(ordered.of);
            if self.take(ledger, number) {
                taken.push((ordered.of, before));
                left -= ordered.step.cost;
            }
            from = number + 1;
        }
        let tally = Tally { used: budget - left, ..self.tally };
        for (of, before) in taken.into_iter().rev() {
            match of {
                Of::Unit(unit) => self.units[unit] = before,
                Of::Rows(group) => self.rows[group] = before.0,
                Of::Fact(_) => {}
            }
        }
        self.tally = kept;
        tally
    }

    fn stands(&self, of: Of) -> (u32, Option<usize>) {
        match of {
            Of::Unit(unit) => self.units[unit],
            Of::Rows(group) => (self.rows[group], None),
            Of::Fact(_) => (0, None),
        }
    }

    /// Takes a step if its predecessor is taken; whether it did.
    fn take(&mut self, ledger: &Ledger, number: usize) -> bool {
        let ordered = ledger.steps.get(number);
        match ordered.of {
            Of::Fact(_) => {}
            Of::Rows(group) if self.rows[group] != ordered.nth => return false,
            Of::Rows(group) => self.rows[group] += 1,
            Of::Unit(unit) if self.units[unit].0 != ordered.nth => return false,
            Of::Unit(unit) => {
                let (steps, rises) = self.units[unit];
                raise(ledger, unit, rises, ordered.step.rises, &mut self.tally.entries);
                self.units[unit] = (steps + 1, Some(ordered.step.rises));
                self.tally.entry_tokens += u64::from(ordered.step.cost);
            }
        }
        self.tally.value += ordered.step.value;
        true
    }

    fn force(&mut self, ledger: &Ledger, of: Of, cost: u32) {
        force(ledger, of, cost, &mut self.tally);
        if let Of::Unit(unit) = of {
            self.units[unit].1 = Some(0);
        }
    }
}

/// A budget that does not hold all that is forced in: as much of that as fits, in its order, and nothing else.
fn below(ledger: &Ledger, budget: u32) -> Tally {
    let mut tally = Tally::default();
    let Some(mut left) = budget.checked_sub(ledger.frame) else { return tally };
    for (of, cost) in ledger.forced_costs() {
        let Some(less) = left.checked_sub(cost) else { break };
        left = less;
        force(ledger, of, cost, &mut tally);
    }
    tally.used = budget - left;
    tally
}

fn force(ledger: &Ledger, of: Of, cost: u32, tally: &mut Tally) {
    match of {
        Of::Unit(unit) => {
            tally.value += ledger.units[unit].base_value;
            tally.entry_tokens += u64::from(cost);
            raise(ledger, unit, None, 0, &mut tally.entries);
        }
        Of::Fact(fact) => tally.value += ledger.fact(fact).map_or(0.0, |fact| fact.value),
        Of::Rows(_) => {}
    }
}

/// Counts a unit's members at their new levels in place of those that they had. `from`: the rises done before; `None` = it
/// was out.
fn raise(ledger: &Ledger, unit: usize, from: Option<usize>, to: usize, entries: &mut [usize; 4]) {
    let unit = &ledger.units[unit];
    if from.is_none() {
        unit.base.iter().for_each(|level| entries[level.index()] += 1);
    }
    for (at, rise) in unit.rises.iter().enumerate().take(to).skip(from.unwrap_or(0)) {
        let earlier = unit.rises[..at].iter().rfind(|earlier| earlier.member == rise.member);
        let was: Level = earlier.map_or(unit.base[rise.member], |earlier| earlier.to);
        entries[was.index()] -= 1;
        entries[rise.to.index()] += 1;
    }
}

impl Ledger {
    /// Tokens of everything that a plan can carry, in full, index rows and frame included.
    pub fn whole_cost(&self) -> u64 {
        let forced: u64 = self.forced_costs().map(|(_, cost)| u64::from(cost)).sum();
        u64::from(self.frame) + forced + self.steps.sum(self.steps.len())
    }
}
