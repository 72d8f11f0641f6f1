//! Exchanges that a later one makes stale: the same file read again, the same tests run again.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use xxhash_rust::xxh3::xxh3_64;

use crate::model::{Entry, Exchanges, Fate, Kind, Mark, Session};

/// An exchange made stale by a later one. Indices into the session's entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The stale call (or lone entry).
    pub stale: usize,
    /// The latest call that does the same again.
    pub by: usize,
    /// What both are about: a path, or a whole command.
    pub about: Arc<str>,
}

/// What each call is about that a later one may do again. Made of immutable texts: once for a session, whatever is edited.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subjects {
    /// By entry: the file that it reads whole. Reads of a part (with offset or limit) do not count: they may show other
    /// lines.
    reads: Vec<Option<Subject>>,
    /// By entry: the command of a test run. The whole command counts: two scripts that begin alike may write different
    /// files before they run the tests.
    test_runs: Vec<Option<Subject>>,
    /// By entry: the number of what a call tries to do, so that a later try at the same is known.
    attempts: Vec<Option<usize>>,
}

/// What a call is about. Equal ones have equal numbers, from 0: an edit looks through all of them.
#[derive(Clone, Debug, PartialEq)]
struct Subject {
    number: usize,
    about: Arc<str>,
}

impl Subjects {
    pub fn new(session: &Session) -> Subjects {
        let calls = || session.entries.iter().map(|entry| (entry.kind == Kind::Call).then_some(entry));
        Subjects {
            reads: numbered(calls().map(|call| call.and_then(whole_read))),
            test_runs: numbered(calls().map(|call| call.and_then(test_command))),
            attempts: attempts(calls()),
        }
    }

    /// Whole reads of a file that is read whole again later.
    pub fn repeated_reads(&self, session: &Session) -> Vec<Repeat> {
        stale(session, &self.reads)
    }

    /// Test runs that the same command, run again later, supersedes.
    pub fn repeated_tests(&self, session: &Session) -> Vec<Repeat> {
        stale(session, &self.test_runs)
    }

    /// Calls with an error in their exchange for which a later live call tries the same and has none.
    pub fn resolved_failures(&self, session: &Session, exchanges: &Exchanges) -> Vec<Repeat> {
        let mut went_through: Vec<Option<usize>> = vec![None; self.attempts.len()];
        let mut found = Vec::new();
        for (index, attempt) in self.attempts.iter().enumerate().rev() {
            let Some(attempt) = attempt.filter(|_| session.entries[index].state.fate == Fate::Live) else { continue };
            let exchange = exchanges.of(index);
            let failed = exchange.iter().any(|&member| session.entries[member].marks.has(Mark::Error));
            if !failed && exchange.len() > 1 {
                went_through[attempt] = Some(index);
            } else if failed && let Some(by) = went_through[attempt] {
                found.push(Repeat { stale: index, by, about: tried(&session.entries[index]).into() });
            }
        }
        found.reverse();
        found
    }
}

fn numbered(abouts: impl Iterator<Item = Option<Arc<str>>>) -> Vec<Option<Subject>> {
    let mut numbers: HashMap<Arc<str>, usize> = HashMap::new();
    let mut number = |about: Arc<str>| {
        let next = numbers.len();
        Subject { number: *numbers.entry(about.clone()).or_insert(next), about }
    };
    abouts.map(|about| about.map(&mut number)).collect()
}

/// What each call tries: to use a tool on a file, or to run a command.
fn attempts<'a>(calls: impl Iterator<Item = Option<&'a Entry>>) -> Vec<Option<usize>> {
    let mut numbers: HashMap<u64, usize> = HashMap::new();
    let mut number = |call: &Entry| {
        let next = numbers.len();
        *numbers.entry(xxh3_64(tried(call).as_bytes())).or_insert(next)
    };
    calls.map(|call| call.map(&mut number)).collect()
}

/// What a call tries: to use a tool on a file, or to run a command.
pub fn tried(call: &Entry) -> Cow<'_, str> {
    match (call.tool.as_deref(), call.path.as_deref()) {
        (Some(tool), Some(path)) => format!("{tool} of {path}").into(),
        _ => command(&call.text).into(),
    }
}

/// The file that a call reads whole.
pub(super) fn whole_read(call: &Entry) -> Option<Arc<str>> {
    let reads = call.tool.as_deref().is_some_and(is_reader);
    let path = call.path.as_deref().filter(|_| reads)?;
    let whole = !call.text.lines().any(|line| line.starts_with("offset:") || line.starts_with("limit:"));
    whole.then(|| Arc::from(path))
}

/// Whether a tool of that name reads files.
pub(super) fn is_reader(tool: &str) -> bool {
    READERS.contains(&tool.to_ascii_lowercase().as_str())
}

/// The command of a call that runs tests.
pub(super) fn test_command(call: &Entry) -> Option<Arc<str>> {
    call.marks.has(Mark::TestRun).then(|| Arc::from(command(&call.text)))
}

/// Tools that read a whole file, in lower case.
const READERS: [&str; 6] = ["read", "view", "read_file", "cat", "notebookread", "open_file"];

/// Live calls for which a later live call is about the same.
fn stale(session: &Session, subjects: &[Option<Subject>]) -> Vec<Repeat> {
    let mut latest: Vec<Option<usize>> = vec![None; subjects.len()];
    let mut found = Vec::new();
    let is_live = |index: usize| session.entries[index].state.fate == Fate::Live;
    for (index, subject) in subjects.iter().enumerate().rev() {
        let Some(subject) = subject.as_ref().filter(|_| is_live(index)) else { continue };
        match latest[subject.number] {
            Some(by) => found.push(Repeat { stale: index, by, about: subject.about.clone() }),
            None => latest[subject.number] = Some(index),
        }
    }
    found.reverse();
    found
}

/// A call's text without the lines that its other inputs make after the command, which change from run to run.
fn command(text: &str) -> &str {
    let others = ["\ndescription:", "\ntimeout:", "\nrun_in_background:"];
    let end = others.iter().filter_map(|other| text.find(other)).min().unwrap_or(text.len());
    text[..end].trim()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{model::SessionId, pack::strategy::tests::entry, text::redact};

    fn session(entries: Vec<Entry>) -> Session {
        let mut session = Session::new(SessionId::new("claude:repeats"));
        session.entries = entries;
        session
    }

    fn read(seq: u32, path: &str, input: &str) -> Entry {
        let mut read = entry(seq, Kind::Call, &format!("{path}{input}"));
        (read.tool, read.path) = (Some(Arc::from("Read")), Some(redact::clean(path)));
        read
    }

    fn run(seq: u32, command: &str) -> Entry {
        let mut run = entry(seq, Kind::Call, command);
        run.marks = run.marks.with(Mark::TestRun);
        run
    }

    fn repeats(session: &Session) -> Vec<Repeat> {
        Subjects::new(session).repeated_reads(session)
    }

    /// "1 by 3": the numbers of what is stale and of what makes it so.
    fn pairs(session: &Session, found: Vec<Repeat>) -> Vec<String> {
        let seq = |index: usize| session.entries[index].seq;
        found.iter().map(|repeat| format!("{} by {}", seq(repeat.stale), seq(repeat.by))).collect()
    }

    #[test]
    fn the_latest_whole_read_makes_the_others_stale() {
        let session = session(vec![
            read(1, "/a.rs", ""),
            read(2, "/b.rs", ""),
            read(3, "/a.rs", "\noffset: 40"),
            read(4, "/a.rs", ""),
            read(5, "/a.rs", "\nlimit: 9"),
            read(6, "/a.rs", ""),
        ]);
        assert_eq!(pairs(&session, repeats(&session)), ["1 by 6", "4 by 6"]);
        assert!(repeats(&session).iter().all(|repeat| &*repeat.about == "/a.rs"));
    }

    #[test]
    fn what_is_out_already_neither_is_stale_nor_makes_stale() {
        let mut session = session(vec![read(1, "/a.rs", ""), read(2, "/a.rs", ""), read(3, "/a.rs", "")]);
        session.entries[2].state.fate = Fate::Evicted;
        assert_eq!(pairs(&session, repeats(&session)), ["1 by 2"]);
        session.entries[1].kind = Kind::Result;
        assert_eq!(repeats(&session), []);
    }

    #[test]
    fn other_tools_on_the_same_file_are_no_reads() {
        let mut session = session(vec![read(1, "/a.rs", ""), read(2, "/a.rs", "")]);
        session.entries[1].tool = Some(Arc::from("Edit"));
        assert_eq!(repeats(&session), []);
    }

    #[test]
    fn the_same_command_is_the_same_run_and_a_like_one_is_not() {
        let session = session(vec![
            run(1, "cargo test\ndescription: Run the tests"),
            run(2, "cat >> a.rs <<EOF\none\nEOF\ncargo test"),
            run(3, "cat >> a.rs <<EOF\ntwo\nEOF\ncargo test"),
            entry(4, Kind::Call, "cargo test"),
            run(5, "cargo test\ndescription: Once more\ntimeout: 1000"),
        ]);
        assert_eq!(
            pairs(&session, Subjects::new(&session).repeated_tests(&session)),
            ["1 by 5"],
            "scripts that differ write different things"
        );
    }
}
