//! Where everything goes, by the size of the terminal.

use ratatui::layout::Rect;

use crate::tui::app::inspector::{Pane, Split, Zoom};

/// Below this nothing useful fits.
pub const SMALLEST: (u16, u16) = (40, 12);
/// From this width on, the pack stands beside the list.
pub const WIDE: u16 = 110;
/// From this height on, there is a line for the status and one more for the budget.
const TALL: u16 = 28;
/// List rows that the preview never takes.
const LIST_ROWS: u16 = 12;

/// A column and a pane that a person has made as small as they get.
const NARROWEST: u16 = 30;
const LOWEST: u16 = 3;

/// Rectangles of the main screen; empty ones are not drawn. Each pane's first row is its rule.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Layout {
    pub header: Rect,
    pub bar: Rect,
    pub legend: Rect,
    pub suggestion: Rect,
    pub entries: Rect,
    pub preview: Rect,
    pub pack: Rect,
    pub left_out: Rect,
    /// The line between the columns.
    pub divider: Rect,
    /// Empty where the footer also holds the status.
    pub status: Rect,
    pub footer: Rect,
    /// Where the panes are.
    pub body: Rect,
}

impl Layout {
    /// `under`: the pane below the list where there is room for one.
    pub fn new(area: Rect, focus: Pane, under: Pane, zoom: Zoom, split: Split) -> Self {
        let tall = area.height >= TALL;
        let mut rest = area;
        let mut layout = Layout { header: top(&mut rest, 1), bar: top(&mut rest, 1), ..Layout::default() };
        if area.height >= 16 {
            layout.legend = top(&mut rest, if tall { 2 } else { 1 });
            layout.suggestion = top(&mut rest, 1);
        }
        layout.footer = bottom(&mut rest, 1);
        if tall {
            layout.status = bottom(&mut rest, 1);
        }
        layout.body = rest;
        match (zoom, area.width >= WIDE) {
            (Zoom::On, _) => layout.place(focus, rest),
            (Zoom::Off, true) => layout.columns(rest, split),
            (Zoom::Off, false) => layout.one_column(rest, under, split),
        }
        layout
    }

    fn columns(&mut self, body: Rect, split: Split) {
        let left = match split.columns {
            Some(share) => part(body.width, share, NARROWEST),
            None => body.width * 31 / 50,
        };
        let mut column = Rect { width: left, ..body };
        self.divider = Rect { x: body.x + left, width: 1, ..body };
        let mut side = Rect { x: body.x + left + 1, width: body.width - left - 1, ..body };
        let under = split.under.map_or(under_list(body.height), |share| part(body.height, share, LOWEST));
        self.preview = bottom(&mut column, under);
        self.entries = column;
        let out = split.left_out.map_or(body.height / 3, |share| part(body.height, share, LOWEST));
        self.left_out = bottom(&mut side, out);
        self.pack = side;
    }

    fn one_column(&mut self, body: Rect, under: Pane, split: Split) {
        let mut body = body;
        let lower = split.under.map_or(under_list(body.height), |share| part(body.height, share, LOWEST));
        let lower = bottom(&mut body, lower);
        self.entries = body;
        self.place(if under == Pane::Entries { Pane::Preview } else { under }, lower);
    }

    fn place(&mut self, pane: Pane, area: Rect) {
        match pane {
            Pane::Entries => self.entries = area,
            Pane::Preview => self.preview = area,
            Pane::CarryForward => self.pack = area,
            Pane::LeftOut => self.left_out = area,
        }
    }
}

/// A share in thousandths, with no less than `least` on either side.
fn part(whole: u16, share: u16, least: u16) -> u16 {
    let part = (u32::from(whole) * u32::from(share) / 1000) as u16;
    part.clamp(least.min(whole / 2), whole.saturating_sub(least).max(whole / 2))
}

/// A third for what stands under the list, but never so much that the list loses its rows.
fn under_list(height: u16) -> u16 {
    let third = height * 36 / 100;
    third.min(height.saturating_sub(LIST_ROWS + 1)).max(height / 3).max(3)
}

fn top(rest: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(rest.height);
    let taken = Rect { height: rows, ..*rest };
    *rest = Rect { y: rest.y + rows, height: rest.height - rows, ..*rest };
    taken
}

fn bottom(rest: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(rest.height);
    rest.height -= rows;
    Rect { y: rest.y + rest.height, height: rows, ..*rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(width: u16, height: u16) -> Layout {
        Layout::new(Rect::new(0, 0, width, height), Pane::Entries, Pane::Preview, Zoom::Off, Split::default())
    }

    #[test]
    fn at_80_by_24_the_list_keeps_twelve_rows() {
        let small = layout(80, 24);
        // One row of each pane is its rule.
        assert_eq!((small.entries.height - 1, small.preview.height - 1), (12, 5));
        assert_eq!((small.pack, small.left_out), (Rect::default(), Rect::default()));
    }

    #[test]
    fn every_row_is_used_once() {
        for (width, height) in [(40, 12), (80, 24), (120, 36), (200, 60)] {
            let l = layout(width, height);
            let rows = [l.header, l.bar, l.legend, l.suggestion, l.entries, l.preview, l.status, l.footer];
            assert_eq!(rows.iter().map(|area| area.height).sum::<u16>(), height, "{width}×{height}");
        }
        let wide = layout(120, 36);
        assert_eq!(wide.pack.height + wide.left_out.height, wide.entries.height + wide.preview.height);
        assert_eq!(wide.entries.width + 1 + wide.pack.width, 120);
    }
}
