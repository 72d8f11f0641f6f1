//! A lens: a screen that lies over the open session and shows it another way. Each has its own file; this one opens and
//! closes them, and does for all of them what is the same: moving, undo, budget, the way to the next lens.

use ratatui::layout::Position;

use super::{
    Effect, State, budget,
    compare::{self, Compare, Focus},
    inspector::{self, Inspector},
    rows::Rows,
    state::Screen,
    suggestions::{self, Suggestions},
    sweep::{self, Sweep},
};
use crate::tui::action::{Action, Context};

pub enum Lens {
    Suggestions(Suggestions),
    Sweep(Box<Sweep>),
    Compare(Box<Compare>),
}

impl Lens {
    /// What has the keyboard while nothing lies over the lens.
    pub fn context(&self) -> Context {
        match self {
            Lens::Suggestions(_) => Context::Suggestions,
            Lens::Sweep(_) => Context::Sweep,
            Lens::Compare(_) => Context::Compare,
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Lens::Suggestions(_) => "Suggestions",
            Lens::Sweep(_) => "Sweep",
            Lens::Compare(_) => "Compare",
        }
    }

    /// What Enter does, and a click on the row under the cursor.
    fn enter(&self) -> Option<Action> {
        match self {
            Lens::Suggestions(_) => Some(Action::ApplySuggestions),
            Lens::Sweep(_) => None,
            Lens::Compare(_) => Some(Action::GoToEntry),
        }
    }

    /// Where the lens is a list: its cursor, and how many rows there are.
    fn rows(&mut self, inspector: &Inspector) -> Option<(&mut Rows, usize)> {
        match self {
            Lens::Suggestions(lens) => Some((&mut lens.rows, inspector.desk.suggestions().len())),
            Lens::Compare(lens) if lens.focus == Focus::List => Some((&mut lens.rows, lens.listed.len())),
            Lens::Sweep(_) | Lens::Compare(_) => None,
        }
    }
}

/// Opens the lens that an action asks for, in place of the one that is open. `None`: the action opens none.
pub fn open(state: &mut State, action: Action) -> Option<Vec<Effect>> {
    let inspector = state.inspector()?;
    let (lens, effects) = match action {
        Action::Suggestions => (Lens::Suggestions(Suggestions::default()), Vec::new()),
        Action::Sweep => (Lens::Sweep(Box::default()), Vec::new()),
        Action::Compare => (Lens::Compare(Box::new(Compare::new(inspector.desk.session()))), Vec::new()),
        _ => return None,
    };
    state.lens = Some(lens);
    Some(effects)
}

/// Does what a person asks while a lens is open.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::LeaveLens => {
            state.lens = None;
            return Vec::new();
        }
        Action::Down | Action::Up | Action::PageDown | Action::PageUp | Action::Top | Action::Bottom
            if with_rows(state, |rows, len, height| rows.act(action, len, height)).is_some() =>
        {
            moved(state);
            return Vec::new();
        }
        Action::Undo | Action::Redo | Action::Sessions => return inspector::act(state, action),
        Action::Budget | Action::BudgetDown | Action::BudgetUp | Action::BudgetPresets | Action::Strategy => {
            budget::act(state, action);
            return Vec::new();
        }
        _ => {}
    }
    if let Some(effects) = open(state, action) {
        return effects;
    }
    match &state.lens {
        Some(Lens::Suggestions(_)) => suggestions::act(state, action),
        Some(Lens::Sweep(_)) => sweep::act(state, action),
        Some(Lens::Compare(_)) => compare::act(state, action),
        None => Vec::new(),
    }
}

/// A click on a row moves the cursor there; in a plot it sets what the column stands for.
pub fn select(state: &mut State, at: Position) {
    let area = state.areas.lens;
    if !area.contains(at) {
        return;
    }
    drag(state, at);
    let line = usize::from(at.y - area.y);
    with_rows(state, |rows, len, _| rows.cursor = rows.at(line, len).unwrap_or(rows.cursor));
    moved(state);
}

/// A double click does what Enter does.
pub fn enter(state: &mut State) -> Vec<Effect> {
    match state.lens.as_ref().and_then(Lens::enter) {
        Some(action) => act(state, action),
        None => Vec::new(),
    }
}

/// The cursor of a list has moved.
fn moved(state: &mut State) {
    if let Some(Lens::Compare(lens)) = &mut state.lens {
        lens.follow();
    }
}

/// The mouse is moved with its button held.
pub fn drag(state: &mut State, at: Position) {
    let area = state.areas.lens;
    if let Some(Lens::Sweep(_)) = &state.lens {
        sweep::point_at(state, area, at);
    }
}

/// What a notch of the wheel asks for: in a plot, to move its cursor.
pub fn wheel(lens: &Lens, way: Action) -> Action {
    match (lens, way) {
        (Lens::Sweep(_), Action::Down) => Action::SweepLess,
        (Lens::Sweep(_), _) => Action::SweepMore,
        (Lens::Suggestions(_) | Lens::Compare(_), way) => way,
    }
}

/// What the lens wants to have worked out elsewhere, if it has not asked for that yet.
pub fn ask(state: &mut State) -> Option<Effect> {
    match &state.lens {
        Some(Lens::Sweep(_)) => sweep::ask(state),
        Some(Lens::Compare(_)) => compare::ask(state),
        Some(Lens::Suggestions(_)) | None => None,
    }
}

/// Takes in what has changed, and keeps what is scrolled inside.
pub fn settle(state: &mut State) {
    let State { lens: Some(lens), screen, areas, .. } = state else { return };
    let Screen::Session(inspector) = screen else {
        // What it showed is gone.
        state.lens = None;
        return;
    };
    match lens {
        Lens::Suggestions(lens) => lens.settle(inspector),
        Lens::Sweep(lens) => lens.settle(inspector),
        Lens::Compare(lens) => lens.settle(areas),
    }
    with_rows(state, |rows, len, height| rows.settle(len, height));
}

/// Whether the lens has something to work out that no key should wait for.
pub fn is_unfinished(state: &State) -> bool {
    let (Some(lens), Some(inspector)) = (&state.lens, state.inspector()) else { return false };
    match lens {
        Lens::Suggestions(lens) => lens.next_unweighed(inspector, &state.areas).is_some(),
        Lens::Sweep(_) => false,
        Lens::Compare(lens) => lens.text.uncompared(state.areas.pack.height).is_some(),
    }
}

/// Works out a little of it.
pub fn work_on(state: &mut State) {
    let State { lens: Some(lens), screen: Screen::Session(inspector), areas, .. } = state else { return };
    match lens {
        Lens::Suggestions(lens) => lens.work_on(inspector, areas),
        Lens::Sweep(_) => {}
        Lens::Compare(lens) => {
            if let Some(block) = lens.text.uncompared(areas.pack.height) {
                lens.text.compare(block);
            }
        }
    }
}

/// `None` where the lens is no list.
fn with_rows<T>(state: &mut State, change: impl FnOnce(&mut Rows, usize, usize) -> T) -> Option<T> {
    let State { lens: Some(lens), screen: Screen::Session(inspector), areas, .. } = state else { return None };
    let (rows, len) = lens.rows(inspector)?;
    Some(change(rows, len, usize::from(areas.lens.height)))
}
