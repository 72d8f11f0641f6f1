//! A history → a conversation's entries, and its counts.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use super::{
    calls::Calls,
    content::{self, Told},
    history::{Boundary, History, Item},
    message::{self, Message},
    user::{self, Nature},
};
use crate::{
    ingest::{
        adapter::Decoded,
        adapter::Told as ToldBy,
        agent::Agent,
        conversation::{self, Conversation},
        counts::{Counts, Reported},
        draft::{Draft, Standing},
        exchange::Outcome,
        json::Json,
        tally::Tally,
    },
    model::{Kind, LossCause, Mark, Role, Usage},
};

/// Parts of a message have numbers that stay when it is written again with more in it.
const TEXT: u32 = 0;
const INJECTED: u32 = 1;
const THOUGHTS: u32 = 1_000;
const CALLS: u32 = 100_000;
const ANSWERS: u32 = 50_000_000;

/// More than any session uses; a greater number is damage, and must not make sums overflow.
const MOST_TOKENS: u64 = 1 << 40;

/// The chat, decoded.
pub fn decoded(history: History, path: &Path, tally: Tally) -> Decoded {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let native = history.session_id.clone().filter(|id| !id.trim().is_empty()).unwrap_or(stem);
    let mut conversation = Conversation::new(Agent::Gemini, native, path, tally.bytes);
    conversation.title = history.summary.clone();
    conversation.project = history.directory.clone().unwrap_or_default();
    let delegated = history.kind.as_deref() == Some("subagent");
    if delegated {
        conversation.parent = parent(path);
    }
    let mut writer = Writer::default();
    writer.write(history, &mut conversation);
    conversation.tell(&tally);
    let conversations = vec![conversation];
    let mut counts = Counts::of_those(&conversations, &tally, counts_in);
    if delegated {
        let prompts = std::mem::take(&mut counts.prompts);
        counts.delegated_prompts = counts.delegated_prompts.map(|delegated| delegated + prompts);
    }
    // No marker of a compaction is part of the format: those that are found are found by their effect.
    counts.compactions = None;
    counts.models = Some(writer.models);
    counts.usage = Some(writer.reported);
    Decoded { told: ToldBy::Conversations(conversations), counts, tally }
}

/// Counts are of the state that the lines lead to.
fn counts_in(draft: &Draft) -> bool {
    !matches!(draft.standing, Standing::Lost { cause: LossCause::Rewind | LossCause::Compaction, .. })
}

/// A sub-agent's chat lies in a folder that bears its parent's id, inside of `chats`.
fn parent(path: &Path) -> Option<String> {
    let folder = path.parent()?;
    let above = folder.parent()?.file_name()?;
    (above == "chats").then(|| folder.file_name().map(|name| name.to_string_lossy().into_owned())).flatten()
}

#[derive(Default)]
struct Writer {
    calls: Calls,
    /// Of what the agent still has.
    models: BTreeSet<String>,
    reported: Reported,
}

impl Writer {
    fn write(&mut self, mut history: History, conversation: &mut Conversation) {
        self.reported.cache_read = Some(0);
        let held = history.held();
        let mut untold = history.compactions();
        for (at, item) in std::mem::take(&mut history.items).into_iter().enumerate() {
            let message = match item {
                Item::Boundary(boundary) => {
                    conversation.drafts.push(boundary_draft(boundary));
                    continue;
                }
                Item::Said(message) => message,
            };
            if message::tokens(&message.record).is_some() {
                match untold.checked_sub(1) {
                    Some(left) => untold = left,
                    // The log says that there was a compaction, but not what it dropped.
                    None => forget(&mut conversation.drafts),
                }
            }
            let first = conversation.drafts.len();
            match message.kind() {
                "user" => self.user(&message, &mut conversation.drafts),
                "gemini" => self.reply(&message, &mut conversation.drafts),
                "info" | "warning" | "error" => conversation.drafts.extend(notice(&message)),
                _ => {}
            }
            if let Some(model) = message.record.text("model") {
                conversation.answered(model);
                if held.contains(&at) {
                    self.models.insert(model.to_owned());
                }
            }
            if let Some(usage) = message.record.get("tokens").filter(|tokens| matches!(tokens, Json::Map(_))) {
                let usage = self.usage(usage, held.contains(&at));
                if let Some(draft) = conversation.drafts.get_mut(first) {
                    draft.usage = Some(usage);
                }
            }
        }
    }

    fn usage(&mut self, tokens: &Json, held: bool) -> Usage {
        let number = |key: &str| match tokens.get(key) {
            Some(Json::Number(number)) => number.as_u64().unwrap_or(0).min(MOST_TOKENS),
            _ => 0,
        };
        let (input, output, cached) = (number("input"), number("output"), number("cached"));
        if held {
            self.reported.input = self.reported.input.saturating_add(input);
            self.reported.output = self.reported.output.saturating_add(output);
            self.reported.cache_read = self.reported.cache_read.map(|sum| sum.saturating_add(cached));
        }
        Usage {
            input: input.saturating_sub(cached),
            output: output.saturating_add(number("thoughts")),
            cache_read: cached,
            cache_write: 0,
        }
    }

    fn user(&mut self, message: &Message, drafts: &mut Vec<Draft>) {
        let divided = user::divide(message::content(&message.record), message.record.get("displayContent"));
        let (kind, role) = match divided.nature {
            Nature::Said => (Kind::Prompt, Role::User),
            Nature::Command => (Kind::Injected, Role::System),
            Nature::Snapshot => (Kind::Summary, Role::System),
        };
        if !divided.human.is_empty() {
            let mut draft = with_images(draft(message, TEXT, kind, role, String::new()), divided.human);
            if divided.nature == Nature::Command && draft.standing == Standing::Held {
                draft.standing = Standing::Never;
            }
            drafts.push(draft);
        }
        if !divided.injected.is_empty() {
            let draft = draft(message, INJECTED, Kind::Injected, Role::System, String::new());
            drafts.push(with_images(draft, divided.injected));
        }
        let answers = content::parts(message::content(&message.record)).iter().enumerate();
        for (index, part) in answers.filter(|(_, part)| part.get("functionResponse").is_some()) {
            let native = part.get("functionResponse").and_then(|response| response.text("id")).unwrap_or_default();
            // Results are told with the call; here they are told once more, to the model.
            if self.calls.awaits(native) {
                let told = content::result(part, native);
                drafts.push(self.calls.result(message, number(ANSWERS, index), native, Outcome::Done, told));
            }
        }
    }

    fn reply(&mut self, message: &Message, drafts: &mut Vec<Draft>) {
        let thoughts = message.record.get("thoughts").map(Json::items).unwrap_or_default();
        for (index, thought) in thoughts.iter().enumerate() {
            let words = [thought.text("subject"), thought.text("description")];
            let text: Vec<&str> = words.into_iter().flatten().filter(|text| !text.trim().is_empty()).collect();
            let mut draft = draft(message, number(THOUGHTS, index), Kind::Thought, Role::Assistant, text.join(": "));
            draft.at = thought.text("timestamp").and_then(crate::ingest::moment::rfc3339).or(draft.at);
            if draft.standing == Standing::Held {
                // Whether thoughts are sent again depends on the version.
                draft.standing = Standing::Unknown;
            }
            drafts.push(draft);
        }
        let parts = content::parts(message::content(&message.record));
        let mut told = Told::default();
        for part in parts {
            match (content::media(part), content::text(part)) {
                (Some(media), _) => told.push_line(&media.line),
                (None, Some(text)) => told.push(text),
                _ => {}
            }
        }
        if !told.is_empty() {
            let mut draft = draft(message, TEXT, Kind::Message, Role::Assistant, told.text);
            draft.reply = Some(message.id.clone());
            drafts.push(draft);
        }
        let recorded = message::calls(&message.record);
        for (index, call) in recorded.iter().enumerate() {
            self.calls.call(message, number(CALLS, 2 * index), call, drafts);
        }
        let named = parts.iter().filter_map(|part| part.get("functionCall"));
        let first = recorded.len();
        for (index, call) in named.enumerate() {
            let native = call.text("id").unwrap_or_default();
            // Without ids nobody can tell which of the two records a call twice.
            let recorded = if native.is_empty() { !recorded.is_empty() } else { self.calls.knows(native) };
            if !recorded {
                self.calls.call(message, number(CALLS, 2 * (first + index)), call, drafts);
            }
        }
    }
}

fn number(base: u32, index: usize) -> u32 {
    base.saturating_add(u32::try_from(index).unwrap_or(u32::MAX))
}

pub fn draft(message: &Message, part: u32, kind: Kind, role: Role, text: String) -> Draft {
    let key = (Arc::clone(&message.id), part);
    let mut draft = Draft::new(key, message.line, message.offset, kind, role, text);
    draft.at = message.at();
    if let Some((at, cause)) = &message.lost {
        draft.standing = Standing::Lost { at: at.clone(), cause: *cause };
    }
    draft
}

pub fn with_images(mut draft: Draft, told: Told) -> Draft {
    draft.text = told.text;
    draft.images = told.images;
    if told.images > 0 {
        draft.marks = draft.marks.with(Mark::Image);
    }
    draft
}

/// What the program told the human.
fn notice(message: &Message) -> Option<Draft> {
    let text: String = content::parts(message::content(&message.record)).iter().filter_map(content::text).collect();
    let mut draft = draft(message, TEXT, Kind::Injected, Role::System, text);
    draft.standing = Standing::Never;
    if message.kind() == "error" {
        draft.marks = draft.marks.with(Mark::Error);
    }
    if draft.text.starts_with("Request cancelled") {
        draft.marks = draft.marks.with(Mark::Intervention);
    }
    (!draft.text.trim().is_empty()).then_some(draft)
}

fn boundary_draft(boundary: Boundary) -> Draft {
    let mut draft = conversation::boundary(boundary.key, boundary.line, boundary.offset, boundary.words);
    draft.at = boundary.at;
    draft
}

/// What stood before a compaction of which only its size is told: nobody knows which of it was kept.
fn forget(drafts: &mut [Draft]) {
    for draft in drafts.iter_mut().filter(|draft| draft.standing == Standing::Held) {
        draft.standing = Standing::Unknown;
    }
}
