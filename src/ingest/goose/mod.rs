//! Goose: `sessions.db`, schema 14 and 15, with a list of typed parts for each message.
//!
//! Two flags of a message tell whether the human sees it and whether the model does. A compaction hides from the model
//! what was, and adds, for it alone, a summary as the user's and a line as the agent's own that says to go on.

mod message;
mod reader;

use std::{collections::BTreeSet, path::Path};

use super::{
    adapter::{Adapter, Decoded, Progress, Told},
    agent::Agent,
    conversation::Conversation,
    counts::{Counts, Reported},
    error::IngestError,
    json::Json,
    probe::Probe,
    sqlite::{self, Database},
    tally::Tally,
};
use reader::{Head, Reader};

pub struct Goose;

impl Adapter for Goose {
    fn agent(&self) -> Agent {
        Agent::Goose
    }

    fn recognises(&self, probe: &Probe) -> bool {
        probe.has_table("sessions", &["id", "working_dir"])
            && probe.has_table("messages", &["session_id", "role", "content_json"])
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        let database = Database::open(path)?;
        let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let mut tally = Tally { bytes, ..Tally::default() };
        let sessions = sessions(&database)?;
        let all = sessions.len().max(1) as u64;
        let (mut conversations, mut failed, mut delegated) = (Vec::new(), 0, 0);
        let (mut reported, mut models) = (Reported::default(), BTreeSet::new());
        for (done, session) in sessions.into_iter().enumerate() {
            let mut conversation = Conversation::new(Agent::Goose, &session.id, path, bytes);
            conversation.parent = session.parent;
            conversation.title = session.title;
            conversation.project = session.folder;
            reported.input += session.input;
            reported.output += session.output;
            let mut reader = Reader::new(conversation, &session.model);
            let heads = heads(&database, &session.id)?;
            for (index, head) in heads.iter().enumerate() {
                tally.records += 1;
                match content(&database, head.row_id)? {
                    Some(content) => reader.message(&mut tally, head, heads.get(index + 1), &content),
                    None => tally.bad_spans += 1,
                }
            }
            failed += reader.failed;
            let conversation = reader.finish();
            models.extend(conversation.models.iter().cloned());
            // Version 14 says of a session that it is a sub-agent's, but not whose.
            if session.is_sub_agent && conversation.parent.is_none() {
                delegated += Counts::of(std::slice::from_ref(&conversation), &Tally::default()).prompts;
            }
            conversations.push(conversation);
            progress(bytes * (done as u64 + 1) / all);
        }
        if let Some(first) = conversations.first_mut() {
            first.tell(&tally);
        }
        let counts = Counts::of(&conversations, &tally);
        let counts = Counts {
            prompts: counts.prompts - delegated,
            delegated_prompts: counts.delegated_prompts.map(|known| known + delegated),
            tool_errors: Some(failed),
            models: Some(models),
            usage: Some(reported),
            ..counts
        };
        Ok(Decoded { told: Told::Conversations(conversations), counts, tally })
    }
}

/// A session's row.
struct Session {
    id: String,
    parent: Option<String>,
    title: Option<String>,
    folder: String,
    model: String,
    is_sub_agent: bool,
    input: u64,
    output: u64,
}

/// All sessions, oldest first.
fn sessions(database: &Database) -> Result<Vec<Session>, IngestError> {
    let columns = [
        "id",
        "parent_session_id",
        "name",
        "description",
        "working_dir",
        "model_config_json",
        "session_type",
        "accumulated_input_tokens",
        "accumulated_output_tokens",
    ];
    let order = if database.has("sessions", "created_at") { "ORDER BY created_at, rowid" } else { "ORDER BY rowid" };
    let mut sessions = Vec::new();
    database.each(&database.select("sessions", &columns, order), [], &mut |row| {
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        // `f64 as u64` takes a negative number as 0.
        let count = |number: Option<f64>| number.unwrap_or_default() as u64;
        let model = sqlite::json(row, 5)?.and_then(|config| config.text("model_name").map(str::to_owned));
        sessions.push(Session {
            id: sqlite::text(row, 0)?.unwrap_or_default(),
            parent: filled(sqlite::text(row, 1)?),
            title: filled(sqlite::text(row, 2)?).or(filled(sqlite::text(row, 3)?)),
            folder: sqlite::text(row, 4)?.unwrap_or_default(),
            model: model.unwrap_or_default(),
            is_sub_agent: sqlite::text(row, 6)?.as_deref() == Some("sub_agent"),
            input: count(sqlite::number(row, 7)?).min(u64::from(u32::MAX)),
            output: count(sqlite::number(row, 8)?).min(u64::from(u32::MAX)),
        });
        Ok(())
    })?;
    Ok(sessions)
}

/// A session's messages but for their content, in order.
fn heads(database: &Database, session: &str) -> Result<Vec<Head>, IngestError> {
    let columns = ["rowid", "message_id", "role", "created_timestamp", "metadata_json"];
    let query = database.select("messages", &columns, "WHERE session_id = ?1 ORDER BY rowid");
    let mut heads = Vec::new();
    database.each(&query, [session], &mut |row| {
        let metadata = sqlite::json(row, 4)?.unwrap_or_default();
        let is_hidden = |key: &str| metadata.get(key) == Some(&Json::Bool(false));
        heads.push(Head {
            row_id: row.get(0)?,
            id: sqlite::text(row, 1)?.unwrap_or_default(),
            role: sqlite::text(row, 2)?.unwrap_or_default(),
            at: sqlite::number(row, 3)?.and_then(super::moment::since_1970),
            human_sees: !is_hidden("userVisible"),
            model_sees: !is_hidden("agentVisible"),
            model: metadata.text("model").map(str::to_owned),
        });
        Ok(())
    })?;
    Ok(heads)
}

/// A message's parts; `None` where they are no JSON.
fn content(database: &Database, row_id: i64) -> Result<Option<Json>, IngestError> {
    let mut content = None;
    database.each("SELECT content_json FROM messages WHERE rowid = ?1", [row_id], &mut |row| {
        content = sqlite::json(row, 0)?;
        Ok(())
    })?;
    Ok(content)
}

#[cfg(test)]
mod tests;
