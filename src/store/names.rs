//! The index of names as a row: one for each encoding that it was counted under.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::{Native, Result, rows, session_key};
use crate::{
    model::{EntryId, NameRow, SessionId},
    text::{redact, tokens::Encoding},
};

impl Native {
    /// Stores the index as counted under another encoding. Its rows must be those that the session has.
    pub fn recount_names(&mut self, id: &SessionId, encoding: Encoding, names: &[NameRow]) -> Result<()> {
        let transaction = self.write()?;
        let session = session_key(&transaction, id)?;
        insert(&transaction, session, encoding, names)?;
        transaction.commit()
    }
}

impl Native {
    /// Stores the index that was due, where the session is still as it was made of: of this version.
    pub fn settle_names(&mut self, id: &SessionId, version: i64, names: &[NameRow]) -> Result<()> {
        let encoding = self.encoding;
        let transaction = self.write()?;
        let session = session_key(&transaction, id)?;
        let mut of_session = transaction.prepare_cached("SELECT version FROM sessions WHERE key = ?1")?;
        let is_same = of_session.query_row([session], |row| Ok(row.get::<_, i64>(0)? == version))?;
        drop(of_session);
        if is_same {
            replace(&transaction, session, encoding, names, &HashSet::new())?;
            settled(&transaction, session)?;
        }
        transaction.commit()
    }
}

/// The index is of all entries.
pub(super) fn settled(connection: &Connection, session: i64) -> Result<()> {
    connection.prepare_cached("UPDATE sessions SET names_due = 0 WHERE key = ?1 AND names_due")?.execute([session])?;
    Ok(())
}

/// The index under an encoding; where it was counted under others only, its rows with a cost of 0.
pub(super) fn load(connection: &Connection, session: i64, encoding: Encoding) -> Result<Vec<NameRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT rows, encoding = ?2 FROM names WHERE session = ?1 ORDER BY encoding = ?2 DESC, encoding LIMIT 1",
    )?;
    let found = statement
        .query_row(params![session, encoding.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
        .optional()?;
    let Some((stored, counted)) = found else { return Ok(Vec::new()) };
    let stored: Vec<(EntryId, u32, String, bool, u32, u32)> = serde_json::from_str(&stored)?;
    let names = stored.into_iter().map(|(entry, at, text, opens, cost, weight)| NameRow {
        entry,
        at,
        text: redact::stored(text),
        opens,
        cost: if counted { cost } else { 0 },
        weight,
    });
    Ok(names.collect())
}

/// Takes over the index of a fresh reading; one that is empty says nothing. A row shows the number of its entry: where
/// the store has given that another one, the count of the reading does not hold. True where anything changed.
pub(super) fn replace(
    connection: &Connection,
    session: i64,
    encoding: Encoding,
    names: &[NameRow],
    renumbered: &HashSet<EntryId>,
) -> Result<bool> {
    let stored = load(connection, session, encoding)?;
    let mut names = names.to_vec();
    for row in names.iter_mut().filter(|row| renumbered.contains(&row.entry)) {
        let same = stored.iter().find(|other| other.entry == row.entry && other.text == row.text);
        row.cost = same.map_or(0, |same| same.cost);
    }
    if names.is_empty() || stored == names {
        return Ok(false);
    }
    connection.prepare_cached("DELETE FROM names WHERE session = ?1")?.execute([session])?;
    insert(connection, session, encoding, &names)?;
    Ok(true)
}

fn insert(connection: &Connection, session: i64, encoding: Encoding, names: &[NameRow]) -> Result<()> {
    let rows: Vec<_> =
        names.iter().map(|row| (row.entry, row.at, &row.text, row.opens, row.cost, row.weight)).collect();
    connection
        .prepare_cached("INSERT OR REPLACE INTO names (session, encoding, rows) VALUES (?1, ?2, ?3)")?
        .execute(params![session, encoding.to_string(), rows::json(&rows)])?;
    Ok(())
}
