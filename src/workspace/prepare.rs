//! Everything that is derived from a session's immutable texts, once, when it comes in: renditions, costs, importance by
//! rule, the index of names.

use std::sync::{Arc, Mutex};

use crate::{
    model::{Entry, EntryId, Level, NameRow, Session},
    pack::{names, price, render},
    score::{self, Mentions},
    text::tokens::{Encoding, Tokenizer},
};

/// Entries that one worker takes at a time.
const BATCH: usize = 64;
/// Below this many bytes a second tokenizer costs more to build (100 ms) than it saves.
const WORTH_A_WORKER: usize = 1024 * 1024;

/// How far a long preparation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prepared {
    pub entries: usize,
    pub of: usize,
}

/// Derives everything. Counting dominates (about 20 MB/s a thread), so a long session is spread over as many threads as
/// pay off: this one with the caller's counters, each further one with its own. The result does not depend on how many.
pub fn prepare(session: &mut Session, counters: &Counters, tell: &(dyn Fn(Prepared) + Sync)) {
    derive(&mut session.entries, counters, tell);
    drop_costly(session, counters.costs());
    relate(session, counters.costs());
}

/// The same for a session that its own store holds: what stands in it is left as it stands. A shortened text that costs more
/// than the level above is not shown, and not dropped either.
pub fn prepare_in_place(session: &mut Session, counters: &Counters) {
    derive(&mut session.entries, counters, &|_| {});
    relate(session, counters.costs());
}

/// The same where all but the entries from `first_new` on were prepared before: theirs are the only texts to compress and
/// to count. What entries say of each other is not derived yet: [`relate`] does.
pub fn prepare_new(session: &mut Session, first_new: usize, counters: &Counters) {
    derive(&mut session.entries[first_new..], counters, &|_| {});
}

/// Renditions and costs, each of one entry alone.
fn derive(entries: &mut [Entry], counters: &Counters, tell: &(dyn Fn(Prepared) + Sync)) {
    let of = entries.len();
    let bytes: usize = entries.iter().map(|entry| entry.text.len()).sum();
    if bytes < WORTH_A_WORKER && of <= BATCH {
        entries.iter_mut().for_each(|entry| counters.derive(entry));
        return tell(Prepared { entries: of, of });
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = (bytes / WORTH_A_WORKER + 1).min(cores).min(4);
    let batches = Mutex::new((entries.chunks_mut(BATCH), 0));
    let work = |counters: &Counters| {
        loop {
            let mut queue = batches.lock().expect("no worker panics while it holds the queue");
            let Some(batch) = queue.0.next() else { break };
            queue.1 += batch.len();
            let entries = queue.1;
            drop(queue);
            batch.iter_mut().for_each(|entry| counters.derive(entry));
            tell(Prepared { entries, of });
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(|| work(&Counters::new(counters.costs().encoding())));
        }
        work(counters);
    });
}

/// Drops what another program wrote as a shorter text where it costs more than the level above, and lists it: ours
/// stands there then.
fn drop_costly(session: &mut Session, costs: &Tokenizer) {
    let mut dropped = Vec::new();
    for entry in session.entries.iter_mut().filter(|entry| !entry.state.rewrites.is_empty()) {
        for level in Level::ALL {
            let (Some(above), Some(text)) = (level.shallower(), entry.state.rewrites.get(&level).cloned()) else {
                continue;
            };
            if price::cost_of(entry, level, &text, costs) > entry.cost(above) {
                entry.state.rewrites.remove(&level);
                price::price(entry, costs);
                dropped.push(format!("#{} {level}", entry.seq));
            }
        }
    }
    if !dropped.is_empty() {
        let what = if dropped.len() == 1 { "shortened text costs" } else { "shortened texts cost" };
        let list = dropped.join(", ");
        session.problems.push(format!("{} {what} more than the level above, ours is used: {list}", dropped.len()));
    }
}

/// The index of names alone.
pub fn names(session: &Session, costs: &Tokenizer) -> Vec<NameRow> {
    names::index(session, &Mentions::new(session), costs)
}

/// What entries say of each other: importance and the index of names.
pub fn relate(session: &mut Session, costs: &Tokenizer) {
    let mentions = Mentions::new(session);
    let names = names::index(session, &mentions, costs);
    let scores = score::scores(session, &mentions);
    session.names = names;
    for (entry, score) in session.entries.iter_mut().zip(scores) {
        entry.score = score;
    }
}

/// Counts what costs 0: everything under an encoding that is new to the session, an entry whose text an edit changed.
/// Gives the entries counted and whether any row of names was. Builds no tokenizer where nothing is to be counted.
pub fn count_missing(session: &mut Session, encoding: Encoding) -> (Vec<EntryId>, bool) {
    let rows_missing = session.names.iter().any(|row| row.cost == 0);
    if !rows_missing && session.entries.iter().all(|entry| entry.costs[0] != 0) {
        return (Vec::new(), false);
    }
    let tokenizer = Tokenizer::new(encoding);
    let mut counted = Vec::new();
    for entry in session.entries.iter_mut().filter(|entry| entry.costs[0] == 0) {
        price::price(entry, &tokenizer);
        counted.push(entry.id);
    }
    let seqs: Vec<u32> =
        session.names.iter().map(|row| session.entry(row.entry).map_or(0, |entry| entry.seq)).collect();
    for (row, seq) in session.names.iter_mut().zip(seqs).filter(|(row, _)| row.cost == 0) {
        row.cost = render::row_cost(row, seq, &tokenizer);
    }
    (counted, rows_missing)
}

/// Counts facts that cost 0. Builds no tokenizer where there are none.
pub fn count_facts(session: &mut Session, encoding: Encoding) {
    let mut uncounted = session.facts.iter_mut().filter(|fact| fact.cost == 0).peekable();
    if uncounted.peek().is_some() {
        let tokenizer = Tokenizer::new(encoding);
        uncounted.for_each(|fact| price::price_fact(fact, &tokenizer));
    }
}

/// The counter in use, and the one that sizes renditions whatever is in use. Built once (100 ms) and kept.
pub struct Counters {
    sizes: Arc<Tokenizer>,
    costs: Arc<Tokenizer>,
}

impl Counters {
    pub fn new(encoding: Encoding) -> Self {
        let sizes = Arc::new(Tokenizer::new(Encoding::O200k));
        let costs = if encoding == Encoding::O200k { sizes.clone() } else { Arc::new(Tokenizer::new(encoding)) };
        Self { sizes, costs }
    }

    /// With a tokenizer that is built already.
    pub fn of(costs: Arc<Tokenizer>) -> Self {
        let sizes = match costs.encoding() {
            Encoding::O200k => costs.clone(),
            _ => Arc::new(Tokenizer::new(Encoding::O200k)),
        };
        Self { sizes, costs }
    }

    pub fn costs(&self) -> &Tokenizer {
        &self.costs
    }

    /// The same, for a desk that counts texts of its own.
    pub fn share(&self) -> Arc<Tokenizer> {
        self.costs.clone()
    }

    /// Renditions and costs of an entry.
    pub fn derive(&self, entry: &mut Entry) {
        let known = price::compress(entry, &self.sizes);
        price::price_known(entry, known, self.costs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Kind, Session, SessionId},
        pack::strategy::tests::entry,
        text::redact,
    };

    #[test]
    fn a_foreign_text_that_grew_is_dropped_and_listed() {
        let mut session = Session::new(SessionId::new("distill:x"));
        session.entries.push(entry(3, Kind::Message, "Edited the store and ran the tests: all of them pass now."));
        let keywords = "edited, store, ran, tests, pass, edited, store, ran, tests, pass, edited, store, ran, tests";
        for (level, text) in [(Level::Summary, "Tests pass."), (Level::Keywords, keywords)] {
            session.entries[0].state.rewrites.insert(level, redact::clean(text));
        }
        prepare(&mut session, &Counters::new(Encoding::O200k), &|_| {});
        assert_eq!(session.problems, ["1 shortened text costs more than the level above, ours is used: #3 keywords"]);
        assert_eq!(&**session.entries[0].text_at(Level::Summary), "Tests pass.");
    }
}
