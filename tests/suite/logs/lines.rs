//! Logs of one JSON object a line.

use serde_json::{Value, json};

use super::{Lines, word};

/// One of every layout.
pub fn lines() -> Vec<Lines> {
    let log =
        |target, file, rows: Vec<Value>| Lines { target, file, lines: rows.iter().map(Value::to_string).collect() };
    vec![
        log("claude", "s.jsonl", claude()),
        log("codex", "rollout.jsonl", codex()),
        log("codex", "rollout-old.jsonl", bare_codex()),
        log("copilot", "events.jsonl", copilot()),
        log("pi", "tree.jsonl", pi_tree()),
        log("pi", "list.jsonl", pi_list()),
        log("gemini", "chat.jsonl", gemini()),
        log("grok", "updates.jsonl", grok_updates()),
        log("grok", "chat_history.jsonl", grok_chat()),
        log("cursor_transcript", "transcript.jsonl", cursor()),
    ]
}

/// The object with the other's fields added.
fn with(mut object: Value, more: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (object.as_object_mut(), more) {
        fields.extend(more);
    }
    object
}

fn claude() -> Vec<Value> {
    let row = |number: usize, kind: &str, parent: Value, rest: Value| {
        let head = json!({"type": kind, "uuid": format!("u{number}"), "parentUuid": parent, "sessionId": "s", "cwd": "/work",
                          "timestamp": format!("2026-01-01T10:00:{number:02}.500Z")});
        with(head, rest)
    };
    let after = |number: usize| Value::from(format!("u{number}"));
    let user = |content: Value| json!({"message": {"role": "user", "content": content}});
    let reply = |id: &str, block: Value| {
        let usage = json!({"input_tokens": 5, "output_tokens": 2, "cache_read_input_tokens": 7});
        json!({"message": {"id": id, "model": "claude-x", "role": "assistant", "content": [block], "usage": usage}})
    };
    let text = |number: usize| json!({"type": "text", "text": word(number)});
    let result = |id: &str, number: usize| {
        user(json!([{"type": "tool_result", "tool_use_id": id, "content": word(number), "is_error": true}]))
    };
    let image = json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}});
    let compacted = json!({"subtype": "compact_boundary", "logicalParentUuid": "u9",
                           "compactMetadata": {"trigger": "auto", "preTokens": 150_000}});
    let summary = with(user(json!(word(11))), json!({"isCompactSummary": true}));
    vec![
        row(0, "user", Value::Null, user(json!(word(0)))),
        row(1, "assistant", after(0), reply("m1", json!({"type": "thinking", "thinking": word(1), "signature": "x"}))),
        row(2, "assistant", after(1), reply("m1", text(2))),
        row(
            3,
            "assistant",
            after(2),
            reply("m1", json!({"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": word(3)}})),
        ),
        row(
            4,
            "assistant",
            after(3),
            reply("m1", json!({"type": "tool_use", "id": "t2", "name": "Read", "input": {"file_path": word(4)}})),
        ),
        row(5, "user", after(3), result("t1", 5)),
        row(6, "user", after(4), result("t2", 6)),
        row(7, "assistant", after(6), reply("m2", text(7))),
        row(8, "user", after(7), user(json!([text(8), image]))),
        row(9, "assistant", after(8), reply("m3", text(9))),
        row(10, "system", Value::Null, compacted),
        row(11, "user", after(10), summary),
        row(
            12,
            "attachment",
            after(11),
            json!({"attachment": {"type": "hook_additional_context", "content": [word(12)]}}),
        ),
        row(13, "user", after(12), user(json!(word(13)))),
        row(14, "assistant", after(13), with(reply("m4", text(14)), json!({"isSidechain": true}))),
        // Back to an earlier reply.
        row(15, "user", after(7), user(json!(word(15)))),
        row(16, "progress", after(15), json!({"data": {"type": "bash_progress"}})),
        row(17, "assistant", after(16), reply("m5", text(17))),
        json!({"type": "summary", "summary": "Rounding", "leafUuid": "u17"}),
    ]
}

fn codex() -> Vec<Value> {
    let record =
        |kind: &str, payload: Value| json!({"timestamp": "2026-01-02T10:00:00.250Z", "type": kind, "payload": payload});
    let item = |payload: Value| record("response_item", payload);
    let event = |payload: Value| record("event_msg", payload);
    let message = |role: &str, text: &str| {
        let kind = if role == "assistant" { "output_text" } else { "input_text" };
        json!({"type": "message", "role": role, "content": [{"type": kind, "text": text}]})
    };
    let usage = json!({"input_tokens": 50, "cached_input_tokens": 20, "output_tokens": 5, "total_tokens": 55});
    vec![
        record("session_meta", json!({"id": "s", "cwd": "/work", "source": "cli"})),
        item(message("developer", &word(1))),
        record("turn_context", json!({"turn_id": "t1", "model": "gpt-a", "cwd": "/work"})),
        item(message("user", &word(3))),
        event(json!({"type": "user_message", "message": word(3)})),
        item(
            json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": word(5)}], "encrypted_content": "x"}),
        ),
        item(
            json!({"type": "function_call", "name": "exec_command", "arguments": json!({"cmd": word(6)}).to_string(), "call_id": "c1"}),
        ),
        item(
            json!({"type": "function_call_output", "call_id": "c1", "output": format!("Process exited with code 1\nOutput:\n{}", word(7))}),
        ),
        event(json!({"type": "token_count", "info": {"total_token_usage": usage, "last_token_usage": usage}})),
        item(message("assistant", &word(9))),
        item(json!({"type": "custom_tool_call", "name": "apply_patch", "input": word(10), "call_id": "c2"})),
        item(json!({"type": "custom_tool_call_output", "call_id": "c2", "output": word(11)})),
        record(
            "compacted",
            json!({"message": word(12), "replacement_history": [message("user", &word(3)), message("user", &word(12))]}),
        ),
        record("turn_context", json!({"turn_id": "t2", "model": "gpt-b", "cwd": "/work"})),
        item(message("user", &word(14))),
        event(json!({"type": "thread_rolled_back", "num_turns": 1})),
        item(message("user", &word(16))),
        item(
            json!({"type": "local_shell_call", "call_id": "c3", "status": "completed", "action": {"type": "exec", "command": ["ls", word(17)]}}),
        ),
        event(json!({"type": "turn_aborted", "reason": "interrupted"})),
        item(
            json!({"type": "message", "role": "user", "content": [{"type": "input_text", "text": word(19)}, {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}]}),
        ),
        event(json!({"type": "sneeze"})),
    ]
}

/// The layout of before autumn 2025: nothing wraps the items.
fn bare_codex() -> Vec<Value> {
    let message = |role: &str, kind: &str, number: usize| json!({"type": "message", "role": role, "content": [{"type": kind, "text": word(number)}]});
    vec![
        json!({"id": "s", "timestamp": "2025-08-02T10:00:00.250Z", "instructions": null, "git": {"branch": "main"}}),
        json!({"record_type": "state"}),
        message("user", "input_text", 2),
        json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": word(3)}], "encrypted_content": null}),
        json!({"type": "function_call", "name": "shell", "arguments": json!({"command": ["bash", "-lc", word(4)]}).to_string(), "call_id": "c1"}),
        json!({"record_type": "state"}),
        json!({"type": "function_call_output", "call_id": "c1", "output": json!({"output": word(6), "metadata": {"exit_code": 0}}).to_string()}),
        message("assistant", "output_text", 7),
    ]
}

fn copilot() -> Vec<Value> {
    let event = |number: usize, kind: &str, data: Value| json!({"type": kind, "id": format!("e{number}"), "parentId": null, "timestamp": "2026-01-02T10:00:00.5Z", "data": data});
    let request = json!({"toolCallId": "c", "name": "bash", "arguments": {"command": "ls"}});
    let reply = |number: usize, requests: Value| json!({"content": word(number), "reasoningText": "Look.", "model": "m", "outputTokens": 9, "toolRequests": requests});
    let inner = with(event(8, "assistant.message", reply(8, json!([]))), json!({"agentId": "task"}));
    vec![
        event(0, "session.start", json!({"sessionId": "s", "context": {"cwd": "/work"}})),
        event(1, "system.message", json!({"role": "system", "content": word(1)})),
        event(
            2,
            "user.message",
            json!({"content": word(2), "attachments": [{"type": "image", "mimeType": "image/png", "data": "AAAA"}]}),
        ),
        event(3, "assistant.message", reply(3, json!([request]))),
        event(
            4,
            "tool.execution_start",
            json!({"toolCallId": "c", "toolName": "bash", "arguments": {"command": "ls"}}),
        ),
        event(
            5,
            "tool.execution_complete",
            json!({"toolCallId": "c", "success": true, "result": {"content": word(5)}}),
        ),
        event(
            6,
            "assistant.message",
            reply(6, json!([{"toolCallId": "task", "name": "task", "arguments": {"prompt": "Test it."}}])),
        ),
        event(7, "subagent.started", json!({"toolCallId": "task", "agentDisplayName": "Tester"})),
        inner,
        event(
            9,
            "tool.execution_complete",
            json!({"toolCallId": "task", "success": false, "error": {"message": word(9)}}),
        ),
        event(
            10,
            "session.compaction_complete",
            json!({"success": true, "preCompactionTokens": 150_000, "summaryContent": word(10)}),
        ),
        event(11, "user.message", json!({"content": word(11)})),
        event(12, "session.snapshot_rewind", json!({"upToEventId": "e11", "eventsRemoved": 1})),
        event(13, "session.truncation", json!({})),
        event(14, "abort", json!({"reason": "user_initiated"})),
        event(15, "assistant.message", reply(15, json!([]))),
    ]
}

fn pi_said(role: &str, content: Value) -> Value {
    let usage = json!({"input": 5, "output": 2, "cacheRead": 20, "cacheWrite": 3});
    json!({"type": "message", "message": {"role": role, "content": content, "model": "m", "usage": usage}})
}

fn pi_text(number: usize) -> Value {
    json!([{"type": "text", "text": word(number)}])
}

fn pi_result(number: usize) -> Value {
    json!({"type": "message", "message": {"role": "toolResult", "toolCallId": "c", "toolName": "bash", "isError": true,
           "content": [{"type": "text", "text": word(number)}, {"type": "image", "data": "AAAA", "mimeType": "image/png"}]}})
}

fn pi_call(number: usize) -> Value {
    json!([{"type": "thinking", "thinking": "Look."}, {"type": "toolCall", "id": "c", "name": "bash", "arguments": {"command": word(number)}}])
}

fn pi_tree() -> Vec<Value> {
    let node = |number: usize, parent: usize, rest: Value| {
        with(
            json!({"id": format!("n{number}"), "parentId": format!("n{parent}"), "timestamp": "2026-01-02T10:00:00.5Z"}),
            rest,
        )
    };
    let shell = json!({"type": "message", "message": {"role": "bashExecution", "command": "ls", "output": word(8), "exitCode": 1}});
    vec![
        json!({"type": "session", "version": 3, "id": "s", "timestamp": "2026-01-02T10:00:00Z", "cwd": "/work"}),
        with(node(1, 0, pi_said("user", pi_text(1))), json!({"parentId": null})),
        node(2, 1, pi_said("assistant", pi_call(2))),
        node(3, 2, pi_result(3)),
        node(4, 3, pi_said("assistant", pi_text(4))),
        node(5, 4, pi_said("user", pi_text(5))),
        node(
            6,
            5,
            json!({"type": "compaction", "summary": word(6), "tokensBefore": 150_000, "firstKeptEntryId": "n4"}),
        ),
        node(7, 6, pi_said("assistant", pi_text(7))),
        node(8, 7, shell),
        node(9, 4, json!({"type": "branch_summary", "fromId": "n8", "summary": word(9)})),
        node(10, 9, json!({"type": "custom_message", "customType": "t", "content": word(10), "display": false})),
        node(11, 10, json!({"type": "session_info", "name": "Rounding"})),
        node(12, 11, pi_said("assistant", pi_text(12))),
    ]
}

fn pi_list() -> Vec<Value> {
    vec![
        json!({"type": "session", "id": "s", "timestamp": "2026-01-02T10:00:00Z", "cwd": "/work", "modelId": "m"}),
        pi_said("user", pi_text(1)),
        json!({"type": "model_change", "provider": "p", "modelId": "m2"}),
        pi_said("assistant", pi_call(3)),
        pi_result(4),
        json!({"type": "compaction", "summary": word(5), "tokensBefore": 150_000, "firstKeptEntryIndex": 3}),
        pi_said("assistant", pi_text(6)),
    ]
}

fn gemini() -> Vec<Value> {
    let message =
        |number: usize, kind: &str| json!({"id": format!("m{number}"), "type": kind, "content": word(number)});
    let call = json!([{"id": "c", "name": "ls", "args": {}, "status": "success", "result": [{"functionResponse": {"id": "c", "response": {"output": "a"}}}]}]);
    vec![
        json!({"sessionId": "s", "projectHash": "0", "kind": "main"}),
        message(1, "user"),
        message(2, "gemini"),
        message(3, "user"),
        with(message(4, "gemini"), json!({"toolCalls": call})),
        json!({"$rewindTo": "m3"}),
        message(6, "user"),
        json!({"$set": {"messages": [message(1, "user"), {"id": "x", "type": "user", "content": "<state_snapshot>"}]}}),
        message(8, "gemini"),
        json!({"$set": {"lastUpdated": "now"}}),
    ]
}

fn grok_updates() -> Vec<Value> {
    let chunk = |number: usize, kind: &str| json!({"sessionUpdate": kind, "content": {"type": "text", "text": word(number)}, "_meta": {"promptIndex": number / 4}});
    let updates = [
        chunk(0, "user_message_chunk"),
        chunk(1, "agent_thought_chunk"),
        chunk(2, "agent_message_chunk"),
        json!({"sessionUpdate": "tool_call", "toolCallId": "c", "title": "ls", "rawInput": {"command": "ls"}}),
        chunk(4, "user_message_chunk"),
        json!({"sessionUpdate": "tool_call_update", "toolCallId": "c", "status": "completed", "content": []}),
        json!({"sessionUpdate": "turn_completed", "prompt_id": "p", "usage": {"inputTokens": 5}}),
        json!({"sessionUpdate": "auto_compact_completed", "summary_preview": "so far"}),
        json!({"sessionUpdate": "compaction_checkpoint", "checkpoint_id": "k"}),
        chunk(9, "agent_message_chunk"),
        json!({"sessionUpdate": "rewind_marker", "target_prompt_index": 1}),
        chunk(11, "agent_message_chunk"),
    ];
    let row = |update: Value| json!({"method": "session/update", "timestamp": 5, "params": {"sessionId": "s", "update": update}});
    updates.into_iter().map(row).collect()
}

fn grok_chat() -> Vec<Value> {
    vec![
        json!({"type": "system", "content": word(0)}),
        json!({"type": "user", "content": word(1), "prompt_index": 0}),
        json!({"type": "assistant", "content": word(2), "tool_calls": [{"id": "c", "name": "ls", "arguments": "{"}], "model_id": "m"}),
        json!({"type": "tool_result", "tool_call_id": "c", "content": word(3)}),
        json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": word(4)}], "encrypted_content": "x"}),
        json!({"type": "user", "content": word(5), "synthetic_reason": "interjection"}),
        json!({"type": "assistant", "content": word(6), "model_id": "m"}),
    ]
}

fn cursor() -> Vec<Value> {
    let row = |number: usize, role: &str| json!({"role": role, "message": {"content": [{"type": "text", "text": word(number)}, {"type": "tool_use", "name": "ls", "input": {}}]}});
    (0..6).map(|number| row(number, if number % 2 == 0 { "user" } else { "assistant" })).collect()
}
