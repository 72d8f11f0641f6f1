//! Events of a rollout. Most repeat a response item for the screen; a few say what no item does.

use crate::ingest::json::Json;

/// What an event adds to the items.
#[derive(Debug, PartialEq)]
pub enum Event<'a> {
    Turn(&'a str),
    Tokens(&'a Json),
    /// A call ended badly.
    Failed(&'a str),
    /// The turn was stopped, and why.
    Stopped(&'a str),
    /// The human took back this many of the newest prompts, with what followed.
    RolledBack(u64),
    Named(&'a str),
    /// Repeats an item, or was for the screen only.
    Silent,
    Unknown,
}

pub fn read(event: &Json) -> Event<'_> {
    let kind = event.text("type").unwrap_or_default();
    match kind {
        "task_started" | "turn_started" => Event::Turn(event.text("turn_id").unwrap_or_default()),
        "token_count" => Event::Tokens(event.get("info").unwrap_or(&Json::Null)),
        "exec_command_end" | "patch_apply_end" | "mcp_tool_call_end" | "dynamic_tool_call_response" => {
            let id = event.text("call_id").filter(|_| ended_badly(event));
            id.map_or(Event::Silent, Event::Failed)
        }
        "turn_aborted" => Event::Stopped(event.text("reason").unwrap_or("interrupted")),
        "thread_rolled_back" => {
            let turns = event.get("num_turns").and_then(|turns| match turns {
                Json::Number(number) => number.as_u64(),
                _ => None,
            });
            Event::RolledBack(turns.unwrap_or(0))
        }
        "thread_name_updated" => Event::Named(event.text("thread_name").unwrap_or_default()),
        _ if SILENT.contains(&kind) => Event::Silent,
        _ => Event::Unknown,
    }
}

fn ended_badly(event: &Json) -> bool {
    let exit_code = event.get("exit_code").is_some_and(|code| *code != Json::Number(0.into()));
    let refused = event.get("success") == Some(&Json::Bool(false));
    let result = event.get("result").is_some_and(|result| {
        result.get("Err").is_some()
            || result
                .get("Ok")
                .is_some_and(|ok| [ok.get("is_error"), ok.get("isError")].contains(&Some(&Json::Bool(true))))
    });
    exit_code || refused || result
}

/// Events of the versions 0.20 to 0.144, newer ones as far as they are known.
const SILENT: [&str; 82] = [
    "user_message",
    "agent_message",
    "agent_message_delta",
    "agent_message_content_delta",
    "agent_reasoning",
    "agent_reasoning_delta",
    "agent_reasoning_raw_content",
    "agent_reasoning_raw_content_delta",
    "agent_reasoning_section_break",
    "reasoning_content_delta",
    "reasoning_raw_content_delta",
    "session_configured",
    "task_complete",
    "turn_complete",
    "turn_diff",
    "context_compacted",
    "entered_review_mode",
    "exited_review_mode",
    "thread_goal_updated",
    "thread_settings_applied",
    "item_started",
    "item_completed",
    "plan_update",
    "plan_delta",
    "raw_response_item",
    "exec_command_begin",
    "exec_command_output_delta",
    "exec_approval_request",
    "terminal_interaction",
    "patch_apply_begin",
    "patch_apply_updated",
    "apply_patch_approval_request",
    "mcp_tool_call_begin",
    "mcp_startup_update",
    "mcp_startup_complete",
    "mcp_list_tools_response",
    "dynamic_tool_call_request",
    "view_image_tool_call",
    "web_search_begin",
    "web_search_end",
    "image_generation_begin",
    "image_generation_end",
    "request_permissions",
    "request_user_input",
    "elicitation_request",
    "elicitation_complete",
    "guardian_assessment",
    "guardian_warning",
    "hook_started",
    "hook_completed",
    "collab_agent_spawn_begin",
    "collab_agent_spawn_end",
    "collab_agent_interaction_begin",
    "collab_agent_interaction_end",
    "collab_waiting_begin",
    "collab_waiting_end",
    "collab_close_begin",
    "collab_close_end",
    "collab_resume_begin",
    "collab_resume_end",
    "sub_agent_activity",
    "realtime_conversation_started",
    "realtime_conversation_sdp",
    "realtime_conversation_realtime",
    "realtime_conversation_closed",
    "realtime_conversation_list_voices_response",
    "safety_buffering",
    "model_reroute",
    "model_verification",
    "turn_moderation_metadata",
    "get_history_entry_response",
    "list_custom_prompts_response",
    "list_skills_response",
    "skills_update_available",
    "undo_started",
    "undo_completed",
    "background_event",
    "stream_error",
    "error",
    "warning",
    "deprecation_notice",
    "shutdown_complete",
];
