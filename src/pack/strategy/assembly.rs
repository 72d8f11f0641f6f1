//! A plan put together piece by piece: what the simulated strategies have in common.
//!
//! What must be in goes first, as in every strategy: pins at full, pinned facts, the tail at its deepest level. While one
//! of these does not fit, nothing else enters.

use std::{cmp::Reverse, collections::HashMap};

use super::{
    Given,
    balanced::{self, Of},
};
use crate::{
    model::{ExclusionReason, Kind, Level, Overflow},
    pack::{
        chosen::{Chosen, Contents, Folded, lay},
        price, value,
    },
};

pub struct Assembly<'a> {
    given: &'a Given<'a>,
    budget: u32,
    frame: u32,
    left: u32,
    /// By unit: how it is carried.
    carried: Vec<Carried>,
    held: HashMap<usize, Vec<Level>>,
    facts: Vec<usize>,
    stripped: Vec<(usize, u32)>,
    folded: Vec<Folded>,
    overflow: Vec<Overflow>,
    whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    Out,
    /// At its deepest levels; pins are at full there.
    Base,
    Full,
    /// Calls at full, results as a note of their loss.
    Stripped,
    /// At the levels in `held`.
    Held,
}

impl<'a> Assembly<'a> {
    pub fn new(given: &'a Given<'a>, budget: u32) -> Self {
        let ledger = given.ledger;
        let whole = budget >= ledger.frame;
        let mut assembly = Assembly {
            given,
            budget,
            frame: if whole { ledger.frame } else { 0 },
            left: budget.saturating_sub(ledger.frame),
            carried: vec![Carried::Out; ledger.units.len()],
            held: HashMap::new(),
            facts: Vec::new(),
            stripped: Vec::new(),
            folded: Vec::new(),
            overflow: Vec::new(),
            whole,
        };
        let tail = &ledger.forced[ledger.pins..];
        for (of, cost) in ledger.forced_costs() {
            if !assembly.whole || cost > assembly.left {
                assembly.whole = false;
                if !matches!(of, Of::Unit(unit) if tail.contains(&unit)) {
                    assembly.overflow.extend(balanced::overflow(given.session, ledger, of));
                }
                continue;
            }
            assembly.left -= cost;
            match of {
                Of::Unit(unit) => assembly.carried[unit] = Carried::Base,
                Of::Fact(fact) => assembly.facts.push(fact),
                Of::Rows(_) => {}
            }
        }
        assembly
    }

    /// Whether all that must be in is in.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    pub fn left(&self) -> u32 {
        self.left
    }

    /// Units that can be carried and are no pins, by their place in the session.
    pub fn units(&self) -> Vec<usize> {
        let mut pins = self.given.ledger.forced[..self.given.ledger.pins].to_vec();
        pins.sort_unstable();
        let units = self.given.ledger.units.iter().enumerate().filter(|(_, unit)| !unit.is_nothing());
        units.map(|(number, _)| number).filter(|unit| pins.binary_search(unit).is_err()).collect()
    }

    /// What a unit costs at full.
    pub fn whole_cost(&self, unit: usize) -> u32 {
        let parts = &self.given.ledger.units[unit];
        parts.base_cost + parts.rises.iter().map(|rise| rise.cost).sum::<u32>()
    }

    /// What is to be paid to have a unit at full, its deepest levels paid for already or not.
    pub fn full_cost(&self, unit: usize) -> u32 {
        match self.carried[unit] {
            Carried::Out => self.whole_cost(unit),
            Carried::Base => self.whole_cost(unit) - self.given.ledger.units[unit].base_cost,
            Carried::Full | Carried::Stripped | Carried::Held => 0,
        }
    }

    /// Takes a unit in at full. False, and nothing changes, where it does not fit.
    pub fn carry(&mut self, unit: usize) -> bool {
        let cost = self.full_cost(unit);
        let fits = cost <= self.left;
        if fits {
            self.left -= cost;
            self.carried[unit] = Carried::Full;
        }
        fits
    }

    /// Takes a unit in at these levels, one a member. False, and nothing changes, where it does not fit.
    pub fn hold(&mut self, unit: usize, levels: Vec<Level>) -> bool {
        let (session, parts) = (self.given.session, &self.given.ledger.units[unit]);
        let costs = parts.members.iter().zip(&levels).map(|(&index, &level)| session.entries[index].cost(level));
        let paid = if self.carried[unit] == Carried::Base { parts.base_cost } else { 0 };
        let cost = costs.sum::<u32>().saturating_sub(paid);
        let fits = cost <= self.left;
        if fits {
            self.left -= cost;
            self.carried[unit] = Carried::Held;
            // The level whose text it is, but never more than a hand allows.
            let most = parts.levels(parts.rises.len());
            let levels = parts.members.iter().zip(levels).zip(most);
            let shown = levels.map(|((&index, level), most)| session.entries[index].effective_level(level).max(most));
            self.held.insert(unit, shown.collect());
        }
        fits
    }

    /// What the pins and the tail cost that are in already.
    pub fn forced_entries(&self) -> u32 {
        let ledger = self.given.ledger;
        ledger.forced.iter().map(|&unit| ledger.units[unit].base_cost).sum()
    }

    /// What a unit costs with its tool outputs replaced by notes of their loss; as much as in full where that saves
    /// nothing. Only for units that are not in yet.
    pub fn stripped_cost(&self, unit: usize) -> u32 {
        let notes = self.notes(unit);
        let full = self.full_cost(unit);
        if notes.is_empty() || self.carried[unit] != Carried::Out {
            return full;
        }
        notes.iter().fold(full, |cost, &(index, note)| cost - self.at_full(unit, index) + note)
    }

    /// Takes a unit in with its tool outputs replaced by notes of their loss.
    pub fn strip(&mut self, unit: usize) -> bool {
        let cost = self.stripped_cost(unit);
        if cost == self.full_cost(unit) {
            return self.carry(unit);
        }
        let fits = cost <= self.left;
        if fits {
            self.left -= cost;
            self.carried[unit] = Carried::Stripped;
            let notes = self.notes(unit);
            self.stripped.extend(notes);
        }
        fits
    }

    /// The results of a unit that a note is cheaper than, with its cost.
    fn notes(&self, unit: usize) -> Vec<(usize, u32)> {
        let session = self.given.session;
        let results = self.given.ledger.units[unit].members.iter().copied();
        let results = results.filter(|&index| session.entries[index].kind == Kind::Result);
        let priced =
            results.map(|index| (index, self.given.texts.count(&price::stripped_text(&session.entries[index]))));
        priced.filter(|&(index, note)| note < self.at_full(unit, index)).collect()
    }

    /// The cost of a member where its unit is at full: a hand-held level is the most that a plan shows.
    fn at_full(&self, unit: usize, index: usize) -> u32 {
        let parts = &self.given.ledger.units[unit];
        let levels = parts.levels(parts.rises.len());
        let member = parts.members.iter().position(|&other| other == index).expect("the entry is of this unit");
        self.given.session.entries[index].cost(levels[member])
    }

    /// Takes the facts in force, the most trusted and newest first, for so many tokens; what does not fit is passed over.
    pub fn take_facts(&mut self, tokens: u32) {
        let mut room = tokens.min(self.left);
        for fact in self.unpinned_facts() {
            let cost = self.given.session.facts[fact].cost;
            if cost <= room {
                room -= cost;
                self.left -= cost;
                self.facts.push(fact);
            }
        }
    }

    /// Takes facts for at most so many tokens, the most trusted and newest first, up to the first that does not fit; gives
    /// what they cost.
    pub fn take_facts_in_order(&mut self, tokens: u32) -> u32 {
        let before = self.left;
        for fact in self.unpinned_facts() {
            let cost = self.given.session.facts[fact].cost;
            if before - self.left + cost > tokens || cost > self.left {
                break;
            }
            self.left -= cost;
            self.facts.push(fact);
        }
        before - self.left
    }

    /// Facts in force that are not pinned, the most trusted and newest first.
    fn unpinned_facts(&self) -> Vec<usize> {
        let (facts, ledger) = (&self.given.session.facts, self.given.ledger);
        let in_force = |fact: &usize| ledger.fact(*fact).is_some() && !ledger.pinned_facts.contains(fact);
        let mut found: Vec<usize> = (0..facts.len()).filter(in_force).collect();
        found.sort_by_key(|&fact| Reverse((facts[fact].trust, facts[fact].at, fact)));
        found
    }

    /// Adds a text that stands for these entries. False, and nothing changes, where it does not fit.
    pub fn fold(&mut self, text: String, covers: Vec<usize>) -> bool {
        let tokens = self.given.texts.count(&text);
        let fits = tokens <= self.left;
        if fits {
            self.left -= tokens;
            self.folded.push(Folded { text, covers, tokens });
        }
        fits
    }

    /// Whether a unit is in, at whatever level.
    pub fn holds(&self, unit: usize) -> bool {
        self.carried[unit] != Carried::Out
    }

    /// The plan; what is not in and could be is so for this reason, by unit. What a folded text covers is folded.
    pub fn finish(mut self, reason: impl Fn(usize) -> ExclusionReason, notes: Vec<String>) -> Chosen {
        let (session, ledger) = (self.given.session, self.given.ledger);
        self.stripped.sort_unstable();
        self.facts.sort_unstable();
        let mut levels: Vec<Option<Level>> = vec![None; session.entries.len()];
        for (number, (unit, carried)) in ledger.units.iter().zip(&self.carried).enumerate() {
            let at = match carried {
                Carried::Out => continue,
                Carried::Base => unit.levels(0),
                Carried::Full | Carried::Stripped => unit.levels(unit.rises.len()),
                Carried::Held => self.held.remove(&number).unwrap_or_default(),
            };
            for (&index, level) in unit.members.iter().zip(at) {
                levels[index] = Some(level);
            }
        }
        for &(index, _) in &self.stripped {
            levels[index] = Some(Level::Keywords);
        }
        let mut folded = vec![false; session.entries.len()];
        self.folded.iter().flat_map(|text| &text.covers).for_each(|&index| folded[index] = true);
        let out = ledger.place.iter().enumerate().map(|(index, place)| match place {
            Err(reason) => Some(*reason),
            Ok(_) if levels[index].is_some() => None,
            Ok(_) if folded[index] => Some(ExclusionReason::Folded),
            Ok((unit, _)) => Some(reason(*unit)),
        });
        let out = out.collect();
        let worth = |(index, level): (usize, &Option<Level>)| {
            let (unit, _) = ledger.place[index].ok()?;
            Some(value::weight(&session.entries[index], ledger.units[unit].standing) * value::fidelity((*level)?))
        };
        let facts_value = value::sum(self.facts.iter().filter_map(|&fact| ledger.fact(fact)).map(|fact| fact.value));
        let value = value::sum(levels.iter().enumerate().filter_map(worth)) + facts_value;
        let pieces = lay(&Contents {
            session,
            ledger,
            frame: self.frame,
            levels: &levels,
            stripped: &self.stripped,
            facts: &balanced::ordered(session, &self.facts),
            folded: &self.folded,
            rows: &[],
        });
        Chosen {
            budget: self.budget,
            used: if self.frame > 0 { self.budget - self.left } else { 0 },
            frame: self.frame,
            value,
            kept: ledger.share(value),
            bound: None,
            levels,
            out,
            facts_out: balanced::facts_out(ledger, &self.facts),
            overflow: self.overflow,
            pieces,
            folded: self.folded,
            notes,
        }
    }
}
