//! A home folder of a test's own, and what commands said there.

use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;

pub struct Place {
    folder: TempDir,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

pub const SESSION: &str = "claude:5e55";

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    /// A place whose store holds the log of [`Place::log`].
    pub fn with_log() -> Self {
        let place = Self::new();
        let log = place.log(LINES);
        assert_eq!(place.run(&["import", &log]).code, 0);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self) -> Command {
        let mut command = Command::cargo_bin("haversack").expect("cargo builds the binary for its tests");
        command.env_clear().env("HOME", self.path("home")).env("RUST_BACKTRACE", "0").write_stdin("");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, |_| {})
    }

    pub fn run_with(&self, arguments: &[&str], set: impl FnOnce(&mut Command)) -> Said {
        let mut command = self.command();
        command.args(arguments);
        set(&mut command);
        let output = command.output().expect("the binary runs");
        Said {
            code: output.status.code().expect("it was not killed"),
            out: String::from_utf8(output.stdout).expect("it prints UTF-8"),
            err: String::from_utf8(output.stderr).expect("it prints UTF-8"),
        }
    }

    /// What a session command prints for the imported session.
    pub fn session(&self, arguments: &[&str]) -> Said {
        self.run(&[&["session"], arguments, &["--session-id", SESSION]].concat())
    }

    /// The pack as a terminal shows it.
    pub fn pack(&self, arguments: &[&str]) -> String {
        self.session(&[&["context", "--format", "text"], arguments].concat()).out
    }

    /// The same as JSON; it must succeed.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let said = self.session(&[arguments, &["--json"]].concat());
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
        said.json()
    }

    /// The imported session as JSON, without the time of its last write, which an undo moves too.
    pub fn state(&self) -> Value {
        let mut state = self.json(&["get"]);
        state.as_object_mut().expect("an object").remove("updated_at");
        state
    }

    /// A Claude Code log of that many turns: a prompt, an answer, a call and its result, 4 entries each.
    pub fn log(&self, turns: usize) -> String {
        let path = self.path("5e55.jsonl");
        std::fs::write(&path, log_text(turns)).expect("the folder can be written");
        path.to_str().expect("temporary folders are UTF-8").into()
    }
}

/// Turns of the log that [`Place::with_log`] imports.
pub const LINES: usize = 5;

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.out))
    }
}

/// The text of such a log.
pub fn log_text(turns: usize) -> String {
    let mut rows = Vec::new();
    let mut parent = Value::Null;
    let mut row = |kind: &str, message: Value| {
        let uuid = format!("u{}", rows.len());
        let second = rows.len() % 60;
        rows.push(
            json!({
                "type": kind, "uuid": uuid, "parentUuid": parent, "sessionId": "5e55", "isSidechain": false,
                "timestamp": format!("2026-03-01T10:00:{second:02}.000Z"), "cwd": "/home/kim/shop", "version": "2.1.5",
                "userType": "external", "message": message,
            })
            .to_string(),
        );
        parent = json!(uuid);
    };
    for turn in 0..turns {
        row("user", json!({"role": "user", "content": format!("Please fix rounding case {turn} in src/cart.rs.")}));
        let reply = |id: &str, block: Value| {
            json!({"id": format!("{id}{turn}"), "model": "claude-opus-5", "role": "assistant", "type": "message",
                   "content": [block], "usage": {"input_tokens": 10, "output_tokens": 5}})
        };
        let text = format!("I will look at case {turn}. The total is rounded too early, so the cents are lost.");
        row("assistant", reply("m", json!({"type": "text", "text": text})));
        let input = json!({"command": format!("cargo test case_{turn}")});
        row(
            "assistant",
            reply("c", json!({"type": "tool_use", "id": format!("t{turn}"), "name": "Bash", "input": input})),
        );
        let result =
            format!("running 1 test\ntest case_{turn} ... FAILED\n{}", "assertion failed: left 1.01\n".repeat(20));
        row(
            "user",
            json!({"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": format!("t{turn}"), "content": result, "is_error": true}
            ]}),
        );
    }
    rows.join("\n") + "\n"
}
