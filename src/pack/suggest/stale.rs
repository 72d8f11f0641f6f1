//! Exchanges that a later one has replaced: a file read again, tests run again, a failure that later went through, an
//! output that is said again.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{Remedy, Suggestion, held, loss};
use crate::{
    model::{EntryId, Exchanges, Repeated, Session, Verb},
    score::{Repeat, Subjects, duplicates::SAID_AGAIN},
    text::words,
};

/// What each kind of repeat holds, by what it is about.
pub struct Stale {
    reads: ByAbout,
    tests: ByAbout,
    resolved: ByAbout,
    /// Outputs that are said again, by tool, with where one is.
    repeated: BTreeMap<Arc<str>, (Vec<usize>, usize)>,
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
        let mut repeated: BTreeMap<Arc<str>, (Vec<usize>, usize)> = BTreeMap::new();
        for (older, newer) in said_again(session) {
            let exchange = exchanges.of(older);
            let entries = || exchange.iter().map(|&index| (members[index], &session.entries[index]));
            if entries().all(|(is_stale, entry)| !is_stale && entry.is_live() && !entry.state.pinned) {
                exchange.iter().for_each(|&index| members[index] = true);
                let tool = session.entries[older].tool.clone().unwrap_or_else(|| "a tool".into());
                repeated.entry(tool).or_insert_with(|| (Vec::new(), newer)).0.push(older);
            }
        }
        Stale { reads, tests, resolved, repeated, members }
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
        let repeated = self.repeated.iter().map(|(tool, (older, newer))| {
            let said = match older.len() {
                1 => format!("an output of {tool} that #{} says again: evict it", session.entries[*newer].seq),
                many => format!("{many} outputs of {tool} that later ones say again: evict them"),
            };
            (said, "A later output says the same, or nearly: what changed since stands there.", older)
        });
        reads
            .chain(repeated)
            .chain(tests)
            .chain(resolved)
            .map(|(said, why, calls)| evict(session, exchanges, said, why, calls))
            .collect()
    }
}

/// Live outputs, each with the last live one that says about the same: of an output that comes up again and again only
/// the last is needed, however little changes from one to the next.
fn said_again(session: &Session) -> Vec<(usize, usize)> {
    if session.repeated.is_empty() {
        return Vec::new();
    }
    let places: HashMap<EntryId, usize> =
        session.entries.iter().enumerate().map(|(index, entry)| (entry.id, index)).collect();
    let live = |id: EntryId| places.get(&id).copied().filter(|&index| session.entries[index].is_live());
    let later: HashMap<EntryId, &Repeated> = session.repeated.iter().map(|again| (again.older, again)).collect();
    let last = |again: &Repeated| {
        let next = |(id, share): &(EntryId, f64)| {
            let again = later.get(id)?;
            Some((again.newer, share * f64::from(again.share)))
        };
        let chain = std::iter::successors(Some((again.newer, f64::from(again.share))), next);
        chain.take_while(|(_, share)| *share >= SAID_AGAIN).filter_map(|(id, _)| live(id)).last()
    };
    session.repeated.iter().filter_map(|again| Some((live(again.older)?, last(again)?))).collect()
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
