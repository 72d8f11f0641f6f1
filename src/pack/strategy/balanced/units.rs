//! What can be taken as one: exchanges as ladders of steps from nothing to full.

use crate::{
    model::{Entry, HeldBy, Level, Session},
    pack::value::{self, Standing},
};

/// A fact in force: it is in or out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactUnit {
    pub cost: u32,
    pub value: f64,
}

/// An exchange (or lone entry) as a ladder.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Indices into the session's entries, ascending.
    pub members: Vec<usize>,
    pub standing: Standing,
    /// The levels at which the members come in: pinned ones at full, the others at their deepest.
    pub base: Vec<Level>,
    pub base_cost: u32,
    pub base_value: f64,
    /// Single rises after the base, by falling value per token: member position, new level.
    pub rises: Vec<Rise>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rise {
    /// Position in `Unit::members`.
    pub member: usize,
    pub to: Level,
    pub cost: u32,
    pub value: f64,
}

/// One step of a ladder: what it costs and adds, and how many rises are done after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub cost: u32,
    pub value: f64,
    pub rises: usize,
}

/// Where a ladder starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// From nothing: the base is the first step.
    Nothing,
    /// The base is forced in; the steps are the rises.
    Base,
}

impl Unit {
    pub fn new(session: &Session, members: &[usize], standing: Standing) -> Unit {
        let mut base = Vec::with_capacity(members.len());
        let (mut base_cost, mut base_value) = (0, 0.0);
        let mut rises = Vec::new();
        for (member, &index) in members.iter().enumerate() {
            let entry = &session.entries[index];
            let weight = value::weight(entry, standing);
            let (options, count) = options(entry);
            let options = &options[..count];
            let start = options[if entry.state.pinned { count - 1 } else { 0 }];
            base.push(start.0);
            base_cost += start.1;
            base_value += weight * value::fidelity(start.0);
            if !entry.state.pinned {
                push_hull(&mut rises, member, options, weight);
            }
        }
        if members.len() > 1 {
            // A stable sort keeps a member's own rises in order where densities tie.
            rises.sort_by(|a, b| density(b.cost, b.value).total_cmp(&density(a.cost, a.value)));
        }
        Unit { members: members.to_vec(), standing, base, base_cost, base_value, rises }
    }

    /// In place of an exchange that no plan can carry.
    pub fn nothing() -> Unit {
        Unit {
            members: Vec::new(),
            standing: Standing::Older,
            base: Vec::new(),
            base_cost: 0,
            base_value: 0.0,
            rises: Vec::new(),
        }
    }

    pub fn is_nothing(&self) -> bool {
        self.members.is_empty()
    }

    /// The ladder's steps, densities falling, in place of what `steps` held.
    pub fn steps_into(&self, from: From, steps: &mut Vec<Step>) {
        steps.clear();
        if from == From::Nothing {
            steps.push(Step { cost: self.base_cost, value: self.base_value, rises: 0 });
        }
        for (done, rise) in self.rises.iter().enumerate() {
            push_step(steps, Step { cost: rise.cost, value: rise.value, rises: done + 1 });
        }
    }

    /// The members' levels once the base and this many rises are in.
    pub fn levels(&self, rises: usize) -> Vec<Level> {
        let mut levels = self.base.clone();
        for rise in &self.rises[..rises] {
            levels[rise.member] = rise.to;
        }
        levels
    }
}

/// Adds a step to a ladder. A step denser than the one before it can only be had together with it, so they become one:
/// densities fall along every ladder.
pub fn push_step(steps: &mut Vec<Step>, mut next: Step) {
    while let Some(last) = steps.last() {
        if density(last.cost, last.value) > density(next.cost, next.value) {
            break;
        }
        next.cost += last.cost;
        next.value += last.value;
        steps.pop();
    }
    steps.push(next);
}

pub fn density(cost: u32, value: f64) -> f64 {
    value / f64::from(cost.max(1))
}

/// The levels at which an entry can be packed, deepest first, with their costs, and how many there are; levels that save
/// nothing over the one above are left out, and a hand-held level is the most that a plan may show.
fn options(entry: &Entry) -> ([(Level, u32); 4], usize) {
    let ceiling = match entry.state.held.by {
        HeldBy::Hand if !entry.state.pinned => entry.state.held.level,
        _ => Level::Full,
    };
    let mut options = [(ceiling, entry.cost(ceiling)); 4];
    let mut count = 1;
    for level in Level::ALL.into_iter().filter(|&level| level > ceiling) {
        if entry.cost(level) < options[count - 1].1 {
            options[count] = (level, entry.cost(level));
            count += 1;
        }
    }
    options[..count].reverse();
    (options, count)
}

/// Adds the rises along the convex hull from the deepest option up.
fn push_hull(rises: &mut Vec<Rise>, member: usize, options: &[(Level, u32)], weight: f64) {
    let mut hull = Vec::with_capacity(options.len());
    for (at, pair) in options.windows(2).enumerate() {
        let value = weight * (value::fidelity(pair[1].0) - value::fidelity(pair[0].0));
        push_step(&mut hull, Step { cost: pair[1].1 - pair[0].1, value, rises: at + 1 });
    }
    rises.extend(hull.into_iter().map(|step| Rise {
        member,
        to: options[step.rises].0,
        cost: step.cost,
        value: step.value,
    }));
}
