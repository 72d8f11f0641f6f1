//! What a Copilot log of a few events, made here, becomes.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::{
    ingest::{counts::Counts, testing},
    model::{Kind, LossCause, Mark, Seen, Session, Usage},
};

fn event(id: &str, kind: &str, data: Value) -> Value {
    json!({"type": kind, "id": id, "parentId": null, "timestamp": "2026-01-02T10:00:00.5Z", "data": data})
}

fn start() -> Value {
    event("0", "session.start", json!({"sessionId": "s1", "context": {"cwd": "/work"}}))
}

fn user(id: &str, text: &str) -> Value {
    event(id, "user.message", json!({"content": text}))
}

fn said(id: &str, text: &str) -> Value {
    event(id, "assistant.message", json!({"content": text, "model": "model-a", "toolRequests": []}))
}

fn request(id: &str, call: &str, command: &str) -> Value {
    let request = json!({"toolCallId": call, "name": "bash", "arguments": {"command": command}});
    event(
        id,
        "assistant.message",
        json!({"content": "", "model": "model-a", "toolRequests": [request], "outputTokens": 9}),
    )
}

fn done(id: &str, call: &str, text: &str) -> Value {
    event(id, "tool.execution_complete", json!({"toolCallId": call, "success": true, "result": {"content": text}}))
}

fn read_all(records: &[Value]) -> (Vec<Session>, Counts) {
    testing::read(&Copilot, "events.jsonl", &testing::lines(records))
}

fn read(records: &[Value]) -> Session {
    let (mut sessions, _) = read_all(records);
    assert_eq!(sessions.len(), 1);
    sessions.remove(0)
}

fn told(session: &Session) -> Vec<(Kind, &str)> {
    session.entries.iter().map(|entry| (entry.kind, entry.text.as_str())).collect()
}

fn seen(session: &Session) -> Vec<Seen> {
    session.entries.iter().map(|entry| entry.seen).collect()
}

#[test]
fn a_call_is_told_twice_and_stands_once() {
    let session = read(&[
        start(),
        event("1", "system.message", json!({"role": "system", "content": "Be brief."})),
        event(
            "2",
            "user.message",
            json!({"content": "Fix it.", "transformedContent": "<now>10:00</now>\n\nFix it.\n\n<system_reminder>x</system_reminder>"}),
        ),
        event(
            "3",
            "assistant.message",
            json!({"content": "Looking.", "reasoningText": "Look.", "model": "model-a", "outputTokens": 9,
            "toolRequests": [{"toolCallId": "c", "name": "bash", "arguments": {"command": "cargo test"}}]}),
        ),
        event(
            "4",
            "tool.execution_start",
            json!({"toolCallId": "c", "toolName": "bash", "arguments": {"command": "cargo test"}}),
        ),
        done("5", "c", "1 failed\n<shellId: 3 completed with exit code 1>"),
        event("6", "hook.start", json!({"hookType": "x"})),
        event("7", "weather", json!({})),
    ]);
    assert_eq!(
        told(&session),
        [
            (Kind::Injected, "Be brief."),
            (Kind::Prompt, "Fix it."),
            (Kind::Injected, "<now>10:00</now>\n<system_reminder>x</system_reminder>"),
            (Kind::Thought, "Look."),
            (Kind::Message, "Looking."),
            (Kind::Call, "cargo test"),
            (Kind::Result, "1 failed\n<shellId: 3 completed with exit code 1>"),
        ]
    );
    assert_eq!(
        (session.id.as_str(), session.project.as_str(), session.title.as_str()),
        ("copilot:s1", "/work", "Fix it.")
    );
    assert_eq!(session.entries[3].usage, Some(Usage { output: 9, ..Usage::default() }));
    assert!(session.entries[6].marks.has(Mark::Error) && session.entries[6].marks.has(Mark::TestRun));
    assert_eq!(session.problems, ["1 record of 1 unknown type ('weather')"]);
}

#[test]
fn a_failure_is_flagged_by_the_log() {
    let (sessions, counts) = read_all(&[
        start(),
        request("1", "c", "ls"),
        event(
            "2",
            "tool.execution_complete",
            json!({"toolCallId": "c", "success": false, "error": {"code": "denied", "message": "The human said no."}}),
        ),
        request("3", "d", "ls"),
        request("4", "e", "ls"),
        // Only the text says so: marked, but not counted as the log's own word.
        done("5", "e", "none\n<exited with exit code 2>"),
    ]);
    assert!(sessions[0].entries[4].marks.has(Mark::Error));
    assert_eq!((counts.tool_errors, counts.calls_without_result, counts.usage), (Some(1), 1, None));
    let result = &sessions[0].entries[1];
    assert_eq!(result.text.as_str(), "The human said no.");
    assert!(result.marks.has(Mark::Error) && result.marks.has(Mark::Intervention));
    assert!(sessions[0].entries[2].marks.has(Mark::Retry));
}

#[test]
fn images_of_prompts_and_results_are_counted() {
    let (sessions, counts) = read_all(&[
        start(),
        event(
            "1",
            "user.message",
            json!({"content": "Align it.", "attachments": [
            {"type": "image", "mimeType": "image/png", "data": "AAAAAAAA"}, {"type": "file", "path": "/work/a.rs"}]}),
        ),
        request("2", "c", "shot"),
        event(
            "3",
            "tool.execution_complete",
            json!({"toolCallId": "c", "success": true, "result": {"content": "Shot.",
            "contents": [{"type": "image", "mimeType": "image/png", "data": "AAAA"}]}}),
        ),
    ]);
    assert_eq!(sessions[0].entries[0].text.as_str(), "Align it.\n[image: image/png, 6 bytes]\n[file: /work/a.rs]");
    assert_eq!(sessions[0].entries[2].text.as_str(), "Shot.\n[image: image/png, 3 bytes]");
    assert_eq!((counts.images, counts.prompts), (2, 1));
}

#[test]
fn a_compaction_leaves_the_systems_message_and_a_summary() {
    let session = read(&[
        start(),
        event("1", "system.message", json!({"content": "Be brief."})),
        user("2", "Fix it."),
        said("3", "So."),
        event("4", "session.compaction_complete", json!({"success": false, "error": "too long"})),
        event(
            "5",
            "session.compaction_complete",
            json!({"success": true, "preCompactionTokens": 150_000,
            "postCompactionTokens": 9_000, "summaryContent": "The till rounds up."}),
        ),
        user("6", "On with it."),
    ]);
    assert_eq!(
        told(&session)[3..5],
        [
            (Kind::Boundary, "compaction 1: 150,000 → 9,000 tokens, 2 entries lost"),
            (Kind::Summary, "The till rounds up.")
        ]
    );
    let lost = Seen::Lost { at: session.entries[3].id, cause: LossCause::Compaction };
    assert_eq!(seen(&session), [Seen::Held, lost, lost, Seen::Never, Seen::Held, Seen::Held]);
}

#[test]
fn what_was_taken_back_is_lost_at_a_rewind_and_what_was_truncated_is_not_known() {
    let rewound = read(&[
        start(),
        user("1", "Fix it."),
        said("2", "So."),
        event("3", "session.snapshot_rewind", json!({"upToEventId": "2", "eventsRemoved": 1})),
        said("4", "Better so."),
    ]);
    let lost = Seen::Lost { at: rewound.entries[2].id, cause: LossCause::Rewind };
    assert_eq!(seen(&rewound), [Seen::Held, lost, Seen::Never, Seen::Held]);
    let truncated =
        read(&[start(), user("1", "Fix it."), event("2", "session.truncation", json!({})), said("3", "So.")]);
    assert_eq!(seen(&truncated), [Seen::Unknown, Seen::Never, Seen::Held]);
}

#[test]
fn what_a_sub_agent_does_is_its_own_session() {
    let inner = |id: &str, kind: &str, mut data: Value| {
        data["parentToolCallId"] = "task".into();
        event(id, kind, data)
    };
    let (sessions, counts) = read_all(&[
        start(),
        user("1", "Test it."),
        request("2", "task", "test"),
        event("3", "subagent.started", json!({"toolCallId": "task", "agentDisplayName": "Tester"})),
        inner("4", "assistant.message", json!({"content": "Testing.", "model": "model-b", "toolRequests": []})),
        done("5", "task", "All green."),
    ]);
    let ids: Vec<(&str, &str)> = sessions.iter().map(|session| (session.id.as_str(), session.title.as_str())).collect();
    assert_eq!(ids, [("copilot:s1", "Test it."), ("copilot:s1/task", "Tester")]);
    assert_eq!(sessions[1].parent.as_ref(), Some(&sessions[0].id));
    assert_eq!(told(&sessions[1]), [(Kind::Message, "Testing.")]);
    assert_eq!(told(&sessions[0]), [(Kind::Prompt, "Test it."), (Kind::Call, "test"), (Kind::Result, "All green.")]);
    assert_eq!((counts.prompts, counts.messages, counts.delegated_prompts), (1, 1, None));
}

#[test]
fn a_thought_that_the_reply_repeats_stands_once() {
    let session = read(&[
        start(),
        event("1", "assistant.reasoning", json!({"reasoningId": "r", "content": "Look."})),
        event("2", "assistant.message", json!({"content": "Looking.", "reasoningText": "Look.", "outputTokens": 9})),
        event("3", "assistant.message", json!({"content": "", "reasoningOpaque": "x".repeat(2000)})),
    ]);
    assert_eq!(
        told(&session),
        [(Kind::Thought, "Look."), (Kind::Message, "Looking."), (Kind::Opaque, "[encrypted thought, 2 kB]")]
    );
}

#[test]
fn what_stops_a_turn_is_marked_and_no_part_of_the_context() {
    let session = read(&[
        start(),
        user("1", "Go."),
        event("2", "abort", json!({"reason": "user_initiated"})),
        event("3", "session.error", json!({"message": "Out of quota."})),
        event("4", "user.message", json!({"content": "Mind the oven.", "source": "skill-oven"})),
    ]);
    assert_eq!(
        told(&session)[1..],
        [
            (Kind::Injected, "[turn stopped: user_initiated]"),
            (Kind::Injected, "Out of quota."),
            (Kind::Injected, "Mind the oven.")
        ]
    );
    assert_eq!(seen(&session), [Seen::Held, Seen::Never, Seen::Never, Seen::Held]);
    assert!(session.entries[1].marks.has(Mark::Intervention) && session.entries[2].marks.has(Mark::Error));
}

#[test]
fn a_boundary_with_the_id_of_another_event_is_no_place_of_a_loss() {
    let session = read(&[
        start(),
        user("1", "Fix it."),
        said("2", "So."),
        event("1", "session.compaction_complete", json!({"success": true, "summaryContent": "The till rounds up."})),
    ]);
    let expected = [(Kind::Prompt, "Fix it."), (Kind::Message, "So."), (Kind::Summary, "The till rounds up.")];
    assert_eq!(told(&session), expected);
    assert_eq!(seen(&session), [Seen::Unknown, Seen::Unknown, Seen::Held]);
}
