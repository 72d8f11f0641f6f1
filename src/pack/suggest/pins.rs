//! What should be carried whatever happens: rules of the user's, and what comes up again and again.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::{Remedy, Suggestion};
use crate::{
    model::{Entry, Fate, Kind, Level, Session, Verb},
    score,
    text::words,
};

/// A prompt longer than this (a pasted plan, a log) is not something to pin whole.
pub(super) const PIN_AT_MOST: u32 = 800;
/// Later entries that mention something before it is said to recur.
const OFTEN: u32 = 6;
/// Of what recurs, that many at most, and none longer than this.
const RECURRING: usize = 5;
const RECURRING_AT_MOST: u32 = 300;

/// What the pins of one suggestion have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pins {
    RulesLost,
    RulesKept,
    Recurring,
}

/// Prompts with a rule in them.
pub fn rules(session: &Session) -> Vec<usize> {
    let entries = session.entries.iter().enumerate();
    let prompts = entries.filter(|(_, entry)| entry.kind == Kind::Prompt && score::is_constraint(&entry.text));
    prompts.map(|(index, _)| index).collect()
}

pub fn can_be_pinned(entry: &Entry) -> bool {
    !entry.state.pinned && entry.state.fate == Fate::Live && entry.cost(Level::Full) <= PIN_AT_MOST
}

/// What many later entries mention, and is best pinned: rules aside, which are suggested as such. Kept from edit to edit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recurring {
    /// Entries that are mentioned often, with the importance that they are listed under; `None`: they are not.
    often: BTreeMap<usize, Option<Rank>>,
    /// Most important first, ties by sequence.
    listed: BTreeSet<(Reverse<Rank>, usize)>,
}

/// An importance as whole numbers that sort as it does.
type Rank = u32;

impl Recurring {
    pub fn new(session: &Session, rules: &[usize]) -> Recurring {
        let is_often = |index: &usize| {
            let entry = &session.entries[*index];
            matches!(entry.kind, Kind::Prompt | Kind::Message | Kind::Result)
                && score::mentioned_again(entry) >= OFTEN
                && rules.binary_search(index).is_err()
        };
        let often = (0..session.entries.len()).filter(is_often).map(|index| (index, None)).collect();
        let mut recurring = Recurring { often, listed: BTreeSet::new() };
        recurring.update(session, 0..session.entries.len());
        recurring
    }

    pub fn update(&mut self, session: &Session, touched: impl Iterator<Item = usize>) {
        for index in touched {
            let Some(known) = self.often.get_mut(&index) else { continue };
            let entry = &session.entries[index];
            let recurs = can_be_pinned(entry) && entry.cost(Level::Full) <= RECURRING_AT_MOST;
            let rank = recurs.then(|| entry.importance().to_bits());
            if let Some(rank) = std::mem::replace(known, rank) {
                self.listed.remove(&(Reverse(rank), index));
            }
            self.listed.extend(rank.map(|rank| (Reverse(rank), index)));
        }
    }

    /// The few that are mentioned most, ascending.
    pub fn first(&self) -> Vec<usize> {
        let mut first: Vec<usize> = self.listed.iter().take(RECURRING).map(|&(_, index)| index).collect();
        first.sort_unstable();
        first
    }
}

pub fn pins(session: &Session, levels: &[Option<Level>], found: &[usize], about: Pins) -> Option<Suggestion> {
    if found.is_empty() {
        return None;
    }
    let entries = || found.iter().map(|&index| &session.entries[index]);
    let names = entries().take(3).map(|entry| format!("#{}", entry.seq)).collect::<Vec<_>>().join(", ");
    let more = if found.len() > 3 { format!(" and {} more", found.len() - 3) } else { String::new() };
    let rules = words::plural(found.len(), "rule of the user's is", "rules of the user's are");
    let recurring = words::plural(found.len(), "entry that comes", "entries that come");
    let (said, why) = match about {
        Pins::RulesLost => (
            format!("{rules} not carried whole"),
            "They say what must, and must not, be done. At this budget the agent would not read them as they were said.",
        ),
        Pins::RulesKept => (
            format!("{rules} not pinned"),
            "They say what must, and must not, be done. They are carried now; pinned, they are at every budget.",
        ),
        Pins::Recurring => (
            format!("{recurring} up again and again, not carried whole"),
            "Many later entries mention a name that stands here first: what follows leans on it.",
        ),
    };
    let carried = |&index: &usize| levels[index].map_or(0, |level| u64::from(session.entries[index].cost(level)));
    Some(Suggestion {
        words: format!("{said}: pin {names}{more}"),
        why: why.into(),
        remedy: Remedy::Verb(Verb::Pin),
        targets: entries().map(|entry| entry.id).collect(),
        changes: entries().map(|entry| entry.id).collect(),
        before: found.iter().map(carried).sum(),
        after: entries().map(|entry| u64::from(entry.cost(Level::Full))).sum(),
        lost: 0.0,
    })
}
