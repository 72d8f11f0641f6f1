//! Facts as rows: what a session sees of them, and changing one by an edit.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Native, Result, StoreError, rows, session_key};
use crate::{
    model::{Drift, EntryId, Fact, FactChange, FactId, SessionId, Time},
    text::redact,
};

impl Native {
    /// Every write of a fact that a session sees, in order of arrival, without costs.
    pub fn facts(&self, id: &SessionId) -> Result<Vec<Fact>> {
        let view = self.read()?;
        load(&view, session_key(&view, id)?)
    }
}

const COLUMNS: &str =
    "f.id, f.name, f.value, f.kind, f.scope, f.trust, f.pinned, f.at, f.arrived, f.expires, f.removed,
    f.source";

/// The session's own facts and those that other sessions of its project have written for all of them, in order of
/// arrival. A deleted session's facts are hidden with it.
pub(super) fn load(connection: &Connection, session: i64) -> Result<Vec<Fact>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM facts f WHERE f.session = ?1
         UNION ALL
         SELECT {COLUMNS} FROM sessions own JOIN sessions other ON other.project = own.project AND other.key <> own.key
         JOIN facts f ON f.session = other.key AND f.scope = 'project'
         WHERE own.key = ?1 AND own.project <> '' AND other.deleted_at IS NULL"
    ))?;
    let mut found = statement.query([session])?;
    let mut facts = Vec::new();
    while let Some(row) = found.next()? {
        facts.push(fact(row)?);
    }
    // Ids stand as signed numbers in the file.
    facts.sort_by_key(|fact| (fact.arrived, fact.id));
    Ok(facts)
}

/// Changes a fact that the session sees as an edit says, checked first. A fact that appears becomes the session's own.
pub(super) fn apply(connection: &Connection, session: i64, change: &FactChange) -> Result<()> {
    let stored = standing(connection, session, change.id)?;
    if stored.as_ref().map(|(_, fact)| fact) != change.before.as_deref() {
        return Err(StoreError::Drift(Drift::Fact { id: change.id }));
    }
    match (stored, change.after.as_deref()) {
        (Some((key, _)), Some(after)) => {
            // What was written, by whom and when never changes; whether it is in force may.
            connection
                .prepare_cached("UPDATE facts SET pinned = ?2, removed = ?3, expires = ?4 WHERE key = ?1")?
                .execute(params![key, after.pinned, after.removed.map(|at| at.0), after.expires.map(|at| at.0)])?;
        }
        (Some((key, _)), None) => {
            connection.prepare_cached("DELETE FROM facts WHERE key = ?1")?.execute([key])?;
        }
        (None, Some(after)) => insert(connection, session, after)?,
        (None, None) => {}
    }
    Ok(())
}

/// [`insert`], unless this very write is in the store.
pub(super) fn insert_new(connection: &Connection, session: i64, fact: &Fact) -> Result<()> {
    let known: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM facts WHERE id = ?1)",
        [fact.id.0.cast_signed()],
        |row| row.get(0),
    )?;
    if known { Ok(()) } else { insert(connection, session, fact) }
}

pub(super) fn insert(connection: &Connection, session: i64, fact: &Fact) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO facts (session, id, name, value, kind, scope, trust, pinned, at, arrived, expires, removed, source)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            session,
            fact.id.0.cast_signed(),
            fact.key.as_str(),
            fact.value.as_str(),
            fact.kind.to_string(),
            fact.scope.to_string(),
            fact.trust.to_string(),
            fact.pinned,
            fact.at.0,
            fact.arrived,
            fact.expires.map(|at| at.0),
            fact.removed.map(|at| at.0),
            fact.source.map(|id| id.0.cast_signed()),
        ])?;
    Ok(())
}

/// Forgets what journals of other sessions say of this session's facts: a purge would leave copies of them there.
/// Facts that are taken back stand in the session's own journal only, so that is asked too.
pub(super) fn forget_elsewhere(connection: &Connection, session: i64) -> Result<()> {
    connection.execute(
        "DELETE FROM journal WHERE session <> ?1 AND facts <> '[]' AND EXISTS (
             SELECT 1 FROM json_each(journal.facts) change WHERE change.value ->> 'id' IN (
                 SELECT mine.value ->> 'id' FROM journal own, json_each(own.facts) mine WHERE own.session = ?1
                 UNION SELECT printf('%016x', id) FROM facts WHERE session = ?1))",
        [session],
    )?;
    Ok(())
}

/// A fact that the session sees, with its row number.
fn standing(connection: &Connection, session: i64, id: FactId) -> Result<Option<(i64, Fact)>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, f.key FROM facts f JOIN sessions owner ON owner.key = f.session
         JOIN sessions own ON own.key = ?1
         WHERE f.id = ?2 AND (f.session = ?1 OR f.scope = 'project' AND owner.project = own.project
               AND own.project <> '' AND owner.deleted_at IS NULL)"
    ))?;
    let found = statement
        .query_row(params![session, id.0.cast_signed()], |row| Ok((row.get::<_, i64>(12)?, fact(row))))
        .optional()?;
    found.map(|(key, fact)| Ok((key, fact?))).transpose()
}

fn fact(row: &Row) -> Result<Fact> {
    let time = |index: usize| -> Result<Option<Time>> { Ok(row.get::<_, Option<i64>>(index)?.map(Time)) };
    Ok(Fact {
        id: FactId(row.get::<_, i64>(0)?.cast_unsigned()),
        key: redact::stored(row.get(1)?),
        value: redact::stored(row.get(2)?),
        kind: rows::word(row, 3)?,
        scope: rows::word(row, 4)?,
        trust: rows::word(row, 5)?,
        pinned: row.get(6)?,
        at: Time(row.get(7)?),
        arrived: row.get(8)?,
        expires: time(9)?,
        removed: time(10)?,
        source: row.get::<_, Option<i64>>(11)?.map(|id| EntryId(id.cast_unsigned())),
        cost: 0,
    })
}

#[cfg(test)]
mod tests;
