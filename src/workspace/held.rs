//! The text that an entry holds at its level, for a store that keeps that text and makes none itself.

use std::collections::HashMap;

use super::{Part, Result, Workspace};
use crate::{
    model::{Change, Edit, Fate, Level, SessionId},
    store::HeldTexts,
};

impl Workspace {
    /// What entries are to hold at the levels that an edit gives them, for a store that derives nothing.
    pub(super) fn held_texts(&self, id: &SessionId, edit: &Edit) -> Result<HeldTexts> {
        let shortened = edit.changes.iter().filter_map(|change| match change {
            Change::State { id, after, .. } if after.held.level != Level::Full && after.fate == Fate::Live => {
                Some((*id, after))
            }
            _ => None,
        });
        let shortened: HashMap<_, _> = shortened.collect();
        if shortened.is_empty() || self.kind().keeps(Part::Derived) {
            return Ok(HeldTexts::new());
        }
        let mut texts = HeldTexts::new();
        for mut entry in self.store.load(id)?.entries {
            let Some(&after) = shortened.get(&entry.id) else { continue };
            entry.state = after.clone();
            self.counters().derive(&mut entry);
            let level = entry.effective_level(after.held.level);
            if level != Level::Full {
                texts.insert(entry.id, entry.text_at(level).clone());
            }
        }
        Ok(texts)
    }
}
