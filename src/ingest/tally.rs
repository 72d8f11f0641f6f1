//! What a reader met in a file, and what of it nobody could use.

use std::collections::BTreeMap;

use super::plural::counted;
use crate::text::redact::clean;

/// Unknown types that a problem names; the rest is only counted.
const NAMED_TYPES: usize = 5;
/// Characters of an unknown type's name that are shown.
const NAME_CHARS: usize = 40;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// JSON objects of a line format, messages of a document, rows of a message table; whatever their type.
    pub records: u64,
    /// Stretches that are no JSON object, each to the end of its line; rows whose JSON does not parse.
    pub bad_spans: u64,
    /// Whether the last line is cut off: the agent may be writing it. It is one of the bad spans.
    pub torn: bool,
    /// Records with a field of an unexpected type; the field was left out.
    pub odd_records: u64,
    /// Records of a type that the reader does not know, by type.
    pub unknown: BTreeMap<String, u64>,
    /// Bytes read.
    pub bytes: u64,
}

impl Tally {
    pub fn count_unknown(&mut self, kind: &str) {
        match self.unknown.get_mut(kind) {
            Some(count) => *count += 1,
            None => drop(self.unknown.insert(kind.to_owned(), 1)),
        }
    }

    /// Takes in what another file of the same session held.
    pub fn add(&mut self, other: &Tally) {
        self.records += other.records;
        self.bad_spans += other.bad_spans;
        self.torn |= other.torn;
        self.odd_records += other.odd_records;
        self.bytes += other.bytes;
        for (kind, count) in &other.unknown {
            *self.unknown.entry(kind.clone()).or_default() += count;
        }
    }

    /// What the reader could not use, in words.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let bad = self.bad_spans - u64::from(self.torn);
        if bad > 0 {
            problems.push(counted(bad, "line is not JSON and was skipped", "lines are not JSON and were skipped"));
        }
        if self.torn {
            problems.push("the last line is cut off and was left out: it is read once it is whole".into());
        }
        if self.odd_records > 0 {
            let (one, many) = ("record has a field of an unexpected type", "records have fields of an unexpected type");
            problems.push(counted(self.odd_records, one, many));
        }
        let unknown: u64 = self.unknown.values().sum();
        if unknown > 0 {
            let types = counted(self.unknown.len() as u64, "unknown type", "unknown types");
            let names: Vec<String> = self.unknown.keys().take(NAMED_TYPES).map(|name| shown(name)).collect();
            problems.push(format!("{} of {types} ({})", counted(unknown, "record", "records"), names.join(", ")));
        }
        problems
    }
}

/// A type's name as a problem shows it.
fn shown(name: &str) -> String {
    format!("'{}'", clean(name).chars().take(NAME_CHARS).collect::<String>().escape_debug())
}
