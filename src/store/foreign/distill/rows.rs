//! Rows of distill's table of entries, and of those that an edit has taken out of it.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    raw::Raw,
    sidecars,
    state::{Columns, Kept, state_of},
};
use crate::{model::EntryState, store::Result};

/// A row of distill's, wherever it stands now.
#[derive(Clone, Debug)]
pub struct Stored {
    pub rowid: i64,
    pub id: Raw,
    pub role: Raw,
    pub source: Raw,
    pub original: Raw,
    pub seq: Raw,
    pub created_at: Raw,
    pub columns: Columns,
    pub state: EntryState,
}

/// The columns that edits change, in the order of [`columns`].
pub const CHANGING: &str = "CASE WHEN content IS original_content THEN NULL ELSE content END,
    content IS original_content, compression_level, tokens, importance, compressed_at";

/// Reads [`CHANGING`] from a column on.
pub fn columns(row: &Row, from: usize) -> rusqlite::Result<Columns> {
    Ok(Columns {
        content: row.get(from)?,
        is_original: row.get(from + 1)?,
        level: row.get(from + 2)?,
        tokens: row.get(from + 3)?,
        importance: row.get(from + 4)?,
        compressed_at: row.get(from + 5)?,
    })
}

/// Every entry of a session, the evicted ones too, in the order of `seq`.
pub fn of_session(view: &Connection, session: &Raw) -> Result<Vec<Stored>> {
    let beside = sidecars::are_there(view)?;
    let (pins, kept) = if beside { standing(view, session)? } else { Default::default() };
    let mut statement = view.prepare_cached(&format!(
        "SELECT rowid, id, role, source, original_content, seq, created_at, {CHANGING}
         FROM session_entries WHERE session_id = ?1"
    ))?;
    let mut found = statement.query([session])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let id: Raw = row.get(1)?;
        let columns = columns(row, 7)?;
        let state = state_of(&columns, kept.get(id.bytes()), pins.contains(id.bytes()));
        rows.push(Stored {
            rowid: row.get(0)?,
            role: row.get(2)?,
            source: row.get(3)?,
            original: row.get(4)?,
            seq: row.get(5)?,
            created_at: row.get(6)?,
            id,
            columns,
            state,
        });
    }
    if beside {
        // What somebody else has put back stands in distill's table, and that decides.
        let taken_out = evicted(view, session)?;
        let known: HashSet<Vec<u8>> = rows.iter().map(|row| row.id.bytes().to_vec()).collect();
        rows.extend(taken_out.into_iter().filter(|row| !known.contains(row.id.bytes())));
    }
    rows.sort_by_key(|row| (row.seq.integer(), row.rowid));
    Ok(rows)
}

type Standing = (HashSet<Vec<u8>>, HashMap<Vec<u8>, Kept>);

/// Pins and kept parts of a session's entries, by their ids.
fn standing(view: &Connection, session: &Raw) -> Result<Standing> {
    let mut statement = view.prepare_cached(
        "SELECT e.id, p.entry_id IS NOT NULL, s.kept FROM session_entries e
         LEFT JOIN haversack_pins p ON p.entry_id = e.id LEFT JOIN haversack_states s ON s.entry_id = e.id
         WHERE e.session_id = ?1 AND (p.entry_id IS NOT NULL OR s.kept IS NOT NULL)",
    )?;
    let mut found = statement.query([session])?;
    let (mut pins, mut kept) = Standing::default();
    while let Some(row) = found.next()? {
        let id: Raw = row.get(0)?;
        if let Some(json) = row.get::<_, Option<String>>(2)? {
            kept.insert(id.bytes().to_vec(), serde_json::from_str(&json)?);
        }
        if row.get(1)? {
            pins.insert(id.bytes().to_vec());
        }
    }
    Ok((pins, kept))
}

fn evicted(view: &Connection, session: &Raw) -> Result<Vec<Stored>> {
    let mut states = view.prepare_cached("SELECT entry_id, state FROM haversack_evicted WHERE session_id = ?1")?;
    let mut found = states.query([session])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let id: Raw = row.get(0)?;
        let state: EntryState = serde_json::from_str(&row.get::<_, String>(1)?)?;
        let mut values = Values::of(view, &id)?;
        rows.push(Stored {
            columns: values.columns(),
            rowid: values.take("rowid").integer(),
            id,
            role: values.take("role"),
            source: values.take("source"),
            original: values.take("original_content"),
            seq: values.take("seq"),
            created_at: values.take("created_at"),
            state,
        });
    }
    Ok(rows)
}

/// The row of an entry that was taken out, by the names of its columns.
pub struct Values(HashMap<String, Raw>);

impl Values {
    pub fn of(view: &Connection, id: &Raw) -> rusqlite::Result<Values> {
        let mut values = view.prepare_cached("SELECT name, value FROM haversack_evicted_values WHERE entry_id = ?1")?;
        let named = values.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Values(named.collect::<rusqlite::Result<_>>()?))
    }

    /// `Null` where there is no such column.
    fn take(&mut self, name: &str) -> Raw {
        self.0.remove(name).unwrap_or(Raw::Null)
    }

    /// Those that edits change.
    pub fn columns(&mut self) -> Columns {
        let content = self.take("content");
        let is_original = self.0.get("original_content").unwrap_or(&Raw::Null) == &content;
        Columns {
            content: if is_original { Raw::Null } else { content },
            is_original,
            level: self.take("compression_level"),
            tokens: self.take("tokens"),
            importance: self.take("importance"),
            compressed_at: self.take("compressed_at"),
        }
    }
}

/// The original text of one entry by its id, wherever it stands.
pub fn original(view: &Connection, id: &Raw) -> Result<Option<Raw>> {
    let mut statement = view.prepare_cached("SELECT original_content FROM session_entries WHERE id = ?1")?;
    if let Some(text) = statement.query_row([id], |row| row.get(0)).optional()? {
        return Ok(Some(text));
    }
    if !sidecars::are_there(view)? {
        return Ok(None);
    }
    let mut statement = view.prepare_cached(
        "SELECT value FROM haversack_evicted_values WHERE entry_id = ?1 AND name = 'original_content'",
    )?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

/// The ids of a session's entries and their `seq`, in its order, without their texts.
pub fn numbers(view: &Connection, session: &Raw) -> Result<Vec<(Raw, Raw)>> {
    let mut statement = view.prepare_cached("SELECT id, seq, rowid FROM session_entries WHERE session_id = ?1")?;
    let read = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Raw>(2)?));
    let mut found: Vec<(Raw, Raw, Raw)> = statement.query_map([session], read)?.collect::<rusqlite::Result<_>>()?;
    if sidecars::are_there(view)? {
        let mut statement = view.prepare_cached(
            "SELECT e.entry_id, s.value, r.value FROM haversack_evicted e
             JOIN haversack_evicted_values s ON s.entry_id = e.entry_id AND s.name = 'seq'
             JOIN haversack_evicted_values r ON r.entry_id = e.entry_id AND r.name = 'rowid'
             WHERE e.session_id = ?1 AND NOT EXISTS (SELECT 1 FROM session_entries x WHERE x.id = e.entry_id)",
        )?;
        let evicted: Vec<(Raw, Raw, Raw)> = statement.query_map([session], read)?.collect::<rusqlite::Result<_>>()?;
        found.extend(evicted);
    }
    found.sort_by_key(|(_, seq, rowid)| (seq.integer(), rowid.integer()));
    Ok(found.into_iter().map(|(id, seq, _)| (id, seq)).collect())
}
