//! The Cursor agent's `store.db`: a table of blobs by the hash of their bytes, and one row about the session.
//!
//! Messages are blobs of JSON. A blob in protobuf, the root, lists the hashes of those that make the conversation now; it
//! tells neither times nor tokens. Other blobs in protobuf are the program's state, and are passed over.

mod root;
mod message;

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use super::{
    adapter::{Adapter, Decoded, Progress},
    agent::Agent,
    conversation::Conversation,
    counts::Counts,
    draft::Standing,
    error::IngestError,
    exchange::Exchanges,
    json::Json,
    probe::Probe,
    sqlite::{self, Database},
    tally::Tally,
};
use message::Reader;

pub struct CursorStore;

impl Adapter for CursorStore {
    fn agent(&self) -> Agent {
        Agent::Cursor
    }

    fn recognises(&self, probe: &Probe) -> bool {
        probe.has_table("blobs", &["id", "data"]) && probe.has_table("meta", &["key", "value"])
    }

    fn decode(&self, path: &Path, _: Progress) -> Result<Decoded, IngestError> {
        let database = Database::open(path)?;
        let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let mut tally = Tally { bytes, ..Tally::default() };
        let about = about(&database)?;
        // The folder is named after the session where the row does not say it.
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let mut conversation = Conversation::new(Agent::Cursor, about.text("agentId").unwrap_or(&folder), path, bytes);
        let title = about.text("name").filter(|title| *title != "New Agent" && *title != "Untitled");
        conversation.title = title.map(str::to_owned);
        let rows = message_rows(&database)?;
        let listed = listed(&database, &about)?;
        let mut reader = Reader { conversation, exchanges: Exchanges::default() };
        // What the root does not list was in the conversation before: it goes first, as it was written first.
        let in_list: HashSet<&str> = listed.iter().map(String::as_str).collect();
        let mut order: Vec<(&str, Standing)> = Vec::new();
        let unlisted = if in_list.is_empty() { Standing::Held } else { Standing::Unknown };
        order.extend(
            rows.iter().map(|(id, _)| id.as_str()).filter(|id| !in_list.contains(id)).map(|id| (id, unlisted.clone())),
        );
        order.extend(listed.iter().map(|id| (id.as_str(), Standing::Held)));
        let places: HashMap<&str, i64> = rows.iter().map(|(id, row_id)| (id.as_str(), *row_id)).collect();
        let mut uses: HashMap<&str, u32> = HashMap::new();
        for (id, standing) in order {
            let Some(&row_id) = places.get(id) else { continue };
            let Some(message) = blob(&database, row_id)? else { continue };
            tally.records += 1;
            // The same words twice are one blob.
            let used = uses.entry(id).and_modify(|used| *used += 1).or_insert(1);
            let key = if *used == 1 { id.to_owned() } else { format!("{id}~{used}") };
            reader.message(&mut tally, &key, sqlite::line(row_id), &message, standing);
        }
        reader.conversation.answered(about.text("lastUsedModel").unwrap_or_default());
        reader.conversation.tell(&tally);
        let conversations = vec![reader.conversation];
        let counts = Counts::of(&conversations, &tally);
        // The store has no sub-agents, no compaction and no count of tokens.
        let counts = Counts { delegated_prompts: None, compactions: None, usage: None, tool_errors: None, ..counts };
        Ok(Decoded { counts, ..Decoded::conversations(conversations, tally) })
    }
}

/// The row about the session: JSON in hexadecimal digits.
fn about(database: &Database) -> Result<Json, IngestError> {
    let mut about = Json::Null;
    database.each("SELECT value FROM meta ORDER BY key", [], &mut |row| {
        let text = sqlite::text(row, 0)?.unwrap_or_default();
        let bytes = root::from_hexadecimal(&text).unwrap_or_else(|| text.into_bytes());
        match Json::parse(&bytes) {
            Some(json @ Json::Map(_)) if about == Json::Null => about = json,
            _ => {}
        }
        Ok(())
    })?;
    Ok(about)
}

/// Id and row id of the blobs that are messages, in the order in which they were written.
fn message_rows(database: &Database) -> Result<Vec<(String, i64)>, IngestError> {
    let mut rows = Vec::new();
    let query = "SELECT rowid, id FROM blobs WHERE substr(CAST(data AS BLOB), 1, 1) = x'7b' ORDER BY rowid";
    database.each(query, [], &mut |row| {
        rows.push((sqlite::text(row, 1)?.unwrap_or_default(), row.get(0)?));
        Ok(())
    })?;
    Ok(rows)
}

/// The messages of the conversation as it is now; empty where the root cannot be read.
fn listed(database: &Database, about: &Json) -> Result<Vec<String>, IngestError> {
    let mut listed = Vec::new();
    let id = about.text("latestRootBlobId").unwrap_or_default();
    database.each("SELECT data FROM blobs WHERE id = ?1", [id], &mut |row| {
        if let Ok(bytes) = row.get_ref(0)?.as_bytes() {
            listed = root::message_ids(bytes);
        }
        Ok(())
    })?;
    Ok(listed)
}

/// A blob's JSON, where it is a message.
fn blob(database: &Database, row_id: i64) -> Result<Option<Json>, IngestError> {
    let mut found = None;
    database.each("SELECT data FROM blobs WHERE rowid = ?1", [row_id], &mut |row| {
        found = sqlite::json(row, 0)?.filter(|message| message.text("role").is_some());
        Ok(())
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests;
