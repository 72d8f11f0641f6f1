//! Agent logs → model. Logs are opened read-only; what cannot be used is counted in words, never fatal.

// The adapters of the other agents come next.
#![allow(dead_code)]

mod agent;
mod error;
mod json;
mod plural;
mod moment;
mod media;
mod tally;
mod input;
mod lines;
mod sqlite;
mod probe;
mod draft;
mod call;
mod exchange;
mod title;
mod conversation;
mod counts;
mod adapter;
mod files;
mod stamp;
mod owners;
mod discover;
mod claude;

use std::path::{Path, PathBuf};

pub use agent::Agent;
pub use counts::{Counts, Reported};
pub use discover::{Machine, Place, discover};
pub use error::IngestError;
pub use files::{Listing, LogFile, list};
pub use owners::Owners;
pub use stamp::{Stamp, fingerprint};
pub use tally::Tally;

use self::adapter::Told;
use crate::model::Session;

/// Tells a log's agent by its content. An error where it is none that can be read.
pub fn detect(path: &Path) -> Result<Agent, IngestError> {
    Ok(files::recognise(path)?.agent())
}

/// The sessions of a log, or of all logs under a folder, oldest first for each agent. Renditions, costs and scores are
/// left empty. `progress` gets the bytes done and the bytes to do.
///
/// # Errors
/// A path that cannot be read, that is no known log, or that holds no conversation. In a folder, files that are no known
/// logs are passed over and named among the first session's problems.
pub fn read(path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<Session>, IngestError> {
    let listing = files::list(path)?;
    let mut passed_over = listing.passed_over;
    let total = listing.logs.iter().map(|file| file.bytes).sum();
    let mut done = 0;
    let (mut claude, mut conversations) = (Vec::new(), Vec::new());
    for LogFile { path, adapter, bytes } in &listing.logs {
        match adapter.decode(path, &mut |bytes| progress(done + bytes, total)) {
            Ok(decoded) => match decoded.told {
                Told::Claude(log) => claude.push((path.as_path(), log)),
                Told::Conversations(told) => conversations.extend(told),
            },
            Err(error) if listing.logs.len() > 1 => passed_over.push(error),
            Err(error) => return Err(error),
        }
        done += bytes;
        progress(done, total);
    }
    let (mut sessions, _) = claude::sessions(claude, &Owners::default());
    sessions.extend(conversation::sessions(conversations));
    match sessions.first_mut() {
        Some(first) => first.problems.extend(passed_over.iter().map(ToString::to_string)),
        None => return Err(passed_over.pop().unwrap_or(IngestError::NoConversation { path: path.into() })),
    }
    Ok(sessions)
}

/// One log, read by itself.
pub struct Read {
    pub sessions: Vec<Session>,
    /// Whose its rows are.
    pub owners: Owners,
    pub tally: Tally,
}

/// The sessions of one log. Rows that `known` gives to another session stay there.
///
/// # Errors
/// Where the log cannot be read.
pub fn read_log(log: &LogFile, known: &Owners, progress: &mut dyn FnMut(u64)) -> Result<Read, IngestError> {
    let decoded = log.adapter.decode(&log.path, progress)?;
    let (sessions, owners) = match decoded.told {
        Told::Claude(rows) => claude::sessions(vec![(log.path.as_path(), rows)], known),
        Told::Conversations(told) => (conversation::sessions(told), Owners::default()),
    };
    Ok(Read { sessions, owners, tally: decoded.tally })
}

/// What one log holds, counted.
#[derive(Debug)]
pub struct Inspected {
    pub path: PathBuf,
    pub agent: Agent,
    pub counts: Counts,
    pub tally: Tally,
}

/// Counts what each log of a path holds, without merging them; those that cannot be read are given as errors.
///
/// # Errors
/// As [`read`].
pub fn inspect(path: &Path) -> Result<Vec<Result<Inspected, IngestError>>, IngestError> {
    let listing = files::list(path)?;
    let logs = listing.logs.into_iter().map(|LogFile { path, adapter, .. }| {
        let decoded = adapter.decode(&path, &mut |_| {})?;
        Ok(Inspected { path, agent: adapter.agent(), counts: decoded.counts, tally: decoded.tally })
    });
    Ok(logs.chain(listing.passed_over.into_iter().map(Err)).collect())
}
