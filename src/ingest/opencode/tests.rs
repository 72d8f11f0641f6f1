//! The traps of OpenCode's three stores, on small ones made by code.

mod loss;

use std::{fs, path::PathBuf};

use pretty_assertions::assert_eq;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    ingest::{self, Counts, Inspected},
    model::{Entry, Kind, LossCause, Mark, Seen, Session},
};

/// A folder with what the test writes to it.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        Place(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
        fs::write(&path, bytes).expect("written");
        path
    }

    fn export(&self, session: &Value) -> PathBuf {
        self.write("export.json", session.to_string())
    }

    /// The session as `storage/` has it: without ids in the JSON of messages and parts.
    fn tree(&self, session: &Value) {
        let info = &session["info"];
        let id = info["id"].as_str().expect("an id");
        self.write(&format!("storage/session/prj/{id}.json"), info.to_string());
        for message in session["messages"].as_array().expect("messages") {
            let name = message["info"]["id"].as_str().expect("an id");
            self.write(&format!("storage/message/{id}/{name}.json"), bare(&message["info"]).to_string());
            for part in message["parts"].as_array().expect("parts") {
                let part_name = part["id"].as_str().expect("an id");
                self.write(&format!("storage/part/{name}/{part_name}.json"), bare(part).to_string());
            }
        }
    }

    /// The session as the database has it.
    fn database(&self, session: &Value) -> (PathBuf, Connection) {
        let path = self.path("opencode.db");
        let database = Connection::open(&path).expect("a new database");
        database
            .execute_batch(
                "CREATE TABLE IF NOT EXISTS session(id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT, title TEXT, revert TEXT, time_created INTEGER);
                 CREATE TABLE IF NOT EXISTS message(id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, data TEXT);
                 CREATE TABLE IF NOT EXISTS part(id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, data TEXT);",
            )
            .expect("tables");
        let info = &session["info"];
        let id = info["id"].as_str();
        let text = |key: &str| info[key].as_str();
        let revert = info.get("revert").map(Value::to_string);
        database
            .execute(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)",
                (id, text("parentID"), text("directory"), text("title"), revert, info["time"]["created"].as_i64()),
            )
            .expect("a row");
        // Rows stand in no order of time.
        for message in session["messages"].as_array().expect("messages").iter().rev() {
            let info = &message["info"];
            let row = (info["id"].as_str(), id, info["time"]["created"].as_i64(), bare(info).to_string());
            database.execute("INSERT INTO message VALUES (?, ?, ?, ?)", row).expect("a row");
            for part in message["parts"].as_array().expect("parts").iter().rev() {
                let row = (part["id"].as_str(), info["id"].as_str(), id, bare(part).to_string());
                database.execute("INSERT INTO part VALUES (?, ?, ?, ?)", row).expect("a row");
            }
        }
        (path, database)
    }
}

fn bare(json: &Value) -> Value {
    let mut json = json.clone();
    let fields = json.as_object_mut().expect("an object");
    ["id", "sessionID", "messageID"].iter().for_each(|key| drop(fields.remove(*key)));
    json
}

fn session(messages: Vec<Value>) -> Value {
    json!({"info": {"id": "ses_1", "projectID": "prj", "directory": "/work/shop", "title": "Rounding", "time": {"created": 1}},
           "messages": messages})
}

/// A message, whose parts get the ids `prt_N_1`, `prt_N_2` and so on.
fn message(number: u64, info: Value, parts: Vec<Value>) -> Value {
    let id = format!("msg_{number}");
    let mut whole = json!({"id": id, "sessionID": "ses_1", "time": {"created": 1_700_000_000_000_u64 + number * 1000}});
    whole.as_object_mut().expect("an object").extend(info.as_object().expect("an object").clone());
    let named = parts.into_iter().enumerate().map(|(index, mut part)| {
        part["id"] = format!("prt_{number}_{}", index + 1).into();
        part["messageID"] = id.clone().into();
        part
    });
    json!({"info": whole, "parts": named.collect::<Vec<_>>()})
}

fn user(number: u64, parts: Vec<Value>) -> Value {
    message(number, json!({"role": "user", "summary": {"diffs": []}}), parts)
}

fn assistant(number: u64, parts: Vec<Value>) -> Value {
    let tokens = json!({"input": 100, "output": 10, "reasoning": 3, "cache": {"read": 1000, "write": 7}});
    message(number, json!({"role": "assistant", "modelID": "glm-5", "tokens": tokens, "finish": "stop"}), parts)
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn tool(name: &str, state: Value) -> Value {
    json!({"type": "tool", "callID": "call_1", "tool": name, "state": state})
}

fn done(command: &str, output: &str) -> Value {
    let time = json!({"start": 1_700_000_001_000_u64, "end": 1_700_000_002_000_u64});
    tool("bash", json!({"status": "completed", "input": {"command": command}, "output": output, "time": time}))
}

fn compaction(number: u64, parent: u64, more: Value) -> Value {
    let mut info = json!({"role": "assistant", "modelID": "glm-5", "summary": true, "finish": "stop",
                          "parentID": format!("msg_{parent}")});
    info.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    message(number, info, vec![text("We round half up.")])
}

fn read(path: &std::path::Path) -> Session {
    let mut sessions = ingest::read(path, &mut |_, _| {}).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(sessions.len(), 1);
    sessions.remove(0)
}

fn inspect(path: &std::path::Path) -> Inspected {
    let mut logs = ingest::inspect(path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(logs.len(), 1);
    logs.remove(0).unwrap_or_else(|error| panic!("{error}"))
}

fn of(messages: Vec<Value>) -> (Session, Counts) {
    let place = Place::new();
    let path = place.export(&session(messages));
    (read(&path), inspect(&path).counts)
}

/// Kind, text, and where it was lost.
type Told<'a> = (Kind, &'a str, Option<(u32, LossCause)>);

fn told(session: &Session) -> Vec<Told<'_>> {
    let seq = |id| session.entries.iter().find(|entry| entry.id == id).map_or(0, |entry| entry.seq);
    let lost = |entry: &Entry| match entry.seen {
        Seen::Lost { at, cause } => Some((seq(at), cause)),
        _ => None,
    };
    session.entries.iter().map(|entry| (entry.kind, entry.text.as_str(), lost(entry))).collect()
}

fn kinds(session: &Session) -> Vec<(Kind, &str)> {
    session.entries.iter().map(|entry| (entry.kind, entry.text.as_str())).collect()
}

#[test]
fn only_what_the_human_wrote_is_a_prompt() {
    let picture = "data:image/png;base64,AAAABBBBCCCCDDDD";
    let (session, counts) = of(vec![user(
        1,
        vec![
            text("See the picture."),
            json!({"type": "text", "text": "Called the read tool", "synthetic": true}),
            json!({"type": "text", "text": "for the screen only", "ignored": true}),
            json!({"type": "file", "mime": "image/png", "filename": "chart.png", "url": picture}),
            json!({"type": "file", "mime": "text/plain", "filename": "a.rs", "url": "file:///work/a.rs"}),
            json!({"type": "agent", "name": "explore"}),
        ],
    )]);
    assert_eq!(
        kinds(&session),
        [
            (Kind::Prompt, "See the picture.\n\n[image: image/png, 12 bytes] chart.png\n\n[file: a.rs]"),
            (Kind::Injected, "Called the read tool"),
            (Kind::Injected, "for the screen only"),
        ]
    );
    assert!(session.entries[0].marks.has(Mark::Image));
    assert_eq!(session.entries[2].seen, Seen::Never, "ignored text is not sent");
    assert_eq!((counts.prompts, counts.images), (1, 1));
    assert_eq!((session.title.as_str(), session.project.as_str()), ("Rounding", "/work/shop"));
}

#[test]
fn an_image_alone_is_a_prompt_and_a_file_beside_generated_text_is_none() {
    let (session, counts) = of(vec![
        user(1, vec![json!({"type": "file", "mime": "image/png", "url": "data:image/png;base64,AAAA"})]),
        user(
            2,
            vec![
                json!({"type": "text", "text": "Continue if you have next steps", "synthetic": true}),
                json!({"type": "file", "mime": "text/plain", "url": "file:///work/a.rs"}),
            ],
        ),
    ]);
    assert_eq!(
        kinds(&session),
        [
            (Kind::Prompt, "[image: image/png, 3 bytes]"),
            (Kind::Injected, "Continue if you have next steps"),
            (Kind::Injected, "[file: /work/a.rs]"),
        ]
    );
    assert_eq!((counts.prompts, counts.images), (1, 1));
}

#[test]
fn a_reply_is_read_part_by_part_and_its_tokens_count_once() {
    let step =
        json!({"type": "step-finish", "tokens": {"input": 100, "output": 10, "cache": {"read": 1000, "write": 7}}});
    let (session, counts) = of(vec![assistant(
        1,
        vec![
            json!({"type": "step-start"}),
            json!({"type": "reasoning", "text": "", "metadata": {"openai": {"reasoningEncryptedContent": "AAAABBBB"}}}),
            json!({"type": "reasoning", "text": "Which file?"}),
            text("One."),
            text("Two."),
            json!({"type": "patch", "files": ["/a"]}),
            json!({"type": "retry", "attempt": 1, "error": {"data": {"message": "overloaded"}}}),
            step,
            json!({"type": "hologram"}),
        ],
    )]);
    assert_eq!(
        kinds(&session),
        [
            (Kind::Opaque, "[encrypted thought, 6 bytes]"),
            (Kind::Thought, "Which file?"),
            (Kind::Message, "One."),
            (Kind::Message, "Two."),
            (Kind::Injected, "retry 1: overloaded"),
        ]
    );
    let usage = session.entries.iter().filter_map(|entry| entry.usage).collect::<Vec<_>>();
    assert_eq!(usage.len(), 1);
    assert_eq!((usage[0].input, usage[0].output, usage[0].cache_read, usage[0].cache_write), (100, 10, 1000, 7));
    let reported = counts.usage.expect("the format tells");
    assert_eq!((reported.input, reported.output, reported.cache_read), (100, 10, Some(1000)));
    assert_eq!(counts.messages, 1, "two texts of one message are one reply");
    assert!(session.problems.iter().any(|problem| problem.contains("'part/hologram'")), "{:?}", session.problems);
}

#[test]
fn a_call_is_a_part_though_parts_share_an_id() {
    let (session, counts) = of(vec![assistant(
        1,
        vec![
            done("cargo test", "ok"),
            done("ls", "a.rs"),
            tool("bash", json!({"status": "running", "input": {"command": "sleep"}})),
            tool("bash", json!({"status": "pending", "input": {}, "raw": "{\"comm"})),
        ],
    )]);
    assert_eq!((counts.tool_calls, counts.tool_results, counts.calls_without_result), (4, 2, 2));
    let joins: Vec<_> = session.entries.iter().map(|entry| entry.call_id.as_deref().unwrap_or_default()).collect();
    assert_eq!(joins, ["prt_1_1", "prt_1_1", "prt_1_2", "prt_1_2", "prt_1_3", "prt_1_4"]);
    assert_eq!(session.entries[5].text.as_str(), "{\"comm");
    assert!(session.entries[1].marks.has(Mark::TestRun));
}

#[test]
fn failures_are_marked_and_only_flagged_ones_are_counted() {
    let exit = |code: i32| {
        let metadata = json!({"exit": code});
        tool("bash", json!({"status": "completed", "input": {}, "output": "x", "metadata": metadata}))
    };
    let stopped = json!({"interrupted": true, "output": "half of it"});
    let (session, counts) = of(vec![assistant(
        1,
        vec![
            exit(0),
            exit(2),
            tool("invalid", json!({"status": "completed", "input": {"tool": "x"}, "output": "no such tool"})),
            tool("read", json!({"status": "error", "input": {}, "error": "not found"})),
            tool("bash", json!({"status": "error", "input": {}, "error": "aborted", "metadata": stopped})),
        ],
    )]);
    let results: Vec<_> = session.entries.iter().filter(|entry| entry.kind == Kind::Result).collect();
    let failed: Vec<_> = results.iter().map(|entry| (entry.text.as_str(), entry.marks.has(Mark::Error))).collect();
    assert_eq!(failed, [("x", false), ("x", true), ("no such tool", true), ("not found", true), ("half of it", true)]);
    assert_eq!(counts.tool_errors, Some(2));
}

#[test]
fn a_tools_picture_is_told_and_counted() {
    let attachments = json!([{"type": "file", "mime": "image/png", "url": "data:image/png;base64,AAAA"}]);
    let state = json!({"status": "completed", "input": {}, "output": "Image read", "attachments": attachments});
    let (session, counts) = of(vec![assistant(1, vec![tool("read", state)])]);
    assert_eq!(session.entries[1].text.as_str(), "Image read\n[image: image/png, 3 bytes]");
    assert_eq!(counts.images, 1);
}

#[test]
fn a_sub_agents_prompts_are_delegated() {
    let mut log = session(vec![user(1, vec![text("Look for it.")])]);
    log["info"]["parentID"] = "ses_0".into();
    log["info"]["title"] = "Child session - 2026-01-01T00:00:00.000Z".into();
    let place = Place::new();
    let path = place.export(&log);
    let session = read(&path);
    assert_eq!(session.parent.expect("a parent").as_str(), "opencode:ses_0");
    assert_eq!(session.title.as_str(), "Look for it.", "a stand-in is no title");
    let counts = inspect(&path).counts;
    assert_eq!((counts.prompts, counts.delegated_prompts), (0, Some(1)));
}

/// A session with a bit of everything.
fn sample() -> Value {
    session(vec![
        user(1, vec![text("Fix it."), json!({"type": "text", "text": "env", "synthetic": true})]),
        assistant(2, vec![text("On it."), done("cargo test", "ok")]),
        user(3, vec![json!({"type": "compaction", "auto": true})]),
        compaction(4, 3, json!({})),
    ])
}

#[test]
fn the_three_stores_give_the_same_entries() {
    let place = Place::new();
    let export = read(&place.export(&sample()));
    place.tree(&sample());
    let tree = read(&place.path("storage"));
    let (path, _writer) = place.database(&sample());
    let database = read(&path);
    for other in [&tree, &database] {
        let without_place = |session: &Session| {
            let entries = session.entries.iter().cloned();
            entries.map(|entry| Entry { place: Default::default(), ..entry }).collect::<Vec<_>>()
        };
        assert_eq!(without_place(other), without_place(&export));
        assert_eq!((&other.id, &other.title, &other.project), (&export.id, &export.title, &export.project));
    }
    let lines = |session: &Session| session.entries.iter().map(|entry| entry.place.line).collect::<Vec<_>>();
    assert_eq!(lines(&export), [1, 1, 2, 2, 2, 4, 4], "the message's index");
    assert_eq!(lines(&tree), lines(&export));
    assert_eq!(lines(&database), [4, 4, 3, 3, 3, 1, 1], "the message's row");
}

#[test]
fn the_database_is_preferred_to_the_tree_beside_it() {
    let place = Place::new();
    let mut old = sample();
    old["messages"]
        .as_array_mut()
        .expect("messages")
        .push(user(9, vec![text("Taken back, and gone from the database.")]));
    place.tree(&old);
    let mut only_old = session(vec![user(8, vec![text("Not moved.")])]);
    only_old["info"]["id"] = "ses_0".into();
    place.tree(&only_old);
    let (_, _writer) = place.database(&sample());
    let sessions = ingest::read(place.0.path(), &mut |_, _| {}).expect("two logs");
    let told: Vec<_> = sessions.iter().map(|session| (session.id.as_str(), session.entries.len())).collect();
    assert_eq!(told, [("opencode:ses_1", 7), ("opencode:ses_0", 1)]);
}

#[test]
fn damaged_files_and_rows_are_counted_and_the_rest_is_read() {
    let place = Place::new();
    place.tree(&sample());
    place.write("storage/message/ses_1/msg_5.json", "{\"role\": \"us");
    place.write("storage/part/msg_1/prt_9.json", "");
    let log = inspect(&place.path("storage"));
    assert_eq!((log.counts.records, log.counts.bad_spans, log.counts.prompts), (5, 2, 1));

    let (path, writer) = place.database(&sample());
    writer
        .execute_batch(
            "INSERT INTO message VALUES ('msg_5', 'ses_1', 9e12, '{\"role'), ('msg_6', 'ses_lost', 'x', '{\"role\":\"user\"}');
             INSERT INTO part VALUES ('prt_6', 'msg_6', 'ses_lost', '{\"type\":\"text\",\"text\":\"Alone.\"}'), ('p', 'msg_1', 'ses_1', x'ff');",
        )
        .expect("rows");
    let log = inspect(&path);
    assert_eq!((log.counts.records, log.counts.bad_spans, log.counts.prompts), (6, 2, 2));
}

#[test]
fn an_older_schema_without_the_newer_columns_is_read() {
    let place = Place::new();
    let path = place.path("opencode.db");
    let writer = Connection::open(&path).expect("a new database");
    writer
        .execute_batch(
            "CREATE TABLE session(id TEXT); CREATE TABLE message(id TEXT, session_id TEXT, data TEXT);
             CREATE TABLE part(id TEXT, message_id TEXT, data TEXT);
             INSERT INTO session VALUES ('ses_1'); INSERT INTO message VALUES ('msg_1', 'ses_1', '{\"role\":\"user\"}');
             INSERT INTO part VALUES ('prt_1', 'msg_1', '{\"type\":\"text\",\"text\":\"Hello.\"}');",
        )
        .expect("rows");
    assert_eq!(kinds(&read(&path)), [(Kind::Prompt, "Hello.")]);
}

#[test]
fn a_document_is_read_as_far_as_it_is_whole() {
    let place = Place::new();
    let whole = sample().to_string();
    for cut in (0..whole.len()).step_by(11) {
        let path = place.write("cut.json", &whole.as_bytes()[..cut]);
        let (told, tally) = super::document::read(&path).expect("the file can be read");
        assert!(tally.torn && tally.bad_spans == 1, "cut at {cut}");
        assert!(told.len() <= 1);
    }
    let at = whole.find("\"msg_3\"").expect("the third message");
    let path = place.write("cut.json", &whole.as_bytes()[..at]);
    assert_eq!(kinds(&read(&path))[0], (Kind::Prompt, "Fix it."));
    assert_eq!(inspect(&path).counts.records, 2);
}

#[test]
fn half_a_character_does_not_cost_the_document() {
    let place = Place::new();
    let log = session(vec![user(1, vec![text("HERE")])]).to_string().replace("HERE", "a \\ud83d b");
    let path = place.write("export.json", log);
    assert_eq!(kinds(&read(&path)), [(Kind::Prompt, "a \u{fffd} b")]);
    assert_eq!(inspect(&path).counts.bad_spans, 0);
}

#[test]
fn ids_that_were_blacked_out_cost_no_entry() {
    let log = session(vec![user(1, vec![text("One.")]), user(2, vec![text("Two.")])]).to_string();
    let place = Place::new();
    let log = ["prt_1_1", "prt_2_1", "msg_1", "msg_2"].iter().fold(log, |log, id| log.replace(id, "REDACTED"));
    assert_eq!(kinds(&read(&place.write("export.json", log))), [(Kind::Prompt, "One."), (Kind::Prompt, "Two.")]);
}

#[test]
fn odd_values_never_panic() {
    let odd = [json!(null), json!(-1), json!(1e300), json!("x"), json!([1]), json!({"a": 1}), json!(true)];
    let place = Place::new();
    for value in &odd {
        let parts = ["text", "tool", "file", "reasoning", "compaction", "retry", "subtask"].map(|kind| {
            json!({"type": kind, "text": value, "tool": value, "callID": value, "state": value, "url": value,
                               "mime": value, "time": value, "auto": value, "tail_start_id": value, "attempt": value})
        });
        let state = json!({"status": "completed", "input": value, "output": value, "attachments": value,
                           "time": {"start": value, "end": value, "compacted": value}});
        for role in ["user", "assistant"] {
            let info = json!({"role": role, "time": {"created": value}, "tokens": {"input": value, "cache": value},
                              "error": value, "summary": true, "modelID": value, "parentID": value});
            let mut parts = parts.to_vec();
            parts.push(tool("read", state.clone()));
            let mut log = session(vec![
                message(1, info.clone(), parts),
                message(1, info, vec![value.clone()].into_iter().filter(Value::is_object).collect()),
            ]);
            log["info"]["revert"] = json!({"messageID": "msg_1", "partID": value});
            super::document::read(&place.export(&log)).expect("the file can be read");
        }
        let mut log = session(vec![]);
        log["messages"] = json!([value, {"info": value, "parts": value}]);
        super::document::read(&place.export(&log)).expect("the file can be read");
    }
}

#[test]
fn other_documents_and_folders_are_not_taken_for_it() {
    let place = Place::new();
    let other = place.write("other.json", "{\"info\": {\"title\": \"an API\"}, \"messages\": [{\"role\": \"user\"}]}");
    assert!(ingest::detect(&other).is_err());
    place.write("tree/message/a/b.json", "{\"subject\": \"no message of an agent\"}");
    place.write("tree/part/a.txt", "");
    assert!(ingest::detect(&place.path("tree")).is_err());
}
