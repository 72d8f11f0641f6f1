//! Why an entry is in the pack or not.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    model::{EntryId, Level, Seen},
    workspace::Desk,
};

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Why {
    pub session_id: String,
    pub budget: u32,
    /// Entries that are meant, of which `entries` may be the first few.
    pub matches: usize,
    pub entries: Vec<Explained>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Explained {
    pub entry_id: EntryId,
    pub seq: u32,
    pub kind: String,
    /// In full.
    pub tokens: u32,
    /// The level in the plan; `null` where it is out.
    pub packed: Option<Level>,
    /// The extra budget that would bring it in; `null` where it is in, or none does.
    pub needs: Option<u32>,
    pub seen: Seen,
    /// Sentences.
    pub why: Vec<String>,
}

impl Why {
    /// Of these entries, by index, at most `explained` of them.
    pub fn new(desk: &Desk, found: &[usize], explained: usize) -> Why {
        Why {
            session_id: desk.session().id.to_string(),
            budget: desk.budget().tokens(),
            matches: found.len(),
            entries: found.iter().take(explained).map(|&index| Explained::new(desk, index)).collect(),
        }
    }
}

impl Explained {
    fn new(desk: &Desk, index: usize) -> Explained {
        let entry = &desk.session().entries[index];
        Explained {
            entry_id: entry.id,
            seq: entry.seq,
            kind: entry.kind.to_string(),
            tokens: entry.cost(Level::Full),
            packed: desk.packed(index),
            needs: desk.needs(index),
            seen: entry.seen,
            why: desk.why(index),
        }
    }
}
