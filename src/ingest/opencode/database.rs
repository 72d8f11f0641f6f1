//! `opencode.db`: tables `session`, `message` and `part`, whose JSON column `data` lacks the ids.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use super::{
    part::Part,
    reader::{Read, Reader},
};
use crate::ingest::{
    adapter::Progress,
    error::IngestError,
    json::Json,
    probe::Probe,
    sqlite::{self, Database},
    tally::Tally,
};

pub fn recognises(probe: &Probe) -> bool {
    probe.has_table("session", &["id"])
        && probe.has_table("message", &["id", "session_id", "data"])
        && probe.has_table("part", &["id", "message_id", "data"])
}

/// A message's row but for its JSON.
struct Row {
    id: String,
    row_id: i64,
    created: f64,
}

/// All sessions, oldest first.
pub fn read(path: &Path, progress: Progress) -> Result<(Vec<Read>, Tally), IngestError> {
    let database = Database::open(path)?;
    let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let mut tally = Tally { bytes, ..Tally::default() };
    let mut messages = rows(&database)?;
    let mut told = Vec::new();
    let all = messages.len().max(1) as u64;
    let sessions = sessions(&database, &messages)?;
    for (done, (id, info)) in sessions.into_iter().enumerate() {
        let mut reader = Reader::new(path, bytes, &id, &info);
        let mut rows = messages.remove(&id).unwrap_or_default();
        rows.sort_by(|one, two| one.created.total_cmp(&two.created).then_with(|| one.id.cmp(&two.id)));
        let mut parts = parts_of(&database, &id)?;
        for row in rows {
            tally.records += 1;
            let parts = parts.remove(&row.id).unwrap_or_default();
            let parts = bodies(&database, &mut tally, parts)?;
            match data(&database, "message", row.row_id)? {
                Some(info) => reader.message(&mut tally, &row.id, sqlite::line(row.row_id), &info, &parts),
                None => tally.bad_spans += 1,
            }
        }
        told.push(reader.finish());
        progress(bytes * (done as u64 + 1) / all.max(done as u64 + 1));
    }
    Ok((told, tally))
}

/// The sessions' records in the shape that a document has them; those without a row of their own come last.
fn sessions(database: &Database, messages: &BTreeMap<String, Vec<Row>>) -> Result<Vec<(String, Json)>, IngestError> {
    let columns = ["id", "parent_id", "directory", "title", "revert"];
    let order = if database.has("session", "time_created") { "ORDER BY time_created, id" } else { "ORDER BY rowid" };
    let mut sessions = Vec::new();
    database.each(&database.select("session", &columns, order), [], &mut |row| {
        let mut fields = Vec::new();
        for (index, name) in ["id", "parentID", "directory", "title"].into_iter().enumerate() {
            fields.extend(sqlite::text(row, index)?.map(|text| (name.to_owned(), Json::Text(text))));
        }
        fields.extend(sqlite::json(row, 4)?.map(|revert| ("revert".to_owned(), revert)));
        sessions.push((sqlite::text(row, 0)?.unwrap_or_default(), Json::Map(fields)));
        Ok(())
    })?;
    let is_known = |id: &String| sessions.iter().any(|(known, _)| known == id);
    let lone: Vec<_> = messages.keys().filter(|id| !is_known(id)).map(|id| (id.clone(), Json::Null)).collect();
    sessions.extend(lone);
    Ok(sessions)
}

/// The messages by session. Their JSON is fetched one by one: a row can be as large as the files in it.
fn rows(database: &Database) -> Result<BTreeMap<String, Vec<Row>>, IngestError> {
    let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let query = database.select("message", &["rowid", "session_id", "id", "time_created"], "");
    database.each(&query, [], &mut |row| {
        let session = sqlite::text(row, 1)?.unwrap_or_default();
        let id = sqlite::text(row, 2)?.unwrap_or_default();
        let created = sqlite::number(row, 3)?.unwrap_or_default();
        rows.entry(session).or_default().push(Row { id, row_id: row.get(0)?, created });
        Ok(())
    })?;
    Ok(rows)
}

/// Ids and row ids of a session's parts, in order, by message.
fn parts_of(database: &Database, session: &str) -> Result<HashMap<String, Vec<(String, i64)>>, IngestError> {
    let of_session = match database.has("part", "session_id") {
        true => "WHERE session_id = ?1",
        false => "WHERE message_id IN (SELECT id FROM message WHERE session_id = ?1)",
    };
    let mut parts: HashMap<String, Vec<(String, i64)>> = HashMap::new();
    database.each(&database.select("part", &["rowid", "message_id", "id"], of_session), [session], &mut |row| {
        let part = (sqlite::text(row, 2)?.unwrap_or_default(), row.get(0)?);
        parts.entry(sqlite::text(row, 1)?.unwrap_or_default()).or_default().push(part);
        Ok(())
    })?;
    parts.values_mut().for_each(|parts| parts.sort());
    Ok(parts)
}

fn bodies(database: &Database, tally: &mut Tally, parts: Vec<(String, i64)>) -> Result<Vec<Part>, IngestError> {
    let mut bodies = Vec::with_capacity(parts.len());
    for (id, row_id) in parts {
        match data(database, "part", row_id)? {
            Some(body) => bodies.push(Part { id, body }),
            None => tally.bad_spans += 1,
        }
    }
    Ok(bodies)
}

/// A row's JSON; `None` where it does not parse.
fn data(database: &Database, table: &str, row_id: i64) -> Result<Option<Json>, IngestError> {
    let mut data = None;
    database.each(&format!("SELECT data FROM {table} WHERE rowid = ?1"), [row_id], &mut |row| {
        data = sqlite::json(row, 0)?;
        Ok(())
    })?;
    Ok(data)
}
