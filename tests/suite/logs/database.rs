//! Databases: their tables, and rows written as lines, so that a row can be damaged as a line can.

use std::path::Path;

use rusqlite::{Connection, params_from_iter, types::Value as Cell};
use serde_json::{Value, json};

use super::{export, word};

/// An agent's database.
pub struct Database {
    /// What the adapter's fuzz target is called.
    pub target: &'static str,
    pub file: &'static str,
    /// The tables, each with its columns; the first is the key.
    pub tables: &'static [(&'static str, &'static [&'static str])],
    /// One row a line: its table and its cells, separated by tabs. A cell of digits is a number, one of `0x` and
    /// hexadecimal digits a blob, an empty one NULL.
    pub rows: Vec<String>,
}

/// One of every agent that has one.
pub fn databases() -> Vec<Database> {
    const CRUSH: &[(&str, &[&str])] = &[
        ("sessions", &["id", "parent_session_id", "title", "prompt_tokens", "created_at", "summary_message_id"]),
        ("messages", &["id", "session_id", "role", "parts", "model", "created_at", "provider", "is_summary_message"]),
    ];
    const GO_OPENCODE: &[(&str, &[&str])] = &[
        ("sessions", &["id", "parent_session_id", "title", "prompt_tokens", "created_at", "summary_message_id"]),
        ("messages", &["id", "session_id", "role", "parts", "model", "created_at"]),
    ];
    const GOOSE: &[(&str, &[&str])] = &[
        (
            "sessions",
            &[
                "id",
                "name",
                "working_dir",
                "session_type",
                "accumulated_input_tokens",
                "accumulated_output_tokens",
                "model_config_json",
                "parent_session_id",
            ],
        ),
        ("messages", &["message_id", "session_id", "role", "content_json", "created_timestamp", "metadata_json"]),
    ];
    const OPENCODE: &[(&str, &[&str])] = &[
        ("session", &["id", "parent_id", "directory", "title", "revert", "time_created"]),
        ("message", &["id", "session_id", "time_created", "data"]),
        ("part", &["id", "message_id", "session_id", "data"]),
    ];
    const CURSOR: &[(&str, &[&str])] = &[("meta", &["key", "value"]), ("blobs", &["id", "data"])];
    vec![
        Database { target: "crush", file: "crush.db", tables: CRUSH, rows: crush() },
        Database { target: "go_opencode", file: "opencode.db", tables: GO_OPENCODE, rows: crush() },
        Database { target: "goose", file: "sessions.db", tables: GOOSE, rows: goose() },
        Database { target: "opencode", file: "opencode.db", tables: OPENCODE, rows: opencode() },
        Database { target: "cursor_store", file: "store.db", tables: CURSOR, rows: cursor() },
    ]
}

impl Database {
    /// Makes the database with these rows instead of its own. Lines that are no rows are left out.
    pub fn write<'a>(&self, path: &Path, rows: impl IntoIterator<Item = &'a [u8]>) -> rusqlite::Result<()> {
        let database = Connection::open(path)?;
        database.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")?;
        for (name, columns) in self.tables {
            // Without types, so that a cell stays what it is; keys may repeat, as in a damaged index.
            database.execute_batch(&format!("CREATE TABLE {name}({})", columns.join(", ")))?;
        }
        for row in rows {
            let mut cells = row.split(|byte| *byte == b'\t');
            let table = cells.next().unwrap_or_default();
            let known = self.tables.iter().find(|(name, _)| name.as_bytes() == table);
            let Some((name, columns)) = known else { continue };
            let holes = vec!["?"; columns.len()].join(", ");
            let cells = columns.iter().map(|_| cell(cells.next().unwrap_or_default()));
            database
                .prepare_cached(&format!("INSERT INTO {name} VALUES ({holes})"))?
                .execute(params_from_iter(cells))?;
        }
        database.execute_batch("COMMIT")
    }
}

fn cell(bytes: &[u8]) -> Cell {
    let Ok(text) = std::str::from_utf8(bytes) else { return Cell::Blob(bytes.into()) };
    if text.is_empty() {
        return Cell::Null;
    }
    if let Ok(number) = text.parse() {
        return Cell::Integer(number);
    }
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() % 2 == 0 && digits.is_ascii());
    let bytes = digits.and_then(|digits| {
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
    });
    bytes.map_or(Cell::Text(text.into()), Cell::Blob)
}

fn row(cells: &[&str]) -> String {
    cells.join("\t")
}

/// Of Crush, and of the Go OpenCode, whose rows are shorter.
fn crush() -> Vec<String> {
    let part = |kind: &str, data: Value| json!({"type": kind, "data": data});
    let text = |number: usize| part("text", json!({"text": word(number)}));
    let finish = part("finish", json!({"reason": "end_turn"}));
    let call = part("tool_call", json!({"id": "c", "name": "bash", "input": "{\"command\":\"ls\"}", "finished": true}));
    let result = part("tool_result", json!({"tool_call_id": "c", "content": word(3), "is_error": true}));
    let picture = part("binary", json!({"Path": "a.png", "MIMEType": "image/png", "Data": "AAAA"}));
    let message = |id: &str, role: &str, parts: Value, at: u32, summary: &str| {
        row(&["messages", id, "s1", role, &parts.to_string(), "m", &at.to_string(), "p", summary])
    };
    vec![
        row(&["sessions", "s1", "", "Rounding", "9", "1", "m5"]),
        message("m1", "user", json!([text(1), picture]), 1, "0"),
        message(
            "m2",
            "assistant",
            json!([part("reasoning", json!({"thinking": "Look."})), text(2), call, finish]),
            2,
            "0",
        ),
        message("m3", "tool", json!([result]), 2, "0"),
        message("m4", "assistant", json!([text(4), part("finish", json!({"reason": "canceled"}))]), 3, "0"),
        message("m5", "assistant", json!([text(5), finish]), 4, "1"),
        message("m6", "user", json!([text(6)]), 5, "0"),
        row(&["sessions", "c1$$s1", "s1", "Sub", "9", "2", ""]),
        row(&["messages", "m7", "c1$$s1", "user", &json!([text(8)]).to_string(), "", "3", "p", "0"]),
    ]
}

fn goose() -> Vec<String> {
    let sees = |human: bool, model: bool| json!({"userVisible": human, "agentVisible": model}).to_string();
    let message = |role: &str, content: Value, metadata: String| {
        row(&["messages", "", "s1", role, &content.to_string(), "1767261600", &metadata])
    };
    let text = |number: usize| json!({"type": "text", "text": word(number)});
    let request = json!({"type": "toolRequest", "id": "c", "toolCall": {"status": "success", "value": {"name": "shell", "arguments": {"command": "ls"}}}});
    let value = json!({"content": [{"type": "text", "text": word(3)}, {"type": "image", "data": "AAAA", "mimeType": "image/png"}], "isError": true});
    let response = json!({"type": "toolResponse", "id": "c", "toolResult": {"status": "success", "value": value}});
    vec![
        row(&["sessions", "s1", "Rounding", "/work", "user", "80", "43", "{\"model_name\":\"m\"}", ""]),
        message("user", json!([text(1)]), sees(true, false)),
        message(
            "assistant",
            json!([{"type": "thinking", "thinking": "Look.", "signature": "x"}, text(2), request]),
            sees(true, false),
        ),
        message("user", json!([response]), sees(true, false)),
        message("user", json!([text(4)]), sees(false, true)),
        message("assistant", json!([text(5)]), sees(false, true)),
        message("user", json!([text(6), {"type": "redactedThinking", "data": "AAAA"}]), sees(true, true)),
        message(
            "assistant",
            json!([{"type": "systemNotification", "notificationType": "inlineMessage", "msg": "Compacted."}]),
            sees(true, false),
        ),
    ]
}

fn opencode() -> Vec<String> {
    let export = export();
    let info = &export["info"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let revert = info["revert"].to_string();
    let mut rows =
        vec![row(&["session", &text(&info["id"]), "", &text(&info["directory"]), &text(&info["title"]), &revert, "1"])];
    for message in export["messages"].as_array().into_iter().flatten() {
        let info = &message["info"];
        let id = text(&info["id"]);
        rows.push(row(&["message", &id, "ses_1", &info["time"]["created"].to_string(), &info.to_string()]));
        for part in message["parts"].as_array().into_iter().flatten() {
            rows.push(row(&["part", &text(&part["id"]), &id, "ses_1", &part.to_string()]));
        }
    }
    rows
}

fn cursor() -> Vec<String> {
    let hexadecimal = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let id = |number: usize| format!("{number:02x}").repeat(32);
    // SQLite takes text for a blob, and text is what a mutation can do something with.
    let message = |number: usize, role: &str, content: Value| {
        row(&["blobs", &id(number), &json!({"role": role, "content": content}).to_string()])
    };
    let about = json!({"agentId": "a1", "name": "Rounding", "lastUsedModel": "m", "latestRootBlobId": id(0xff)});
    // A number and a name of other fields stand before the hashes.
    let mut root = vec![0x10, 0xac, 0x02, 0x4a, 2, b'h', b'i'];
    for number in 1..5 {
        root.extend([0x0a, 32]);
        root.extend([number; 32]);
    }
    let call = json!({"type": "tool-call", "toolCallId": "c", "toolName": "Shell", "args": {"command": "ls"}});
    let result = json!({"type": "tool-result", "toolCallId": "c", "toolName": "Shell", "result": word(4)});
    vec![
        row(&["meta", "0", &hexadecimal(about.to_string().as_bytes())]),
        message(1, "system", json!(word(1))),
        message(2, "user", json!([{"type": "text", "text": format!("<user_query>\n{}\n</user_query>", word(2))}])),
        message(
            3,
            "assistant",
            json!([{"type": "reasoning", "text": "Look."}, {"type": "text", "text": word(3)}, call]),
        ),
        message(4, "tool", json!([result])),
        message(5, "assistant", json!([{"type": "text", "text": word(5)}])),
        row(&["blobs", &id(0xff), &format!("0x{}", hexadecimal(&root))]),
    ]
}
