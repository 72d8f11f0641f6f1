//! The files of a session's folder, and what its small ones tell of the session as a whole.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    ingest::{draft::Draft, json::Json, moment, probe::Probe},
    model::{Kind, Time},
};

pub const UPDATES: &str = "updates.jsonl";
pub const CHAT: &str = "chat_history.jsonl";

/// A small file that is larger is left alone.
const SMALL: u64 = 4 << 20;

/// What a file holds, told by its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    Updates,
    Chat,
}

/// The files of a session.
#[derive(Debug, Default)]
pub struct Files {
    /// None for a file that lies about alone under a name of its own.
    pub folder: Option<PathBuf>,
    pub updates: Option<PathBuf>,
    pub chat: Option<PathBuf>,
}

impl Files {
    /// Of a folder, or of a file in it. A file under another name stands alone. `None` where nothing is of this agent.
    pub fn of(path: &Path) -> Option<Files> {
        if path.is_dir() {
            let is = |name: &str, expected: Nature| {
                let file = path.join(name);
                (file.is_file() && nature(&Probe::at(&file).ok()?) == Some(expected)).then_some(file)
            };
            let (updates, chat) = (is(UPDATES, Nature::Updates), is(CHAT, Nature::Chat));
            (updates.is_some() || chat.is_some()).then_some(())?;
            return Some(Files { folder: Some(path.into()), updates, chat });
        }
        let name = path.file_name()?;
        match path.parent() {
            Some(folder) if name == UPDATES || name == CHAT => {
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                Files::of(folder)
            }
            _ => Some(match nature(&Probe::at(path).ok()?)? {
                Nature::Updates => Files { updates: Some(path.into()), ..Files::default() },
                Nature::Chat => Files { chat: Some(path.into()), ..Files::default() },
            }),
        }
    }

    /// What the session is called where nothing in it says so.
    pub fn name(&self) -> String {
        let file = self.updates.as_deref().or(self.chat.as_deref()).and_then(Path::file_stem);
        let folder = self.folder.as_deref().and_then(Path::file_name);
        folder.or(file).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn small(&self, name: &str) -> Option<Json> {
        json(&self.folder.as_deref()?.join(name))
    }
}

/// A small JSON file.
pub fn json(path: &Path) -> Option<Json> {
    let fits = fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= SMALL);
    serde_json::from_slice(&fits.then(|| fs::read(path).ok())??).ok()
}

/// What the rows at the start of a file show it to be; `None` for other agents' files.
pub fn nature(probe: &Probe) -> Option<Nature> {
    let records = probe.records();
    if records.iter().any(is_update) {
        return Some(Nature::Updates);
    }
    let marked = records.iter().any(is_marked_row);
    let rows = records.iter().filter(|record| is_row(record)).count();
    let plain = rows > 0 && rows == records.len();
    (marked || (plain && has_summary(&probe.path))).then_some(Nature::Chat)
}

fn is_update(record: &Json) -> bool {
    let method =
        record.text("method").is_some_and(|method| matches!(method, "session/update" | "_x.ai/session/update"));
    let update = record.get("params").and_then(|params| params.get("update"));
    method && update.and_then(|update| update.text("sessionUpdate")).is_some()
}

/// A row of a chat, in either format; bare enough that other programs write such rows too.
fn is_row(record: &Json) -> bool {
    let known = record.text("type").or(record.text("role")).is_some_and(|kind| {
        matches!(kind, "system" | "user" | "assistant" | "tool_result" | "tool" | "reasoning" | "backend_tool_call")
    });
    known && ["message", "timestamp", "uuid", "parts"].iter().all(|key| record.get(key).is_none())
}

/// A row with a field that only this agent writes.
fn is_marked_row(record: &Json) -> bool {
    let of_its_own = ["model_id", "prompt_index", "synthetic_reason"].iter().any(|key| record.get(key).is_some());
    is_row(record)
        && (of_its_own || (record.text("type") == Some("tool_result") && record.get("tool_call_id").is_some()))
}

fn has_summary(path: &Path) -> bool {
    let summary = path.parent().and_then(|folder| json(&folder.join("summary.json")));
    summary.is_some_and(|summary| summary.get("info").is_some_and(|info| info.text("id").is_some()))
}

/// What the session's small files tell of it.
#[derive(Debug, Default)]
pub struct Facts {
    pub id: Option<String>,
    pub title: Option<String>,
    /// The folder the agent worked in; empty where nothing tells.
    pub project: String,
    /// Names that the files call the session's models.
    pub models: Vec<String>,
    pub parent: Option<String>,
    /// Whether another agent wrote its prompts.
    pub is_delegated: bool,
}

impl Facts {
    pub fn of(files: &Files) -> Facts {
        let summary = files.small("summary.json").unwrap_or_default();
        let info = summary.get("info").unwrap_or(&Json::Null);
        let text = |key: &str| summary.text(key).filter(|text| !text.trim().is_empty()).map(str::to_owned);
        let mut facts = Facts {
            id: info.text("id").filter(|id| !id.trim().is_empty()).map(str::to_owned),
            title: text("generated_title").or_else(|| text("session_summary")),
            project: info.text("cwd").map(str::to_owned).or_else(|| project(files)).unwrap_or_default(),
            models: text("current_model_id").into_iter().collect(),
            parent: text("parent_session_id"),
            is_delegated: summary.text("session_kind").is_some_and(|kind| kind.starts_with("subagent")),
        };
        if facts.models.is_empty() {
            let signals = files.small("signals.json").unwrap_or_default();
            facts.models.extend(signals.text("primaryModelId").map(str::to_owned));
        }
        if facts.is_delegated && facts.parent.is_none() {
            facts.parent =
                files.folder.as_deref().zip(facts.id.as_deref()).and_then(|(folder, id)| spawned_by(folder, id));
        }
        facts
    }
}

/// The container's name is the folder the agent worked in, encoded as in a URL.
fn project(files: &Files) -> Option<String> {
    let name = files.folder.as_deref()?.parent()?.file_name()?.to_str()?;
    let decoded = percent_decoded(name);
    (decoded != name && decoded.contains(['/', '\\'])).then_some(decoded)
}

fn percent_decoded(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = (*first == b'%').then(|| tail.get(..2).and_then(|code| std::str::from_utf8(code).ok())).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The session beside this one whose `subagents` name it.
fn spawned_by(folder: &Path, id: &str) -> Option<String> {
    let sessions = fs::read_dir(folder.parent()?).ok()?.flatten().map(|entry| entry.path());
    let parent = sessions.filter(|session| session != folder).find(|session| {
        let spawned = fs::read_dir(session.join("subagents")).into_iter().flatten().flatten();
        spawned
            .map(|entry| entry.path().join("meta.json"))
            .any(|meta| json(&meta).is_some_and(|meta| meta.text("child_session_id") == Some(id)))
    })?;
    Some(parent.file_name()?.to_string_lossy().into_owned())
}

/// A chat has no times. Where the events tell of as many turns as there are prompts, these are theirs.
pub fn date_prompts(files: &Files, drafts: &mut [Draft]) {
    let Some(path) = files.folder.as_deref().map(|folder| folder.join("events.jsonl")) else { return };
    if fs::metadata(&path).map_or(0, |metadata| metadata.len()) > SMALL {
        return;
    }
    let starts: Vec<Time> = fs::read_to_string(&path)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| serde_json::from_str::<Json>(line).ok())
        .filter(|event| event.text("type") == Some("turn_started"))
        .filter_map(|event| match event.get("ts")? {
            Json::Number(seconds) => moment::since_1970(seconds.as_f64()?),
            ts => moment::rfc3339(ts.as_str()?),
        })
        .collect();
    let prompts: Vec<&mut Draft> = drafts.iter_mut().filter(|draft| draft.kind == Kind::Prompt).collect();
    if prompts.len() == starts.len() {
        prompts.into_iter().zip(starts).for_each(|(prompt, at)| prompt.at = Some(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_named_by_their_folder() {
        assert_eq!(percent_decoded("%2Fhome%2Fä%20b%2"), "/home/ä b%2");
        assert_eq!(percent_decoded("%%2Fé%zz"), "%/é%zz");
    }
}
