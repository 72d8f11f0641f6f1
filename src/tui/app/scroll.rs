//! Moving in the panes: by rows, by pages, to the ends.

use super::{
    Areas,
    inspector::{Inspector, Pane},
    panes::PackPane,
};

/// A step through what a pane shows.
#[derive(Clone, Copy)]
pub enum Scroll {
    Down(usize),
    Up(usize),
    Top,
    Bottom,
}

/// Moves in the pane with the keyboard.
pub fn scroll(inspector: &mut Inspector, areas: &Areas, scroll: Scroll) {
    scroll_pane(inspector, inspector.focus, areas, scroll);
}

pub fn scroll_pane(inspector: &mut Inspector, pane: Pane, areas: &Areas, scroll: Scroll) {
    let move_in = |at: usize, len: usize| match scroll {
        Scroll::Down(rows) => at.saturating_add(rows).min(len.saturating_sub(1)),
        Scroll::Up(rows) => at.saturating_sub(rows),
        Scroll::Top => 0,
        Scroll::Bottom => len.saturating_sub(1),
    };
    match pane {
        Pane::Entries => inspector.list.cursor = move_in(inspector.list.cursor, inspector.list.rows.len()),
        // `settle` keeps the last page full.
        Pane::Preview => inspector.preview.scroll = move_in(inspector.preview.scroll, usize::MAX),
        Pane::LeftOut => {
            inspector.left_out.cursor = move_in(inspector.left_out.cursor, inspector.left_out.rows.len());
        }
        Pane::CarryForward => {
            let (cells, height) = (usize::from(areas.pack.width), usize::from(areas.pack.height));
            match scroll {
                Scroll::Down(rows) => inspector.pack.down(&inspector.desk, rows, cells, height),
                Scroll::Up(rows) => inspector.pack.up(&inspector.desk, rows, cells),
                Scroll::Top => inspector.pack = PackPane::default(),
                Scroll::Bottom => inspector.pack.to_end(&inspector.desk, cells, height),
            }
        }
    }
}

/// How far a page goes in a pane.
pub fn page(pane: Pane, areas: &Areas) -> usize {
    let area = match pane {
        Pane::Entries => areas.list,
        Pane::Preview => areas.preview,
        Pane::CarryForward => areas.pack,
        Pane::LeftOut => areas.left_out,
    };
    // A row of the last page stays in sight.
    usize::from(area.height.saturating_sub(1)).max(1)
}
