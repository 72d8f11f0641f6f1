//! The price of an exclusion under a strategy of which nothing better is known than to ask it: budgets are tried.
//!
//! Between two budgets at which the same is in, nothing is taken to change. The budgets tried first lie a sixteenth
//! apart; where they differ they are halved down to a token, or to 1/4,096 of the session where it is so large that
//! asking takes long.

use super::{Folding, Given, Strategy};
use crate::pack::chosen::Chosen;

/// Entries beyond which prices are rounded up, and take longer than a key press.
pub const EXACT: usize = 500;

/// By entry and by fact: the least extra budget found at which it is in; `None` where it is in, or no budget does it.
pub struct Needs {
    pub entries: Vec<Option<u32>>,
    pub facts: Vec<Option<u32>>,
}

pub fn needs(strategy: Strategy, given: &Given, chosen: &Chosen) -> Needs {
    let given = &Given { folding: Folding::Spared, ..*given };
    let (session, ledger) = (given.session, given.ledger);
    if strategy == Strategy::Balanced {
        let budget = chosen.budget;
        let mut of_unit = vec![None; ledger.units.len()];
        let price = |(index, out): (usize, &Option<_>)| {
            out.as_ref()?;
            let (unit, _) = ledger.place[index].ok()?;
            *of_unit[unit].get_or_insert_with(|| ledger.needs(budget, index))
        };
        let entries = chosen.out.iter().enumerate().map(price).collect();
        let facts = chosen.facts_out.iter().enumerate().map(|(fact, out)| out.and(ledger.fact_needs(budget, fact)));
        return Needs { entries, facts: facts.collect() };
    }
    let whole = super::window::whole_cost(given);
    let mut search = Search {
        strategy,
        given,
        start: chosen.budget,
        grain: if session.entries.len() <= EXACT { 1 } else { (whole / 4_096).clamp(1, 1 << 20) as u32 },
        needs: Needs { entries: vec![None; session.entries.len()], facts: vec![None; session.facts.len()] },
    };
    // Beyond a third more than everything costs, and every constant, nothing changes any more.
    let last = u32::try_from(whole * 3 / 2 + 40_000).unwrap_or(u32::MAX).max(chosen.budget);
    let mut low = (chosen.budget, Inside::of(chosen));
    while low.0 < last {
        let high = low.0.saturating_add((low.0 / 16).max(64)).min(last);
        let inside = Inside::of(&strategy.choose(given, high));
        search.refine(&low, &(high, inside.clone()));
        low = (high, inside);
    }
    search.needs
}

/// What is in, entries before facts.
#[derive(Clone, PartialEq)]
struct Inside(Vec<bool>);

impl Inside {
    fn of(chosen: &Chosen) -> Inside {
        let facts = chosen.facts_out.iter().map(Option::is_none);
        Inside(chosen.levels.iter().map(Option::is_some).chain(facts).collect())
    }
}

struct Search<'a> {
    strategy: Strategy,
    given: &'a Given<'a>,
    start: u32,
    grain: u32,
    needs: Needs,
}

impl Search<'_> {
    fn refine(&mut self, low: &(u32, Inside), high: &(u32, Inside)) {
        if !self.news(low, high) {
            return;
        }
        if high.0 - low.0 <= self.grain {
            let entries = self.needs.entries.len();
            for (at, _) in low.1.0.iter().zip(&high.1.0).enumerate().filter(|(_, (was, is))| !**was && **is) {
                let need = match at.checked_sub(entries) {
                    None => &mut self.needs.entries[at],
                    Some(fact) => &mut self.needs.facts[fact],
                };
                need.get_or_insert(high.0 - self.start);
            }
            return;
        }
        let budget = low.0 + (high.0 - low.0) / 2;
        let middle = (budget, Inside::of(&self.strategy.choose(self.given, budget)));
        self.refine(low, &middle);
        self.refine(&middle, high);
    }

    /// Whether something comes in between the two that was never in before and is not priced yet.
    fn news(&self, low: &(u32, Inside), high: &(u32, Inside)) -> bool {
        let entries = self.needs.entries.len();
        low.1.0.iter().zip(&high.1.0).enumerate().any(|(at, (was, is))| {
            let priced = match at.checked_sub(entries) {
                None => self.needs.entries[at],
                Some(fact) => self.needs.facts[fact],
            };
            !was && *is && priced.is_none()
        })
    }
}
