//! The columns of the entry list: which of them fit a width, and where they stand.

use ratatui::layout::Rect;

use crate::tui::app::list::Column;

/// Where each column stands; the width is 0 for what does not fit. All in cells from the left of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    pub seq: Cells,
    pub who: Cells,
    pub level: Cells,
    pub gauge: Cells,
    pub importance: Cells,
    pub tokens: Cells,
    pub packed: Cells,
    pub value: Cells,
    pub text: Cells,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    pub at: u16,
    pub width: u16,
}

/// Cells before the first column: cursor or mark, state, lost, and one of air.
pub const SIGNS: u16 = 4;

impl Columns {
    /// `largest`: the largest number in the session. `by`: the column that the list is sorted by, shown where it can be.
    pub fn new(width: u16, largest: u32, by: Column) -> Self {
        let mut at = SIGNS;
        let mut take = |cells: u16| {
            let taken = Cells { at, width: cells };
            at += if cells > 0 { cells + 1 } else { 0 };
            taken
        };
        let digits = (largest.max(1).ilog10() + 1).max(3) as u16;
        let seq = take(digits);
        let who = take(match width {
            0..60 => 7,
            60..100 => 9,
            _ => 14,
        });
        let level = take(5);
        let gauge = take(match width {
            0..66 => 0,
            66..100 => 5,
            _ => 10,
        });
        let importance = take(if width < 56 { 0 } else { 5 });
        let tokens = take(if width < 50 { 0 } else { 7 });
        let packed = take(6);
        let value = take(if by == Column::ValuePerToken && width >= 60 { 7 } else { 0 });
        let text = Cells { at: at + 1, width: width.saturating_sub(at + 1) };
        Self { seq, who, level, gauge, importance, tokens, packed, value, text }
    }

    /// Headings, each with its place and what clicking it sorts by.
    pub fn headings(&self) -> [(Cells, Column); 8] {
        let importance = match self.gauge.width {
            0 => self.importance,
            width => Cells { at: self.gauge.at, width: width + 1 + self.importance.width },
        };
        [
            (self.seq, Column::Seq),
            (self.who, Column::Who),
            (self.level, Column::Packed),
            (importance, Column::Importance),
            (self.tokens, Column::Tokens),
            (self.packed, Column::PackedTokens),
            (self.value, Column::ValuePerToken),
            (self.text, Column::Text),
        ]
    }
}

impl Cells {
    pub fn in_row(self, row: Rect) -> Rect {
        let x = (row.x + self.at).min(row.right());
        Rect { x, width: self.width.min(row.right() - x), height: 1, ..row }
    }
}
