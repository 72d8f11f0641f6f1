//! One reversible change of a session, as data: what each entry's state was, and what it becomes.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use super::{Entry, EntryId, EntryState, Fact, FactId};

/// Applying it needs every entry to be as `before` says; its inverse swaps before and after. So undo is exact, and an
/// undo on a session that something else changed is noticed and refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// What it did, for the journal and the status line: "pinned #12".
    pub words: String,
    pub changes: Vec<Change>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<FactChange>,
}

/// A write of a fact that appears (`before` is `None`), changes, or goes away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactChange {
    pub id: FactId,
    pub before: Option<Box<Fact>>,
    pub after: Option<Box<Fact>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    State {
        id: EntryId,
        before: EntryState,
        after: EntryState,
    },
    /// A note appears. Its undo is `Remove`.
    Add {
        entry: Box<Entry>,
    },
    Remove {
        entry: Box<Entry>,
    },
}

impl Edit {
    pub fn inverse(&self) -> Edit {
        Edit {
            words: self.words.clone(),
            changes: self.changes.iter().rev().map(Change::inverse).collect(),
            facts: self.facts.iter().rev().map(FactChange::inverse).collect(),
        }
    }

    /// One edit that does this and then `next`. An entry that both change is changed once.
    #[must_use]
    pub fn then(mut self, next: Edit) -> Edit {
        self.words = match self.words.is_empty() {
            true => next.words,
            false => format!("{}, {}", self.words, next.words),
        };
        let earlier: HashMap<EntryId, usize> =
            self.changes.iter().enumerate().map(|(at, change)| (change.id(), at)).collect();
        for change in next.changes {
            let again = earlier.get(&change.id()).map(|&at| &mut self.changes[at]);
            match (again, change) {
                (Some(Change::State { after, .. }), Change::State { after: later, .. }) => *after = later,
                (_, change) => self.changes.push(change),
            }
        }
        self.facts.extend(next.facts);
        self
    }

    /// Whether it changes what some entry's text costs.
    pub fn rewrites(&self) -> bool {
        self.changes.iter().any(|change| match change {
            Change::State { before, after, .. } => before.rewrites != after.rewrites,
            Change::Add { .. } => true,
            Change::Remove { .. } => false,
        })
    }

    /// The entries it touches, each once, in order of first touch.
    pub fn touches(&self) -> Vec<EntryId> {
        let mut seen = HashSet::new();
        self.changes.iter().map(Change::id).filter(|&id| seen.insert(id)).collect()
    }
}

impl FactChange {
    fn inverse(&self) -> FactChange {
        FactChange { id: self.id, before: self.after.clone(), after: self.before.clone() }
    }
}

impl Change {
    pub fn id(&self) -> EntryId {
        match self {
            Change::State { id, .. } => *id,
            Change::Add { entry } | Change::Remove { entry } => entry.id,
        }
    }

    /// The state needed before; `None` = the entry must not exist.
    pub fn before(&self) -> Option<&EntryState> {
        match self {
            Change::State { before, .. } => Some(before),
            Change::Add { .. } => None,
            Change::Remove { entry } => Some(&entry.state),
        }
    }

    /// The state afterwards; `None` = the entry is gone.
    pub fn after(&self) -> Option<&EntryState> {
        match self {
            Change::State { after, .. } => Some(after),
            Change::Add { entry } => Some(&entry.state),
            Change::Remove { .. } => None,
        }
    }

    fn inverse(&self) -> Change {
        match self {
            Change::State { id, before, after } => {
                Change::State { id: *id, before: after.clone(), after: before.clone() }
            }
            Change::Add { entry } => Change::Remove { entry: entry.clone() },
            Change::Remove { entry } => Change::Add { entry: entry.clone() },
        }
    }
}

/// The session is not as an edit expects it: something else changed this since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    Entry { id: EntryId, seq: Option<u32> },
    Fact { id: FactId },
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Drift::Entry { seq: Some(seq), .. } => write!(f, "#{seq} has changed since; undo the later edit first"),
            Drift::Entry { id, seq: None } => write!(f, "entry {id} is no longer there"),
            Drift::Fact { id } => write!(f, "fact {id} has changed since; undo the later edit first"),
        }
    }
}

impl std::error::Error for Drift {}
