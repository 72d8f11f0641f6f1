//! An entry as people and programs name it.

use std::{fmt, str::FromStr};

use super::{EntryId, Session};

/// An entry as people name it: `#12`, `12`, or its id of 16 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryName {
    Seq(u32),
    Id(EntryId),
}

impl FromStr for EntryName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        let seq = text.strip_prefix('#').unwrap_or(text).parse().ok().filter(|&seq| seq > 0);
        seq.map(Self::Seq).ok_or_else(|| "give an entry as #12, 12 or its id of 16 hex digits".into())
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seq(seq) => write!(f, "#{seq}"),
            Self::Id(id) => id.fmt(f),
        }
    }
}

impl EntryName {
    /// # Errors
    /// Where the session has no such entry.
    pub fn find(self, session: &Session) -> Result<EntryId, String> {
        let found = match self {
            Self::Seq(seq) => session.by_seq(seq),
            Self::Id(id) => session.entry(id),
        };
        found.map(|entry| entry.id).ok_or_else(|| {
            let last = session.entries.last().map_or(0, |entry| entry.seq);
            format!("there is no entry {self} in {}: its entries are #1 to #{last}", session.id)
        })
    }
}
