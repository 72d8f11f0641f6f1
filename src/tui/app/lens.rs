//! A lens: a screen that lies over the open session and shows it another way. Each has its own file; this one opens and
//! closes them, and does for all of them what is the same: moving, undo, budget, the way to the next lens.

use std::time::Duration;

use ratatui::layout::Position;

use super::{
    Effect, State, Tone, budget,
    compare::{self, Compare, Focus},
    entry::{self, EntryView},
    facts::{self, Facts},
    inspector::{self, Inspector},
    journal::{self, Journal},
    lessons::{self, Lessons},
    recall::{self, Recall},
    replay::{self, Replay},
    rows::Rows,
    state::Screen,
    suggestions::{self, Suggestions},
    sweep::{self, Sweep},
    writing::{self, Writing},
};
use crate::{
    model::Time,
    tui::action::{Action, Context},
};

pub enum Lens {
    Suggestions(Suggestions),
    Entry(Box<EntryView>),
    /// Over the list of sessions too.
    Recall(Box<Recall>),
    Sweep(Box<Sweep>),
    Compare(Box<Compare>),
    Journal(Box<Journal>),
    Facts(Facts),
    Replay(Box<Replay>),
    Writing(Box<Writing>),
    /// Over the list of sessions too.
    Lessons(Box<Lessons>),
}

impl Lens {
    /// What has the keyboard while nothing lies over the lens.
    pub fn context(&self) -> Context {
        match self {
            Lens::Suggestions(_) => Context::Suggestions,
            Lens::Entry(_) => Context::Entry,
            Lens::Recall(_) => Context::Recall,
            Lens::Sweep(_) => Context::Sweep,
            Lens::Compare(_) => Context::Compare,
            Lens::Journal(_) => Context::Journal,
            Lens::Facts(_) => Context::Facts,
            Lens::Replay(_) => Context::Replay,
            Lens::Writing(writing) => writing.context(),
            Lens::Lessons(lessons) => lessons.context(),
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Lens::Suggestions(_) => "Suggestions",
            Lens::Entry(_) => "Entry",
            Lens::Recall(_) => "Recall",
            Lens::Sweep(_) => "Sweep",
            Lens::Compare(_) => "Compare",
            Lens::Journal(_) => "Journal",
            Lens::Facts(_) => "Facts",
            Lens::Replay(_) => "Replay",
            Lens::Writing(_) => "Model",
            Lens::Lessons(_) => "Patterns",
        }
    }

    /// What Enter does, and a click on the row under the cursor.
    fn enter(&self) -> Option<Action> {
        match self {
            Lens::Suggestions(_) => Some(Action::ApplySuggestions),
            Lens::Sweep(_) | Lens::Writing(_) => None,
            Lens::Lessons(lessons) => (lessons.page == lessons::Page::Patterns).then_some(Action::ShowEvidence),
            Lens::Compare(_) => Some(Action::GoToEntry),
            Lens::Entry(_) => Some(Action::GoThere),
            Lens::Recall(_) => Some(Action::OpenHit),
            Lens::Journal(_) => Some(Action::ToPoint),
            Lens::Facts(_) => Some(Action::EditFact),
            Lens::Replay(_) => Some(Action::ShowMoved),
        }
    }

    /// Where the lens is a list: its cursor, and how many rows there are.
    fn rows(&mut self, inspector: &Inspector) -> Option<(&mut Rows, usize)> {
        match self {
            Lens::Suggestions(lens) => Some((&mut lens.rows, inspector.desk.suggestions().len())),
            Lens::Compare(lens) if lens.focus == Focus::List => Some((&mut lens.rows, lens.listed.len())),
            Lens::Sweep(_)
            | Lens::Compare(_)
            | Lens::Entry(_)
            | Lens::Recall(_)
            | Lens::Writing(_)
            | Lens::Lessons(_) => None,
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
    if action == Action::Recall {
        recall::open(state);
        return Some(Vec::new());
    }
    if matches!(action, Action::Patterns | Action::Trends) {
        lessons::open(state, action);
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
        Action::Sweep => (Lens::Sweep(Box::default()), Vec::new()),
        Action::Compare => (Lens::Compare(Box::new(Compare::new(inspector.desk.session()))), Vec::new()),
        Action::Journal => (Lens::Journal(Box::default()), Vec::new()),
        Action::Replay | Action::WhenLost => return replay::open(state, action),
        Action::Draft | Action::Summarize => return Some(writing::open(state, action)),
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
        Some(Lens::Entry(_)) => entry::act(state, action),
        Some(Lens::Recall(_)) => recall::act(state, action),
        Some(Lens::Sweep(_)) => sweep::act(state, action),
        Some(Lens::Compare(_)) => compare::act(state, action),
        Some(Lens::Journal(_)) => journal::act(state, action),
        Some(Lens::Facts(_)) => facts::act(state, action),
        Some(Lens::Replay(_)) => replay::act(state, action),
        Some(Lens::Writing(_)) => writing::act(state, action),
        Some(Lens::Lessons(_)) => lessons::act(state, action),
        None => Vec::new(),
    }
}

/// A click on a row moves the cursor there. In a plot it sets what the column stands for.
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
        (_, way) => way,
    }
}

/// Takes in what has changed, and keeps what is scrolled inside.
pub fn settle(state: &mut State) {
    let State { lens: Some(lens), screen, areas, .. } = state else { return };
    if let Lens::Recall(recall) = lens {
        return recall.settle(usize::from(areas.lens.height));
    }
    if let Lens::Lessons(lessons) = lens {
        return lessons.settle(usize::from(areas.lens.height));
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
        Lens::Sweep(lens) => lens.settle(inspector),
        Lens::Compare(lens) => lens.settle(areas),
        Lens::Journal(_) => {}
        Lens::Facts(lens) => lens.settle(inspector),
        Lens::Replay(_) | Lens::Writing(_) | Lens::Lessons(_) => {}
    }
    with_rows(state, |rows, len, height| rows.settle(len, height));
    let State { lens: Some(lens), screen: Screen::Session(inspector), tokenizer, .. } = state else { return };
    // What belongs to the row that the cursor has come to rest on.
    if let Lens::Journal(lens) = lens {
        lens.look(inspector, tokenizer.as_deref());
    }
}

/// What the lens wants to know from outside, or to have worked out there, if it has not asked for that yet.
pub fn asks(state: &mut State) -> Vec<Effect> {
    let mut effects = replay::end_unseen(state);
    match &mut state.lens {
        Some(Lens::Recall(recall)) => effects.extend(recall.asks()),
        Some(Lens::Lessons(lessons)) => effects.extend(lessons.asks(&mut state.lessons, &state.settings.insight)),
        Some(Lens::Sweep(_)) => effects.extend(sweep::ask(state)),
        Some(Lens::Compare(_)) => effects.extend(compare::ask(state)),
        _ => {}
    }
    let State { lens: Some(lens), screen: Screen::Session(inspector), replays, replay_runs, .. } = state else {
        return effects;
    };
    match lens {
        Lens::Entry(lens) => effects.extend(lens.asks(inspector)),
        Lens::Replay(lens) => effects.extend(lens.ask(inspector, replays, replay_runs)),
        Lens::Journal(lens) => effects.extend(lens.ask(inspector)),
        _ => {}
    }
    effects
}

/// Whether the lens has something to work out that no key should wait for.
pub fn is_unfinished(state: &State) -> bool {
    let (Some(lens), Some(inspector)) = (&state.lens, state.inspector()) else { return false };
    match lens {
        Lens::Suggestions(lens) => lens.next_unweighed(inspector, &state.areas).is_some(),
        Lens::Entry(lens) => lens.is_unfinished(&state.areas),
        Lens::Recall(_) => false,
        Lens::Sweep(_) => false,
        Lens::Compare(lens) => lens.text.uncompared(state.areas.pack.height).is_some(),
        Lens::Journal(lens) => lens.next_uncounted(&state.areas, state.tokenizer.as_deref()).is_some(),
        Lens::Facts(_) | Lens::Replay(_) | Lens::Writing(_) | Lens::Lessons(_) => false,
    }
}

/// Works out a little of it.
pub fn work_on(state: &mut State) {
    let State { lens: Some(lens), screen: Screen::Session(inspector), areas, tokenizer, .. } = state else { return };
    match lens {
        Lens::Suggestions(lens) => lens.work_on(inspector, areas),
        Lens::Entry(lens) => lens.work_on(areas),
        Lens::Recall(_) => {}
        Lens::Sweep(_) => {}
        Lens::Compare(lens) => {
            if let Some(block) = lens.text.uncompared(areas.pack.height) {
                lens.text.compare(block);
            }
        }
        Lens::Journal(lens) => lens.work_on(inspector, areas, tokenizer.as_deref()),
        Lens::Facts(_) | Lens::Replay(_) | Lens::Writing(_) | Lens::Lessons(_) => {}
    }
}

/// Ages and times left are told anew this often.
const CLOCK_EVERY: Duration = Duration::from_secs(20);

/// How long after the last event an `Event::Tick` is wanted; `None`: not at all.
pub fn tick_after(state: &State) -> Option<Duration> {
    match state.lens.as_ref()? {
        Lens::Journal(_) | Lens::Facts(_) => Some(CLOCK_EVERY),
        Lens::Replay(lens) => lens.tick_after(),
        _ => None,
    }
}

/// A wait is over.
pub fn tick(state: &mut State) -> Vec<Effect> {
    match &state.lens {
        Some(Lens::Journal(_) | Lens::Facts(_)) => vec![Effect::Clock],
        Some(Lens::Replay(_)) => replay::tick(state),
        _ => Vec::new(),
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

/// `None` where the lens is no list.
fn with_rows<T>(state: &mut State, change: impl FnOnce(&mut Rows, usize, usize) -> T) -> Option<T> {
    let State { lens: Some(lens), screen: Screen::Session(inspector), areas, .. } = state else { return None };
    let (rows, len) = lens.rows(inspector)?;
    Some(change(rows, len, usize::from(areas.lens.height)))
}
