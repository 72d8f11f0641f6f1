//! One session of OpenCode, message by message.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use super::{
    compaction::{self, Asked, Pruned},
    part::{self, Part},
};
use crate::{
    ingest::{
        agent::Agent,
        amount::amount,
        conversation::Conversation,
        draft::{Draft, Key, Standing},
        exchange::Exchanges,
        json::Json,
        moment,
        tally::Tally,
    },
    model::{Kind, Mark, Marks, Role, Time, Usage},
};

/// A session's reader.
pub struct Reader {
    pub(super) conversation: Conversation,
    pub(super) exchanges: Exchanges,
    pub(super) sums: Sums,
    /// The messages so far, in order.
    pub(super) messages: Vec<Message>,
    /// Compactions that were asked for, by the message that asks.
    pub(super) asked: HashMap<Arc<str>, Asked>,
    /// Results whose output was cleared from the context later.
    pub(super) pruned: Vec<Pruned>,
    /// Compactions that took place.
    pub(super) compactions: u32,
    /// Index of the boundary at which the next reply's context is told.
    pub(super) untold: Option<usize>,
    revert: Option<Json>,
    met: HashSet<Arc<str>>,
}

/// A session, read.
pub struct Read {
    pub conversation: Conversation,
    pub sums: Sums,
}

/// Counts that the entries alone do not give.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// Calls that the format says have failed.
    pub failed: u64,
    pub compactions: u64,
    /// Compaction replies with text.
    pub summaries: u64,
    /// A message's tokens; the same amounts stand in its `step-finish` parts.
    pub usage: Usage,
}

/// Where a message stands.
pub(super) struct Message {
    pub id: Arc<str>,
    pub at: Option<Time>,
    pub line: u32,
    /// Index of its first draft.
    pub first: usize,
}

impl Sums {
    pub fn add(&mut self, other: &Sums) {
        self.failed += other.failed;
        self.compactions += other.compactions;
        self.summaries += other.summaries;
        self.usage.input += other.usage.input;
        self.usage.output += other.usage.output;
        self.usage.cache_read += other.usage.cache_read;
        self.usage.cache_write += other.usage.cache_write;
    }
}

impl Reader {
    /// `info` is the session's record; `id` what its path or row calls it.
    pub fn new(path: &Path, bytes: u64, id: &str, info: &Json) -> Reader {
        let mut conversation = Conversation::new(Agent::OpenCode, id, path, bytes);
        conversation.parent = info.text("parentID").filter(|parent| !parent.is_empty()).map(str::to_owned);
        conversation.project = info.text("directory").unwrap_or_default().to_owned();
        // What a session is called until it is given a title says nothing.
        let stand_in = |title: &&str| title.starts_with("New session - ") || title.starts_with("Child session - ");
        conversation.title = info.text("title").filter(|title| !stand_in(title)).map(str::to_owned);
        Reader {
            conversation,
            exchanges: Exchanges::default(),
            sums: Sums::default(),
            messages: Vec::new(),
            asked: HashMap::new(),
            pruned: Vec::new(),
            compactions: 0,
            untold: None,
            revert: info.get("revert").filter(|revert| revert.text("messageID").is_some()).cloned(),
            met: HashSet::new(),
        }
    }

    /// The next message. `line` is its place in the log, `parts` are in order.
    pub fn message(&mut self, tally: &mut Tally, id: &str, line: u32, info: &Json, parts: &[Part]) {
        let id = self.unique(if id.is_empty() { format!("@{line}") } else { id.to_owned() });
        let at = info.get("time").and_then(|time| time.number("created")).and_then(moment::since_1970);
        let first = self.conversation.drafts.len();
        self.messages.push(Message { id: id.clone(), at, line, first });
        match info.text("role") {
            Some("user") => self.user(tally, &id, line, at, parts),
            Some("assistant") => self.assistant(tally, &id, line, at, info, parts),
            role => tally.count_unknown(&format!("message/{}", role.unwrap_or_default())),
        }
    }

    /// All messages were read.
    pub fn finish(mut self) -> Read {
        if let Some(revert) = self.revert.take() {
            compaction::rewind(&mut self, &revert);
        }
        compaction::prune(&mut self);
        Read { conversation: self.conversation, sums: self.sums }
    }

    /// The id itself, the first time it is met.
    pub(super) fn unique(&mut self, id: String) -> Arc<str> {
        let mut name: Arc<str> = id.as_str().into();
        let mut use_number = 2;
        while !self.met.insert(name.clone()) {
            name = format!("{id}~{use_number}").into();
            use_number += 1;
        }
        name
    }

    fn user(&mut self, tally: &mut Tally, id: &Arc<str>, line: u32, at: Option<Time>, parts: &[Part]) {
        if let Some(asked) = parts.iter().find_map(|part| Asked::of(&part.body)) {
            self.asked.insert(id.clone(), asked);
        }
        for mut draft in part::of_user(self, tally, id, line, parts) {
            draft.at = draft.at.or(at);
            self.conversation.drafts.push(draft);
        }
    }

    fn assistant(
        &mut self,
        tally: &mut Tally,
        id: &Arc<str>,
        line: u32,
        at: Option<Time>,
        info: &Json,
        parts: &[Part],
    ) {
        let usage = usage(info);
        let error = info.get("error").filter(|error| error.text("name").is_some());
        let is_summary = info.is_true("summary");
        self.sums.compactions += u64::from(is_summary);
        let compacts = is_summary && error.is_none() && has_ended(info);
        if compacts {
            let parent = info.text("parentID").unwrap_or_default();
            compaction::compact(self, id, line, at, parent);
        } else if !is_summary {
            compaction::tell_context(self, usage);
        }
        let mut drafts = part::of_assistant(self, tally, id, line, parts);
        if is_summary {
            let is_text = |draft: &Draft| draft.kind == Kind::Message && !draft.text.trim().is_empty();
            self.sums.summaries += u64::from(drafts.iter().any(is_text));
            for draft in drafts.iter_mut().filter(|draft| draft.kind == Kind::Message) {
                (draft.kind, draft.role) = (Kind::Summary, Role::System);
            }
        }
        let answered = error.is_none() || drafts.iter().any(|draft| draft.kind != Kind::Injected);
        if let Some(error) = error {
            end_in_error(&mut drafts, error, id, line, parts);
        }
        if answered {
            self.conversation.answered(info.text("modelID").unwrap_or_default());
        }
        // Entries without words are left out later.
        let stays = |draft: &&mut Draft| draft.kind == Kind::Call || !draft.text.trim().is_empty();
        if let Some(draft) = drafts.iter_mut().find(stays)
            && usage != Usage::default()
        {
            draft.usage = Some(usage);
        }
        self.sums.add(&Sums { usage, ..Sums::default() });
        for mut draft in drafts {
            draft.at = draft.at.or(at);
            self.conversation.drafts.push(draft);
        }
    }
}

/// A message's tokens. `input` has no cached ones, `output` no reasoning.
fn usage(info: &Json) -> Usage {
    let Some(tokens) = info.get("tokens") else { return Usage::default() };
    let cache = tokens.get("cache").unwrap_or(&Json::Null);
    Usage {
        input: amount(tokens, "input"),
        output: amount(tokens, "output"),
        cache_read: amount(cache, "read"),
        cache_write: amount(cache, "write"),
    }
}

/// Whether a reply is whole: newer versions tell why it ended, older ones only when.
fn has_ended(info: &Json) -> bool {
    info.get("finish").is_some() || info.get("time").is_some_and(|time| time.number("completed").is_some())
}

/// A reply that broke off is not sent to the model again, unless the human stopped it when something was done.
fn end_in_error(drafts: &mut Vec<Draft>, error: &Json, id: &Arc<str>, line: u32, parts: &[Part]) {
    let stopped = error.text("name") == Some("MessageAbortedError");
    let is_work = |part: &Part| !matches!(part.body.text("type"), Some("step-start" | "reasoning"));
    if !(stopped && parts.iter().any(is_work)) {
        drafts.iter_mut().for_each(|draft| draft.standing = Standing::Never);
    }
    if stopped && let Some(last) = drafts.last_mut() {
        last.marks = last.marks.with(Mark::Intervention);
        return;
    }
    let mark = if stopped { Mark::Intervention } else { Mark::Error };
    let said = error.get("data").and_then(|data| data.text("message")).unwrap_or_default();
    let name = error.text("name").unwrap_or_default();
    drafts.push(unseen((id.clone(), part::ENDED), line, [name, said].join(": "), mark));
}

/// What the program tells the human only.
pub(super) fn unseen(key: Key, line: u32, text: String, mark: Mark) -> Draft {
    let marks = Marks::default().with(mark);
    Draft { standing: Standing::Never, marks, ..Draft::new(key, line, 0, Kind::Injected, Role::System, text) }
}
