//! Input made to break a reader: each case is a clear error, or is read with what could not be used counted.

use std::{fmt::Write, fs};

use haversack::{
    ingest::{self, IngestError},
    model::{Kind, Session},
};
use pretty_assertions::assert_eq;
use tempfile::TempDir;

const PROMPT: &str = r#"{"type":"user","uuid":"p","parentUuid":null,"sessionId":"s","message":{"content":"go"}}"#;
const REPLY: &str = r#"{"type":"assistant","uuid":"a","parentUuid":"p","sessionId":"s","message":{"id":"m","content":[{"type":"text","text":"yes"}]}}"#;

fn read(bytes: impl AsRef<[u8]>) -> Result<Session, IngestError> {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let path = folder.path().join("log.jsonl");
    fs::write(&path, bytes).expect("a temporary file can be written");
    let mut sessions = ingest::read(&path, &mut |_, _| {})?;
    assert_eq!(sessions.len(), 1);
    Ok(sessions.remove(0))
}

fn texts(session: &Session) -> Vec<&str> {
    session.entries.iter().map(|entry| entry.text.as_str()).collect()
}

/// What the error says after the file's name.
fn refusal(bytes: impl AsRef<[u8]>) -> String {
    let error = read(bytes).expect_err("this is no log").to_string();
    error.split_once("log.jsonl ").map_or(error.clone(), |(_, why)| why.to_owned())
}

#[test]
fn what_is_no_log_is_refused_in_one_sentence() {
    let unknown = "is none that can be opened: logs of Claude Code, Codex, Grok Build, Gemini CLI, OpenCode, Crush, \
                   Goose, Pi, Copilot CLI, Cursor, Aider, distill session files and Haversack stores can";
    for (bytes, why) in [
        (&b""[..], "is empty"),
        (b"\n \r\n\t\n", "is empty"),
        (b"\xEF\xBB\xBF", unknown),
        (b"not json\nat all\n", unknown),
        (b"\0\0\0\0\0\0\0\0", unknown),
        (b"{}\n[]\n17\n\"a\"\nnull\n", unknown),
        (b"{\"type\":\"user\"}\n", unknown),
        (b"SQLite format 3\0", unknown),
        (b"\xFF\xFE{\0\"\0", "is UTF-16: convert it to UTF-8 first"),
        (b"\xFE\xFF\0{\0\"", "is UTF-16: convert it to UTF-8 first"),
        (b"{\"type\":\"summary\",\"summary\":\"x\",\"leafUuid\":\"y\"}\n", "holds no conversation"),
    ] {
        assert_eq!(refusal(bytes), why, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn paths_that_cannot_be_read_are_refused() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let why = |error: IngestError| error.to_string();
    let missing = ingest::read(&folder.path().join("none"), &mut |_, _| {}).expect_err("it is not there");
    assert!(why(missing).starts_with("cannot read "));
    let empty = ingest::read(folder.path(), &mut |_, _| {}).expect_err("nothing lies in it");
    assert!(why(empty).starts_with("no agent's log lies in "));
    fs::write(folder.path().join("a.jsonl"), "{}").expect("a temporary file can be written");
    let useless = ingest::read(folder.path(), &mut |_, _| {}).expect_err("it holds no log");
    assert!(why(useless).contains("is no agent's log"));
}

#[test]
fn a_file_that_is_no_log_does_not_spoil_its_folder() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    fs::write(folder.path().join("a.jsonl"), "{}").expect("a temporary file can be written");
    fs::write(folder.path().join("b.jsonl"), PROMPT).expect("a temporary file can be written");
    let sessions = ingest::read(folder.path(), &mut |_, _| {}).expect("one of the files is a log");
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].problems.len(), 1);
    assert!(sessions[0].problems[0].contains("a.jsonl is no agent's log"));
}

#[test]
fn damage_between_records_is_skipped_and_counted() {
    let one = ["1 line is not JSON and was skipped"];
    let garbage: [&[u8]; 8] = [
        b"garbage",
        b"{\"type\":",
        b"// note",
        b"[1,2]",
        b"\"text\"",
        b"17 18",
        b"\0\0\0",
        b"{\"type\":\"user\"} trailing",
    ];
    for damage in garbage {
        let mut log = format!("{PROMPT}\n").into_bytes();
        log.extend(damage);
        log.extend(format!("\n{REPLY}").bytes());
        let session = read(log).expect("two records are whole");
        assert_eq!(texts(&session), ["go", "yes"], "{:?}", String::from_utf8_lossy(damage));
        assert_eq!(session.problems, one);
    }
}

#[test]
fn every_beginning_of_a_log_is_read_without_a_panic() {
    let log = format!("\u{feff}{PROMPT}\r\n{REPLY}{REPLY}\n// é\n{PROMPT}");
    for length in 0..=log.len() {
        let _ = read(&log.as_bytes()[..length]);
    }
}

#[test]
fn fields_of_the_wrong_type_are_left_out() {
    let values =
        ["null", "true", "-5", "1e300", "\"x\"", "[]", "[[[]]]", "{}", "[{\"type\":7}]", "{\"content\":[null,3,{}]}"];
    let names = [
        "type",
        "subtype",
        "uuid",
        "parentUuid",
        "logicalParentUuid",
        "sessionId",
        "agentId",
        "isSidechain",
        "timestamp",
        "cwd",
        "isMeta",
        "isCompactSummary",
        "origin",
        "message",
        "attachment",
        "content",
        "compactMetadata",
        "microcompactMetadata",
        "customTitle",
        "summary",
        "leafUuid",
        "toolUseResult",
    ];
    for kind in ["user", "assistant", "system", "attachment", "summary"] {
        for name in names {
            for value in values {
                let odd = match name {
                    "type" => format!(r#"{{"type":{value},"uuid":"o","parentUuid":"a","sessionId":"s"}}"#),
                    _ => format!(r#"{{"type":"{kind}","sessionId":"s",{}"{name}":{value}}}"#, uuid_unless(name)),
                };
                let session = read(format!("{PROMPT}\n{REPLY}\n{odd}\n"));
                // A record without its session or with another's may make a session of its own.
                if let Ok(session) = session {
                    assert!(texts(&session).starts_with(&["go", "yes"]), "{odd}: {:?}", texts(&session));
                }
            }
        }
    }
}

fn uuid_unless(name: &str) -> &'static str {
    match name {
        "uuid" | "parentUuid" | "sessionId" => "",
        _ => r#""uuid":"o","parentUuid":"a","#,
    }
}

#[test]
fn numbers_out_of_range_count_as_none() {
    let usage = r#""usage":{"input_tokens":-7,"output_tokens":1e40,"cache_read_input_tokens":"many","cache_creation_input_tokens":99999999999999999999999}"#;
    let reply = REPLY.replace(r#""id":"m","#, &format!(r#""id":"m",{usage},"#));
    let session = read(format!("{PROMPT}\n{reply}\n")).expect("the text is whole");
    let usage = session.entries[1].usage.expect("the reply has a usage");
    assert_eq!((usage.input, usage.cache_read), (0, 0));
    assert_eq!(session.problems, [""; 0]);
}

#[test]
fn circles_and_strangers_in_the_tree_end() {
    let rows = [("a", "b"), ("b", "a"), ("c", "c"), ("d", "nobody"), ("p", "d"), ("p", "a"), ("e", "p")];
    let mut log = String::new();
    for (uuid, parent) in rows {
        let row =
            PROMPT.replace(r#""uuid":"p","parentUuid":null"#, &format!(r#""uuid":"{uuid}","parentUuid":"{parent}""#));
        writeln!(log, "{row}").expect("a string takes all");
    }
    let session = read(&log).expect("each row is whole");
    let prompts = session.entries.iter().filter(|entry| entry.kind == Kind::Prompt).count();
    assert_eq!(prompts, 6, "one for each uuid");
    for (index, entry) in session.entries.iter().enumerate() {
        assert_eq!(entry.seq as usize, index + 1);
        assert_eq!(session.index_of(entry.id), Some(index), "ids are unique");
    }
}

#[test]
fn compaction_boundaries_that_point_at_themselves_end() {
    let boundary = r#"{"type":"system","subtype":"compact_boundary","uuid":"b","parentUuid":null,"logicalParentUuid":"b","sessionId":"s",
        "compactMetadata":{"preservedSegment":{"headUuid":"x","tailUuid":"b"},"preservedMessages":{"uuids":["b","b","p"]}}}"#;
    let boundary = boundary.replace('\n', " ");
    let session =
        read(format!("{PROMPT}\n{boundary}\n{}\n", REPLY.replace(r#""parentUuid":"p""#, r#""parentUuid":"b""#)));
    assert_eq!(session.expect("each row is whole").entries.len(), 3);
}

#[test]
fn deep_nesting_is_damage_not_an_overflow() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let input = r#"{"type":"assistant","uuid":"a","parentUuid":"p","sessionId":"s","message":{"content":[{"type":"tool_use","id":"t","name":"X","input":DEEP}]}}"#;
        let log = format!("{PROMPT}\n{}\n{}\n", input.replace("DEEP", &deep), REPLY.replace("\"a\"", "\"b\""));
        let session = read(log).expect("two records are whole");
        assert_eq!(texts(&session), ["go", "yes"]);
        assert_eq!(session.problems, ["1 line is not JSON and was skipped"]);
    }
}

#[test]
fn a_line_of_twenty_megabytes_is_read() {
    let long = "word ".repeat(4 << 20);
    let log = format!("{}\n{REPLY}\n", PROMPT.replace("\"go\"", &format!("\"{long}\"")));
    let session = read(log).expect("both records are whole");
    assert_eq!(session.entries[0].text.len(), long.trim_end().len());
    assert_eq!(session.entries[1].text.as_str(), "yes");
}

#[test]
fn nul_bytes_and_escapes_in_text_are_kept_for_the_views_to_make_inert() {
    let log = PROMPT.replace("\"go\"", r#""a\u0000b\u001b[31m""#);
    assert_eq!(texts(&read(log).expect("the record is whole")), ["a\0b\x1b[31m"]);
}

#[test]
fn many_sessions_and_branches_take_linear_time() {
    let mut log = String::new();
    for number in 0..20_000 {
        let (uuid, parent) = (number, number / 2);
        writeln!(
            log,
            r#"{{"type":"user","uuid":"{uuid}","parentUuid":"{parent}","sessionId":"s{number}","message":{{"content":"go"}}}}"#
        )
        .expect("a string takes all");
    }
    let session = read(log).expect("every row is joined to the one before");
    assert_eq!(session.entries.iter().filter(|entry| entry.kind == Kind::Prompt).count(), 20_000);
}
