//! Two packs as text, side by side: wrapped block by block as they come into sight, compared word by word while nothing
//! else is to be done. What both have alike is one line.

use std::{collections::HashMap, ops::Range};

use ratatui::layout::Rect;

use crate::{
    pack::sides::{Comparison, Differs},
    text::{
        word_diff::{WordDiff, word_diff},
        wrap::Wrapped,
    },
    tui::action::Action,
};

/// From this many columns on the sides stand beside each other, else one under the other.
pub const BESIDE: u16 = 60;
/// Blocks that stay wrapped; more than any screen shows.
const KEPT: usize = 400;

#[derive(Default)]
pub struct SideText {
    /// What there is to show, in order.
    pub parts: Vec<Part>,
    /// The part that stands first, and the row of it.
    pub at: (usize, usize),
    wrapped: HashMap<usize, Sides>,
    width: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Blocks that are the same on both sides.
    Same(Range<usize>),
    Block(usize),
}

/// A block at one width.
pub struct Sides {
    pub left: Option<Wrapped>,
    pub right: Option<Wrapped>,
    /// `None`: not compared yet.
    pub diff: Option<WordDiff>,
}

impl Sides {
    fn new(comparison: &Comparison, block: usize, cells: usize) -> Sides {
        let [left, right] = comparison.texts(block).map(|text| text.map(|text| Wrapped::new(&text, cells)));
        // What only one has is other as a whole: the sign at its edge says so.
        let diff = (left.is_none() || right.is_none()).then(WordDiff::default);
        Sides { left, right, diff }
    }

    fn compare(&mut self) {
        if let (Some(left), Some(right)) = (&self.left, &self.right) {
            self.diff = Some(word_diff(left.text(), right.text()));
        }
    }

    /// Rows, with the blank one after it.
    fn height(&self, beside: bool) -> usize {
        let rows = |side: &Option<Wrapped>| side.as_ref().map_or(0, Wrapped::len);
        let (left, right) = (rows(&self.left), rows(&self.right));
        1 + if beside { left.max(right) } else { left + right }
    }
}

impl SideText {
    pub fn of(comparison: Option<&Comparison>) -> SideText {
        let mut parts: Vec<Part> = Vec::new();
        for (number, block) in comparison.into_iter().flat_map(|comparison| comparison.blocks.iter().enumerate()) {
            match (block.differs, parts.last_mut()) {
                (Differs::Same, Some(Part::Same(run))) => run.end = number + 1,
                (Differs::Same, _) => parts.push(Part::Same(number..number + 1)),
                _ => parts.push(Part::Block(number)),
            }
        }
        SideText { parts, ..SideText::default() }
    }

    /// Goes to the part that holds a block.
    pub fn show(&mut self, block: usize) {
        let part = self.parts.partition_point(|part| match part {
            Part::Same(run) => run.end <= block,
            Part::Block(number) => *number < block,
        });
        self.at = (part.min(self.parts.len().saturating_sub(1)), 0);
    }

    /// Wraps what is in sight.
    pub fn settle(&mut self, comparison: &Comparison, area: Rect) {
        if area.width != self.width || self.wrapped.len() > KEPT {
            self.width = area.width;
            self.wrapped.clear();
        }
        let last = self.parts.len().saturating_sub(1);
        self.at.0 = self.at.0.min(last);
        let height = self.height(comparison, self.at.0);
        self.at.1 = self.at.1.min(height.saturating_sub(1));
        let mut rows = 0;
        let mut part = self.at.0;
        while part < self.parts.len() && rows < usize::from(area.height) + self.at.1 {
            rows += self.height(comparison, part);
            part += 1;
        }
    }

    /// A block, wrapped and maybe compared, if it has been in sight.
    pub fn sides(&self, block: usize) -> Option<&Sides> {
        self.wrapped.get(&block)
    }

    pub fn is_beside(width: u16) -> bool {
        width >= BESIDE
    }

    /// The first block in sight that is not compared yet.
    pub fn uncompared(&self, rows: u16) -> Option<usize> {
        let in_sight = self.parts.iter().skip(self.at.0).take(usize::from(rows));
        in_sight
            .filter_map(|part| match part {
                Part::Block(block) => Some(*block),
                Part::Same(_) => None,
            })
            .find(|block| self.wrapped.get(block).is_some_and(|sides| sides.diff.is_none()))
    }

    pub fn compare(&mut self, block: usize) {
        if let Some(sides) = self.wrapped.get_mut(&block) {
            sides.compare();
        }
    }

    pub fn scroll(&mut self, comparison: &Comparison, action: Action, area: Rect) {
        let page = usize::from(area.height).saturating_sub(1).max(1);
        match action {
            Action::Down => self.down(comparison, 1),
            Action::Up => self.up(comparison, 1),
            Action::PageDown => self.down(comparison, page),
            Action::PageUp => self.up(comparison, page),
            Action::Top => self.at = (0, 0),
            Action::Bottom => {
                self.at = (self.parts.len().saturating_sub(1), 0);
                let last = self.height(comparison, self.at.0);
                self.at.1 = last.saturating_sub(1);
                self.up(comparison, page.saturating_sub(1));
            }
            _ => {}
        }
    }

    fn down(&mut self, comparison: &Comparison, rows: usize) {
        self.at.1 += rows;
        loop {
            let height = self.height(comparison, self.at.0);
            if self.at.1 < height {
                return;
            }
            if self.at.0 + 1 >= self.parts.len() {
                self.at.1 = height.saturating_sub(1);
                return;
            }
            self.at = (self.at.0 + 1, self.at.1 - height);
        }
    }

    fn up(&mut self, comparison: &Comparison, rows: usize) {
        let mut rows = rows;
        while rows > self.at.1 && self.at.0 > 0 {
            rows -= self.at.1;
            let part = self.at.0 - 1;
            self.at = (part, self.height(comparison, part));
        }
        self.at.1 = self.at.1.saturating_sub(rows);
    }

    fn height(&mut self, comparison: &Comparison, part: usize) -> usize {
        match self.parts.get(part) {
            None => 0,
            Some(Part::Same(_)) => 1,
            Some(&Part::Block(block)) => {
                let beside = Self::is_beside(self.width);
                let cells = cells(self.width);
                let sides = self.wrapped.entry(block).or_insert_with(|| Sides::new(comparison, block, cells));
                sides.height(beside)
            }
        }
    }
}

/// Cells of a side's text: a sign and a blank stand before it, and a line between the sides.
pub fn cells(width: u16) -> usize {
    let width = usize::from(width);
    if SideText::is_beside(width as u16) {
        (width.saturating_sub(1) / 2).saturating_sub(3)
    } else {
        width.saturating_sub(3)
    }
}
