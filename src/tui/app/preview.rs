//! The preview: one rendition of the entry under the cursor, wrapped once and scrolled by rows.

use crate::{
    model::{EntryId, Level},
    pack::price,
    text::{sanitize, wrap::Wrapped},
    workspace::desk::Desk,
};

#[derive(Default)]
pub struct Preview {
    /// The rendition that is shown.
    pub level: Level,
    /// First row on the screen.
    pub scroll: usize,
    wrapped: Option<(Key, Wrapped)>,
}

/// What a wrapped text was made of.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    id: EntryId,
    level: Level,
    cells: usize,
    /// Rewrites change a text in place; its cost or its length then differs.
    cost: u32,
    bytes: usize,
}

impl Preview {
    /// The wrapped text if the one at hand is of this entry, level and width.
    pub fn wrapped(&self, desk: &Desk, index: usize, cells: usize) -> Option<&Wrapped> {
        let key = key(desk, index, self.level, cells);
        self.wrapped.as_ref().filter(|(at, _)| *at == key).map(|(_, wrapped)| wrapped)
    }

    /// Wraps the text for the width of the last frame, unless it is at hand, and keeps the scroll inside it.
    pub fn settle(&mut self, desk: &Desk, index: usize, cells: usize, height: usize) {
        let key = key(desk, index, self.level, cells);
        if self.wrapped.as_ref().is_none_or(|(at, _)| *at != key) {
            let same_text = self.wrapped.as_ref().is_some_and(|(at, _)| (at.id, at.level) == (key.id, key.level));
            if !same_text {
                self.scroll = 0;
            }
            self.wrapped = Some((key, wrap(desk, index, self.level, cells)));
        }
        let rows = self.wrapped.as_ref().map_or(0, |(_, wrapped)| wrapped.len());
        self.scroll = self.scroll.min(rows.saturating_sub(height));
    }
}

/// The rendition's text, inert and wrapped.
pub fn wrap(desk: &Desk, index: usize, level: Level, cells: usize) -> Wrapped {
    let entry = &desk.session().entries[index];
    Wrapped::new(&sanitize::inert(entry.text_at(level)), cells)
}

/// The rendition's block as the pack would hold it.
pub fn block(desk: &Desk, index: usize, level: Level) -> String {
    price::block_text(&desk.session().entries[index], level)
}

fn key(desk: &Desk, index: usize, level: Level, cells: usize) -> Key {
    let entry = &desk.session().entries[index];
    Key { id: entry.id, level, cells, cost: entry.cost(level), bytes: entry.text_at(level).len() }
}
