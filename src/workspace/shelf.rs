//! Sessions that were read lately, as the store has them in their versions: shared by the workspaces of a server, so that
//! who reads again loads nothing. A push into one of them is done to it here too.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::warm::bytes;
use crate::{
    model::{Edit, Entry, EntryId, Score, SessionId},
    store::Stored,
};

/// Sessions that are kept at the most, and their bytes together.
const SESSIONS: usize = 64;
const BYTES: usize = 128 * 1024 * 1024;

/// Cheap to clone: all clones are one shelf.
#[derive(Clone, Default)]
pub struct Shelf(Arc<Mutex<Sessions>>);

#[derive(Default)]
struct Sessions {
    kept: HashMap<SessionId, Kept>,
    /// Counts the uses.
    used: u64,
    bytes: usize,
}

struct Kept {
    used: u64,
    bytes: usize,
    stored: Stored,
}

/// What a push did to a session.
pub(super) struct Growth<'a> {
    pub added: &'a [Entry],
    pub rescored: &'a [(EntryId, Score)],
    pub edits: &'a [Edit],
    /// Of the session before and after.
    pub versions: (i64, i64),
}

impl Shelf {
    /// A session, where it is kept as it is in this version. Its texts are shared, not copied.
    pub(super) fn copy(&self, id: &SessionId, version: i64) -> Option<Stored> {
        let mut sessions = self.sessions();
        sessions.used += 1;
        let used = sessions.used;
        let kept = sessions.kept.get_mut(id).filter(|kept| kept.stored.version == version)?;
        kept.used = used;
        Some(kept.stored.clone())
    }

    pub(super) fn keep(&self, stored: Stored) {
        let mut sessions = self.sessions();
        sessions.used += 1;
        sessions.drop_one(&stored.session.id);
        let kept = Kept { used: sessions.used, bytes: stored.session.entries.iter().map(bytes).sum(), stored };
        sessions.bytes += kept.bytes;
        sessions.kept.insert(kept.stored.session.id.clone(), kept);
        while sessions.kept.len() > SESSIONS || sessions.bytes > BYTES {
            let oldest = sessions.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(id, _)| id.clone());
            let Some(oldest) = oldest else { break };
            sessions.drop_one(&oldest);
        }
    }

    /// Does to a session that is kept what a push did to the stored one. Its index of names is made when it is read.
    pub(super) fn grow(&self, id: &SessionId, growth: &Growth) {
        let mut sessions = self.sessions();
        let (before, after) = growth.versions;
        let Some(kept) = sessions.kept.get_mut(id).filter(|kept| kept.stored.version == before) else { return };
        let session = &mut kept.stored.session;
        session.entries.extend_from_slice(growth.added);
        let has_applied = growth.edits.iter().all(|edit| session.apply(edit).is_ok());
        for (entry, score) in growth.rescored {
            if let Some(index) = session.index_of(*entry) {
                session.entries[index].score = score.clone();
            }
        }
        (kept.stored.version, kept.stored.names_due) = (after, true);
        let more: usize = growth.added.iter().map(bytes).sum();
        kept.bytes += more;
        sessions.bytes += more;
        if !has_applied {
            sessions.drop_one(id);
        }
    }

    /// Whoever panicked with it in hand left at worst a session that is too old.
    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sessions {
    fn drop_one(&mut self, id: &SessionId) {
        if let Some(kept) = self.kept.remove(id) {
            self.bytes -= kept.bytes;
        }
    }
}
