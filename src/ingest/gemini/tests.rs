//! What small chats, made here, become.

use std::{fs, path::PathBuf};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    ingest::{self, Agent, Counts, Inspected, Reported},
    model::{Entry, Kind, LossCause, Mark, Seen, Session, Usage},
};

fn message(id: &str, kind: &str, content: Value) -> Value {
    json!({"id": id, "timestamp": "2026-01-01T10:00:00.500Z", "type": kind, "content": content})
}

fn prompt(id: &str, text: &str) -> Value {
    message(id, "user", json!([{"text": text}]))
}

fn reply(id: &str, text: &str) -> Value {
    message(id, "gemini", text.into())
}

fn with(mut record: Value, field: &str, value: Value) -> Value {
    record[field] = value;
    record
}

/// A reply with a call that is done where there is an output.
fn calling(id: &str, call: &str, command: &str, output: Option<&str>) -> Value {
    let mut record =
        json!({"id": call, "name": "run_shell_command", "args": {"command": command}, "status": "scheduled"});
    if let Some(output) = output {
        record["status"] = "success".into();
        record["result"] = answer(call, json!({"output": output}));
    }
    with(message(id, "gemini", "".into()), "toolCalls", json!([record]))
}

fn answer(call: &str, response: Value) -> Value {
    json!([{"functionResponse": {"id": call, "name": "run_shell_command", "response": response}}])
}

fn head() -> Value {
    json!({"sessionId": "s", "projectHash": "0", "startTime": "2026-01-01T10:00:00Z", "lastUpdated": "2026-01-01T10:00:00Z",
           "kind": "main"})
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

fn document(messages: &[Value]) -> String {
    let mut document = head();
    document["messages"] = messages.into();
    serde_json::to_string_pretty(&document).expect("a value of this test")
}

struct Chat {
    _folder: TempDir,
    path: PathBuf,
}

impl Chat {
    fn at(name: &str, text: &str) -> Chat {
        let folder = TempDir::new().expect("a folder for this test");
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("a folder for this test");
        fs::write(&path, text).expect("a file of this test");
        Chat { _folder: folder, path }
    }

    fn of(records: &[Value]) -> Chat {
        let records: Vec<Value> = std::iter::once(head()).chain(records.iter().cloned()).collect();
        Chat::at("chat.jsonl", &lines(&records))
    }

    fn session(&self) -> Session {
        let mut sessions = ingest::read(&self.path, &mut |_, _| {}).expect("a chat that can be read");
        assert_eq!(sessions.len(), 1);
        sessions.remove(0)
    }

    fn inspected(&self) -> Inspected {
        ingest::inspect(&self.path).expect("a chat").remove(0).expect("a chat that can be read")
    }

    fn counts(&self) -> Counts {
        self.inspected().counts
    }
}

/// "kind text", with what became of it.
fn told(session: &Session) -> Vec<String> {
    let line = |entry: &Entry| match entry.seen {
        Seen::Held => format!("{} {}", entry.kind, entry.text),
        Seen::Never => format!("{} {} (never seen)", entry.kind, entry.text),
        Seen::Unknown => format!("{} {} (unknown)", entry.kind, entry.text),
        Seen::Lost { at, cause } => {
            let boundary = session.entry(at).expect("a loss names a boundary of the session");
            let _: LossCause = cause;
            format!("{} {} (lost at #{}, {cause})", entry.kind, entry.text, boundary.seq)
        }
    };
    session.entries.iter().map(line).collect()
}

#[test]
fn a_document_and_its_lines_say_the_same() {
    let messages = [prompt("u", "go"), calling("a", "c", "ls", Some("a.rs")), reply("b", "done")];
    let (one, other) = (Chat::at("chat.json", &document(&messages)), Chat::of(&messages));
    let expected = ["prompt go", "call ls", "result a.rs", "message done"];
    assert_eq!(told(&one.session()), expected);
    assert_eq!(told(&other.session()), expected);
    assert_eq!(one.session().id.as_str(), "gemini:s");
    assert_eq!(one.counts().records, 3, "messages of a document");
    assert_eq!(other.counts().records, 4, "lines of a log");
    let line = |chat: &Chat| chat.session().entries.iter().map(|entry| entry.place.line).collect::<Vec<_>>();
    assert_eq!(line(&one), [1, 2, 2, 3], "the message's index");
    assert_eq!(line(&other), [2, 3, 3, 4]);
}

#[test]
fn a_document_on_one_line_is_a_document() {
    let mut whole = head();
    whole["messages"] = json!([prompt("u", "go"), reply("a", "done")]);
    let chat = Chat::at("chat.json", &format!("{whole}\n\n"));
    assert_eq!((chat.inspected().agent, chat.counts().records), (Agent::Gemini, 2));
}

#[test]
fn a_repeated_id_stands_for_the_earlier_message_at_its_place() {
    let chat = Chat::of(&[
        prompt("u", "go"),
        calling("a", "c", "ls", None),
        json!({"$set": {"lastUpdated": "2026-01-01T10:00:01Z"}}),
        prompt("v", "and then"),
        calling("a", "c", "ls", Some("a.rs")),
    ]);
    assert_eq!(told(&chat.session()), ["prompt go", "call ls", "result a.rs", "prompt and then"]);
    let counts = chat.counts();
    assert_eq!((counts.records, counts.tool_calls, counts.tool_results, counts.calls_without_result), (6, 1, 1, 0));
}

#[test]
fn a_call_recorded_again_in_a_message_of_its_own_is_one_call() {
    let chat = Chat::of(&[
        prompt("u", "go"),
        calling("a", "c", "ls", None),
        calling("b", "c", "ls", Some("a.rs")),
        calling("d", "c", "ls", Some("a.rs")),
    ]);
    assert_eq!(told(&chat.session()), ["prompt go", "call ls", "result a.rs"]);
    assert_eq!(chat.counts().calls_without_result, 0);
}

#[test]
fn a_rewind_takes_back_a_message_and_all_after_it() {
    let chat = Chat::of(&[
        prompt("u", "go"),
        reply("a", "ready"),
        prompt("v", "wrong turn"),
        with(calling("b", "c", "rm -r", Some("gone")), "model", "m-old".into()),
        json!({"$rewindTo": "v"}),
        prompt("w", "right turn"),
        with(reply("d", "done"), "model", "m-new".into()),
    ]);
    assert_eq!(
        told(&chat.session()),
        [
            "prompt go",
            "message ready",
            "prompt wrong turn (lost at #6, rewind)",
            "call rm -r (lost at #6, rewind)",
            "result gone (lost at #6, rewind)",
            "boundary rewind, 3 entries lost (never seen)",
            "prompt right turn",
            "message done",
        ]
    );
    let counts = chat.counts();
    assert_eq!((counts.prompts, counts.messages, counts.tool_calls), (2, 2, 0), "of the state that is left");
    assert_eq!(counts.models, Some(["m-new".to_owned()].into()));
}

#[test]
fn a_rewind_to_an_unknown_id_takes_back_all() {
    let chat = Chat::of(&[prompt("u", "go"), json!({"$rewindTo": "nobody"}), prompt("v", "again")]);
    let expected = ["prompt go (lost at #2, rewind)", "boundary rewind, 1 entry lost (never seen)", "prompt again"];
    assert_eq!(told(&chat.session()), expected);
    assert_eq!(chat.counts().prompts, 1);
}

#[test]
fn an_id_that_comes_back_after_a_rewind_is_a_message_of_its_own() {
    let chat = Chat::of(&[prompt("u", "one"), json!({"$rewindTo": "u"}), prompt("u", "two")]);
    let expected = ["prompt one (lost at #2, rewind)", "boundary rewind, 1 entry lost (never seen)", "prompt two"];
    assert_eq!(told(&chat.session()), expected);
}

#[test]
fn a_snapshot_in_place_of_the_history_is_a_compaction() {
    let kept = reply("x3", "tests pass");
    let chat = Chat::of(&[
        prompt("u", "go"),
        reply("a", "tests pass"),
        message("i", "info", "Chat history compressed from 9000 to 1200 tokens.".into()),
        json!({"$set": {"messages": [prompt("x1", "<state_snapshot>\nall is well"), reply("x2", "Got it."), kept]}}),
        prompt("v", "next"),
    ]);
    assert_eq!(
        told(&chat.session()),
        [
            "prompt go (lost at #4, compaction)",
            "message tests pass",
            "injected Chat history compressed from 9000 to 1200 tokens. (never seen)",
            "boundary compaction 1: 9,000 → 1,200 tokens, 1 entry lost (never seen)",
            "summary <state_snapshot>\nall is well",
            "message Got it.",
            "prompt next",
        ],
        "what was kept under a new id is the same message"
    );
    let counts = chat.counts();
    assert_eq!((counts.prompts, counts.messages, counts.compactions), (1, 2, None));
}

#[test]
fn tokens_told_after_the_replacement_are_the_boundarys_too() {
    let chat = Chat::of(&[
        prompt("u", "go"),
        json!({"$set": {"messages": [prompt("x1", "<state_snapshot>\nall is well")]}}),
        message("i", "info", "Chat history compressed from 9,000 to 1,200 tokens.".into()),
    ]);
    let session = chat.session();
    assert_eq!(session.entries[1].text.as_str(), "compaction 1: 9,000 → 1,200 tokens, 1 entry lost");
    assert_eq!(session.entries[2].seen, Seen::Held, "the summary stays known as held");
}

#[test]
fn a_compaction_that_is_only_told_leaves_open_what_it_dropped() {
    let info = message("i", "info", "Chat history compressed from 9000 to 1200 tokens.".into());
    let chat = Chat::at("chat.json", &document(&[prompt("u", "go"), info, prompt("v", "next")]));
    let seen: Vec<Seen> = chat.session().entries.iter().map(|entry| entry.seen).collect();
    assert_eq!(seen, [Seen::Unknown, Seen::Never, Seen::Held]);
}

#[test]
fn results_that_the_program_masked_are_lost_but_kept_here() {
    let chat = Chat::of(&[
        prompt("u", "go"),
        calling("a", "c", "cat a.rs", Some("fn a() { b() }")),
        json!({"$set": {"messages": [prompt("u", "go"), calling("a", "c", "cat a.rs", Some("[cleared]"))]}}),
        reply("b", "done"),
    ]);
    assert_eq!(
        told(&chat.session()),
        [
            "prompt go",
            "call cat a.rs",
            "result fn a() { b() } (lost at #4, microcompaction)",
            "boundary micro-compaction, 1 entry lost (never seen)",
            "message done",
        ]
    );
    assert_eq!(chat.counts().tool_results, 1);
}

#[test]
fn a_result_that_holds_the_answers_to_all_calls_is_no_loss() {
    let call = |id: &str, result: Value| json!({"id": id, "name": "run_shell_command", "args": {"command": id}, "status": "success", "result": result});
    let (one, two) = (answer("c", json!({"output": "a.rs"})), answer("d", json!({"output": "/work"})));
    let shared = json!([one[0], two[0]]);
    let before = with(reply("a", ""), "toolCalls", json!([call("c", one), call("d", two)]));
    let after = with(reply("a", ""), "toolCalls", json!([call("c", shared.clone()), call("d", shared)]));
    let expected = ["prompt go", "call c", "result a.rs", "call d", "result /work"];
    let synced = json!({"$set": {"messages": [prompt("u", "go"), after.clone()]}});
    assert_eq!(told(&Chat::of(&[prompt("u", "go"), before, synced]).session()), expected);
    assert_eq!(told(&Chat::of(&[prompt("u", "go"), after]).session()), expected);
}

#[test]
fn a_result_that_only_the_new_history_has_is_told() {
    let synced = json!({"$set": {"messages": [prompt("u", "go"), calling("a", "c", "ls", Some("a.rs"))]}});
    let chat = Chat::of(&[prompt("u", "go"), calling("a", "c", "ls", None), synced]);
    assert_eq!(told(&chat.session()), ["prompt go", "call ls", "result a.rs"]);
    assert_eq!(chat.counts().calls_without_result, 0);
}

#[test]
fn a_turn_that_the_program_took_back_is_a_rewind() {
    let chat = Chat::of(&[prompt("u", "go"), json!({"$set": {"messages": []}}), prompt("v", "again")]);
    assert_eq!(told(&chat.session())[0], "prompt go (lost at #2, rewind)");
    assert_eq!(chat.counts().prompts, 1);
}

#[test]
fn environment_at_the_start_is_injected_and_loses_nothing() {
    let context = prompt("s", "<session_context>\nToday is Monday.");
    let chat = Chat::of(&[json!({"$set": {"messages": [context]}}), prompt("u", "go")]);
    assert_eq!(told(&chat.session()), ["injected <session_context>\nToday is Monday.", "prompt go"]);
    assert_eq!(chat.counts().prompts, 1);
}

#[test]
fn referenced_files_are_not_the_humans_words() {
    let files = json!([{"text": "explain @a.rs"}, {"text": "\n--- Content from referenced files ---"},
                       {"text": "\nContent from @a.rs:\n"}, {"text": "fn a() {}"}, {"text": "\n--- End of content ---"}]);
    let shown = with(message("u", "user", files.clone()), "displayContent", json!([{"text": "explain @a.rs"}]));
    let old =
        "explain @a.rs\n--- Content from referenced files ---\nContent from @a.rs:\nfn a() {}\n--- End of content ---";
    for record in [message("u", "user", files), shown, message("u", "user", old.into())] {
        let session = Chat::of(&[record]).session();
        let kinds: Vec<(Kind, &str)> =
            session.entries.iter().map(|entry| (entry.kind, entry.text.trim().lines().next().unwrap_or(""))).collect();
        let expected = [(Kind::Prompt, "explain @a.rs"), (Kind::Injected, "--- Content from referenced files ---")];
        assert_eq!(kinds, expected);
        assert!(session.entries[1].text.contains("fn a() {}") && !session.entries[0].text.contains("fn a()"));
    }
}

#[test]
fn commands_for_the_program_are_no_prompts() {
    let chat = Chat::of(&[prompt("c", "/memory show"), prompt("u", "/etc/hosts is wrong"), prompt("v", "go")]);
    let expected = ["injected /memory show (never seen)", "prompt /etc/hosts is wrong", "prompt go"];
    assert_eq!(told(&chat.session()), expected);
    assert_eq!(chat.counts().prompts, 2);
}

#[test]
fn notices_were_shown_to_the_human_only() {
    let chat = Chat::of(&[
        prompt("u", "go"),
        message("e", "error", "quota exceeded".into()),
        message("i", "info", "Request cancelled.".into()),
        message("w", "warning", [json!({"text": "careful"})].as_slice().into()),
    ]);
    let session = chat.session();
    let seen: Vec<Seen> = session.entries.iter().map(|entry| entry.seen).collect();
    assert_eq!(seen, [Seen::Held, Seen::Never, Seen::Never, Seen::Never]);
    assert!(session.entries[1].marks.has(Mark::Error) && session.entries[2].marks.has(Mark::Intervention));
}

#[test]
fn a_cancelled_call_has_a_result_and_no_error() {
    let call = |id: &str, status: &str, response: Value| {
        json!({"id": id, "name": "run_shell_command", "args": {"command": id}, "status": status,
               "result": answer(id, response)})
    };
    let cancelled = call("one", "cancelled", json!({"error": "[Operation Cancelled]"}));
    let failed = call("two", "error", json!({"error": "no such file"}));
    let chat = Chat::of(&[with(reply("a", ""), "toolCalls", json!([cancelled, failed]))]);
    let session = chat.session();
    let marks = |index: usize| session.entries[index].marks;
    assert!(marks(1).has(Mark::Intervention) && !marks(1).has(Mark::Error));
    assert!(marks(3).has(Mark::Error));
    let counts = chat.counts();
    assert_eq!((counts.tool_results, counts.tool_errors, counts.calls_without_result), (2, Some(1), 0));
}

#[test]
fn calls_and_answers_in_contents_are_told_once() {
    let named = json!([{"text": "checking"}, {"functionCall": {"id": "f", "name": "read_file", "args": {"file_path": "a.rs"}}}]);
    let answered = json!([{"functionResponse": {"id": "f", "response": {"output": "fn a() {}"}}}]);
    let alone = Chat::of(&[message("a", "gemini", named.clone()), message("b", "user", answered.clone())]);
    assert_eq!(told(&alone.session()), ["message checking", "call a.rs", "result fn a() {}"]);
    let call = json!([{"id": "f", "name": "read_file", "args": {"file_path": "a.rs"}, "status": "success", "result": answered}]);
    let both = Chat::of(&[with(message("a", "gemini", named), "toolCalls", call), message("b", "user", answered)]);
    assert_eq!(told(&both.session()), ["message checking", "call a.rs", "result fn a() {}"]);
    assert_eq!(both.session().entries[2].path.as_deref(), Some("a.rs"));
}

#[test]
fn thoughts_stand_before_the_reply_and_usage_on_its_first_entry() {
    let tokens = json!({"input": 1000, "output": 50, "cached": 800, "thoughts": 7, "tool": 0, "total": 1057});
    let thoughts = json!([{"subject": "Plan", "description": "look first"}]);
    let record = with(with(reply("a", "looking"), "thoughts", thoughts), "tokens", tokens);
    let chat = Chat::of(&[prompt("u", "go"), record.clone(), record]);
    let session = chat.session();
    assert_eq!(told(&session), ["prompt go", "thought Plan: look first (unknown)", "message looking"]);
    let expected = Usage { input: 200, output: 57, cache_read: 800, cache_write: 0 };
    assert_eq!((session.entries[1].usage, session.entries[2].usage), (Some(expected), None));
    let reported = Reported { input: 1000, output: 50, cache_read: Some(800), cache_write: None };
    assert_eq!(chat.counts().usage, Some(reported), "the log's own numbers, once");
}

#[test]
fn images_are_named_by_type_and_size() {
    let image = json!({"inlineData": {"mimeType": "image/png", "data": "A".repeat(4000)}});
    let result =
        json!([{"functionResponse": {"id": "c", "response": {"output": "Binary content."}, "parts": [image]}}]);
    let call = json!([{"id": "c", "name": "read_file", "args": {"file_path": "a.png"}, "status": "success", "result": result}]);
    let chat =
        Chat::of(&[message("u", "user", json!([image, {"text": "see"}])), with(reply("a", ""), "toolCalls", call)]);
    let session = chat.session();
    assert_eq!(session.entries[0].text.as_str(), "[image: image/png, 3 kB]see");
    assert_eq!(session.entries[2].text.as_str(), "Binary content.\n[image: image/png, 3 kB]");
    assert!(session.entries[0].marks.has(Mark::Image) && session.entries[2].marks.has(Mark::Image));
    assert_eq!(chat.counts().images, 2);
}

#[test]
fn a_sub_agents_chat_names_its_parent() {
    let mut head = head();
    head["kind"] = "subagent".into();
    head["directories"] = json!(["/work"]);
    let chat = Chat::at("chats/parent-id/child.jsonl", &lines(&[head, prompt("u", "look around")]));
    let session = chat.session();
    assert_eq!(session.parent.as_ref().map(|parent| parent.as_str()), Some("gemini:parent-id"));
    assert_eq!(session.project.as_str(), "/work");
    assert_eq!((chat.counts().prompts, chat.counts().delegated_prompts), (0, Some(1)));
}

#[test]
fn a_document_and_the_log_it_was_migrated_to_are_one_session() {
    let folder = TempDir::new().expect("a folder for this test");
    let messages = [prompt("u", "go"), reply("a", "ready")];
    let later =
        [head(), messages[0].clone(), messages[1].clone(), prompt("v", "next"), json!({"$set": {"summary": "Trip"}})];
    fs::write(folder.path().join("session-1.json"), document(&messages)).expect("a file of this test");
    fs::write(folder.path().join("session-1.jsonl"), lines(&later)).expect("a file of this test");
    let sessions = ingest::read(folder.path(), &mut |_, _| {}).expect("two chats");
    assert_eq!(sessions.len(), 1);
    assert_eq!(told(&sessions[0]), ["prompt go", "message ready", "prompt next"]);
    assert_eq!((sessions[0].title.as_str(), sessions[0].sources.len()), ("Trip", 2));
}

#[test]
fn damage_is_counted_and_passed_over() {
    let text = format!(
        "{}{{torn]\n{}{}\n{{\"id\":\"b\",\"ty",
        lines(&[head()]),
        lines(&[prompt("u", "go")]),
        json!({"id": "x", "type": "mystery", "content": 7})
    );
    let chat = Chat::at("chat.jsonl", &text);
    let inspected = chat.inspected();
    assert_eq!((inspected.tally.records, inspected.tally.bad_spans, inspected.tally.torn), (3, 2, true));
    assert_eq!(inspected.tally.unknown.get("mystery"), Some(&1));
    assert_eq!(told(&chat.session()), ["prompt go"]);
}

#[test]
fn of_a_cut_document_the_whole_messages_are_read() {
    let whole = document(&[prompt("u", "go"), reply("a", "ready"), reply("b", "cut off here")]);
    let cut = whole.find("off here").expect("it is in the text");
    let chat = Chat::at("chat.json", &whole[..cut]);
    assert_eq!(told(&chat.session()), ["prompt go", "message ready"]);
    assert!(chat.inspected().tally.torn);
}

#[test]
fn half_an_emoji_does_not_cost_the_document() {
    let whole = document(&[prompt("u", "go"), reply("a", "HALF done")]).replace("HALF", "\\ud83d");
    assert_eq!(told(&Chat::at("chat.json", &whole).session()), ["prompt go", "message \u{FFFD} done"]);
}

#[test]
fn hostile_values_do_not_panic() {
    for record in [
        json!({"id": "a", "type": "gemini", "content": 5, "toolCalls": "no", "thoughts": {"a": 1}, "tokens": {"input": -5, "output": u64::MAX, "cached": "x"}}),
        json!({"id": "a", "type": "gemini", "toolCalls": [null, 5, {"id": 7, "name": null, "args": [1], "result": [[1], null, {"functionResponse": 3}]}]}),
        json!({"id": "a", "type": "user", "content": [null, 7, {"text": 3}, {"inlineData": 5}], "displayContent": 4}),
        json!({"$set": {"messages": [null, 3, {"id": "q"}], "directories": [4]}}),
        json!({"$set": 7}),
        json!({"$rewindTo": ""}),
        json!({"$set": {"messages": "all"}}),
    ] {
        let chat = Chat::of(&[prompt("u", "go"), record.clone(), record, prompt("v", "on")]);
        assert!(chat.session().entries.iter().any(|entry| entry.text.as_str() == "on"));
        chat.counts();
    }
}
