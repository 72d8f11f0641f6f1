//! Real agent logs, where `HAVERSACK_CORPUS` names a folder of them; skipped, and said so, elsewhere.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use haversack::{
    ingest::{self, Agent, Counts},
    model::{EntryId, Kind, Seen, Session},
};
use pretty_assertions::assert_eq;
use serde_json::Value;
use strum::VariantArray;

/// The folder of real logs; `None` (after saying so) where there is none.
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("HAVERSACK_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: HAVERSACK_CORPUS does not name a folder of logs");
    }
    folder
}

/// The logs of an agent with their reference counts, by their path in the corpus.
fn logs_of(folder: &str, corpus: &Path) -> Vec<(String, Value)> {
    let truth = std::fs::read_to_string(corpus.join("TRUTH.json")).expect("the corpus has reference counts");
    let Value::Object(truth) = serde_json::from_str(&truth).expect("reference counts are JSON") else {
        panic!("reference counts are an object")
    };
    let folder = format!("{folder}/");
    truth.into_iter().filter(|(file, _)| file.starts_with(&folder)).collect()
}

fn claude_logs(corpus: &Path) -> Vec<(String, Value)> {
    logs_of("claude-code", corpus)
}

fn read(path: &Path) -> Vec<Session> {
    ingest::read(path, &mut |_, _| {}).unwrap_or_else(|error| panic!("{error}"))
}

/// Counts of every log of these folders, compared with independent ones.
fn counts_equal_the_independent_ones(folders: &[&str]) {
    let Some(corpus) = corpus() else { return };
    for folder in folders {
        let logs = logs_of(folder, &corpus);
        assert!(!logs.is_empty(), "the corpus has logs in {folder}");
        for (file, truth) in logs {
            let mut inspected = ingest::inspect(&corpus.join(&file)).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(inspected.len(), 1, "{file}");
            let counts = inspected.remove(0).unwrap_or_else(|error| panic!("{error}")).counts;
            assert_eq!(as_truth(&counts), truth, "{file}");
        }
    }
}

#[test]
fn claude_counts() {
    counts_equal_the_independent_ones(&["claude-code"]);
}

#[test]
fn codex_counts() {
    counts_equal_the_independent_ones(&["codex"]);
}

#[test]
fn pi_counts() {
    counts_equal_the_independent_ones(&["pi"]);
}

#[test]
fn copilot_counts() {
    counts_equal_the_independent_ones(&["copilot-cli"]);
}

#[test]
fn gemini_counts() {
    counts_equal_the_independent_ones(&["gemini-cli"]);
}

#[test]
fn opencode_counts() {
    counts_equal_the_independent_ones(&["opencode"]);
}

#[test]
fn crush_and_go_opencode_counts() {
    counts_equal_the_independent_ones(&["crush-sqlite", "opencode-go-sqlite"]);
}

/// Too small for a reference of their own: counted from the rows by hand.
#[test]
fn goose_and_cursor_store_counts() {
    let Some(corpus) = corpus() else { return };
    let counts = |file: &str| {
        let mut logs = ingest::inspect(&corpus.join(file)).unwrap_or_else(|error| panic!("{error}"));
        as_truth(&logs.remove(0).unwrap_or_else(|error| panic!("{error}")).counts)
    };
    let goose = serde_json::json!({
        "records": 3, "bad_spans": 0, "prompts": 1, "delegated_prompts": 0, "messages": 0, "tool_calls": 1,
        "tool_results": 1, "tool_errors": 0, "calls_without_result": 0, "images": 0, "compactions": 0,
        "models": ["gpt-5"],
        "usage": {"input": 80, "output": 43, "cache_read": null, "cache_write": null},
    });
    assert_eq!(counts("goose-sqlite/v14/sessions.db"), goose);
    assert_eq!(counts("goose-sqlite/v15/sessions.db"), goose);
    // The sample has a row about its session and no message.
    let cursor = serde_json::json!({
        "records": 0, "bad_spans": 0, "prompts": 0, "delegated_prompts": null, "messages": 0, "tool_calls": 0,
        "tool_results": 0, "tool_errors": null, "calls_without_result": 0, "images": 0, "compactions": null,
        "models": ["claude-4-sonnet"], "usage": null,
    });
    assert_eq!(counts("cursor/store.db"), cursor);
}

/// Sessions of the databases and documents, with their entries as a script counted them from the raw files.
#[test]
fn sessions_of_opencode_crush_and_goose_are_well_formed() {
    let Some(corpus) = corpus() else { return };
    let told = |file: &str| {
        let sessions = read(&corpus.join(file));
        sessions.iter().for_each(|session| check(session, file, Loss::MayBeUnknown));
        sessions.into_iter().map(|session| (session.id.to_string(), session.entries.len())).collect::<Vec<_>>()
    };
    let named = |agent: &str, sessions: &[(&str, usize)]| {
        sessions.iter().map(|(id, entries)| (format!("{agent}:{id}"), *entries)).collect::<Vec<_>>()
    };
    let (small, large) = (("ses_277ed760bffeXZM4Joly2lQJzU", 42), ("ses_21fe5dac1ffeAzVgUGhqDjvlgC", 209));
    let (invalid, codex) = (("ses_22ad70d7effe1qT1xIQJx4wolF", 35), ("ses_288a619a2ffe7ERuoRX8IhBLBz", 34));
    for file in ["opencode/derived/opencode.db", "opencode/derived/storage", "opencode/derived"] {
        assert_eq!(told(file), named("opencode", &[small, large]), "{file}");
    }
    assert_eq!(told("opencode"), named("opencode", &[small, large, invalid, codex]), "each once, from three stores");
    assert_eq!(told("goose-sqlite/v15"), named("goose", &[("goose-root", 4)]));
    let crush = told("crush-sqlite");
    assert_eq!(crush, named("crush", &CRUSH));
    let go = told("opencode-go-sqlite");
    assert_eq!(go, named("opencode", &GO));
}

const CRUSH: [(&str, usize); 3] = [
    ("9ffe03d9-8440-498b-a7d0-015281c1d74b", 108),
    ("fae7104b-4a0f-43cd-b283-4c0a1d63fe0e", 22),
    ("d60caee8-295c-48b4-891e-4ac40eb5362b", 2),
];
const GO: [(&str, usize); 7] = [
    ("1ff755c6-81ff-4a65-ba33-fe24fc16c8af", 6),
    ("964dbea7-9155-4985-9561-5c2837206a48", 2),
    ("27f6de6a-0bb6-47cf-b7cc-629844cf7b9c", 2),
    ("9e1ecaa5-ac25-4529-a8e3-d4260e9ad36a", 15),
    ("f2ca33b8-0299-47fc-9ea2-21de8c49b1f0", 83),
    ("0b9348a0-e317-434c-a1c2-38ad35f16a23", 11),
    ("6e65c317-1a79-4845-8176-1828fb720396", 125),
];

/// Whose logs a folder of the corpus holds.
const AGENTS: [(&str, Agent); 12] = [
    ("aider", Agent::Aider),
    ("claude-code", Agent::Claude),
    ("codex", Agent::Codex),
    ("copilot-cli", Agent::Copilot),
    ("crush-sqlite", Agent::Crush),
    ("cursor", Agent::Cursor),
    ("gemini-cli", Agent::Gemini),
    ("goose-sqlite", Agent::Goose),
    ("grok", Agent::Grok),
    ("opencode", Agent::OpenCode),
    ("opencode-go-sqlite", Agent::OpenCode),
    ("pi", Agent::Pi),
];

#[test]
fn no_file_is_taken_for_another_agents() {
    let Some(corpus) = corpus() else { return };
    for (folder, agent) in AGENTS {
        let mut paths = vec![corpus.join(folder)];
        while let Some(path) = paths.pop() {
            if path.is_dir() {
                paths.extend(
                    path.read_dir().expect("a folder can be listed").map(|entry| entry.expect("an entry").path()),
                );
            }
            if let Ok(detected) = ingest::detect(&path) {
                assert_eq!(detected, agent, "{}", path.display());
            }
        }
    }
    for file in [
        "opencode/derived/storage",
        "crush-sqlite/opensuperwhisper/crush.db",
        "goose-sqlite/v14/sessions.db",
        "cursor/store.db",
    ] {
        ingest::detect(&corpus.join(file)).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Counts under the names of the reference.
fn as_truth(counts: &Counts) -> Value {
    serde_json::json!({
        "records": counts.records,
        "bad_spans": counts.bad_spans,
        "prompts": counts.prompts,
        "delegated_prompts": counts.delegated_prompts,
        "messages": counts.messages,
        "tool_calls": counts.tool_calls,
        "tool_results": counts.tool_results,
        "tool_errors": counts.tool_errors,
        "calls_without_result": counts.calls_without_result,
        "images": counts.images,
        "compactions": counts.compactions,
        "models": counts.models,
        "usage": counts.usage.map(|usage| serde_json::json!({
            "input": usage.input,
            "output": usage.output,
            "cache_read": usage.cache_read,
            "cache_write": usage.cache_write,
        })),
    })
}

#[test]
fn every_log_becomes_a_well_formed_session() {
    let Some(corpus) = corpus() else { return };
    for (file, truth) in claude_logs(&corpus) {
        let sessions = read(&corpus.join(&file));
        assert_eq!(sessions.len(), 1, "{file}");
        for session in &sessions {
            check(session, &file, Loss::IsTold);
            let of_kind = |kind: Kind| session.entries.iter().filter(|entry| entry.kind == kind).count() as u64;
            assert_eq!(Some(of_kind(Kind::Call)), truth["tool_calls"].as_u64(), "calls of {file}");
            assert_eq!(Some(of_kind(Kind::Result)), truth["tool_results"].as_u64(), "results of {file}");
        }
    }
}

#[test]
fn a_folder_is_read_whole_with_its_sub_agents_below_their_sessions() {
    let Some(corpus) = corpus() else { return };
    let sessions = read(&corpus.join("claude-code"));
    assert_eq!(sessions.len(), claude_logs(&corpus).len());
    let ids: HashSet<_> = sessions.iter().map(|session| &session.id).collect();
    assert_eq!(ids.len(), sessions.len(), "session ids are unique");
    for session in &sessions {
        check(session, session.id.as_str(), Loss::IsTold);
        if let Some(parent) = &session.parent {
            assert!(ids.contains(parent), "{} names a parent that was not read: {parent}", session.id);
        }
    }
}

/// Agents whose logs hold a record a line, and their folders.
const LINE_FORMATS: [(&str, Agent); 3] = [("codex", Agent::Codex), ("pi", Agent::Pi), ("copilot-cli", Agent::Copilot)];

#[test]
fn logs_of_line_formats_are_well_formed_and_their_agents_own() {
    let Some(corpus) = corpus() else { return };
    for (folder, agent) in LINE_FORMATS {
        for (file, _) in logs_of(folder, &corpus) {
            let path = corpus.join(&file);
            assert_eq!(ingest::detect(&path).unwrap_or_else(|error| panic!("{error}")), agent, "{file}");
            let sessions = read(&path);
            assert_eq!(sessions.len(), 1, "{file}");
            check(&sessions[0], &file, Loss::MayBeUnknown);
            let unknown: Vec<&String> = sessions[0].problems.iter().filter(|told| told.contains("unknown")).collect();
            assert!(unknown.is_empty(), "{file}: {unknown:?}");
            assert!(read(&path) == sessions, "{file} reads the same again");
        }
    }
}

#[test]
fn a_compressed_rollout_reads_as_the_plain_one() {
    let Some(corpus) = corpus() else { return };
    let plain = read(&corpus.join("codex/rollout-0.139.0-review-subagent.jsonl")).remove(0);
    let packed = read(&corpus.join("codex/derived/rollout-0.139.0-review-subagent.jsonl.zst")).remove(0);
    assert!(plain.entries == packed.entries && plain.id == packed.id);
}

#[test]
fn a_codex_compaction_leaves_what_its_replacement_history_repeats() {
    let Some(corpus) = corpus() else { return };
    let session = read(&corpus.join("codex/rollout-0.118.0-compacted-aborted.jsonl")).remove(0);
    let boundary = session.entries.iter().position(|entry| entry.kind == Kind::Boundary).expect("it was compacted");
    let before = &session.entries[..boundary];
    let held = |kind: Kind| before.iter().filter(|entry| entry.kind == kind && entry.seen == Seen::Held).count();
    // Its 65 items all repeat what stands above: 33 prompts, 30 replies, and what the program set up.
    assert_eq!((held(Kind::Prompt), held(Kind::Message), held(Kind::Call)), (33, 30, 0));
    let told = session.entries[boundary].text.as_str();
    assert_eq!(told, "compaction 1: 228,480 → 23,630 tokens, 525 entries lost");
}

#[test]
fn the_same_log_gives_the_same_session() {
    let Some(corpus) = corpus() else { return };
    for (file, _) in claude_logs(&corpus) {
        let path = corpus.join(file);
        assert!(read(&path) == read(&path), "{}", path.display());
    }
}

/// Whether a format tells of each entry if the agent still had it.
#[derive(Clone, Copy, PartialEq)]
enum Loss {
    IsTold,
    MayBeUnknown,
}

fn check(session: &Session, file: &str, loss: Loss) {
    let ids: HashSet<EntryId> = session.entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), session.entries.len(), "entry ids of {file} are unique");
    let boundaries: HashSet<EntryId> =
        session.entries.iter().filter(|entry| entry.kind == Kind::Boundary).map(|entry| entry.id).collect();
    for (index, entry) in session.entries.iter().enumerate() {
        assert_eq!(entry.seq as usize, index + 1, "{file}");
        assert!(entry.place.line > 0 && usize::from(entry.place.file) < session.sources.len(), "{file} #{}", entry.seq);
        assert!(
            !entry.text.is_empty() || matches!(entry.kind, Kind::Call | Kind::Result),
            "{file} #{} has text",
            entry.seq
        );
        match entry.seen {
            Seen::Unknown if loss == Loss::MayBeUnknown => {}
            Seen::Unknown => panic!("{file} #{}: the format tells what was seen", entry.seq),
            Seen::Lost { at, .. } => assert!(boundaries.contains(&at), "{file} #{} was lost at a boundary", entry.seq),
            Seen::Held | Seen::Never => {}
        }
    }
    for exchange in session.exchanges().iter() {
        let calls = exchange.iter().filter(|&&index| session.entries[index].kind == Kind::Call).count();
        let results = exchange.iter().filter(|&&index| session.entries[index].kind == Kind::Result).count();
        assert!(calls <= 1 && results <= 1, "{file}: an exchange is one call and its result");
        assert!(results <= calls, "{file} #{}: a result has its call", exchange[0] + 1);
    }
}

/// Entries of a session by what they are, for numbers that a script counted in the raw files.
fn kinds(session: &Session) -> Vec<(Kind, usize)> {
    let of = |kind: Kind| (kind, session.entries.iter().filter(|entry| entry.kind == kind).count());
    Kind::VARIANTS.iter().map(|kind| of(*kind)).filter(|(_, count)| *count > 0).collect()
}

fn counts(path: &Path) -> Counts {
    let mut inspected = ingest::inspect(path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(inspected.len(), 1, "{}", path.display());
    inspected.remove(0).unwrap_or_else(|error| panic!("{error}")).counts
}

#[test]
fn logs_of_documents_and_folders_become_well_formed_sessions() {
    let Some(corpus) = corpus() else { return };
    for (folder, count) in [("gemini-cli", 4), ("grok", 7), ("cursor/agent-transcript.jsonl", 1), ("aider", 2)] {
        let sessions = read(&corpus.join(folder));
        assert_eq!(sessions.len(), count, "{folder}");
        for session in &sessions {
            check(session, session.id.as_str(), Loss::MayBeUnknown);
        }
        assert!(sessions == read(&corpus.join(folder)), "{folder} gives the same sessions again");
    }
}

#[test]
fn a_gemini_document_and_its_log_are_one_session() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("gemini-cli");
    let (document, log) = ("session-2026-04-14-cdb14b05.json", "derived/session-2026-04-14T15-30-cdb14b05.jsonl");
    let both = read(&folder).into_iter().find(|session| session.id.as_str().contains("cdb14b05")).expect("it is there");
    let (document, log) = (read(&folder.join(document)).remove(0), read(&folder.join(log)).remove(0));
    let texts = |session: &Session| session.entries.iter().map(|entry| entry.text.to_string()).collect::<Vec<_>>();
    assert_eq!(texts(&document), texts(&log), "three times as many lines say the same");
    assert_eq!(texts(&both), texts(&document));
    assert_eq!(both.sources.len(), 2);
}

/// Numbers of the larger ones are from a script that reads the raw files (chunks joined, `toolCallId` and `prompt_id` as
/// keys); the small ones were counted by hand.
#[test]
fn grok_counts() {
    let Some(corpus) = corpus() else { return };
    let counted = |folder: &str| {
        let counts = counts(&corpus.join("grok").join(folder));
        assert_eq!((counts.bad_spans, counts.calls_without_result), (0, 0), "{folder}");
        let delegated = counts.delegated_prompts;
        let said = (counts.records, counts.prompts, delegated, counts.messages, counts.images);
        let done = (counts.tool_calls, counts.tool_results, counts.tool_errors, counts.compactions);
        let used = counts.usage.map(|usage| (usage.input, usage.output, usage.cache_read, usage.cache_write));
        (said, done, used)
    };
    let chat = |records, prompts, delegated, messages, images, calls| {
        ((records, prompts, Some(delegated), messages, images), (calls, calls, None, None), None)
    };
    assert_eq!(counted("agent-sessions/main"), chat(11, 2, 0, 1, 1, 2));
    assert_eq!(counted("agent-sessions/subagent"), chat(5, 0, 1, 2, 0, 1));
    assert_eq!(counted("agentsview-current"), chat(9, 2, 0, 2, 0, 1));
    assert_eq!(counted("agentsview-legacy"), chat(5, 1, 0, 2, 0, 1));
    assert_eq!(counted("ctx-1.0.3"), ((21, 1, Some(0), 1, 0), (6, 6, Some(1), Some(0)), None));
    let used = Some((3_095_600, 6_804, Some(2_995_725), Some(99_805)));
    assert_eq!(
        counted("derived/%2FUsers%2Fpaul%2Fsrc%2Fentireio%2Fcli"),
        ((344, 2, Some(0), 25, 0), (66, 66, Some(8), Some(0)), used)
    );
    let used = Some((6_924_970, 3_674, Some(6_610_135), Some(314_707)));
    let spotter = "derived/%2Fhome%2FUSER%2Fprojects%2Fspotter-worktrees%2Fspotter-dov";
    assert_eq!(counted(spotter), ((691, 2, Some(0), 84, 0), (150, 150, Some(5), Some(1)), used));
}

#[test]
fn what_a_grok_session_lost_is_what_its_chat_does_not_show() {
    let Some(corpus) = corpus() else { return };
    let session =
        read(&corpus.join("grok/derived/%2Fhome%2FUSER%2Fprojects%2Fspotter-worktrees%2Fspotter-dov")).remove(0);
    let calls = |seen: fn(&Seen) -> bool| {
        session.entries.iter().filter(|entry| entry.kind == Kind::Call && seen(&entry.seen)).count()
    };
    // 81 of the 150 calls are in `chat_history.jsonl`.
    assert_eq!(calls(|seen| *seen == Seen::Held), 81);
    assert_eq!(calls(|seen| matches!(seen, Seen::Lost { .. })), 69);
    let boundary = session.entries.iter().find(|entry| entry.kind == Kind::Boundary).expect("it was compacted");
    assert_eq!(boundary.text.as_str(), "compaction 1 (auto): 170,251 → 3,935 tokens, 188 entries lost");
    let summary = session.entries.iter().find(|entry| entry.kind == Kind::Summary).expect("it was summed up");
    assert_eq!((summary.place.file, summary.place.line), (1, 3), "the whole of it is in the chat");
}

#[test]
fn cursor_and_aider_counts() {
    let Some(corpus) = corpus() else { return };
    let transcript = counts(&corpus.join("cursor/agent-transcript.jsonl"));
    let said = (transcript.records, transcript.prompts, transcript.messages);
    assert_eq!((said, transcript.tool_calls, transcript.tool_results), ((6, 2, 4), 2, 0));
    let history = counts(&corpus.join("aider/.aider.chat.history.md"));
    assert_eq!((history.records, history.prompts, history.messages, history.tool_calls), (6, 2, 2, 0));
    let sessions = read(&corpus.join("aider"));
    let expected = [(Kind::Prompt, 1), (Kind::Injected, 1), (Kind::Message, 1)];
    assert_eq!(sessions.iter().map(kinds).collect::<Vec<_>>(), [expected, expected], "\"#### Step 1\" is the agent's");
}

#[test]
fn each_log_is_told_by_its_content() {
    let Some(corpus) = corpus() else { return };
    let expected = [
        ("gemini-cli", Agent::Gemini, 5),
        ("grok", Agent::Grok, 7),
        ("cursor/agent-transcript.jsonl", Agent::Cursor, 1),
        ("aider", Agent::Aider, 1),
        ("claude-code", Agent::Claude, 16),
    ];
    for (folder, agent, count) in expected {
        let logs = ingest::inspect(&corpus.join(folder)).unwrap_or_else(|error| panic!("{error}"));
        let agents: Vec<Agent> = logs.into_iter().flatten().map(|log| log.agent).collect();
        assert_eq!(agents, vec![agent; count], "{folder}");
    }
    for folder in ["codex", "copilot-cli", "pi", "opencode", "crush-sqlite", "goose-sqlite", "opencode-go-sqlite"] {
        let ours = [Agent::Gemini, Agent::Grok, Agent::Aider];
        let logs = ingest::inspect(&corpus.join(folder)).unwrap_or_default();
        let taken = logs.into_iter().flatten().find(|log| ours.contains(&log.agent));
        assert!(taken.is_none(), "{folder}: {taken:?}");
    }
}
