//! Stores: what any of them does ([`seam`]), our own ([`Native`]), and other programs' files ([`foreign`]).
//!
//! Our own: sessions, their entries and the journal of every edit, in one SQLite file.
//!
//! Entries are written once and their text never changes (a trigger sees to it). What may change of an entry stands in
//! a table of its own (`standing`: state, seen, score), what it costs in another (`costs`, one row per encoding). Every
//! edit is one transaction that checks what it expects, changes `standing`, and writes the journal.

pub mod seam;
mod health;
mod schema;
mod log;
mod rows;
mod names;
mod facts;
mod sessions;
mod append;
mod create;
mod push;
mod deletion;
mod journal;
mod undo;
mod counts;
mod exports;
mod answers;
mod cursors;
mod digests;
mod repeated;
mod retention;
mod recall;
mod error;
pub mod foreign;
#[cfg(test)]
mod tests;

use std::{ops::Deref, path::Path};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use crate::{
    config::Synchronous,
    model::{Actor, SessionId, Via},
    text::tokens::Encoding,
};

pub use answers::Kept;
pub use append::Appended;
pub use counts::content_hash;
pub use cursors::Cursor;
pub use deletion::Purged;
pub use error::{Result, StoreError};
pub use exports::{Exported, UsedUp};
pub use health::Health;
use log::WriteAheadLog;
pub use push::{Batch, NameIndex, Pushes};
pub use recall::{Backlog, FactHit, Found, Hit, Scope, Tier};
pub use repeated::Uncompared;
pub use rows::Stored;
pub use seam::{HeldTexts, OpenStore, Part, Step, Store, StoreKind};
pub use sessions::SessionRow;
pub use undo::Applied;

/// One open store of our own. Several may be open on the same file, in this process or others.
pub struct Native {
    connection: Connection,
    encoding: Encoding,
    via: Option<Via>,
    log: WriteAheadLog,
}

impl Native {
    /// Opens the store at `path`; where there is none, makes the file (mode 0600) and its folders (0700).
    ///
    /// # Errors
    /// Where the file is no Haversack store, is of a newer Haversack, or cannot be read or written.
    pub fn open(path: &Path) -> Result<Native> {
        let log = WriteAheadLog::of(path);
        Ok(Native { connection: schema::open(path)?, encoding: Encoding::default(), via: None, log })
    }

    /// A store that is gone when dropped, for the demo.
    pub fn in_memory() -> Result<Native> {
        let log = WriteAheadLog::default();
        Ok(Native { connection: schema::open_in_memory()?, encoding: Encoding::default(), via: None, log })
    }

    /// What writes survive from now on; [`Synchronous::Normal`] until then.
    pub fn synchronize(&mut self, synchronous: Synchronous) -> Result<()> {
        Ok(self.connection.pragma_update(None, "synchronous", synchronous.to_string())?)
    }

    /// Whether the file is a Haversack store, judged by its first 100 bytes. Opens nothing, changes nothing.
    pub fn is_haversack(path: &Path) -> bool {
        schema::is_haversack(path)
    }

    /// # Errors
    /// Where there is no such session, or it is deleted.
    pub fn require_live(&self, id: &SessionId) -> Result<()> {
        live_session_key(&self.connection, id).map(|_| ())
    }

    /// The encoding that `costs` and counters are read and written in. The costs under other encodings are kept.
    pub fn count_in(&mut self, encoding: Encoding) {
        self.encoding = encoding;
    }

    /// By which front end edits come from now on.
    pub fn come_by(&mut self, via: Via) {
        self.via = Some(via);
    }

    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// A number that changes when another connection, of this process or another, has written. Costs 1 µs.
    pub fn data_version(&self) -> Result<i64> {
        Ok(self.connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    fn by<'a>(&self, actor: &'a Actor) -> By<'a> {
        By { actor, via: self.via }
    }

    /// Keeps all other writers out until [`Native::release`]: what is read from now on stays as it is. Writes that come
    /// between are one transaction.
    pub fn hold(&mut self) -> Result<()> {
        Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Ends a hold: stores what was written since, or takes all of it back.
    pub fn release(&mut self, keep: Keep) -> Result<()> {
        match keep {
            Keep::All => {
                self.connection.execute_batch("COMMIT")?;
                self.log.bound(&self.connection)
            }
            // Where SQLite has taken it back already, there is nothing left to do.
            Keep::Nothing if self.connection.is_autocommit() => Ok(()),
            Keep::Nothing => Ok(self.connection.execute_batch("ROLLBACK")?),
        }
    }

    /// Writers wait for each other at the start, so that no transaction fails half way through.
    fn write(&mut self) -> Result<Work<'_>> {
        match self.connection.is_autocommit() {
            true => Ok(Work::Whole(Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?)),
            false => Ok(Work::Part(&self.connection)),
        }
    }

    /// One consistent view over several queries.
    fn read(&self) -> Result<Work<'_>> {
        match self.connection.is_autocommit() {
            true => Ok(Work::Whole(self.connection.unchecked_transaction()?)),
            false => Ok(Work::Part(&self.connection)),
        }
    }
}

/// What becomes of the writes of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    All,
    Nothing,
}

/// A transaction of its own, or a part of a hold.
enum Work<'a> {
    Whole(Transaction<'a>),
    Part(&'a Connection),
}

impl Work<'_> {
    fn commit(self) -> Result<()> {
        match self {
            Work::Whole(transaction) => Ok(transaction.commit()?),
            Work::Part(_) => Ok(()),
        }
    }
}

impl Deref for Work<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Work::Whole(transaction) => transaction,
            Work::Part(connection) => connection,
        }
    }
}

/// Who edits, and by which front end.
#[derive(Clone, Copy)]
struct By<'a> {
    actor: &'a Actor,
    via: Option<Via>,
}

/// The row number of a session that is there, deleted or not.
fn session_key(connection: &Connection, id: &SessionId) -> Result<i64> {
    find_session(connection, id)?.map(|(key, _)| key).ok_or_else(|| StoreError::NoSession(id.clone()))
}

/// The row number of a session that may be edited.
fn live_session_key(connection: &Connection, id: &SessionId) -> Result<i64> {
    match find_session(connection, id)? {
        None => Err(StoreError::NoSession(id.clone())),
        Some((_, Some(_))) => Err(StoreError::Deleted(id.clone())),
        Some((key, None)) => match retention::let_go_at(connection, key)? {
            None => Ok(key),
            Some(at) => Err(StoreError::LetGo { id: id.clone(), at }),
        },
    }
}

/// Row number, and when it was deleted.
fn find_session(connection: &Connection, id: &SessionId) -> Result<Option<(i64, Option<i64>)>> {
    let mut statement = connection.prepare_cached("SELECT key, deleted_at FROM sessions WHERE id = ?1")?;
    Ok(statement.query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}
