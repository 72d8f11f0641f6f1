//! A session to push into, for the tests of pushing.

use serde_json::Value;

use super::place::{Place, Said};

pub const ID: &str = "task-1";
pub const NOTE: &str = "the total of the order is rounded before the discount is taken off, so the cents are lost";

/// A long text about a subject, unlike those of other subjects, of about so many lines.
pub fn about(subject: &str, lines: usize) -> String {
    (0..lines).map(|line| format!("{subject} holds value {line} of {subject}_{line} in module m{line}.\n")).collect()
}

pub struct Session {
    pub place: Place,
}

impl Session {
    pub fn new(arguments: &[&str]) -> Session {
        let session = Session { place: Place::new() };
        session.ok(&[&["create"], arguments].concat());
        session
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        self.place.run(&[&["session"], arguments, &["--session-id", ID]].concat())
    }

    /// What a command prints into a pipe, without asking for JSON.
    pub fn ok(&self, arguments: &[&str]) -> Value {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
        assert_eq!(said.out.lines().count(), 1, "one line of JSON: {}", said.out);
        said.json()
    }

    pub fn push(&self, role: &str, content: &str, more: &[&str]) -> Value {
        self.ok(&[&["push", "--role", role, "--content", content], more].concat())
    }

    pub fn batch(&self, lines: &[Value], more: &[&str]) -> Said {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        self.batch_text(&text, more)
    }

    pub fn batch_text(&self, text: &str, more: &[&str]) -> Said {
        let arguments = [&["session", "push", "--batch", "--session-id", ID], more].concat();
        self.place.run_with(&arguments, |command| {
            command.write_stdin(text);
        })
    }

    pub fn entries(&self) -> Vec<Value> {
        self.ok(&["get"])["entries"].as_array().expect("a list").clone()
    }

    pub fn state(&self, seq: usize) -> Value {
        self.entries()[seq - 1]["state"].clone()
    }

    /// What each entry is: its held level, or why it is out.
    pub fn fates(&self) -> Vec<String> {
        let fate = |entry: &Value| match &entry["state"]["fate"] {
            Value::String(fate) if fate == "live" => {
                entry["state"]["held"]["level"].as_str().unwrap_or("?").to_string()
            }
            Value::String(fate) => fate.clone(),
            _ => "superseded".into(),
        };
        self.entries().iter().map(fate).collect()
    }

    pub fn journal(&self) -> Vec<String> {
        let log = self.run(&["log", "--json"]).json();
        let words = |row: &Value| row["words"].as_str().expect("words").to_string();
        log.as_array().expect("a list").iter().map(words).collect()
    }

    /// A command that has no answer in JSON unless it is asked for.
    pub fn ok_text(&self, arguments: &[&str]) {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
    }
}
