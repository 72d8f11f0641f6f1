//! The mouse: click rows, tabs, headings, hints and the suggestion; double click to open, right click for the verbs; turn
//! the wheel; drag the budget's edge and the lines between panes.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{
    Areas, Border, Effect, Lens, Popup, State, budget, entry, finding,
    inspector::{Drag, Inspector, Pane},
    lens, lessons, menus, recall,
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
        MouseEventKind::Down(MouseButton::Right) => return verbs(state, at),
        MouseEventKind::Drag(MouseButton::Left) => return drag(state, at),
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

/// A double click opens what a click selects.
pub fn double_click(state: &mut State, at: Position) -> Vec<Effect> {
    let areas = &state.areas;
    if state.popup.is_some() || Areas::hit(&areas.hints, at).is_some() {
        return Vec::new();
    }
    if state.lens.is_some() {
        return if areas.lens.contains(at) { lens::enter(state) } else { Vec::new() };
    }
    match state.screen {
        Screen::Sessions(_) if areas.list.contains(at) => update::act(state, Action::OpenSession),
        Screen::Session(_) if areas.list.contains(at) || areas.left_out.contains(at) => {
            update::act(state, Action::Open)
        }
        _ => Vec::new(),
    }
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
        Some(Popup::Palette(palette)) if areas.popup.contains(at) => {
            let row = palette.rows.at(usize::from(at.y - areas.popup.y), palette.offers.len());
            return match row {
                Some(row) => {
                    palette.rows.cursor = row;
                    update::act(state, Action::TakeOffer)
                }
                None => Vec::new(),
            };
        }
        Some(_) => return Vec::new(),
        None => {}
    }
    if let Some(Lens::Entry(_)) = state.lens {
        entry::press(state, at);
        return Vec::new();
    }
    if state.lens.is_some() {
        match &state.lens {
            Some(Lens::Recall(_)) if areas.lens.contains(at) => recall::select(state, usize::from(at.y - areas.lens.y)),
            Some(Lens::Lessons(_)) if areas.lens.contains(at) => {
                lessons::select(state, usize::from(at.y - areas.lens.y));
            }
            _ => lens::select(state, at),
        }
        return Vec::new();
    }
    match &mut state.screen {
        Screen::Sessions(picker) if Areas::hit(&areas.session_columns, at).is_some() => {
            if let Some(column) = Areas::hit(&areas.session_columns, at) {
                picker.sort_by(column);
            }
        }
        Screen::Sessions(picker) if picker.sessions.is_empty() && areas.list.contains(at) => {
            picker.first.select(usize::from(at.y - areas.list.y));
        }
        Screen::Sessions(picker) if areas.list.contains(at) => {
            let row = picker.offset + usize::from(at.y - areas.list.y);
            picker.cursor = row.min(picker.rows.len().saturating_sub(1));
        }
        Screen::Session(_) => return press_session(state, &areas, at),
        _ => {}
    }
    Vec::new()
}

/// A right click lists what can be done to the row under it.
fn verbs(state: &mut State, at: Position) -> Vec<Effect> {
    if state.popup.is_some() || state.lens.is_some() || !state.areas.list.contains(at) {
        return Vec::new();
    }
    let areas = state.areas.clone();
    match state.screen {
        Screen::Session(_) => {
            press_session(state, &areas, at);
            update::act(state, Action::Verbs)
        }
        _ => Vec::new(),
    }
}

fn press_session(state: &mut State, areas: &Areas, at: Position) -> Vec<Effect> {
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    if areas.bar.area.contains(at) {
        let edge = areas.bar.area.x + areas.bar.budget_cells;
        if at.x.abs_diff(edge) <= GRIP && areas.bar.budget_cells > 0 {
            let budget = f64::from(inspector.desk.budget().tokens());
            inspector.drag = Some(Drag::Budget(budget / f64::from(areas.bar.budget_cells)));
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
    } else if let Some(border) = Areas::hit(&areas.borders, at) {
        inspector.drag = Some(Drag::Border(border));
    }
    Vec::new()
}

fn drag(state: &mut State, at: Position) -> Vec<Effect> {
    if state.lens.is_some() {
        // A plot takes the mouse beyond its edges too, so that its ends are easy to reach.
        if state.popup.is_none() {
            lens::drag(state, at);
        }
        return Vec::new();
    }
    let areas = &state.areas;
    let (bar, body) = (areas.bar, areas.body);
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    match inspector.drag {
        Some(Drag::Budget(per_cell)) => {
            let cells = at.x.saturating_sub(bar.area.x).clamp(1, bar.area.width.max(1));
            let tokens = (f64::from(cells) * per_cell) as u32;
            let step = budget::step(tokens);
            budget::set(state, (tokens + step / 2) / step * step);
        }
        Some(Drag::Border(border)) => move_border(inspector, border, at, body),
        None => {}
    }
    Vec::new()
}

/// Puts a line between panes under the mouse.
fn move_border(inspector: &mut Inspector, border: Border, at: Position, body: Rect) {
    let share = |cells: u16, of: u16| Some((u32::from(cells.min(of)) * 1000).div_ceil(u32::from(of.max(1))) as u16);
    match border {
        Border::Columns => inspector.split.columns = share(at.x.saturating_sub(body.x), body.width),
        Border::Under => inspector.split.under = share(body.bottom().saturating_sub(at.y), body.height),
        Border::LeftOut => inspector.split.left_out = share(body.bottom().saturating_sub(at.y), body.height),
    }
}

fn wheel(state: &mut State, at: Position, way: Action) -> Vec<Effect> {
    if let (Some(Lens::Entry(_)), None) = (&state.lens, &state.popup) {
        entry::wheel(state, at, way, NOTCH);
        return Vec::new();
    }
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
