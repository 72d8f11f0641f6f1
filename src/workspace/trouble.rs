//! What kind of trouble an error is, for front ends that answer with a code: HTTP, MCP.

use strum::Display;

use super::WorkspaceError;
use crate::{facts::FactRefusal, store::StoreError};

/// In its words a program can tell one from another: `no_session`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display)]
#[strum(serialize_all = "snake_case")]
pub enum Trouble {
    NoSession,
    /// It is there, and deleted: it can be brought back.
    SessionDeleted,
    SessionExists,
    /// Retention has let its text go: its digest is left.
    LetGo,
    /// The journal has no such row.
    NoRow,
    /// Nothing to undo or redo, or an append.
    NothingToUndo,
    /// Something else has changed what was asked to be changed, or a later edit stands on it.
    Conflict,
    /// The verb does nothing to an entry or a fact in its state.
    Refused,
    /// It is a person's, and not for an agent to change.
    Forbidden,
    /// What was given is not usable.
    BadInput,
    /// The store belongs to another program and cannot hold this.
    NotKept,
    /// Another program holds the store for too long.
    Busy,
    /// The store, the disk, or we ourselves.
    Fault,
}

impl WorkspaceError {
    pub fn trouble(&self) -> Trouble {
        match self {
            WorkspaceError::Store(error) => of_store(error),
            WorkspaceError::Refused(_) | WorkspaceError::BadFact(_) => Trouble::Refused,
            WorkspaceError::Forbidden(_) | WorkspaceError::RefusedFact(FactRefusal::Trust { .. }) => Trouble::Forbidden,
            WorkspaceError::NoSuchSession { .. } => Trouble::NoSession,
            WorkspaceError::SeveralSessions { .. }
            | WorkspaceError::Ambiguous { .. }
            | WorkspaceError::NothingToImport { .. }
            | WorkspaceError::BadPush(_)
            | WorkspaceError::BadExport { .. }
            | WorkspaceError::RefusedFact(_)
            | WorkspaceError::Ingest(_) => Trouble::BadInput,
            WorkspaceError::Llm(_) => Trouble::Fault,
        }
    }
}

fn of_store(error: &StoreError) -> Trouble {
    match error {
        StoreError::NoSession(_) => Trouble::NoSession,
        StoreError::Deleted(_) => Trouble::SessionDeleted,
        StoreError::Exists(_) => Trouble::SessionExists,
        StoreError::NoRow { .. } => Trouble::NoRow,
        StoreError::NothingToUndo(_) | StoreError::NothingToRedo(_) | StoreError::NotUndoable { .. } => {
            Trouble::NothingToUndo
        }
        StoreError::Drift(_)
        | StoreError::ChangedByOwner { .. }
        | StoreError::SeqTaken { .. }
        | StoreError::Moved(_)
        | StoreError::Stands { .. }
        | StoreError::NotDeleted(_) => Trouble::Conflict,
        StoreError::LetGo { .. } => Trouble::LetGo,
        StoreError::NotKept(_) => Trouble::NotKept,
        StoreError::Busy => Trouble::Busy,
        StoreError::File { .. }
        | StoreError::NotHaversack { .. }
        | StoreError::NotDistill { .. }
        | StoreError::Newer { .. }
        | StoreError::Upgraded { .. }
        | StoreError::FileExists { .. }
        | StoreError::Damaged { .. }
        | StoreError::Sqlite(_) => Trouble::Fault,
    }
}
