//! What a rollout of a few records, made here, becomes.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::{
    ingest::{counts::Counts, testing},
    model::{Kind, LossCause, Mark, Seen, Session, Usage},
};

/// A session of version 7 ids, which begin with the time.
const PARENT: &str = "019d0000-0000-7000-8000-000000000001";
const CHILD: &str = "019d5000-0000-7000-8000-000000000002";

fn record(kind: &str, payload: Value) -> Value {
    json!({"timestamp": "2026-01-02T10:00:00.250Z", "type": kind, "payload": payload})
}

fn meta(id: &str, rest: Value) -> Value {
    let mut payload = json!({"id": id, "cwd": "/work", "source": "cli"});
    payload.as_object_mut().expect("made above").extend(rest.as_object().expect("facts are an object").clone());
    record("session_meta", payload)
}

fn item(item: Value) -> Value {
    record("response_item", item)
}

fn event(event: Value) -> Value {
    record("event_msg", event)
}

fn message(role: &str, text: &str) -> Value {
    let kind = if role == "assistant" { "output_text" } else { "input_text" };
    json!({"type": "message", "role": role, "content": [{"type": kind, "text": text}]})
}

fn user(text: &str) -> Value {
    item(message("user", text))
}

fn said(text: &str) -> Value {
    item(message("assistant", text))
}

fn call(id: &str, command: &str) -> Value {
    let arguments = json!({"cmd": command}).to_string();
    item(json!({"type": "function_call", "name": "exec_command", "arguments": arguments, "call_id": id}))
}

fn output(id: &str, text: &str) -> Value {
    item(json!({"type": "function_call_output", "call_id": id, "output": text}))
}

/// A count of `total` input tokens over all, of which `last` in the last request.
fn tokens(total: u64, last: u64) -> Value {
    let usage = |input: u64| {
        json!({"input_tokens": input, "cached_input_tokens": input / 2, "output_tokens": input / 10,
               "total_tokens": input + input / 10})
    };
    event(json!({"type": "token_count", "info": {"total_token_usage": usage(total), "last_token_usage": usage(last)}}))
}

fn compacted(message: &str, history: &[Value]) -> Value {
    record("compacted", json!({"message": message, "replacement_history": history}))
}

fn turn(id: &str) -> Value {
    record("turn_context", json!({"turn_id": id, "model": "gpt-a", "cwd": "/work"}))
}

fn read(records: &[Value]) -> (Session, Counts) {
    testing::read_one(&Codex, "rollout.jsonl", &testing::lines(records))
}

fn session(records: &[Value]) -> Session {
    let mut all = vec![meta(PARENT, json!({}))];
    all.extend_from_slice(records);
    read(&all).0
}

/// Kinds and texts, in order.
fn told(session: &Session) -> Vec<(Kind, &str)> {
    session.entries.iter().map(|entry| (entry.kind, entry.text.as_str())).collect()
}

#[test]
fn a_rollout_is_its_items_and_its_events_repeat_them() {
    let session = session(&[
        item(message("developer", "Be brief.")),
        user("<environment_context>\n  <cwd>/work</cwd>\n</environment_context>"),
        turn("t1"),
        user("Fix the rounding."),
        event(json!({"type": "user_message", "message": "Fix the rounding."})),
        event(json!({"type": "agent_reasoning", "text": "Look first."})),
        item(
            json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": "Look first."}], "encrypted_content": "x"}),
        ),
        item(json!({"type": "reasoning", "summary": [], "encrypted_content": "x".repeat(2000)})),
        item(json!({"type": "reasoning", "summary": [], "content": null})),
        call("c1", "cargo test"),
        output("c1", "Process exited with code 101\nOutput:\n1 failed"),
        said("The till rounds up."),
        event(json!({"type": "agent_message", "message": "The till rounds up."})),
    ]);
    assert_eq!(
        told(&session),
        [
            (Kind::Injected, "Be brief."),
            (Kind::Injected, "<environment_context>\n  <cwd>/work</cwd>\n</environment_context>"),
            (Kind::Prompt, "Fix the rounding."),
            (Kind::Thought, "Look first."),
            (Kind::Opaque, "[encrypted thought, 2 kB]"),
            (Kind::Call, "cargo test"),
            (Kind::Result, "Process exited with code 101\nOutput:\n1 failed"),
            (Kind::Message, "The till rounds up."),
        ]
    );
    assert_eq!(session.id.as_str(), format!("codex:{PARENT}"));
    assert_eq!((session.project.as_str(), session.title.as_str()), ("/work", "Fix the rounding."));
    assert_eq!(session.models, ["gpt-a"]);
    assert_eq!(session.problems, Vec::<String>::new());
    let result = &session.entries[6];
    assert!(result.marks.has(Mark::Error) && result.marks.has(Mark::TestRun));
    assert_eq!(result.call_id.as_deref(), Some("c1"));
    assert_eq!(session.entries[2].place.line, 5);
}

#[test]
fn the_old_layout_has_no_envelope() {
    let (session, counts) = read(&[
        json!({"id": PARENT, "timestamp": "2025-08-01T10:00:00Z", "instructions": null, "git": {}}),
        json!({"record_type": "state"}),
        message("user", "<environment_context>\n<cwd>/old</cwd>\n</environment_context>"),
        message("user", "Bake."),
        json!({"type": "function_call", "name": "shell", "arguments": "{\"command\":[\"bash\",\"-lc\",\"ls\"]}", "call_id": "c"}),
        json!({"type": "function_call_output", "call_id": "c", "output": "{\"output\":\"oven\",\"metadata\":{\"exit_code\":0}}"}),
        message("assistant", "Baked."),
    ]);
    assert_eq!(
        told(&session)[1..],
        [(Kind::Prompt, "Bake."), (Kind::Call, "ls"), (Kind::Result, "oven"), (Kind::Message, "Baked.")]
    );
    assert_eq!((session.project.as_str(), session.id.as_str()), ("/old", format!("codex:{PARENT}").as_str()));
    assert_eq!((counts.models, counts.usage, counts.delegated_prompts), (None, None, None));
    assert_eq!((counts.prompts, counts.messages, counts.tool_calls), (1, 1, 1));
}

#[test]
fn outputs_find_their_calls_by_id_wherever_they_stand() {
    let session = session(&[
        call("a", "ls"),
        call("b", "pwd"),
        output("b", "/work"),
        output("a", "till.rs"),
        item(json!({"type": "custom_tool_call", "call_id": "p", "name": "apply_patch",
                    "input": "*** Begin Patch\n*** Update File: src/till.rs\n@@\n-a\n+b\n*** End Patch"})),
        event(json!({"type": "patch_apply_end", "call_id": "p", "success": false})),
        item(json!({"type": "custom_tool_call_output", "call_id": "p", "output": "no such line"})),
        item(json!({"type": "local_shell_call", "call_id": "s", "action": {"type": "exec", "command": ["ls", "-a"]}})),
    ]);
    let exchanges: Vec<Vec<usize>> = session.exchanges().iter().map(|exchange| exchange.to_vec()).collect();
    assert_eq!(exchanges, [vec![0, 3], vec![1, 2], vec![4, 5], vec![6]]);
    let patched = &session.entries[5];
    assert!(patched.marks.has(Mark::Edit) && patched.marks.has(Mark::Error), "the event told the failure");
    assert_eq!(patched.path.as_ref().map(|path| path.as_str()), Some("src/till.rs"));
    assert_eq!(session.entries[6].text.as_str(), "ls -a");
}

#[test]
fn a_call_shows_what_it_does_and_where_if_it_is_elsewhere() {
    let call = |folder: &str| {
        let arguments = json!({"cmd": "ls", "workdir": folder, "yield_time_ms": 1000, "max_output_tokens": 4000});
        item(
            json!({"type": "function_call", "name": "exec_command", "arguments": arguments.to_string(), "call_id": folder}),
        )
    };
    let torn =
        item(json!({"type": "function_call", "name": "exec_command", "arguments": "{\"cmd\": \"l", "call_id": "t"}));
    let spaced = item(
        json!({"type": "function_call", "namespace": "mcp__till", "name": "open", "arguments": "{}", "call_id": "n"}),
    );
    let session = session(&[call("/work"), call("/other"), torn, spaced]);
    let texts: Vec<&str> = session.entries.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["ls", "ls\nworkdir: /other", "{\"cmd\": \"l", ""]);
    assert_eq!(session.entries[3].tool.as_deref(), Some("mcp__till.open"));
}

#[test]
fn what_the_provider_does_itself_is_shown_and_is_no_call_of_the_agent() {
    let (session, counts) = read(&[
        meta(PARENT, json!({})),
        user("Search."),
        item(json!({"type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "bread"}})),
        item(
            json!({"type": "image_generation_call", "id": "i", "revised_prompt": "A loaf", "result": "AAAA".repeat(1000)}),
        ),
    ]);
    assert_eq!(told(&session)[1..], [(Kind::Call, "bread"), (Kind::Call, "A loaf\n[image: unknown type, 3 kB]")]);
    assert_eq!((counts.tool_calls, counts.calls_without_result, counts.images), (0, 0, 0));
}

#[test]
fn images_count_by_occurrence_and_an_image_alone_is_a_prompt() {
    let image = json!({"type": "input_image", "image_url": "data:image/png;base64,AAAAAAAA"});
    let wrapper = |text: &str| json!({"type": "input_text", "text": text});
    let (session, counts) = read(&[
        meta(PARENT, json!({})),
        item(json!({"type": "message", "role": "user", "content": [
            wrapper("<image name=[Image #1]>"), image, wrapper("</image>"), wrapper("Align it.")]})),
        item(json!({"type": "message", "role": "user", "content": [image]})),
        call("v", "view"),
        item(json!({"type": "function_call_output", "call_id": "v", "output": [image, image]})),
    ]);
    assert_eq!(
        told(&session)[..2],
        [(Kind::Prompt, "[image: image/png, 6 bytes]\nAlign it."), (Kind::Prompt, "[image: image/png, 6 bytes]")]
    );
    assert_eq!((counts.prompts, counts.images), (2, 4));
    assert!(session.entries[0].marks.has(Mark::Image) && session.entries[3].marks.has(Mark::Image));
}

#[test]
fn a_replacement_history_tells_what_is_still_seen() {
    let cipher = json!({"type": "compaction", "encrypted_content": "x".repeat(5000)});
    let session = session(&[
        user("Fix it."),
        call("c", "ls"),
        output("c", "till.rs"),
        said("Fixed."),
        user("Fix it."),
        tokens(1000, 1000),
        compacted(
            "",
            &[message("user", "Fix it."), message("assistant", "Fixed."), message("developer", "Set up anew."), cipher],
        ),
        tokens(1000, 200),
        said("On with it."),
    ]);
    let boundary =
        session.entries.iter().find(|entry| entry.kind == Kind::Boundary).expect("a compaction is a boundary");
    assert_eq!(boundary.text.as_str(), "compaction 1: 1,100 → 220 tokens, 3 entries lost");
    let lost = Seen::Lost { at: boundary.id, cause: LossCause::Compaction };
    let seen: Vec<(Kind, Seen)> = session.entries.iter().map(|entry| (entry.kind, entry.seen)).collect();
    assert_eq!(
        seen,
        [
            // Of two prompts with the same words the newest was kept.
            (Kind::Prompt, lost),
            (Kind::Call, lost),
            (Kind::Result, lost),
            (Kind::Message, Seen::Held),
            (Kind::Prompt, Seen::Held),
            (Kind::Boundary, Seen::Never),
            (Kind::Opaque, Seen::Held),
            (Kind::Message, Seen::Held),
        ]
    );
    assert_eq!(session.entries[6].text.as_str(), "[encrypted summary, 5 kB]");
}

#[test]
fn a_readable_summary_is_an_entry_once() {
    let summary = "Another language model started to solve this problem and left this:\nThe till rounds up.";
    for records in [
        compacted(summary, &[message("user", "Fix it."), message("user", summary)]),
        compacted("", &[message("user", "Fix it."), message("user", summary)]),
    ] {
        let session = session(&[user("Fix it."), said("Looking."), records]);
        assert_eq!(told(&session)[2..], [(Kind::Boundary, "compaction 1, 1 entry lost"), (Kind::Summary, summary)]);
        assert_eq!(session.entries[0].seen, Seen::Held);
    }
}

#[test]
fn a_prompt_that_was_cut_short_is_still_the_prompt() {
    let long = format!("Begin {} end", "x".repeat(500));
    let session = session(&[
        user(&long),
        said("Yes."),
        compacted("", &[message("user", "Begin xxx…120 tokens truncated…xxx end")]),
    ]);
    assert_eq!(session.entries[0].seen, Seen::Held);
    assert!(matches!(session.entries[1].seen, Seen::Lost { .. }));
}

#[test]
fn without_a_replacement_history_the_newest_prompts_stay() {
    let old = "o".repeat(10_000);
    let session = session(&[
        item(message("developer", "Be brief.")),
        user(&old),
        user(&"n".repeat(90_000)),
        said("Yes."),
        record("compacted", json!({"message": "The till rounds up."})),
    ]);
    let held: Vec<bool> = session.entries.iter().map(|entry| entry.seen == Seen::Held).collect();
    assert_eq!(held, [true, false, true, false, false, true]);
    assert_eq!(session.entries[5].kind, Kind::Summary);
}

#[test]
fn every_amount_of_tokens_counts_once() {
    let (session, counts) = read(&[
        meta(PARENT, json!({})),
        turn("t"),
        event(json!({"type": "token_count", "info": null})),
        user("Go."),
        call("c", "ls"),
        said("Listing."),
        tokens(100, 100),
        output("c", "till.rs"),
        tokens(100, 100),
        said("Done."),
        tokens(300, 200),
    ]);
    let usage =
        |input: u64| Some(Usage { input: input / 2, output: input / 10, cache_read: input / 2, cache_write: 0 });
    let logged: Vec<Option<Usage>> = session.entries.iter().map(|entry| entry.usage).collect();
    assert_eq!(logged, [None, usage(100), None, None, usage(200)]);
    let reported = counts.usage.expect("the log reports usage");
    assert_eq!(
        (reported.input, reported.cache_read, reported.output, reported.cache_write),
        (300, Some(150), 30, None)
    );
}

#[test]
fn amounts_that_no_one_can_have_overflow_nothing() {
    let usage =
        json!({"input_tokens": u64::MAX, "cached_input_tokens": -5, "output_tokens": 1e300, "total_tokens": "many"});
    let count = event(json!({"type": "token_count", "info": {"total_token_usage": usage, "last_token_usage": usage}}));
    let session = session(&[said("Yes."), count.clone(), compacted("", &[]), count]);
    assert!(session.entries[0].usage.expect("it was reported").context() > 0);
}

#[test]
fn an_interruption_is_marked_once() {
    let notice = "<turn_aborted>\nThe user interrupted it.\n</turn_aborted>";
    let stopped = event(json!({"type": "turn_aborted", "reason": "interrupted"}));
    let told_to_model = session(&[user("Go."), user(notice), stopped.clone()]);
    assert_eq!(told(&told_to_model)[1..], [(Kind::Injected, notice)]);
    let event_only = session(&[user("Go."), stopped]);
    assert_eq!(told(&event_only)[1..], [(Kind::Injected, "[turn stopped: interrupted]")]);
    assert_eq!(event_only.entries[1].seen, Seen::Never);
    for session in [told_to_model, event_only] {
        assert!(session.entries[1].marks.has(Mark::Intervention));
    }
}

#[test]
fn prompts_taken_back_are_lost_at_a_rewind() {
    let session = session(&[
        user("One."),
        said("First."),
        user("Two."),
        said("Second."),
        event(json!({"type": "thread_rolled_back", "num_turns": 1})),
        user("Other."),
    ]);
    assert_eq!(told(&session)[4], (Kind::Boundary, "rewind: 1 prompt taken back, 2 entries lost"));
    let lost = Seen::Lost { at: session.entries[4].id, cause: LossCause::Rewind };
    let seen: Vec<Seen> = session.entries.iter().map(|entry| entry.seen).collect();
    assert_eq!(seen, [Seen::Held, Seen::Held, lost, lost, Seen::Never, Seen::Held]);
}

#[test]
fn a_sub_agents_file_tells_its_own_prompts_from_its_parents() {
    let source = json!({"source": {"subagent": {"thread_spawn": {"parent_thread_id": PARENT, "depth": 1}}}, "forked_from_id": PARENT});
    let (session, counts) = read(&[
        meta(CHILD, source),
        meta(PARENT, json!({"cwd": "/other"})),
        turn("019d0000-1111-7000-8000-000000000001"),
        user("Fix it all."),
        said("I start."),
        turn("019d5000-1111-7000-8000-000000000001"),
        user("Test the till."),
        said("Tested."),
    ]);
    assert_eq!((counts.prompts, counts.delegated_prompts), (1, Some(1)));
    assert_eq!(session.id.as_str(), format!("codex:{CHILD}"));
    assert_eq!(session.parent.as_ref().map(|id| id.as_str()), Some(format!("codex:{PARENT}").as_str()));
    assert_eq!((session.project.as_str(), session.title.as_str()), ("/work", "Test the till."));
    let review =
        read(&[meta(CHILD, json!({"source": {"subagent": "review"}, "parent_thread_id": PARENT})), user("Review it.")]);
    assert_eq!((review.1.prompts, review.1.delegated_prompts), (0, Some(1)));
}

#[test]
fn a_fork_of_the_human_has_the_humans_prompts() {
    let (session, counts) =
        read(&[meta(CHILD, json!({"forked_from_id": PARENT})), meta(PARENT, json!({})), user("One."), user("Two.")]);
    assert_eq!((counts.prompts, counts.delegated_prompts), (2, Some(0)));
    assert_eq!(session.parent.map(|id| id.to_string()), Some(format!("codex:{PARENT}")));
}

#[test]
fn what_another_agent_says_is_told_once_and_delegates_from_above() {
    let said_so = json!({"author": "/root", "recipient": "/root/tester", "content": "Test the till."});
    let as_item = json!({"type": "agent_message", "author": "/root", "recipient": "/root/tester",
                         "content": [{"type": "input_text", "text": "Test the till."}]});
    let from_below = json!({"author": "/root/tester/helper", "content": "", "encrypted_content": "x".repeat(3000)});
    let source =
        json!({"source": {"subagent": {"thread_spawn": {"parent_thread_id": PARENT, "agent_path": "/root/tester"}}}});
    let (session, counts) = read(&[
        meta(CHILD, source),
        item(as_item),
        record("inter_agent_communication", said_so),
        record("inter_agent_communication", from_below),
    ]);
    assert_eq!(
        told(&session),
        [
            (Kind::Prompt, "Message from /root:\nTest the till."),
            (Kind::Injected, "Message from /root/tester/helper:\n[encrypted message, 3 kB]")
        ]
    );
    assert_eq!((counts.prompts, counts.delegated_prompts), (0, Some(1)));
}

#[test]
fn unknown_types_are_counted_with_where_they_stood() {
    let (session, _) = read(&[
        meta(PARENT, json!({})),
        user("Go."),
        record("weather", json!({})),
        item(json!({"type": "song"})),
        event(json!({"type": "clap"})),
        json!({"type": "loose", "text": "no payload"}),
        json!({"note": "no type"}),
        record("response_item", json!("not an object")),
    ]);
    assert_eq!(
        session.problems,
        ["6 records of 6 unknown types ('', 'event_msg/clap', 'loose', 'response_item/', 'response_item/song')"]
    );
    assert_eq!(session.entries.len(), 1);
}

#[test]
fn a_log_without_its_first_line_is_named_by_its_file() {
    let name = format!("rollout-2026-01-02T10-00-00-{PARENT}.jsonl");
    let (session, _) = testing::read_one(&Codex, &name, &testing::lines(&[user("Go.")]));
    assert_eq!(session.id.as_str(), format!("codex:{PARENT}"));
}

#[test]
fn a_compressed_log_reads_as_the_plain_one_which_wins_beside_it() {
    let log = testing::lines(&[meta(PARENT, json!({})), user("Go."), said("Gone.")]);
    let packed = ruzstd::encoding::compress_to_vec(&log[..], ruzstd::encoding::CompressionLevel::Fastest);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = |name: &str| folder.path().join(name);
    // A file may hold several frames, one after the other, and frames to be skipped.
    let skipped = [&[0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let half = |part: &[u8]| ruzstd::encoding::compress_to_vec(part, ruzstd::encoding::CompressionLevel::Fastest);
    let frames = [half(&log[..100]), skipped, half(&log[100..])].concat();
    std::fs::write(path("old.jsonl.zst"), &packed).expect("the folder can be written to");
    std::fs::write(path("frames.jsonl.zst"), frames).expect("the folder can be written to");
    let entries = |name: &str| {
        let session = crate::ingest::read(&path(name), &mut |_, _| {}).expect("it is a log").remove(0);
        session.entries
    };
    assert_eq!(entries("old.jsonl.zst"), entries("frames.jsonl.zst"));
    std::fs::remove_file(path("frames.jsonl.zst")).expect("made above");
    std::fs::write(path("old.jsonl"), &log).expect("the folder can be written to");
    assert_eq!(entries("old.jsonl.zst"), entries("old.jsonl"));
    let found = crate::ingest::inspect(folder.path()).expect("the folder holds logs");
    let names: Vec<_> = found.into_iter().map(|log| log.expect("it is read").path).collect();
    assert_eq!(names, [path("old.jsonl")]);
    // Cut off in the middle it is an error, no panic.
    std::fs::write(path("torn.jsonl.zst"), &packed[..packed.len() / 2]).expect("the folder can be written to");
    assert!(crate::ingest::read(&path("torn.jsonl.zst"), &mut |_, _| {}).is_err());
}
