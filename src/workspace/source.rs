//! What a path is, and the sessions in it.

use std::path::Path;

use super::{
    Result, document,
    prepare::{self, Counters, prepare},
};
use crate::{
    ingest,
    model::Session,
    store::{Native, foreign::distill},
    text::tokens::Encoding,
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
            path if distill::sniff(path) => Source::Distill,
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
            let live = rows.into_iter().filter(|row| row.deleted_at.is_none());
            live.map(|row| {
                let mut session = store.load(&row.id)?;
                prepare::count_missing(&mut session, encoding);
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

/// The sessions of somebody else's file, not yet prepared. `progress` gets the bytes done and to do.
pub(super) fn read_foreign(path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<Session>> {
    match Source::of(path) {
        Source::Distill => Ok(distill::read(path)?),
        Source::Haversack | Source::Export | Source::Log => Ok(ingest::read(path, progress)?),
    }
}
