//! One session, message by message.

use std::sync::Arc;

use super::part;
use crate::{
    ingest::{
        conversation::{Conversation, boundary, lose},
        draft::{Draft, Key},
        exchange::Exchanges,
        json::Json,
        tally::Tally,
    },
    model::{Kind, LossCause, Role, Time},
};

/// A message's row.
pub struct Row {
    pub id: String,
    pub line: u32,
    pub role: String,
    pub model: String,
    /// Written in seconds, though the schema says milliseconds.
    pub at: Option<Time>,
    pub is_summary: bool,
    /// A list of `{type, data}`.
    pub parts: Json,
}

/// A session's reader.
pub struct Reader {
    conversation: Conversation,
    /// The message that stands in place of all before it. Only the last compaction's is named.
    summary: Option<String>,
    compactions: u32,
    pub(super) exchanges: Exchanges,
    pub(super) sums: Sums,
}

/// Counts that the entries alone do not give.
#[derive(Default)]
pub struct Sums {
    /// Results that are flagged as failed.
    pub failed: u64,
    /// Summaries with text.
    pub summaries: u64,
}

/// The second half of a key: a message's parts are numbered from this on.
const FIRST_PART: u32 = 2;
/// Its boundary.
const BOUNDARY: u32 = 0;
/// How it ended.
pub const ENDED: u32 = 1;

impl Reader {
    pub fn new(conversation: Conversation, summary: Option<String>) -> Reader {
        Reader { conversation, summary, compactions: 0, exchanges: Exchanges::default(), sums: Sums::default() }
    }

    pub fn message(&mut self, tally: &mut Tally, row: &Row) {
        let id: Arc<str> = match row.id.as_str() {
            "" => format!("@{}", row.line).into(),
            id => id.into(),
        };
        let is_summary = row.is_summary || self.summary.as_deref() == Some(&*id);
        if is_summary {
            self.compact(&id, row);
        }
        let mut drafts = match row.role.as_str() {
            "user" => part::of_user(tally, &id, row),
            "assistant" => {
                self.conversation.answered(&row.model);
                part::of_assistant(self, tally, &id, row)
            }
            "tool" => part::of_tool(self, tally, &id, row),
            "system" => part::of_system(tally, &id, row),
            role => {
                tally.count_unknown(&format!("message/{role}"));
                return;
            }
        };
        if is_summary {
            let mut says = false;
            for draft in drafts.iter_mut().filter(|draft| matches!(draft.kind, Kind::Message | Kind::Prompt)) {
                says |= draft.kind == Kind::Message && !draft.text.trim().is_empty();
                (draft.kind, draft.role) = (Kind::Summary, Role::System);
            }
            self.sums.summaries += u64::from(says);
        }
        for mut draft in drafts {
            draft.at = draft.at.or(row.at);
            self.conversation.drafts.push(draft);
        }
    }

    pub fn finish(self) -> (Conversation, Sums) {
        (self.conversation, self.sums)
    }

    /// The message replaces all before it in the context.
    fn compact(&mut self, id: &Arc<str>, row: &Row) {
        self.compactions += 1;
        let key: Key = (id.clone(), BOUNDARY);
        lose(&mut self.conversation.drafts, &key, LossCause::Compaction);
        let words = format!("compaction {}", self.compactions);
        self.conversation.drafts.push(Draft { at: row.at, ..boundary(key, row.line, 0, words) });
    }
}

/// The key of a message's part.
pub fn key(message: &Arc<str>, index: usize) -> Key {
    (message.clone(), FIRST_PART + u32::try_from(index).unwrap_or(u32::MAX - FIRST_PART))
}
