//! Where the last frame drew what: draw learns it, update uses it for page heights and the mouse.

use ratatui::layout::{Position, Rect};

use super::{entry::Sheet, inspector::Pane, list::Column, picker::SessionColumn};
use crate::{model::Level, tui::action::Action};

/// Rectangles in cells of the terminal; empty for what is not on the screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Areas {
    /// The rows of the entry list, without heading and border; of the session list on the picker.
    pub list: Rect,
    /// The rows of the list that a lens is.
    pub lens: Rect,
    /// The parts of the entry view that are on the screen, without heading; and the tabs of those that are not.
    pub sheets: Vec<(Rect, Sheet)>,
    pub sheet_tabs: Vec<(Rect, Sheet)>,
    pub preview: Rect,
    pub pack: Rect,
    pub left_out: Rect,
    pub suggestion: Rect,
    /// What can be clicked.
    pub columns: Vec<(Rect, Column)>,
    pub session_columns: Vec<(Rect, SessionColumn)>,
    pub tabs: Vec<(Rect, Level)>,
    pub panes: Vec<(Rect, Pane)>,
    pub hints: Vec<(Rect, Action)>,
    /// The rows of a popup's text or menu.
    pub popup: Rect,
    /// How many rows there are to scroll through in it.
    pub popup_rows: usize,
    pub bar: Bar,
    /// Lines between panes that can be dragged.
    pub borders: Vec<(Rect, Border)>,
    /// All that lies below header, bar and suggestion.
    pub body: Rect,
}

/// A line between panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// Between the columns.
    Columns,
    /// Above the pane that stands under the list.
    Under,
    /// Above what is left out.
    LeftOut,
}

/// The budget bar: cells left of the edge are the budget.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bar {
    pub area: Rect,
    /// Cells from the bar's left end to the budget's edge.
    pub budget_cells: u16,
}

impl Areas {
    /// What of a set of clickable things is under the mouse.
    pub fn hit<T: Copy>(things: &[(Rect, T)], at: Position) -> Option<T> {
        things.iter().find(|(area, _)| area.contains(at)).map(|&(_, thing)| thing)
    }
}
