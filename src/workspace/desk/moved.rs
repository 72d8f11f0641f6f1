//! Which entries stand elsewhere since lists were last made: those alone have to be put into them again.

use std::{mem, sync::Arc};

use super::Desk;

/// Entries by index, ascending.
#[derive(Clone, Debug, PartialEq)]
pub enum Moved {
    /// In no others has the state, the packed level, what the block costs or the standing changed.
    Only(Vec<usize>),
    /// Entries have come or gone, or too many have changed for it to matter which.
    Any,
}

impl Default for Moved {
    fn default() -> Moved {
        Moved::Only(Vec::new())
    }
}

impl Moved {
    /// Both of them.
    pub fn and(self, other: Moved) -> Moved {
        match (self, other) {
            (Moved::Only(mut one), Moved::Only(other)) => {
                one.extend(other);
                one.sort_unstable();
                one.dedup();
                Moved::Only(one)
            }
            _ => Moved::Any,
        }
    }
}

/// The numbers that plans are made of, as they are at a time: another one after every edit. Equal only to itself.
#[derive(Clone, Debug, Default)]
pub struct Edition(Arc<()>);

impl PartialEq for Edition {
    fn eq(&self, other: &Edition) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Desk {
    /// Which numbers this desk's plans are made of now.
    pub fn edition(&self) -> &Edition {
        &self.edition
    }

    /// What has moved since this was asked last.
    pub fn take_moved(&mut self) -> Moved {
        mem::take(&mut self.moved)
    }

    /// Grows whenever entries come or go.
    pub fn shape(&self) -> u64 {
        self.shape
    }
}
