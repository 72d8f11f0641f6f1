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

/// Bytes of a text that are broken into rows between two looks at the keyboard.
const PIECE: usize = 64 * 1024;

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
        if let Some((_, wrapped)) = &mut self.wrapped {
            if wrapped.len() <= self.scroll.saturating_add(height) {
                wrapped.extend(PIECE);
            }
            if wrapped.is_whole() {
                self.scroll = self.scroll.min(wrapped.len().saturating_sub(height));
            }
        }
    }

    pub fn is_unfinished(&self) -> bool {
        self.wrapped.as_ref().is_some_and(|(_, wrapped)| !wrapped.is_whole())
    }

    /// Finds the rows of a little more of a long text.
    pub fn work_on(&mut self) {
        if let Some((_, wrapped)) = &mut self.wrapped {
            wrapped.extend(PIECE);
        }
    }
}

/// The beginning of the rendition's text, inert and wrapped.
pub fn wrap(desk: &Desk, index: usize, level: Level, cells: usize) -> Wrapped {
    let entry = &desk.session().entries[index];
    let mut wrapped = Wrapped::begin(&sanitize::inert(entry.text_at(level)), cells);
    wrapped.extend(PIECE);
    wrapped
}

/// The rendition's block as the pack would hold it.
pub fn block(desk: &Desk, index: usize, level: Level) -> String {
    price::block_text(&desk.session().entries[index], level)
}

fn key(desk: &Desk, index: usize, level: Level, cells: usize) -> Key {
    let entry = &desk.session().entries[index];
    Key { id: entry.id, level, cells, cost: entry.cost(level), bytes: entry.text_at(level).len() }
}
