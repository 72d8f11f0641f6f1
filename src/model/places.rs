//! Where the entries of a session stand, by id: remembered, and looked at before it is believed.

use std::{collections::HashMap, sync::OnceLock};

use super::{Entry, EntryId};

/// Entries up to which ids are simply looked through: that takes microseconds.
const FEW: usize = 512;

/// Made when it is first asked for. Entries may be put in, moved and taken out without it hearing of that: a place is
/// believed only where the entry stands there, so an answer is at worst slow.
#[derive(Clone, Debug, Default)]
pub struct Places(OnceLock<HashMap<EntryId, u32>>);

impl Places {
    pub fn of(&self, entries: &[Entry], id: EntryId) -> Option<usize> {
        let look = || entries.iter().position(|entry| entry.id == id);
        if entries.len() <= FEW {
            return look();
        }
        let known = self.0.get_or_init(|| {
            let places = entries.iter().enumerate().rev().map(|(index, entry)| (entry.id, index as u32));
            places.collect()
        });
        let place = known.get(&id).map(|&index| index as usize);
        place.filter(|&index| entries.get(index).is_some_and(|entry| entry.id == id)).or_else(look)
    }

    /// Entries have come, gone or moved.
    pub fn forget(&mut self) {
        self.0.take();
    }
}

/// What is remembered is no part of what a session is.
impl PartialEq for Places {
    fn eq(&self, _: &Places) -> bool {
        true
    }
}
