//! A session of ours as a new session file of distill, of the schema of 0.5 and later.

use std::path::Path;

use rusqlite::{Connection, params};
use serde::Serialize;

use super::upgrade::make_private;
use crate::{
    model::{Entry, EntryId, Fate, Kind, Level, Role, Session, Time},
    store::Result,
};

/// As distill 0.5 and later makes them.
const TABLES: &str = "
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    max_tokens INTEGER NOT NULL,
    dedup_threshold REAL NOT NULL DEFAULT 0.15,
    preserve_recent INTEGER NOT NULL DEFAULT 10,
    push_count INTEGER NOT NULL DEFAULT 0,
    cache_boundary_tokens INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE TABLE session_entries (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT '',
    content TEXT NOT NULL,
    original_content TEXT NOT NULL,
    source TEXT DEFAULT '',
    embedding BLOB,
    importance REAL NOT NULL DEFAULT 0.5,
    compression_level INTEGER NOT NULL DEFAULT 0,
    tokens INTEGER NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL,
    inserted_at_push INTEGER NOT NULL DEFAULT 0,
    stable_since_turn INTEGER NOT NULL DEFAULT 0,
    content_hash TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    compressed_at TEXT DEFAULT '',
    FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
);
CREATE INDEX idx_entries_session ON session_entries (session_id);
CREATE INDEX idx_entries_seq ON session_entries (session_id, seq);
CREATE INDEX idx_entries_stable ON session_entries (session_id, stable_since_turn);
";

/// What distill gives a session that names no maximum.
const DEFAULT_MAXIMUM: u64 = 128_000;
const DEFAULT_RECENT: u32 = 10;

/// What a distill file has taken of a session, and what it has no place for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    pub entries: usize,
    /// Evicted, superseded and archived ones: distill deletes what it evicts.
    pub out: usize,
    /// Boundaries, and what nobody can read.
    pub unreadable: usize,
    pub pins: usize,
    pub facts: usize,
}

/// Makes the file. Levels, texts and importance go into distill's own columns; pins into ours beside, where Haversack finds
/// them again, and to importance 1, which distill honours.
///
/// # Errors
/// Where there is a file already.
pub fn write(path: &Path, session: &Session, embeddings: &[(EntryId, Vec<f32>)], at: Time) -> Result<Written> {
    make_private(path)?;
    let made = fill(path, session, embeddings, at);
    if made.is_err() {
        // What is half made is no session; it is ours, for it was made just now.
        std::fs::remove_file(path).ok();
    }
    made
}

fn fill(path: &Path, session: &Session, embeddings: &[(EntryId, Vec<f32>)], at: Time) -> Result<Written> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    let mut written = Written { facts: session.facts.len(), ..Written::default() };
    let native = session.id.native();
    let (first, last) = session.span().unwrap_or((at, at));
    transaction.execute(
        "INSERT INTO sessions (id, max_tokens, dedup_threshold, preserve_recent, push_count, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6)",
        params![
            native,
            maximum(session),
            (f64::from(session.settings.dedup_threshold) * 1e6).round() / 1e6,
            session.settings.preserve_recent.filter(|&recent| recent > 0).unwrap_or(DEFAULT_RECENT),
            moment(first),
            moment(last),
        ],
    )?;
    for entry in &session.entries {
        match (entry.kind, entry.state.fate) {
            (Kind::Boundary | Kind::Opaque, _) => written.unreadable += 1,
            (_, Fate::Live) => {
                let embedding = embeddings.iter().find(|(id, _)| *id == entry.id).map(|(_, vector)| vector.as_slice());
                insert(&transaction, native, entry, embedding, at)?;
                written.entries += 1;
                written.pins += usize::from(entry.state.pinned);
            }
            _ => written.out += 1,
        }
    }
    if written.pins > 0 {
        super::sidecars::make(&transaction)?;
        for entry in session.entries.iter().filter(|entry| entry.is_live() && entry.state.pinned) {
            transaction.execute("INSERT INTO haversack_pins (entry_id) VALUES (?1)", [native_id(entry, at)])?;
        }
    }
    transaction.commit()?;
    Ok(written)
}

fn insert(connection: &Connection, session: &str, entry: &Entry, embedding: Option<&[f32]>, at: Time) -> Result<()> {
    let level = if entry.state.pinned { Level::Full } else { entry.state.held.level };
    let content = entry.text_at(level);
    let importance = if entry.state.pinned { 1.0 } else { thousandths(entry.importance()) };
    connection
        .prepare_cached(
            "INSERT INTO session_entries (id, session_id, role, content, original_content, source, embedding, importance,
                 compression_level, tokens, seq, inserted_at_push, content_hash, created_at, compressed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1, ?12, ?13, ?14)",
        )?
        .execute(params![
            native_id(entry, at),
            session,
            role(entry.role),
            content.as_str(),
            entry.text.as_str(),
            source(entry),
            embedding.map(|vector| vector.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>()),
            importance,
            level as u8,
            content.len().div_ceil(4) as i64,
            entry.seq,
            fnv(&entry.text),
            moment(entry.at.unwrap_or(at)),
            if level == Level::Full { String::new() } else { moment(at) },
        ])?;
    Ok(())
}

/// The session's own maximum; distill's where it has none, and never less than it holds, which distill would cut at once.
fn maximum(session: &Session) -> i64 {
    let own = match session.settings.max_tokens {
        0 => {
            let live = session.entries.iter().filter(|entry| entry.is_live());
            let held: u64 = live.map(|entry| entry.text_at(entry.state.held.level).len().div_ceil(4) as u64).sum();
            held.max(DEFAULT_MAXIMUM)
        }
        own => u64::from(own),
    };
    i64::try_from(own).unwrap_or(i64::MAX)
}

/// 24 hex digits as distill's own: seconds, and 8 bytes that are the entry's id here.
fn native_id(entry: &Entry, at: Time) -> String {
    format!("{:08x}{}", (entry.at.unwrap_or(at).0 / 1000) as u32, entry.id)
}

fn role(role: Role) -> String {
    role.to_string()
}

/// What distill's writers say of calls, and the tool of a result.
fn source(entry: &Entry) -> &str {
    match entry.kind {
        Kind::Call => "tool_use",
        _ => entry.tool.as_deref().or(entry.path.as_deref()).unwrap_or_default(),
    }
}

fn thousandths(importance: f32) -> f64 {
    (f64::from(importance) * 1000.0).round() / 1000.0
}

fn moment(at: Time) -> String {
    jiff::Timestamp::from_millisecond(at.0).map(|at| at.to_string()).unwrap_or_default()
}

/// FNV-1a of 64 bits: what distill's `content_hash` is.
fn fnv(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
