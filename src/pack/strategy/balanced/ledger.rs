//! The numbers of a session, prepared so that any budget is a walk and any edit a cheap rebuild.

use std::{collections::HashMap, sync::Arc};

use super::units::{FactUnit, From, Step, Unit, density, push_step};
use crate::{
    facts::{Standing as InForce, standings},
    model::{EntryId, Exchanges, ExclusionReason, Fact, Fate, Kind, Session, Time},
    pack::{
        render,
        settings::PlanSettings,
        strategy::tail,
        value::{self, Standing},
    },
};

/// Everything `balanced` needs to know of a session. Reads only numbers and states; no text.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub exchanges: Arc<Exchanges>,
    /// Tokens of headings and constant text.
    pub frame: u32,
    /// Shared with the ledger after an edit, which makes few of them anew.
    pub units: Vec<Arc<Unit>>,
    /// By entry: its unit and its place there, or why no plan can carry it.
    pub place: Vec<Result<(usize, usize), ExclusionReason>>,
    /// Units forced in, in the order in which they are given room: pins (cheapest first, so that as many as possible
    /// are in), then the tail (opening prompt, then newest to oldest).
    pub forced: Vec<usize>,
    /// How many of `forced` are pins.
    pub pins: usize,
    /// By entry: where it stands in the pack, as the index of an entry; a summary stands where its first source stood.
    pub stands_at: Vec<usize>,
    /// By fact: what it costs and is worth, or why no plan can carry it; `None` for one not written yet at the time.
    pub facts: Vec<Option<Result<FactUnit, ExclusionReason>>>,
    /// Pinned facts in force, in the order in which they are given room: after the pins, cheapest first.
    pub pinned_facts: Vec<usize>,
    /// Every other step in the one fixed order.
    pub(super) steps: Vec<Ordered>,
    /// `sums[n]` = cost of the first n steps.
    pub(super) sums: Vec<u64>,
    /// `least[n]` = the cheapest cost among steps n…; ends every walk early.
    pub(super) least: Vec<u32>,
    pub(super) bound: super::bound::Bound,
    /// Value with everything in: what `kept` is a share of.
    pub total_value: f64,
    /// By index row: the index of its entry.
    pub row_entries: Vec<Option<usize>>,
    /// Index rows that may be shown, by entry: numbers into the session's `names`, in the order in which they come in.
    pub row_groups: Vec<Vec<usize>>,
}

/// A step in the fixed order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ordered {
    pub of: Of,
    /// Its place on its own ladder: it can be taken only when this many are.
    pub nth: u32,
    pub step: Step,
    pub(super) density: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Unit(usize),
    Fact(usize),
    /// The index rows of one entry.
    Rows(usize),
}

impl Ledger {
    pub fn new(session: &Session, settings: PlanSettings, as_of: Time) -> Ledger {
        let place_of = session.places(session.names.len());
        let rows = session.names.iter().map(|row| place_of(row.entry)).collect();
        Ledger::with(Arc::new(session.exchanges()), rows, session, settings, as_of, Before::Nothing)
    }

    /// The same after an edit that changed the states of these entries alone: what belongs together is known already, and
    /// what they do not touch is as it was.
    pub fn again(&self, session: &Session, settings: PlanSettings, as_of: Time, touched: &[EntryId]) -> Ledger {
        let place = session.places(touched.len());
        let mut changed = vec![false; self.exchanges.len()];
        for index in touched.iter().filter_map(|&id| place(id)) {
            changed[self.exchanges.number(index)] = true;
        }
        let before = Before::Known { ledger: self, changed };
        Ledger::with(self.exchanges.clone(), self.row_entries.clone(), session, settings, as_of, before)
    }

    fn with(
        exchanges: Arc<Exchanges>,
        row_entries: Vec<Option<usize>>,
        session: &Session,
        settings: PlanSettings,
        as_of: Time,
        before: Before,
    ) -> Ledger {
        let tail = tail::tail(session, &exchanges, settings);
        let mut place = vec![Err(ExclusionReason::Opaque); session.entries.len()];
        let mut units = Vec::with_capacity(exchanges.len());
        let mut unit_of = vec![None; exchanges.len()];
        for (number, members) in exchanges.iter().enumerate() {
            if let Some(reason) = members.iter().find_map(|&index| out(session, index)) {
                members.iter().for_each(|&index| place[index] = Err(out(session, index).unwrap_or(reason)));
                continue;
            }
            let standing = if tail.contains(&number) { Standing::Tail } else { Standing::Older };
            for (member, &index) in members.iter().enumerate() {
                place[index] = Ok((units.len(), member));
            }
            unit_of[number] = Some(units.len());
            let known = before.unit(number, members[0]).filter(|unit| unit.standing == standing);
            units.push(known.cloned().unwrap_or_else(|| Arc::new(Unit::new(session, members, standing))));
        }
        let is_pin = |unit: &usize| units[*unit].members.iter().any(|&index| session.entries[index].state.pinned);
        let mut forced: Vec<usize> = (0..units.len()).filter(is_pin).collect();
        forced.sort_by_key(|&unit| (units[unit].base_cost, units[unit].members[0]));
        let pins = forced.len();
        let tail_units = tail.iter().filter_map(|&exchange| unit_of[exchange]).filter(|unit| !is_pin(unit));
        forced.extend(tail_units.collect::<Vec<_>>());

        let facts = facts_in_force(session, as_of);
        let pinned = |fact: &usize| session.facts[*fact].pinned && matches!(facts[*fact], Some(Ok(_)));
        let mut pinned_facts: Vec<usize> = (0..facts.len()).filter(pinned).collect();
        pinned_facts.sort_by_key(|&fact| (session.facts[fact].cost, fact));

        let row_groups = row_groups(session, &row_entries);
        let mut is_forced = vec![false; units.len()];
        forced.iter().for_each(|&unit| is_forced[unit] = true);
        let mut steps: Vec<Ordered> = Vec::with_capacity(units.len() * 3 + row_groups.len());
        let mut ladder = Vec::with_capacity(8);
        for (number, unit) in units.iter().enumerate() {
            let from = if is_forced[number] { From::Base } else { From::Nothing };
            unit.steps_into(from, &mut ladder);
            push_ladder(&mut steps, Of::Unit(number), &ladder);
        }
        for (number, fact) in facts.iter().enumerate() {
            if let Some(Ok(unit)) = fact
                && !pinned_facts.contains(&number)
            {
                let step = Step { cost: unit.cost, value: unit.value, rises: 1 };
                push_ladder(&mut steps, Of::Fact(number), &[step]);
            }
        }
        for (number, group) in row_groups.iter().enumerate() {
            ladder.clear();
            for (done, &row) in group.iter().enumerate() {
                let row = &session.names[row];
                push_step(&mut ladder, Step { cost: row.cost, value: value::row(row.weight), rises: done + 1 });
            }
            push_ladder(&mut steps, Of::Rows(number), &ladder);
        }
        let steps = sort(steps, &units, &before);

        let mut sums = Vec::with_capacity(steps.len() + 1);
        sums.push(0);
        for ordered in &steps {
            sums.push(sums.last().expect("it starts with 0") + u64::from(ordered.step.cost));
        }
        let mut least = vec![u32::MAX; steps.len() + 1];
        for number in (0..steps.len()).rev() {
            least[number] = least[number + 1].min(steps[number].step.cost);
        }
        let fact_units: Vec<FactUnit> =
            pinned_facts.iter().filter_map(|&fact| facts[fact].and_then(Result::ok)).collect();
        let bound = super::bound::Bound::new(&units, &forced, pins, &fact_units, &steps);
        // Added up in the order in which a selection does it, so that everything in is exactly 1.
        let base = |unit: &usize| units[*unit].base_value;
        let pinned = forced[..pins].iter().map(base).chain(fact_units.iter().map(|fact| fact.value));
        let forced_value: f64 = pinned.chain(forced[pins..].iter().map(base)).sum();
        let total_value = steps.iter().fold(forced_value, |sum, ordered| sum + ordered.step.value);
        Ledger {
            exchanges,
            frame: render::frame_tokens(settings.encoding),
            units,
            place,
            forced,
            pins,
            stands_at: stands_at(session),
            facts,
            pinned_facts,
            steps,
            sums,
            least,
            bound,
            total_value,
            row_entries,
            row_groups,
        }
    }
}

/// What a ledger is made from besides the session.
enum Before<'a> {
    Nothing,
    /// `changed`: by exchange.
    Known {
        ledger: &'a Ledger,
        changed: Vec<bool>,
    },
}

impl Before<'_> {
    /// The unit of an exchange that no edit has touched; `first`: its first entry.
    fn unit(&self, exchange: usize, first: usize) -> Option<&Arc<Unit>> {
        match self {
            Before::Known { ledger, changed } if !changed[exchange] => {
                ledger.place[first].ok().map(|(unit, _)| &ledger.units[unit])
            }
            _ => None,
        }
    }
}

impl Ledger {
    /// A fact in force.
    pub fn fact(&self, fact: usize) -> Option<FactUnit> {
        self.facts[fact].and_then(Result::ok)
    }
}

/// A summary of many stands where the first of its sources stood, and so on down to entries that were said.
fn stands_at(session: &Session) -> Vec<usize> {
    let mut at: Vec<usize> = (0..session.entries.len()).collect();
    let made = session.entries.iter().enumerate().filter_map(|(index, entry)| Some((index, entry.made.as_ref()?)));
    for (index, made) in made {
        let place = session.places(made.sources.len());
        // Sources come before what is made of them, so theirs is known.
        at[index] =
            made.sources.iter().filter_map(|&source| place(source)).map(|source| at[source]).min().unwrap_or(index);
    }
    at
}

/// The index rows of each live entry, in the index's order.
fn row_groups(session: &Session, row_entries: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut group_of: HashMap<usize, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (number, entry) in row_entries.iter().enumerate() {
        let Some(entry) = entry.filter(|&index| session.entries[index].is_live()) else { continue };
        let group = *group_of.entry(entry).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(number);
    }
    groups
}

fn facts_in_force(session: &Session, as_of: Time) -> Vec<Option<Result<FactUnit, ExclusionReason>>> {
    let unit = |(fact, standing): (&Fact, InForce)| {
        Some(match standing {
            InForce::NotYet => return None,
            InForce::Active => Ok(FactUnit { cost: fact.cost, value: value::fact(fact) }),
            InForce::Expired | InForce::Removed => Err(ExclusionReason::Expired),
            InForce::Superseded { .. } => Err(ExclusionReason::Superseded),
            InForce::RejectedLowerTrust { .. } => Err(ExclusionReason::RejectedLowerTrust),
            InForce::RejectedStale { .. } => Err(ExclusionReason::RejectedStale),
        })
    };
    session.facts.iter().zip(standings(&session.facts, as_of)).map(unit).collect()
}

/// Why no plan can carry an entry, if so.
fn out(session: &Session, index: usize) -> Option<ExclusionReason> {
    let entry = &session.entries[index];
    match entry.state.fate {
        _ if matches!(entry.kind, Kind::Boundary | Kind::Opaque) => Some(ExclusionReason::Opaque),
        Fate::Live => None,
        Fate::Evicted => Some(ExclusionReason::Evicted),
        Fate::Superseded { .. } => Some(ExclusionReason::Superseded),
        Fate::Archived => Some(ExclusionReason::Archived),
    }
}

pub(super) fn push_ladder(steps: &mut Vec<Ordered>, of: Of, ladder: &[Step]) {
    let mut ceiling = f64::INFINITY;
    for (nth, step) in ladder.iter().enumerate() {
        // Rounding must not put a step before its predecessor.
        ceiling = ceiling.min(density(step.cost, step.value));
        steps.push(Ordered { of, nth: nth as u32, step: *step, density: ceiling });
    }
}

/// The one fixed order: value per token; where that ties, the order in which ladders were pushed (entries by sequence,
/// then index rows).
fn sort(steps: Vec<Ordered>, units: &[Arc<Unit>], before: &Before) -> Vec<Ordered> {
    // Densities are positive, so their bits sort as they do; sorting small keys moves an eighth of the bytes.
    let key = |number: u32| (!steps[number as usize].density.to_bits(), number);
    let mut keys: Vec<(u64, u32)> = Vec::with_capacity(steps.len());
    let Before::Known { ledger, .. } = before else {
        keys.extend((0..steps.len() as u32).map(key));
        keys.sort_unstable();
        return keys.into_iter().map(|(_, number)| steps[number as usize]).collect();
    };
    // In the order of before nearly all stand right already, which a stable sort finds out in one pass.
    let first = |units: &[Arc<Unit>]| units.iter().map(|unit| unit.members[0]).collect::<Vec<usize>>();
    let (first_now, first_before) = (first(units), first(&ledger.units));
    let mut ladders = vec![0..0; ledger.place.len()];
    let mut others = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let number = number as u32;
        match step.of {
            Of::Unit(unit) if step.nth == 0 => ladders[first_now[unit]] = number..number + 1,
            Of::Unit(unit) => ladders[first_now[unit]].end = number + 1,
            _ => others.push(number),
        }
    }
    for step in &ledger.steps {
        if let Of::Unit(unit) = step.of {
            keys.extend(ladders[first_before[unit]].next().map(key));
        }
    }
    keys.extend(ladders.into_iter().flatten().chain(others).map(key));
    keys.sort();
    keys.into_iter().map(|(_, number)| steps[number as usize]).collect()
}
