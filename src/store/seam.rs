//! The seam: what the workspace asks of a store, whoever's file it is. The same tests run on every implementation.

use std::{
    collections::HashMap,
    ops::{Deref, DerefMut},
    path::Path,
};

use super::{Applied, Hit, Native, Result, Scope, SessionRow, StoreError, foreign::distill::Distill};
use crate::model::{Actor, Clean, Edit, EntryId, JournalRow, Session, SessionId, Time, Via};

/// A store, narrowly: its sessions, and edits of what stands in them.
pub trait Store {
    fn kind(&self) -> StoreKind;

    /// By which front end edits come from now on, for the journal.
    fn come_by(&mut self, via: Via);

    /// Every session, deleted ones too, the most recently active first. Counts no tokens.
    fn list(&self) -> Result<Vec<SessionRow>>;

    /// A session as the store knows it.
    ///
    /// # Errors
    /// Where there is no such session, or it is deleted.
    fn load(&self, id: &SessionId) -> Result<Session>;

    /// The whole text of one entry, without reading the others.
    ///
    /// # Errors
    /// Where there is no such session or no such entry.
    fn text(&self, id: &SessionId, entry: EntryId) -> Result<Clean>;

    /// Makes an edit, takes one back, or brings one again: one transaction, exact or refused.
    ///
    /// # Errors
    /// Where an entry is not as the edit expects it, a later edit stands on it, or the store cannot hold what it brings.
    /// Nothing is changed then.
    fn apply(&mut self, id: &SessionId, actor: &Actor, at: Time, step: Step) -> Result<Applied>;

    /// Every edit of a session, the oldest first.
    fn journal(&self, id: &SessionId) -> Result<Vec<JournalRow>>;

    /// A number that changes when another connection, of this process or another, has written.
    fn watch(&self) -> Result<i64>;

    /// Entries that hold the words of a query, best first; see [`Native::recall`].
    fn recall(&self, query: &str, scope: &Scope, limit: usize) -> Result<Vec<Hit>>;
}

/// What is to be applied.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    Edit {
        edit: &'a Edit,
        /// What entries are to hold at the level that the edit gives them, for a store that keeps that text; an entry
        /// that is not named holds its whole text.
        held: &'a HeldTexts,
    },
    /// The newest standing edit of the actor.
    Undo,
    /// Any edit of the journal, whoever made it.
    UndoRow(i64),
    /// What the actor took back last.
    Redo,
}

pub type HeldTexts = HashMap<EntryId, Clean>;

/// Whose file it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoreKind {
    #[default]
    Haversack,
    Distill,
}

/// What a store may hold beside its entries and how they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Renditions, costs and scores: a store without them has them made anew each time.
    Derived,
    /// New entries: pushes, imports, sessions.
    Entries,
    /// Notes and condensed summaries: entries that edits bring.
    Made,
    Facts,
    /// Deletion that can be taken back, and purging.
    Deletion,
    /// What was exported, and the layer forced for the next export.
    Exports,
}

impl StoreKind {
    pub fn keeps(self, part: Part) -> bool {
        match self {
            StoreKind::Haversack => true,
            // What distill has no column for stands in tables beside its own only where an edit needs it there.
            StoreKind::Distill => match part {
                Part::Derived | Part::Entries | Part::Made | Part::Facts | Part::Deletion | Part::Exports => false,
            },
        }
    }

    /// # Errors
    /// Where it does not keep that part, with what to do instead.
    pub fn require(self, part: Part) -> Result<()> {
        if self.keeps(part) { Ok(()) } else { Err(StoreError::NotKept(part)) }
    }
}

/// A store of either kind.
pub enum OpenStore {
    Native(Native),
    Distill(Distill),
}

impl OpenStore {
    /// Opens the file, whoever's it is; where there is none, makes one of our own.
    pub fn open(path: &Path) -> Result<OpenStore> {
        match !Native::is_haversack(path) && super::foreign::distill::sniff(path) {
            true => Ok(OpenStore::Distill(Distill::open(path)?)),
            false => Ok(OpenStore::Native(Native::open(path)?)),
        }
    }

    /// Our own store, for what no other holds.
    ///
    /// # Errors
    /// Where it is another program's file, with what to do instead.
    pub fn native(&self, part: Part) -> Result<&Native> {
        match self {
            OpenStore::Native(native) => Ok(native),
            OpenStore::Distill(_) => Err(StoreError::NotKept(part)),
        }
    }

    /// The same for writing.
    pub fn native_mut(&mut self, part: Part) -> Result<&mut Native> {
        match self {
            OpenStore::Native(native) => Ok(native),
            OpenStore::Distill(_) => Err(StoreError::NotKept(part)),
        }
    }
}

impl Deref for OpenStore {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        match self {
            OpenStore::Native(native) => native,
            OpenStore::Distill(distill) => distill,
        }
    }
}

impl DerefMut for OpenStore {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            OpenStore::Native(native) => native,
            OpenStore::Distill(distill) => distill,
        }
    }
}

impl Store for Native {
    fn kind(&self) -> StoreKind {
        StoreKind::Haversack
    }

    fn come_by(&mut self, via: Via) {
        Native::come_by(self, via);
    }

    fn list(&self) -> Result<Vec<SessionRow>> {
        self.sessions()
    }

    fn load(&self, id: &SessionId) -> Result<Session> {
        self.require_live(id)?;
        Native::load(self, id)
    }

    fn text(&self, id: &SessionId, entry: EntryId) -> Result<Clean> {
        Native::text(self, id, entry)
    }

    fn apply(&mut self, id: &SessionId, actor: &Actor, at: Time, step: Step) -> Result<Applied> {
        match step {
            Step::Edit { edit, .. } => {
                let row = self.record(id, actor, at, edit)?;
                Ok(Applied { edit: edit.clone(), row })
            }
            Step::Undo => self.undo(id, actor, at),
            Step::UndoRow(row) => self.undo_row(id, row, actor, at),
            Step::Redo => self.redo(id, actor, at),
        }
    }

    fn journal(&self, id: &SessionId) -> Result<Vec<JournalRow>> {
        Native::journal(self, id)
    }

    fn watch(&self) -> Result<i64> {
        self.data_version()
    }

    fn recall(&self, query: &str, scope: &Scope, limit: usize) -> Result<Vec<Hit>> {
        Native::recall(self, query, scope, limit)
    }
}
