//! Logs that are one document, or a folder of small ones.

use serde_json::{Value, json};

use super::word;

/// Gemini CLI's older layout.
pub fn gemini_document() -> Value {
    let result = json!([{"functionResponse": {"id": "c", "response": {"output": word(2)}}}]);
    let call = json!({"id": "c", "name": "ls", "args": {"path": "."}, "status": "error", "result": result});
    json!({"sessionId": "s", "projectHash": "0", "startTime": "2026-01-02T10:00:00Z", "messages": [
        {"id": "a", "type": "user", "content": [{"text": word(0)}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]},
        {"id": "b", "type": "gemini", "content": word(1), "thoughts": [{"subject": "Plan", "description": "Look."}],
         "model": "m", "tokens": {"input": 5, "output": 2, "cached": 1}, "toolCalls": [call]},
        {"id": "c", "type": "info", "content": "Compressed."},
    ]})
}

pub fn aider() -> String {
    let header = "# aider chat started at 2026-01-02 10:00:00\n\n> Model: m  \n";
    format!("{header}\n#### {}  \n#### and that  \n\n{}\n\n> Applied edit to a.rs  \n", word(0), word(1))
}

/// What `opencode export` writes.
pub fn export() -> Value {
    let tokens = json!({"input": 100, "output": 10, "reasoning": 3, "cache": {"read": 1000, "write": 7}});
    let state = json!({"status": "completed", "input": {"command": "ls"}, "output": word(3), "time": {"start": 1, "end": 2, "compacted": 3}});
    let message = |number: u64, info: Value, parts: Vec<Value>| {
        let id = format!("msg_{number}");
        let mut whole = json!({"id": id, "sessionID": "ses_1", "time": {"created": 1_700_000_000_000_u64 + number}});
        if let (Some(whole), Value::Object(info)) = (whole.as_object_mut(), info) {
            whole.extend(info);
        }
        let named = parts.into_iter().enumerate().map(|(index, mut part)| {
            part["id"] = format!("prt_{number}_{index}").into();
            part["messageID"] = id.clone().into();
            part
        });
        json!({"info": whole, "parts": named.collect::<Vec<_>>()})
    };
    let text = |number: usize| json!({"type": "text", "text": word(number)});
    let reply = json!({"role": "assistant", "modelID": "m", "tokens": tokens, "finish": "stop"});
    let mut summary = reply.clone();
    summary["summary"] = true.into();
    json!({
        "info": {"id": "ses_1", "projectID": "prj", "directory": "/work", "title": "Rounding", "time": {"created": 1},
                 "revert": {"messageID": "msg_5"}},
        "messages": [
            message(1, json!({"role": "user"}), vec![text(0), json!({"type": "file", "mime": "image/png", "url": "data:image/png;base64,AAAA"})]),
            message(2, reply.clone(), vec![json!({"type": "step-start"}), json!({"type": "reasoning", "text": word(1)}), text(2),
                json!({"type": "tool", "callID": "c", "tool": "bash", "state": state}), json!({"type": "step-finish", "tokens": tokens})]),
            message(3, json!({"role": "user"}), vec![json!({"type": "compaction", "auto": true})]),
            message(4, summary, vec![text(4)]),
            message(5, json!({"role": "user"}), vec![text(5)]),
            message(6, reply, vec![json!({"type": "tool", "callID": "d", "tool": "edit", "state": {"status": "error", "input": {"filePath": "a.rs"}, "error": word(6)}})]),
        ],
    })
}

/// The export as OpenCode's older tree has it: names of files below `storage/`, and what they hold.
pub fn storage() -> Vec<(String, String)> {
    let export = export();
    let empty = Vec::new();
    let mut files = vec![("session/prj/ses_1.json".to_owned(), export["info"].to_string())];
    for message in export["messages"].as_array().unwrap_or(&empty) {
        let id = message["info"]["id"].as_str().unwrap_or_default();
        files.push((format!("message/ses_1/{id}.json"), message["info"].to_string()));
        for part in message["parts"].as_array().unwrap_or(&empty) {
            let name = part["id"].as_str().unwrap_or_default();
            files.push((format!("part/{id}/{name}.json"), part.to_string()));
        }
    }
    files
}
