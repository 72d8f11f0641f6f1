//! Taking one read session into the store: all of it where it is new, else what is new of it. What the store has is
//! neither compressed nor counted again.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
};

use super::{
    Part, Result, Workspace,
    import::{Imported, Progress},
    prepare::{Prepared, prepare, prepare_new, relate},
};
use crate::{
    model::{Actor, CallIds, EntryId, Session},
    store::StoreError,
};

impl Workspace {
    /// Stores a session as its log tells it. One that a person has deleted stays deleted, and says so.
    pub(super) fn absorb(&mut self, mut read: Session, tell: &mut (dyn FnMut(Progress) + Send)) -> Result<Imported> {
        match self.store.native(Part::Entries)?.require_live(&read.id) {
            Ok(()) => self.append(read),
            // What was let go comes back whole with its log.
            Err(StoreError::NoSession(_) | StoreError::LetGo { .. }) => {
                let id = read.id.clone();
                let tell = Mutex::new(tell);
                prepare(&mut read, self.counters(), &|Prepared { entries, of }| {
                    let mut tell = tell.lock().expect("telling does not panic");
                    tell(Progress::Counting { session: id.clone(), entries, of });
                });
                let appended = self.put(&read, &Actor::rule())?;
                Ok(Imported::of(&read, appended.added.len()))
            }
            Err(error @ StoreError::Deleted(_)) => {
                read.problems.push(error.to_string());
                Ok(Imported { tokens: None, ..Imported::of(&read, 0) })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What [`Workspace::absorb`] would add.
    pub(super) fn absorb_dry(&mut self, read: &Session) -> Result<Imported> {
        let known: HashSet<EntryId> = match self.store.native(Part::Entries)?.require_live(&read.id) {
            Ok(()) => self.store.load(&read.id)?.entries.iter().map(|entry| entry.id).collect(),
            Err(StoreError::NoSession(_) | StoreError::Deleted(_) | StoreError::LetGo { .. }) => HashSet::new(),
            Err(error) => return Err(error.into()),
        };
        let added = read.entries.iter().filter(|entry| !known.contains(&entry.id)).count();
        Ok(Imported { tokens: None, ..Imported::of(read, added) })
    }

    /// What is new of a session that the store has.
    fn append(&mut self, read: Session) -> Result<Imported> {
        let next_seq = self.pushes(&read.id)?.next_seq;
        let mut session = self.session(&read.id)?;
        let first_new = session.entries.len();
        let known: HashMap<_, _> = session.entries.iter().enumerate().map(|(index, entry)| (entry.id, index)).collect();
        let entries = read.entries.len();
        let mut calls = CallIds::of(session.entries.iter().map(|entry| (entry.kind, entry.call_id.as_ref())));
        let mut seqs = next_seq..;
        for mut entry in read.entries {
            match known.get(&entry.id) {
                Some(&index) => {
                    let stored = &mut session.entries[index];
                    calls.meet(entry.call_id.as_ref(), stored.call_id.as_ref());
                    (stored.seen, stored.marks) = (entry.seen, entry.marks);
                }
                None => {
                    calls.admit(entry.kind, &mut entry.call_id);
                    entry.seq = seqs.next().unwrap_or(u32::MAX);
                    session.entries.push(entry);
                }
            }
        }
        let added = session.entries.len() - first_new;
        if added > 0 {
            prepare_new(&mut session, first_new, self.counters());
            relate(&mut session, self.counters().costs());
        }
        // The places of new entries name files by these.
        session.sources = read.sources;
        session.problems = read.problems;
        session.parent = read.parent;
        session.models = read.models;
        self.put(&session, &Actor::rule())?;
        Ok(Imported { entries, ..Imported::of(&session, added) })
    }
}
