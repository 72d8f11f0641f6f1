//! What pushes are compared with: texts by their keys, by nearness, and files by who reads them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    Alike, Duplicate,
    copies::{Push, read_by, sort_of},
};
use crate::{
    model::{Exchanges, Kind, Role, Session},
    text::similarity::{Features, NearIndex},
};

/// What pushes are compared with: the exchanges of a session all of whose members are live. It may be kept from push to
/// push while the session is told of ([`Known::out`]): what was looked into once is not looked into again.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// By exchange: whether it is in. Empty before the first push.
    pub(super) present: Vec<bool>,
    /// Texts, as far as entries of their kind and role were pushed.
    pub(super) texts: HashMap<(Kind, Role), Texts>,
    /// By entry; `None` where its kind and role were not pushed, or it is not live.
    pub(super) features: Vec<Option<Arc<Features>>>,
    /// By file: the exchanges that read it. And by exchange: the file.
    pub(super) reads: HashMap<Arc<str>, Vec<usize>>,
    read_by: HashMap<usize, Arc<str>>,
}

/// Texts of one kind and role, by entry.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    pub exact: HashMap<u128, Vec<usize>>,
    pub normalised: HashMap<u128, Vec<usize>>,
    pub near: NearIndex,
    /// By entry: its number in `near`.
    numbers: HashMap<usize, u32>,
}

impl Known {
    /// The live exchanges that what stands from `first_new` on makes stale. An exchange is a copy where each of its
    /// members has one of the same kind and role in the newer exchange; a short text counts only where it is letter for
    /// letter the same and of the same tool. Before the first call nothing is known; from then on, all that stood there.
    pub fn copies(
        &mut self,
        session: &Session,
        exchanges: &Exchanges,
        first_new: usize,
        alike: Alike,
    ) -> Vec<Duplicate> {
        let mut newer: Vec<usize> = (first_new..session.entries.len()).map(|index| exchanges.number(index)).collect();
        newer.sort_by_key(|&exchange| exchanges[exchange].last().copied());
        newer.dedup();
        self.prepare(session, exchanges, &newer);
        let mut stale = HashSet::new();
        let mut found = Vec::new();
        for &exchange in &newer {
            let copied = Push { known: self, session, exchanges, alike, stale: &stale }.copies_of(exchange);
            stale.extend(copied.iter().map(|duplicate| exchanges.number(duplicate.pairs[0].0)));
            found.extend(copied);
            self.admit(session, exchanges, exchange);
        }
        found
    }

    /// An exchange of which a member is no longer live.
    pub fn out(&mut self, session: &Session, exchanges: &Exchanges, exchange: usize) {
        if !self.present.get(exchange).is_some_and(|&present| present) {
            return;
        }
        self.present[exchange] = false;
        for &index in &exchanges[exchange] {
            let Some(features) = &self.features[index] else { continue };
            if let Some(texts) = self.texts.get_mut(&sort_of(session, index)) {
                texts.remove(index, features);
            }
        }
        if let Some(path) = self.read_by.remove(&exchange)
            && let Some(reads) = self.reads.get_mut(&path)
        {
            reads.retain(|&other| other != exchange);
        }
    }

    /// Has everything in that stands before a push, and looks at the texts that are pushed.
    fn prepare(&mut self, session: &Session, exchanges: &Exchanges, newer: &[usize]) {
        let is_first = self.present.is_empty();
        self.present.resize(exchanges.len(), false);
        self.features.resize(session.entries.len(), None);
        newer.iter().for_each(|&exchange| self.out(session, exchanges, exchange));
        let members = || newer.iter().flat_map(|&exchange| &exchanges[exchange]);
        let unmet: HashSet<_> =
            members().map(|&index| sort_of(session, index)).filter(|sort| !self.texts.contains_key(sort)).collect();
        if is_first || !unmet.is_empty() {
            // In the order in which they were pushed.
            let mut older: Vec<usize> = (0..exchanges.len()).collect();
            newer.iter().for_each(|&exchange| older[exchange] = usize::MAX);
            older.retain(|&exchange| exchange != usize::MAX && (is_first || self.present[exchange]));
            older.sort_by_key(|&exchange| exchanges[exchange].last().copied());
            if is_first {
                older.iter().for_each(|&exchange| self.admit(session, exchanges, exchange));
                older.retain(|&exchange| self.present[exchange]);
            }
            self.texts.extend(unmet.iter().map(|&sort| (sort, Texts::default())));
            for &index in older.iter().flat_map(|&exchange| &exchanges[exchange]) {
                if unmet.contains(&sort_of(session, index)) {
                    self.admit_text(session, index);
                }
            }
        }
        for &index in members() {
            let entry = &session.entries[index];
            if self.features[index].is_none() && entry.is_live() {
                self.features[index] = Some(Arc::new(Features::new(&entry.text)));
            }
        }
    }

    fn admit(&mut self, session: &Session, exchanges: &Exchanges, exchange: usize) {
        if exchanges[exchange].iter().any(|&index| !session.entries[index].is_live()) {
            return;
        }
        self.present[exchange] = true;
        for &index in &exchanges[exchange] {
            if self.texts.contains_key(&sort_of(session, index)) {
                self.admit_text(session, index);
            }
        }
        if let Some(path) = read_by(session, &exchanges[exchange]) {
            self.reads.entry(path.clone()).or_default().push(exchange);
            self.read_by.insert(exchange, path);
        }
    }

    fn admit_text(&mut self, session: &Session, index: usize) {
        let features = self.features[index].get_or_insert_with(|| Features::new(&session.entries[index].text).into());
        self.texts.entry(sort_of(session, index)).or_default().add(index, features);
    }
}

impl Texts {
    fn add(&mut self, index: usize, features: &Arc<Features>) {
        self.exact.entry(features.exact).or_default().push(index);
        if !features.is_short() {
            self.normalised.entry(features.normalised).or_default().push(index);
            let number = self.near.add(index as u32, features.clone());
            self.numbers.insert(index, number);
        }
    }

    fn remove(&mut self, index: usize, features: &Features) {
        for (texts, key) in [(&mut self.exact, features.exact), (&mut self.normalised, features.normalised)] {
            if let Some(of_key) = texts.get_mut(&key) {
                of_key.retain(|&other| other != index);
                if of_key.is_empty() {
                    texts.remove(&key);
                }
            }
        }
        if let Some(number) = self.numbers.remove(&index) {
            self.near.remove(number);
        }
    }
}
