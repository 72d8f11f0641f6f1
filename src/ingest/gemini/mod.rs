//! Gemini CLI: `~/.gemini/tmp/<project>/chats/session-<time>-<id>.json` (one document) and `.jsonl` (append-only), with
//! sub-agents in `chats/<parent session>/<id>.jsonl`.

mod content;
mod user;
mod message;
mod history;
mod document;
mod calls;
mod entries;

use std::{
    io::{BufRead, Read},
    path::Path,
};

use serde::de::IgnoredAny;

use self::history::History;
use super::{
    adapter::{Adapter, Decoded, Progress},
    agent::Agent,
    error::IngestError,
    input,
    json::Json,
    lines::each_record,
    probe::Probe,
};

pub struct Gemini;

impl Adapter for Gemini {
    fn agent(&self) -> Agent {
        Agent::Gemini
    }

    fn recognises(&self, probe: &Probe) -> bool {
        let keys = probe.document_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        (has("sessionId") && has("projectHash"))
            || (has("messages") && (has("startTime") || has("lastUpdated")))
            || probe.records().iter().any(is_line)
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        let mut history = History::default();
        let tally = if is_document(path)? {
            let bytes = input::whole(path)?;
            let tally = document::read(&bytes, &mut history);
            progress(tally.bytes);
            tally
        } else {
            each_record(path, progress, &mut |tally, placed| history.record(tally, placed))?
        };
        Ok(entries::decoded(history, path, tally))
    }
}

/// Whether a line is one that only this agent writes, whatever stood before it.
fn is_line(record: &Json) -> bool {
    record.get("$rewindTo").is_some()
        || record.get("$set").is_some()
        || (record.text("type") == Some("gemini") && record.text("id").is_some() && record.get("content").is_some())
}

/// Whether the file is one JSON document, and not one JSON object a line. A document may stand on a single line.
fn is_document(path: &Path) -> Result<bool, IngestError> {
    #[derive(serde::Deserialize)]
    struct Head {
        messages: Option<IgnoredAny>,
    }
    let failed = |source| IngestError::io(path, source);
    let mut reader = input::lines(path)?;
    let mut line = Vec::new();
    while line.iter().all(u8::is_ascii_whitespace) {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(false);
        }
    }
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line);
    match serde_json::from_slice::<Head>(line) {
        Ok(Head { messages: None }) => Ok(false),
        Ok(Head { messages: Some(_) }) => {
            let more = reader.bytes().find(|byte| !byte.as_ref().is_ok_and(u8::is_ascii_whitespace));
            Ok(more.is_none())
        }
        // A first line that is whole but damaged is followed by lines that are not; a document's is only a bracket.
        Err(_) => Ok(line.trim_ascii() == b"{" || looks_like_one_long_document(line)),
    }
}

/// A line that holds the list of messages and is no object: a document that is cut, or damaged somewhere.
fn looks_like_one_long_document(line: &[u8]) -> bool {
    line.starts_with(b"{") && line.windows(11).take(HEAD_BYTES).any(|bytes| bytes == b"\"messages\":")
}

/// How far into a damaged line the list of messages is looked for.
const HEAD_BYTES: usize = 4 << 10;

#[cfg(test)]
mod tests;
