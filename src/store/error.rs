//! What can go wrong in a store, each told in one sentence with what to do.

use std::{fmt, io, path::PathBuf};

use rusqlite::ErrorCode;

use super::Part;
use crate::{
    model::{Actor, Drift, JournalRow, JournalStatus, SessionId, Time},
    text::words,
};

pub type Result<T> = std::result::Result<T, StoreError>;

#[derive(Debug)]
pub enum StoreError {
    /// The file or its folder cannot be made or read.
    File {
        path: PathBuf,
        why: io::Error,
    },
    /// The file is there, and is something else.
    NotHaversack {
        path: PathBuf,
    },
    /// A file that was to be read as distill's, and is not.
    NotDistill {
        path: PathBuf,
    },
    /// Written by a later version of Haversack.
    Newer {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    NoSession(SessionId),
    /// A new session was to get this id.
    Exists(SessionId),
    /// The session is deleted: its bytes are there, but it takes no edits.
    Deleted(SessionId),
    NotDeleted(SessionId),
    /// Retention has let its raw text go: there is a digest, and nothing to edit.
    LetGo {
        id: SessionId,
        at: Time,
    },
    /// An entry is not as an edit expects it.
    Drift(Drift),
    /// The other program, whose file this is, has changed or removed an entry that an edit is about.
    ChangedByOwner {
        /// `None` where the entry is gone.
        seq: Option<u32>,
    },
    /// Another program's file cannot hold this.
    NotKept(Part),
    /// A file of distill that has the newer columns already.
    Upgraded {
        path: PathBuf,
    },
    /// A file that would be written over.
    FileExists {
        path: PathBuf,
    },
    /// The number of a new note is taken.
    SeqTaken {
        seq: u32,
    },
    /// Somebody else has added entries since the session was read.
    Moved(SessionId),
    /// A later edit stands on an entry that an undo or redo would change.
    Stands {
        row: Box<JournalRow>,
        later: Box<JournalRow>,
        /// The session of the later edit, where it is another one: facts of a project have one order in all.
        elsewhere: Option<SessionId>,
    },
    NothingToUndo(Actor),
    NothingToRedo(Actor),
    NoRow {
        row_id: i64,
    },
    /// An append, or an edit that was taken back already.
    NotUndoable {
        row_id: i64,
        status: JournalStatus,
    },
    /// Another program holds the file for longer than the busy timeout.
    Busy,
    /// The file holds something that this version would never write.
    Damaged {
        what: String,
    },
    Sqlite(rusqlite::Error),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::File { path, why } => {
                write!(
                    f,
                    "cannot open the store {} ({why}): check the path, or name another with --store",
                    path.display()
                )
            }
            StoreError::NotHaversack { path } => {
                write!(f, "{} is no Haversack store: name another file with --store", path.display())
            }
            StoreError::NotDistill { path } => {
                write!(f, "{} is no session file of distill: it lacks the tables of one", path.display())
            }
            StoreError::Newer { path, found, known } => write!(
                f,
                "{} was written by a newer Haversack (format {found}, this one knows up to {known}): install the newer one",
                path.display()
            ),
            StoreError::NoSession(id) => {
                write!(f, "there is no session {id} in this store: `haversack session list` shows those there are")
            }
            StoreError::Exists(id) => write!(f, "there is a session '{id}' already; choose another id"),
            StoreError::Deleted(id) => {
                write!(f, "session {id} is deleted: `haversack session undelete --session-id {id}` brings it back")
            }
            StoreError::LetGo { id, at } => write!(
                f,
                "the text of {id} was let go on {}: `haversack session digest --session-id {id}` shows what is kept, and \
                 its log, read again, brings it back",
                words::day(*at)
            ),
            StoreError::NotDeleted(id) => write!(f, "session {id} is not deleted: there is nothing to bring back"),
            StoreError::Drift(drift) => drift.fmt(f),
            StoreError::ChangedByOwner { seq: Some(seq) } => {
                write!(f, "distill has changed #{seq} since: look at it as it is now, and edit that")
            }
            StoreError::ChangedByOwner { seq: None } => {
                f.write_str("distill has removed an entry of this edit since: nothing is left to change there")
            }
            StoreError::NotKept(part) => f.write_str(not_kept(*part)),
            StoreError::Upgraded { path } => {
                write!(f, "{} has all columns of distill 0.5 and later: there is nothing to upgrade", path.display())
            }
            StoreError::FileExists { path } => {
                write!(f, "{} is there already: move it away, or name another", path.display())
            }
            StoreError::SeqTaken { seq } => write!(f, "#{seq} is taken by now: make the note again"),
            StoreError::Moved(id) => write!(f, "others keep writing to session {id}: push again"),
            StoreError::Stands { row, later, elsewhere } => {
                let of = elsewhere.as_ref().map_or(String::new(), |id| format!(" of session {id}"));
                write!(
                    f,
                    "'{}' stays: '{}' by {} (journal row {}{of}) stands on it; undo that first",
                    row.edit.words, later.edit.words, later.actor, later.id
                )
            }
            StoreError::NothingToUndo(actor) => {
                write!(f, "{actor} has no edit to undo here: `session log` lists every edit, and --actor names another")
            }
            StoreError::NothingToRedo(actor) => write!(f, "{actor} has nothing to redo here: undo an edit first"),
            StoreError::NoRow { row_id } => {
                write!(f, "the journal of this session has no row {row_id}: `session log` lists them")
            }
            StoreError::NotUndoable { row_id, status: JournalStatus::Append } => {
                write!(f, "journal row {row_id} is an append, which stays: evict its entries to leave them out")
            }
            StoreError::NotUndoable { row_id, .. } => {
                write!(f, "journal row {row_id} is taken back already: `session log` shows which rows stand")
            }
            StoreError::Busy => f.write_str("another program is writing to the store: try again when it is done"),
            StoreError::Damaged { what } => {
                write!(f, "the store is damaged ({what}): restore it from a backup, or import the logs into another")
            }
            StoreError::Sqlite(why) => {
                write!(f, "the store cannot be read or written ({why}): check the disk and the file")
            }
        }
    }
}

/// What another program's file cannot hold, with what to do instead.
fn not_kept(part: Part) -> &'static str {
    match part {
        Part::Derived => "a distill file keeps no counts: they are made anew each time",
        Part::Entries => {
            "a distill file takes new sessions and entries from distill alone: push with distill, or \
             `haversack import FILE` and push into your own store"
        }
        Part::Made => {
            "a distill file holds no notes and no condensed summaries: `haversack import FILE`, and make them there"
        }
        Part::Facts => "a distill file holds no facts: `haversack import FILE`, and write them there",
        Part::Deletion => {
            "Haversack deletes no session of a distill file: `distill session delete` does, and \
             `haversack store clean FILE` removes what Haversack has written there"
        }
        Part::Exports => "a distill file keeps no forced layer: `haversack import FILE`, and force it there",
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StoreError::File { why, .. } => Some(why),
            StoreError::Sqlite(why) => Some(why),
            _ => None,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
            Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged { what: error.to_string() },
            _ => StoreError::Sqlite(error),
        }
    }
}

impl From<Drift> for StoreError {
    fn from(drift: Drift) -> Self {
        StoreError::Drift(drift)
    }
}

/// For JSON columns: what does not parse was not written by us.
impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        StoreError::Damaged { what: error.to_string() }
    }
}
