//! Calls and results: joined by the log's id, each result with what it takes over from its call.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use xxhash_rust::xxh3::xxh3_64;

use super::{
    call,
    content::{is_media, plain_text},
    entries::{Audience, Draft, part},
    prompt,
    record::{Block, Content},
};
use crate::{
    ingest::json::Json,
    model::{Kind, Mark, Marks, Role},
    text::redact::clean,
};

/// The calls of a session so far.
#[derive(Default)]
pub struct Exchanges<'a> {
    /// By the log's id.
    calls: HashMap<&'a str, Call<'a>>,
    tools: HashMap<&'a str, Arc<str>>,
    /// The latest call with a given tool and hash of its text, by the log's id.
    latest: HashMap<(Arc<str>, u64), &'a str>,
    failed: HashSet<&'a str>,
}

/// What a result takes over from its call.
struct Call<'a> {
    /// The log's id, made unique where a log uses it twice.
    id: Arc<str>,
    tool: Arc<str>,
    path: Option<&'a str>,
    marks: Marks,
    uses: u32,
}

impl<'a> Exchanges<'a> {
    /// The entry of a call.
    pub fn call(&mut self, index: usize, at: usize, block: &'a Block) -> Draft<'a> {
        let tool = self.tool(block.name.as_deref().unwrap_or("unknown"));
        let native = block.id.as_deref().unwrap_or_default();
        let input = block.input.as_ref().unwrap_or(&Json::Null);
        let text = call::render(&tool, input);
        let mut marks = Marks::default();
        if call::edits(&tool) {
            marks = marks.with(Mark::Edit);
        }
        if call::runs_tests(input) {
            marks = marks.with(Mark::TestRun);
        }
        let inherited = marks;
        let before = self.latest.insert((tool.clone(), xxh3_64(text.as_bytes())), native);
        if before.is_some_and(|before| self.failed.contains(before)) {
            marks = marks.with(Mark::Retry);
        }
        let uses = self.calls.get(native).map_or(1, |call| call.uses + 1);
        let id: Arc<str> = match (native, uses) {
            ("", _) => format!("call-{index}-{at}").into(),
            (_, 1) => call_id(native),
            _ => call_id(&format!("{native}~{uses}")),
        };
        let path = call::path(input);
        self.calls.insert(native, Call { id: id.clone(), tool: tool.clone(), path, marks: inherited, uses });
        Draft {
            row: index,
            part: part(at),
            kind: Kind::Call,
            role: Role::Assistant,
            marks,
            tool: Some(tool),
            call_id: Some(id),
            path: path.map(Cow::Borrowed),
            text: text.into(),
            audience: Audience::Model,
        }
    }

    /// The entry of a result; what its call did marks it too.
    pub fn result(&mut self, index: usize, at: usize, block: &'a Block) -> Draft<'a> {
        let native = block.tool_use_id.as_deref().unwrap_or_default();
        let call = self.calls.get(native);
        let mut marks = call.map_or(Marks::default(), |call| call.marks);
        let text = block.content.as_ref().map(plain_text).unwrap_or_default();
        if block.is_error == Some(true) {
            marks = marks.with(Mark::Error);
            self.failed.insert(native);
        }
        if block
            .content
            .as_ref()
            .is_some_and(|content| matches!(content, Content::Blocks(blocks) if blocks.iter().any(is_media)))
        {
            marks = marks.with(Mark::Image);
        }
        if text.starts_with("The user doesn't want to") || prompt::is_interruption(&text) {
            marks = marks.with(Mark::Intervention);
        }
        Draft {
            row: index,
            part: part(at),
            kind: Kind::Result,
            role: Role::Tool,
            marks,
            tool: call.map(|call| call.tool.clone()),
            call_id: call.map(|call| call.id.clone()).or((!native.is_empty()).then(|| call_id(native))),
            path: call.and_then(|call| call.path).map(Cow::Borrowed),
            text,
            audience: Audience::Model,
        }
    }

    /// The tool's name, each once in memory.
    fn tool(&mut self, name: &'a str) -> Arc<str> {
        self.tools.entry(name).or_insert_with(|| Arc::from(clean(name).as_str())).clone()
    }
}

/// A log can name its calls anything; what is kept of it holds no secrets.
fn call_id(native: &str) -> Arc<str> {
    Arc::from(clean(native).as_str())
}
