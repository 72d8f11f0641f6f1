//! `ladder`, distill's rule: what matters least gives way first, one level at a time, and leaves last.
//!
//! One fixed sequence of steps, whatever the budget; a budget takes the shortest beginning of it that fits. So a larger
//! budget never lowers anything (distill's own loop has the same order, but a sort that ties leave open, levels that may
//! grow, and single entries deleted from under their exchange).
//!
//! 1. Of all but pins and tail, by ascending importance, ties by sequence: to `summary`, all to `sentence`, all to
//!    `keywords`; then exchanges leave, by their most important member. The partner of a pin never leaves.
//! 2. The tail, only then, oldest first and the opening prompt last: the same three passes, then it leaves.
//!
//! distill has no facts. Here they stand between the two: they leave after everything older, the least trusted and oldest
//! first.

use super::{Assembly, Given, tail::tail};
use crate::{
    model::{Exchanges, ExclusionReason, HeldBy, Level, Session},
    pack::{chosen::Chosen, settings::PlanSettings},
};

pub fn choose(given: &Given, budget: u32) -> Chosen {
    let mut assembly = Assembly::new(given, budget);
    if assembly.is_whole() {
        let (session, settings) = (given.session, given.settings);
        let room = assembly.left() + assembly.forced_entries();
        let last_stand = u32::try_from(last_stand(session, settings)).unwrap_or(u32::MAX);
        let for_facts = room.saturating_sub(last_stand);
        let facts = assembly.take_facts_in_order(for_facts);
        let levels = levels(session, settings, room - facts);
        for unit in assembly.units() {
            let held: Option<Vec<Level>> =
                given.ledger.units[unit].members.iter().map(|&index| levels[index]).collect();
            if let Some(held) = held {
                let fits = assembly.hold(unit, held);
                debug_assert!(fits, "the ladder was given what is left");
            }
        }
    }
    assembly.finish(|_| ExclusionReason::OverBudget, Vec::new())
}

/// What pins, their partners and the tail cost when everything else has left and the tail has not given way yet.
fn last_stand(session: &Session, settings: PlanSettings) -> u64 {
    let exchanges = session.exchanges();
    let tail = tail(session, &exchanges, settings);
    let mut ladder = Ladder::new(session, &exchanges);
    for exchange in (0..exchanges.len()).filter(|exchange| !tail.contains(exchange)) {
        exchanges[exchange].iter().for_each(|&index| ladder.take(Step::Lower(index, Level::Keywords)));
        ladder.take(Step::Leave(exchange));
    }
    ladder.tokens
}

/// The level of each entry under a budget for the entries alone (no frame); `None` = it is out, or was not live. Pins
/// are at full even where they alone do not fit. A level held by hand is the most that is given.
pub fn levels(session: &Session, settings: PlanSettings, budget: u32) -> Vec<Option<Level>> {
    let exchanges = session.exchanges();
    let mut ladder = Ladder::new(session, &exchanges);
    let tail: Vec<usize> = tail(session, &exchanges, settings).into_iter().rev().collect();
    let mut older: Vec<usize> = (0..exchanges.len()).filter(|exchange| !tail.contains(exchange)).collect();
    older.sort_by(|&a, &b| ladder.weight(a).total_cmp(&ladder.weight(b)).then(a.cmp(&b)));
    let mut entries: Vec<usize> = older.iter().flat_map(|&exchange| exchanges[exchange].iter().copied()).collect();
    let importance = |index: usize| session.entries[index].importance();
    entries.sort_by(|&a, &b| importance(a).total_cmp(&importance(b)).then(a.cmp(&b)));
    let tail_entries: Vec<usize> = tail.iter().flat_map(|&exchange| exchanges[exchange].iter().copied()).collect();
    for (entries, exchanges) in [(entries, older), (tail_entries, tail)] {
        let passes = [Level::Summary, Level::Sentence, Level::Keywords];
        let lower = passes.iter().flat_map(|&level| entries.iter().map(move |&entry| Step::Lower(entry, level)));
        for step in lower.chain(exchanges.into_iter().map(Step::Leave)) {
            if ladder.tokens <= u64::from(budget) {
                return ladder.levels;
            }
            ladder.take(step);
        }
    }
    ladder.levels
}

enum Step {
    /// An entry, to a level.
    Lower(usize, Level),
    /// An exchange, by number.
    Leave(usize),
}

struct Ladder<'a> {
    session: &'a Session,
    exchanges: &'a Exchanges,
    levels: Vec<Option<Level>>,
    tokens: u64,
}

impl<'a> Ladder<'a> {
    /// Everything live at the most that it may have.
    fn new(session: &'a Session, exchanges: &'a Exchanges) -> Ladder<'a> {
        let mut ladder = Ladder { session, exchanges, levels: vec![None; session.entries.len()], tokens: 0 };
        let whole = |members: &&Vec<usize>| members.iter().all(|&index| session.entries[index].is_live());
        for &index in exchanges.iter().filter(whole).flatten() {
            let entry = &session.entries[index];
            let most = match entry.state.held.by {
                HeldBy::Hand if !entry.state.pinned => entry.state.held.level,
                _ => Level::Full,
            };
            ladder.set(index, Some(most));
        }
        ladder
    }

    fn weight(&self, exchange: usize) -> f32 {
        let members = self.exchanges[exchange].iter().map(|&index| self.session.entries[index].importance());
        members.fold(0.0, f32::max)
    }

    fn take(&mut self, step: Step) {
        let pinned = |index: usize| self.session.entries[index].state.pinned;
        match step {
            Step::Lower(entry, level) if !pinned(entry) && self.levels[entry].is_some_and(|at| at < level) => {
                self.set(entry, Some(level));
            }
            Step::Leave(exchange) if !self.exchanges[exchange].iter().any(|&index| pinned(index)) => {
                self.exchanges[exchange].iter().for_each(|&index| self.set(index, None));
            }
            Step::Lower(..) | Step::Leave(_) => {}
        }
    }

    fn set(&mut self, index: usize, level: Option<Level>) {
        let cost = |level: Option<Level>| level.map_or(0, |level| u64::from(self.session.entries[index].cost(level)));
        self.tokens = self.tokens - cost(self.levels[index]) + cost(level);
        self.levels[index] = level;
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{
        model::{Entry, Fate, Held, Importance, Kind, SessionId},
        pack::strategy::tests::entry,
    };

    /// Entries of 100, 50, 20 and 10 tokens with these importances, the tail off.
    fn session(importances: &[f32]) -> Session {
        let mut session = Session::new(SessionId::new("haversack:ladder"));
        session.settings.preserve_recent = Some(0);
        session.entries = (1..).zip(importances).map(|(seq, &importance)| of(seq, importance)).collect();
        session
    }

    fn of(seq: u32, importance: f32) -> Entry {
        let mut entry = entry(seq, Kind::Message, "text");
        entry.state.importance = Importance::new(importance);
        Entry { costs: [100, 50, 20, 10], ..entry }
    }

    /// "FSsK-": a letter an entry.
    fn at(session: &Session, budget: u32) -> String {
        let levels = levels(session, PlanSettings::default(), budget);
        levels.iter().map(|level| level.map_or('-', Level::letter)).collect()
    }

    #[test]
    fn the_least_important_gives_way_first_one_level_a_pass() {
        let session = session(&[0.9, 0.2, 0.5]);
        let steps = [(300, "FFF"), (299, "FSF"), (249, "FSS"), (199, "SSS"), (149, "SsS"), (119, "Sss"), (89, "sss")];
        for (budget, expected) in steps {
            assert_eq!(at(&session, budget), expected, "{budget}");
        }
        for (budget, expected) in [(30, "KKK"), (29, "K-K"), (19, "K--"), (9, "---"), (0, "---")] {
            assert_eq!(at(&session, budget), expected, "{budget}");
        }
    }

    #[test]
    fn equal_importance_gives_way_in_order_of_sequence() {
        let session = session(&[0.5; 40]);
        assert_eq!(at(&session, 40 * 100 - 1), format!("S{}", "F".repeat(39)));
        assert_eq!(at(&session, 39 * 10), format!("-{}", "K".repeat(39)));
    }

    #[test]
    fn pins_hold_and_the_tail_gives_way_last() {
        let mut session = session(&[0.1, 0.9, 0.1, 0.1]);
        session.settings.preserve_recent = Some(2);
        session.entries[0].state.pinned = true;
        for (budget, expected) in
            [(400, "FFFF"), (350, "FSFF"), (310, "FKFF"), (309, "F-FF"), (299, "F-SF"), (120, "F-KK"), (110, "F--K")]
        {
            assert_eq!(at(&session, budget), expected, "{budget}");
        }
        assert_eq!(at(&session, 0), "F---", "the pin stays, whatever the budget");
    }

    #[test]
    fn exchanges_leave_whole_and_a_pins_partner_stays() {
        let mut session = session(&[0.1, 0.9, 0.5]);
        for index in [0, 1] {
            session.entries[index].kind = if index == 0 { Kind::Call } else { Kind::Result };
            session.entries[index].call_id = Some("a".into());
        }
        assert_eq!(at(&session, 20), "KK-", "the exchange is as important as its result");
        assert_eq!(at(&session, 19), "---");
        session.entries[1].state.pinned = true;
        assert_eq!(at(&session, 0), "KF-");
    }

    #[test]
    fn a_level_held_by_hand_is_the_most_and_what_is_out_stays_out() {
        let mut session = session(&[0.5, 0.5, 0.5]);
        session.entries[0].state.held = Held { level: Level::Sentence, by: HeldBy::Hand };
        session.entries[1].state.held = Held { level: Level::Keywords, by: HeldBy::Rule };
        session.entries[2].state.fate = Fate::Evicted;
        assert_eq!(at(&session, 1000), "sF-");
    }

    #[test]
    fn more_budget_never_lowers_a_level() {
        let session = session(&[0.3, 0.7, 0.7, 0.1, 0.9]);
        let all: Vec<_> = (0..=510).map(|budget| levels(&session, PlanSettings::default(), budget)).collect();
        let fullness = |level: Option<Level>| level.map_or(0, |level| 4 - level.index());
        for pair in all.windows(2) {
            let fuller = pair[0].iter().zip(&pair[1]).all(|(less, more)| fullness(*more) >= fullness(*less));
            assert!(fuller, "{pair:?}");
        }
    }
}
