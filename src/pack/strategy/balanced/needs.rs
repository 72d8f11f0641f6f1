//! The price of an exclusion: the least extra budget at which an entry is in.

use super::{Ledger, Of};

/// The search for a price. It may be long, so it can be gone on with piece by piece.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    budget: u32,
    /// Cost of the frame and of all that is forced in.
    floor: u64,
    /// The first step of the ladder that is to come in.
    target: usize,
    /// How far it has come: steps that are bought one after the other, and tokens to be tried with them.
    prefix: usize,
    tokens: u64,
}

/// A price, or how far the search for it has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Price {
    /// `None` where no budget does it, or where it is in.
    Known(Option<u32>),
    Searching(Search),
}

impl Ledger {
    /// The least extra budget at which this entry is included; `None` where no budget does it, or where it is in.
    pub fn needs(&self, budget: u32, index: usize) -> Option<u32> {
        self.found(self.price(budget, index))
    }

    /// The same of a fact.
    pub fn fact_needs(&self, budget: u32, fact: usize) -> Option<u32> {
        self.facts[fact].and_then(Result::ok)?;
        self.found(self.price_of(budget, Of::Fact(fact)))
    }

    /// The same, to be searched for with [`Ledger::go_on`].
    pub fn price(&self, budget: u32, index: usize) -> Price {
        match self.place[index] {
            Ok((unit, _)) => self.price_of(budget, Of::Unit(unit)),
            Err(_) => Price::Known(None),
        }
    }

    fn found(&self, price: Price) -> Option<u32> {
        match price {
            Price::Known(price) => price,
            Price::Searching(search) => self.found(self.go_on(search, usize::MAX)),
        }
    }

    fn price_of(&self, budget: u32, of: Of) -> Price {
        let mut floor = u64::from(self.frame);
        for (forced, cost) in self.forced_costs() {
            floor += u64::from(cost);
            if forced == of {
                return Price::Known(more_than(budget, floor));
            }
        }
        let Some(target) = self.steps.first_of(of) else { return Price::Known(None) };
        let tokens = (u64::from(budget) + 1).saturating_sub(floor);
        Price::Searching(Search { budget, floor, target, prefix: self.steps.prefix(tokens), tokens })
    }

    /// Goes on with a search for about so many steps, or to its end.
    ///
    /// The least number of tokens, from `tokens` up, is looked for at which the walk takes the target. While the walk's
    /// prefix ends before step k, what is left over is less than step k costs. So only stretches between prefixes whose
    /// step costs more than the target can let it in early; the rest are passed over whole.
    pub fn go_on(&self, mut search: Search, mut work: usize) -> Price {
        let Search { budget, floor, target, .. } = search;
        let cost = u64::from(self.steps.cost(target));
        let price = |tokens: u64| Price::Known(more_than(budget, floor + tokens));
        while search.prefix < target {
            let before = self.steps.sum(search.prefix);
            let mut at = search.tokens.max(before + cost);
            while at < self.steps.sum(search.prefix + 1) {
                match self.lacks(search.prefix, (at - before) as u32, target, &mut work) {
                    0 => return price(at),
                    // With fewer more than these, either the same steps are taken and it still lacks some, or a further
                    // step is taken and what is left after it is less than they are.
                    lacking => at += u64::from(lacking),
                }
                if work == 0 {
                    search.tokens = at;
                    return Price::Searching(search);
                }
            }
            search.prefix += 1;
            work = work.saturating_sub(1);
            if work == 0 {
                return Price::Searching(search);
            }
        }
        price(search.tokens.max(self.steps.sum(target + 1)))
    }

    /// How many tokens a walk with this much left after its prefix lacks when it comes to the target; 0 = it takes it.
    fn lacks(&self, prefix: usize, mut left: u32, target: usize, work: &mut usize) -> u32 {
        let cost = self.steps.cost(target);
        // What is left is less than the prefix's next step, so few steps can be taken.
        let mut taken: Vec<(Of, u32)> = Vec::new();
        let mut from = prefix;
        *work = work.saturating_sub(1 + (target - prefix) / 64);
        while let Some(at) = self.steps.next_within(from..target, left) {
            let ordered = self.steps.get(at);
            let is_next = ordered.nth == 0
                || taken.contains(&(ordered.of, ordered.nth - 1))
                || !self.steps.follows_one_of(at, prefix..at);
            *work = work.saturating_sub(1 + if ordered.nth == 0 { 0 } else { at - prefix } / 16);
            if is_next {
                left -= ordered.step.cost;
                taken.push((ordered.of, ordered.nth));
                if left < cost {
                    break;
                }
            }
            from = at + 1;
        }
        cost.saturating_sub(left)
    }
}

/// What a least budget is above a budget; `None` where it is in already.
fn more_than(budget: u32, least: u64) -> Option<u32> {
    least.checked_sub(u64::from(budget)).filter(|&extra| extra > 0).and_then(|extra| u32::try_from(extra).ok())
}
