//! Where OpenCode's context lost entries: compactions, cleared tool outputs, and what the human took back.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    part::{CLEARED, ITSELF},
    reader::Reader,
};
use crate::{
    ingest::{
        conversation::{boundary, lose},
        draft::{Draft, Key, Standing},
        json::Json,
        plural::thousands,
    },
    model::{LossCause, Time, Usage},
};

/// A user message that asks for a compaction.
pub struct Asked {
    trigger: &'static str,
    /// The message from which on the context stays as it is.
    tail: Option<Arc<str>>,
}

/// A result whose output was cleared.
pub struct Pruned {
    pub at: Time,
    /// Index of the result.
    pub draft: usize,
    /// Index of its message.
    pub message: usize,
}

impl Asked {
    pub fn of(part: &Json) -> Option<Asked> {
        let asks = part.text("type") == Some("compaction");
        asks.then(|| Asked {
            trigger: if part.is_true("auto") { " (auto)" } else { " (manual)" },
            tail: part.text("tail_start_id").map(Arc::from),
        })
    }
}

/// The reply `id` is a summary in place of all before it, but for the tail that was asked to stay. `parent` asked for it.
pub fn compact(reader: &mut Reader, id: &Arc<str>, line: u32, at: Option<Time>, parent: &str) {
    let key: Key = (id.clone(), ITSELF);
    reader.compactions += 1;
    let number = reader.compactions;
    let asked = reader.asked.get(parent);
    let before = reader.conversation.drafts.iter().rev().find_map(|draft| draft.usage).map_or(0, Usage::context);
    let tail = asked.and_then(|asked| asked.tail.as_ref());
    let tail = tail.and_then(|tail| reader.messages.iter().find(|message| message.id == *tail));
    let end = tail.map_or(reader.conversation.drafts.len(), |message| message.first);
    lose(&mut reader.conversation.drafts[..end], &key, LossCause::Compaction);
    let trigger = asked.map_or("", |asked| asked.trigger);
    let words = format!("compaction {number}{trigger}: {} tokens", thousands(before));
    reader.untold = Some(reader.conversation.drafts.len());
    reader.conversation.drafts.push(Draft { at, ..boundary(key, line, 0, words) });
}

/// The first reply after a compaction tells how much it left.
pub fn tell_context(reader: &mut Reader, usage: Usage) {
    if usage.context() > 0
        && let Some(boundary) = reader.untold.take()
    {
        let words = &mut reader.conversation.drafts[boundary].text;
        words.truncate(words.trim_end_matches(" tokens").len());
        words.push_str(&format!(" → {} tokens at the next reply", thousands(usage.context())));
    }
}

/// From the message or part named by `revert` on, the session was taken back; the agent deletes it when it is next asked.
pub fn rewind(reader: &mut Reader, revert: &Json) {
    let id = revert.text("messageID").unwrap_or_default();
    let Some(message) = reader.messages.iter().find(|message| &*message.id == id) else { return };
    let key: Key = (format!("revert {id}").into(), ITSELF);
    let drafts = &mut reader.conversation.drafts;
    let part = revert.text("partID").and_then(|part| {
        drafts[message.first..].iter().position(|draft| &*draft.key.0 == part).map(|at| message.first + at)
    });
    lose(&mut drafts[part.unwrap_or(message.first)..], &key, LossCause::Rewind);
    let line = reader.messages.last().map_or(1, |message| message.line);
    drafts.push(boundary(key, line, 0, "rewind: taken back, not yet deleted".into()));
}

/// Puts a boundary where outputs were cleared: after the last message of that moment. Outputs that were cleared between
/// the same two messages were cleared together.
pub fn prune(reader: &mut Reader) {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for pruned in &reader.pruned {
        let later = |message: &super::reader::Message| message.at.is_some_and(|at| at > pruned.at);
        let after = reader.messages[pruned.message + 1..].iter().position(later);
        let next = after.map_or(reader.messages.len(), |after| pruned.message + 1 + after);
        groups.entry(next - 1).or_default().push(pruned.draft);
    }
    let many = groups.len();
    // From the end, so that the places before stay what they are.
    for (index, (last, results)) in groups.into_iter().rev().enumerate() {
        let message = &reader.messages[last];
        let key: Key = (message.id.clone(), CLEARED);
        let at = reader.pruned.iter().filter(|pruned| results.contains(&pruned.draft)).map(|pruned| pruned.at).max();
        for result in results {
            let draft = &mut reader.conversation.drafts[result];
            if draft.standing != Standing::Never {
                draft.standing = Standing::Lost { at: key.clone(), cause: LossCause::Microcompaction };
            }
        }
        let words = format!("micro-compaction {}: old tool outputs were cleared", many - index);
        let place = reader.messages.get(last + 1).map_or(reader.conversation.drafts.len(), |next| next.first);
        let line = message.line;
        reader.conversation.drafts.insert(place, Draft { at, ..boundary(key, line, 0, words) });
    }
}
