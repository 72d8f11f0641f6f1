//! One message of a history, and what tells it from another.

use std::sync::{Arc, LazyLock};

use regex::Regex;
use xxhash_rust::xxh3::xxh3_64;

use super::content;
use crate::{
    ingest::{draft::Key, json::Json, plural::thousands},
    model::{LossCause, Time},
};

/// A message as it was last written.
#[derive(Debug)]
pub struct Message {
    /// What the log calls it, made unique where an id comes back after a rewind.
    pub id: Arc<str>,
    pub line: u32,
    pub offset: u64,
    pub record: Json,
    /// The boundary that dropped it; none while the agent's history holds it.
    pub lost: Option<(Key, LossCause)>,
    /// Calls whose results the program took out of the agent's context, and where.
    pub masked: Vec<(String, Key)>,
}

impl Message {
    pub fn kind(&self) -> &str {
        kind(&self.record)
    }

    pub fn at(&self) -> Option<Time> {
        crate::ingest::moment::rfc3339(self.record.text("timestamp")?)
    }

    /// Whether it was part of what the model is sent, and not only shown to the human.
    pub fn is_said(&self) -> bool {
        is_said(&self.record)
    }

    /// Equal for the same message under another id; `None` where it has nothing to be told by.
    pub fn print(&self) -> Option<u64> {
        print(&self.record)
    }
}

pub fn kind(record: &Json) -> &str {
    record.text("type").unwrap_or_default()
}

pub fn is_said(record: &Json) -> bool {
    matches!(kind(record), "user" | "gemini")
}

pub fn content(record: &Json) -> &Json {
    record.get("content").unwrap_or(&Json::Null)
}

/// Calls of a reply, as the program records them, in order.
pub fn calls(record: &Json) -> &[Json] {
    record.get("toolCalls").map(Json::items).unwrap_or_default()
}

/// The result of a recorded call; `None` where it has none (yet).
pub fn result(call: &Json) -> Option<&Json> {
    call.get("result").filter(|result| match result {
        Json::Null => false,
        Json::List(parts) => !parts.is_empty(),
        Json::Text(text) => !text.is_empty(),
        _ => true,
    })
}

/// Fingerprint of what a message says: its type, text and calls. Copies of a message under a new id have the same.
pub fn print(record: &Json) -> Option<u64> {
    let parts = content::parts(content(record));
    let mut words: String = parts.iter().filter_map(content::text).map(str::trim).collect();
    let named = parts.iter().filter_map(|part| part.get("functionCall").or(part.get("functionResponse")));
    let mut ids: Vec<&str> = calls(record).iter().chain(named).filter_map(|call| call.text("id")).collect();
    ids.dedup();
    ids.sort_unstable();
    ids.dedup();
    if words.is_empty() && ids.is_empty() {
        return None;
    }
    words.push('\0');
    words.push_str(kind(record));
    for id in ids {
        words.push('\0');
        words.push_str(id);
    }
    Some(xxh3_64(words.as_bytes()))
}

/// The program's own words for a compaction: tokens before and after.
static COMPRESSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bcompressed\b[^\n]*?\bfrom ([\d,]+) to ([\d,]+) tokens").expect("a constant pattern")
});

/// Tokens before and after, where an info row tells a compaction.
pub fn tokens(record: &Json) -> Option<String> {
    if kind(record) != "info" {
        return None;
    }
    let text: String = content::parts(content(record)).iter().filter_map(content::text).collect();
    let found = COMPRESSED.captures(&text)?;
    let number = |group: &str| group.replace(',', "").parse().ok().map(thousands);
    Some(format!(": {} → {} tokens", number(&found[1])?, number(&found[2])?))
}
