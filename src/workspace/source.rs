//! What a path is, and the sessions in it.

use std::path::Path;

use super::{
    Result,
    prepare::{self, Counters, prepare},
};
use crate::{
    ingest,
    model::Session,
    store::{Store, foreign::distill},
    text::tokens::Encoding,
};

/// What can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Our own store.
    Haversack,
    /// A session file of distill.
    Distill,
    /// An agent's log, or a folder of them.
    Log,
}

impl Source {
    /// Tells by content, not by name. Errors of reading come later, from reading.
    pub fn of(path: &Path) -> Source {
        match path {
            path if Store::is_haversack(path) => Source::Haversack,
            // Asked first, since it writes nothing beside an agent's database.
            path if ingest::has_table(path, distill::ENTRIES) && distill::sniff(path) => Source::Distill,
            _ => Source::Log,
        }
    }
}

/// The sessions of a store, a log, or a folder of logs, ready for planning. Nothing is stored.
pub fn read_sessions(path: &Path, encoding: Encoding) -> Result<Vec<Session>> {
    match Source::of(path) {
        Source::Haversack => {
            let mut store = Store::open(path)?;
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
        Source::Haversack | Source::Log => Ok(ingest::read(path, progress)?),
    }
}
