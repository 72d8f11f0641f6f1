//! What a path is, and the sessions in it.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use super::{
    Result, document,
    prepare::{self, Counters, prepare},
};
use crate::{
    ingest::{self, IngestError, Inspected, LogFile},
    model::Session,
    store::{Native, Stored, foreign::distill},
    text::tokens::{Encoding, Tokenizer},
};

/// What can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Our own store.
    Haversack,
    /// A session file of distill.
    Distill,
    /// A session that `session export --to json` has written.
    Export,
    /// An agent's log, or a folder of them.
    Log,
}

impl Source {
    /// Tells by content, not by name. Errors of reading come later, from reading.
    pub fn of(path: &Path) -> Source {
        match path {
            path if Native::is_haversack(path) => Source::Haversack,
            // Asked first, since it writes nothing beside an agent's database.
            path if ingest::has_table(path, distill::ENTRIES) && distill::sniff(path) => Source::Distill,
            path if document::sniff(path) => Source::Export,
            _ => Source::Log,
        }
    }
}

/// The sessions of a store, a log, or a folder of logs, ready for planning. Nothing is stored.
pub fn read_sessions(path: &Path, encoding: Encoding) -> Result<Vec<Session>> {
    match Source::of(path) {
        Source::Haversack => {
            let mut store = Native::open(path)?;
            store.count_in(encoding);
            let rows = store.sessions()?;
            let live = rows.into_iter().filter(|row| row.deleted_at.is_none() && row.let_go_at.is_none());
            live.map(|row| {
                let Stored { mut session, names_due, .. } = store.stored(&row.id)?;
                prepare::count_missing(&mut session, encoding);
                if names_due {
                    session.names = prepare::names(&session, &Tokenizer::new(encoding));
                }
                prepare::count_facts(&mut session, encoding);
                Ok(session)
            })
            .collect()
        }
        Source::Export => {
            let mut session = document::read(path)?;
            prepare::count_missing(&mut session, encoding);
            prepare::count_facts(&mut session, encoding);
            Ok(vec![session])
        }
        Source::Distill | Source::Log => {
            let mut sessions = read_foreign(path, &mut |_, _| {})?;
            let counters = Counters::new(encoding);
            sessions.iter_mut().for_each(|session| prepare(session, &counters, &|_| {}));
            Ok(sessions)
        }
    }
}

/// The logs at these places, each once, and in words what could not be used.
pub fn listed(places: &[PathBuf]) -> (Vec<LogFile>, Vec<String>) {
    let (mut logs, mut problems) = (Vec::<LogFile>::new(), Vec::new());
    let mut met = HashSet::new();
    for place in places {
        match ingest::list(place) {
            Ok(listing) => {
                problems.extend(listing.passed_over.iter().map(ToString::to_string));
                logs.extend(listing.logs.into_iter().filter(|log| met.insert(log.path.clone())));
            }
            // A place that is known and empty is nothing to tell.
            Err(IngestError::NoLogs { .. }) => {}
            Err(error) => problems.push(error.to_string()),
        }
    }
    (logs, problems)
}

/// What each log of a path holds, counted by itself; logs that cannot be read are given as errors.
///
/// # Errors
/// Where the path cannot be read or holds no log.
pub fn inspect(path: &Path) -> Result<Vec<Result<Inspected>>> {
    let inspected = ingest::inspect(path)?;
    Ok(inspected.into_iter().map(|file| file.map_err(Into::into)).collect())
}

/// The sessions of somebody else's file, not yet prepared. `progress` gets the bytes done and to do.
pub(super) fn read_foreign(path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<Session>> {
    match Source::of(path) {
        Source::Distill => Ok(distill::read(path)?),
        Source::Haversack | Source::Export | Source::Log => Ok(ingest::read(path, progress)?),
    }
}
