//! One tool: its name, what it takes and gives, what it does to the store.

use rmcp::model::{CallToolResult, ContentBlock, JsonObject, Tool, ToolAnnotations};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::ToSchema;

use super::{caller::Caller, schema};
use crate::{
    text::{redact, sanitize},
    workspace::{Workspace, WorkspaceError},
};

/// What a tool is. Its arguments are checked against their type before it runs, on the workspace's thread.
pub trait Ability {
    const NAME: &'static str;
    const TITLE: &'static str;
    /// What it is for and what it does, for a model that decides whether to call it.
    const ABOUT: &'static str;
    const EFFECT: Effect;
    type Arguments: DeserializeOwned + ToSchema;
    type Answer: ToSchema;

    fn run(arguments: Self::Arguments, caller: &Caller, workspace: &mut Workspace) -> Outcome;
}

/// What a call does to the store, as the annotations of MCP say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Reads,
    /// It adds, and nothing that was there is hidden or taken back.
    Adds(Again),
    /// It hides something, or takes something back.
    Takes(Again),
}

/// What the same call does when it is made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    Nothing,
    More,
}

/// An answer as JSON, or why there is none.
pub type Outcome = Result<Value, Failed>;

/// Why a tool did not do what it was asked for: one line with what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed(pub String);

/// A tool as the server lists and calls it.
pub struct Route {
    pub tool: Tool,
    pub run: fn(JsonObject, &Caller, &mut Workspace) -> Outcome,
}

impl Route {
    pub fn to<A: Ability>() -> Route {
        let tool = Tool::new(A::NAME, A::ABOUT, schema::of_arguments::<A::Arguments>())
            .with_title(A::TITLE)
            .with_raw_output_schema(schema::of_answer::<A::Answer>().into())
            .with_annotations(A::EFFECT.annotations());
        Route { tool, run: run::<A> }
    }
}

fn run<A: Ability>(arguments: JsonObject, caller: &Caller, workspace: &mut Workspace) -> Outcome {
    let arguments = serde_json::from_value(Value::Object(arguments));
    let arguments = arguments.map_err(|why| Failed(format!("{} cannot take these arguments: {why}", A::NAME)))?;
    A::run(arguments, caller, workspace)
}

/// An answer of the workspace as JSON. By way of text, which has the same digits as on the command line: 0.15, and not
/// what is nearest to it.
pub fn answer<T: Serialize>(answer: &T) -> Outcome {
    let written = serde_json::to_string(answer).and_then(|text| serde_json::from_str(&text));
    written.map_err(|why| Failed(format!("the answer cannot be written ({why}): report this")))
}

/// The result of a call: the answer as text, as distill writes it, and as structured content. Either way all text in it is
/// inert.
pub fn result(outcome: Outcome) -> CallToolResult {
    match outcome {
        Ok(value) => {
            let value = inert(value);
            let mut result = CallToolResult::structured(value);
            if let Some(value) = &result.structured_content {
                let text = serde_json::to_string_pretty(value).unwrap_or_default();
                result.content = vec![ContentBlock::text(text)];
            }
            result
        }
        Err(Failed(why)) => CallToolResult::error(vec![ContentBlock::text(told(&why))]),
    }
}

/// A sentence that may quote what came from outside, on one line and inert; a secret in it is masked.
pub fn told(why: &str) -> String {
    sanitize::inert_line(&redact::clean(why)).into_owned()
}

fn inert(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(sanitize::inert(&text).into_owned()),
        Value::Array(items) => items.into_iter().map(inert).collect(),
        Value::Object(object) => object.into_iter().map(|(key, value)| (key, inert(value))).collect(),
        plain => plain,
    }
}

impl Effect {
    fn annotations(self) -> ToolAnnotations {
        let (reads, takes, again) = match self {
            Effect::Reads => (true, false, Again::Nothing),
            Effect::Adds(again) => (false, false, again),
            Effect::Takes(again) => (false, true, again),
        };
        let annotations = ToolAnnotations::new().read_only(reads).open_world(false);
        annotations.destructive(takes).idempotent(again == Again::Nothing)
    }
}

impl From<WorkspaceError> for Failed {
    fn from(why: WorkspaceError) -> Failed {
        Failed(why.to_string())
    }
}

impl From<String> for Failed {
    fn from(why: String) -> Failed {
        Failed(why)
    }
}
