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
    pub at: Range<usize>,
}

impl<'a> Mentions<'a> {
    pub fn new(session: &'a Session) -> Mentions<'a> {
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut mentions = Mentions { terms: Vec::new(), of_entry: Vec::with_capacity(session.entries.len()) };
        for (index, entry) in session.entries.iter().enumerate() {
            let mut own = Vec::new();
            if !matches!(entry.kind, Kind::Boundary | Kind::Opaque | Kind::Note) {
                for name in names::names(&entry.text) {
                    let term = *known.entry(name.text).or_insert_with(|| {
                        mentions.terms.push(Term { text: name.text, kind: name.kind, entries: Vec::new() });
                        (mentions.terms.len() - 1) as u32
                    });
                    let entries = &mut mentions.terms[term as usize].entries;
                    if entries.last() != Some(&(index as u32)) {
                        entries.push(index as u32);
                    }
                    own.push(Mention { term, at: name.start..name.end() });
                }
            }
            mentions.of_entry.push(own);
        }
        mentions
    }
}
