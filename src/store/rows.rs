//! Entries as rows: writing one, reading one, and a whole session.

use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Serialize, de::DeserializeOwned};

use super::{Native, Result, StoreError, facts, live_session_key, names, repeated, retention, session_key};
use crate::{
    model::{Clean, Drift, Entry, EntryId, EntryState, Marks, Place, Session, SessionId, Time},
    text::{redact, tokens::Encoding},
};

/// A session as it stands in the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub session: Session,
    /// Another one after every write of the session.
    pub version: i64,
    /// The number that its next entry gets.
    pub next_seq: u32,
    /// Whether entries came in that its index of names does not know.
    pub names_due: bool,
}

impl Native {
    /// The same as [`Native::load`], with what says how the session stands.
    ///
    /// # Errors
    /// Where there is no such session, or it is deleted.
    pub fn stored(&self, id: &SessionId) -> Result<Stored> {
        let view = self.read()?;
        let key = live_session_key(&view, id)?;
        let mut statement = view.prepare_cached("SELECT version, next_seq, names_due FROM sessions WHERE key = ?1")?;
        let (version, next_seq, names_due) =
            statement.query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(Stored { session: load(&view, id, self.encoding)?, version, next_seq, names_due })
    }

    /// A session with everything the store knows of it, costs under the store's encoding. An entry or a row of names that
    /// is not counted under it yet costs 0, which nothing counted does; facts always come with a cost of 0.
    pub fn load(&self, id: &SessionId) -> Result<Session> {
        load(&*self.read()?, id, self.encoding)
    }

    /// The whole text of one entry.
    ///
    /// # Errors
    /// Where there is no such session or entry.
    pub fn text(&self, id: &SessionId, entry: EntryId) -> Result<Clean> {
        let view = self.read()?;
        let key = session_key(&view, id)?;
        let mut statement = view.prepare_cached("SELECT text FROM entries WHERE session = ?1 AND id = ?2")?;
        let found = statement.query_row(params![key, entry.0.cast_signed()], |row| row.get(0)).optional()?;
        found.map(redact::stored).ok_or(StoreError::Drift(Drift::Entry { id: entry, seq: None }))
    }
}

fn load(view: &Connection, id: &SessionId, encoding: Encoding) -> Result<Session> {
    let key = session_key(view, id)?;
    if let Some(at) = retention::let_go_at(view, key)? {
        return Err(StoreError::LetGo { id: id.clone(), at });
    }
    let mut session = head(view, id)?;
    session.names = names::load(view, key, encoding)?;
    session.facts = facts::load(view, key)?;
    session.repeated = repeated::load(view, key)?;
    let mut statement = view.prepare_cached(
        "SELECT e.id, e.seq, e.kind, e.role, e.marks, e.tool, e.call_id, e.path, e.text, e.summary, e.sentence,
                e.keywords, e.at, e.file, e.line, e.offset, e.usage, s.state, s.seen, s.score,
                coalesce(c.full, 0), coalesce(c.summary, 0), coalesce(c.sentence, 0), coalesce(c.keywords, 0), e.made
         FROM entries e JOIN standing s ON s.session = e.session AND s.entry = e.key
         LEFT JOIN costs c ON c.entry = e.key AND c.encoding = ?2
         WHERE e.session = ?1 ORDER BY e.seq",
    )?;
    let mut rows = statement.query(params![key, encoding.to_string()])?;
    while let Some(row) = rows.next()? {
        session.entries.push(entry(row)?);
    }
    Ok(session)
}

/// The session without its entries.
fn head(connection: &Connection, id: &SessionId) -> Result<Session> {
    let mut statement = connection.prepare_cached(
        "SELECT title, project, parent, models, settings, sources, problems FROM sessions WHERE id = ?1",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let row = rows.next()?.ok_or_else(|| StoreError::NoSession(id.clone()))?;
    Ok(Session {
        title: redact::stored(row.get(0)?),
        project: redact::stored(row.get(1)?),
        parent: row.get::<_, Option<String>>(2)?.map(SessionId::new),
        models: from_json(row, 3)?,
        settings: from_json(row, 4)?,
        sources: from_json(row, 5)?,
        problems: from_json(row, 6)?,
        ..Session::new(id.clone())
    })
}

fn entry(row: &Row) -> Result<Entry> {
    let text = |index: usize| -> Result<Option<Clean>> { Ok(row.get::<_, Option<String>>(index)?.map(redact::stored)) };
    Ok(Entry {
        id: entry_id(row.get(0)?),
        seq: row.get(1)?,
        kind: word(row, 2)?,
        role: word(row, 3)?,
        marks: Marks::from_bits(row.get(4)?),
        tool: row.get(5)?,
        call_id: row.get(6)?,
        path: text(7)?,
        text: redact::stored(row.get(8)?),
        renditions: [text(9)?, text(10)?, text(11)?],
        at: row.get::<_, Option<i64>>(12)?.map(Time),
        place: Place { file: row.get(13)?, line: row.get(14)?, offset: row.get::<_, i64>(15)?.cast_unsigned() },
        usage: json_or_null(row, 16)?,
        made: json_or_null(row, 24)?,
        state: state(row, 17)?,
        seen: from_json(row, 18)?,
        score: from_json(row, 19)?,
        costs: [row.get(20)?, row.get(21)?, row.get(22)?, row.get(23)?],
    })
}

/// Writes a new entry as number `seq` from the session's stored source `file`, not counted yet, and gives its row number.
pub(super) fn insert(connection: &Connection, session: i64, entry: &Entry, seq: u32, file: u16) -> Result<i64> {
    let texts = entry.renditions.each_ref().map(|text| text.as_deref());
    connection
        .prepare_cached(
            "INSERT INTO entries (session, seq, id, kind, role, marks, tool, call_id, path, text, summary, sentence,
                                  keywords, at, file, line, offset, usage, made)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        )?
        .execute(params![
            session,
            seq,
            entry.id.0.cast_signed(),
            entry.kind.to_string(),
            entry.role.to_string(),
            entry.marks.bits(),
            entry.tool.as_deref(),
            entry.call_id.as_deref(),
            entry.path.as_deref(),
            entry.text.as_str(),
            texts[0],
            texts[1],
            texts[2],
            entry.at.map(|at| at.0),
            file,
            entry.place.line,
            entry.place.offset.cast_signed(),
            entry.usage.map(|usage| json(&usage)),
            entry.made.as_ref().map(json),
        ])?;
    let key = connection.last_insert_rowid();
    connection
        .prepare_cached(
            "INSERT INTO standing (session, entry, live, level, state, seen, score) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            session,
            key,
            entry.is_live(),
            entry.state.held.level as u8,
            json(&entry.state),
            json(&entry.seen),
            json(&entry.score),
        ])?;
    Ok(key)
}

/// Stores what an entry costs; costs of 0 say that it was not counted, and are passed over.
pub(super) fn set_costs(connection: &Connection, entry: i64, encoding: Encoding, costs: [u32; 4]) -> Result<()> {
    if costs == [0; 4] {
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO costs (entry, encoding, full, summary, sentence, keywords)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![entry, encoding.to_string(), costs[0], costs[1], costs[2], costs[3]])?;
    Ok(())
}

/// An entry that an edit is about to change.
pub(super) struct Standing {
    /// Row number of the entry.
    pub key: i64,
    pub seq: u32,
    /// Whether its kind is one that plans carry.
    pub carried: bool,
    pub state: EntryState,
}

pub(super) fn standing(connection: &Connection, session: i64, id: EntryId) -> Result<Option<Standing>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.key, e.seq, e.kind NOT IN ('opaque', 'boundary'), s.state
         FROM entries e JOIN standing s ON s.session = e.session AND s.entry = e.key
         WHERE e.session = ?1 AND e.id = ?2",
    )?;
    let found = statement
        .query_row(params![session, id.0.cast_signed()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?))
        })
        .optional()?;
    let Some((key, seq, carried, state)) = found else { return Ok(None) };
    Ok(Some(Standing { key, seq, carried, state: serde_json::from_str(&state)? }))
}

/// Few entries are in another state than they came in.
fn state(row: &Row, index: usize) -> Result<EntryState> {
    static UNTOUCHED: LazyLock<String> = LazyLock::new(|| json(&EntryState::default()));
    match row.get_ref(index)?.as_str().map_err(rusqlite::Error::from)? == *UNTOUCHED {
        true => Ok(EntryState::default()),
        false => from_json(row, index),
    }
}

pub(super) fn entry_id(stored: i64) -> EntryId {
    EntryId(stored.cast_unsigned())
}

pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("model values have no maps with keys other than text, and no failing parts")
}

pub(super) fn from_json<T: DeserializeOwned>(row: &Row, index: usize) -> Result<T> {
    let text = row.get_ref(index)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(serde_json::from_str(text)?)
}

fn json_or_null<T: DeserializeOwned>(row: &Row, index: usize) -> Result<Option<T>> {
    let text = row.get_ref(index)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    Ok(text.map(serde_json::from_str).transpose()?)
}

/// A word of a closed list (kind, role, status).
pub(super) fn word<T: std::str::FromStr>(row: &Row, index: usize) -> Result<T> {
    let text = row.get_ref(index)?.as_str().map_err(rusqlite::Error::from)?;
    text.parse().map_err(|_| StoreError::Damaged { what: format!("unknown word '{}'", text.escape_debug()) })
}
