//! Damaged logs: nothing panics, and what stands on a line that is whole is not lost.

use std::{fs, path::Path};

use haversack::ingest;
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

/// One way in which a log is damaged. Numbers are taken modulo the log's length.
#[derive(Clone, Debug)]
enum Damage {
    /// The log ends within a line.
    Cut(usize, usize),
    Swapped(usize, usize),
    Repeated(usize),
    /// A line ends early, in garbage.
    Garbled(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<usize>(), any::<usize>()).prop_map(|(line, at)| Damage::Cut(line, at)),
        (any::<usize>(), any::<usize>()).prop_map(|(one, other)| Damage::Swapped(one, other)),
        any::<usize>().prop_map(Damage::Repeated),
        (any::<usize>(), any::<usize>()).prop_map(|(line, at)| Damage::Garbled(line, at)),
    ]
}

/// Words of lines that begin with a capital W and a number tell the line.
fn word(number: usize) -> String {
    format!("W{number}.")
}

fn gemini() -> Vec<String> {
    let message =
        |number: usize, kind: &str| json!({"id": format!("m{number}"), "type": kind, "content": word(number)});
    let call = json!([{"id": "c", "name": "ls", "args": {}, "status": "success", "result": [{"functionResponse": {"id": "c", "response": {"output": "a"}}}]}]);
    let mut calling = message(4, "gemini");
    calling["toolCalls"] = call;
    let rows = [
        json!({"sessionId": "s", "projectHash": "0", "kind": "main"}),
        message(1, "user"),
        message(2, "gemini"),
        message(3, "user"),
        calling,
        json!({"$rewindTo": "m3"}),
        message(6, "user"),
        json!({"$set": {"messages": [message(1, "user"), {"id": "x", "type": "user", "content": "<state_snapshot>"}]}}),
        message(8, "gemini"),
        json!({"$set": {"lastUpdated": "now"}}),
    ];
    rows.iter().map(Value::to_string).collect()
}

fn updates() -> Vec<String> {
    let chunk = |number: usize, kind: &str| json!({"sessionUpdate": kind, "content": {"type": "text", "text": word(number)}, "_meta": {"promptIndex": number / 4}});
    let rows = [
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
    let row = |update: &Value| json!({"method": "session/update", "timestamp": 5, "params": {"sessionId": "s", "update": update}});
    rows.iter().map(|update| row(update).to_string()).collect()
}

fn chat() -> Vec<String> {
    let rows = [
        json!({"type": "system", "content": word(0)}),
        json!({"type": "user", "content": word(1), "prompt_index": 0}),
        json!({"type": "assistant", "content": word(2), "tool_calls": [{"id": "c", "name": "ls", "arguments": "{"}], "model_id": "m"}),
        json!({"type": "tool_result", "tool_call_id": "c", "content": word(3)}),
        json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": word(4)}], "encrypted_content": "x"}),
        json!({"type": "user", "content": word(5), "synthetic_reason": "interjection"}),
        json!({"type": "assistant", "content": word(6), "model_id": "m"}),
    ];
    rows.iter().map(Value::to_string).collect()
}

fn cursor() -> Vec<String> {
    let row = |number: usize, role: &str| json!({"role": role, "message": {"content": [{"type": "text", "text": word(number)}, {"type": "tool_use", "name": "ls", "input": {}}]}});
    (0..6).map(|number| row(number, if number % 2 == 0 { "user" } else { "assistant" }).to_string()).collect()
}

/// The damaged log, and the numbers of the lines that are whole in it.
fn damaged(lines: &[String], damages: &[Damage]) -> (String, Vec<usize>) {
    let mut rows: Vec<(usize, String, bool)> =
        lines.iter().enumerate().map(|(number, line)| (number, line.clone(), true)).collect();
    let mut cut = None;
    for damage in damages {
        let length = rows.len();
        match damage {
            Damage::Cut(line, at) => cut = Some((line % length, *at)),
            Damage::Swapped(one, other) => rows.swap(one % length, other % length),
            Damage::Repeated(line) => rows.push(rows[line % length].clone()),
            Damage::Garbled(line, at) => {
                let (_, text, is_whole) = &mut rows[line % length];
                *is_whole = false;
                let end = at % text.len();
                *text = format!("{}\u{7}", &text[..end]);
            }
        }
    }
    if let Some((line, at)) = cut {
        rows.truncate(line + 1);
        let (_, text, is_whole) = &mut rows[line];
        *is_whole = false;
        text.truncate(at % text.len());
    }
    let whole = rows.iter().filter(|(_, _, is_whole)| *is_whole).map(|(number, _, _)| *number).collect();
    (rows.into_iter().map(|(_, text, _)| format!("{text}\n")).collect(), whole)
}

fn read(path: &Path) -> Option<String> {
    let sessions = ingest::read(path, &mut |_, _| {}).ok()?;
    ingest::inspect(path).expect("it was just read");
    Some(sessions.iter().flat_map(|session| &session.entries).map(|entry| entry.text.to_string()).collect())
}

fn survives(name: &str, lines: &[String], damages: &[Damage]) {
    let folder = TempDir::new().expect("a folder for this test");
    let path = folder.path().join(name);
    let (text, whole) = damaged(lines, damages);
    fs::write(&path, &text).expect("a file of this test");
    // A log of which too little is left is nobody's.
    let Some(told) = read(&path) else { return };
    for number in whole.into_iter().filter(|number| lines[*number].contains(&word(*number))) {
        assert!(told.contains(&word(number)), "line {number} is whole and lost: {told:?} of\n{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whole_lines_of_damaged_logs_are_read(damages in prop::collection::vec(damage(), 1..5)) {
        survives("chat.jsonl", &gemini(), &damages);
        survives("updates.jsonl", &updates(), &damages);
        survives("chat_history.jsonl", &chat(), &damages);
        survives("transcript.jsonl", &cursor(), &damages);
    }

    #[test]
    fn damaged_bytes_never_panic(at in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), end in any::<prop::sample::Index>()) {
        let document = json!({"sessionId": "s", "projectHash": "0", "messages": [
            {"id": "a", "type": "user", "content": [{"text": "go"}]},
            {"id": "b", "type": "gemini", "content": "done", "tokens": {"input": 5, "output": 2}, "toolCalls": [{"id": "c", "name": "ls", "args": {"path": "."}, "status": "error", "result": []}]},
        ]});
        let aider = "# aider chat started at 2026-01-02 10:00:00\n\n#### fix it  \n\nDone.\n\n> Applied edit to a.rs  \n";
        let logs = [gemini(), updates(), chat(), cursor(), vec![document.to_string()], vec![aider.into()]];
        let folder = TempDir::new().expect("a folder for this test");
        for (number, log) in logs.iter().enumerate() {
            let mut bytes = log.join("\n").into_bytes();
            for (place, byte) in &at {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            bytes.truncate(end.index(bytes.len() * 4).min(bytes.len()));
            let path = folder.path().join(format!("{number}.log"));
            fs::write(&path, bytes).expect("a file of this test");
            read(&path);
        }
    }
}
