//! The numbers of a session, prepared so that any budget is a walk and an edit changes only what it touches.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    bound::Bound,
    order::{Of, Order, Ordered, push_ladder},
    units::{FactUnit, From, Step, Unit, push_step},
};
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
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    pub exchanges: Arc<Exchanges>,
    /// Tokens of headings and constant text.
    pub frame: u32,
    /// By exchange; one that no plan can carry has no members here.
    pub units: Vec<Arc<Unit>>,
    /// By entry: its unit and its place there, or why no plan can carry it.
    pub place: Vec<Result<(usize, usize), ExclusionReason>>,
    /// Units forced in, in the order in which they are given room: pins (cheapest first, so that as many as possible
    /// are in), then the tail (opening prompt, then newest to oldest).
    pub forced: Vec<usize>,
    /// How many of `forced` are pins.
    pub pins: usize,
    /// By entry: where it stands in the pack, as the index of an entry; a summary stands where its first source stood.
    pub stands_at: Arc<[usize]>,
    /// By fact: what it costs and is worth, or why no plan can carry it; `None` for one not written yet at the time.
    pub facts: Vec<Option<Result<FactUnit, ExclusionReason>>>,
    /// Pinned facts in force, in the order in which they are given room: after the pins, cheapest first.
    pub pinned_facts: Vec<usize>,
    /// Every other step in the one fixed order.
    pub(super) steps: Order,
    pub(super) bound: Bound,
    /// Value with everything in: what `kept` is a share of.
    pub total_value: f64,
    /// By index row: the index of its entry.
    pub row_entries: Arc<[Option<usize>]>,
    /// Index rows that may be shown, by entry: numbers into the session's `names`, in the order in which they come in.
    /// None where the entry is out.
    pub row_groups: Vec<Vec<usize>>,
    all_rows: Arc<AllRows>,
    /// Units with a pin in them.
    pinned: BTreeSet<usize>,
    /// Exchanges of the tail, in the order in which they are given room.
    tail: Vec<usize>,
}

impl Ledger {
    pub fn new(session: &Session, settings: PlanSettings, as_of: Time) -> Ledger {
        let exchanges = Arc::new(session.exchanges());
        let row_entries: Arc<[Option<usize>]> = session.names.iter().map(|row| session.index_of(row.entry)).collect();
        let all_rows = Arc::new(AllRows::new(&row_entries));
        let nothing = Arc::new(Unit::nothing());
        let mut ledger = Ledger {
            frame: render::frame_tokens(settings.encoding),
            units: vec![nothing; exchanges.len()],
            place: vec![Err(ExclusionReason::Opaque); session.entries.len()],
            forced: Vec::new(),
            pins: 0,
            stands_at: stands_at(session),
            facts: facts_in_force(session, as_of),
            pinned_facts: Vec::new(),
            steps: Order::default(),
            bound: Bound::default(),
            total_value: 0.0,
            row_groups: vec![Vec::new(); all_rows.groups.len()],
            all_rows,
            row_entries,
            pinned: BTreeSet::new(),
            tail: tail::tail(session, &exchanges, settings),
            exchanges,
        };
        let mut steps = Vec::with_capacity(ledger.units.len() * 3 + ledger.row_groups.len());
        for number in 0..ledger.units.len() {
            ledger.take_unit(session, number);
            ledger.push_unit(number, &mut steps);
        }
        ledger.pinned_facts = ledger.pinned_facts(session);
        ledger.push_facts(&mut steps);
        for group in 0..ledger.row_groups.len() {
            ledger.take_rows(session, group);
            ledger.push_rows(session, group, &mut steps);
        }
        ledger.steps = Order::new(steps);
        ledger.settle();
        ledger
    }

    /// Takes in an edit that changed the states of these entries alone, and any facts: what the edit does not touch is as
    /// it was.
    pub fn update(&mut self, session: &Session, settings: PlanSettings, as_of: Time, touched: &[EntryId]) {
        let touched: Vec<usize> = touched.iter().filter_map(|&id| session.index_of(id)).collect();
        let tail = tail::tail(session, &self.exchanges, settings);
        let in_one = |&&exchange: &&usize| tail.contains(&exchange) != self.tail.contains(&exchange);
        let moved = tail.iter().chain(&self.tail).filter(in_one).copied();
        let changed: BTreeSet<usize> = touched.iter().map(|&index| self.exchanges.number(index)).chain(moved).collect();
        let groups: BTreeSet<usize> =
            touched.iter().filter_map(|index| self.all_rows.group_of.get(index).copied()).collect();

        let (mut gone, mut come) = (Vec::new(), Vec::new());
        changed.iter().for_each(|&number| self.push_unit(number, &mut gone));
        groups.iter().for_each(|&group| self.push_rows(session, group, &mut gone));
        self.tail = tail;
        changed.iter().for_each(|&number| self.take_unit(session, number));
        changed.iter().for_each(|&number| self.push_unit(number, &mut come));
        groups.iter().for_each(|&group| self.take_rows(session, group));
        groups.iter().for_each(|&group| self.push_rows(session, group, &mut come));

        let facts = facts_in_force(session, as_of);
        self.push_facts(&mut gone);
        self.facts = facts;
        self.pinned_facts = self.pinned_facts(session);
        self.push_facts(&mut come);
        self.steps.replace(gone, come);
        self.settle();
    }

    /// Makes the unit of an exchange as its entries are now.
    fn take_unit(&mut self, session: &Session, number: usize) {
        let exchanges = self.exchanges.clone();
        let members = &exchanges[number];
        self.pinned.remove(&number);
        if let Some(reason) = members.iter().find_map(|&index| out(session, index)) {
            members.iter().for_each(|&index| self.place[index] = Err(out(session, index).unwrap_or(reason)));
            self.units[number] = Arc::new(Unit::nothing());
            return;
        }
        for (member, &index) in members.iter().enumerate() {
            self.place[index] = Ok((number, member));
        }
        if members.iter().any(|&index| session.entries[index].state.pinned) {
            self.pinned.insert(number);
        }
        let standing = if self.tail.contains(&number) { Standing::Tail } else { Standing::Older };
        self.units[number] = Arc::new(Unit::new(session, members, standing));
    }

    /// Shows the index rows of an entry, or none where it is out.
    fn take_rows(&mut self, session: &Session, group: usize) {
        let (entry, rows) = &self.all_rows.groups[group];
        self.row_groups[group] = if session.entries[*entry].is_live() { rows.clone() } else { Vec::new() };
    }

    fn push_unit(&self, number: usize, steps: &mut Vec<Ordered>) {
        let unit = &self.units[number];
        if unit.is_nothing() {
            return;
        }
        let is_forced = unit.standing == Standing::Tail || self.pinned.contains(&number);
        let mut ladder = Vec::with_capacity(8);
        unit.steps_into(if is_forced { From::Base } else { From::Nothing }, &mut ladder);
        push_ladder(steps, Of::Unit(number), &ladder);
    }

    fn push_facts(&self, steps: &mut Vec<Ordered>) {
        for (number, fact) in self.facts.iter().enumerate() {
            if let Some(Ok(unit)) = fact
                && !self.pinned_facts.contains(&number)
            {
                let step = Step { cost: unit.cost, value: unit.value, rises: 1 };
                push_ladder(steps, Of::Fact(number), &[step]);
            }
        }
    }

    fn push_rows(&self, session: &Session, group: usize, steps: &mut Vec<Ordered>) {
        let mut ladder = Vec::with_capacity(8);
        for (done, &row) in self.row_groups[group].iter().enumerate() {
            let row = &session.names[row];
            push_step(&mut ladder, Step { cost: row.cost, value: value::row(row.weight), rises: done + 1 });
        }
        push_ladder(steps, Of::Rows(group), &ladder);
    }

    fn pinned_facts(&self, session: &Session) -> Vec<usize> {
        let pinned = |fact: &usize| session.facts[*fact].pinned && self.fact(*fact).is_some();
        let mut pinned: Vec<usize> = (0..self.facts.len()).filter(pinned).collect();
        pinned.sort_by_key(|&fact| (session.facts[fact].cost, fact));
        pinned
    }

    /// What all units together make: which are forced in, and the sums over everything.
    fn settle(&mut self) {
        self.forced = self.pinned.iter().copied().collect();
        self.forced.sort_by_key(|&unit| (self.units[unit].base_cost, self.units[unit].members[0]));
        self.pins = self.forced.len();
        let units = &self.units;
        let tail = self.tail.iter().copied();
        self.forced.extend(tail.filter(|unit| !units[*unit].is_nothing() && !self.pinned.contains(unit)));
        let facts: Vec<FactUnit> = self.pinned_facts.iter().filter_map(|&fact| self.fact(fact)).collect();
        self.bound = Bound::new(&self.units, &self.forced, self.pins, &facts);
        // Added up in the order in which a selection does it, so that everything in is exactly 1.
        let base = |unit: &usize| self.units[*unit].base_value;
        let pinned = self.forced[..self.pins].iter().map(base).chain(facts.iter().map(|fact| fact.value));
        let forced_value: f64 = pinned.chain(self.forced[self.pins..].iter().map(base)).sum();
        self.total_value = self.steps.values().iter().fold(forced_value, |sum, value| sum + value);
    }

    /// A fact in force.
    pub fn fact(&self, fact: usize) -> Option<FactUnit> {
        self.facts[fact].and_then(Result::ok)
    }
}

/// A summary of many stands where the first of its sources stood, and so on down to entries that were said.
fn stands_at(session: &Session) -> Arc<[usize]> {
    let mut at: Vec<usize> = (0..session.entries.len()).collect();
    let made = session.entries.iter().enumerate().filter_map(|(index, entry)| Some((index, entry.made.as_ref()?)));
    for (index, made) in made {
        // Sources come before what is made of them, so theirs is known.
        let sources = made.sources.iter().filter_map(|&source| session.index_of(source));
        at[index] = sources.map(|source| at[source]).min().unwrap_or(index);
    }
    at.into()
}

/// The index rows of every entry that has some, whether it is out or not.
#[derive(Debug, PartialEq)]
struct AllRows {
    /// Entries with the numbers of their rows, in the index's order.
    groups: Vec<(usize, Vec<usize>)>,
    /// By entry.
    group_of: HashMap<usize, usize>,
}

impl AllRows {
    fn new(row_entries: &[Option<usize>]) -> AllRows {
        let (mut groups, mut group_of) = (Vec::new(), HashMap::new());
        for (number, entry) in row_entries.iter().enumerate() {
            let Some(entry) = *entry else { continue };
            let group = *group_of.entry(entry).or_insert_with(|| {
                groups.push((entry, Vec::new()));
                groups.len() - 1
            });
            groups[group].1.push(number);
        }
        AllRows { groups, group_of }
    }
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
