//! A Pi log as it is read, record by record; what its branches and compactions left is told at the end.

use std::path::Path;

use super::{
    message,
    tree::{Compaction, Parent, Tree},
};
use crate::{
    ingest::{
        adapter::Decoded,
        agent::Agent,
        amount::amount,
        conversation::{Conversation, boundary},
        counts::Reported,
        draft::{Draft, Spot},
        exchange::Exchanges,
        json::Json,
        lines::Placed,
        moment::rfc3339,
        plural::thousands,
        tally::Tally,
    },
    model::{Kind, Role},
};

pub struct Reader {
    conversation: Conversation,
    tree: Tree,
    exchanges: Exchanges,
    compactions: u64,
    /// The boundary that waits for the size of the next reply's context.
    boundary: Option<usize>,
    reported: Reported,
}

impl Reader {
    pub fn new(path: &Path, bytes: u64) -> Reader {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Reader {
            conversation: Conversation::new(Agent::Pi, id_in(&name), path, bytes),
            tree: Tree::default(),
            exchanges: Exchanges::default(),
            compactions: 0,
            boundary: None,
            reported: Reported { cache_read: Some(0), cache_write: Some(0), ..Reported::default() },
        }
    }

    pub fn record(&mut self, tally: &mut Tally, placed: Placed<Json>) {
        let Placed { record, line, offset } = placed;
        let kind = record.text("type").unwrap_or_default();
        if kind == "session" {
            self.begin(&record);
            return self.tree.pass();
        }
        let id = record.text("id").filter(|id| !id.is_empty());
        // An id that a damaged log uses twice names the first record only.
        let name = id.filter(|id| !self.tree.has(id)).map_or_else(|| format!("@{offset}"), str::to_owned);
        let spot = Spot { name: name.into(), line, offset, at: record.text("timestamp").and_then(rfc3339) };
        let first = self.conversation.drafts.len();
        let mut compaction = None;
        match kind {
            "message" => self.message(tally, &record, &spot),
            "compaction" => compaction = Some(self.compact(&record, &spot)),
            "branch_summary" => {
                let text = record.text("summary").unwrap_or_default();
                self.conversation.drafts.push(spot.draft(0, Kind::Summary, Role::System, text));
            }
            "custom_message" => self.conversation.drafts.push(message::injected(&record, &spot)),
            "session_info" => self.conversation.title = record.text("name").map(str::to_owned),
            "model_change" | "thinking_level_change" | "custom" | "label" | "context_transform" | "ephemeral" => {}
            kind => tally.count_unknown(kind),
        }
        let parent = match (id, record.text("parentId")) {
            (None, _) => Parent::Before,
            (_, None) => Parent::Root,
            (_, Some(parent)) => Parent::Named(parent),
        };
        self.tree.add(spot.name, parent, first..self.conversation.drafts.len(), compaction);
    }

    fn begin(&mut self, header: &Json) {
        let conversation = &mut self.conversation;
        if let Some(id) = header.text("id").filter(|id| !id.is_empty()) {
            id.clone_into(&mut conversation.native_id);
        }
        header.text("cwd").unwrap_or_default().clone_into(&mut conversation.project);
        // A fork names the file that it was made from, which ends in that session's id.
        let parent = header.text("parentSession").or(header.text("branchedFrom"));
        let name = parent.and_then(|parent| parent.rsplit(['/', '\\']).next());
        conversation.parent = name.map(|name| id_in(name.trim_end_matches(".jsonl")).to_owned());
    }

    fn message(&mut self, tally: &mut Tally, record: &Json, spot: &Spot) {
        let Some(message) = record.get("message") else { return };
        let Some(drafts) = message::drafts(message, &mut self.exchanges, spot) else {
            return tally.count_unknown(&format!("message/{}", message.text("role").unwrap_or_default()));
        };
        if message.text("role") == Some("assistant") {
            self.conversation.answered(message.text("model").unwrap_or_default());
            self.measure(message);
        }
        self.conversation.drafts.extend(drafts);
    }

    /// Adds up what replies cost, those too that were stopped before they said anything.
    fn measure(&mut self, message: &Json) {
        let Some(usage) = message::usage(message) else { return };
        let sum = &mut self.reported;
        sum.input += usage.input;
        sum.output += usage.output;
        sum.cache_read = sum.cache_read.map(|sum| sum + usage.cache_read);
        sum.cache_write = sum.cache_write.map(|sum| sum + usage.cache_write);
        if usage.context() > 0
            && let Some(boundary) = self.boundary.take().and_then(|index| self.conversation.drafts.get_mut(index))
        {
            let words = boundary.text.trim_end_matches(" tokens before").to_owned();
            boundary.text = format!("{words} → {} tokens at the next reply", thousands(usage.context()));
        }
    }

    fn compact(&mut self, record: &Json, spot: &Spot) -> Compaction {
        self.compactions += 1;
        let first_kept = match (record.text("firstKeptEntryId"), record.get("firstKeptEntryIndex")) {
            (Some(id), _) => self.tree.named(id),
            (None, Some(Json::Number(index))) => {
                index.as_u64().and_then(|index| self.tree.record(usize::try_from(index).ok()?))
            }
            _ => None,
        };
        let before = thousands(amount(record, "tokensBefore"));
        let words = format!("compaction {}: {before} tokens before", self.compactions);
        let boundary = boundary(spot.key(0), spot.line, spot.offset, words);
        self.boundary = Some(self.conversation.drafts.len());
        self.conversation.drafts.push(Draft { at: spot.at, ..boundary });
        let summary = record.text("summary").unwrap_or_default();
        self.conversation.drafts.push(spot.draft(1, Kind::Summary, Role::System, summary));
        Compaction { key: spot.key(0), first_kept }
    }

    pub fn finish(self, tally: Tally) -> Decoded {
        let mut conversation = self.conversation;
        conversation.drafts = self.tree.settle(conversation.drafts);
        conversation.tell(&tally);
        let mut decoded = Decoded::conversations(vec![conversation], tally);
        let counts = &mut decoded.counts;
        // A fork's prompts are the human's too; there are no sub-agents.
        counts.prompts += counts.delegated_prompts.take().unwrap_or(0);
        counts.compactions = Some(self.compactions);
        counts.usage = Some(self.reported);
        decoded
    }
}

/// The session's id in a file's name: `<time>_<id>`.
fn id_in(name: &str) -> &str {
    name.rsplit('_').next().unwrap_or(name)
}
