//! What a Pi log of a few entries, made here, becomes.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::{
    ingest::{counts::Counts, testing},
    model::{Kind, LossCause, Mark, Role, Seen, Session, Usage},
};

fn header(version: Value) -> Value {
    json!({"type": "session", "version": version, "id": "s1", "timestamp": "2026-01-02T10:00:00Z", "cwd": "/work"})
}

/// A node of the tree; `parent` is empty for a root.
fn node(id: &str, parent: &str, rest: Value) -> Value {
    let parent = if parent.is_empty() { Value::Null } else { parent.into() };
    let mut node = json!({"id": id, "parentId": parent, "timestamp": "2026-01-02T10:00:00.5Z"});
    node.as_object_mut().expect("made above").extend(rest.as_object().expect("the rest is an object").clone());
    node
}

fn message(role: &str, content: Value) -> Value {
    json!({"type": "message", "message": {"role": role, "content": content}})
}

fn user(text: &str) -> Value {
    message("user", json!([{"type": "text", "text": text}]))
}

fn reply(blocks: Value, rest: Value) -> Value {
    let mut reply = message("assistant", blocks);
    let inner = reply["message"].as_object_mut().expect("made above");
    inner.insert("model".into(), "model-a".into());
    inner.extend(rest.as_object().expect("the rest is an object").clone());
    reply
}

fn said(text: &str) -> Value {
    reply(json!([{"type": "text", "text": text}]), json!({}))
}

fn compaction(first_kept: Value, summary: &str) -> Value {
    let mut compaction = json!({"type": "compaction", "summary": summary, "tokensBefore": 150_000});
    compaction.as_object_mut().expect("made above").extend(first_kept.as_object().expect("a field").clone());
    compaction
}

fn usage(input: u64) -> Value {
    json!({"usage": {"input": input, "output": 7, "cacheRead": 20, "cacheWrite": 3}})
}

fn read(records: &[Value]) -> (Session, Counts) {
    testing::read_one(&Pi, "2026-01-02_s1.jsonl", &testing::lines(records))
}

fn told(session: &Session) -> Vec<(Kind, &str)> {
    session.entries.iter().map(|entry| (entry.kind, entry.text.as_str())).collect()
}

fn seen(session: &Session) -> Vec<Seen> {
    session.entries.iter().map(|entry| entry.seen).collect()
}

fn boundary(session: &Session, cause: LossCause, nth: usize) -> Seen {
    let boundaries: Vec<_> = session.entries.iter().filter(|entry| entry.kind == Kind::Boundary).collect();
    Seen::Lost { at: boundaries[nth].id, cause }
}

#[test]
fn version_1_is_a_list_without_ids() {
    let (session, counts) = read(&[
        json!({"type": "session", "id": "s1", "timestamp": "2026-01-02T10:00:00Z", "cwd": "/work", "modelId": "model-a"}),
        user("Fix it."),
        json!({"type": "model_change", "provider": "p", "modelId": "model-b"}),
        reply(
            json!([{"type": "thinking", "thinking": "Look."}, {"type": "text", "text": "Looking."},
                   {"type": "toolCall", "id": "c", "name": "bash", "arguments": {"command": "cargo test"}}]),
            usage(10),
        ),
        json!({"type": "message", "message": {"role": "toolResult", "toolCallId": "c", "toolName": "bash", "isError": true,
               "content": [{"type": "text", "text": "1 failed"}, {"type": "image", "data": "AAAAAAAA", "mimeType": "image/png"}]}}),
        json!({"type": "sneeze"}),
    ]);
    assert_eq!(
        told(&session),
        [
            (Kind::Prompt, "Fix it."),
            (Kind::Thought, "Look."),
            (Kind::Message, "Looking."),
            (Kind::Call, "cargo test"),
            (Kind::Result, "1 failed\n[image: image/png, 6 bytes]"),
        ]
    );
    assert_eq!((session.id.as_str(), session.project.as_str()), ("pi:s1", "/work"));
    assert_eq!(session.models, ["model-a"], "only what answered");
    assert_eq!(session.entries[1].usage, Some(Usage { input: 10, output: 7, cache_read: 20, cache_write: 3 }));
    let result = &session.entries[4];
    assert!(result.marks.has(Mark::Error) && result.marks.has(Mark::TestRun) && result.marks.has(Mark::Image));
    assert_eq!(session.problems, ["1 record of 1 unknown type ('sneeze')"]);
    assert_eq!((counts.prompts, counts.messages, counts.images, counts.tool_errors), (1, 1, 1, Some(1)));
    assert_eq!(counts.delegated_prompts, None);
}

#[test]
fn a_branch_that_was_left_is_dead_and_one_that_was_taken_up_again_lives() {
    let (left, _) = read(&[
        header(3.into()),
        node("a", "", user("Fix it.")),
        node("b", "a", said("So.")),
        node("c", "b", said("Or so.")),
        node("d", "a", said("Better so.")),
    ]);
    let rewind = boundary(&left, LossCause::Rewind, 0);
    assert_eq!(left.entries[3].text.as_str(), "rewind: back to an earlier entry, 2 entries lost");
    assert_eq!(seen(&left), [Seen::Held, rewind, rewind, Seen::Never, Seen::Held]);

    // Back on the first branch: the second one is dead, where it was left for the last time.
    let (again, _) = read(&[
        header(3.into()),
        node("a", "", user("Fix it.")),
        node("b", "a", said("So.")),
        node("c", "a", said("Or so.")),
        node("d", "b", said("Better so.")),
    ]);
    assert_eq!(seen(&again), [Seen::Held, Seen::Held, boundary(&again, LossCause::Rewind, 0), Seen::Never, Seen::Held]);
}

#[test]
fn a_change_of_settings_leaves_no_branch() {
    let (session, _) = read(&[
        header(3.into()),
        node("a", "", user("Fix it.")),
        node("m", "a", json!({"type": "model_change", "modelId": "model-b"})),
        node("b", "a", said("So.")),
    ]);
    assert_eq!(told(&session), [(Kind::Prompt, "Fix it."), (Kind::Message, "So.")]);
}

#[test]
fn a_compaction_keeps_what_stands_from_its_first_kept_entry_on() {
    let (session, counts) = read(&[
        header(3.into()),
        node("a", "", user("Fix it.")),
        node("b", "a", said("So.")),
        node("c", "b", user("And this.")),
        node("k", "c", compaction(json!({"firstKeptEntryId": "c"}), "The till rounds up.")),
        node("d", "k", reply(json!([{"type": "text", "text": "Done."}]), usage(1000))),
    ]);
    let lost = boundary(&session, LossCause::Compaction, 0);
    assert_eq!(
        told(&session)[3..5],
        [
            (Kind::Boundary, "compaction 1: 150,000 → 1,023 tokens at the next reply, 2 entries lost"),
            (Kind::Summary, "The till rounds up.")
        ]
    );
    assert_eq!(seen(&session), [lost, lost, Seen::Held, Seen::Never, Seen::Held, Seen::Held]);
    assert_eq!((counts.compactions, counts.prompts), (Some(1), 2));
}

#[test]
fn version_1_names_the_first_kept_entry_by_its_record() {
    let (session, _) = read(&[
        json!({"type": "session", "id": "s1", "cwd": "/work"}),
        user("Fix it."),
        said("So."),
        user("And this."),
        // The header is record 0.
        compaction(json!({"firstKeptEntryIndex": 3}), "The till rounds up."),
    ]);
    let lost = boundary(&session, LossCause::Compaction, 0);
    assert_eq!(seen(&session), [lost, lost, Seen::Held, Seen::Never, Seen::Held]);
}

#[test]
fn of_two_compactions_the_newest_decides_and_the_first_that_left_it_out_has_lost_it() {
    let (session, _) = read(&[
        header(3.into()),
        node("a", "", user("One.")),
        node("b", "a", user("Two.")),
        node("k1", "b", compaction(json!({"firstKeptEntryId": "b"}), "First.")),
        node("c", "k1", user("Three.")),
        node("k2", "c", compaction(json!({"firstKeptEntryId": "c"}), "Second.")),
        node("d", "k2", user("Four.")),
    ]);
    let (first, second) = (boundary(&session, LossCause::Compaction, 0), boundary(&session, LossCause::Compaction, 1));
    assert_eq!(seen(&session), [first, second, Seen::Never, second, Seen::Held, Seen::Never, Seen::Held, Seen::Held]);
}

#[test]
fn a_compaction_that_keeps_what_stands_before_an_older_one_still_drops_its_summary() {
    let (session, _) = read(&[
        header(3.into()),
        node("a", "", user("One.")),
        node("b", "a", user("Two.")),
        node("k1", "b", compaction(json!({"firstKeptEntryId": "b"}), "First.")),
        node("k2", "k1", compaction(json!({"firstKeptEntryId": "b"}), "Second.")),
    ]);
    let (first, second) = (boundary(&session, LossCause::Compaction, 0), boundary(&session, LossCause::Compaction, 1));
    assert_eq!(seen(&session), [first, Seen::Held, Seen::Never, second, Seen::Never, Seen::Held]);
}

#[test]
fn a_compaction_that_kept_an_entry_which_is_not_there_kept_none() {
    let (session, _) = read(&[
        header(3.into()),
        node("a", "", user("One.")),
        node("k", "a", compaction(json!({"firstKeptEntryId": "gone"}), "First.")),
    ]);
    assert_eq!(seen(&session), [boundary(&session, LossCause::Compaction, 0), Seen::Never, Seen::Held]);
}

#[test]
fn a_compaction_on_a_dead_branch_loses_nothing_of_the_live_one() {
    let (session, _) = read(&[
        header(3.into()),
        node("a", "", user("One.")),
        node("k", "a", compaction(json!({"firstKeptEntryId": "gone"}), "First.")),
        node("b", "a", said("So.")),
    ]);
    let rewind = boundary(&session, LossCause::Rewind, 1);
    assert_eq!(seen(&session), [Seen::Held, Seen::Never, rewind, Seen::Never, Seen::Held]);
}

#[test]
fn the_humans_own_commands_are_no_prompts_and_may_be_kept_from_the_model() {
    let shell = |command: &str, code: i64, excluded: bool| {
        json!({"type": "message", "message": {"role": "bashExecution", "command": command, "output": "oven",
               "exitCode": code, "cancelled": false, "excludeFromContext": excluded}})
    };
    let (session, counts) = read(&[header(3.into()), user("Go."), shell("cargo test", 1, false), shell("ls", 0, true)]);
    assert_eq!(
        told(&session)[1..],
        [(Kind::Injected, "$ cargo test\noven\n[exit code 1]"), (Kind::Injected, "$ ls\noven")]
    );
    assert_eq!((session.entries[1].role, session.entries[1].seen), (Role::User, Seen::Held));
    assert!(session.entries[1].marks.has(Mark::Error) && session.entries[1].marks.has(Mark::TestRun));
    assert_eq!(session.entries[2].seen, Seen::Never);
    assert_eq!((counts.prompts, counts.tool_calls), (1, 0));
}

#[test]
fn a_stopped_reply_costs_what_it_cost() {
    let stopped = json!({"stopReason": "aborted", "errorMessage": "Request was aborted."});
    let mut rest = usage(100);
    rest.as_object_mut().expect("made above").extend(stopped.as_object().expect("made above").clone());
    let (session, counts) = read(&[header(3.into()), user("Go."), reply(json!([]), rest), reply(json!([]), usage(5))]);
    assert_eq!(told(&session)[1..], [(Kind::Injected, "[Request was aborted.]")]);
    assert!(session.entries[1].marks.has(Mark::Intervention) && session.entries[1].seen == Seen::Never);
    let reported = counts.usage.expect("replies tell what they cost");
    assert_eq!((reported.input, reported.output, reported.cache_read), (105, 14, Some(40)));
    assert_eq!(counts.messages, 0);
}

#[test]
fn extensions_and_branch_summaries_are_in_the_context_their_data_is_not() {
    let (session, _) = read(&[
        header(3.into()),
        node("a", "", user("Go.")),
        node("s", "a", json!({"type": "branch_summary", "fromId": "x", "summary": "The other branch failed."})),
        node(
            "m",
            "s",
            json!({"type": "custom_message", "customType": "t", "content": "Mind the oven.", "display": false}),
        ),
        node("c", "m", json!({"type": "custom", "customType": "t", "data": {"x": 1}})),
        node("l", "c", json!({"type": "label", "targetId": "a", "label": "start"})),
        node("i", "l", json!({"type": "session_info", "name": "Bread"})),
    ]);
    assert_eq!(told(&session)[1..], [(Kind::Summary, "The other branch failed."), (Kind::Injected, "Mind the oven.")]);
    assert_eq!((session.title.as_str(), seen(&session)), ("Bread", vec![Seen::Held; 3]));
}

#[test]
fn a_fork_names_its_parent_and_has_the_humans_prompts() {
    let mut head = header(3.into());
    head["parentSession"] = "/home/a/.pi/agent/sessions/--work--/2026-01-01T10-00-00_s0.jsonl".into();
    let (session, counts) = read(&[head, user("Go.")]);
    assert_eq!(session.parent.map(|id| id.to_string()).as_deref(), Some("pi:s0"));
    assert_eq!((counts.prompts, counts.delegated_prompts), (1, None));
}

#[test]
fn damaged_trees_lose_no_entry() {
    let (session, _) = read(&[
        header(3.into()),
        node("a", "z", user("One.")),
        node("a", "a", user("Two.")),
        node("b", "b", user("Three.")),
        node(
            "c",
            "a",
            json!({"type": "compaction", "firstKeptEntryId": 7, "firstKeptEntryIndex": -1, "tokensBefore": "many"}),
        ),
        node("d", "c", json!({"type": "message", "message": {"role": "assistant", "content": 5, "usage": []}})),
        node("e", "d", json!({"type": "message"})),
    ]);
    let texts: Vec<&str> = session.entries.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts[..3], ["One.", "Two.", "Three."]);
}
