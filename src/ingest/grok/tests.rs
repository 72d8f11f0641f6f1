//! What small session folders, made here, become.

use std::{fs, path::PathBuf};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    ingest::{self, Counts, Reported},
    model::{Entry, Kind, Mark, Seen, Session, Time, Usage},
};

/// A session's folder, below one for all sessions of a project.
struct Folder {
    root: TempDir,
}

impl Folder {
    fn new() -> Folder {
        let folder = Folder { root: TempDir::new().expect("a folder for this test") };
        fs::create_dir_all(folder.path()).expect("a folder for this test");
        folder
    }

    fn path(&self) -> PathBuf {
        self.root.path().join("%2Fwork%2Fapp/s1")
    }

    fn with(self, name: &str, text: &str) -> Folder {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("a folder for this test");
        fs::write(path, text).expect("a file of this test");
        self
    }

    fn updates(self, rows: &[Value]) -> Folder {
        self.with("updates.jsonl", &lines(rows))
    }

    fn chat(self, rows: &[Value]) -> Folder {
        self.with("chat_history.jsonl", &lines(rows))
    }

    fn summary(self, summary: Value) -> Folder {
        self.with("summary.json", &summary.to_string())
    }

    fn session(&self) -> Session {
        let mut sessions = ingest::read(&self.path(), &mut |_, _| {}).expect("a session's folder");
        assert_eq!(sessions.len(), 1);
        sessions.remove(0)
    }

    fn counts(&self) -> Counts {
        ingest::inspect(&self.path()).expect("a session's folder").remove(0).expect("a session's folder").counts
    }
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

fn update(update: Value) -> Value {
    let method = match update["sessionUpdate"].as_str() {
        Some(kind) if kind.contains("chunk") || kind.contains("tool_call") => "session/update",
        _ => "_x.ai/session/update",
    };
    json!({"timestamp": 1_767_348_000, "method": method, "params": {"sessionId": "s1", "update": update}})
}

fn chunk(kind: &str, text: &str) -> Value {
    update(json!({"sessionUpdate": format!("{kind}_chunk"), "content": {"type": "text", "text": text}}))
}

fn asked(index: u64, text: &str) -> Value {
    let content = json!({"type": "text", "text": text});
    update(
        json!({"sessionUpdate": "user_message_chunk", "content": content, "_meta": {"promptIndex": index, "modelId": "m"}}),
    )
}

fn said(text: &str) -> Value {
    chunk("agent_message", text)
}

fn called(id: &str, command: &str) -> Value {
    let tool = json!({"x.ai/tool": {"name": "run_terminal_cmd"}});
    update(
        json!({"sessionUpdate": "tool_call", "toolCallId": id, "title": "Run", "rawInput": {"command": command}, "_meta": tool}),
    )
}

fn ended(id: &str, status: &str, text: &str) -> Value {
    let content = json!([{"type": "content", "content": {"type": "text", "text": text}}]);
    update(json!({"sessionUpdate": "tool_call_update", "toolCallId": id, "status": status, "content": content}))
}

fn turn(prompt: &str, input: u64, cached: u64, output: u64) -> Value {
    let usage =
        json!({"inputTokens": input, "cachedReadTokens": cached, "outputTokens": output, "modelUsage": {"m-1": {}}});
    update(json!({"sessionUpdate": "turn_completed", "prompt_id": prompt, "stop_reason": "end_turn", "usage": usage}))
}

fn rewind(target: u64) -> Value {
    update(json!({"sessionUpdate": "rewind_marker", "target_prompt_index": target}))
}

fn compaction(preview: &str) -> [Value; 2] {
    [
        update(json!({"sessionUpdate": "auto_compact_started", "tokens_used": 165_000, "reason": "threshold"})),
        update(json!({"sessionUpdate": "auto_compact_completed", "tokens_after": 9_000, "summary_preview": preview})),
    ]
}

fn row(kind: &str, content: Value) -> Value {
    json!({"type": kind, "content": content})
}

fn typed(index: u64, text: &str) -> Value {
    json!({"type": "user", "content": [{"type": "text", "text": text}], "prompt_index": index})
}

fn made(reason: &str, text: &str) -> Value {
    json!({"type": "user", "content": [{"type": "text", "text": text}], "synthetic_reason": reason})
}

fn calling(text: &str, id: &str, command: &str) -> Value {
    let arguments = json!({"command": command}).to_string();
    let call = json!({"id": id, "name": "run_terminal_cmd", "arguments": arguments});
    json!({"type": "assistant", "content": text, "tool_calls": [call], "model_id": "m-1"})
}

fn result(id: &str, text: &str) -> Value {
    json!({"type": "tool_result", "tool_call_id": id, "content": text})
}

/// "kind text", with what became of it.
fn told(session: &Session) -> Vec<String> {
    let line = |entry: &Entry| match entry.seen {
        Seen::Held => format!("{} {}", entry.kind, entry.text),
        Seen::Never => format!("{} {} (never seen)", entry.kind, entry.text),
        Seen::Unknown => format!("{} {} (unknown)", entry.kind, entry.text),
        Seen::Lost { at, cause } => {
            let boundary = session.entry(at).expect("a loss names a boundary of the session");
            format!("{} {} (lost at #{}, {cause})", entry.kind, entry.text, boundary.seq)
        }
    };
    session.entries.iter().map(line).collect()
}

#[test]
fn chunks_are_joined_until_something_else_happens() {
    let folder = Folder::new().updates(&[
        asked(0, "fix "),
        asked(0, "it"),
        chunk("agent_thought", "look "),
        chunk("agent_thought", "first"),
        said("Look"),
        update(json!({"sessionUpdate": "available_commands_update"})),
        said("ing."),
        called("c", "ls"),
        said("Now "),
        update(json!({"sessionUpdate": "tool_call_update", "toolCallId": "c", "status": "in_progress"})),
        said("waiting."),
        ended("c", "completed", "a.rs"),
        said("Done."),
    ]);
    let expected = [
        "prompt fix it",
        "thought look first",
        "message Looking.",
        "call ls",
        "message Now waiting.",
        "result a.rs",
        "message Done.",
    ];
    assert_eq!(told(&folder.session()), expected);
    let entry = &folder.session().entries[2];
    assert_eq!((entry.place.line, entry.at), (5, Some(Time(1_767_348_000_000))));
    assert_eq!((folder.counts().messages, folder.counts().prompts), (3, 1));
}

#[test]
fn a_calls_input_may_come_later_and_its_result_has_what_it_says() {
    let announced = json!({"sessionUpdate": "tool_call", "toolCallId": "c", "title": "run_terminal_cmd"});
    let detailed = json!({"sessionUpdate": "tool_call_update", "toolCallId": "c", "title": "Run `cargo test`", "rawInput": {"command": "cargo test"}});
    let folder = Folder::new().updates(&[
        asked(0, "go"),
        update(announced),
        called("other", "ls"),
        update(detailed),
        ended("c", "failed", "1 failed"),
        ended("other", "completed", "Exit code 2\nno such file"),
    ]);
    let session = folder.session();
    assert_eq!(
        told(&session),
        ["prompt go", "call cargo test", "call ls", "result 1 failed", "result Exit code 2\nno such file"]
    );
    let marks = |index: usize| session.entries[index].marks;
    assert!(marks(1).has(Mark::TestRun) && marks(3).has(Mark::TestRun) && marks(3).has(Mark::Error));
    assert!(marks(4).has(Mark::Error), "told by the text");
    assert_eq!(folder.counts().tool_errors, Some(1), "told by the log");
    assert_eq!(session.entries[3].tool.as_deref(), Some("run_terminal_cmd"));
}

#[test]
fn calls_that_were_never_told_in_detail_keep_their_title() {
    let folder = Folder::new().updates(&[
        asked(0, "go"),
        update(json!({"sessionUpdate": "tool_call", "toolCallId": "c", "title": "Search the web"})),
        ended("lone", "completed", "from before the log"),
        ended("c", "completed", ""),
        ended("c", "completed", "found"),
    ]);
    assert_eq!(
        told(&folder.session()),
        ["prompt go", "call Search the web", "result from before the log", "result found"]
    );
    let counts = folder.counts();
    assert_eq!((counts.tool_calls, counts.tool_results, counts.calls_without_result), (1, 1, 0));
}

#[test]
fn an_edit_says_which_file_it_changed() {
    let diff = json!([{"type": "diff", "path": "/work/a.rs", "oldText": "a", "newText": "b"}]);
    let folder = Folder::new().updates(&[
        asked(0, "go"),
        called("c", "x"),
        update(json!({"sessionUpdate": "tool_call_update", "toolCallId": "c", "status": "completed", "content": diff, "rawOutput": {"type": "Edit"}})),
        called("d", "y"),
        update(json!({"sessionUpdate": "tool_call_update", "toolCallId": "d", "status": "completed", "rawOutput": {"type": "Bash", "exit_code": 3, "stdout": "no"}})),
    ]);
    let session = folder.session();
    assert_eq!(told(&session)[2..], ["result edited /work/a.rs", "call y", "result no"]);
    assert!(session.entries[4].marks.has(Mark::Error), "told by the exit code");
}

#[test]
fn usage_of_a_prompt_counts_once_and_the_last_report_of_it() {
    let folder = Folder::new().updates(&[
        asked(0, "one"),
        said("a"),
        turn("p1", 100, 80, 5),
        asked(1, "two"),
        chunk("agent_thought", "hm"),
        said("b"),
        turn("p2", 200, 150, 7),
        said("c"),
        turn("p2", 300, 250, 9),
    ]);
    let reported = Reported { input: 400, output: 14, cache_read: Some(330), cache_write: Some(0) };
    assert_eq!(folder.counts().usage, Some(reported));
    let used: Vec<Option<Usage>> = folder.session().entries.iter().map(|entry| entry.usage).collect();
    let usage = |input, output, cache_read| Some(Usage { input, output, cache_read, cache_write: 0 });
    assert_eq!(used, [None, usage(20, 5, 80), None, usage(50, 9, 250), None, None]);
    assert_eq!(folder.session().models, ["m-1"], "what answered, not what was asked");
}

#[test]
fn a_compaction_loses_what_stood_before_it() {
    let [started, completed] = compaction("It was about …");
    let checkpoint = update(json!({"sessionUpdate": "compaction_checkpoint", "checkpoint_id": "k-1"}));
    let kept = json!({"compacted_history": [row("system", "You are".into()), row("user", "It was about a bug, now gone.".into())]});
    let folder = Folder::new().updates(&[asked(0, "one"), said("a"), started, completed, checkpoint, asked(1, "two")]);
    let expected = |summary: &str| {
        vec![
            "prompt one (lost at #3, compaction)".to_owned(),
            "message a (lost at #3, compaction)".to_owned(),
            "boundary compaction 1 (auto): 165,000 → 9,000 tokens, 2 entries lost (never seen)".to_owned(),
            format!("summary {summary}"),
            "prompt two".to_owned(),
        ]
    };
    assert_eq!(told(&folder.session()), expected("It was about …"));
    assert_eq!(folder.counts().compactions, Some(1), "the checkpoint is of the same one");
    let folder = folder.with("compaction_checkpoints/k-1.json", &kept.to_string());
    assert_eq!(told(&folder.session()), expected("It was about a bug, now gone."));
}

#[test]
fn a_checkpoint_alone_is_a_compaction() {
    let checkpoint = |id: &str| update(json!({"sessionUpdate": "compaction_checkpoint", "checkpoint_id": id}));
    let folder = Folder::new().updates(&[asked(0, "one"), checkpoint("../../x"), asked(1, "two"), checkpoint("k-2")]);
    assert_eq!(
        told(&folder.session()),
        [
            "prompt one (lost at #2, compaction)",
            "boundary compaction 1, 1 entry lost (never seen)",
            "prompt two (lost at #4, compaction)",
            "boundary compaction 2, 1 entry lost (never seen)",
        ]
    );
}

#[test]
fn a_rewind_takes_back_a_prompt_and_all_after_it() {
    let folder = Folder::new().updates(&[
        asked(0, "one"),
        said("a"),
        asked(1, "wrong"),
        said("b"),
        rewind(1),
        asked(1, "right"),
        rewind(7),
    ]);
    assert_eq!(
        told(&folder.session()),
        [
            "prompt one",
            "message a",
            "prompt wrong (lost at #5, rewind)",
            "message b (lost at #5, rewind)",
            "boundary rewind to prompt 2, 2 entries lost (never seen)",
            "prompt right",
        ]
    );
}

#[test]
fn a_rewind_past_a_compaction_brings_back_what_that_dropped() {
    let [started, completed] = compaction("");
    let folder = Folder::new().updates(&[
        asked(0, "one"),
        asked(1, "two"),
        started,
        completed,
        said("b"),
        rewind(1),
        asked(1, "three"),
    ]);
    assert_eq!(told(&folder.session())[..2], ["prompt one", "prompt two (lost at #3, compaction)"]);
    assert_eq!(told(&folder.session())[3], "message b (lost at #5, rewind)");
}

#[test]
fn what_is_typed_while_the_agent_works_is_a_prompt_but_no_place_to_rewind_to() {
    let folder = Folder::new().updates(&[
        asked(0, "one"),
        chunk("user_message", "hurry"),
        said("a"),
        asked(1, "two"),
        rewind(1),
    ]);
    assert_eq!(
        told(&folder.session())[..4],
        ["prompt one", "prompt hurry", "message a", "prompt two (lost at #5, rewind)"]
    );
}

#[test]
fn the_programs_words_are_no_prompts() {
    let shell = json!({"sessionUpdate": "user_message_chunk", "content": {"type": "text", "text": "ls", "_meta": {"bash_command": "ls"}}});
    let folder = Folder::new().updates(&[
        asked(0, "<user_info>linux</user_info><user_query>go</user_query>"),
        update(shell),
        asked(1, "<task-notification>done</task-notification>"),
    ]);
    let expected = [
        "prompt go",
        "injected <user_info>linux</user_info>",
        "injected ls",
        "injected <task-notification>done</task-notification>",
    ];
    assert_eq!(told(&folder.session()), expected);
    assert_eq!(folder.counts().prompts, 1);
}

#[test]
fn a_sub_agents_chunks_in_its_parents_stream_are_left_to_its_own_session() {
    let mut inner = said("inside");
    inner["params"]["_meta"] = json!({"subagentId": "x"});
    let folder = Folder::new().updates(&[asked(0, "go"), inner, said("outside")]);
    assert_eq!(told(&folder.session()), ["prompt go", "message outside"]);
}

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
