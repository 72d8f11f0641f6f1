//! Putting a session in, or what is new of a known one.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use super::{By, Native, Result, StoreError, counts, facts, journal, names, rows, rows::from_json};
use crate::{
    model::{Actor, Edit, Entry, EntryId, JournalStatus, Marks, Score, Seen, Session, SessionId, SourceFile, Time},
    text::tokens::Encoding,
};

/// What a put has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Appended {
    /// Ids and numbers of the entries that were new, in order.
    pub added: Vec<(EntryId, u32)>,
    /// Known entries whose seen, score or marks a longer log has changed.
    pub refreshed: u32,
    /// New entries that got another number than they came with, and so are to be counted again.
    pub uncounted: u32,
    /// The journal row, where anything was added.
    pub row_id: Option<i64>,
}

impl Native {
    /// Puts a session in, or what is new of it, in one transaction. Known entries keep their text, number, state and
    /// edits; new ones continue the numbering in the order given. Facts come in with a new session only. Twice the same
    /// changes nothing. Headers show numbers, so a new entry that gets another number than it came with is not counted
    /// yet.
    pub fn put(&mut self, session: &Session, actor: &Actor, at: Time) -> Result<Appended> {
        let (encoding, by) = (self.encoding, self.by(actor));
        let transaction = self.write()?;
        let (_, appended) = put(&transaction, session, encoding, by, at)?;
        transaction.commit()?;
        Ok(appended)
    }
}

/// [`Native::put`] within a transaction. Also gives the session's row number.
pub(super) fn put(
    transaction: &Connection,
    session: &Session,
    encoding: Encoding,
    by: By,
    at: Time,
) -> Result<(i64, Appended)> {
    let known = KnownSession::find(transaction, &session.id)?;
    if known.as_ref().is_some_and(|known| known.deleted) {
        return Err(StoreError::Deleted(session.id.clone()));
    }
    let (key, head_changed, mut placing) = match &known {
        None => (insert_head(transaction, session, at)?, false, Placing { next_seq: 1, files: Vec::new() }),
        Some(known) => {
            let (sources, files) = merge_sources(&known.sources, &session.sources);
            let changed = update_head(transaction, known.key, session, &sources)?;
            (known.key, changed, Placing { next_seq: known.next_seq, files })
        }
    };
    if known.is_none() {
        // A known session's facts are changed by edits alone: a put must not bring back what was taken back since.
        // Those that another session of its project has written are there already, and seen from here.
        session.facts.iter().try_for_each(|fact| facts::insert_new(transaction, key, fact))?;
    }
    let (mut appended, renumbered) = put_entries(transaction, key, session, &mut placing, encoding)?;
    let names_changed = names::replace(transaction, key, encoding, &session.names, &renumbered)?;
    if !session.names.is_empty() {
        names::settled(transaction, key)?;
    }
    if let Some(words) = words(known.is_some(), appended.added.len()) {
        let edit = Edit { words, changes: Vec::new(), ..Edit::default() };
        appended.row_id = Some(journal::append(transaction, key, by, at, JournalStatus::Append, &edit)?);
    }
    if appended.row_id.is_some() || appended.refreshed > 0 || head_changed || names_changed {
        let last_at: Option<i64> = match known {
            None => session.entries.iter().filter_map(|entry| entry.at).map(|at| at.0).max(),
            Some(_) => {
                transaction.query_row("SELECT max(at) FROM entries WHERE session = ?1", [key], |row| row.get(0))?
            }
        };
        transaction.execute(
            "UPDATE sessions SET next_seq = ?2, updated = ?3, last_at = ?4, let_go = NULL WHERE key = ?1",
            params![key, placing.next_seq, at.0, last_at],
        )?;
        counts::tally(transaction, key, encoding)?;
    }
    Ok((key, appended))
}

/// Where new entries go.
struct Placing {
    next_seq: u32,
    /// For each source of the session as given, its index among the stored ones; the same where it is missing.
    files: Vec<u16>,
}

impl Placing {
    fn file(&self, given: u16) -> u16 {
        self.files.get(usize::from(given)).copied().unwrap_or(given)
    }
}

/// Inserts what is new and refreshes what is known. Also gives the entries whose stored number is not the given one.
fn put_entries(
    connection: &Connection,
    key: i64,
    session: &Session,
    placing: &mut Placing,
    encoding: Encoding,
) -> Result<(Appended, HashSet<EntryId>)> {
    let stored = stored_entries(connection, key)?;
    let mut appended = Appended::default();
    let mut renumbered = HashSet::new();
    let mut met = HashSet::with_capacity(session.entries.len());
    for entry in session.entries.iter().filter(|entry| met.insert(entry.id)) {
        // A new session keeps its numbers: where some are missing, they were other entries' once.
        let free = if stored.is_empty() { entry.seq.max(placing.next_seq) } else { placing.next_seq };
        let seq = stored.get(&entry.id).map_or(free, |stored| stored.seq);
        if seq != entry.seq {
            renumbered.insert(entry.id);
        }
        if let Some(stored) = stored.get(&entry.id) {
            appended.refreshed += u32::from(refresh(connection, key, stored, entry, encoding)?);
            continue;
        }
        let row = rows::insert(connection, key, entry, seq, placing.file(entry.place.file))?;
        if seq == entry.seq {
            rows::set_costs(connection, row, encoding, entry.costs)?;
        } else {
            appended.uncounted += 1;
        }
        appended.added.push((entry.id, seq));
        placing.next_seq = seq + 1;
    }
    Ok((appended, renumbered))
}

/// What the journal says of a put; nothing where nothing came in.
pub(super) fn words(known: bool, added: usize) -> Option<String> {
    let entries = if added == 1 { "1 entry".into() } else { format!("{added} entries") };
    match (known, added) {
        (false, 0) => Some("created the session".into()),
        (false, _) => Some(format!("imported {entries}")),
        (true, 0) => None,
        (true, _) => Some(format!("appended {entries}")),
    }
}

struct KnownSession {
    key: i64,
    next_seq: u32,
    sources: Vec<SourceFile>,
    deleted: bool,
}

impl KnownSession {
    fn find(connection: &Connection, id: &SessionId) -> Result<Option<Self>> {
        let found = connection
            .prepare_cached("SELECT key, next_seq, sources, deleted_at IS NOT NULL FROM sessions WHERE id = ?1")?
            .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get(3)?)))
            .optional()?;
        let Some((key, next_seq, sources, deleted)) = found else { return Ok(None) };
        Ok(Some(Self { key, next_seq, sources: serde_json::from_str(&sources)?, deleted }))
    }
}

fn insert_head(connection: &Connection, session: &Session, at: Time) -> Result<i64> {
    connection.execute(
        "INSERT INTO sessions (id, title, project, parent, models, settings, sources, problems, next_seq, updated, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, random() / 2)",
        params![
            session.id.as_str(),
            session.title.as_str(),
            session.project.as_str(),
            session.parent.as_ref().map(SessionId::as_str),
            rows::json(&session.models),
            rows::json(&session.settings),
            rows::json(&session.sources),
            rows::json(&session.problems),
            at.0,
        ],
    )?;
    Ok(connection.last_insert_rowid())
}

/// What a put leaves empty stays as it was. True where anything changed.
fn update_head(connection: &Connection, key: i64, session: &Session, sources: &[SourceFile]) -> Result<bool> {
    let was: String = connection.query_row("SELECT models FROM sessions WHERE key = ?1", [key], |row| row.get(0))?;
    let mut models: Vec<String> = serde_json::from_str(&was)?;
    for model in &session.models {
        if !models.contains(model) {
            models.push(model.clone());
        }
    }
    // Only a reader of logs knows what it could not use; a push has no sources and says nothing about that.
    let problems = (!session.sources.is_empty()).then(|| rows::json(&session.problems));
    let wanted = params![
        key,
        session.title.as_str(),
        session.project.as_str(),
        session.parent.as_ref().map(SessionId::as_str),
        rows::json(&models),
        rows::json(&sources),
        problems,
    ];
    let changed = connection.execute(
        "UPDATE sessions SET title = iif(?2 = '', title, ?2), project = iif(?3 = '', project, ?3),
                parent = coalesce(?4, parent), models = ?5, sources = ?6, problems = coalesce(?7, problems)
         WHERE key = ?1 AND (title, project, parent, models, sources, problems) IS NOT
               (iif(?2 = '', title, ?2), iif(?3 = '', project, ?3), coalesce(?4, parent), ?5, ?6, coalesce(?7, problems))",
        wanted,
    )?;
    Ok(changed > 0)
}

/// The known sources with the new ones after them, and for each new one its index in that list.
fn merge_sources(known: &[SourceFile], new: &[SourceFile]) -> (Vec<SourceFile>, Vec<u16>) {
    let mut merged = known.to_vec();
    let indices = new.iter().map(|source| {
        let index = merged.iter().position(|other| other.path == source.path).unwrap_or(merged.len());
        match merged.get_mut(index) {
            Some(other) => other.bytes = source.bytes,
            None => merged.push(source.clone()),
        }
        u16::try_from(index).unwrap_or(u16::MAX)
    });
    let indices = indices.collect();
    (merged, indices)
}

struct StoredEntry {
    key: i64,
    seq: u32,
    marks: Marks,
    seen: Seen,
    score: Score,
    /// Whether its costs may be taken from a fresh reading: not counted yet, and no rewrite in them.
    uncounted: bool,
}

fn stored_entries(connection: &Connection, session: i64) -> Result<HashMap<EntryId, StoredEntry>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.id, e.key, e.seq, e.marks, s.seen, s.score,
                s.state NOT LIKE '%\"rewrites\"%' AND NOT EXISTS (SELECT 1 FROM costs c WHERE c.entry = e.key)
         FROM entries e JOIN standing s ON s.session = e.session AND s.entry = e.key WHERE e.session = ?1",
    )?;
    let mut found = statement.query([session])?;
    let mut entries = HashMap::new();
    while let Some(row) = found.next()? {
        let stored = StoredEntry {
            key: row.get(1)?,
            seq: row.get(2)?,
            marks: Marks::from_bits(row.get(3)?),
            seen: from_json(row, 4)?,
            score: from_json(row, 5)?,
            uncounted: row.get(6)?,
        };
        entries.insert(rows::entry_id(row.get(0)?), stored);
    }
    Ok(entries)
}

/// Takes over what a longer log tells of a known entry. What the reader does not tell (unknown, unscored) stays.
fn refresh(
    connection: &Connection,
    session: i64,
    stored: &StoredEntry,
    entry: &Entry,
    encoding: Encoding,
) -> Result<bool> {
    let seen = if entry.seen == Seen::Unknown { stored.seen } else { entry.seen };
    let score = if entry.score == Score::default() { &stored.score } else { &entry.score };
    if stored.uncounted && stored.seq == entry.seq {
        rows::set_costs(connection, stored.key, encoding, entry.costs)?;
    }
    let standing_changed = seen != stored.seen || *score != stored.score;
    if standing_changed {
        connection
            .prepare_cached("UPDATE standing SET seen = ?3, score = ?4 WHERE session = ?1 AND entry = ?2")?
            .execute(params![session, stored.key, rows::json(&seen), rows::json(score)])?;
    }
    let marks_changed = entry.marks != stored.marks;
    if marks_changed {
        connection
            .prepare_cached("UPDATE entries SET marks = ?2 WHERE key = ?1")?
            .execute(params![stored.key, entry.marks.bits()])?;
    }
    Ok(standing_changed || marks_changed)
}
