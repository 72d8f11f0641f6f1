//! `updates.jsonl` → entries: the stream of all that happened, in order. Chunks are joined; a call and its updates are one
//! exchange; compactions and rewinds lose what stood before or after.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use super::{
    call::Calls,
    content::{self, Told},
    loss::Compactions,
    turn::Turns,
};
use crate::{
    ingest::{
        counts::Reported,
        draft::{Draft, Spot},
        json::Json,
        lines::Placed,
        moment,
        tally::Tally,
        user_query,
    },
    model::{Kind, Mark, Role},
};

/// Updates that say nothing of what was said or done.
const SILENT: [&str; 24] = [
    "plan",
    "available_commands_update",
    "current_mode_update",
    "config_option_update",
    "session_info_update",
    "usage_update",
    "response_completed",
    "last_turn_summary",
    "auto_compact_failed",
    "auto_compact_cancelled",
    "subagent_spawned",
    "subagent_progress",
    "subagent_finished",
    "model_changed",
    "retry_state",
    "hook_execution",
    "workflow_updated",
    "workflow_paused",
    "workflow_completed",
    "goal_updated",
    "goal_completed",
    "memory_flush_started",
    "memory_flush_completed",
    "task_completed",
];

/// The state between two rows.
#[derive(Default)]
pub struct Updates {
    session_id: Option<String>,
    drafts: Vec<Draft>,
    /// The text that the next chunk may belong to; it is the last draft.
    open: Option<Open>,
    calls: Calls,
    compactions: Compactions,
    /// Prompts that can be rewound to: the log's number, if any, and the draft.
    prompts: Vec<(Option<u64>, usize)>,
    turns: Turns,
    models: Vec<String>,
    asked: Vec<String>,
    keys: HashSet<Arc<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Open {
    kind: Kind,
    prompt: Option<u64>,
}

/// All that happened.
pub struct Happened {
    pub session_id: Option<String>,
    pub drafts: Vec<Draft>,
    /// Prompts by the log's number.
    pub prompts: HashMap<u64, usize>,
    /// Names that answered.
    pub models: Vec<String>,
    /// Names that were asked.
    pub asked: Vec<String>,
    /// Calls that the log itself calls failed.
    pub failed: u64,
    /// `None` where no turn told its usage.
    pub reported: Option<Reported>,
}

impl Updates {
    pub fn record(&mut self, tally: &mut Tally, placed: Placed<Json>) {
        let record = &placed.record;
        let params = record.get("params").unwrap_or(record);
        let update = params.get("update").unwrap_or(params);
        let Some(kind) = update.text("sessionUpdate") else {
            return tally.count_unknown(record.text("method").unwrap_or("no type"));
        };
        if self.session_id.is_none() {
            self.session_id = params.text("sessionId").map(str::to_owned);
        }
        let metas = [params.get("_meta"), update.get("_meta")];
        let meta = |key: &str| metas.iter().flatten().find_map(|meta| meta.get(key));
        if meta("isSidechain") == Some(&Json::Bool(true)) || meta("subagentId").is_some() {
            // A sub-agent's session has a folder of its own.
            return;
        }
        let stand = self.stand(&placed, meta("eventId").and_then(Json::as_str), meta("agentTimestampMs"));
        match kind {
            "user_message_chunk" => {
                self.asked.extend(meta("modelId").and_then(Json::as_str).map(str::to_owned));
                self.asked.dedup();
                self.user(update, meta("promptIndex").and_then(whole), &stand);
            }
            "agent_message_chunk" | "agent_thought_chunk" => {
                self.answered(meta("modelId").and_then(Json::as_str));
                let told = content::told(update.get("content").unwrap_or(&Json::Null));
                let kind = if kind == "agent_message_chunk" { Kind::Message } else { Kind::Thought };
                self.chunk(Open { kind, prompt: None }, Role::Assistant, told, &stand);
            }
            "tool_call" => {
                self.settle();
                self.calls.called(update, &stand, &mut self.drafts);
            }
            "tool_call_update" => {
                if super::call::is_end(update) {
                    self.settle();
                }
                self.calls.updated(update, &stand, &mut self.drafts);
            }
            "turn_completed" => {
                self.settle();
                self.completed(update);
            }
            "auto_compact_started" => self.compactions.started(update),
            "auto_compact_completed" | "compaction_checkpoint" => {
                self.settle();
                self.compactions.completed(update, &stand, &mut self.drafts);
            }
            "rewind_marker" => {
                self.settle();
                let target = update.get("target_prompt_index").or(update.get("targetPromptIndex"));
                self.rewind(target.and_then(whole), &stand);
            }
            kind if SILENT.contains(&kind) => {}
            kind => tally.count_unknown(kind),
        }
    }

    /// All that happened. `folder` holds what was kept at compactions.
    pub fn finish(mut self, folder: Option<&Path>) -> Happened {
        self.settle();
        self.calls.finish(&mut self.drafts);
        self.compactions.finish(folder, &mut self.drafts);
        let reported = self.turns.finish(&mut self.drafts);
        Happened {
            session_id: self.session_id,
            prompts: self.prompts.iter().filter_map(|(number, at)| Some(((*number)?, *at))).collect(),
            failed: self.calls.failed(),
            drafts: self.drafts,
            models: self.models,
            asked: self.asked,
            reported,
        }
    }

    fn stand(&mut self, placed: &Placed<Json>, event: Option<&str>, milliseconds: Option<&Json>) -> Spot {
        let number = |value: &Json| match value {
            Json::Number(number) => moment::since_1970(number.as_f64()?),
            text => moment::rfc3339(text.as_str()?),
        };
        let at = milliseconds.and_then(number).or_else(|| placed.record.get("timestamp").and_then(number));
        let event: Option<Arc<str>> = event.filter(|event| !event.is_empty()).map(Arc::from);
        // An event that is logged twice is two rows.
        let key = event.filter(|event| self.keys.insert(event.clone()));
        let key = key.unwrap_or_else(|| format!("@{}", placed.offset).into());
        Spot { name: key, line: placed.line, offset: placed.offset, at }
    }

    fn answered(&mut self, model: Option<&str>) {
        if let Some(model) = model.filter(|model| !self.models.iter().any(|known| known == model)) {
            self.models.push(model.to_owned());
        }
    }

    fn user(&mut self, update: &Json, prompt: Option<u64>, stand: &Spot) {
        let content = update.get("content").unwrap_or(&Json::Null);
        let shell = content.get("_meta").is_some_and(|meta| meta.get("bash_command").is_some());
        // A command that the human gave to the shell is no prompt.
        let (kind, role) = if shell { (Kind::Injected, Role::System) } else { (Kind::Prompt, Role::User) };
        self.chunk(Open { kind, prompt }, role, content::told(content), stand);
    }

    /// Adds a chunk to the text that it continues, or begins one.
    fn chunk(&mut self, open: Open, role: Role, told: Told, stand: &Spot) {
        if self.open != Some(open) {
            self.settle();
            self.drafts.push(stand.draft(0, open.kind, role, String::new()));
            self.open = Some(open);
        }
        let Some(draft) = self.drafts.last_mut() else { return };
        draft.text.push_str(&told.text);
        draft.images += told.images;
        if told.images > 0 {
            draft.marks = draft.marks.with(Mark::Image);
        }
    }

    /// Ends the text that is open.
    fn settle(&mut self) {
        let Some(open) = self.open.take() else { return };
        let at = self.drafts.len().saturating_sub(1);
        let Some(draft) = self.drafts.get_mut(at).filter(|_| open.kind == Kind::Prompt) else { return };
        let divided = user_query::divide(&draft.text);
        if divided.human.is_empty() {
            (draft.kind, draft.role) = (Kind::Injected, Role::System);
        } else {
            draft.text = divided.human;
            if !divided.injected.is_empty() {
                let mut injected = draft.clone();
                (injected.key.1, injected.kind, injected.role) = (1, Kind::Injected, Role::System);
                (injected.text, injected.images, injected.marks) = (divided.injected, 0, Default::default());
                self.drafts.push(injected);
            }
        }
        // What is typed while the agent works has no number, and is nothing that can be rewound to.
        if open.prompt.is_some() || self.prompts.iter().all(|(number, _)| number.is_none()) {
            self.prompts.push((open.prompt, at));
            self.turns.begin(at);
        }
    }

    fn completed(&mut self, update: &Json) {
        let models = self.turns.completed(update, &mut self.drafts);
        models.into_iter().for_each(|model| self.answered(Some(model)));
    }

    /// Takes back a prompt and all after it.
    fn rewind(&mut self, target: Option<u64>, stand: &Spot) {
        let Some(target) = target else { return };
        let by_number = self.prompts.iter().rposition(|(number, _)| *number == Some(target));
        let unnumbered = self.prompts.iter().all(|(number, _)| number.is_none());
        let by_place = usize::try_from(target).ok().filter(|at| unnumbered && *at < self.prompts.len());
        let Some(place) = by_number.or(by_place) else { return };
        let (_, from) = self.prompts[place];
        self.prompts.truncate(place);
        super::loss::rewind(target, from, stand, &mut self.drafts);
        self.turns.begin(self.drafts.len());
    }
}

pub fn whole(value: &Json) -> Option<u64> {
    match value {
        Json::Number(number) => number.as_u64(),
        _ => None,
    }
}
