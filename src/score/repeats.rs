//! Exchanges that a later one makes stale: the same file read again, the same tests run again.

use std::collections::HashMap;

use crate::model::{Fate, Kind, Mark, Session};

/// An exchange made stale by a later one. Indices into the session's entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The stale call (or lone entry).
    pub stale: usize,
    /// The latest call that does the same again.
    pub by: usize,
    /// What both are about: a path, or a whole command.
    pub about: String,
}

/// Whole reads of a file that is read whole again later. Reads of a part (with offset or limit) do not count: they may
/// show other lines.
pub fn repeats(session: &Session) -> Vec<Repeat> {
    stale(session, |index| {
        let entry = &session.entries[index];
        let reads = entry.tool.as_deref().is_some_and(|tool| READERS.contains(&tool.to_ascii_lowercase().as_str()));
        let whole = !entry.text.lines().any(|line| line.starts_with("offset:") || line.starts_with("limit:"));
        let path = entry.path.as_deref().filter(|_| reads && whole)?;
        Some(path.to_string())
    })
}

/// Test runs that the same command, run again later, supersedes. The whole command counts: two scripts that begin alike
/// may write different files before they run the tests.
pub fn test_runs(session: &Session) -> Vec<Repeat> {
    stale(session, |index| {
        let entry = &session.entries[index];
        entry.marks.has(Mark::TestRun).then(|| command(&entry.text).to_string())
    })
}

/// Tools that read a whole file, in lower case.
const READERS: [&str; 6] = ["read", "view", "read_file", "cat", "notebookread", "open_file"];

/// Live calls for which a later live call has the same key.
fn stale(session: &Session, key: impl Fn(usize) -> Option<String>) -> Vec<Repeat> {
    let mut latest: HashMap<String, usize> = HashMap::new();
    let mut found = Vec::new();
    for index in (0..session.entries.len()).rev() {
        let entry = &session.entries[index];
        if entry.kind != Kind::Call || entry.state.fate != Fate::Live {
            continue;
        }
        let Some(about) = key(index) else { continue };
        match latest.get(&about) {
            Some(&by) => found.push(Repeat { stale: index, by, about }),
            None => {
                latest.insert(about, index);
            }
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
