//! distill's session files (Siddhant-K-code/distill, tables `sessions` and `session_entries`), of both schemas: read, and
//! edited in place while distill itself may be writing.
//!
//! The files carry no version, so they are told by their columns. What distill evicted it deleted: only a gap in `seq`
//! remains. Texts are read as bytes, since distill itself cuts some of them within a character.
//!
//! An edit writes what distill reads into distill's own columns, consistent as distill would have them: level, content,
//! tokens, time of compression, importance. What those cannot hold stands in tables of our own beside ([`sidecars`]); an
//! entry that is out of every pack is moved there whole. The edit's journal has each entry before and after, so that an
//! undo puts back the very bytes, or is refused where distill has changed them since. A text that Haversack makes is made
//! of the masked text; distill's own texts are moved, never changed.

mod raw;
mod state;
mod rows;
mod read;
mod sidecars;
mod edit;
mod journal;
mod upgrade;
mod write;
#[cfg(test)]
pub(in crate::store) mod fixture;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use self::{
    journal::{Editing, Named},
    raw::Raw,
    read::Head,
};
use crate::{
    model::{Actor, Clean, Drift, EntryId, JournalRow, Session, SessionId, SourceFile, Time, Via},
    store::{Applied, Hit, Native, Pushes, Result, Scope, SessionRow, Step, Store, StoreError, StoreKind},
    text::{redact, tokens::Encoding},
};
pub use sidecars::Sidecars;
pub use upgrade::{Upgraded, upgrade};
pub use write::{Written, write};

/// The table that only distill has.
pub const ENTRIES: &str = "session_entries";

/// How long a busy file is waited for; distill's own writes take milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Whether the file is a distill session file. Changes nothing; false where it cannot be read.
pub fn sniff(path: &Path) -> bool {
    let mut magic = [0; 16];
    let is_sqlite =
        File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && &magic == b"SQLite format 3\0";
    is_sqlite && open_to_read(path).is_ok_and(|connection| has_tables(&connection))
}

/// The sessions of the file, oldest first, as [`read::session`] reads them. Changes nothing.
///
/// # Errors
/// Where the file cannot be read or is not a distill session file.
pub fn read(path: &Path) -> Result<Vec<Session>> {
    let bytes = std::fs::metadata(path).map_err(|why| StoreError::File { path: path.into(), why })?.len();
    let source = SourceFile { path: Arc::from(path.to_string_lossy()), bytes };
    let connection = open_to_read(path)?;
    if !has_tables(&connection) {
        return Err(StoreError::NotDistill { path: path.into() });
    }
    // One transaction, so that a push of distill in between is seen whole or not at all.
    let view = connection.unchecked_transaction()?;
    read::heads(&view)?.iter().map(|head| read::session(&view, head, &source)).collect()
}

/// Read-only. A file without a write-ahead log has no writer, and is opened as immutable: SQLite then makes no files
/// beside it and needs no right to.
fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        std::fs::metadata(name).is_ok_and(|metadata| metadata.len() > 0)
    };
    let mode = if beside("-wal") || beside("-journal") { "mode=ro" } else { "mode=ro&immutable=1" };
    let name = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    // The leading `./` keeps a relative name from being read as a URI's authority.
    let root = if path.is_absolute() { "" } else { "./" };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file:{root}{name}?{mode}"), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// For writing, as distill itself sets its connections, and with a timeout, which it has not.
fn open_to_write(path: &Path) -> Result<Connection> {
    std::fs::metadata(path).map_err(|why| StoreError::File { path: path.into(), why })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    if !has_tables(&connection) {
        return Err(StoreError::NotDistill { path: path.into() });
    }
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode == "wal" {
        // Nothing is lost to a killed process, and distill waits for no disk while we hold the file.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Both schemas have these; the newer one adds columns that only its cache markers need.
fn has_tables(connection: &Connection) -> bool {
    let has =
        |table: &str, columns: &str| connection.prepare(&format!("SELECT {columns} FROM {table} LIMIT 0")).is_ok();
    has("sessions", "id, max_tokens, dedup_threshold, preserve_recent, created_at, updated_at")
        && has(
            "session_entries",
            "id, session_id, role, content, original_content, source, importance, compression_level, tokens, seq,
             created_at, compressed_at",
        )
}

/// A session file of distill, open for reading and for edits.
pub struct Distill {
    path: PathBuf,
    connection: Connection,
    via: Option<Via>,
}

impl Distill {
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Changes nothing before the first edit.
    ///
    /// # Errors
    /// Where the file is not a distill session file, or cannot be read.
    pub fn open(path: &Path) -> Result<Distill> {
        Ok(Distill { path: path.into(), connection: open_to_write(path)?, via: None })
    }

    /// What Haversack has written into the file beside distill's tables.
    pub fn sidecars(&self) -> Result<Sidecars> {
        let view = self.connection.unchecked_transaction()?;
        sidecars::found(&view)
    }

    /// Drops all that; entries that are evicted are gone then. What stands in distill's own tables stays as it is.
    pub fn clean(&mut self) -> Result<Sidecars> {
        self.connection.pragma_update(None, "secure_delete", true)?;
        let transaction = self.write()?;
        let found = sidecars::found(&transaction)?;
        sidecars::drop_all(&transaction)?;
        transaction.commit()?;
        // Busy where distill reads it: its own next checkpoint does the same.
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(found)
    }

    /// How often distill was pushed to, as far as its file tells, and the number that it gives next.
    pub fn pushes(&self, id: &SessionId) -> Result<Pushes> {
        let view = self.connection.unchecked_transaction()?;
        let native = Self::head(&view, id)?.native;
        // Files of distill 0.4 do not count them.
        let count = view.prepare("SELECT push_count FROM sessions WHERE id = ?1").ok();
        let count = count.map(|mut found| found.query_row([&native], |row| row.get(0))).transpose()?.unwrap_or(0);
        let last = read::numbers(&view, &native)?.last().map_or(0, |(_, seq)| *seq);
        Ok(Pushes { count, next_seq: last + 1 })
    }

    /// Without a size, which each edit changes, and from which nothing is read on here.
    fn source(&self) -> SourceFile {
        SourceFile { path: Arc::from(self.path.to_string_lossy()), bytes: 0 }
    }

    fn write(&mut self) -> Result<Transaction<'_>> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    fn head(view: &Connection, id: &SessionId) -> Result<Head> {
        let found = read::heads(view)?.into_iter().find(|head| head.id() == *id);
        found.ok_or_else(|| StoreError::NoSession(id.clone()))
    }

    /// The entries of a session by our ids.
    fn entries(view: &Connection, id: &SessionId, native: &Raw) -> Result<HashMap<EntryId, Named>> {
        let named = |(native, seq): (Raw, u32)| (EntryId::of(id, &native.text(), 0), Named { id: native, seq });
        Ok(read::numbers(view, native)?.into_iter().map(named).collect())
    }

    fn row(&self, view: &Connection, head: &Head) -> Result<SessionRow> {
        let mut held = [(0u32, 0u64); 4];
        let mut statement = view.prepare_cached(
            "SELECT compression_level, count(*), total(tokens) FROM session_entries WHERE session_id = ?1 GROUP BY 1",
        )?;
        let mut found = statement.query([&head.native])?;
        let mut entries = 0u32;
        while let Some(row) = found.next()? {
            let (level, count): (Raw, u32) = (row.get(0)?, row.get(1)?);
            let level = usize::try_from(level.integer()).ok().filter(|level| *level < held.len()).unwrap_or(0);
            held[level].0 += count;
            held[level].1 += row.get::<_, f64>(2)? as u64;
            entries = entries.saturating_add(count);
        }
        let newest: Option<Raw> = view
            .prepare_cached("SELECT created_at FROM session_entries WHERE session_id = ?1 ORDER BY seq DESC LIMIT 1")?
            .query_row([&head.native], |row| row.get(0))
            .ok();
        let mut updated = read::time(&head.updated_at).unwrap_or_default();
        if sidecars::are_there(view)? {
            let (evicted, edited): (u32, Option<i64>) = view.query_row(
                "SELECT (SELECT count(*) FROM haversack_evicted WHERE session_id = ?1),
                        (SELECT max(at) FROM haversack_journal WHERE session_id = ?1)",
                [&head.native],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            entries = entries.saturating_add(evicted);
            updated = updated.max(Time(edited.unwrap_or_default()));
        }
        Ok(SessionRow {
            id: head.id(),
            title: redact::clean(&head.native.text()),
            project: Clean::default(),
            parent: None,
            entries,
            held_entries: held.map(|(entries, _)| entries),
            held_tokens: held.map(|(_, tokens)| tokens),
            // distill's own count: bytes ÷ 4, rounded up.
            encoding: Encoding::Bytes4,
            settings: head.settings(),
            created: read::time(&head.created_at).unwrap_or_default(),
            last_at: newest.as_ref().and_then(read::time),
            updated,
            deleted_at: None,
            let_go_at: None,
        })
    }
}

impl Store for Distill {
    fn kind(&self) -> StoreKind {
        StoreKind::Distill
    }

    fn come_by(&mut self, via: Via) {
        self.via = Some(via);
    }

    fn list(&self) -> Result<Vec<SessionRow>> {
        let view = self.connection.unchecked_transaction()?;
        let heads = read::heads(&view)?;
        let mut rows = heads.iter().map(|head| self.row(&view, head)).collect::<Result<Vec<_>>>()?;
        let active = |row: &SessionRow| std::cmp::Reverse(row.last_at.unwrap_or(row.updated));
        rows.sort_by(|one, other| active(one).cmp(&active(other)).then_with(|| one.id.cmp(&other.id)));
        Ok(rows)
    }

    fn load(&self, id: &SessionId) -> Result<Session> {
        let view = self.connection.unchecked_transaction()?;
        read::session(&view, &Self::head(&view, id)?, &self.source())
    }

    fn text(&self, id: &SessionId, entry: EntryId) -> Result<Clean> {
        let view = self.connection.unchecked_transaction()?;
        let entries = Self::entries(&view, id, &Self::head(&view, id)?.native)?;
        let found = entries.get(&entry).map(|named| rows::original(&view, &named.id)).transpose()?.flatten();
        let text = found.ok_or(StoreError::Drift(Drift::Entry { id: entry, seq: None }))?;
        Ok(redact::clean(&text.text()))
    }

    fn apply(&mut self, id: &SessionId, actor: &Actor, at: Time, step: Step) -> Result<Applied> {
        // All that can be read before is: while the transaction lasts distill's own pushes fail.
        let native = Self::head(&self.connection, id)?.native;
        let entries = Self::entries(&self.connection, id, &native)?;
        let editing = Editing { session: &native, actor, via: self.via, at, entries: &entries };
        let transaction = self.write()?;
        if !sidecars::are_there(&transaction)? {
            match step {
                Step::Edit { .. } => {}
                Step::Undo => return Err(StoreError::NothingToUndo(actor.clone())),
                Step::UndoRow(row_id) => return Err(StoreError::NoRow { row_id }),
                Step::Redo => return Err(StoreError::NothingToRedo(actor.clone())),
            }
        }
        sidecars::make(&transaction)?;
        let applied = match step {
            Step::Edit { edit, held } => editing.record(&transaction, edit, held),
            Step::Undo => editing.undo(&transaction),
            Step::UndoRow(row_id) => editing.undo_row(&transaction, row_id),
            Step::Redo => editing.redo(&transaction),
        }?;
        transaction.commit()?;
        Ok(applied)
    }

    fn journal(&self, id: &SessionId) -> Result<Vec<JournalRow>> {
        let view = self.connection.unchecked_transaction()?;
        let head = Self::head(&view, id)?;
        if sidecars::are_there(&view)? { journal::all(&view, &head.native) } else { Ok(Vec::new()) }
    }

    fn watch(&self) -> Result<i64> {
        Ok(self.connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    /// There is no index, so every text is read: into one that is gone afterwards, so that hits rank as in our own store.
    fn recall(&self, query: &str, scope: &Scope, limit: usize) -> Result<Vec<Hit>> {
        let source = self.source();
        let view = self.connection.unchecked_transaction()?;
        let mut index = Native::in_memory()?;
        let heads = match scope {
            // Its sessions name no project.
            Scope::Project(project) if !project.is_empty() => Vec::new(),
            Scope::All | Scope::Project(_) => read::heads(&view)?,
            Scope::Session(id) => vec![Self::head(&view, id)?],
        };
        for head in heads {
            index.put(&read::session(&view, &head, &source)?, &Actor::rule(), Time::default())?;
        }
        index.recall(query, scope, limit)
    }
}
