//! What small session folders, made here, become.

mod folder;

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
