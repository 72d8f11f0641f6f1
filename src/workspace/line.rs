//! An entry to push as JSON gives it, alone or as lines: read whole and checked before anything is stored.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Half, Push};
use crate::model::{Importance, Kind, Role};

/// One entry. The fields are distill's, and those of a call or result.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// user, assistant, tool or system.
    #[schema(pattern = "^(user|assistant|tool|system)$")]
    pub role: String,
    #[schema(min_length = 1, pattern = "\\S")]
    pub content: String,
    pub source: Option<String>,
    /// 0 to 1.
    #[schema(maximum = 1)]
    pub importance: Option<f32>,
    pub embedding: Option<Vec<f32>>,
    /// call, of the role assistant, or result, of the role tool.
    #[schema(pattern = "^(call|result)$")]
    pub kind: Option<String>,
    pub tool: Option<String>,
    pub call_id: Option<String>,
    pub path: Option<String>,
}

/// The entries of a text of JSON lines; blank lines are passed over. `what` names the text in errors.
///
/// # Errors
/// The first line that is no entry, by its number, with what to do.
pub fn entries(text: &str, what: &str) -> Result<Vec<Push>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let pushes: Result<Vec<Push>, String> = lines
        .map(|(at, line)| {
            let parsed = serde_json::from_str(line).map_err(|error| reason(&error));
            parsed.and_then(entry).map_err(|why| format!("line {} of {what}: {why}; nothing is stored", at + 1))
        })
        .collect();
    match pushes? {
        pushes if pushes.is_empty() => Err(format!("{what} holds no entries: give one JSON object a line")),
        pushes => Ok(pushes),
    }
}

/// What a line pushes.
///
/// # Errors
/// What is wrong with it, with what to do.
pub fn entry(line: Line) -> Result<Push, String> {
    let role: Role = line
        .role
        .parse()
        .map_err(|_| format!("'{}' is no role: give user, assistant, tool or system", line.role.escape_debug()))?;
    if line.content.trim().is_empty() {
        return Err("its content is empty: give it some text".into());
    }
    let importance = line.importance.map(|value| {
        Importance::new(value).ok_or_else(|| format!("importance {value} is out of range: give a number from 0 to 1"))
    });
    let kind = match (line.kind.as_deref(), role) {
        (None, Role::Tool) => Some(Kind::Result),
        (None, _) => None,
        (Some("call"), Role::Assistant) => Some(Kind::Call),
        (Some("result"), Role::Tool) => Some(Kind::Result),
        (Some("call"), _) => return Err("a call is of the role assistant".into()),
        (Some("result"), _) => return Err("a result is of the role tool".into()),
        (Some(other), _) => return Err(format!("'{}' is no kind: give call or result", other.escape_debug())),
    };
    let half =
        kind.map(|kind| Half { kind, tool: line.tool.clone(), call_id: line.call_id.clone(), path: line.path.clone() });
    let said = |part: &Option<String>| part.as_deref().is_some_and(|part| !part.is_empty());
    if half.is_none() && (said(&line.tool) || said(&line.call_id) || said(&line.path)) {
        return Err("tool, call_id and path belong to a call or a result: give its kind".into());
    }
    Ok(Push {
        role,
        content: line.content,
        source: line.source,
        importance: importance.transpose()?,
        embedding: line.embedding.map(embedding).transpose()?,
        exchange: half,
    })
}

/// An embedding that can be compared.
pub fn embedding(numbers: Vec<f32>) -> Result<Vec<f32>, String> {
    match numbers.iter().all(|number| number.is_finite()) && !numbers.is_empty() {
        true => Ok(numbers),
        false => Err("the embedding is empty or has a number too large: give a JSON array of numbers".into()),
    }
}

/// An embedding from a file's text.
pub fn embedding_text(text: &str) -> Result<Vec<f32>, String> {
    serde_json::from_str(text)
        .map_err(|error| format!("{}: give a JSON array of numbers", reason(&error)))
        .and_then(embedding)
}

/// What is wrong, without the place within the line.
fn reason(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.split(" at line ").next().unwrap_or(&words).to_string()
}
