//! The database: its sessions, and each one's messages in order.

use std::{collections::BTreeMap, path::Path};

use super::reader::{Reader, Row, Sums};
use crate::ingest::{
    adapter::Progress,
    agent::Agent,
    conversation::Conversation,
    error::IngestError,
    moment,
    sqlite::{self, Database},
    tally::Tally,
};

/// A database, read.
pub struct Read {
    pub conversations: Vec<Conversation>,
    pub tally: Tally,
    pub sums: Sums,
    /// Sessions that were compacted; `None` where the version cannot do it.
    pub compacted: Option<u64>,
}

/// A session's row.
struct Session {
    id: String,
    parent: Option<String>,
    title: Option<String>,
    summary: Option<String>,
}

/// All sessions, oldest first.
pub fn read(agent: Agent, path: &Path, progress: Progress) -> Result<Read, IngestError> {
    let database = Database::open(path)?;
    let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let mut tally = Tally { bytes, ..Tally::default() };
    let (mut conversations, mut sums) = (Vec::new(), Sums::default());
    let mut messages = messages(&database)?;
    let sessions = sessions(&database, &messages)?;
    let compacted = sessions.iter().filter(|session| session.summary.is_some()).count() as u64;
    let all = sessions.len().max(1) as u64;
    for (done, session) in sessions.into_iter().enumerate() {
        let mut conversation = Conversation::new(agent, &session.id, path, bytes);
        conversation.parent = session.parent;
        // What a session is called until the model gives it a title.
        conversation.title = session.title.filter(|title| title != "New Session" && title != "Untitled Session");
        conversation.project = project(path);
        let mut reader = Reader::new(conversation, session.summary);
        let mut rows = messages.remove(&session.id).unwrap_or_default();
        // Seconds are too coarse to order by alone.
        rows.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
        for (_, row_id) in rows {
            tally.records += 1;
            match row(&database, row_id)? {
                Some(row) => reader.message(&mut tally, &row),
                None => tally.bad_spans += 1,
            }
        }
        let (conversation, more) = reader.finish();
        conversations.push(conversation);
        sums.failed += more.failed;
        sums.summaries += more.summaries;
        progress(bytes * (done as u64 + 1) / all);
    }
    let compacted = database.has("sessions", "summary_message_id").then_some(compacted);
    Ok(Read { conversations, tally, sums, compacted })
}

/// The database lies in a folder of the project.
fn project(path: &Path) -> String {
    let folder = path.parent().filter(|folder| folder.ends_with(".crush") || folder.ends_with(".opencode"));
    let project = folder.and_then(Path::parent).and_then(|project| std::path::absolute(project).ok());
    project.map(|project| project.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Sessions without a row of their own come last.
fn sessions(database: &Database, messages: &BTreeMap<String, Vec<(f64, i64)>>) -> Result<Vec<Session>, IngestError> {
    let columns = ["id", "parent_session_id", "title", "summary_message_id"];
    let mut sessions: Vec<Session> = Vec::new();
    database.each(&database.select("sessions", &columns, "ORDER BY created_at, rowid"), [], &mut |row| {
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        sessions.push(Session {
            id: sqlite::text(row, 0)?.unwrap_or_default(),
            parent: filled(sqlite::text(row, 1)?),
            title: filled(sqlite::text(row, 2)?),
            summary: filled(sqlite::text(row, 3)?),
        });
        Ok(())
    })?;
    let is_known = |id: &String| sessions.iter().any(|session| session.id == *id);
    let lone = messages.keys().filter(|id| !is_known(id)).cloned();
    let lone: Vec<_> = lone.map(|id| Session { id, parent: None, title: None, summary: None }).collect();
    sessions.extend(lone);
    Ok(sessions)
}

/// When each message was written and its row id, by session.
fn messages(database: &Database) -> Result<BTreeMap<String, Vec<(f64, i64)>>, IngestError> {
    let mut messages: BTreeMap<String, Vec<(f64, i64)>> = BTreeMap::new();
    database.each(&database.select("messages", &["rowid", "session_id", "created_at"], ""), [], &mut |row| {
        let place = (sqlite::number(row, 2)?.unwrap_or_default(), row.get(0)?);
        messages.entry(sqlite::text(row, 1)?.unwrap_or_default()).or_default().push(place);
        Ok(())
    })?;
    Ok(messages)
}

/// A message; `None` where its parts are no JSON.
fn row(database: &Database, row_id: i64) -> Result<Option<Row>, IngestError> {
    let columns = ["id", "role", "model", "created_at", "is_summary_message", "parts"];
    let mut found = None;
    database.each(&database.select("messages", &columns, "WHERE rowid = ?1"), [row_id], &mut |row| {
        let Some(parts) = sqlite::json(row, 5)? else { return Ok(()) };
        found = Some(Row {
            id: sqlite::text(row, 0)?.unwrap_or_default(),
            line: sqlite::line(row_id),
            role: sqlite::text(row, 1)?.unwrap_or_default(),
            model: sqlite::text(row, 2)?.unwrap_or_default(),
            at: sqlite::number(row, 3)?.and_then(moment::since_1970),
            is_summary: sqlite::number(row, 4)?.is_some_and(|flag| flag != 0.0),
            parts,
        });
        Ok(())
    })?;
    Ok(found)
}
