//! Exchanges that a later one has replaced: a file read again, tests run again, a failure that later went through.

use std::{collections::BTreeMap, sync::Arc};

use super::{Remedy, Suggestion, held, loss};
use crate::{
    model::{Exchanges, Session, Verb},
    score::{Repeat, Subjects},
    text::words,
};

/// What each kind of repeat holds, by what it is about.
pub struct Stale {
    reads: ByAbout,
    tests: ByAbout,
    resolved: ByAbout,
    /// By entry: whether it belongs to one of their exchanges.
    members: Vec<bool>,
}

type ByAbout = BTreeMap<Arc<str>, Vec<usize>>;

impl Stale {
    pub fn new(session: &Session, exchanges: &Exchanges, subjects: &Subjects) -> Stale {
        let mut members = vec![false; session.entries.len()];
        let mut grouped = |repeats: Vec<Repeat>| {
            let mut by_about = ByAbout::new();
            for repeat in repeats {
                let exchange = exchanges.of(repeat.stale);
                // What is stale for one reason is not counted for another.
                let is_new = !members[repeat.stale];
                if is_new && exchange.iter().all(|&index| !session.entries[index].state.pinned) {
                    exchange.iter().for_each(|&index| members[index] = true);
                    by_about.entry(repeat.about).or_default().push(repeat.stale);
                }
            }
            by_about
        };
        let reads = grouped(subjects.repeated_reads(session));
        let tests = grouped(subjects.repeated_tests(session));
        let resolved = grouped(subjects.resolved_failures(session, exchanges));
        Stale { reads, tests, resolved, members }
    }

    pub fn holds(&self, index: usize) -> bool {
        self.members[index]
    }

    pub fn suggestions(&self, session: &Session, exchanges: &Exchanges) -> Vec<Suggestion> {
        let stale = |count: usize| words::plural(count, "stale one", "stale ones");
        let reads = self.reads.iter().map(|(about, calls)| {
            let said = format!("{} reads of {}: evict {}", calls.len() + 1, short(about), stale(calls.len()));
            (
                said,
                "The file was read whole again later: the last read shows what these show, and what changed since.",
                calls,
            )
        });
        let tests = self.tests.iter().map(|(about, calls)| {
            let said = format!("{} runs of {}: evict {}", calls.len() + 1, short(about), stale(calls.len()));
            (said, "The same tests ran again later: only the last run tells how things stand.", calls)
        });
        let resolved = self.resolved.iter().map(|(about, calls)| {
            let said = match calls.len() {
                1 => format!("a failed {} that went through later: evict it", short(about)),
                many => format!("{many} failed {} before it went through: evict them", short(about)),
            };
            (said, "The same was tried again later and went through: the error is resolved.", calls)
        });
        reads
            .chain(tests)
            .chain(resolved)
            .map(|(said, why, calls)| evict(session, exchanges, said, why, calls))
            .collect()
    }
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
