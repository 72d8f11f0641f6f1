//! Calls of the stream: announced, told in detail, ended.

use std::{collections::HashMap, sync::Arc};

use super::content;
use crate::{
    ingest::{
        draft::{Draft, Spot},
        exchange::{Exchanges, Outcome},
        json::Json,
    },
    model::{Kind, Mark, Role},
};

/// The calls so far.
#[derive(Default)]
pub struct Calls {
    exchanges: Exchanges,
    /// By the log's id.
    known: HashMap<String, Call>,
    /// In the order of the log, so that the rest is told in it too.
    untold: Vec<String>,
    failed: u64,
}

struct Call {
    /// Its draft; none where only its result is in the log.
    draft: Option<usize>,
    tool: String,
    input: Input,
    /// The draft of its result, and how it ended.
    result: Option<(usize, Outcome)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Input {
    Told,
    /// It comes with a later update, or never.
    Awaited,
}

/// Whether an update ends its call.
pub fn is_end(update: &Json) -> bool {
    matches!(update.text("status"), Some("completed" | "failed" | "cancelled" | "rejected"))
}

impl Calls {
    pub fn called(&mut self, update: &Json, stand: &Spot, drafts: &mut Vec<Draft>) {
        let id = update.text("toolCallId").unwrap_or_default().to_owned();
        let ended = self.known.get(&id).is_none_or(|call| call.result.is_some());
        if ended || id.is_empty() {
            let tool = tool(update).or(update.text("title")).or(update.text("kind")).unwrap_or("tool").to_owned();
            drafts.push(stand.draft(0, Kind::Call, Role::Assistant, update.text("title").unwrap_or_default()));
            let call = Call { draft: Some(drafts.len() - 1), tool, input: Input::Awaited, result: None };
            self.known.insert(id.clone(), call);
            self.untold.push(id);
        }
        self.updated(update, stand, drafts);
    }

    pub fn updated(&mut self, update: &Json, stand: &Spot, drafts: &mut Vec<Draft>) {
        let id = update.text("toolCallId").unwrap_or_default();
        if !self.known.contains_key(id) {
            // The log was begun after the call.
            let tool = tool(update).unwrap_or("tool").to_owned();
            self.known.insert(id.to_owned(), Call { draft: None, tool, input: Input::Told, result: None });
        }
        let Some(call) = self.known.get_mut(id) else { return };
        if let Some(input) = update.get("rawInput").filter(|input| says_something(input)) {
            tell(id, call, input, &mut self.exchanges, drafts);
        }
        if is_end(update) {
            // What is still untold stays so: the result needs the call's tool and marks.
            tell(id, call, &Json::Null, &mut self.exchanges, drafts);
            self.ended(id, update, stand, drafts);
        }
    }

    fn ended(&mut self, id: &str, update: &Json, stand: &Spot, drafts: &mut Vec<Draft>) {
        let Some(call) = self.known.get_mut(id) else { return };
        let mut told = content::told(update.get("content").unwrap_or(&Json::Null));
        let raw = update.get("rawOutput").unwrap_or(&Json::Null);
        if told.text.trim().is_empty() {
            told.text = output(raw);
        }
        let outcome = if update.text("status") == Some("failed") { Outcome::Failed } else { Outcome::Done };
        let exit = ["exit_code", "exitCode"].iter().find_map(|key| raw.get(key));
        let seems_failed = content::tells_failure(&told.text)
            || matches!(exit, Some(Json::Number(code)) if code.as_i64().is_some_and(|code| code != 0));
        if let Some((at, before)) = call.result {
            // Ended twice: the last word counts, if there is one.
            if let Some(draft) = drafts.get_mut(at).filter(|_| !told.text.trim().is_empty()) {
                (draft.text, draft.images) = (told.text, told.images);
            }
            if outcome == Outcome::Failed && before == Outcome::Done {
                self.failed += 1;
                call.result = Some((at, outcome));
                drafts[at].marks = drafts[at].marks.with(Mark::Error);
            }
            return;
        }
        let returned = self.exchanges.result(id, outcome);
        let mut draft = stand.draft(0, Kind::Result, Role::Tool, told.text).marked(returned.marks);
        (draft.tool, draft.call_id, draft.path) = (returned.tool, returned.call_id, returned.path);
        draft.images = told.images;
        draft.tool = draft.tool.or_else(|| Some(Arc::from(call.tool.as_str())));
        if told.images > 0 {
            draft.marks = draft.marks.with(Mark::Image);
        }
        if seems_failed {
            draft.marks = draft.marks.with(Mark::Error);
        }
        if matches!(update.text("status"), Some("cancelled" | "rejected")) {
            draft.marks = draft.marks.with(Mark::Intervention);
        }
        self.failed += u64::from(outcome == Outcome::Failed);
        drafts.push(draft);
        call.result = Some((drafts.len() - 1, outcome));
    }

    /// Tells what no update told in detail.
    pub fn finish(&mut self, drafts: &mut [Draft]) {
        for id in std::mem::take(&mut self.untold) {
            if let Some(call) = self.known.get_mut(&id) {
                tell(&id, call, &Json::Null, &mut self.exchanges, drafts);
            }
        }
    }

    /// Calls that the log itself calls failed.
    pub fn failed(&self) -> u64 {
        self.failed
    }
}

/// Writes the call's draft, once its input is known; `Null` = it will not be.
fn tell(id: &str, call: &mut Call, input: &Json, exchanges: &mut Exchanges, drafts: &mut [Draft]) {
    let Some(draft) = call.draft.and_then(|at| drafts.get_mut(at)) else { return };
    if call.input == Input::Told {
        return;
    }
    call.input = Input::Told;
    let called = exchanges.call(id, || draft.key.0.to_string(), &call.tool, input);
    if !called.text.trim().is_empty() {
        draft.text = called.text;
    }
    draft.marks = draft.marks.iter().chain(called.marks.iter()).collect();
    (draft.tool, draft.call_id, draft.path) = (Some(called.tool), Some(called.call_id), called.path);
}

/// The tool's name as the program calls it; titles are for people.
fn tool(update: &Json) -> Option<&str> {
    update.get("_meta")?.get("x.ai/tool")?.text("name").filter(|name| !name.is_empty())
}

fn says_something(input: &Json) -> bool {
    match input {
        Json::Null => false,
        Json::Map(fields) => !fields.is_empty(),
        Json::Text(text) => !text.is_empty(),
        _ => true,
    }
}

/// The output that only the raw form holds.
fn output(raw: &Json) -> String {
    match raw {
        Json::Text(text) => text.clone(),
        Json::Map(fields) => {
            let words = ["output", "stdout", "content", "text"].iter().find_map(|key| raw.text(key));
            words.map(str::to_owned).unwrap_or_else(|| {
                Json::Map(fields.iter().filter(|(key, _)| key != "type").cloned().collect()).outline()
            })
        }
        other => other.outline(),
    }
}
