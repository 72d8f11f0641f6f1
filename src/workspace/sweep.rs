//! Reading logs into the store, each only where it has changed since it was read.
//!
//! A log is read, its sessions are stored, and only then its cursor is written: a sweep that is stopped anywhere leaves
//! whole sessions, and the next one goes on where it was.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use super::{
    Part, Result, Workspace,
    import::{Imported, Progress},
};
use crate::{
    ingest::{self, Agent, LogFile, Owners, Stamp, fingerprint},
    model::SessionId,
    store::{Cursor, SessionRow},
};

/// What became of one log.
#[derive(Clone, Debug, PartialEq)]
pub struct Swept {
    pub path: PathBuf,
    pub agent: Agent,
    pub bytes: u64,
    pub change: Change,
    /// What came in; of an unchanged log the sessions that are known to be in it.
    pub sessions: Vec<Imported>,
    /// Records of a type that the reader does not know, by type.
    pub unknown: BTreeMap<String, u64>,
}

/// How a log differs from what was read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Never read before.
    New,
    /// It goes on where it ended.
    Appended,
    /// What was read is not there any more.
    Rewritten,
    /// Not read.
    Unchanged,
    /// It could not be read, and why.
    Failed(String),
}

/// Whether what is read is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    Stored,
    /// A dry run: what is new is told, nothing is counted or stored.
    Nothing,
}

/// Which logs are read though they have not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Those with a session that the store does not have, or whose text retention let go: a person who names a log wants it.
    Missing,
    /// None: what a person has purged stays away until its log changes.
    Never,
}

/// Of the work on a log, the share that reading takes; counting takes the rest.
const READING: f64 = 0.1;

impl Workspace {
    /// Reads the logs that have changed, the one that begins first first, and stores what is new. A log that cannot be
    /// read holds up no other. `tell` gets the bytes done, and to do.
    ///
    /// # Errors
    /// Where the store cannot be read or written.
    pub fn sweep(
        &mut self,
        logs: Vec<LogFile>,
        keep: Keep,
        again: Again,
        tell: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Vec<Swept>> {
        let known: HashMap<SessionId, SessionRow> =
            self.store.list()?.into_iter().map(|row| (row.id.clone(), row)).collect();
        let has_text = |id: &SessionId| known.get(id).is_some_and(|row: &SessionRow| row.let_go_at.is_none());
        let mut swept = Vec::new();
        let mut to_read = Vec::new();
        for log in logs {
            match self.look(&log)? {
                (Some(cursor), Change::Unchanged) if again == Again::Never || cursor.sessions.iter().all(has_text) => {
                    let sessions = cursor.sessions.iter().filter_map(|id| known.get(id)).map(Imported::of_known);
                    swept.push(of(&log, Change::Unchanged, sessions.collect()));
                }
                (_, change) => to_read.push((log, change)),
            }
        }
        to_read.sort_by_cached_key(|(log, _)| (log.begins(), log.path.clone()));
        let total: u64 = to_read.iter().map(|(log, _)| log.bytes).sum();
        let mut folders = Folders::default();
        let mut done = 0;
        for (log, change) in to_read {
            let mut told = |share: f64| {
                let bytes = done + (log.bytes as f64 * share) as u64;
                tell(Progress::Reading { log: log.path.clone(), bytes, of: total });
            };
            told(0.0);
            match self.read_in(&log, keep, &mut folders, &mut told) {
                Ok((sessions, unknown)) => swept.push(Swept { unknown, ..of(&log, change, sessions) }),
                Err(super::WorkspaceError::Ingest(error)) => {
                    swept.push(of(&log, Change::Failed(error.to_string()), Vec::new()));
                }
                Err(error) => return Err(error),
            }
            done += log.bytes;
        }
        Ok(swept)
    }

    /// Whether a log has changed since it was read, without reading it.
    fn look(&self, log: &LogFile) -> Result<(Option<Cursor>, Change)> {
        let Some(cursor) = self.store.native(Part::Entries)?.cursor(&name(&log.path))? else {
            return Ok((None, Change::New));
        };
        // A log that went away between the listing and now is told when it is read.
        let stamp = Stamp::of(&log.path).unwrap_or_default();
        let change = if (stamp.bytes, stamp.modified) == (cursor.bytes, cursor.modified) {
            Change::Unchanged
        } else if stamp.bytes >= cursor.bytes && fingerprint(&log.path, cursor.bytes) == cursor.fingerprint {
            Change::Appended
        } else {
            Change::Rewritten
        };
        Ok((Some(cursor), change))
    }

    fn read_in(
        &mut self,
        log: &LogFile,
        keep: Keep,
        folders: &mut Folders,
        told: &mut (dyn FnMut(f64) + Send),
    ) -> Result<(Vec<Imported>, BTreeMap<String, u64>)> {
        // Before it is read, so that what is appended meanwhile is read the next time.
        let stamp = Stamp::of(&log.path)?;
        let size = log.bytes.max(1) as f64;
        let owners = folders.owners_beside(self, &log.path)?;
        let read = ingest::read_log(log, owners, &mut |bytes| told(READING * bytes as f64 / size))?;
        owners.merge(&read.owners);
        let ids: Vec<SessionId> = read.sessions.iter().map(|session| session.id.clone()).collect();
        let mut imported = Vec::new();
        for session in read.sessions {
            imported.push(match keep {
                Keep::Nothing => self.absorb_dry(&session)?,
                Keep::Stored => self.absorb(session, &mut |progress| {
                    if let Progress::Counting { entries, of, .. } = progress {
                        told(READING + (1.0 - READING) * entries as f64 / of.max(1) as f64);
                    }
                })?,
            });
        }
        if keep == Keep::Stored {
            let cursor = Cursor {
                path: name(&log.path),
                agent: log.agent().to_string(),
                bytes: stamp.bytes,
                modified: stamp.modified,
                fingerprint: fingerprint(&log.path, stamp.bytes),
                sessions: ids,
                owners: read.owners.to_bytes(),
            };
            let now = self.now();
            self.store.native_mut(Part::Entries)?.set_cursor(&cursor, now)?;
        }
        Ok((imported, read.tally.unknown))
    }
}

/// Whose the rows of the logs in each folder are.
#[derive(Default)]
struct Folders(HashMap<PathBuf, Owners>);

impl Folders {
    /// Of the logs beside this one, and its own from an earlier reading.
    fn owners_beside(&mut self, workspace: &Workspace, log: &Path) -> Result<&mut Owners> {
        let folder = absolute(log).parent().map(Path::to_owned).unwrap_or_default();
        if !self.0.contains_key(&folder) {
            let mut owners = Owners::default();
            for bytes in workspace.store.native(Part::Entries)?.owners_in(&folder.to_string_lossy())? {
                owners.merge(&Owners::from_bytes(&bytes));
            }
            self.0.insert(folder.clone(), owners);
        }
        Ok(self.0.get_mut(&folder).expect("it was put there"))
    }
}

fn of(log: &LogFile, change: Change, sessions: Vec<Imported>) -> Swept {
    Swept { path: log.path.clone(), agent: log.agent(), bytes: log.bytes, change, sessions, unknown: BTreeMap::new() }
}

/// The name of a log in the store: the same from wherever it is named.
fn name(path: &Path) -> String {
    absolute(path).to_string_lossy().into_owned()
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
