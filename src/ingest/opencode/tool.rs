//! A tool's part → a call and, once it has ended, its result.

use std::sync::Arc;

use super::{
    compaction::Pruned,
    part::{Attached, ITSELF, RESULT},
    reader::Reader,
};
use crate::{
    ingest::{draft::Draft, exchange::Outcome, json::Json, moment},
    model::{Kind, Role, Time},
};

/// A tool that the model named or fed wrongly is run as this one: it ends well, and says what was wrong.
const INVALID: &str = "invalid";

/// The call and the result of the tool part `id`. A call is the part: the log uses a `callID` for several.
pub fn exchange(reader: &mut Reader, id: &Arc<str>, line: u32, body: &Json, drafts: &mut Vec<Draft>) {
    let state = body.get("state").unwrap_or(&Json::Null);
    let tool = body.text("tool").unwrap_or_default();
    let input = match state.get("input") {
        Some(Json::Map(fields)) if fields.is_empty() => state.get("raw"),
        input => input,
    };
    let called = reader.exchanges.call(id, || id.to_string(), tool, input.unwrap_or(&Json::Null));
    drafts.push(Draft {
        at: time(state, "start"),
        tool: Some(called.tool),
        call_id: Some(called.call_id),
        path: called.path,
        ..Draft::new((id.clone(), ITSELF), line, 0, Kind::Call, Role::Assistant, called.text).marked(called.marks)
    });
    let metadata = state.get("metadata").unwrap_or(&Json::Null);
    let (text, outcome) = match state.text("status") {
        Some("completed") => {
            let failed = tool == INVALID || metadata.number("exit").is_some_and(|code| code != 0.0);
            (state.text("output").unwrap_or_default(), if failed { Outcome::Failed } else { Outcome::Done })
        }
        Some("error") => {
            reader.sums.failed += 1;
            // Of a stopped command the model is shown what it had written.
            let written = metadata.text("output").filter(|_| metadata.is_true("interrupted"));
            (written.or(state.text("error")).unwrap_or_default(), Outcome::Failed)
        }
        _ => return,
    };
    let returned = reader.exchanges.result(id, outcome);
    let mut result = Draft {
        at: time(state, "end"),
        tool: returned.tool,
        call_id: returned.call_id,
        path: returned.path,
        ..Draft::new((id.clone(), RESULT), line, 0, Kind::Result, Role::Tool, text).marked(returned.marks)
    };
    for file in state.get("attachments").map(Json::items).unwrap_or_default().iter().filter_map(Attached::of) {
        result = file.put_in(result);
    }
    if let Some(at) = time(state, "compacted") {
        reader.pruned.push(Pruned {
            at,
            draft: reader.conversation.drafts.len() + drafts.len(),
            message: reader.messages.len() - 1,
        });
    }
    drafts.push(result);
}

fn time(state: &Json, key: &str) -> Option<Time> {
    state.get("time").and_then(|time| time.number(key)).and_then(moment::since_1970)
}
