//! Changing one entry of a distill file, and putting it back exactly.

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    raw::Raw,
    rows::{self, CHANGING},
    state::{Columns, Kept, state_of},
};
use crate::{
    model::{Clean, EntryState, Fate, Level, Time},
    store::{Result, StoreError, rows::json},
    text::redact::clean,
};

/// An entry at one moment: all that edits change of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub pinned: bool,
    pub kept: Option<String>,
    pub place: Place,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// In distill's table.
    Live(Columns),
    /// Taken out of it; its row stands unchanged beside. With its state, as JSON.
    Evicted { state: String, columns: Columns },
}

/// The entry as it is; `None` where it is gone.
pub fn image(connection: &Connection, id: &Raw) -> Result<Option<Image>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT EXISTS (SELECT 1 FROM haversack_pins WHERE entry_id = ?1),
                (SELECT kept FROM haversack_states WHERE entry_id = ?1), {CHANGING}
         FROM session_entries WHERE id = ?1"
    ))?;
    let live = statement
        .query_row([id], |row| {
            let place = Place::Live(rows::columns(row, 2)?);
            Ok(Image { pinned: row.get(0)?, kept: row.get(1)?, place })
        })
        .optional()?;
    if live.is_some() {
        return Ok(live);
    }
    let mut statement = connection.prepare_cached("SELECT kept, state FROM haversack_evicted WHERE entry_id = ?1")?;
    Ok(statement
        .query_row([id], |row| {
            let place = Place::Evicted { state: row.get(1)?, columns: rows::Values::of(connection, id)?.columns() };
            Ok(Image { pinned: false, kept: row.get(0)?, place })
        })
        .optional()?)
}

impl Image {
    pub fn state(&self) -> Result<EntryState> {
        match &self.place {
            Place::Live(columns) => {
                let kept: Option<Kept> = self.kept.as_deref().map(serde_json::from_str).transpose()?;
                Ok(state_of(columns, kept.as_ref(), self.pinned))
            }
            Place::Evicted { state, .. } => Ok(serde_json::from_str(state)?),
        }
    }
}

/// Brings an entry from the state that it is in to another. `held` is the text that it is to hold; `None` for the original.
pub fn bring(connection: &Connection, id: &Raw, after: &EntryState, held: Option<&Clean>, at: Time) -> Result<()> {
    let now = image(connection, id)?.ok_or(StoreError::ChangedByOwner { seq: None })?;
    match (&now.place, after.fate) {
        (Place::Evicted { .. }, Fate::Live) => put_back(connection, id)?,
        (Place::Evicted { .. }, _) => {
            connection
                .execute("UPDATE haversack_evicted SET state = ?2 WHERE entry_id = ?1", params![id, json(after)])?;
        }
        (Place::Live(_), Fate::Live) => {}
        (Place::Live(_), _) => take_out(connection, id, &json(after))?,
    }
    if after.fate != Fate::Live {
        return Ok(());
    }
    let now = image(connection, id)?.ok_or(StoreError::ChangedByOwner { seq: None })?;
    let state = now.state()?;
    let Place::Live(columns) = &now.place else { return Err(StoreError::ChangedByOwner { seq: None }) };
    if state.importance != after.importance {
        let value =
            after.importance.map_or(super::state::DEFAULT_IMPORTANCE, |value| f64::from(value.thousandths()) / 1000.0);
        connection.execute("UPDATE session_entries SET importance = ?2 WHERE id = ?1", params![id, value])?;
    }
    let level = after.held.level;
    let other_text = level != Level::Full && state.rewrites != after.rewrites && !says(columns, held);
    if state.held.level != level || other_text {
        hold(connection, id, level, held, at)?;
    }
    set_pin(connection, id, after.pinned)?;
    let now = image(connection, id)?.ok_or(StoreError::ChangedByOwner { seq: None })?;
    let Place::Live(columns) = &now.place else { return Err(StoreError::ChangedByOwner { seq: None }) };
    set_kept(connection, id, Kept::needed(columns, after).as_ref().map(json).as_deref())
}

/// Whether the row holds that text already, as far as can be told after masking: its own bytes stay then.
fn says(columns: &Columns, held: Option<&Clean>) -> bool {
    match held {
        None => columns.is_original,
        Some(held) => columns.shortened().is_some_and(|text| clean(&text) == *held),
    }
}

/// Level, content, tokens and time as distill itself would write them.
fn hold(connection: &Connection, id: &Raw, level: Level, held: Option<&Clean>, at: Time) -> Result<()> {
    let held = if level == Level::Full { None } else { held.map(|text| Raw::of_text(text)) };
    let compressed_at = match level {
        Level::Full => String::new(),
        _ => jiff::Timestamp::from_millisecond(at.0).map(|at| at.to_string()).unwrap_or_default(),
    };
    connection
        .prepare_cached(
            "UPDATE session_entries SET content = coalesce(?2, original_content), compression_level = ?3,
                    tokens = (octet_length(coalesce(?2, original_content)) + 3) / 4, compressed_at = ?4
             WHERE id = ?1",
        )?
        .execute(params![id, held, level as u8, compressed_at])?;
    Ok(())
}

/// Puts an entry as an image says, from whatever it is now.
pub fn set(connection: &Connection, id: &Raw, to: &Image) -> Result<()> {
    let now = image(connection, id)?.ok_or(StoreError::ChangedByOwner { seq: None })?;
    match (&now.place, &to.place) {
        (Place::Live(_), Place::Evicted { state, columns }) => {
            set_columns(connection, id, columns)?;
            set_kept(connection, id, to.kept.as_deref())?;
            return take_out(connection, id, state);
        }
        (Place::Evicted { .. }, Place::Evicted { state, .. }) => {
            connection.execute("UPDATE haversack_evicted SET state = ?2 WHERE entry_id = ?1", params![id, state])?;
            return Ok(());
        }
        (Place::Evicted { .. }, Place::Live(_)) => put_back(connection, id)?,
        (Place::Live(_), Place::Live(_)) => {}
    }
    if let Place::Live(columns) = &to.place {
        set_columns(connection, id, columns)?;
    }
    set_pin(connection, id, to.pinned)?;
    set_kept(connection, id, to.kept.as_deref())
}

fn set_columns(connection: &Connection, id: &Raw, columns: &Columns) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE session_entries SET content = CASE WHEN ?2 THEN original_content ELSE ?3 END,
                    compression_level = ?4, tokens = ?5, importance = ?6, compressed_at = ?7 WHERE id = ?1",
        )?
        .execute(params![
            id,
            columns.is_original,
            columns.content,
            columns.level,
            columns.tokens,
            columns.importance,
            columns.compressed_at
        ])?;
    Ok(())
}

/// Moves the whole row beside. Pins and what is kept go with the row.
fn take_out(connection: &Connection, id: &Raw, state: &str) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO haversack_evicted (entry_id, session_id, state, kept)
             SELECT id, session_id, ?2, (SELECT kept FROM haversack_states WHERE entry_id = ?1)
             FROM session_entries WHERE id = ?1",
        )?
        .execute(params![id, state])?;
    for name in std::iter::once("rowid".to_owned()).chain(names(connection)?) {
        connection
            .prepare_cached(&format!(
                "INSERT INTO haversack_evicted_values (entry_id, name, value)
                 SELECT id, ?2, {} FROM session_entries WHERE id = ?1",
                quoted(&name)
            ))?
            .execute(params![id, name])?;
    }
    connection.prepare_cached("DELETE FROM session_entries WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Moves the whole row back, under its own row number where that is free. Columns that distill has no more are left out.
fn put_back(connection: &Connection, id: &Raw) -> Result<()> {
    let known = names(connection)?;
    let mut statement =
        connection.prepare_cached("SELECT name, value FROM haversack_evicted_values WHERE entry_id = ?1")?;
    let values: Vec<(String, Raw)> =
        statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    let rowid = values.iter().find(|(name, _)| name == "rowid").map_or(Raw::Null, |(_, value)| value.clone());
    let taken: bool =
        connection
            .query_row("SELECT EXISTS (SELECT 1 FROM session_entries WHERE rowid = ?1)", [&rowid], |row| row.get(0))?;
    let values: Vec<(String, Raw)> =
        values.into_iter().filter(|(name, _)| if name == "rowid" { !taken } else { known.contains(name) }).collect();
    let columns: Vec<String> = values.iter().map(|(name, _)| quoted(name)).collect();
    let places: Vec<String> = (1..=values.len()).map(|at| format!("?{at}")).collect();
    connection.execute(
        &format!("INSERT INTO session_entries ({}) VALUES ({})", columns.join(", "), places.join(", ")),
        rusqlite::params_from_iter(values.iter().map(|(_, value)| value)),
    )?;
    let kept: Option<String> =
        connection.query_row("SELECT kept FROM haversack_evicted WHERE entry_id = ?1", [id], |row| row.get(0))?;
    connection.prepare_cached("DELETE FROM haversack_evicted WHERE entry_id = ?1")?.execute([id])?;
    set_kept(connection, id, kept.as_deref())
}

/// The columns that distill's table has, whichever version made it.
fn names(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT name FROM pragma_table_info('session_entries')")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn set_pin(connection: &Connection, id: &Raw, pinned: bool) -> Result<()> {
    let statement = match pinned {
        true => "INSERT OR IGNORE INTO haversack_pins (entry_id) VALUES (?1)",
        false => "DELETE FROM haversack_pins WHERE entry_id = ?1",
    };
    connection.prepare_cached(statement)?.execute([id])?;
    Ok(())
}

fn set_kept(connection: &Connection, id: &Raw, kept: Option<&str>) -> Result<()> {
    match kept {
        Some(kept) => connection
            .prepare_cached("INSERT OR REPLACE INTO haversack_states (entry_id, kept) VALUES (?1, ?2)")?
            .execute(params![id, kept])?,
        None => connection.prepare_cached("DELETE FROM haversack_states WHERE entry_id = ?1")?.execute([id])?,
    };
    Ok(())
}
