//! The prompt `carry_forward`: what a session carries forward, for a person to hand to a model. An export.

use rmcp::{
    ErrorData,
    model::{GetPromptResult, JsonObject, ListPromptsResult, Prompt, PromptArgument, PromptMessage, Role},
};
use serde_json::Value;

use super::{address, caller::Caller, tool::told};
use crate::{
    model::{Budget, SessionId},
    text::words::exact,
    workspace::{Workspace, WorkspaceError},
};

const NAME: &str = "carry_forward";
const ABOUT: &str = "What a session carries forward under a token budget, to continue from";

pub fn list() -> ListPromptsResult {
    let argument = |name: &str, about: &str, required: bool| {
        PromptArgument::new(name).with_description(about).with_required(required)
    };
    let arguments = vec![
        argument("session_id", "The session, as `haversack session list` names it", true),
        argument(
            "budget",
            "Tokens that may be carried forward, such as 8000 or 32k; as in your settings without it",
            false,
        ),
        argument("strategy", "balanced, ladder, gradient, window or rolling; as in your settings without it", false),
    ];
    ListPromptsResult::with_all_items(vec![Prompt::new(NAME, Some(ABOUT), Some(arguments)).with_title("Carry forward")])
}

/// The pack, byte for byte, behind a sentence that says what it is.
pub fn get(
    name: &str,
    arguments: Option<JsonObject>,
    caller: &Caller,
    workspace: &mut Workspace,
) -> Result<GetPromptResult, ErrorData> {
    let wrong = |why: String| ErrorData::invalid_params(told(&why), None);
    if name != NAME {
        return Err(wrong(format!("there is no prompt '{}': use {NAME}", name.escape_debug())));
    }
    let mut named = None;
    let (mut budget, mut strategy) = (caller.budget, caller.strategy);
    for (key, value) in arguments.unwrap_or_default() {
        let Value::String(text) = value else { return Err(wrong(format!("{key}: give text"))) };
        match key.as_str() {
            "session_id" => named = Some(SessionId::typed(&text).map_err(|why| wrong(format!("session_id: {why}")))?),
            // Left empty in a form.
            "budget" | "strategy" if text.is_empty() => {}
            "budget" => budget = Budget::Tokens(address::tokens(&text).map_err(wrong)?),
            "strategy" => strategy = address::named_strategy(&text).map_err(wrong)?,
            _ => return Err(wrong(format!("{NAME} has no argument '{}'", key.escape_debug()))),
        }
    }
    let named =
        named.ok_or_else(|| wrong("session_id is missing: `haversack session list` shows the sessions".into()))?;
    let asked = |why: WorkspaceError| wrong(why.to_string());
    let id = workspace.live_session_named(&named).map_err(asked)?;
    let desk = workspace.desk_by(&id, budget, strategy).map_err(asked)?;
    let pack = desk.pack_text();
    let totals = desk.unpriced_plan();
    workspace.exported(&id, &desk.export()).map_err(asked)?;
    let intro = match pack.is_empty() {
        true => format!(
            "Session {id} carries nothing forward: a budget of {} tokens holds nothing.",
            exact(totals.budget.into())
        ),
        false => format!(
            "This is what session {id} carries forward: {} of {} tokens. Continue from it.",
            exact(totals.used.into()),
            exact(totals.budget.into())
        ),
    };
    let mut messages = vec![PromptMessage::new_text(Role::User, told(&intro))];
    if !pack.is_empty() {
        messages.push(PromptMessage::new_text(Role::User, pack));
    }
    Ok(GetPromptResult::new(messages).with_description(ABOUT))
}
