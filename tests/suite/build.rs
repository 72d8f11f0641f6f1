//! Sessions built by code: `session().prompt("…").call("Bash", "ls", "a.rs").done()`.

use std::sync::{Arc, OnceLock};

use haversack::{
    model::{Entry, EntryId, Kind, Mark, Place, Role, Session, SessionId, SourceFile, Time},
    text::{
        redact,
        tokens::{Encoding, Tokenizer},
    },
    workspace::prepare::{Counters, prepare},
};

/// The o200k_base tokenizer, built once for all tests.
pub fn tokenizer() -> &'static Tokenizer {
    counters().costs()
}

fn counters() -> &'static Counters {
    static COUNTERS: OnceLock<Counters> = OnceLock::new();
    COUNTERS.get_or_init(|| Counters::new(Encoding::O200k))
}

pub fn session() -> Builder {
    let mut session = Session::new(SessionId::new("claude:test"));
    session.title = redact::clean("A test session");
    session.sources = vec![SourceFile { path: "/logs/test.jsonl".into(), bytes: 0 }];
    Builder { session }
}

#[derive(Clone)]
pub struct Builder {
    session: Session,
}

impl Builder {
    pub fn entry(self, kind: Kind, text: &str) -> Self {
        self.with(kind, text, |_| {})
    }

    pub fn prompt(self, text: &str) -> Self {
        self.entry(Kind::Prompt, text)
    }

    pub fn message(self, text: &str) -> Self {
        self.entry(Kind::Message, text)
    }

    /// A call and its result.
    pub fn call(self, tool: &str, input: &str, output: &str) -> Self {
        let id: Arc<str> = format!("call-{}", self.session.entries.len()).into();
        let tool: Arc<str> = tool.into();
        let join = |entry: &mut Entry| (entry.call_id, entry.tool) = (Some(id.clone()), Some(tool.clone()));
        self.with(Kind::Call, input, join).with(Kind::Result, output, join)
    }

    /// A whole read of a file.
    pub fn read(self, path: &str, output: &str) -> Self {
        let mut built = self.call("Read", &format!("file_path: {path}"), output);
        let call = built.session.entries.len() - 2;
        built.session.entries[call].path = Some(redact::clean(path));
        built
    }

    /// A run of tests.
    pub fn tests(self, command: &str, output: &str) -> Self {
        let mut built = self.call("Bash", command, output);
        let call = built.session.entries.len() - 2;
        for entry in &mut built.session.entries[call..] {
            entry.marks = entry.marks.with(Mark::TestRun);
        }
        built
    }

    pub fn with(mut self, kind: Kind, text: &str, change: impl FnOnce(&mut Entry)) -> Self {
        let seq = self.session.entries.len() as u32 + 1;
        let role = match kind {
            Kind::Prompt => Role::User,
            Kind::Message | Kind::Thought | Kind::Call | Kind::Note => Role::Assistant,
            Kind::Result => Role::Tool,
            Kind::Injected | Kind::Summary | Kind::Boundary | Kind::Opaque => Role::System,
        };
        let mut entry = Entry {
            at: Some(Time(1_770_000_000_000 + i64::from(seq) * 30_000)),
            place: Place { file: 0, line: seq, offset: u64::from(seq) * 100 },
            ..Entry::new(EntryId(u64::from(seq) << 8), seq, kind, role, redact::clean(text))
        };
        change(&mut entry);
        self.session.entries.push(entry);
        self
    }

    /// With renditions, costs, scores and index of names.
    pub fn done(mut self) -> Session {
        prepare(&mut self.session, counters(), &|_| {});
        self.session
    }
}
