//! A lens: a screen that lies over the open session and shows it another way. Each has its own file; this one opens and
//! closes them, and does for all of them what is the same: moving, undo, budget, the way to the next lens.

use super::{
    Effect, State, Tone, budget,
    entry::{self, EntryView},
    inspector::{self, Inspector},
    recall::{self, Recall},
    rows::Rows,
    state::Screen,
    suggestions::{self, Suggestions},
};
use crate::tui::action::{Action, Context};

pub enum Lens {
    Suggestions(Suggestions),
    Entry(Box<EntryView>),
    /// Over the list of sessions too.
    Recall(Box<Recall>),
}

impl Lens {
    /// What has the keyboard while nothing lies over the lens.
    pub fn context(&self) -> Context {
        match self {
            Lens::Suggestions(_) => Context::Suggestions,
            Lens::Entry(_) => Context::Entry,
            Lens::Recall(_) => Context::Recall,
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Lens::Suggestions(_) => "Suggestions",
            Lens::Entry(_) => "Entry",
            Lens::Recall(_) => "Recall",
        }
    }

    /// What Enter does, and a click on the row under the cursor.
    fn enter(&self) -> Action {
        match self {
            Lens::Suggestions(_) => Action::ApplySuggestions,
            Lens::Entry(_) => Action::GoThere,
            Lens::Recall(_) => Action::OpenHit,
        }
    }

    /// Where the lens is a list: its cursor, and how many rows there are.
    fn rows(&mut self, inspector: &Inspector) -> Option<(&mut Rows, usize)> {
        match self {
            Lens::Suggestions(lens) => Some((&mut lens.rows, inspector.desk.suggestions().len())),
            Lens::Entry(_) | Lens::Recall(_) => None,
        }
    }
}

/// Opens the lens that an action asks for, in place of the one that is open. `None`: the action opens none.
pub fn open(state: &mut State, action: Action) -> Option<Vec<Effect>> {
    if action == Action::Recall {
        recall::open(state);
        return Some(Vec::new());
    }
    let inspector = state.inspector()?;
    let (lens, effects) = match action {
        Action::Suggestions => (Lens::Suggestions(Suggestions::default()), Vec::new()),
        Action::ViewEntry => match entry::open(inspector) {
            Some(view) => (Lens::Entry(Box::new(view)), Vec::new()),
            None => {
                state.say(Tone::Plain, "there is no entry to look at");
                return Some(Vec::new());
            }
        },
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
            if !matches!(state.lens, Some(Lens::Entry(_) | Lens::Recall(_))) =>
        {
            with_rows(state, |rows, len, height| rows.act(action, len, height));
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
        Some(Lens::Entry(_)) => entry::act(state, action),
        Some(Lens::Recall(_)) => recall::act(state, action),
        None => Vec::new(),
    }
}

/// A click on a row moves the cursor there.
pub fn select(state: &mut State, line: usize) {
    with_rows(state, |rows, len, _| rows.cursor = rows.at(line, len).unwrap_or(rows.cursor));
}

/// A double click does what Enter does.
pub fn enter(state: &mut State) -> Vec<Effect> {
    match state.lens.as_ref().map(Lens::enter) {
        Some(action) => act(state, action),
        None => Vec::new(),
    }
}

/// Takes in what has changed, and keeps what is scrolled inside.
pub fn settle(state: &mut State) {
    let State { lens: Some(lens), screen, areas, .. } = state else { return };
    if let Lens::Recall(recall) = lens {
        return recall.settle(usize::from(areas.lens.height));
    }
    let Screen::Session(inspector) = screen else {
        // What it showed is gone.
        state.lens = None;
        return;
    };
    match lens {
        Lens::Suggestions(lens) => lens.settle(inspector),
        Lens::Entry(lens) => lens.settle(inspector, areas),
        Lens::Recall(_) => {}
    }
    with_rows(state, |rows, len, height| rows.settle(len, height));
}

/// What the lens wants to know from outside.
pub fn asks(state: &mut State) -> Vec<Effect> {
    if let Some(Lens::Recall(recall)) = &mut state.lens {
        return recall.asks();
    }
    let State { lens: Some(lens), screen: Screen::Session(inspector), .. } = state else { return Vec::new() };
    match lens {
        Lens::Suggestions(_) | Lens::Recall(_) => Vec::new(),
        Lens::Entry(lens) => lens.asks(inspector),
    }
}

/// Whether the lens has something to work out that no key should wait for.
pub fn is_unfinished(state: &State) -> bool {
    let (Some(lens), Some(inspector)) = (&state.lens, state.inspector()) else { return false };
    match lens {
        Lens::Suggestions(lens) => lens.next_unweighed(inspector, &state.areas).is_some(),
        Lens::Entry(lens) => lens.is_unfinished(&state.areas),
        Lens::Recall(_) => false,
    }
}

/// Works out a little of it.
pub fn work_on(state: &mut State) {
    let State { lens: Some(lens), screen: Screen::Session(inspector), areas, .. } = state else { return };
    match lens {
        Lens::Suggestions(lens) => lens.work_on(inspector, areas),
        Lens::Entry(lens) => lens.work_on(areas),
        Lens::Recall(_) => {}
    }
}

fn with_rows(state: &mut State, change: impl FnOnce(&mut Rows, usize, usize)) {
    let State { lens: Some(lens), screen: Screen::Session(inspector), areas, .. } = state else { return };
    if let Some((rows, len)) = lens.rows(inspector) {
        change(rows, len, usize::from(areas.lens.height));
    }
}
