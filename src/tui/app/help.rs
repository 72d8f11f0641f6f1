//! Help: what is bound now, narrowed down by what is typed.

use super::{
    Effect, Popup, State,
    popup::{Line, LinePurpose},
};
use crate::tui::action::Action;

pub struct Help {
    /// What rows have to say to be shown.
    pub line: Line,
    pub scroll: usize,
}

impl Default for Help {
    fn default() -> Self {
        Self { line: Line::new(LinePurpose::Help, ""), scroll: 0 }
    }
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let page = usize::from(state.areas.popup.height).saturating_sub(1).max(1);
    let Some(Popup::Help(help)) = &mut state.popup else { return Vec::new() };
    help.scroll = match action {
        Action::NextOffer => help.scroll.saturating_add(1),
        Action::PreviousOffer => help.scroll.saturating_sub(1),
        Action::OffersDown => help.scroll.saturating_add(page),
        Action::OffersUp => help.scroll.saturating_sub(page),
        _ => help.scroll,
    };
    match action {
        // What was typed goes first.
        Action::LeaveOffers if !help.line.text().is_empty() => help.line.clear(),
        Action::LeaveOffers | Action::TakeOffer => state.popup = None,
        _ => {}
    }
    Vec::new()
}
