//! One session of Goose, message by message.

use std::{collections::HashSet, sync::Arc};

use super::message;
use crate::{
    ingest::{
        conversation::{Conversation, boundary},
        draft::{Draft, Key, Standing},
        exchange::Exchanges,
        json::Json,
        sqlite,
        tally::Tally,
    },
    model::{Kind, LossCause, Role, Time},
};

/// A message but for its content.
pub struct Head {
    pub row_id: i64,
    pub id: String,
    pub role: String,
    pub at: Option<Time>,
    pub human_sees: bool,
    pub model_sees: bool,
    pub model: Option<String>,
}

/// A session's reader.
pub struct Reader {
    conversation: Conversation,
    /// The model that the session is set to.
    model: String,
    compactions: u32,
    met: HashSet<String>,
    pub(super) exchanges: Exchanges,
    /// Results that are flagged as failed.
    pub failed: u64,
}

/// A key's second half: a boundary, and then the message's parts.
const BOUNDARY: u32 = 0;
pub const FIRST_PART: u32 = 1;

impl Reader {
    pub fn new(conversation: Conversation, model: &str) -> Reader {
        let (model, exchanges) = (model.to_owned(), Exchanges::default());
        Reader { conversation, model, compactions: 0, met: HashSet::new(), exchanges, failed: 0 }
    }

    /// The next message, and how the one after it begins.
    pub fn message(&mut self, tally: &mut Tally, head: &Head, next: Option<&Head>, content: &Json) {
        let id = self.id(head);
        let line = sqlite::line(head.row_id);
        let is_summary = is_summary(head, next);
        if is_summary {
            self.compact(&id, line, head.at);
        }
        if head.role == "assistant" {
            let model = head.model.as_deref().unwrap_or(&self.model);
            self.conversation.answered(model);
        }
        for mut draft in message::drafts(self, tally, &id, line, &head.role, content) {
            draft.at = head.at;
            match draft.kind {
                Kind::Message | Kind::Prompt if is_summary => (draft.kind, draft.role) = (Kind::Summary, Role::System),
                Kind::Message | Kind::Prompt if !head.human_sees => {
                    (draft.kind, draft.role) = (Kind::Injected, Role::System);
                }
                _ => {}
            }
            if !head.model_sees && draft.standing == Standing::Held {
                // Lost at the compaction that follows, if one does.
                draft.standing = Standing::Unknown;
            }
            self.conversation.drafts.push(draft);
        }
    }

    pub fn finish(self) -> Conversation {
        self.conversation
    }

    /// Schema 14 leaves the message's own id empty at times.
    fn id(&mut self, head: &Head) -> Arc<str> {
        let id = if head.id.is_empty() { format!("@{}", head.row_id) } else { head.id.clone() };
        let id = if self.met.contains(&id) { format!("{id}@{}", head.row_id) } else { id };
        self.met.insert(id.clone());
        id.into()
    }

    /// What the model no longer sees was hidden here.
    fn compact(&mut self, id: &Arc<str>, line: u32, at: Option<Time>) {
        self.compactions += 1;
        let key: Key = (id.clone(), BOUNDARY);
        for draft in self.conversation.drafts.iter_mut().filter(|draft| draft.standing == Standing::Unknown) {
            draft.standing = Standing::Lost { at: key.clone(), cause: LossCause::Compaction };
        }
        let words = format!("compaction {}", self.compactions);
        self.conversation.drafts.push(Draft { at, ..boundary(key, line, 0, words) });
    }
}

/// A summary is not for the human, and a line in the agent's name that is not for the human either follows it.
fn is_summary(head: &Head, next: Option<&Head>) -> bool {
    head.role == "user" && !head.human_sees && next.is_some_and(|next| next.role == "assistant" && !next.human_sees)
}
