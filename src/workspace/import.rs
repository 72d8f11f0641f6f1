//! Taking logs into the store, with progress.

use std::path::{Path, PathBuf};

use super::{
    Appended, Part, Result, Workspace, WorkspaceError, document,
    source::{self, Source},
    sweep::{Again, Change, Keep},
};
use crate::{
    ingest,
    model::{Actor, Session, SessionId},
    store::{SessionRow, StoreError},
};

/// How far an import is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Logs are read, and what is new in them is counted: bytes done of all that are to be read.
    Reading {
        log: PathBuf,
        bytes: u64,
        of: u64,
    },
    Counting {
        session: SessionId,
        entries: usize,
        of: usize,
    },
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
    /// Reads a log, all logs of a folder, or a file of sessions, and stores what is new. A log that has not changed since
    /// it was read is not read again. Logs are never written.
    pub fn import(&mut self, path: &Path, tell: &mut (dyn FnMut(Progress) + Send)) -> Result<ImportReport> {
        self.take_in(path, Keep::Stored, tell)
    }

    /// What an import would bring in, without storing it.
    pub fn import_dry(&mut self, path: &Path) -> Result<ImportReport> {
        self.take_in(path, Keep::Nothing, &mut |_| {})
    }

    fn take_in(&mut self, path: &Path, keep: Keep, tell: &mut (dyn FnMut(Progress) + Send)) -> Result<ImportReport> {
        self.kind().require(Part::Entries)?;
        let sessions = match (Source::of(path), keep) {
            (Source::Export, Keep::Stored) => return self.import_export(path),
            (Source::Export, Keep::Nothing) => Some(vec![document::read(path)?]),
            (Source::Distill, _) => Some(source::read_foreign(path, &mut |_, _| {})?),
            (Source::Haversack | Source::Log, _) => None,
        };
        if let Some(sessions) = sessions {
            let sessions = sessions.into_iter().map(|session| match keep {
                Keep::Stored => self.absorb(session, tell),
                Keep::Nothing => self.absorb_dry(&session),
            });
            return Ok(ImportReport { sessions: sessions.collect::<Result<_>>()? });
        }
        let listing = ingest::list(path)?;
        let passed_over: Vec<String> = listing.passed_over.iter().map(ToString::to_string).collect();
        let swept = self.sweep(listing.logs, keep, Again::Missing, tell)?;
        let mut report = ImportReport::default();
        let mut failures = Vec::new();
        for log in swept {
            if let Change::Failed(why) = log.change {
                failures.push(why);
            }
            log.sessions.into_iter().for_each(|session| report.add(session));
        }
        match report.sessions.first_mut() {
            Some(first) => first.problems.extend(passed_over.into_iter().chain(failures)),
            None => return Err(WorkspaceError::NothingToImport { path: path.into(), why: failures.pop() }),
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

impl ImportReport {
    /// A session that several logs hold is told once.
    fn add(&mut self, session: Imported) {
        match self.sessions.iter_mut().find(|known| known.id == session.id) {
            Some(known) => {
                known.added += session.added;
                known.entries = known.entries.max(session.entries);
                known.tokens = known.tokens.max(session.tokens);
                known.problems.extend(session.problems);
            }
            None => self.sessions.push(session),
        }
    }
}

impl Imported {
    /// A session of the store that nothing was added to.
    pub(super) fn of_known(row: &SessionRow) -> Imported {
        let deleted = row.deleted_at.map(|_| StoreError::Deleted(row.id.clone()).to_string());
        Imported {
            id: row.id.clone(),
            title: row.title.to_string(),
            entries: row.entries as usize,
            added: 0,
            tokens: Some(row.held()),
            problems: deleted.into_iter().collect(),
        }
    }

    pub(super) fn of(session: &Session, added: usize) -> Imported {
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
}
