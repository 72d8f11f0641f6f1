//! Which names stand in which entries: what recurs, and who mentions what again.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    ops::Range,
};

use xxhash_rust::xxh3::xxh3_128;

use crate::{
    model::{Entry, Kind, Session},
    text::compress::names,
};

/// All names of a session. Takes entries in one by one, so that no text is searched twice.
#[derive(Clone, Debug, Default)]
pub struct Mentions {
    pub terms: Vec<Term>,
    /// By entry: its names in order of place.
    pub of_entry: Vec<Vec<Mention>>,
    /// Numbers of terms by the hash of the name.
    known: HashMap<u128, u32, BuildHasherDefault<AsItIs>>,
}

/// A name and where it stands.
#[derive(Clone, Debug)]
pub struct Term {
    pub kind: names::NameKind,
    /// Entries that hold it, ascending, each once.
    pub entries: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Number in `terms`.
    pub term: u32,
    /// In bytes. A large session has millions of these.
    at: Range<u32>,
}

impl Mention {
    /// Where it stands in the entry's text.
    pub fn at(&self) -> Range<usize> {
        self.at.start as usize..self.at.end as usize
    }
}

impl Mentions {
    pub fn new(session: &Session) -> Mentions {
        let mut mentions = Mentions::default();
        mentions.of_entry.reserve(session.entries.len());
        session.entries.iter().for_each(|entry| mentions.add(entry));
        mentions
    }

    /// Takes in the session's next entry.
    pub fn add(&mut self, entry: &Entry) {
        let index = self.of_entry.len() as u32;
        let mut own = Vec::new();
        if !matches!(entry.kind, Kind::Boundary | Kind::Opaque | Kind::Note) {
            for name in names::names(&entry.text) {
                // Nobody mentions again what stands behind four gigabytes of one text.
                let (Ok(start), Ok(end)) = (u32::try_from(name.start), u32::try_from(name.end())) else { break };
                let term = *self.known.entry(xxh3_128(name.text.as_bytes())).or_insert_with(|| {
                    self.terms.push(Term { kind: name.kind, entries: Vec::new() });
                    (self.terms.len() - 1) as u32
                });
                let entries = &mut self.terms[term as usize].entries;
                if entries.last() != Some(&index) {
                    entries.push(index);
                }
                own.push(Mention { term, at: start..end });
            }
        }
        own.shrink_to_fit();
        self.of_entry.push(own);
    }

    /// As they were when the session had this many entries; nothing is to be added to these. Terms are numbered in order
    /// of first use, so those that had come up by then are the first ones.
    pub fn until(&self, entries: usize) -> Mentions {
        let known =
            self.terms.partition_point(|term| term.entries.first().is_some_and(|&first| (first as usize) < entries));
        let so_far = |term: &Term| Term {
            entries: term.entries[..term.entries.partition_point(|&entry| (entry as usize) < entries)].to_vec(),
            ..term.clone()
        };
        Mentions {
            terms: self.terms[..known].iter().map(so_far).collect(),
            of_entry: self.of_entry[..entries].to_vec(),
            known: HashMap::default(),
        }
    }
}

/// Keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| hash.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }
}
