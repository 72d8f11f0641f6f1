//! The carry-forward pane, scrolled by rows of the pack without ever wrapping all of it, and the list of what is left
//! out.

use std::collections::HashMap;

use crate::{
    model::ExclusionReason,
    pack::{
        chosen::PieceKind,
        strategy::balanced::{Price, Search},
    },
    text::wrap::Wrapped,
    workspace::desk::Desk,
};

/// Where the carry-forward pane stands: a piece of the pack and a row of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PackPane {
    pub piece: usize,
    pub row: usize,
}

/// The list of what is left out, and the cursor in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeftOut {
    /// Entries by index, with the reason. Boundaries are no loss and not among them.
    pub rows: Vec<(usize, ExclusionReason)>,
    /// What it takes to bring an entry in, by index, for those that were on the screen since the plan changed: each
    /// is a walk through the plan, too long to be made in every frame.
    prices: HashMap<usize, Option<u32>>,
    /// The search for one more, by index, as far as it has come.
    searching: Option<(usize, Search)>,
    pub cursor: usize,
    pub offset: usize,
}

/// A pack pane's rows of one piece, the blank ones after it included.
pub struct PieceRows {
    pub wrapped: Wrapped,
    pub gap: usize,
}

impl PieceRows {
    pub fn new(desk: &Desk, piece: usize, cells: usize) -> Self {
        let gap = usize::from(!matches!(desk.outline()[piece].kind, PieceKind::Row { .. } | PieceKind::Fact { .. }));
        Self { wrapped: Wrapped::new(&desk.piece_text(piece), cells), gap }
    }

    pub fn height(&self) -> usize {
        self.wrapped.len() + self.gap
    }
}

impl LeftOut {
    pub fn refresh(&mut self, desk: &Desk) {
        let mut boundaries = desk.columns().boundaries.iter().copied().peekable();
        let mut is_boundary = |index: usize| {
            while boundaries.next_if(|&boundary| boundary < index).is_some() {}
            boundaries.peek() == Some(&index)
        };
        self.rows = desk.left_out().iter().copied().filter(|&(index, _)| !is_boundary(index)).collect();
        self.prices.clear();
        self.searching = None;
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
    }

    /// The first entry on the screen whose price is not known yet, the one under the list's cursor before all.
    pub fn next_unpriced(&self, current: Option<usize>, height: usize) -> Option<usize> {
        let over_budget = |index: &usize| self.rows.binary_search_by_key(index, |row| row.0).is_ok();
        let shown = self.rows.iter().skip(self.offset).take(height).map(|&(index, _)| index);
        let current = current.filter(over_budget);
        current.into_iter().chain(shown).find(|index| !self.prices.contains_key(index))
    }

    /// Searches for a price, for no longer than a key may wait.
    pub fn price(&mut self, desk: &Desk, index: usize) {
        let price = match self.searching.take() {
            Some((of, search)) if of == index => desk.go_on(search),
            _ => desk.price(index),
        };
        match price {
            Price::Known(price) => drop(self.prices.insert(index, price)),
            Price::Searching(search) => self.searching = Some((index, search)),
        }
    }

    /// What it takes to bring an entry in, if that has been found.
    pub fn known(&self, index: usize) -> Option<Price> {
        self.prices.get(&index).copied().map(Price::Known)
    }

    /// The least extra budget at which an entry comes in; `None` where no budget does it, or it is not known yet.
    pub fn needs(&self, index: usize) -> Option<u32> {
        self.prices.get(&index).copied().flatten()
    }
}

impl PackPane {
    pub fn down(&mut self, desk: &Desk, rows: usize, cells: usize, height: usize) {
        self.row += rows;
        while self.piece + 1 < desk.outline().len() {
            let piece = PieceRows::new(desk, self.piece, cells).height();
            if self.row < piece {
                break;
            }
            self.row -= piece;
            self.piece += 1;
        }
        self.keep_inside(desk, cells, height);
    }

    /// The pack has changed: what stood at the top may be gone. Exact rows are `keep_inside`'s, once sizes are known.
    pub fn refresh(&mut self, desk: &Desk) {
        let last = desk.outline().len().saturating_sub(1);
        if self.piece > last {
            *self = PackPane { piece: last, row: 0 };
        }
    }

    pub fn up(&mut self, desk: &Desk, rows: usize, cells: usize) {
        let mut rows = rows;
        while rows > self.row && self.piece > 0 {
            rows -= self.row;
            self.piece -= 1;
            self.row = PieceRows::new(desk, self.piece, cells).height();
        }
        self.row = self.row.saturating_sub(rows);
    }

    pub fn to_end(&mut self, desk: &Desk, cells: usize, height: usize) {
        *self = last_page(desk, cells, height);
    }

    /// Scrolls to a piece unless its beginning is on the screen.
    pub fn show(&mut self, desk: &Desk, piece: usize, cells: usize, height: usize) {
        if !self.shows(desk, piece, cells, height) {
            *self = PackPane { piece, row: 0 };
            // A little of what stands before it gives it its place.
            self.up(desk, height / 4, cells);
        }
        self.keep_inside(desk, cells, height);
    }

    /// After the pack has changed it may be shorter, and so may the piece at the top.
    pub fn keep_inside(&mut self, desk: &Desk, cells: usize, height: usize) {
        if self.row > 0 && self.piece < desk.outline().len() {
            let rows = PieceRows::new(desk, self.piece, cells).height();
            self.row = self.row.min(rows.saturating_sub(1));
        }
        let last = last_page(desk, cells, height);
        if (self.piece, self.row) > (last.piece, last.row) {
            *self = last;
        }
    }

    fn shows(&self, desk: &Desk, piece: usize, cells: usize, height: usize) -> bool {
        if piece < self.piece || (piece == self.piece && self.row > 0) {
            return false;
        }
        let mut row = 0;
        for above in self.piece..piece {
            let hidden = if above == self.piece { self.row } else { 0 };
            row += PieceRows::new(desk, above, cells).height().saturating_sub(hidden);
            if row >= height {
                return false;
            }
        }
        // At the bottom edge there would be its header and no more.
        row < height - height / 4
    }
}

/// The position whose page ends with the pack.
fn last_page(desk: &Desk, cells: usize, height: usize) -> PackPane {
    let mut left = height;
    for piece in (0..desk.outline().len()).rev() {
        let rows = PieceRows::new(desk, piece, cells).height();
        if rows >= left {
            return PackPane { piece, row: rows - left };
        }
        left -= rows;
    }
    PackPane::default()
}
