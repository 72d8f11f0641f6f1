//! Exchanges that a later one has replaced: a file read again, tests run again, a failure that later went through, an
//! output that is said again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use strum::VariantArray;

use super::{Remedy, Suggestion, held, loss};
use crate::{
    model::{Exchanges, Session, Verb},
    score::{Again, Subjects},
    text::words,
};

/// What can go, by why and by what it is about. Kept from edit to edit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stale {
    /// By [`Again`] and entry: whether a later call makes it stale.
    is_stale: [Vec<bool>; Again::VARIANTS.len()],
    /// By exchange: for what it is suggested to go, and the call that it goes with.
    claims: Vec<Option<(Again, usize)>>,
    /// By [`Again`] and group, in the order in which they are told.
    found: BTreeMap<(Again, Arc<str>, usize), Arc<Suggestion>>,
}

impl Stale {
    pub fn new(session: &Session, exchanges: &Exchanges, subjects: &Subjects) -> Stale {
        let mut stale = Stale {
            is_stale: std::array::from_fn(|_| vec![false; session.entries.len()]),
            claims: vec![None; exchanges.len()],
            found: BTreeMap::new(),
        };
        stale.update(session, exchanges, subjects, (0..exchanges.len()).collect());
        stale
    }

    /// Takes in that entries of these exchanges have changed. Gives all exchanges of which something else is suggested
    /// than before, and these.
    pub fn update(
        &mut self,
        session: &Session,
        exchanges: &Exchanges,
        subjects: &Subjects,
        touched: BTreeSet<usize>,
    ) -> BTreeSet<usize> {
        let mut moved = touched.clone();
        for &again in Again::VARIANTS {
            for group in groups(subjects, exchanges, &touched, again) {
                let stale = subjects.stale(again, group, session, exchanges);
                let mut stale = stale.iter().map(|&(stale, _)| stale).peekable();
                for &call in subjects.calls(again, group) {
                    let now = stale.next_if_eq(&call).is_some();
                    if std::mem::replace(&mut self.is_stale[again as usize][call], now) != now {
                        moved.insert(exchanges.number(call));
                    }
                }
            }
        }
        let mut told = BTreeSet::new();
        for &exchange in &moved {
            let members = &exchanges[exchange];
            let before = self.claims[exchange];
            self.claims[exchange] = self.claim(session, members);
            for (again, call) in before.into_iter().chain(self.claims[exchange]) {
                told.extend(subjects.group(again, call).map(|group| (again, group)));
            }
        }
        for (again, group) in told {
            let is_claimed = |call: &usize| self.claims[exchanges.number(*call)] == Some((again, *call));
            let calls: Vec<usize> = subjects.calls(again, group).iter().copied().filter(is_claimed).collect();
            let about = subjects.about(again, group, session);
            let key = (again, about.clone(), group);
            match calls.is_empty() {
                true => drop(self.found.remove(&key)),
                false => drop(self.found.insert(key, Arc::new(suggestion(session, exchanges, again, &about, &calls)))),
            }
        }
        moved
    }

    /// What is stale for one reason is not counted for another; a pin keeps its exchange.
    fn claim(&self, session: &Session, members: &[usize]) -> Option<(Again, usize)> {
        if members.iter().any(|&index| session.entries[index].state.pinned) {
            return None;
        }
        Again::VARIANTS.iter().find_map(|&again| {
            let call = members.iter().find(|&&index| self.is_stale[again as usize][index])?;
            Some((again, *call))
        })
    }

    /// Whether it is suggested that an exchange goes.
    pub fn holds(&self, exchange: usize) -> bool {
        self.claims[exchange].is_some()
    }

    pub fn suggestions(&self) -> impl Iterator<Item = &Arc<Suggestion>> {
        self.found.values()
    }
}

/// The groups that calls of these exchanges belong to.
fn groups(subjects: &Subjects, exchanges: &Exchanges, touched: &BTreeSet<usize>, again: Again) -> BTreeSet<usize> {
    let members = touched.iter().flat_map(|&exchange| &exchanges[exchange]);
    members.filter_map(|&index| subjects.group(again, index)).collect()
}

fn suggestion(session: &Session, exchanges: &Exchanges, again: Again, about: &str, calls: &[usize]) -> Suggestion {
    let stale = words::plural(calls.len(), "stale one", "stale ones");
    let (said, why) = match (again, calls.len()) {
        (Again::Read, count) => (
            format!("{} reads of {}: evict {stale}", count + 1, short(about)),
            "The file was read whole again later: the last read shows what these show, and what changed since.",
        ),
        (Again::TestRun, count) => (
            format!("{} runs of {}: evict {stale}", count + 1, short(about)),
            "The same tests ran again later: only the last run tells how things stand.",
        ),
        (Again::Success, 1) => (
            format!("a failed {} that went through later: evict it", short(about)),
            "The same was tried again later and went through: the error is resolved.",
        ),
        (Again::Success, many) => (
            format!("{many} failed {} before it went through: evict them", short(about)),
            "The same was tried again later and went through: the error is resolved.",
        ),
        (Again::Output, 1) => (
            format!("an output of {} that a later one says again: evict it", short(about)),
            "A later output says the same, or nearly: what changed since stands there.",
        ),
        (Again::Output, many) => (
            format!("{many} outputs of {} that later ones say again: evict them", short(about)),
            "Later outputs say the same, or nearly: what changed since stands there.",
        ),
    };
    evict(session, exchanges, said, why, calls)
}

fn evict(session: &Session, exchanges: &Exchanges, said: String, why: &str, calls: &[usize]) -> Suggestion {
    let members = || calls.iter().flat_map(|&call| exchanges.of(call)).map(|&index| &session.entries[index]);
    Suggestion {
        words: said,
        why: why.into(),
        remedy: Remedy::Verb(Verb::Evict),
        changes: members().map(|entry| entry.id).collect(),
        targets: calls.iter().map(|&call| session.entries[call].id).collect(),
        before: members().map(held).sum(),
        after: 0,
        lost: members().map(|entry| loss(entry, None)).sum(),
    }
}

/// The end of a long path or the start of a long command, short enough for one line.
pub(super) fn short(about: &str) -> String {
    const WIDTH: usize = 36;
    let (about, more) = about.split_once('\n').map_or((about, ""), |(first, _)| (first.trim_end(), " …"));
    if about.chars().count() + more.len() <= WIDTH {
        return format!("{about}{more}");
    }
    let separator = if about.contains('/') { '/' } else { '\\' };
    if about.contains(separator) && !about.contains(' ') {
        let start = about.rmatch_indices(separator).nth(1).map_or(0, |(at, _)| at);
        return format!("…{}", &about[start..]);
    }
    format!("{}…", about.chars().take(WIDTH - 1).collect::<String>())
}
