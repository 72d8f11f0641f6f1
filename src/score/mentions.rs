//! Which names stand in which entries: what recurs, and who mentions what again.

use std::{collections::HashMap, ops::Range};

use crate::{
    model::{Kind, Session},
    text::compress::names,
};

/// All names of a session.
#[derive(Clone, Debug, Default)]
pub struct Mentions<'a> {
    pub terms: Vec<Term<'a>>,
    /// By entry: its names in order of place.
    pub of_entry: Vec<Vec<Mention>>,
}

/// A name and where it stands.
#[derive(Clone, Debug)]
pub struct Term<'a> {
    pub text: &'a str,
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

impl<'a> Mentions<'a> {
    pub fn new(session: &'a Session) -> Mentions<'a> {
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut mentions = Mentions { terms: Vec::new(), of_entry: Vec::with_capacity(session.entries.len()) };
        for (index, entry) in session.entries.iter().enumerate() {
            let mut own = Vec::new();
            if !matches!(entry.kind, Kind::Boundary | Kind::Opaque | Kind::Note) {
                for name in names::names(&entry.text) {
                    // Nobody mentions again what stands behind four gigabytes of one text.
                    let (Ok(start), Ok(end)) = (u32::try_from(name.start), u32::try_from(name.end())) else { break };
                    let term = *known.entry(name.text).or_insert_with(|| {
                        mentions.terms.push(Term { text: name.text, kind: name.kind, entries: Vec::new() });
                        (mentions.terms.len() - 1) as u32
                    });
                    let entries = &mut mentions.terms[term as usize].entries;
                    if entries.last() != Some(&(index as u32)) {
                        entries.push(index as u32);
                    }
                    own.push(Mention { term, at: start..end });
                }
            }
            own.shrink_to_fit();
            mentions.of_entry.push(own);
        }
        mentions
    }

    /// As they were when the session had this many entries. Terms are numbered in order of first use, so those that had
    /// come up by then are the first ones.
    pub fn until(&self, entries: usize) -> Mentions<'a> {
        let known =
            self.terms.partition_point(|term| term.entries.first().is_some_and(|&first| (first as usize) < entries));
        let so_far = |term: &Term<'a>| Term {
            entries: term.entries[..term.entries.partition_point(|&entry| (entry as usize) < entries)].to_vec(),
            ..term.clone()
        };
        Mentions {
            terms: self.terms[..known].iter().map(so_far).collect(),
            of_entry: self.of_entry[..entries].to_vec(),
        }
    }
}
