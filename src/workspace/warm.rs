//! Sessions that were pushed to lately, kept with all that the next push asks of them: it looks at what is new and at
//! what that touches, whatever the length of the session.

use std::collections::HashMap;

use crate::{
    model::{Change, Drift, Edit, Entry, EntryId, Fate, GrowingExchanges, Score, Session, SessionId},
    score::{
        Mentions, Running,
        duplicates::{Alike, Duplicate, Known},
    },
    store::Stored,
};

/// Sessions that are kept at the most, and their bytes together.
const SESSIONS: usize = 1_000;
const BYTES: usize = 256 * 1024 * 1024;
/// What an entry takes besides its texts: itself, its keys and shingles, the places of its names. Measured on texts of
/// 300 bytes to 1 KB.
const OF_ENTRY: usize = 2_500;

/// Which sessions are kept: those that were used last.
#[derive(Default)]
pub(super) struct WarmSessions {
    sessions: HashMap<SessionId, (u64, Warm)>,
    /// Counts the uses.
    used: u64,
    bytes: usize,
}

impl WarmSessions {
    /// Takes a session out. Who changes it puts it back once the store has the changes.
    pub fn take(&mut self, id: &SessionId) -> Option<Warm> {
        let (_, warm) = self.sessions.remove(id)?;
        self.bytes -= warm.bytes;
        Some(warm)
    }

    pub fn put(&mut self, warm: Warm) {
        self.used += 1;
        self.bytes += warm.bytes;
        self.sessions.insert(warm.session.id.clone(), (self.used, warm));
        while self.sessions.len() > SESSIONS || self.bytes > BYTES {
            let oldest = self.sessions.iter().min_by_key(|(_, (used, _))| *used).map(|(id, _)| id.clone());
            match oldest {
                Some(id) => drop(self.take(&id)),
                None => break,
            }
        }
    }
}

/// A session as the store has it in its version.
pub(super) struct Warm {
    pub session: Session,
    pub version: i64,
    pub next_seq: u32,
    pub exchanges: GrowingExchanges,
    pub mentions: Mentions,
    /// Of all entries that have one; once a push has brought one.
    pub embeddings: Option<HashMap<EntryId, Vec<f32>>>,
    /// Of live entries: how many are held at each level, and their tokens.
    pub held: [(u32, u64); 4],
    running: Running,
    known: Known,
    bytes: usize,
}

impl Warm {
    pub fn new(stored: Stored) -> Warm {
        let Stored { session, version, next_seq, .. } = stored;
        let mut exchanges = GrowingExchanges::default();
        session.entries.iter().for_each(|entry| exchanges.add(entry));
        let mentions = Mentions::new(&session);
        let running = Running::new(&session, &mentions, &exchanges);
        let mut held = [(0, 0); 4];
        session.entries.iter().for_each(|entry| hold(&mut held, entry));
        let bytes = session.entries.iter().map(bytes).sum();
        Warm {
            session,
            version,
            next_seq,
            exchanges,
            mentions,
            embeddings: None,
            held,
            running,
            known: Known::default(),
            bytes,
        }
    }

    /// Takes in the entries from `first_new` on, which stand in the session already.
    pub fn add(&mut self, first_new: usize) {
        for index in first_new..self.session.entries.len() {
            let entry = &self.session.entries[index];
            self.exchanges.add(entry);
            self.mentions.add(entry);
            self.running.add(&self.session, &self.mentions, &self.exchanges, index);
            hold(&mut self.held, entry);
            self.bytes += bytes(entry);
            self.next_seq = entry.seq + 1;
        }
    }

    /// What the entries from `first_new` on make stale.
    pub fn copies(&mut self, first_new: usize, alike: Alike) -> Vec<Duplicate> {
        self.known.copies(&self.session, &self.exchanges, first_new, alike)
    }

    /// Applies an edit of states alone.
    pub fn apply(&mut self, edit: &Edit) -> Result<(), Drift> {
        let places: Vec<Option<usize>> = edit.changes.iter().map(|change| self.session.index_of(change.id())).collect();
        for (change, place) in edit.changes.iter().zip(places) {
            let (Change::State { id, before, after }, Some(index)) = (change, place) else {
                return Err(Drift::Entry { id: change.id(), seq: None });
            };
            let entry = &mut self.session.entries[index];
            if entry.state != *before {
                return Err(Drift::Entry { id: *id, seq: Some(entry.seq) });
            }
            let_go(&mut self.held, entry);
            entry.state = after.clone();
            hold(&mut self.held, entry);
            if before.fate == Fate::Live && after.fate != Fate::Live {
                self.running.out(&self.session, &self.exchanges, index);
                self.known.out(&self.session, &self.exchanges, self.exchanges.number(index));
            }
        }
        Ok(())
    }

    /// Scores what has changed anew. Gives the known entries, those before `first_new`, that score otherwise than before.
    pub fn score(&mut self, first_new: usize) -> Vec<(EntryId, Score)> {
        let mut rescored = Vec::new();
        for (index, score) in self.running.take_changed(&self.session, &self.exchanges) {
            let entry = &mut self.session.entries[index];
            if entry.score != score {
                if index < first_new {
                    rescored.push((entry.id, score.clone()));
                }
                entry.score = score;
            }
        }
        rescored
    }

    /// Tokens of all live entries at their held levels.
    pub fn held_tokens(&self) -> u64 {
        self.held.iter().map(|(_, tokens)| tokens).sum()
    }
}

fn hold(held: &mut [(u32, u64); 4], entry: &Entry) {
    if entry.is_live() {
        let (entries, tokens) = &mut held[entry.state.held.level.index()];
        *entries += 1;
        *tokens += u64::from(entry.cost(entry.state.held.level));
    }
}

fn let_go(held: &mut [(u32, u64); 4], entry: &Entry) {
    if entry.is_live() {
        let (entries, tokens) = &mut held[entry.state.held.level.index()];
        *entries -= 1;
        *tokens -= u64::from(entry.cost(entry.state.held.level));
    }
}

/// About what an entry takes here.
pub(super) fn bytes(entry: &Entry) -> usize {
    let renditions: usize = entry.renditions.iter().flatten().map(|text| text.len()).sum();
    OF_ENTRY + entry.text.len() + renditions
}
