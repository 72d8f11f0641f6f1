//! distill's session files (Siddhant-K-code/distill, tables `sessions` and `session_entries`), of both schemas.
//!
//! The files carry no version, so they are told by their columns. What distill evicted it deleted: only a gap in `seq`
//! remains. Texts are read as bytes, since distill itself cuts some of them within a character.

use std::{fs::File, io::Read, path::Path, sync::Arc, time::Duration};

use rusqlite::{
    Connection, OpenFlags, Row,
    types::{ToSqlOutput, ValueRef},
};

use crate::{
    model::{
        Entry, EntryId, EntryState, Held, HeldBy, Importance, Kind, Level, Mark, Marks, Place, Role, Score, Seen,
        Session, SessionId, SessionSettings, SourceFile, Time,
    },
    store::{Result, StoreError},
    text::redact::{clean, clean_counted},
};

/// The table that only distill has.
pub const ENTRIES: &str = "session_entries";

/// What distill gives an entry whose importance nobody named.
const DEFAULT_IMPORTANCE: f64 = 0.5;

/// Numbers above are damage: distill counts up from 1.
const HIGHEST_SEQ: u32 = 1_000_000_000;

/// How long a busy file is waited for; distill's own writes take milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// Whether the file is a distill session file. Changes nothing; false where it cannot be read.
pub fn sniff(path: &Path) -> bool {
    let mut magic = [0; 16];
    let is_sqlite =
        File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && &magic == b"SQLite format 3\0";
    is_sqlite && open(path).is_ok_and(|connection| has_tables(&connection))
}

/// The sessions of the file, oldest first, each with its entries in the order of `seq`: levels, importance and settings
/// as distill holds them, its shortened text as the rewrite of its level. Renditions, costs and scores are left empty.
///
/// # Errors
/// Where the file cannot be read or is not a distill session file.
pub fn read(path: &Path) -> Result<Vec<Session>> {
    let bytes = std::fs::metadata(path).map_err(|why| StoreError::File { path: path.into(), why })?.len();
    let connection = open(path)?;
    if !has_tables(&connection) {
        return Err(StoreError::NotDistill { path: path.into() });
    }
    let source = SourceFile { path: Arc::from(path.to_string_lossy()), bytes };
    // One transaction, so that a push of distill in between is seen whole or not at all.
    let view = connection.unchecked_transaction()?;
    let mut statement = view
        .prepare("SELECT id, max_tokens, dedup_threshold, preserve_recent FROM sessions ORDER BY created_at, rowid")?;
    let mut heads = statement.query([])?;
    let mut sessions = Vec::new();
    while let Some(row) = heads.next()? {
        let native = text(row, 0)?;
        let mut session = Session::new(SessionId::new(format!("distill:{native}")));
        session.title = clean(&native);
        session.settings = settings(row)?;
        session.sources = vec![source.clone()];
        read_entries(&view, row, &mut session)?;
        sessions.push(session);
    }
    Ok(sessions)
}

/// Read-only. A file without a write-ahead log has no writer, and is opened as immutable: SQLite then makes no files
/// beside it and needs no right to.
fn open(path: &Path) -> rusqlite::Result<Connection> {
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

/// Both schemas have these; the newer one adds columns that only its cache markers need.
fn has_tables(connection: &Connection) -> bool {
    let has =
        |table: &str, columns: &str| connection.prepare(&format!("SELECT {columns} FROM {table} LIMIT 0")).is_ok();
    has("sessions", "id, max_tokens, dedup_threshold, preserve_recent, created_at")
        && has(
            "session_entries",
            "id, session_id, role, content, original_content, source, importance, compression_level, seq, created_at",
        )
}

fn settings(row: &Row) -> Result<SessionSettings> {
    let amount = |value: i64| u32::try_from(value.max(0)).unwrap_or(u32::MAX);
    Ok(SessionSettings {
        max_tokens: amount(integer(row, 1)?),
        dedup_threshold: real(row, 2)? as f32,
        preserve_recent: Some(amount(integer(row, 3)?)),
    })
}

fn read_entries(view: &Connection, head: &Row, session: &mut Session) -> Result<()> {
    let mut statement = view.prepare(
        "SELECT rowid, id, role, content, original_content, source, importance, compression_level, seq, created_at
         FROM session_entries WHERE session_id = ?1 ORDER BY seq, rowid",
    )?;
    let mut rows = statement.query([ToSqlOutput::Borrowed(head.get_ref(0)?)])?;
    let mut found = Findings::default();
    while let Some(row) = rows.next()? {
        let last = session.entries.last().map_or(0, |entry| entry.seq);
        let seq = match u32::try_from(integer(row, 8)?).ok().filter(|&seq| seq > last && seq <= HIGHEST_SEQ) {
            Some(seq) => seq,
            None => {
                found.renumbered += 1;
                last.saturating_add(1)
            }
        };
        session.entries.push(entry(row, &session.id, seq, &mut found)?);
    }
    let last = session.entries.last().map_or(0, |entry| u64::from(entry.seq));
    found.gone = last - session.entries.len() as u64;
    session.problems = found.words();
    Ok(())
}

/// What a reader of the session should know, counted.
#[derive(Default)]
struct Findings {
    /// Numbers that no entry has: distill evicted it.
    gone: u64,
    renumbered: u64,
    odd_levels: u64,
    blank: u64,
    secrets: u64,
}

impl Findings {
    fn words(&self) -> Vec<String> {
        let problems = [
            (self.gone, "entry was evicted by distill and is gone", "entries were evicted by distill and are gone"),
            (
                self.renumbered,
                "entry had no number of its own and got a new one",
                "entries had no number of their own and got new ones",
            ),
            (
                self.odd_levels,
                "entry has a level that distill does not have",
                "entries have a level that distill does not have",
            ),
            (self.blank, "shortened text is blank and was dropped", "shortened texts are blank and were dropped"),
            (self.secrets, "secret was redacted", "secrets were redacted"),
        ];
        let found = problems.into_iter().filter(|(count, _, _)| *count > 0);
        found.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many })).collect()
    }
}

fn entry(row: &Row, session: &SessionId, seq: u32, found: &mut Findings) -> Result<Entry> {
    let (shortened, original) = (text(row, 3)?, text(row, 4)?);
    let source = text(row, 5)?;
    let (kind, role) = kind_and_role(&text(row, 2)?, &source);
    let (full, secrets) = clean_counted(&original);
    found.secrets += u64::from(secrets);
    let level = usize::try_from(integer(row, 7)?).ok().and_then(Level::from_index).unwrap_or_else(|| {
        found.odd_levels += 1;
        Level::Full
    });
    let mut state = EntryState { held: Held { level, by: HeldBy::Rule }, ..EntryState::default() };
    if level != Level::Full && shortened != original {
        if shortened.trim().is_empty() {
            found.blank += 1;
        } else {
            state.rewrites.insert(level, clean(&shortened));
        }
    }
    // distill puts 0.5 where nobody said anything; any other number was meant.
    let importance = real(row, 6)?;
    if (importance - DEFAULT_IMPORTANCE).abs() > 0.0005 {
        state.importance = Importance::new(importance.clamp(0.0, 1.0) as f32);
    }
    let carries_tool = matches!(kind, Kind::Call | Kind::Result) && !source.trim().is_empty();
    Ok(Entry {
        id: EntryId::of(session, &text(row, 1)?, 0),
        seq,
        kind,
        role,
        marks: if full.starts_with("[image") { Marks::default().with(Mark::Image) } else { Marks::default() },
        tool: carries_tool.then(|| Arc::from(clean(&source).as_str())),
        call_id: None,
        path: None,
        text: full,
        renditions: [None, None, None],
        costs: [0; 4],
        score: Score::default(),
        at: text(row, 9)?.parse::<jiff::Timestamp>().ok().map(|at| Time(at.as_millisecond())),
        place: Place { file: 0, line: u32::try_from(integer(row, 0)?).unwrap_or(u32::MAX), offset: 0 },
        // distill's own context is what it holds; the agent's is not known.
        seen: Seen::Unknown,
        usage: None,
        made: None,
        state,
    })
}

/// distill knows roles only; `source` is free text, of which writers use `tool_use` for calls.
fn kind_and_role(role: &str, source: &str) -> (Kind, Role) {
    match (role, source) {
        ("user", _) => (Kind::Prompt, Role::User),
        ("assistant", "tool_use") => (Kind::Call, Role::Assistant),
        ("assistant", _) => (Kind::Message, Role::Assistant),
        ("tool", _) => (Kind::Result, Role::Tool),
        _ => (Kind::Injected, Role::System),
    }
}

/// SQLite's columns hold any type; text is taken as bytes, and what is not UTF-8 in it is replaced.
fn text(row: &Row, column: usize) -> Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => value.to_string(),
        ValueRef::Null => String::new(),
    })
}

fn integer(row: &Row, column: usize) -> Result<i64> {
    Ok(real(row, column)? as i64)
}

fn real(row: &Row, column: usize) -> Result<f64> {
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(value) => value as f64,
        ValueRef::Real(value) => value,
        _ => 0.0,
    })
}

#[cfg(test)]
mod tests;
