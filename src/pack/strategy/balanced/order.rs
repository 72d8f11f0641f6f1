//! The one fixed order of steps: by value per token; where that ties, entries by sequence, then facts, then index rows.
//! Columns beside each other, so that a walk reads only what it needs of each step.

use std::ops::Range;

use super::units::{Step, density};

/// A step in the fixed order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ordered {
    pub of: Of,
    /// Its place on its own ladder: it can be taken only when this many are.
    pub nth: u32,
    pub step: Step,
    pub(super) density: f64,
}

/// Whose step it is, by number. In this order where value per token ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    Unit(usize),
    Fact(usize),
    /// The index rows of one entry.
    Rows(usize),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Order {
    of: Vec<Owner>,
    nth: Vec<u32>,
    rises: Vec<u32>,
    costs: Vec<u32>,
    values: Vec<f64>,
    densities: Vec<f64>,
    /// `sums[n]` = cost of the first n steps.
    sums: Vec<u64>,
    /// By stretch of so many steps: the cheapest of them, so that a walk passes over the others at once.
    least: Vec<u32>,
}

const STRETCH: usize = 64;

/// An [`Of`] in four bytes that sort as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Owner(u32);

/// Where a step stands among the others.
type Key = (u64, Owner, u32);

impl Order {
    pub fn new(mut steps: Vec<Ordered>) -> Order {
        // Sorting small keys moves an eighth of the bytes.
        let mut keys: Vec<(Key, u32)> = steps.iter().zip(0..).map(|(step, at)| (step.key(), at)).collect();
        keys.sort_unstable();
        let mut order = Order::with_room(steps.len());
        keys.into_iter().for_each(|(_, at)| order.push(steps[at as usize]));
        steps.clear();
        order.add_up(0);
        order
    }

    fn with_room(steps: usize) -> Order {
        Order {
            of: Vec::with_capacity(steps),
            nth: Vec::with_capacity(steps),
            rises: Vec::with_capacity(steps),
            costs: Vec::with_capacity(steps),
            values: Vec::with_capacity(steps),
            densities: Vec::with_capacity(steps),
            ..Order::default()
        }
    }

    /// Takes steps out, which must all be in, and puts others in. What stands before the first and after the last of them
    /// is not looked at, save for the sums.
    pub fn replace(&mut self, mut gone: Vec<Ordered>, mut come: Vec<Ordered>) {
        gone.sort_unstable_by_key(Ordered::key);
        come.sort_unstable_by_key(Ordered::key);
        let ends =
            |of: fn(&[Ordered]) -> Option<&Ordered>| [of(&gone), of(&come)].into_iter().flatten().map(Ordered::key);
        let (Some(first), Some(last)) = (ends(<[_]>::first).min(), ends(<[_]>::last).max()) else { return };
        let (from, to) = (self.place(first), self.place((last.0, last.1, last.2 + 1)));
        let mut middle = Order::with_room(to - from + come.len());
        let mut gone = gone.iter().map(Ordered::key).peekable();
        let mut come = come.into_iter().peekable();
        for at in from..to {
            let key = self.key(at);
            while let Some(next) = come.next_if(|step| step.key() < key) {
                middle.push(next);
            }
            if gone.next_if_eq(&key).is_none() {
                middle.push(self.get(at));
            }
        }
        debug_assert!(gone.peek().is_none(), "what goes was there");
        come.for_each(|step| middle.push(step));
        drop(self.of.splice(from..to, middle.of));
        drop(self.nth.splice(from..to, middle.nth));
        drop(self.rises.splice(from..to, middle.rises));
        drop(self.costs.splice(from..to, middle.costs));
        drop(self.values.splice(from..to, middle.values));
        drop(self.densities.splice(from..to, middle.densities));
        self.add_up(from);
    }

    pub fn len(&self) -> usize {
        self.costs.len()
    }

    pub fn get(&self, at: usize) -> Ordered {
        let step = Step { cost: self.costs[at], value: self.values[at], rises: self.rises[at] as usize };
        Ordered { of: self.of[at].of(), nth: self.nth[at], step, density: self.densities[at] }
    }

    pub fn iter(&self) -> impl Iterator<Item = Ordered> {
        (0..self.len()).map(|at| self.get(at))
    }

    pub fn cost(&self, at: usize) -> u32 {
        self.costs[at]
    }

    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// What the first `steps` cost together.
    pub fn sum(&self, steps: usize) -> u64 {
        self.sums[steps]
    }

    /// How many steps so many tokens buy, one after the other.
    pub fn prefix(&self, tokens: u64) -> usize {
        self.sums.partition_point(|&sum| sum <= tokens) - 1
    }

    /// The first of these steps that costs no more than this.
    pub fn next_within(&self, steps: Range<usize>, most: u32) -> Option<usize> {
        let mut at = steps.start;
        while at < steps.end {
            if at.is_multiple_of(STRETCH) && self.least[at / STRETCH] > most {
                at += STRETCH;
            } else if self.costs[at] <= most {
                return Some(at);
            } else {
                at += 1;
            }
        }
        None
    }

    /// Whether the step before this one on its ladder is among these; one that is the first has none.
    pub fn follows_one_of(&self, at: usize, steps: Range<usize>) -> bool {
        let Some(before) = self.nth[at].checked_sub(1) else { return false };
        let owner = self.of[at];
        steps.rev().any(|other| self.of[other] == owner && self.nth[other] == before)
    }

    /// Where a ladder begins.
    pub fn first_of(&self, of: Of) -> Option<usize> {
        let owner = Owner::from(of);
        (0..self.len()).find(|&at| self.of[at] == owner && self.nth[at] == 0)
    }

    fn push(&mut self, step: Ordered) {
        self.of.push(step.of.into());
        self.nth.push(step.nth);
        self.rises.push(step.step.rises as u32);
        self.costs.push(step.step.cost);
        self.values.push(step.step.value);
        self.densities.push(step.density);
    }

    fn key(&self, at: usize) -> Key {
        (!self.densities[at].to_bits(), self.of[at], self.nth[at])
    }

    /// How many steps stand before a key.
    fn place(&self, key: Key) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.key(middle) < key { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Sums from a step on; those before it are as they were.
    fn add_up(&mut self, from: usize) {
        self.sums.truncate(from + 1);
        self.sums.reserve((self.len() + 1).saturating_sub(self.sums.len()));
        if self.sums.is_empty() {
            self.sums.push(0);
        }
        let mut sum = self.sums[from];
        self.sums.extend(self.costs[from..].iter().map(|&cost| {
            sum += u64::from(cost);
            sum
        }));
        let least = |stretch: &[u32]| stretch.iter().copied().min().unwrap_or(u32::MAX);
        self.least.truncate(from / STRETCH);
        self.least.extend(self.costs[from / STRETCH * STRETCH..].chunks(STRETCH).map(least));
    }
}

impl Ordered {
    /// Densities are not negative, so their bits sort as they do.
    fn key(&self) -> Key {
        (!self.density.to_bits(), self.of.into(), self.nth)
    }
}

impl From<Of> for Owner {
    fn from(of: Of) -> Owner {
        let (class, number) = match of {
            Of::Unit(unit) => (0, unit),
            Of::Fact(fact) => (1, fact),
            Of::Rows(group) => (2, group),
        };
        Owner(class << CLASS | number as u32)
    }
}

/// Bits of a number; a session holds fewer entries than that.
const CLASS: u32 = 30;

impl Owner {
    fn of(self) -> Of {
        let number = (self.0 & ((1 << CLASS) - 1)) as usize;
        match self.0 >> CLASS {
            0 => Of::Unit(number),
            1 => Of::Fact(number),
            _ => Of::Rows(number),
        }
    }
}

/// Adds the steps of a ladder.
pub(super) fn push_ladder(steps: &mut Vec<Ordered>, of: Of, ladder: &[Step]) {
    let mut ceiling = f64::INFINITY;
    for (nth, step) in ladder.iter().enumerate() {
        // Rounding must not put a step before its predecessor.
        ceiling = ceiling.min(density(step.cost, step.value));
        steps.push(Ordered { of, nth: nth as u32, step: *step, density: ceiling });
    }
}
