//! Leaves out the least important lines of a summary until the rest fits.

use std::collections::HashSet;

use super::{Section, WorkingSummary};

/// The sections from the least important on.
const LEAST_FIRST: [Section; 12] = [
    Section::SessionTimeline,
    Section::RelevantFiles,
    Section::TechnicalChanges,
    Section::Done,
    Section::CriticalContext,
    Section::KeyDecisions,
    Section::NextSteps,
    Section::InProgress,
    Section::Blocked,
    Section::CurrentState,
    Section::Constraints,
    Section::Goal,
];
/// Lines that every section keeps while another has more.
const KEPT: usize = 2;

impl WorkingSummary {
    /// What is left when as few lines as possible are out; those of `carried` go after all others.
    pub(super) fn cut(&self, carried: &WorkingSummary, tokens: u32, count: &dyn Fn(&str) -> u32) -> WorkingSummary {
        let order = self.drop_order(carried);
        let without = |dropped: usize| {
            let dropped: HashSet<(Section, usize)> = order[..dropped].iter().copied().collect();
            WorkingSummary::from_lines(|section| {
                let lines = self.lines(section).iter().enumerate();
                lines.filter(|(at, _)| !dropped.contains(&(section, *at))).map(|(_, line)| line.clone()).collect()
            })
        };
        let fits = |dropped: usize| {
            let left = without(dropped);
            left.is_empty() || count(&left.text()) <= tokens
        };
        let (mut low, mut high) = (0, order.len());
        while low < high {
            let middle = low.midpoint(high);
            if fits(middle) { high = middle } else { low = middle + 1 }
        }
        // A tokenizer may join what a line parted, so that the search is a guess and this decides.
        without((low..=order.len()).find(|&dropped| fits(dropped)).unwrap_or(order.len()))
    }

    /// Every line once, in the order in which they go.
    fn drop_order(&self, carried: &WorkingSummary) -> Vec<(Section, usize)> {
        let mut order = Vec::new();
        for is_carried in [false, true] {
            for least in [KEPT, 0] {
                for section in LEAST_FIRST {
                    let own = |at: &usize| {
                        let line = &self.lines(section)[*at];
                        carried.lines(section).iter().any(|other| other.text == line.text) == is_carried
                    };
                    let left: Vec<usize> = places(section, self.lines(section).len())
                        .into_iter()
                        .filter(own)
                        .filter(|&at| !order.contains(&(section, at)))
                        .collect();
                    // What was asked and what is forbidden stays whole while anything else is left to go.
                    let kept = if least > 0 && is_lasting(section) { left.len() } else { least };
                    order.extend(left.iter().take(left.len().saturating_sub(kept)).map(|&at| (section, at)));
                }
            }
        }
        order
    }
}

fn is_lasting(section: Section) -> bool {
    matches!(section, Section::Goal | Section::Constraints)
}

/// The lines of a section from the least important on: the oldest first, but files stand best first, and what was asked
/// first is the goal.
fn places(section: Section, lines: usize) -> Vec<usize> {
    match section {
        Section::RelevantFiles => (0..lines).rev().collect(),
        _ if is_lasting(section) => (1..lines).chain((lines > 0).then_some(0)).collect(),
        _ => (0..lines).collect(),
    }
}
