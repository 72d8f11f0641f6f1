//! A cursor in a list of rows, for every screen that is one.

use super::list::offset_for;
use crate::tui::action::Action;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    pub cursor: usize,
    /// First row on the screen.
    pub offset: usize,
}

impl Rows {
    /// Moves among `len` rows, of which `height` are on the screen.
    pub fn act(&mut self, action: Action, len: usize, height: usize) {
        let last = len.saturating_sub(1);
        // A row of the page before stays in sight.
        let page = height.saturating_sub(1).max(1);
        self.cursor = match action {
            Action::Down => self.cursor.saturating_add(1),
            Action::Up => self.cursor.saturating_sub(1),
            Action::PageDown => self.cursor.saturating_add(page),
            Action::PageUp => self.cursor.saturating_sub(page),
            Action::Top => 0,
            Action::Bottom => last,
            _ => self.cursor,
        }
        .min(last);
    }

    /// Keeps the cursor on a row, and the row on the screen.
    pub fn settle(&mut self, len: usize, height: usize) {
        self.cursor = self.cursor.min(len.saturating_sub(1));
        self.offset = offset_for(self.cursor, self.offset, height, len);
    }

    /// The row at a line of the screen, if there is one.
    pub fn at(&self, line: usize, len: usize) -> Option<usize> {
        Some(self.offset + line).filter(|&row| row < len)
    }
}
