//! One rendition as it is read: broken into rows bit by bit, scrolled, and what was found in it.

use std::ops::Range;

use regex::Regex;

use crate::{
    model::{EntryId, Level},
    text::{sanitize, wrap::Wrapped},
    tui::{
        action::Action,
        app::{rows::Rows, search},
    },
    workspace::desk::Desk,
};

pub struct Page {
    key: Key,
    pub wrapped: Wrapped,
    pub top: Top,
    /// Where the text that is looked for stands, in bytes, ascending.
    pub found: Vec<Range<usize>>,
    /// Which of them was gone to last.
    pub at: usize,
}

/// What stands first on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Top {
    Row(usize),
    /// The row of this byte, as soon as it is known.
    Byte(usize),
    /// The last page, as soon as it is known.
    End,
}

/// What is looked for inside.
#[derive(Clone, Debug, Default)]
pub struct Find {
    needle: String,
    letters: Option<Regex>,
}

/// What a page was made of. Rewrites change a text in place; its cost or its length then differs.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    id: EntryId,
    level: Level,
    cells: usize,
    cost: u32,
    bytes: usize,
}

/// Finds that are lit up in one text. More than this nobody steps through.
pub const MOST_FOUND: usize = 10_000;

impl Find {
    pub fn new(needle: &str) -> Self {
        let letters = (!needle.trim().is_empty()).then(|| search::letters(needle.trim()));
        Self { needle: needle.trim().to_owned(), letters }
    }

    pub fn needle(&self) -> &str {
        &self.needle
    }

    pub fn is_empty(&self) -> bool {
        self.letters.is_none()
    }

    pub fn is_in(&self, text: &str) -> bool {
        self.letters.as_ref().is_some_and(|letters| letters.is_match(text))
    }
}

impl Page {
    /// Makes the page anew where the text or the width is another; a text that stays keeps its place.
    pub fn settle(page: &mut Option<Page>, desk: &Desk, index: usize, level: Level, find: &Find, cells: usize) {
        let entry = &desk.session().entries[index];
        let text = entry.text_at(level);
        let key = Key { id: entry.id, level, cells, cost: entry.cost(level), bytes: text.len() };
        if page.as_ref().is_some_and(|page| page.key == key) {
            return;
        }
        let wrapped = Wrapped::begin(&sanitize::inert(text), cells);
        // At another width the same byte stays at the top.
        let top = page.as_ref().map_or(Top::Row(0), |page| match page.top {
            Top::Row(0) => Top::Row(0),
            Top::Row(row) => {
                page.wrapped.places(row..row + 1).next().map_or(Top::Row(0), |place| Top::Byte(place.start))
            }
            top => top,
        });
        let mut made = Page { key, wrapped, top, found: Vec::new(), at: 0 };
        made.look_for(find);
        *page = Some(made);
    }

    /// Finds the rows that the screen needs, in a text of any length at most one piece at once.
    pub fn extend(&mut self, height: usize, piece: usize) {
        let needed = match self.top {
            Top::Row(row) => row.saturating_add(height),
            Top::Byte(_) | Top::End => usize::MAX,
        };
        if self.wrapped.len() <= needed {
            self.wrapped.extend(piece);
        }
    }

    /// Goes where it is to go as soon as that is known; keeps the last page full.
    pub fn keep_inside(&mut self, height: usize) {
        self.top = match self.top {
            Top::Byte(byte) => match self.wrapped.row_at(byte) {
                Some(row) => Top::Row(row.saturating_sub(height / 3)),
                None => Top::Byte(byte),
            },
            Top::End if self.wrapped.is_whole() => Top::Row(usize::MAX),
            top => top,
        };
        if let (Top::Row(row), true) = (self.top, self.wrapped.is_whole()) {
            self.top = Top::Row(row.min(self.wrapped.len().saturating_sub(height)));
        }
    }

    pub fn act(&mut self, action: Action, height: usize) {
        let row = super::first_row(self, height);
        let mut rows = Rows { cursor: row, offset: 0 };
        // Where rows are still to be found, the next ones count as there.
        let known = match self.wrapped.is_whole() {
            true => self.wrapped.len(),
            false => usize::MAX,
        };
        self.top = match action {
            Action::Bottom => Top::End,
            action => {
                rows.act(action, known, height);
                Top::Row(rows.cursor)
            }
        };
    }

    pub fn look_for(&mut self, find: &Find) {
        let all = find.letters.iter().flat_map(|letters| letters.find_iter(self.wrapped.text()));
        self.found = all.filter(|found| !found.is_empty()).take(MOST_FOUND).map(|found| found.range()).collect();
        self.at = 0;
    }

    /// To the first find at or after the top of the screen, else to the first of all.
    pub fn first_find(&mut self) {
        let from = match self.top {
            Top::Row(row) => self.wrapped.places(row..row + 1).next().map_or(0, |place| place.start),
            Top::Byte(byte) => byte,
            Top::End => 0,
        };
        let at = self.found.partition_point(|found| found.start < from);
        self.at = if at < self.found.len() { at } else { 0 };
        self.show_find();
    }

    /// To the next or the previous find, around the ends; gives its number and how many there are.
    pub fn step_find(&mut self, action: Action) -> Option<(usize, usize)> {
        let count = self.found.len();
        if count == 0 {
            return None;
        }
        let by = if action == Action::NextFind { 1 } else { count - 1 };
        self.at = (self.at + by) % count;
        self.show_find();
        Some((self.at + 1, count))
    }

    fn show_find(&mut self) {
        if let Some(found) = self.found.get(self.at) {
            self.top = Top::Byte(found.start);
        }
    }
}
