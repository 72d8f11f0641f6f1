//! Exchanges that newer ones make stale as they are pushed: the same text again, nearly the same, the same file read
//! again. And the edit that says so.

mod supersede;
#[cfg(test)]
mod tests;

pub use supersede::supersede;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use super::repeats::{Subjects, is_reader};
use crate::{
    model::{Entry, EntryId, Exchanges, Kind, Mark, Session},
    text::similarity::{Features, NearIndex, cosine_distance},
};

/// What counts as a copy.
#[derive(Clone, Copy, Debug)]
pub struct Alike<'a> {
    /// Texts are near from this Jaccard of their word 3-shingles up, 0 to 1.
    pub jaccard: f64,
    /// Embeddings are near below this cosine distance, 0 to 1 (distill's rule: strictly below).
    pub distance: f64,
    /// Of whichever entries have one.
    pub embeddings: &'a HashMap<EntryId, Vec<f32>>,
}

/// A stale exchange and the newer one. Indices into the session's entries.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    /// Each member of the older exchange, with the member of the newer one that stands for it.
    pub pairs: Vec<(usize, usize)>,
    pub why: Why,
}

/// From the surest to the least sure.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    Same,
    /// But for white space and line numbers.
    SameWords,
    /// Jaccard.
    Near(f64),
    /// Cosine distance of the embeddings.
    Close(f64),
    /// A file, in a version of its own.
    ReadAgain(Arc<str>),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Same => f.write_str("the same text"),
            Why::SameWords => f.write_str("the same but for white space or line numbers"),
            Why::Near(jaccard) => write!(f, "{:.0} % the same", (jaccard * 100.0).floor()),
            Why::Close(distance) => write!(f, "embeddings {distance:.2} apart"),
            Why::ReadAgain(path) => write!(f, "{path} read again"),
        }
    }
}

/// The live exchanges that what stands from `first_new` on makes stale. An exchange is a copy where each of its members
/// has one of the same kind and role in the newer exchange; a short text counts only where it is letter for letter the
/// same and of the same tool.
pub fn duplicates(session: &Session, first_new: usize, alike: Alike) -> Vec<Duplicate> {
    let exchanges = session.exchanges();
    let mut newer: Vec<usize> = (first_new..session.entries.len()).map(|index| exchanges.number(index)).collect();
    newer.sort_by_key(|&exchange| exchanges[exchange].last().copied());
    newer.dedup();
    let mut known = Known::new(session, &exchanges, &newer, alike);
    let mut found = Vec::new();
    for &exchange in &newer {
        let stale = known.copies_of(exchange);
        known.stale.extend(stale.iter().map(|duplicate| exchanges.number(duplicate.pairs[0].0)));
        found.extend(stale);
        known.add(exchange);
    }
    found
}

/// What pushes are compared with: live exchanges, as far as they have the kinds and roles that are pushed.
struct Known<'a> {
    session: &'a Session,
    exchanges: &'a Exchanges,
    alike: Alike<'a>,
    subjects: Subjects,
    stale: HashSet<usize>,
    /// By entry; `None` where it is of no kind that is pushed.
    features: Vec<Option<Features>>,
    near: NearIndex,
    exact: HashMap<u128, Vec<usize>>,
    normalised: HashMap<u128, Vec<usize>>,
    embedded: Vec<usize>,
    reads: HashMap<Arc<str>, Vec<usize>>,
}

impl<'a> Known<'a> {
    fn new(session: &'a Session, exchanges: &'a Exchanges, newer: &[usize], alike: Alike<'a>) -> Known<'a> {
        let pushed: HashSet<_> =
            newer.iter().flat_map(|&exchange| &exchanges[exchange]).map(|&index| sort_of(session, index)).collect();
        let features = (0..session.entries.len()).map(|index| {
            let entry = &session.entries[index];
            (entry.is_live() && pushed.contains(&sort_of(session, index))).then(|| Features::new(&entry.text))
        });
        let mut known = Known {
            session,
            exchanges,
            alike,
            subjects: Subjects::new(session),
            stale: HashSet::new(),
            features: features.collect(),
            near: NearIndex::default(),
            exact: HashMap::new(),
            normalised: HashMap::new(),
            embedded: Vec::new(),
            reads: HashMap::new(),
        };
        let newer: HashSet<usize> = newer.iter().copied().collect();
        (0..exchanges.len()).filter(|exchange| !newer.contains(exchange)).for_each(|exchange| known.add(exchange));
        known
    }

    fn add(&mut self, exchange: usize) {
        let members = &self.exchanges[exchange];
        if members.iter().any(|&index| !self.session.entries[index].is_live()) {
            return;
        }
        for &index in members {
            if let Some(features) = &self.features[index] {
                self.exact.entry(features.exact).or_default().push(index);
                if !features.is_short() {
                    self.normalised.entry(features.normalised).or_default().push(index);
                    self.near.add(index as u32, features.clone());
                }
            }
            if self.alike.embeddings.contains_key(&self.session.entries[index].id) {
                self.embedded.push(index);
            }
        }
        if let Some(path) = self.read_by(exchange) {
            self.reads.entry(path).or_default().push(exchange);
        }
    }

    fn copies_of(&self, exchange: usize) -> Vec<Duplicate> {
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
        let read = self.read_by(exchange);
        for &older in read.iter().filter_map(|path| self.reads.get(path)).flatten() {
            let is_new = |duplicate: &Duplicate| self.exchanges.number(duplicate.pairs[0].0) == older;
            if !self.stale.contains(&older) && !found.iter().any(is_new) {
                let why = Why::ReadAgain(read.clone().expect("the path led here"));
                found.push(Duplicate { pairs: self.by_kind(older, exchange), why });
            }
        }
        found.sort_by_key(|duplicate| duplicate.pairs[0]);
        found
    }

    /// Older entries that may be copied by this one, the surest first.
    fn candidates(&self, new: usize) -> Vec<usize> {
        let mut found = Vec::new();
        if let Some(features) = &self.features[new] {
            found.extend(self.exact.get(&features.exact).into_iter().flatten());
            if !features.is_short() {
                found.extend(self.normalised.get(&features.normalised).into_iter().flatten());
                found.extend(self.near.near(features, self.alike.jaccard).iter().map(|near| near.id as usize));
            }
        }
        if self.alike.embeddings.contains_key(&self.session.entries[new].id) {
            found.extend(&self.embedded);
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
            let (one, other) = (self.features[old].as_ref()?, self.features[new].as_ref()?);
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

    /// The file that an exchange reads whole, once its text is there and is no error.
    fn read_by(&self, exchange: usize) -> Option<Arc<str>> {
        let members = self.exchanges[exchange].iter().map(|&index| (index, &self.session.entries[index]));
        let mut results = members.clone().filter(|(_, entry)| entry.kind == Kind::Result).peekable();
        results.peek()?;
        if results.any(|(_, entry)| entry.marks.has(Mark::Error)) {
            return None;
        }
        let mut calls = members.clone().filter(|(_, entry)| entry.kind == Kind::Call).peekable();
        if calls.peek().is_none() {
            // A result pushed without its call: its tool and path say what was read.
            let read = |entry: &Entry| entry.tool.as_deref().is_some_and(is_reader);
            return members
                .clone()
                .filter(|(_, entry)| read(entry))
                .find_map(|(_, entry)| entry.path.as_deref().map(Arc::from));
        }
        calls.find_map(|(index, _)| self.subjects.read(index).cloned())
    }

    /// Each older member with the newer one of its kind, or the first.
    fn by_kind(&self, older: usize, newer: usize) -> Vec<(usize, usize)> {
        let kind = |index: usize| self.session.entries[index].kind;
        let newer = &self.exchanges[newer];
        let of = |old: usize| newer.iter().copied().find(|&new| kind(new) == kind(old)).unwrap_or(newer[0]);
        self.exchanges[older].iter().map(|&old| (old, of(old))).collect()
    }
}

impl Why {
    /// Greater where it is less sure.
    fn doubt(&self) -> f64 {
        match self {
            Why::Same => 0.0,
            Why::SameWords => 1.0,
            Why::Near(jaccard) => 3.0 - jaccard,
            Why::Close(distance) => 4.0 + distance,
            Why::ReadAgain(_) => 7.0,
        }
    }
}

fn sort_of(session: &Session, index: usize) -> (Kind, crate::model::Role) {
    (session.entries[index].kind, session.entries[index].role)
}
