//! What can be taken as one: exchanges as ladders of steps from nothing to full.

use crate::{
    model::{HeldBy, Level, Session},
    pack::value::{self, Standing},
};

/// An exchange (or lone entry) as a ladder.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Indices into the session's entries, ascending.
    pub members: Vec<usize>,
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
            let options = options(entry);
            let start = if entry.state.pinned { *options.last().expect("full is an option") } else { options[0] };
            base.push(start.0);
            base_cost += start.1;
            base_value += weight * value::fidelity(start.0);
            if !entry.state.pinned {
                rises.extend(hull(&options, weight).into_iter().map(|(to, cost, value)| Rise {
                    member,
                    to,
                    cost,
                    value,
                }));
            }
        }
        // A stable sort keeps a member's own rises in order where densities tie.
        rises.sort_by(|a, b| density(b.cost, b.value).total_cmp(&density(a.cost, a.value)));
        Unit { members: members.to_vec(), base, base_cost, base_value, rises }
    }

    /// The ladder's steps, densities falling.
    pub fn steps(&self, from: From) -> Vec<Step> {
        let mut points = Vec::with_capacity(self.rises.len() + 1);
        if from == From::Nothing {
            points.push(Step { cost: self.base_cost, value: self.base_value, rises: 0 });
        }
        points.extend(self.rises.iter().enumerate().map(|(done, rise)| Step {
            cost: rise.cost,
            value: rise.value,
            rises: done + 1,
        }));
        let mut steps: Vec<Step> = Vec::with_capacity(points.len());
        for mut next in points {
            // A step denser than the one before it can only be had together with it.
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
        steps
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

pub fn density(cost: u32, value: f64) -> f64 {
    value / f64::from(cost.max(1))
}

/// The levels at which an entry can be packed, deepest first, with their costs; levels that save nothing over the one
/// above are left out, and a hand-held level is the most that a plan may show.
fn options(entry: &crate::model::Entry) -> Vec<(Level, u32)> {
    let ceiling = match entry.state.held.by {
        HeldBy::Hand if !entry.state.pinned => entry.state.held.level,
        _ => Level::Full,
    };
    let mut options: Vec<(Level, u32)> = Vec::with_capacity(4);
    for level in Level::ALL.into_iter().filter(|&level| level >= ceiling) {
        let cost = entry.cost(level);
        if options.last().is_none_or(|&(_, above)| cost < above) {
            options.push((level, cost));
        }
    }
    options.reverse();
    options
}

/// The rises along the convex hull from the deepest option up: level, extra cost, extra value.
fn hull(options: &[(Level, u32)], weight: f64) -> Vec<(Level, u32, f64)> {
    let mut rises: Vec<(Level, u32, f64)> = Vec::with_capacity(3);
    for pair in options.windows(2) {
        let gain = weight * (value::fidelity(pair[1].0) - value::fidelity(pair[0].0));
        let mut next = (pair[1].0, pair[1].1 - pair[0].1, gain);
        while let Some(&(_, cost, value)) = rises.last() {
            if density(cost, value) > density(next.1, next.2) {
                break;
            }
            next.1 += cost;
            next.2 += value;
            rises.pop();
        }
        rises.push(next);
    }
    rises
}
