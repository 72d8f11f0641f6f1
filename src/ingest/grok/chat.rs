//! `chat_history.jsonl` → entries: what the model sees now. Rows have a `type` (format 1) or a `role` (format 0), and no
//! times; the file is written anew at compactions and rewinds.

use std::{collections::HashMap, sync::Arc};

use super::{
    content::{self, Told},
    updates::whole,
};
use crate::{
    ingest::{
        draft::{Draft, Key},
        exchange::{Exchanges, Outcome},
        json::Json,
        lines::Placed,
        media::cipher_line,
        tally::Tally,
        user_query,
    },
    model::{Kind, Mark, Role},
};

/// The state between two rows.
#[derive(Default)]
pub struct Chat {
    drafts: Vec<Draft>,
    exchanges: Exchanges,
    models: Vec<String>,
    /// Drafts of prompts by the log's number.
    prompts: HashMap<u64, usize>,
    /// Drafts of user rows that nothing tells to be the human's.
    unmarked: Vec<usize>,
}

/// What the model sees now.
#[derive(Default)]
pub struct Seen {
    pub drafts: Vec<Draft>,
    pub prompts: HashMap<u64, usize>,
    pub models: Vec<String>,
}

/// How summaries of what was dropped begin where no field says so.
const CONTINUED: &str = "This session is being continued from a previous conversation";

impl Chat {
    pub fn record(&mut self, tally: &mut Tally, placed: Placed<Json>) {
        let row = Row { placed: &placed, key: format!("chat@{}", placed.offset).into() };
        let record = &placed.record;
        match record.text("type").or(record.text("role")).unwrap_or_default() {
            "system" | "developer" => {
                let text = content::told(record.get("content").unwrap_or(&Json::Null)).text;
                self.drafts.push(row.draft(0, Kind::Injected, Role::System, text));
            }
            "user" => self.user(&row),
            "assistant" => self.assistant(&row),
            "reasoning" => self.reasoning(&row),
            "tool_result" | "tool" => self.result(&row),
            "backend_tool_call" => self.drafts.push(served(&row)),
            "" => tally.count_unknown("no type"),
            kind => tally.count_unknown(kind),
        }
    }

    pub fn finish(mut self) -> Seen {
        // Where the log numbers its prompts, a row without a number is the program's.
        if !self.prompts.is_empty() {
            for at in self.unmarked {
                (self.drafts[at].kind, self.drafts[at].role) = (Kind::Injected, Role::System);
            }
        }
        Seen { drafts: self.drafts, prompts: self.prompts, models: self.models }
    }

    fn user(&mut self, row: &Row) {
        let Told { text, images } = content::told(row.field("content"));
        let number = row.record().get("prompt_index").and_then(whole);
        let reason = row.record().text("synthetic_reason").unwrap_or_default();
        let typed = matches!(reason, "" | "human" | "interjection");
        let at = self.drafts.len();
        if text.trim_start().starts_with(CONTINUED) || reason.contains("compact") || reason.contains("summary") {
            self.drafts.push(row.draft(0, Kind::Summary, Role::System, text));
        } else if !typed {
            self.drafts.push(with_images(row.draft(0, Kind::Injected, Role::System, text), images));
        } else {
            let divided = user_query::divide(&text);
            if !divided.injected.is_empty() {
                self.drafts.push(row.draft(1, Kind::Injected, Role::System, divided.injected));
            }
            if divided.human.is_empty() {
                return;
            }
            let mut draft = with_images(row.draft(0, Kind::Prompt, Role::User, divided.human), images);
            if reason == "interjection" {
                draft.marks = draft.marks.with(Mark::Intervention);
            }
            let at = self.drafts.len();
            self.drafts.push(draft);
            match number {
                Some(number) => drop(self.prompts.insert(number, at)),
                None if reason.is_empty() => self.unmarked.push(at),
                None => {}
            }
        }
        // The row tells that the turn before it was stopped.
        let stopped = row.record().text("prior_turn_interrupt").is_some_and(|reason| !reason.is_empty());
        if let Some(draft) = self.drafts[at..].iter_mut().find(|draft| stopped && draft.kind == Kind::Prompt) {
            draft.marks = draft.marks.with(Mark::Intervention);
        }
    }

    fn assistant(&mut self, row: &Row) {
        if let Some(model) =
            row.record().text("model_id").filter(|model| !self.models.iter().any(|known| known == model))
        {
            self.models.push(model.to_owned());
        }
        if let Some(thought) = row.record().text("reasoning_content") {
            self.drafts.push(row.draft(1, Kind::Thought, Role::Assistant, thought));
        }
        let mut message = row.draft(0, Kind::Message, Role::Assistant, content::told(row.field("content")).text);
        message.reply = Some(row.key.clone());
        if !message.text.trim().is_empty() {
            self.drafts.push(message);
        }
        for (index, call) in row.field("tool_calls").items().iter().enumerate() {
            let function = call.get("function").unwrap_or(call);
            let (id, name) = (call.text("id").unwrap_or_default(), function.text("name").unwrap_or("tool"));
            let input = match function.get("arguments") {
                Some(Json::Text(text)) => serde_json::from_str(text).unwrap_or(Json::Text(text.clone())),
                input => input.cloned().unwrap_or_default(),
            };
            let part = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(10);
            let called = self.exchanges.call(id, || format!("{}/{part}", row.key), name, &input);
            let mut draft = row.draft(part, Kind::Call, Role::Assistant, called.text).marked(called.marks);
            (draft.tool, draft.call_id, draft.path) = (Some(called.tool), Some(called.call_id), called.path);
            self.drafts.push(draft);
        }
    }

    fn reasoning(&mut self, row: &Row) {
        let text = content::told(row.field("summary")).text;
        let sealed = row.record().text("encrypted_content").map_or(0, str::len);
        if !text.trim().is_empty() {
            self.drafts.push(row.draft(0, Kind::Thought, Role::Assistant, text));
        } else if sealed > 0 {
            self.drafts.push(row.draft(0, Kind::Opaque, Role::Assistant, cipher_line("thought", sealed as u64)));
        }
    }

    fn result(&mut self, row: &Row) {
        let mut told = content::told(row.field("content"));
        let images = content::told(row.field("images"));
        if images.images > 0 {
            told.text = format!("{}\n{}", told.text.trim_end(), images.text);
            told.images += images.images;
        }
        let returned = self.exchanges.result(row.record().text("tool_call_id").unwrap_or_default(), Outcome::Done);
        let failed = content::tells_failure(&told.text);
        let mut draft = row.draft(0, Kind::Result, Role::Tool, told.text).marked(returned.marks);
        (draft.tool, draft.call_id, draft.path) = (returned.tool, returned.call_id, returned.path);
        if failed {
            draft.marks = draft.marks.with(Mark::Error);
        }
        self.drafts.push(with_images(draft, told.images));
    }
}

/// A tool that ran where the model runs, such as a search of the web. It is no call of the agent's.
fn served(row: &Row) -> Draft {
    let call = row.field("kind");
    let name = call.text("tool_type").or(call.text("type")).unwrap_or("tool");
    let said = call.get("action").map(Json::outline).unwrap_or_default();
    let mut draft = row.draft(0, Kind::Injected, Role::Tool, format!("{name} on the server\n{said}"));
    draft.tool = Some(crate::text::redact::clean(name).as_str().into());
    draft
}

fn with_images(mut draft: Draft, images: u32) -> Draft {
    draft.images = images;
    if images > 0 {
        draft.marks = draft.marks.with(Mark::Image);
    }
    draft
}

struct Row<'a> {
    placed: &'a Placed<Json>,
    key: Arc<str>,
}

impl Row<'_> {
    fn record(&self) -> &Json {
        &self.placed.record
    }

    fn field(&self, key: &str) -> &Json {
        self.placed.record.get(key).unwrap_or(&Json::Null)
    }

    fn draft(&self, part: u32, kind: Kind, role: Role, text: impl Into<String>) -> Draft {
        let key: Key = (self.key.clone(), part);
        Draft::new(key, self.placed.line, self.placed.offset, kind, role, text)
    }
}
