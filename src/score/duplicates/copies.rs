//! Which known exchanges one that is pushed makes stale.

use std::{collections::HashSet, sync::Arc};

use super::{Alike, Duplicate, Known, Why};
use crate::{
    model::{Entry, Exchanges, Kind, Mark, Role, Session},
    score::repeats::{is_reader, whole_read},
    text::similarity::cosine_distance,
};

/// One push, as it is compared.
pub(super) struct Push<'a> {
    pub known: &'a Known,
    pub session: &'a Session,
    pub exchanges: &'a Exchanges,
    pub alike: Alike<'a>,
    /// Exchanges that an earlier one of the same push made stale.
    pub stale: &'a HashSet<usize>,
}

impl Push<'_> {
    pub fn copies_of(&self, exchange: usize) -> Vec<Duplicate> {
        if self.exchanges[exchange].iter().any(|&index| !self.session.entries[index].is_live()) {
            return Vec::new();
        }
        let mut met: HashSet<usize> = HashSet::from([exchange]);
        let mut found: Vec<Duplicate> = Vec::new();
        for &new in &self.exchanges[exchange] {
            for old in self.candidates(new) {
                let other = self.exchanges.number(old);
                if self.stale.contains(&other) || !met.insert(other) {
                    continue;
                }
                found.extend(self.covered(other, exchange));
            }
        }
        let read = read_by(self.session, &self.exchanges[exchange]);
        for &older in read.iter().filter_map(|path| self.known.reads.get(path)).flatten() {
            let is_new = |duplicate: &Duplicate| self.exchanges.number(duplicate.pairs[0].0) == older;
            if !self.stale.contains(&older) && !found.iter().any(is_new) {
                let why = Why::ReadAgain(read.clone().expect("the path led here"));
                found.push(Duplicate { pairs: self.by_kind(older, exchange), why });
            }
        }
        found.sort_by_key(|duplicate| duplicate.pairs[0]);
        found
    }

    /// Older entries that may be copied by this one.
    fn candidates(&self, new: usize) -> Vec<usize> {
        let mut found = Vec::new();
        if let Some((features, texts)) =
            self.known.features[new].as_ref().zip(self.known.texts.get(&sort_of(self.session, new)))
        {
            found.extend(texts.exact.get(&features.exact).into_iter().flatten());
            if !features.is_short() {
                found.extend(texts.normalised.get(&features.normalised).into_iter().flatten());
                found.extend(texts.near.near(features, self.alike.jaccard).iter().map(|near| near.id as usize));
            }
        }
        if self.alike.embeddings.contains_key(&self.session.entries[new].id) {
            let embedded = |index: &usize| {
                self.known.present[self.exchanges.number(*index)]
                    && self.alike.embeddings.contains_key(&self.session.entries[*index].id)
            };
            found.extend((0..self.session.entries.len()).filter(embedded));
        }
        found
    }

    /// The older exchange as a copy of the newer one, where each of its members has a like one there.
    fn covered(&self, older: usize, newer: usize) -> Option<Duplicate> {
        let mut weakest: Option<Why> = None;
        let mut pairs = Vec::with_capacity(self.exchanges[older].len());
        for &old in &self.exchanges[older] {
            let like = self.exchanges[newer].iter().filter_map(|&new| Some((self.compare(old, new)?, new)));
            let (why, new) = like.min_by(|a, b| a.0.doubt().total_cmp(&b.0.doubt()))?;
            pairs.push((old, new));
            weakest = match weakest {
                Some(weakest) if weakest.doubt() >= why.doubt() => Some(weakest),
                _ => Some(why),
            };
        }
        Some(Duplicate { pairs, why: weakest? })
    }

    fn compare(&self, old: usize, new: usize) -> Option<Why> {
        if sort_of(self.session, old) != sort_of(self.session, new) {
            return None;
        }
        let lexical = || {
            let (one, other) = (self.known.features[old].as_ref()?, self.known.features[new].as_ref()?);
            let short = one.is_short() || other.is_short();
            let same_tool = self.session.entries[old].tool == self.session.entries[new].tool;
            match () {
                () if one.exact == other.exact && (!short || same_tool) => Some(Why::Same),
                () if short => None,
                () if one.normalised == other.normalised => Some(Why::SameWords),
                () => Some(one.jaccard(other)).filter(|share| *share >= self.alike.jaccard).map(Why::Near),
            }
        };
        let close = || {
            let of = |index: usize| self.alike.embeddings.get(&self.session.entries[index].id);
            cosine_distance(of(old)?, of(new)?).filter(|distance| *distance < self.alike.distance).map(Why::Close)
        };
        lexical().or_else(close)
    }

    /// Each older member with the newer one of its kind, or the first.
    fn by_kind(&self, older: usize, newer: usize) -> Vec<(usize, usize)> {
        let kind = |index: usize| self.session.entries[index].kind;
        let newer = &self.exchanges[newer];
        let of = |old: usize| newer.iter().copied().find(|&new| kind(new) == kind(old)).unwrap_or(newer[0]);
        self.exchanges[older].iter().map(|&old| (old, of(old))).collect()
    }
}

/// The file that an exchange reads whole, once its text is there and is no error.
pub(super) fn read_by(session: &Session, members: &[usize]) -> Option<Arc<str>> {
    let members = || members.iter().map(|&index| &session.entries[index]);
    let mut results = members().filter(|entry| entry.kind == Kind::Result).peekable();
    results.peek()?;
    if results.any(|entry| entry.marks.has(Mark::Error)) {
        return None;
    }
    let mut calls = members().filter(|entry| entry.kind == Kind::Call).peekable();
    if calls.peek().is_none() {
        // A result pushed without its call: its tool and path say what was read.
        let reads = |entry: &&Entry| entry.tool.as_deref().is_some_and(is_reader);
        return members().filter(reads).find_map(|entry| entry.path.as_deref().map(Arc::from));
    }
    calls.find_map(whole_read)
}

pub(super) fn sort_of(session: &Session, index: usize) -> (Kind, Role) {
    (session.entries[index].kind, session.entries[index].role)
}
