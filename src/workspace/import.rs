//! Taking logs into the store, with progress.

use std::{path::Path, sync::Mutex};

use super::{
    Appended, Part, Result, Source, Workspace, WorkspaceError, document,
    prepare::{Prepared, prepare},
    source,
};
use crate::{
    model::{Actor, Session, SessionId},
    store::StoreError,
};

/// How far an import is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    Reading { bytes: u64, of: u64 },
    Counting { session: SessionId, entries: usize, of: usize },
}

/// What an import brought in, one row a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportReport {
    pub sessions: Vec<Imported>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    pub id: SessionId,
    pub title: String,
    /// Entries in the log, and how many of them were new to the store.
    pub entries: usize,
    pub added: usize,
    /// Of what can be carried, in full; `None` where nothing was counted, as in a dry run.
    pub tokens: Option<u64>,
    /// What the reader could not use, in words.
    pub problems: Vec<String>,
}

impl Workspace {
    /// Reads a log or a folder of logs and stores what is new. The log itself is never written.
    pub fn import(&mut self, path: &Path, tell: &mut (dyn FnMut(Progress) + Send)) -> Result<ImportReport> {
        self.kind().require(Part::Entries)?;
        if Source::of(path) == Source::Export {
            return self.import_export(path);
        }
        let sessions = source::read_foreign(path, &mut |bytes, of| tell(Progress::Reading { bytes, of }))?;
        let mut report = ImportReport::default();
        for mut session in sessions {
            let id = session.id.clone();
            let tell = Mutex::new(&mut *tell);
            prepare(&mut session, self.counters(), &|Prepared { entries, of }| {
                let mut tell = tell.lock().expect("telling does not panic");
                tell(Progress::Counting { session: id.clone(), entries, of });
            });
            report.sessions.push(match self.put(&session, &Actor::rule()) {
                Ok(appended) => imported(&session, appended.added.len()),
                // A person has deleted it: the other logs of the folder are taken in all the same.
                Err(error @ WorkspaceError::Store(StoreError::Deleted(_))) => {
                    session.problems.push(error.to_string());
                    imported(&session, 0)
                }
                Err(error) => return Err(error),
            });
        }
        Ok(report)
    }

    /// What an import would bring in, without storing it.
    pub fn import_dry(&mut self, path: &Path) -> Result<ImportReport> {
        self.kind().require(Part::Entries)?;
        let known = self.store.list()?;
        let sessions = match Source::of(path) {
            Source::Export => vec![document::read(path)?],
            _ => source::read_foreign(path, &mut |_, _| {})?,
        };
        let mut report = ImportReport::default();
        for session in sessions {
            let stored = known
                .iter()
                .any(|row| row.id == session.id)
                .then(|| self.store.native(Part::Entries)?.load(&session.id))
                .transpose()?;
            let is_new = |id| stored.as_ref().is_none_or(|stored| stored.entry(id).is_none());
            let added = session.entries.iter().filter(|entry| is_new(entry.id)).count();
            report.sessions.push(Imported { tokens: None, ..imported(&session, added) });
        }
        Ok(report)
    }

    /// The built-in session.
    pub fn demo(&mut self) -> Result<SessionId> {
        let session: Session = serde_json::from_str(DEMO).expect("the built-in session is valid; a test loads it");
        self.put(&session, &Actor::rule())?;
        Ok(session.id)
    }

    pub(super) fn put(&mut self, session: &Session, actor: &Actor) -> Result<Appended> {
        let now = self.now();
        let appended = self.store.native_mut(Part::Entries)?.put(session, actor, now)?;
        if appended.uncounted > 0 {
            // Notes took numbers in between: headers show other numbers than were counted.
            self.session(&session.id)?;
        }
        Ok(appended)
    }
}

/// Made from `checkout.jsonl` with its counts, so that the first paint waits for no tokenizer.
const DEMO: &str = include_str!("../../assets/demo/checkout.json");

pub(super) fn imported(session: &Session, added: usize) -> Imported {
    Imported {
        id: session.id.clone(),
        title: session.title.to_string(),
        entries: session.entries.len(),
        added,
        tokens: Some(
            session.entries.iter().filter(|entry| entry.is_live()).map(|entry| u64::from(entry.costs[0])).sum(),
        ),
        problems: session.problems.clone(),
    }
}
