//! The mouse: click rows, tabs, headings, hints and the suggestion; turn the wheel; drag the budget's edge.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{
    Areas, Effect, Popup, State, budget, finding,
    inspector::Pane,
    lens, menus,
    scroll::{self, Scroll},
    state::Screen,
    update,
};
use crate::tui::action::Action;

/// Rows that a notch of the wheel moves.
const NOTCH: usize = 3;
/// How near to the edge, in cells, a drag may begin.
const GRIP: u16 = 2;

pub fn mouse(state: &mut State, event: MouseEvent) -> Vec<Effect> {
    let at = Position::new(event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => return press(state, at),
        MouseEventKind::Drag(MouseButton::Left) => drag(state, at),
        MouseEventKind::Up(MouseButton::Left) => {
            if let Screen::Session(inspector) = &mut state.screen {
                inspector.drag = None;
            }
        }
        MouseEventKind::ScrollDown => return wheel(state, at, Action::Down),
        MouseEventKind::ScrollUp => return wheel(state, at, Action::Up),
        _ => {}
    }
    Vec::new()
}

fn press(state: &mut State, at: Position) -> Vec<Effect> {
    let areas = state.areas.clone();
    if let Some(action) = Areas::hit(&areas.hints, at) {
        return update::act(state, action);
    }
    match &mut state.popup {
        Some(Popup::Menu(menu)) if areas.popup.contains(at) => {
            let row = menu.offset + usize::from(at.y - areas.popup.y);
            if row < menu.items.len() {
                menu.cursor = row;
                return menus::act(state, Action::Choose);
            }
            return Vec::new();
        }
        Some(_) => return Vec::new(),
        None => {}
    }
    if state.lens.is_some() {
        return lens::click(state, at);
    }
    match &mut state.screen {
        Screen::Sessions(picker) if areas.list.contains(at) => {
            let row = picker.offset + usize::from(at.y - areas.list.y);
            match row == picker.cursor {
                true => return update::act(state, Action::OpenSession),
                false => picker.cursor = row.min(picker.rows.len().saturating_sub(1)),
            }
        }
        Screen::Session(_) => return press_session(state, &areas, at),
        _ => {}
    }
    Vec::new()
}

fn press_session(state: &mut State, areas: &Areas, at: Position) -> Vec<Effect> {
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    if areas.bar.area.contains(at) {
        let edge = areas.bar.area.x + areas.bar.budget_cells;
        if at.x.abs_diff(edge) <= GRIP && areas.bar.budget_cells > 0 {
            let budget = f64::from(inspector.desk.budget().tokens());
            inspector.drag = Some(budget / f64::from(areas.bar.budget_cells));
        }
    } else if let Some(pane) = Areas::hit(&areas.panes, at) {
        inspector.focus_on(pane);
    } else if let Some(level) = Areas::hit(&areas.tabs, at) {
        inspector.preview.level = level;
    } else if let Some(column) = Areas::hit(&areas.columns, at) {
        finding::sort_by(inspector, column);
    } else if areas.list.contains(at) {
        inspector.focus = Pane::Entries;
        let row = inspector.list.offset + usize::from(at.y - areas.list.y);
        if row < inspector.list.rows.len() {
            inspector.list.cursor = row;
        }
    } else if areas.left_out.contains(at) {
        inspector.focus_on(Pane::LeftOut);
        let row = inspector.left_out.offset + usize::from(at.y - areas.left_out.y);
        inspector.left_out.cursor = row.min(inspector.left_out.rows.len().saturating_sub(1));
    } else if areas.preview.contains(at) {
        inspector.focus_on(Pane::Preview);
    } else if areas.pack.contains(at) {
        inspector.focus_on(Pane::CarryForward);
    } else if areas.suggestion.contains(at) {
        return update::act(state, Action::ApplySuggestion);
    }
    Vec::new()
}

fn drag(state: &mut State, at: Position) {
    if state.lens.is_some() {
        // A plot takes the mouse beyond its edges too, so that its ends are easy to reach.
        if state.popup.is_none() {
            lens::drag(state, at);
        }
        return;
    }
    let bar = state.areas.bar;
    let Screen::Session(inspector) = &mut state.screen else { return };
    let Some(per_cell) = inspector.drag else { return };
    let cells = at.x.saturating_sub(bar.area.x).clamp(1, bar.area.width);
    let tokens = (f64::from(cells) * per_cell) as u32;
    let step = budget::step(tokens);
    budget::set(state, (tokens + step / 2) / step * step);
}

fn wheel(state: &mut State, at: Position, way: Action) -> Vec<Effect> {
    match &state.lens {
        Some(lens) if state.popup.is_none() => return update::act(state, lens::wheel(lens, way)),
        None if state.popup.is_none() => {}
        _ => return update::act(state, way),
    }
    let areas = state.areas.clone();
    match &mut state.screen {
        Screen::Session(inspector) => {
            let panes = [
                (areas.list, Pane::Entries),
                (areas.preview, Pane::Preview),
                (areas.pack, Pane::CarryForward),
                (areas.left_out, Pane::LeftOut),
            ];
            if let Some(pane) = Areas::hit(&panes, at) {
                let scroll = if way == Action::Down { Scroll::Down(NOTCH) } else { Scroll::Up(NOTCH) };
                scroll::scroll_pane(inspector, pane, &areas, scroll);
            }
            Vec::new()
        }
        _ => update::act(state, way),
    }
}
