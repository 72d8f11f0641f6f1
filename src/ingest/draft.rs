//! An entry in the making, as every adapter gives it: without number, and not yet redacted.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use crate::model::{Kind, LossCause, Mark, Marks, Role, Time, Usage};

/// Tells an entry in its session: what the log itself calls the record (else its byte offset), and which part of it.
/// The same in every reading of the log.
pub type Key = (Arc<str>, u32);

#[derive(Clone, Debug)]
pub struct Draft {
    pub key: Key,
    /// 1-based line; message index in a single-document log; row id in SQLite.
    pub line: u32,
    /// Byte offset of the record in the file; 0 where the format has none.
    pub offset: u64,
    pub at: Option<Time>,
    pub kind: Kind,
    pub role: Role,
    pub marks: Marks,
    pub tool: Option<Arc<str>>,
    pub call_id: Option<Arc<str>>,
    pub path: Option<String>,
    /// As it was logged. Of a boundary, what it says of itself; how much was lost there is added later.
    pub text: String,
    pub standing: Standing,
    /// Usage of the reply that this entry opens, each amount once.
    pub usage: Option<Usage>,
    /// What the log calls the reply that a message is part of; a message without it is a reply of its own.
    pub reply: Option<Arc<str>>,
    /// Images in it.
    pub images: u32,
}

/// What the agent's context held of an entry at the end of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Held,
    /// Dropped at the boundary with this key.
    Lost { at: Key, cause: LossCause },
    /// Written for the human only, such as the program's own error messages.
    Never,
    /// The format does not tell.
    Unknown,
}

impl Draft {
    /// An entry at `line`, whose record starts `offset` bytes into the file.
    pub fn new(key: Key, line: u32, offset: u64, kind: Kind, role: Role, text: impl Into<String>) -> Draft {
        Draft {
            key,
            line,
            offset,
            at: None,
            kind,
            role,
            marks: Marks::default(),
            tool: None,
            call_id: None,
            path: None,
            text: text.into(),
            standing: Standing::Held,
            usage: None,
            reply: None,
            images: 0,
        }
    }

    pub fn marked(mut self, marks: Marks) -> Draft {
        self.marks = self.marks.iter().chain(marks.iter()).collect();
        self
    }
}

/// Where a record stands in its file, what the log calls it, and when it was written.
#[derive(Clone, Debug)]
pub struct Spot {
    pub name: Arc<str>,
    pub line: u32,
    pub offset: u64,
    pub at: Option<Time>,
}

impl Spot {
    pub fn key(&self, part: usize) -> Key {
        (self.name.clone(), u32::try_from(part).unwrap_or(u32::MAX))
    }

    pub fn draft(&self, part: usize, kind: Kind, role: Role, text: impl Into<String>) -> Draft {
        Draft { at: self.at, ..Draft::new(self.key(part), self.line, self.offset, kind, role, text) }
    }

    /// What the program told the model.
    pub fn injected(&self, part: usize, text: impl Into<String>) -> Draft {
        self.draft(part, Kind::Injected, Role::System, text)
    }

    /// What the program told the human only.
    pub fn notice(&self, text: impl Into<String>, mark: Mark) -> Draft {
        Draft { standing: Standing::Never, ..self.injected(0, text).marked(Marks::default().with(mark)) }
    }
}

static DECISION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:decision:(?:\s|$)|(?:decided (?:to|on|against|that)|let['’]s (?:go with|use|keep)|(?:I|we)(?:['’]ll| will) go with|going with|settled on|opt(?:ed|ing)? for|chose to|(?:use|using|switch to) \S+ instead of)\b)",
    )
    .expect("a constant pattern")
});

/// The mark of a prompt or message that decides something.
pub fn decision(text: &str) -> Marks {
    if DECISION.is_match(text) { Marks::default().with(Mark::Decision) } else { Marks::default() }
}
