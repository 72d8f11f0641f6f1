//! Grok Build: a folder per session, `~/.grok/sessions/<encoded folder>/<session>/`. `updates.jsonl` is all that happened,
//! `chat_history.jsonl` what the model sees now; either may be missing.

mod folder;
mod content;
mod updates;
mod turn;
mod call;
mod loss;
mod chat;
mod seen;

use std::path::Path;

use self::{
    chat::Chat,
    folder::{Facts, Files},
    updates::Updates,
};
use super::{
    adapter::{Adapter, Decoded, Progress, Told},
    agent::Agent,
    conversation::Conversation,
    counts::Counts,
    error::IngestError,
    json::Json,
    lines::{Placed, each_record},
    probe::Probe,
    tally::Tally,
};
use crate::model::{Kind, SourceFile};

pub struct Grok;

impl Adapter for Grok {
    fn agent(&self) -> Agent {
        Agent::Grok
    }

    fn recognises(&self, probe: &Probe) -> bool {
        if probe.text().is_some() {
            return folder::nature(probe).is_some();
        }
        (probe.holds(folder::UPDATES) || probe.holds(folder::CHAT)) && Files::of(&probe.path).is_some()
    }

    fn decode(&self, path: &Path, progress: Progress) -> Result<Decoded, IngestError> {
        let Some(files) = Files::of(path) else { return Err(IngestError::UnknownFormat { path: path.into() }) };
        let mut tally = Tally::default();
        let mut updates = Updates::default();
        if let Some(path) = &files.updates {
            read(path, progress, &mut tally, &mut |tally, placed| updates.record(tally, placed))?;
        }
        let done = tally.bytes;
        let mut chat = Chat::default();
        if let Some(path) = &files.chat {
            let told = &mut |bytes| progress(done + bytes);
            read(path, told, &mut tally, &mut |tally, placed| chat.record(tally, placed))?;
        }
        Ok(decoded(&files, updates, chat, tally))
    }
}

fn read(
    path: &Path,
    progress: Progress,
    tally: &mut Tally,
    each: &mut dyn FnMut(&mut Tally, Placed<Json>),
) -> Result<(), IngestError> {
    tally.add(&each_record(path, progress, each)?);
    Ok(())
}

fn decoded(files: &Files, updates: Updates, chat: Chat, tally: Tally) -> Decoded {
    let facts = Facts::of(files);
    let history = updates.finish(files.folder.as_deref());
    let native = facts.id.clone().or(history.session_id).unwrap_or_else(|| files.name());
    let main = files.updates.as_deref().or(files.chat.as_deref()).unwrap_or(Path::new(""));
    let mut conversation = Conversation::new(Agent::Grok, native, main, size(main));
    if let (Some(_), Some(chat)) = (&files.updates, files.chat.as_deref()) {
        let path = chat.to_string_lossy().into();
        conversation.sources.push(SourceFile { path, bytes: size(chat) });
    }
    let chat = chat.finish();
    let named = history.models.iter().chain(&chat.models);
    named.for_each(|model| conversation.answered(model));
    if conversation.models.is_empty() {
        let named = if history.asked.is_empty() { &facts.models } else { &history.asked };
        named.iter().for_each(|model| conversation.answered(model));
    }
    conversation.title = facts.title.clone();
    conversation.project = facts.project.clone();
    conversation.parent = facts.parent.clone();
    if files.updates.is_some() {
        (conversation.drafts, conversation.files) = seen::merge(history.drafts, history.prompts, chat);
    } else {
        conversation.drafts = chat.drafts;
        folder::date_prompts(files, &mut conversation.drafts);
    }
    conversation.tell(&tally);
    let conversations = vec![conversation];
    let mut counts = Counts::of(&conversations, &tally);
    if facts.is_delegated {
        let prompts = prompts(&conversations);
        (counts.prompts, counts.delegated_prompts) = (0, Some(prompts));
    } else {
        // A fork has a parent too, but its prompts are the human's.
        (counts.prompts, counts.delegated_prompts) = (prompts(&conversations), Some(0));
    }
    match files.updates {
        Some(_) => (counts.tool_errors, counts.usage) = (Some(history.failed), history.reported),
        None => (counts.tool_errors, counts.usage, counts.compactions) = (None, None, None),
    }
    Decoded { told: Told::Conversations(conversations), counts, tally }
}

fn prompts(conversations: &[Conversation]) -> u64 {
    let drafts = conversations.iter().flat_map(|conversation| &conversation.drafts);
    drafts.filter(|draft| draft.kind == Kind::Prompt).count() as u64
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

#[cfg(test)]
mod tests;
