//! What a log of a few rows, made here, becomes.

mod sessions;

use std::path::Path;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::model::{Entry, Kind, LossCause, Mark, Seen, Usage};

/// A row of session `s`; `parent` is empty for a root.
fn row(kind: &str, uuid: &str, parent: &str, rest: Value) -> Value {
    let parent = if parent.is_empty() { Value::Null } else { parent.into() };
    let mut row = json!({"type": kind, "uuid": uuid, "parentUuid": parent, "sessionId": "s", "cwd": "/work",
                         "timestamp": "2026-01-01T10:00:00.500Z"});
    let Value::Object(rest) = rest else { panic!("the rest of a row is an object") };
    row.as_object_mut().expect("made above").extend(rest);
    row
}

fn prompt(uuid: &str, parent: &str, text: &str) -> Value {
    row("user", uuid, parent, json!({"message": {"role": "user", "content": text}}))
}

/// One block of the reply `message`.
fn block(uuid: &str, parent: &str, message: &str, block: Value) -> Value {
    row("assistant", uuid, parent, json!({"message": {"id": message, "model": "claude-x", "content": [block]}}))
}

fn said(uuid: &str, parent: &str, text: &str) -> Value {
    block(uuid, parent, &format!("msg-{uuid}"), json!({"type": "text", "text": text}))
}

fn call(uuid: &str, parent: &str, message: &str, id: &str, command: &str) -> Value {
    block(uuid, parent, message, json!({"type": "tool_use", "id": id, "name": "Bash", "input": {"command": command}}))
}

fn result(uuid: &str, parent: &str, id: &str, text: &str) -> Value {
    let block = json!({"type": "tool_result", "tool_use_id": id, "content": text});
    row("user", uuid, parent, json!({"message": {"role": "user", "content": [block]}}))
}

fn failed(uuid: &str, parent: &str, id: &str, text: &str) -> Value {
    let block = json!({"type": "tool_result", "tool_use_id": id, "content": text, "is_error": true});
    row("user", uuid, parent, json!({"message": {"role": "user", "content": [block]}}))
}

fn compaction(uuid: &str, before: &str, metadata: Value) -> Value {
    let rest = json!({"subtype": "compact_boundary", "logicalParentUuid": before, "compactMetadata": metadata});
    row("system", uuid, "", rest)
}

fn summary(uuid: &str, parent: &str, text: &str) -> Value {
    row("user", uuid, parent, json!({"isCompactSummary": true, "message": {"role": "user", "content": text}}))
}

fn lines(rows: &[Value]) -> Vec<u8> {
    rows.iter().map(|row| format!("{row}\n")).collect::<String>().into_bytes()
}

fn decode(bytes: &[u8]) -> Log {
    super::decode(bytes, &mut |_| {}).expect("memory can be read")
}

fn read_files(files: &[(&str, &[Value])]) -> Vec<Session> {
    let logs = files.iter().map(|(name, rows)| (Path::new(*name), decode(&lines(rows)))).collect();
    sessions(logs, &Owners::default()).0
}

fn read_bytes(bytes: &[u8]) -> Session {
    let (mut sessions, _) = sessions(vec![(Path::new("s.jsonl"), decode(bytes))], &Owners::default());
    assert_eq!(sessions.len(), 1);
    sessions.remove(0)
}

fn read(rows: &[Value]) -> Session {
    read_bytes(&lines(rows))
}

/// "text: held" or "text: lost at BOUNDARY", a line an entry.
fn standing(session: &Session) -> Vec<String> {
    let line = |entry: &Entry| match entry.seen {
        Seen::Held => format!("{}: held", entry.text),
        Seen::Never => entry.text.to_string(),
        Seen::Unknown => format!("{}: unknown", entry.text),
        Seen::Lost { at, cause } => {
            let boundary = session.entry(at).expect("a loss names a boundary of the session");
            let words: Vec<&str> = boundary.text.split([' ', ':']).collect();
            let number = if cause == LossCause::Rewind { "" } else { words[1] };
            format!("{}: lost at {}{number}", entry.text, words[0])
        }
    };
    session.entries.iter().map(line).collect()
}

#[test]
fn results_of_parallel_calls_are_no_rewinds() {
    let session = read(&[
        prompt("p", "", "go"),
        call("c1", "p", "m", "t1", "one"),
        call("c2", "c1", "m", "t2", "two"),
        result("r1", "c1", "t1", "first"),
        result("r2", "c2", "t2", "second"),
        said("a", "r2", "done"),
    ]);
    assert_eq!(standing(&session), ["go: held", "one: held", "two: held", "first: held", "second: held", "done: held"]);
    assert_eq!(*session.exchanges(), [vec![0], vec![1, 3], vec![2, 4], vec![5]]);
}

#[test]
fn side_chains_of_hooks_and_progress_are_no_rewinds() {
    let hook = json!({"attachment": {"type": "hook_additional_context", "content": ["be brief"]}});
    let session = read(&[
        prompt("p", "", "go"),
        call("c", "p", "m", "t", "one"),
        row("progress", "g", "c", json!({"data": {"type": "bash_progress"}})),
        row("attachment", "h", "g", hook),
        result("r", "c", "t", "first"),
        said("a", "r", "done"),
    ]);
    assert_eq!(standing(&session), ["go: held", "one: held", "be brief: held", "first: held", "done: held"]);
}

#[test]
fn an_edited_prompt_leaves_a_dead_branch() {
    let session = read(&[
        prompt("p", "", "go"),
        said("a", "p", "ready"),
        prompt("p1", "a", "wrong turn"),
        said("a1", "p1", "went wrong"),
        prompt("p2", "a", "right turn"),
        said("a2", "p2", "went right"),
    ]);
    assert_eq!(
        standing(&session),
        [
            "go: held",
            "ready: held",
            "wrong turn: lost at rewind",
            "went wrong: lost at rewind",
            "rewind: 2 entries on a dead branch",
            "right turn: held",
            "went right: held",
        ]
    );
    assert_eq!(session.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn compaction_loses_what_stands_before_it() {
    let session = read(&[
        prompt("p", "", "go"),
        said("a", "p", "working"),
        compaction("b", "a", json!({"trigger": "auto", "preTokens": 165_000, "postTokens": 9_000})),
        summary("s", "b", "so far"),
        said("a2", "s", "going on"),
    ]);
    assert_eq!(
        standing(&session),
        [
            "go: lost at compaction1",
            "working: lost at compaction1",
            "compaction 1 (auto): 165,000 → 9,000 tokens, 2 entries lost",
            "so far: held",
            "going on: held",
        ]
    );
    assert_eq!(session.entries[3].kind, Kind::Summary);
}

#[test]
fn each_compaction_loses_what_came_since_the_last_one() {
    let session = read(&[
        prompt("p", "", "go"),
        compaction("b1", "p", json!({"trigger": "manual", "preTokens": 100})),
        summary("s1", "b1", "first summary"),
        compaction("b2", "s1", json!({"preTokens": 200, "postTokens": 20})),
        summary("s2", "b2", "second summary"),
    ]);
    assert_eq!(
        standing(&session),
        [
            "go: lost at compaction1",
            "compaction 1 (manual): 100 tokens before, 1 entry lost",
            "first summary: lost at compaction2",
            "compaction 2: 200 → 20 tokens, 1 entry lost",
            "second summary: held",
        ]
    );
}

#[test]
fn a_compaction_whose_parent_is_not_in_the_log_still_loses_what_stands_before() {
    let session = read(&[prompt("p", "", "go"), compaction("b", "gone", json!({})), summary("s", "b", "so far")]);
    assert_eq!(standing(&session)[0], "go: lost at compaction1");
}

#[test]
fn what_a_compaction_preserves_is_still_held() {
    for metadata in [
        json!({"preservedMessages": {"uuids": ["a", "p2", "elsewhere"]}}),
        json!({"preservedSegment": {"headUuid": "a", "anchorUuid": "s", "tailUuid": "p2"}}),
    ] {
        let session = read(&[
            prompt("p", "", "go"),
            said("a", "p", "working"),
            prompt("p2", "a", "go on"),
            compaction("b", "p2", metadata),
            summary("s", "b", "so far"),
        ]);
        let standing = standing(&session);
        assert_eq!(standing[..3], ["go: lost at compaction1", "working: held", "go on: held"]);
    }
}

#[test]
fn micro_compaction_loses_the_results_it_names() {
    let metadata = json!({"preTokens": 50_000, "tokensSaved": 20_000, "compactedToolIds": ["t1"]});
    let session = read(&[
        prompt("p", "", "go"),
        call("c1", "p", "m1", "t1", "one"),
        result("r1", "c1", "t1", "first"),
        call("c2", "r1", "m2", "t2", "two"),
        result("r2", "c2", "t2", "second"),
        row("system", "b", "r2", json!({"subtype": "microcompact_boundary", "microcompactMetadata": metadata})),
        said("a", "b", "done"),
    ]);
    assert_eq!(
        standing(&session),
        [
            "go: held",
            "one: held",
            "first: lost at micro-compaction1",
            "two: held",
            "second: held",
            "micro-compaction 1: 50,000 → 30,000 tokens, 1 result lost",
            "done: held",
        ]
    );
}

#[test]
fn a_rewind_to_before_a_compaction_brings_back_what_it_lost() {
    let session = read(&[
        prompt("p", "", "go"),
        said("a", "p", "working"),
        compaction("b", "a", json!({})),
        summary("s", "b", "so far"),
        prompt("p2", "a", "again, from here"),
    ]);
    let standing = standing(&session);
    assert_eq!(standing[..2], ["go: held", "working: held"]);
    assert_eq!(standing[3..], ["so far: lost at rewind", "rewind: 1 entry on a dead branch", "again, from here: held"]);
}

#[test]
fn a_damaged_line_does_not_cut_off_what_stands_before_it() {
    let mut bytes = lines(&[prompt("p", "", "go")]);
    bytes.extend(b"{\"type\":\"assistant\",\"uuid\":\"a\",\"parent\n");
    bytes.extend(lines(&[prompt("p2", "a", "on")]));
    let session = read_bytes(&bytes);
    assert_eq!(standing(&session), ["go: held", "on: held"]);
    assert_eq!(session.problems, ["1 line is not JSON and was skipped"]);
}

#[test]
fn two_records_on_one_line_are_two() {
    let (one, two) = (prompt("p", "", "one").to_string(), said("a", "p", "two").to_string());
    let text = format!("// comment\n{one}{two}\n{{\"type\":\"us");
    let session = read_bytes(text.as_bytes());
    let places: Vec<_> = session.entries.iter().map(|entry| (entry.place.line, entry.place.offset as usize)).collect();
    let first = "// comment\n".len();
    assert_eq!(places, [(2, first), (2, first + one.len())]);
    let torn = "the last line is cut off and was left out: it is read once it is whole";
    assert_eq!(session.problems, ["1 line is not JSON and was skipped", torn]);
}

#[test]
fn unknown_records_are_counted_and_odd_fields_left_out() {
    let mut odd = prompt("p", "", "go");
    odd["cwd"] = json!(17);
    odd["toolUseResult"] = json!([1, {"a": null}]);
    let weather = |kind: &str| json!({"type": kind, "uuid": kind});
    let session = read(&[odd, weather("weather"), weather("tide"), json!({"type": "weather"})]);
    assert_eq!(standing(&session), ["go: held"]);
    assert_eq!(
        session.problems,
        ["1 record has a field of an unexpected type", "3 records of 2 unknown types ('tide', 'weather')"]
    );
}

#[test]
fn cut_emoji_and_bytes_that_are_not_utf8_are_read_lossily() {
    let line = prompt("p", "", "XX").to_string();
    let session = read_bytes(line.replace("XX", "a\\ud83d b \\ud83d\\ude00 \\\\ud83d").as_bytes());
    assert_eq!(&*session.entries[0].text, "a\u{fffd} b 😀 \\ud83d");
    let mut bytes = line.into_bytes();
    let at = bytes.windows(2).position(|pair| pair == b"XX").expect("the prompt holds it");
    bytes[at] = 0xff;
    assert_eq!(&*read_bytes(&bytes).entries[0].text, "\u{fffd}X");
}

#[test]
fn usage_is_counted_once_by_the_last_row_of_a_reply() {
    let with_usage = |mut row: Value, output: u64| {
        let usage = json!({"input_tokens": 3, "output_tokens": output, "cache_read_input_tokens": 10, "cache_creation_input_tokens": 5});
        row["message"]["usage"] = usage;
        row
    };
    let session = read(&[
        prompt("p", "", "go"),
        with_usage(block("a1", "p", "m", json!({"type": "thinking", "thinking": "hm"})), 1),
        with_usage(block("a2", "a1", "m", json!({"type": "text", "text": "yes"})), 40),
    ]);
    let usage = Usage { input: 3, output: 40, cache_read: 10, cache_write: 5 };
    assert_eq!(session.entries.iter().map(|entry| entry.usage).collect::<Vec<_>>(), [None, Some(usage), None]);
}

#[test]
fn amounts_that_no_one_can_have_overflow_nothing() {
    let with_usage = |mut row: Value| {
        row["message"]["usage"] = json!({"input_tokens": u64::MAX, "output_tokens": -1, "cache_read_input_tokens": 1e300,
                                         "cache_creation_input_tokens": u64::MAX});
        row
    };
    let rows = [prompt("p", "", "go"), with_usage(said("a", "p", "yes")), with_usage(said("b", "a", "done"))];
    let session = read(&rows);
    assert!(session.entries.iter().filter_map(|entry| entry.usage).all(|usage| usage.context() >= usage.input));
    let usage = count(decode(&lines(&rows))).usage.expect("replies tell what they cost");
    assert_eq!(
        (usage.output, usage.cache_read),
        (0, Some(2 * session.entries[1].usage.expect("as logged").cache_read))
    );
}

#[test]
fn a_title_given_by_hand_comes_before_all_others() {
    let mut rows = vec![prompt("p", "", "\n  Fix the rounding in checkout\nplease")];
    assert_eq!(&*read(&rows).title, "Fix the rounding in checkout");
    rows.push(json!({"type": "summary", "summary": "Another conversation", "leafUuid": "elsewhere"}));
    rows.push(json!({"type": "summary", "summary": "Rounding", "leafUuid": "p"}));
    assert_eq!(&*read(&rows).title, "Rounding");
    rows.push(json!({"type": "ai-title", "aiTitle": "Checkout rounding", "sessionId": "s"}));
    assert_eq!(&*read(&rows).title, "Checkout rounding");
    rows.insert(0, json!({"type": "custom-title", "customTitle": "Mine", "sessionId": "s"}));
    assert_eq!(&*read(&rows).title, "Mine");
}

#[test]
fn ids_stay_the_same_while_the_log_grows() {
    let rows = [
        prompt("p", "", "go"),
        call("c", "p", "m", "t", "one"),
        result("r", "c", "t", "first"),
        prompt("p2", "r", "more"),
        said("a", "p2", "yes"),
    ];
    let whole = read(&rows);
    for length in 1..rows.len() {
        let part = read(&rows[..length]);
        for (entry, later) in part.entries.iter().zip(&whole.entries) {
            assert_eq!((entry.id, entry.seq, &entry.text), (later.id, later.seq, &later.text));
        }
    }
}

#[test]
fn a_call_id_used_twice_makes_two_exchanges() {
    let session = read(&[
        prompt("p", "", "go"),
        call("c1", "p", "m1", "t", "one"),
        result("r1", "c1", "t", "first"),
        call("c2", "r1", "m2", "t", "two"),
        result("r2", "c2", "t", "second"),
    ]);
    assert_eq!(*session.exchanges(), [vec![0], vec![1, 2], vec![3, 4]]);
}

#[test]
fn decisions_are_marked_and_talk_of_them_is_not() {
    let session = read(&[
        prompt("p", "", "Decision: cents are integers."),
        said("a", "p", "I decided to round at the end."),
        said("b", "a", "We'll go with half-even."),
        said("c", "b", "The decision is yours; decision:making aside, it was undecided."),
        said("d", "c", "Use half-even instead of floor."),
    ]);
    let decided: Vec<bool> = session.entries.iter().map(|entry| entry.marks.has(Mark::Decision)).collect();
    assert_eq!(decided, [true, true, true, false, true]);
}

#[test]
fn marks_tell_retries_stops_and_test_runs() {
    let session = read(&[
        prompt("p", "", "go"),
        call("c1", "p", "m1", "t1", "cargo test"),
        failed("r1", "c1", "t1", "1 failed"),
        call("c2", "r1", "m2", "t2", "cargo test"),
        result("r2", "c2", "t2", "ok"),
        prompt("i", "r2", "[Request interrupted by user]"),
    ]);
    let marks: Vec<Vec<Mark>> = session.entries.iter().map(|entry| entry.marks.iter().collect()).collect();
    assert_eq!(
        marks,
        [
            vec![],
            vec![Mark::TestRun],
            vec![Mark::Error, Mark::TestRun],
            vec![Mark::TestRun, Mark::Retry],
            vec![Mark::TestRun],
            vec![Mark::Intervention],
        ]
    );
    assert_eq!(session.entries[5].kind, Kind::Injected);
}

#[test]
fn the_programs_own_error_rows_were_never_seen() {
    let mut error = said("e", "p", "API Error: overloaded");
    error["isApiErrorMessage"] = json!(true);
    error["message"]["model"] = json!("<synthetic>");
    let session = read(&[prompt("p", "", "go"), error]);
    assert_eq!((session.entries[1].seen, session.entries[1].marks.has(Mark::Error)), (Seen::Never, true));
    assert_eq!(session.models, [""; 0]);
}

#[test]
fn images_and_ciphers_are_named_by_size() {
    let image =
        json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "A".repeat(16_000)}});
    let content = json!([{"type": "text", "text": "what is this?"}, image]);
    let session = read(&[
        row("user", "p", "", json!({"message": {"content": content}})),
        block("a", "p", "m", json!({"type": "thinking", "thinking": "", "signature": "B".repeat(2_000)})),
    ]);
    let entries: Vec<_> = session.entries.iter().map(|entry| (entry.kind, entry.text.as_str())).collect();
    let expected =
        [(Kind::Prompt, "what is this?\n[image: image/png, 12 kB]"), (Kind::Opaque, "[encrypted thought, 2 kB]")];
    assert_eq!(entries, expected);
    assert!(session.entries[0].marks.has(Mark::Image));
}

#[test]
fn secrets_are_redacted_wherever_they_stand() {
    let secret = format!("AKIA{}", "Q7ZX2MK9".repeat(2));
    let mut rows = vec![prompt("p", "", &format!("use {secret}"))];
    rows.push(call("c", "p", "m", "t", &format!("aws --key {secret}")));
    rows.push(result("r", "c", "t", &secret));
    rows[0]["cwd"] = json!(format!("/{secret}"));
    let session = read(&rows);
    assert!(!format!("{session:?}").contains(&secret));
    assert_eq!(session.problems, ["3 secrets were redacted"]);
}
