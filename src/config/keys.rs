//! Every setting once: its name, type, default and help. The parser, the variables, `haversack config` and the README
//! all read this table.

use std::{fmt, path::PathBuf};

use serde::Serialize;

use crate::text::words::parse_count;

#[derive(Debug, PartialEq)]
pub struct Key {
    /// `table.key`, as in `config.toml`.
    pub name: &'static str,
    pub kind: Kind,
    /// As text; a path is below the XDG data folder.
    pub default: &'static str,
    pub flag: Option<&'static str>,
    pub help: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Path,
    /// A list of paths; in a variable with `:` between them.
    Paths,
    /// A whole number from 0 to 4,294,967,295; `32k` and `1M` are understood.
    Count,
    Switch,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

pub const KEYS: &[Key] = &[
    Key {
        name: "store.path",
        kind: Kind::Path,
        default: "haversack/haversack.db",
        flag: Some("--store"),
        help: "The store file. HAVERSACK_STORE sets it too.",
    },
    Key {
        name: "store.synchronous",
        kind: Kind::OneOf(&["normal", "full"]),
        default: "normal",
        flag: None,
        help: "What a write survives: normal a killed program, full a power cut too (each write waits for the disk then).",
    },
    Key {
        name: "tokens.encoding",
        kind: Kind::OneOf(&["o200k_base", "cl100k_base", "claude", "bytes4"]),
        default: "o200k_base",
        flag: Some("--tokenizer"),
        help: "How tokens are counted. o200k_base and cl100k_base are exact, claude and bytes4 estimates.",
    },
    Key {
        name: "budget.tokens",
        kind: Kind::Count,
        default: "32000",
        flag: Some("--budget"),
        help: "Tokens that may be carried forward.",
    },
    Key {
        name: "budget.window",
        kind: Kind::Count,
        default: "0",
        flag: Some("--window"),
        help: "The model's window in tokens; the budget is then window − reserve − fixed. 0: budget.tokens is the budget.",
    },
    Key {
        name: "budget.reserve",
        kind: Kind::Count,
        default: "32000",
        flag: Some("--reserve"),
        help: "Tokens of the window kept for the model's answer.",
    },
    Key {
        name: "budget.fixed",
        kind: Kind::Count,
        default: "0",
        flag: Some("--fixed"),
        help: "Tokens of the window that the system prompt and the tools take.",
    },
    Key {
        name: "pack.strategy",
        kind: Kind::OneOf(&["balanced", "ladder", "gradient", "window", "rolling"]),
        default: "balanced",
        flag: Some("--strategy"),
        help: "How entries are chosen for the pack.",
    },
    Key {
        name: "pack.tail",
        kind: Kind::Count,
        default: "4",
        flag: None,
        help: "Entries at the end that are in before anything older is, where a session has no number of its own.",
    },
    Key {
        name: "facts.default_ttl_minutes",
        kind: Kind::Count,
        default: "180",
        flag: None,
        help: "Minutes that a fact of kind context holds. 0: for ever, as goals, constraints and verification commands do.",
    },
    Key {
        name: "facts.short_lived_ttl_minutes",
        kind: Kind::Count,
        default: "30",
        flag: None,
        help: "Minutes that a short-lived fact holds. 0: for ever.",
    },
    Key {
        name: "facts.project_ttl_minutes",
        kind: Kind::Count,
        default: "0",
        flag: None,
        help: "The same as facts.default_ttl_minutes for facts of a whole project. 0: no difference.",
    },
    Key {
        name: "facts.session_ttl_minutes",
        kind: Kind::Count,
        default: "0",
        flag: None,
        help: "The same as facts.default_ttl_minutes for facts of one session. 0: no difference.",
    },
    Key {
        name: "facts.max_value_chars",
        kind: Kind::Count,
        default: "280",
        flag: None,
        help: "Characters that a fact's value may have. A longer one is refused, not cut.",
    },
    Key {
        name: "push.policy",
        kind: Kind::OneOf(&["plan", "ladder"]),
        default: "plan",
        flag: Some("--policy"),
        help: "How a push keeps a session within its maximum: by the balanced plan, or the least important first.",
    },
    Key {
        name: "sweep.paths",
        kind: Kind::Paths,
        default: "",
        flag: None,
        help: "Logs and folders that a sweep looks at besides the places where agents keep their logs.",
    },
    Key {
        name: "detect.min_frequency",
        kind: Kind::Count,
        default: "2",
        flag: Some("--min-frequency"),
        help: "Signals that make a pattern, at the least.",
    },
    Key {
        name: "detect.min_events",
        kind: Kind::Count,
        default: "20",
        flag: None,
        help: "Entries that a session needs to count for patterns; shorter ones are health checks and slips.",
    },
    Key {
        name: "detect.min_calls",
        kind: Kind::Count,
        default: "3",
        flag: None,
        help: "Calls that a session needs to count for patterns, plans and waits aside.",
    },
    Key {
        name: "detect.min_prompt_chars",
        kind: Kind::Count,
        default: "25",
        flag: None,
        help: "Characters that the longest prompt of a session needs for it to count for patterns.",
    },
    Key {
        name: "gate.min_frequency",
        kind: Kind::Count,
        default: "2",
        flag: None,
        help: "Signals that promote a pattern.",
    },
    Key {
        name: "gate.min_sessions",
        kind: Kind::Count,
        default: "2",
        flag: None,
        help: "Sessions that promote a pattern.",
    },
    Key {
        name: "gate.min_tokens",
        kind: Kind::Count,
        default: "0",
        flag: None,
        help: "Tokens that went into a pattern for it to be promoted.",
    },
    Key {
        name: "gate.share_frequency",
        kind: Kind::Count,
        default: "3",
        flag: None,
        help: "Signals that make a promoted pattern ready to share; below, it is provisional.",
    },
    Key {
        name: "gate.share_tokens",
        kind: Kind::Count,
        default: "0",
        flag: None,
        help: "Tokens that went into a pattern for it to be ready to share.",
    },
    Key {
        name: "gate.share_agents",
        kind: Kind::Count,
        default: "1",
        flag: None,
        help: "Agents that a pattern was seen with for it to be ready to share.",
    },
    Key {
        name: "retain.soft_mib",
        kind: Kind::Count,
        default: "4096",
        flag: None,
        help: "MiB of raw text that a retention run brings the store within, the oldest digested sessions first.",
    },
    Key {
        name: "retain.hard_mib",
        kind: Kind::Count,
        default: "6144",
        flag: None,
        help: "MiB of raw text above which sessions without a digest are digested and let go too.",
    },
    Key {
        name: "retain.age_days",
        kind: Kind::Count,
        default: "45",
        flag: None,
        help: "Days after which the raw text of a digested session goes.",
    },
    Key {
        name: "retain.digest_mib",
        kind: Kind::Count,
        default: "1024",
        flag: None,
        help: "MiB of digests above which a retention run gives an alert; none is removed.",
    },
    Key {
        name: "retain.archived_days",
        kind: Kind::Count,
        default: "120",
        flag: None,
        help: "Days that the text of archived entries is kept.",
    },
    Key {
        name: "ui.mouse",
        kind: Kind::Switch,
        default: "true",
        flag: None,
        help: "Whether the screen takes the mouse.",
    },
    Key {
        name: "ui.coach",
        kind: Kind::Switch,
        default: "true",
        flag: None,
        help: "Whether the screen names the next useful key until it has been used once.",
    },
    Key {
        name: "ui.theme",
        kind: Kind::OneOf(&["terminal", "dark", "light", "high-contrast", "colour-blind", "plain"]),
        default: "terminal",
        flag: None,
        help: "The screen's colours: the terminal's own, a theme with its own, or none (plain). NO_COLOR asks for none too.",
    },
];

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    Path(PathBuf),
    Paths(Vec<PathBuf>),
    Count(u32),
    Switch(bool),
    Word(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Path(path) => path.display().fmt(f),
            Value::Paths(paths) => {
                f.write_str(&paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(":"))
            }
            Value::Count(count) => count.fmt(f),
            Value::Switch(on) => on.fmt(f),
            Value::Word(word) => word.fmt(f),
        }
    }
}

pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

impl Key {
    /// From text, as a variable or a flag gives it. `None` where it is of another type.
    pub fn parse(&self, text: &str) -> Option<Value> {
        match self.kind {
            Kind::Path => (!text.is_empty()).then(|| Value::Path(text.into())),
            Kind::Paths => Some(Value::Paths(std::env::split_paths(text).filter(|path| path != "").collect())),
            Kind::Count => parse_count(text).map(Value::Count),
            Kind::Switch => match text.to_ascii_lowercase().as_str() {
                "true" | "on" | "yes" | "1" => Some(Value::Switch(true)),
                "false" | "off" | "no" | "0" => Some(Value::Switch(false)),
                _ => None,
            },
            Kind::OneOf(words) => words.contains(&text).then(|| Value::Word(text.into())),
        }
    }

    /// From a settings file, where numbers and switches are not text.
    pub(super) fn read(&self, value: &toml::Value) -> Option<Value> {
        match (self.kind, value) {
            (Kind::Count, toml::Value::Integer(count)) => u32::try_from(*count).ok().map(Value::Count),
            (Kind::Switch, toml::Value::Boolean(on)) => Some(Value::Switch(*on)),
            (Kind::Paths, toml::Value::Array(paths)) => {
                let paths = paths.iter().map(|path| path.as_str().map(PathBuf::from)).collect::<Option<_>>()?;
                Some(Value::Paths(paths))
            }
            (Kind::Path | Kind::Paths | Kind::OneOf(_) | Kind::Count, toml::Value::String(text)) => self.parse(text),
            _ => None,
        }
    }
}

impl Kind {
    /// What it takes, for an error message: "a whole number".
    pub fn words(self) -> String {
        match self {
            Kind::Path => "a path".into(),
            Kind::Paths => "a list of paths".into(),
            Kind::Count => "a whole number such as 32000 or 32k".into(),
            Kind::Switch => "true or false".into(),
            Kind::OneOf(words) => format!("one of {}", words.join(", ")),
        }
    }
}
