//! A lens: a screen that lies over the open session and shows it another way. Each has its own file; this one opens and
//! closes them, and does for all of them what is the same: moving, undo, budget, the way to the next lens.

use std::time::Duration;

use super::{
    Effect, State, budget,
    facts::{self, Facts},
    inspector::{self, Inspector},
    journal::{self, Journal},
    replay::{self, Replay},
    rows::Rows,
    state::Screen,
    suggestions::{self, Suggestions},
};
use crate::{
    model::Time,
    tui::action::{Action, Context},
};

pub enum Lens {
    Suggestions(Suggestions),
    Journal(Box<Journal>),
    Facts(Facts),
    Replay(Box<Replay>),
}

impl Lens {
    /// What has the keyboard while nothing lies over the lens.
    pub fn context(&self) -> Context {
        match self {
            Lens::Suggestions(_) => Context::Suggestions,
            Lens::Journal(_) => Context::Journal,
            Lens::Facts(_) => Context::Facts,
            Lens::Replay(_) => Context::Replay,
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Lens::Suggestions(_) => "Suggestions",
            Lens::Journal(_) => "Journal",
            Lens::Facts(_) => "Facts",
            Lens::Replay(_) => "Replay",
        }
    }

    /// What Enter does, and a click on the row under the cursor.
    fn enter(&self) -> Action {
        match self {
            Lens::Suggestions(_) => Action::ApplySuggestions,
            Lens::Journal(_) => Action::ToPoint,
            Lens::Facts(_) => Action::EditFact,
            Lens::Replay(_) => Action::ShowMoved,
        }
    }

    /// Where the lens is a list: its cursor, and how many rows there are.
    fn rows(&mut self, inspector: &Inspector) -> Option<(&mut Rows, usize)> {
        match self {
            Lens::Suggestions(lens) => Some((&mut lens.rows, inspector.desk.suggestions().len())),
            Lens::Journal(lens) => Some((&mut lens.rows, lens.shown.len())),
            Lens::Facts(lens) => Some((&mut lens.rows, lens.shown.len())),
            Lens::Replay(lens) => {
                let len = lens.len();
                Some((&mut lens.rows, len))
            }
        }
    }
}

/// Opens the lens that an action asks for, in place of the one that is open. `None`: the action opens none.
pub fn open(state: &mut State, action: Action) -> Option<Vec<Effect>> {
    state.inspector()?;
    let (lens, effects) = match action {
        Action::Suggestions => (Lens::Suggestions(Suggestions::default()), Vec::new()),
        Action::Journal => (Lens::Journal(Box::default()), Vec::new()),
        Action::Replay | Action::WhenLost => return replay::open(state, action),
        Action::Facts => (Lens::Facts(Facts::default()), vec![Effect::Clock]),
        _ => return None,
    };
    state.lens = Some(lens);
    Some(effects)
}

/// Does what a person asks while a lens is open.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        // Its list is a turn's; the ends are those of the session.
        Action::Top | Action::Bottom if matches!(state.lens, Some(Lens::Replay(_))) => {
            return replay::act(state, action);
        }
        Action::LeaveLens => {
            state.lens = None;
            return Vec::new();
        }
        Action::Down | Action::Up | Action::PageDown | Action::PageUp | Action::Top | Action::Bottom => {
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
        Some(Lens::Journal(_)) => journal::act(state, action),
        Some(Lens::Facts(_)) => facts::act(state, action),
        Some(Lens::Replay(_)) => replay::act(state, action),
        None => Vec::new(),
    }
}

/// A click on a row moves the cursor there; on the row under the cursor, it does what Enter does.
pub fn click(state: &mut State, line: usize) -> Vec<Effect> {
    let mut again = false;
    with_rows(state, |rows, len, _| {
        if let Some(row) = rows.at(line, len) {
            again = row == rows.cursor;
            rows.cursor = row;
        }
    });
    match state.lens.as_ref().map(Lens::enter) {
        Some(enter) if again => act(state, enter),
        _ => Vec::new(),
    }
}

/// Takes in what has changed, and keeps what is scrolled inside.
pub fn settle(state: &mut State) {
    let State { lens: Some(lens), screen, .. } = state else { return };
    let Screen::Session(inspector) = screen else {
        // What it showed is gone.
        state.lens = None;
        return;
    };
    match lens {
        Lens::Suggestions(lens) => lens.settle(inspector),
        Lens::Journal(_) => {}
        Lens::Facts(lens) => lens.settle(inspector),
        Lens::Replay(_) => {}
    }
    with_rows(state, |rows, len, height| rows.settle(len, height));
    let State { lens: Some(lens), screen: Screen::Session(inspector), tokenizer, .. } = state else { return };
    // What belongs to the row that the cursor has come to rest on.
    if let Lens::Journal(lens) = lens {
        lens.look(inspector, tokenizer.as_deref());
    }
}

/// What the lens has to ask of the outside, now that the desk has changed or it has just been opened.
pub fn ask(state: &mut State) -> Vec<Effect> {
    let mut effects = replay::end_unseen(state);
    let State { lens: Some(lens), screen: Screen::Session(inspector), replays, replay_runs, .. } = state else {
        return effects;
    };
    effects.extend(match lens {
        Lens::Suggestions(_) | Lens::Facts(_) => Vec::new(),
        Lens::Replay(lens) => lens.ask(inspector, replays, replay_runs),
        Lens::Journal(lens) => lens.ask(inspector),
    });
    effects
}

/// Whether the lens has something to work out that no key should wait for.
pub fn is_unfinished(state: &State) -> bool {
    let (Some(lens), Some(inspector)) = (&state.lens, state.inspector()) else { return false };
    match lens {
        Lens::Suggestions(lens) => lens.next_unweighed(inspector, &state.areas).is_some(),
        Lens::Journal(lens) => lens.next_uncounted(&state.areas, state.tokenizer.as_deref()).is_some(),
        Lens::Facts(_) | Lens::Replay(_) => false,
    }
}

/// Works out a little of it.
pub fn work_on(state: &mut State) {
    let State { lens: Some(lens), screen: Screen::Session(inspector), areas, tokenizer, .. } = state else { return };
    match lens {
        Lens::Suggestions(lens) => lens.work_on(inspector, areas),
        Lens::Journal(lens) => lens.work_on(inspector, areas, tokenizer.as_deref()),
        Lens::Facts(_) | Lens::Replay(_) => {}
    }
}

/// Ages and times left are told anew this often.
const CLOCK_EVERY: Duration = Duration::from_secs(20);

/// How long after the last event an `Event::Tick` is wanted; `None`: not at all.
pub fn tick_after(state: &State) -> Option<Duration> {
    match state.lens.as_ref()? {
        Lens::Suggestions(_) => None,
        Lens::Journal(_) | Lens::Facts(_) => Some(CLOCK_EVERY),
        Lens::Replay(lens) => lens.tick_after(),
    }
}

/// A wait is over.
pub fn tick(state: &mut State) -> Vec<Effect> {
    match &state.lens {
        Some(Lens::Journal(_) | Lens::Facts(_)) => vec![Effect::Clock],
        Some(Lens::Replay(_)) => replay::tick(state),
        Some(Lens::Suggestions(_)) | None => Vec::new(),
    }
}

/// Takes in what time it is.
pub fn clock(state: &mut State, now: Time) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    if inspector.desk.advance(now) {
        inspector.refresh();
    }
    if let Some(Lens::Journal(lens)) = &mut state.lens {
        lens.now = now;
    }
}

fn with_rows(state: &mut State, change: impl FnOnce(&mut Rows, usize, usize)) {
    let State { lens: Some(lens), screen: Screen::Session(inspector), areas, .. } = state else { return };
    if let Some((rows, len)) = lens.rows(inspector) {
        change(rows, len, usize::from(areas.lens.height));
    }
}
