//! Calls and results: joined by the log's id, each result with what it takes over from its call.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use xxhash_rust::xxh3::xxh3_64;

use super::{call, json::Json};
use crate::{
    model::{Mark, Marks},
    text::redact::clean,
};

/// The calls of a session so far.
#[derive(Debug, Default)]
pub struct Exchanges {
    /// By the log's id.
    calls: HashMap<Arc<str>, Open>,
    tools: HashMap<Box<str>, Arc<str>>,
    /// The latest call with a given tool and hash of its text, by the log's id.
    latest: HashMap<(Arc<str>, u64), Arc<str>>,
    failed: HashSet<Arc<str>>,
}

/// What a result takes over from its call.
#[derive(Clone, Debug)]
struct Open {
    call_id: Arc<str>,
    tool: Arc<str>,
    path: Option<String>,
    marks: Marks,
    uses: u32,
}

/// A call, told.
#[derive(Clone, Debug, PartialEq)]
pub struct Called {
    pub tool: Arc<str>,
    /// The log's id, made unique where a log uses it twice.
    pub call_id: Arc<str>,
    pub path: Option<String>,
    pub marks: Marks,
    pub text: String,
}

/// What is known of a result beside its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Returned {
    /// Of its call; none where the log has no such call.
    pub tool: Option<Arc<str>>,
    pub call_id: Option<Arc<str>>,
    pub path: Option<String>,
    pub marks: Marks,
}

/// How a call ended, where the log tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Failed,
}

impl Exchanges {
    /// A call of `tool` with the log's id; `instead` names it where the log gives none.
    pub fn call(&mut self, native: &str, instead: impl FnOnce() -> String, tool: &str, input: &Json) -> Called {
        let tool = self.tool(tool);
        let text = call::render(&tool, input);
        let mut marks = Marks::default();
        if call::edits(&tool) {
            marks = marks.with(Mark::Edit);
        }
        if call::runs_tests(input) {
            marks = marks.with(Mark::TestRun);
        }
        let inherited = marks;
        let key: Arc<str> = native.into();
        let before = self.latest.insert((tool.clone(), xxh3_64(text.as_bytes())), key.clone());
        if before.is_some_and(|before| self.failed.contains(&before)) {
            marks = marks.with(Mark::Retry);
        }
        let uses = self.calls.get(native).map_or(1, |call| call.uses + 1);
        let call_id: Arc<str> = match (native, uses) {
            ("", _) => instead().into(),
            (_, 1) => call_id(native),
            _ => call_id(&format!("{native}~{uses}")),
        };
        let path = call::path(input).map(str::to_owned);
        let open = Open { call_id: call_id.clone(), tool: tool.clone(), path: path.clone(), marks: inherited, uses };
        self.calls.insert(key, open);
        Called { tool, call_id, path, marks, text }
    }

    /// The result of the latest call with this id; what the call did marks it too.
    pub fn result(&mut self, native: &str, outcome: Outcome) -> Returned {
        let call = self.calls.get(native);
        let mut marks = call.map_or(Marks::default(), |call| call.marks);
        if outcome == Outcome::Failed {
            marks = marks.with(Mark::Error);
            self.failed.insert(native.into());
        }
        Returned {
            tool: call.map(|call| call.tool.clone()),
            call_id: call.map(|call| call.call_id.clone()).or((!native.is_empty()).then(|| call_id(native))),
            path: call.and_then(|call| call.path.clone()),
            marks,
        }
    }

    /// The tool's name, each once in memory.
    fn tool(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.tools.get(name) {
            return known.clone();
        }
        let tool: Arc<str> = clean(name).as_str().into();
        self.tools.insert(name.into(), tool.clone());
        tool
    }
}

/// A log can name its calls anything; what is kept of it holds no secrets.
fn call_id(native: &str) -> Arc<str> {
    Arc::from(clean(native).as_str())
}
