//! Exchanges that a later one makes stale: the same file read again, the same tests run again, an output said again.

use std::{borrow::Cow, collections::HashMap, hash::Hash, sync::Arc};

use strum::VariantArray;
use xxhash_rust::xxh3::xxh3_64;

use super::duplicates::SAID_AGAIN;
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
    reads: Grouped,
    test_runs: Grouped,
    attempts: Grouped,
    outputs: Grouped,
    /// By output: the next that says it again, and how much of it.
    said_again: HashMap<usize, (usize, f64)>,
}

/// In what a later call does the same again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, VariantArray)]
pub enum Again {
    /// It reads the same file whole. Reads of a part (with offset or limit) do not count: they may show other lines.
    Read,
    /// It runs the same tests. The whole command counts: two scripts that begin alike may write different files before
    /// they run the tests.
    TestRun,
    /// It tries what failed before, and goes through.
    Success,
    /// Not a call but its output: it says an earlier one again. Groups are by tool.
    Output,
}

/// Calls by what they are about.
#[derive(Clone, Debug, Default, PartialEq)]
struct Grouped {
    /// By entry: the number of its group.
    group: Vec<Option<u32>>,
    /// Calls of each group, ascending.
    calls: Vec<Vec<usize>>,
}

impl Subjects {
    pub fn new(session: &Session) -> Subjects {
        let calls = || session.entries.iter().map(|entry| (entry.kind == Kind::Call).then_some(entry));
        let said_again = said_again(session);
        Subjects {
            outputs: Grouped::new(tools(session, &said_again).into_iter()),
            said_again,
            reads: Grouped::new(calls().map(|call| call.and_then(whole_read))),
            test_runs: Grouped::new(calls().map(|call| call.and_then(test_command))),
            // Commands may be long: their hashes are shorter to keep.
            attempts: Grouped::new(calls().map(|call| call.map(|call| xxh3_64(tried(call).as_bytes())))),
        }
    }

    fn grouped(&self, again: Again) -> &Grouped {
        match again {
            Again::Read => &self.reads,
            Again::TestRun => &self.test_runs,
            Again::Success => &self.attempts,
            Again::Output => &self.outputs,
        }
    }

    /// How many groups of calls about the same there are.
    pub fn groups(&self, again: Again) -> usize {
        self.grouped(again).calls.len()
    }

    /// The group that a call belongs to.
    pub fn group(&self, again: Again, index: usize) -> Option<usize> {
        self.grouped(again).group[index].map(|group| group as usize)
    }

    /// The calls of a group, ascending.
    pub fn calls(&self, again: Again, group: usize) -> &[usize] {
        &self.grouped(again).calls[group]
    }

    /// What all calls of a group are about.
    pub fn about(&self, again: Again, group: usize, session: &Session) -> Arc<str> {
        let calls = self.calls(again, group);
        let call = &session.entries[calls[0]];
        match again {
            Again::Output => calls.last().and_then(|&last| session.entries[last].tool.clone()).unwrap_or_default(),
            Again::Read => call.path.as_deref().unwrap_or_default().into(),
            Again::TestRun => command(&call.text).into(),
            Again::Success => tried(call).into(),
        }
    }

    /// The calls of a group that a later one makes stale, ascending, each with that one.
    pub fn stale(&self, again: Again, group: usize, session: &Session, exchanges: &Exchanges) -> Vec<(usize, usize)> {
        let is_live = |index: &usize| session.entries[*index].state.fate == Fate::Live;
        let live = self.calls(again, group).iter().copied().filter(is_live);
        if again == Again::Output {
            return live.filter_map(|output| Some((output, self.last_saying(output, is_live)?))).collect();
        }
        let mut found = Vec::new();
        let mut by = None;
        for call in live.rev() {
            let (can_be_stale, makes_stale) = match again {
                Again::Read | Again::TestRun | Again::Output => (by.is_some(), by.is_none()),
                Again::Success => {
                    let exchange = exchanges.of(call);
                    let failed = exchange.iter().any(|&member| session.entries[member].marks.has(Mark::Error));
                    (failed, !failed && exchange.len() > 1)
                }
            };
            if makes_stale {
                by = Some(call);
            } else if can_be_stale {
                found.extend(by.map(|by| (call, by)));
            }
        }
        found.reverse();
        found
    }

    /// The last live output that says about the same as this one: of an output that comes up again and again only the
    /// last is needed, however little changes from one to the next.
    fn last_saying(&self, output: usize, is_live: impl Fn(&usize) -> bool) -> Option<usize> {
        let next = |&(output, so_far): &(usize, f64)| {
            let (newer, share) = self.said_again.get(&output)?;
            Some((*newer, so_far * share))
        };
        let chain = std::iter::successors(Some((output, 1.0)), next).skip(1);
        chain.take_while(|(_, share)| *share >= SAID_AGAIN).map(|(newer, _)| newer).filter(is_live).last()
    }

    /// Whole reads of a file that is read whole again later.
    pub fn repeated_reads(&self, session: &Session) -> Vec<Repeat> {
        self.repeats(Again::Read, session, &Exchanges::default())
    }

    /// Test runs that the same command, run again later, supersedes.
    pub fn repeated_tests(&self, session: &Session) -> Vec<Repeat> {
        self.repeats(Again::TestRun, session, &Exchanges::default())
    }

    /// Calls with an error in their exchange for which a later live call tries the same and has none.
    pub fn resolved_failures(&self, session: &Session, exchanges: &Exchanges) -> Vec<Repeat> {
        self.repeats(Again::Success, session, exchanges)
    }

    fn repeats(&self, again: Again, session: &Session, exchanges: &Exchanges) -> Vec<Repeat> {
        let of_group = |group: usize| {
            let found = self.stale(again, group, session, exchanges);
            let about = if found.is_empty() { Arc::default() } else { self.about(again, group, session) };
            found.into_iter().map(move |(stale, by)| Repeat { stale, by, about: about.clone() })
        };
        let mut repeats: Vec<Repeat> = (0..self.groups(again)).flat_map(of_group).collect();
        repeats.sort_unstable_by_key(|repeat| repeat.stale);
        repeats
    }
}

impl Grouped {
    fn new<A: Hash + Eq>(abouts: impl Iterator<Item = Option<A>>) -> Grouped {
        let mut numbers: HashMap<A, u32> = HashMap::new();
        let mut grouped = Grouped::default();
        for (index, about) in abouts.enumerate() {
            let group = about.map(|about| {
                let next = grouped.calls.len() as u32;
                *numbers.entry(about).or_insert(next)
            });
            if let Some(group) = group {
                if group as usize == grouped.calls.len() {
                    grouped.calls.push(Vec::with_capacity(1));
                }
                grouped.calls[group as usize].push(index);
            }
            grouped.group.push(group);
        }
        grouped
    }
}

/// By output: the next that says it again, and how much of it.
fn said_again(session: &Session) -> HashMap<usize, (usize, f64)> {
    let place = |id| session.index_of(id);
    let pairs = session.repeated.iter();
    pairs.filter_map(|again| Some((place(again.older)?, (place(again.newer)?, f64::from(again.share))))).collect()
}

/// By entry, as far as it is an output that is said again or says another again: the tool of the last one that says it.
fn tools<'a>(session: &'a Session, said_again: &HashMap<usize, (usize, f64)>) -> Vec<Option<&'a str>> {
    let mut tools = vec![None; session.entries.len()];
    let mut older: Vec<usize> = said_again.keys().copied().collect();
    older.sort_unstable_by(|a, b| b.cmp(a));
    for output in older {
        let newer = said_again[&output].0;
        let own = session.entries[newer].tool.as_deref().unwrap_or_default();
        tools[output] = Some(*tools[newer].get_or_insert(own));
    }
    tools
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
