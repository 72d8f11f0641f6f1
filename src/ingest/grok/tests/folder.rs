//! The chat beside the stream, and the small files of the folder.

use pretty_assertions::assert_eq;

use super::*;

#[test]
fn a_chat_alone_is_what_the_model_sees() {
    let thought = |id: &str, summary: Value| json!({"type": "reasoning", "id": id, "summary": summary, "encrypted_content": "A".repeat(3_000)});
    let search = json!({"type": "backend_tool_call", "kind": {"tool_type": "web_search", "action": {"query": "rust"}}});
    let folder = Folder::new().chat(&[
        row("system", "You are".into()),
        made("environment_context", "linux"),
        typed(0, "<user_query>go</user_query>"),
        thought("r1", json!([{"type": "summary_text", "text": "look first"}])),
        thought("r2", json!([])),
        search,
        calling("Looking.", "c", "cargo test"),
        result("c", "Exit code 101\nFAILED"),
        made("interjection", "hurry"),
        json!({"type": "user", "content": "be brief"}),
        json!({"type": "user", "content": [{"type": "image", "url": format!("data:image/png;base64,{}", "A".repeat(4_000))}], "prompt_index": 1, "prior_turn_interrupt": "mid_turn_abort"}),
    ]);
    let session = folder.session();
    assert_eq!(
        told(&session),
        [
            "injected You are",
            "injected linux",
            "prompt go",
            "thought look first",
            "opaque [encrypted thought, 3 kB]",
            "injected web_search on the server\nquery: rust",
            "message Looking.",
            "call cargo test",
            "result Exit code 101\nFAILED",
            "prompt hurry",
            "injected be brief",
            "prompt [image: image/png, 3 kB]",
        ]
    );
    let marks = |index: usize| session.entries[index].marks;
    assert!(marks(8).has(Mark::Error) && marks(8).has(Mark::TestRun));
    assert!(marks(9).has(Mark::Intervention) && marks(11).has(Mark::Intervention) && marks(11).has(Mark::Image));
    let counts = folder.counts();
    assert_eq!((counts.prompts, counts.images, counts.tool_calls), (3, 1, 1));
    assert_eq!((counts.tool_errors, counts.compactions, counts.usage), (None, None, None));
}

#[test]
fn the_old_chat_format_has_roles() {
    let call = json!({"id": "c", "type": "function", "function": {"name": "read_file", "arguments": "{\"target_file\":\"a.rs\"}"}});
    let folder = Folder::new()
        .chat(&[
            json!({"role": "system", "content": "You are"}),
            json!({"role": "user", "content": "go"}),
            json!({"role": "assistant", "content": "Reading.", "tool_calls": [call], "reasoning_content": "look first"}),
            json!({"role": "tool", "content": "fn a() {}", "tool_call_id": "c"}),
        ])
        .summary(json!({"info": {"id": "s1"}}));
    let session = folder.session();
    assert_eq!(
        told(&session),
        ["injected You are", "prompt go", "thought look first", "message Reading.", "call a.rs", "result fn a() {}"]
    );
    assert_eq!(session.entries[5].path.as_deref(), Some("a.rs"));
}

#[test]
fn of_both_the_stream_is_the_history_and_the_chat_what_is_still_seen() {
    let [started, completed] = compaction("All was well");
    let folder = Folder::new()
        .updates(&[
            asked(0, "one"),
            said("kept as it was"),
            called("c", "ls"),
            ended("c", "completed", "a.rs"),
            started,
            completed,
            asked(1, "two"),
            said("Look"),
            said("ing."),
            called("d", "cat a.rs"),
            ended("d", "completed", "fn a() {}"),
        ])
        .chat(&[
            row("system", "You are".into()),
            typed(0, "one"),
            made("compaction_meta", "All was well, and then it was not."),
            typed(1, "two"),
            calling("\n\nLooking.", "d", "cat a.rs"),
            result("d", "fn a() {}"),
            made("system_reminder", "be brief"),
        ]);
    let session = folder.session();
    assert_eq!(
        told(&session),
        [
            "injected You are",
            "prompt one",
            "message kept as it was (lost at #6, compaction)",
            "call ls (lost at #6, compaction)",
            "result a.rs (lost at #6, compaction)",
            "boundary compaction 1 (auto): 165,000 → 9,000 tokens, 3 entries lost (never seen)",
            "summary All was well, and then it was not.",
            "prompt two",
            "message Looking.",
            "call cat a.rs",
            "result fn a() {}",
            "injected be brief",
        ]
    );
    let files: Vec<u16> = session.entries.iter().map(|entry| entry.place.file).collect();
    assert_eq!(files, [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], "each entry names the file that it stands in");
    assert_eq!(session.entries[6].place.line, 3);
    assert_eq!(folder.counts().prompts, 2);
}

#[test]
fn of_equal_texts_the_latest_is_the_one_still_seen() {
    let [started, completed] = compaction("");
    let folder = Folder::new()
        .updates(&[asked(0, "go"), said("Done."), started, completed, asked(1, "again"), said("Done.")])
        .chat(&[typed(1, "again"), row("assistant", "Done.".into())]);
    let seen = told(&folder.session());
    assert_eq!((seen[1].as_str(), seen[4].as_str()), ("message Done. (lost at #3, compaction)", "message Done."));
}

#[test]
fn what_the_chat_does_not_show_is_unknown_where_nothing_says_why() {
    let folder = Folder::new()
        .updates(&[
            asked(0, "one"),
            called("c", "ls"),
            ended("c", "completed", "a.rs"),
            said("a"),
            asked(1, "two"),
            said("b"),
            called("d", "pwd"),
        ])
        .chat(&[row("system", "You are".into()), typed(0, "one"), row("assistant", "a".into()), typed(1, "two")]);
    assert_eq!(
        told(&folder.session()),
        [
            "injected You are",
            "prompt one",
            "call ls (unknown)",
            "result a.rs (unknown)",
            "message a",
            "prompt two",
            "message b",
            "call pwd"
        ],
        "after the chat's end it may only be not written yet"
    );
}

#[test]
fn rows_that_the_stream_has_not_yet_are_told() {
    let folder = Folder::new().updates(&[asked(0, "one"), said("a")]).chat(&[
        typed(0, "one"),
        row("assistant", "A!".into()),
        row("assistant", "a".into()),
        calling("Next.", "c", "ls"),
        result("c", "a.rs"),
    ]);
    assert_eq!(told(&folder.session()), ["prompt one", "message a", "message Next.", "call ls", "result a.rs"]);
}

#[test]
fn the_small_files_tell_of_the_session() {
    let summary = json!({"info": {"id": "s9", "cwd": "/work/app"}, "generated_title": "A trip", "session_summary": "no", "current_model_id": "m-2", "parent_session_id": "s0"});
    let folder = Folder::new()
        .chat(&[typed(0, "go")])
        .summary(summary)
        .with("events.jsonl", "{\"ts\":1767348000,\"type\":\"turn_started\"}\n{\"type\":\"turn_ended\"}\n");
    let session = folder.session();
    assert_eq!(
        (session.id.as_str(), session.title.as_str(), session.project.as_str()),
        ("grok:s9", "A trip", "/work/app")
    );
    assert_eq!(session.parent.as_ref().map(|parent| parent.as_str()), Some("grok:s0"));
    assert_eq!(session.models, ["m-2"]);
    assert_eq!(session.entries[0].at, Some(Time(1_767_348_000_000)), "the turn's start");
    assert_eq!(
        (folder.counts().prompts, folder.counts().delegated_prompts),
        (1, Some(0)),
        "a fork's prompts are the human's"
    );
}

#[test]
fn without_them_the_container_tells_the_project() {
    let folder =
        Folder::new().updates(&[chunk("user_message", "go")]).with("signals.json", "{\"primaryModelId\":\"m-3\"}");
    let session = folder.session();
    assert_eq!(
        (session.id.as_str(), session.project.as_str(), session.models.as_slice()),
        ("grok:s1", "/work/app", ["m-3".to_owned()].as_slice())
    );
}

#[test]
fn a_sub_agent_finds_its_parent_and_its_prompts_are_delegated() {
    let folder = Folder::new()
        .chat(&[typed(0, "look around")])
        .summary(json!({"info": {"id": "s1"}, "session_kind": "subagent"}))
        .with("../parent-1/subagents/x/meta.json", "{\"child_session_id\":\"s1\"}")
        .with("../parent-1/chat_history.jsonl", &lines(&[typed(0, "go")]));
    assert_eq!(folder.session().parent.as_ref().map(|parent| parent.as_str()), Some("grok:parent-1"));
    assert_eq!((folder.counts().prompts, folder.counts().delegated_prompts), (0, Some(1)));
    let all = ingest::read(folder.root.path(), &mut |_, _| {}).expect("a folder of sessions");
    assert_eq!(all.iter().map(|session| session.id.as_str()).collect::<Vec<_>>(), ["grok:parent-1", "grok:s1"]);
}

#[test]
fn a_file_named_directly_opens_its_folders_session() {
    let folder = Folder::new().updates(&[asked(0, "one")]).chat(&[row("system", "You are".into()), typed(0, "one")]);
    for name in ["updates.jsonl", "chat_history.jsonl"] {
        let sessions = ingest::read(&folder.path().join(name), &mut |_, _| {}).expect("a file of a session");
        assert_eq!(told(&sessions[0]), ["injected You are", "prompt one"]);
        assert_eq!(sessions[0], folder.session());
    }
    let alone = folder.path().join("copy.jsonl");
    fs::copy(folder.path().join("updates.jsonl"), &alone).expect("a copy for this test");
    let sessions = ingest::read(&alone, &mut |_, _| {}).expect("a stream under another name");
    assert_eq!((sessions[0].id.as_str(), told(&sessions[0])), ("grok:s1", vec!["prompt one".to_owned()]));
}

#[test]
fn rows_of_other_programs_are_not_taken_for_a_chat() {
    let folder = Folder::new()
        .chat(&[json!({"role": "user", "content": "go"}), json!({"role": "assistant", "content": "done"})]);
    assert!(ingest::detect(&folder.path()).is_err(), "nothing but bare roles, and no summary beside it");
    assert!(ingest::detect(&folder.path().join("chat_history.jsonl")).is_err());
}

#[test]
fn unknown_updates_and_hostile_values_are_counted() {
    let folder = Folder::new().updates(&[
        asked(0, "go"),
        update(json!({"sessionUpdate": "sparkle"})),
        update(json!({"sessionUpdate": "tool_call", "toolCallId": 7, "title": 3, "rawInput": [1]})),
        update(json!({"sessionUpdate": "tool_call_update", "status": "completed", "content": {"type": "content"}, "rawOutput": [null]})),
        update(json!({"sessionUpdate": "turn_completed", "usage": {"inputTokens": -4, "cachedReadTokens": u64::MAX, "cacheCreationTokens": u64::MAX, "outputTokens": u64::MAX}})),
        update(json!({"sessionUpdate": "turn_completed", "usage": {"outputTokens": u64::MAX}})),
        update(json!({"sessionUpdate": "rewind_marker", "target_prompt_index": u64::MAX})),
        update(json!({"sessionUpdate": "auto_compact_completed", "tokens_after": "x"})),
        update(json!({"sessionUpdate": "user_message_chunk", "content": [null, 3], "_meta": 4})),
        json!({"timestamp": 1e308, "method": "session/update", "params": 4}),
        json!({"timestamp": -1e308, "method": "session/update", "params": {"update": {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "on"}}}}),
    ]);
    let session = folder.session();
    assert_eq!(session.entries.last().map(|entry| (entry.kind, entry.text.as_str())), Some((Kind::Message, "on")));
    assert_eq!(session.problems, ["2 records of 2 unknown types ('session/update', 'sparkle')"]);
    folder.counts();
}
