//! What an agent tells a hook: JSON on standard input, or, from Codex's `notify`, as its last argument. Fields that are not
//! needed are passed over, so that later versions are understood too.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// When a hook was run, and for which session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookEvent {
    pub moment: Moment,
    /// The agent's own name for the session.
    pub session: Option<String>,
    /// Its log.
    pub log: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A turn or the session has ended.
    Ended,
    /// The context was compacted, and the session goes on.
    Compacted,
    /// Anything else: the log is swept all the same.
    Other,
}

#[derive(Deserialize)]
struct Told {
    session_id: Option<String>,
    transcript_path: Option<PathBuf>,
    hook_event_name: Option<String>,
    source: Option<String>,
    #[serde(rename = "thread-id")]
    thread_id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl HookEvent {
    /// # Errors
    /// Where it is no JSON of a hook, in words.
    pub fn parse(text: &str) -> Result<HookEvent, String> {
        let told: Told =
            serde_json::from_str(text).map_err(|error| format!("it is not the JSON of a hook ({error})"))?;
        let name = told.hook_event_name.or(told.kind).ok_or("it names no event")?;
        let moment = match (name.as_str(), told.source.as_deref()) {
            ("Stop" | "SubagentStop" | "SessionEnd" | "agent-turn-complete", _) => Moment::Ended,
            ("SessionStart", Some("compact")) => Moment::Compacted,
            _ => Moment::Other,
        };
        Ok(HookEvent { moment, session: told.session_id.or(told.thread_id), log: told.transcript_path })
    }

    /// The log of the session: as told, or the newest below `logs` whose name ends with the session's.
    pub fn find_log(&self, logs: &Path) -> Option<PathBuf> {
        if let Some(log) = &self.log {
            return Some(log.clone());
        }
        let session = self.session.as_deref()?;
        let is_name = session.len() >= 8 && session.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !is_name {
            return None;
        }
        // sessions/2026/11/21/rollout-2026-11-21T18-01-12-ID.jsonl
        let pattern = format!("{}/**/*{session}.jsonl", glob::Pattern::escape(&logs.to_string_lossy()));
        glob::glob(&pattern).ok()?.filter_map(Result::ok).max()
    }
}
