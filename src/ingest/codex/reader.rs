//! A rollout as it is read, record by record. What was read before never has to be read again.

use std::path::Path;

use super::{
    compaction,
    event::{self, Event},
    item::{Items, Spot, agent_message},
    meter::Meter,
    origin::{Origin, id_of_file, project_in},
};
use crate::{
    ingest::{
        adapter::Decoded,
        agent::Agent,
        conversation::{Conversation, boundary, lose},
        draft::{Draft, Standing},
        json::Json,
        lines::Placed,
        moment::rfc3339,
        tally::Tally,
        title,
    },
    model::{Kind, LossCause, Mark, Marks, Role},
};

pub struct Reader {
    conversation: Conversation,
    fallback_id: String,
    layout: Layout,
    origin: Origin,
    items: Items,
    meter: Meter,
    model: String,
    turn: String,
    compactions: u64,
    prompts: u64,
    delegated: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Unknown,
    /// `{timestamp, type, payload}`.
    Enveloped,
    /// Items without an envelope and times, before autumn 2025.
    Bare,
}

impl Reader {
    pub fn new(path: &Path, bytes: u64) -> Reader {
        Reader {
            conversation: Conversation::new(Agent::Codex, "", path, bytes),
            fallback_id: id_of_file(path),
            layout: Layout::Unknown,
            origin: Origin::default(),
            items: Items::default(),
            meter: Meter::default(),
            model: String::new(),
            turn: String::new(),
            compactions: 0,
            prompts: 0,
            delegated: 0,
        }
    }

    pub fn record(&mut self, tally: &mut Tally, placed: Placed<Json>) {
        let Placed { record, line, offset } = placed;
        let spot = Spot { line, offset, at: record.text("timestamp").and_then(rfc3339) };
        let kind = record.text("type").unwrap_or_default();
        let payload = record.get("payload");
        if self.layout == Layout::Unknown {
            self.layout = if payload.is_some() { Layout::Enveloped } else { Layout::Bare };
        }
        match (kind, payload) {
            ("session_meta", Some(meta)) => self.begin(meta),
            ("turn_context", Some(context)) => self.set_turn(context),
            ("response_item", Some(item)) => self.item(tally, item, spot),
            ("event_msg", Some(event)) => self.event(tally, event, spot),
            ("compacted", Some(compacted)) => self.compact(compacted, spot),
            ("inter_agent_communication", Some(message)) => self.agent_message(message, spot),
            ("world_state" | "inter_agent_communication_metadata", Some(_)) => {}
            (kind, Some(_)) => tally.count_unknown(kind),
            (_, None) => self.bare(tally, &record, spot),
        }
    }

    /// A record of the layout without envelope.
    fn bare(&mut self, tally: &mut Tally, record: &Json, spot: Spot) {
        match record.text("type") {
            Some(kind) if self.layout == Layout::Enveloped => tally.count_unknown(kind),
            Some(_) => self.item(tally, record, spot),
            None if super::is_bare_header(record) => self.begin(record),
            None if super::is_state(record) => {}
            None => tally.count_unknown(""),
        }
    }

    fn begin(&mut self, meta: &Json) {
        if !self.origin.is_known() {
            self.origin = Origin::of(meta);
            self.items.project.clone_from(&self.origin.project);
        }
    }

    fn set_turn(&mut self, context: &Json) {
        if let Some(model) = context.text("model") {
            model.clone_into(&mut self.model);
        }
        if let Some(turn) = context.text("turn_id") {
            turn.clone_into(&mut self.turn);
        }
        if self.origin.project.is_empty() {
            context.text("cwd").unwrap_or_default().clone_into(&mut self.origin.project);
        }
    }

    fn item(&mut self, tally: &mut Tally, item: &Json, spot: Spot) {
        if item.text("type") == Some("agent_message") {
            return self.agent_message(item, spot);
        }
        match self.items.drafts(item, spot) {
            Some(drafts) => drafts.into_iter().for_each(|draft| self.push(draft)),
            None => {
                let prefix = if self.layout == Layout::Enveloped { "response_item/" } else { "" };
                tally.count_unknown(&format!("{prefix}{}", item.text("type").unwrap_or_default()));
            }
        }
    }

    /// What another agent said. It can stand in the log as an item and as a record of its own, one after the other.
    fn agent_message(&mut self, message: &Json, spot: Spot) {
        let author = message.text("author").unwrap_or_default();
        let Some(mut draft) = agent_message(message, spot) else { return };
        if self.conversation.drafts.last().is_some_and(|last| last.text == draft.text) {
            return;
        }
        if self.origin.works_for(author) {
            (draft.kind, draft.role) = (Kind::Prompt, Role::User);
        }
        self.push(draft);
    }

    fn event(&mut self, tally: &mut Tally, event: &Json, spot: Spot) {
        match event::read(event) {
            Event::Turn(turn) => turn.clone_into(&mut self.turn),
            Event::Tokens(info) => self.meter.count(info, &mut self.conversation.drafts),
            Event::Failed(call_id) => self.items.fail(call_id),
            Event::Stopped(reason) => self.stop(reason, spot),
            Event::RolledBack(prompts) => self.roll_back(prompts, spot),
            // A fork replays what its parent was called.
            Event::Named(name) => {
                if event.text("thread_id").is_none_or(|thread| thread == self.origin.id) {
                    self.conversation.title = Some(name.to_owned());
                }
            }
            Event::Silent => {}
            Event::Unknown => {
                tally.count_unknown(&format!("event_msg/{}", event.text("type").unwrap_or_default()));
            }
        }
    }

    /// Newer logs tell the model too that the human stopped it, just before the event; older ones have the event only.
    fn stop(&mut self, reason: &str, spot: Spot) {
        let told = |draft: &Draft| draft.kind == Kind::Injected && draft.marks.has(Mark::Intervention);
        if self.conversation.drafts.last().is_some_and(told) {
            return;
        }
        let text = format!("[turn stopped: {reason}]");
        let draft = spot.draft(0, Kind::Injected, Role::System, text).marked(Marks::default().with(Mark::Intervention));
        self.push(Draft { standing: Standing::Never, ..draft });
    }

    fn roll_back(&mut self, prompts: u64, spot: Spot) {
        let drafts = &mut self.conversation.drafts;
        let held = |draft: &Draft| draft.kind == Kind::Prompt && draft.standing == Standing::Held;
        let places: Vec<usize> = drafts.iter().enumerate().filter(|(_, draft)| held(draft)).map(|(at, _)| at).collect();
        let back = usize::try_from(prompts).unwrap_or(usize::MAX).min(places.len());
        if back == 0 {
            return;
        }
        let start = places[places.len() - back];
        lose(&mut drafts[start..], &spot.key(0), LossCause::Rewind);
        let words =
            if back == 1 { "rewind: 1 prompt taken back".into() } else { format!("rewind: {back} prompts taken back") };
        let draft = boundary(spot.key(0), spot.line, spot.offset, words);
        self.push(Draft { at: spot.at, ..draft });
    }

    fn compact(&mut self, compacted: &Json, spot: Spot) {
        self.compactions += 1;
        let key = spot.key(0);
        let drafts = &mut self.conversation.drafts;
        let mut summaries = match compacted.get("replacement_history") {
            Some(Json::List(history)) => compaction::replace(drafts, history, &key, spot),
            _ => {
                compaction::replace_by_rule(drafts, &key);
                Vec::new()
            }
        };
        let message = compacted.text("message").unwrap_or_default();
        if !message.trim().is_empty() {
            summaries.retain(|summary| summary.kind != Kind::Summary);
            summaries.insert(0, spot.draft(1, Kind::Summary, Role::System, message));
        }
        let words = self.meter.compact(self.conversation.drafts.len(), self.compactions);
        let draft = boundary(key, spot.line, spot.offset, words);
        self.push(Draft { at: spot.at, ..draft });
        // A summary is no reply: the tokens of the next one are not its.
        self.conversation.drafts.extend(summaries);
    }

    fn push(&mut self, draft: Draft) {
        match draft.kind {
            Kind::Prompt if self.origin.is_delegated(&self.turn) => {
                self.delegated += 1;
                // The first own prompt names a sub-agent's session; what stands before is its parent's.
                if self.prompts > 0 && self.delegated == 1 {
                    self.conversation.title.get_or_insert_with(|| title::beginning(&draft.text));
                }
            }
            Kind::Prompt => self.prompts += 1,
            Kind::Injected if self.origin.project.is_empty() => {
                project_in(&draft.text).unwrap_or_default().clone_into(&mut self.origin.project);
            }
            Kind::Message | Kind::Thought | Kind::Opaque | Kind::Call => self.conversation.answered(&self.model),
            _ => {}
        }
        self.meter.see(self.conversation.drafts.len(), &draft);
        self.conversation.drafts.push(draft);
    }

    pub fn finish(self, tally: Tally) -> Decoded {
        let mut conversation = self.conversation;
        conversation.native_id = if self.origin.is_known() { self.origin.id } else { self.fallback_id };
        conversation.parent = self.origin.parent;
        conversation.project = self.origin.project;
        conversation.tell(&tally);
        let mut decoded = Decoded::conversations(vec![conversation], tally);
        let counts = &mut decoded.counts;
        counts.prompts = self.prompts;
        // Searches and images of the model's provider are entries, but no calls.
        counts.tool_calls = self.items.called.len() as u64;
        counts.tool_results = self.items.called.intersection(&self.items.answered).count() as u64;
        counts.calls_without_result = counts.tool_calls - counts.tool_results;
        // Only the text tells that a call failed.
        counts.tool_errors = None;
        counts.compactions = Some(self.compactions);
        counts.delegated_prompts = Some(self.delegated);
        counts.usage = self.meter.reported();
        if self.layout == Layout::Bare {
            (counts.delegated_prompts, counts.models, counts.usage) = (None, None, None);
        }
        decoded
    }
}
