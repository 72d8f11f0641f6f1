//! update: an event in, the state changed, effects out. Routes only; each screen's file knows what its keys do.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::{
    Areas, Effect, Event, Lens, Popup, State, Status, Tone, coach,
    event::{AfterFailure, Keeping, Way},
    facts, help,
    inspector::{self, Inspector},
    journal, lens, lessons, menus, mouse, palette, picker, plans,
    popup::scrolled,
    recall, replay,
    state::Screen,
    typing, writing,
};
use crate::{
    model::{Edit, SessionId},
    text::words,
    tui::action::{Action, Context},
    workspace::{Point, desk::Desk},
};

pub fn update(state: &mut State, event: Event) -> Vec<Effect> {
    let mut effects = route(state, event);
    // What is being read knows nothing of an edit that is made meanwhile: it is read again after that.
    let recorded = effects.iter().any(|effect| matches!(effect, Effect::Record { .. }));
    if recorded && state.reloading == Some(state.generation) {
        effects.extend(reload(state));
    }
    settle(state);
    effects.extend(lens::asks(state));
    effects.extend(plans::ask(state));
    if let Screen::Sessions(picker) = &mut state.screen {
        effects.extend(picker.asks(usize::from(state.areas.list.height)));
    }
    effects
}

fn route(state: &mut State, event: Event) -> Vec<Effect> {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => {}
        Event::Key(key) => return press(state, key),
        Event::Mouse(event) => return mouse::mouse(state, event),
        Event::DoubleClick(at) => return mouse::double_click(state, at),
        Event::Paste(text) => return typing::paste(state, &text),
        Event::Resized => {}
        Event::Listed { generation, rows, now } if generation == state.generation => {
            let mut picker = match &mut state.screen {
                Screen::Sessions(picker) => std::mem::take(picker),
                _ => Box::default(),
            };
            picker.list(rows, now);
            state.screen = Screen::Sessions(picker);
        }
        Event::Opened { generation, desk, keeping } if generation == state.generation => {
            opened(state, *desk, keeping);
        }
        Event::Found { generation, places } if generation == state.searches => {
            if let Screen::Session(inspector) = &mut state.screen {
                inspector.list.filter.query.found(&places);
                inspector.relist();
            }
        }
        // Answers to a request that a newer one has replaced.
        Event::Listed { .. } | Event::Opened { .. } | Event::Found { .. } => {}
        Event::Progress { doing, progress } => {
            if let Screen::Waiting(waiting) = &mut state.screen {
                (waiting.step, waiting.progress) = (doing, Some(progress));
            }
        }
        Event::Imported { words, session } => {
            state.say(Tone::Done, words);
            return match session {
                Some(session) => picker::open(state, session, "Opening the session".into()),
                None => picker::list(state),
            };
        }
        Event::Undone { session, way, edit } => return undone(state, &session, way, &edit),
        Event::Stepped { session, point, edits, stopped } => return stepped(state, &session, point, edits, stopped),
        Event::Journal { session, journal, now } => journal::arrived(state, &session, journal, now),
        Event::FactChanged { session, edit, now } => {
            lens::clock(state, now);
            return facts::changed(state, &session, &edit);
        }
        Event::Clock { now } => lens::clock(state, now),
        Event::Tick => return lens::tick(state),
        Event::Replayed { generation, step } => replay::arrived(state, generation, step),
        Event::Deleted { session, title } => {
            if let Screen::Sessions(picker) = &mut state.screen {
                picker.deleted = Some((session, title.clone()));
                let key = state.keymap.key_for(Action::UndeleteSession);
                state.say(Tone::Done, format!("deleted “{title}”; {key} brings it back"));
                return relist(state);
            }
        }
        Event::Undeleted { title } => {
            state.say(Tone::Done, format!("“{title}” is back"));
            return relist(state);
        }
        Event::Idle => {
            if lens::is_unfinished(state) {
                lens::work_on(state);
            } else if let (Screen::Session(inspector), None) = (&mut state.screen, &state.lens) {
                inspector.work_on(&state.areas);
            }
        }
        Event::StoreChanged => return store_changed(state),
        Event::Grew { words } => {
            state.say(Tone::Plain, words);
            return reload(state);
        }
        Event::TokenizerReady(tokenizer) => {
            state.tokenizer = Some(tokenizer);
            typing::count(state);
        }
        Event::Discovered { agents } => {
            if let Screen::Sessions(picker) = &mut state.screen {
                picker.first.take(agents);
            }
        }
        Event::Used { session, usage } => {
            if let Screen::Sessions(picker) = &mut state.screen {
                picker.take_usage(session, usage);
            }
        }
        Event::Recalled { generation, answer } => {
            if let Some(Lens::Recall(recall)) = &mut state.lens {
                recall.take(generation, answer);
            }
        }
        Event::Digesting { generation, done, of } => lessons::digesting(state, generation, done, of),
        Event::Lessons { generation, learned } => lessons::learned(state, generation, learned),
        Event::LettingGo { done, of } => lessons::letting_go::going(state, done, of),
        Event::LetGo { sessions, words } => return lessons::letting_go::gone(state, &sessions, words),
        Event::BroughtBack { session, words } => {
            state.say(Tone::Done, words);
            recall::brought_back(state, session);
        }
        Event::Mentioned { of, mentions } => {
            if let Some(Lens::Entry(view)) = &mut state.lens {
                view.take_mentions(of, mentions);
            }
        }
        Event::History { of, version, rows, now } => {
            if let Some(Lens::Entry(view)) = &mut state.lens {
                view.take_history(of, version, rows, now);
            }
        }
        Event::Swept { job, points } => {
            if let Some(Lens::Sweep(lens)) = &mut state.lens {
                lens.take(job, points);
            }
        }
        Event::Planned { job, plan } => plans::arrived(state, job, *plan),
        Event::Compared { job, comparison } => {
            if let Some(Lens::Compare(lens)) = &mut state.lens {
                lens.take(job, comparison);
            }
        }
        Event::Writing { generation, so_far } => writing::grew(state, generation, so_far),
        Event::Answered { generation, outcome } => return writing::answered(state, generation, outcome),
        Event::Proposed { generation, outcome } => writing::proposed(state, generation, outcome),
        Event::Wrote { words } => state.say(Tone::Done, words),
        Event::FileExists { path, text } => typing::exists(state, path, text),
        Event::Refused { why } => state.say(Tone::Refused, why),
        Event::Failed { doing, why, next } => return failed(state, &doing, &why, next),
        // The loop ends on it before it gets here.
        Event::Died { .. } => {}
    }
    Vec::new()
}

/// A key: an action where it is bound, else text.
fn press(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    match state.keymap.action(state.context(), key) {
        // Its digits begin the number.
        Some(Action::GoToTurn) => {
            let effects = used(state, Action::GoToTurn);
            if matches!(key.code, KeyCode::Char('0'..='9')) { typing::key(state, key) } else { effects }
        }
        Some(action) => used(state, action),
        None => match state.keymap.action(Context::Session, key) {
            Some(action) if state.helping().contains(&action) => act(state, action),
            _ => typing::key(state, key),
        },
    }
}

/// Does what a key asks for; the coach takes note.
fn used(state: &mut State, action: Action) -> Vec<Effect> {
    let learned = coach::notice(state, action);
    let mut effects = act(state, action);
    effects.extend(learned.map(|used| Effect::Learned { used }));
    effects
}

/// Does what a person asks, in the context that has the keyboard.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    if state.helping().contains(&action) {
        state.popup = None;
    }
    let context = state.context();
    // What was said last has been read by now.
    state.status = Status::default();
    match (action, context) {
        (Action::QuitNow, _) => state.quit = true,
        (Action::Redraw, _) => state.redraw = true,
        (Action::CloseReading, _) => state.popup = None,
        (Action::Quit, _) => state.quit = true,
        (Action::Help, _) => {
            state.popup = Some(Popup::Help(Box::default()));
        }
        (Action::Palette, _) => palette::open(state),
        (_, Context::Help) => return help::act(state, action),
        (_, Context::Palette) => return palette::act(state, action),
        (_, Context::Reading) => read(state, action),
        (_, Context::Waiting) => {}
        (_, Context::Confirm) => return typing::confirm(state, action),
        (_, Context::Menu) => return menus::act(state, action),
        (_, Context::Line | Context::Editor) => return typing::act(state, action),
        (_, Context::Sessions) => return picker::act(state, action),
        (_, Context::Session) => return inspector::act(state, action),
        (
            _,
            Context::Suggestions
            | Context::Entry
            | Context::Recall
            | Context::Sweep
            | Context::Compare
            | Context::Journal
            | Context::Facts
            | Context::Replay
            | Context::Writing
            | Context::Proposal
            | Context::Patterns
            | Context::Trends,
        ) => {
            return lens::act(state, action);
        }
    }
    Vec::new()
}

fn read(state: &mut State, action: Action) {
    let Some(Popup::Why(reading)) = &mut state.popup else { return };
    reading.scroll = scrolled(reading.scroll, action, usize::from(state.areas.popup.height));
}

fn opened(state: &mut State, desk: Desk, keeping: Keeping) {
    state.reloading = None;
    match &mut state.screen {
        Screen::Session(inspector) if *inspector.id() == desk.session().id => inspector.replace_desk(desk),
        screen => {
            *screen = Screen::Session(Box::new(Inspector::new(desk, keeping)));
            state.popup = None;
            state.lens = None;
        }
    }
    if let (Some(target), Screen::Session(inspector)) = (state.target.take(), &mut state.screen)
        && *inspector.id() == target.session
    {
        inspector.bring_into_sight(target.entry);
    }
}

fn undone(state: &mut State, session: &SessionId, way: Way, edit: &Edit) -> Vec<Effect> {
    recall::ask_again(state);
    if state.inspector().is_none_or(|inspector| inspector.id() != session) {
        // Of a session that recall looked into.
        state.say(Tone::Done, format!("undid: {}", edit.words));
        return Vec::new();
    }
    let tokenizer = state.tokenizer.clone();
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    match inspector.desk.absorb(edit, tokenizer.as_deref()) {
        Ok(done) => {
            inspector.refresh();
            // One entry or exchange is brought into sight; after a bulk edit the cursor stays.
            if let [first] | [first, _] = edit.touches()[..]
                && let Some(index) = inspector.desk.session().index_of(first)
            {
                inspector.list.go_to(index);
            }
            let said = match way {
                Way::Undo => format!("undid: {}", done.words),
                Way::Redo => format!("did again: {}", done.words),
            };
            state.say(Tone::Done, said);
            Vec::new()
        }
        // The screen is behind the store.
        Err(_) => reload(state),
    }
}

/// Takes in several steps through the journal at once, so that the pack is planned once.
fn stepped(
    state: &mut State,
    session: &SessionId,
    point: Point,
    edits: Vec<Edit>,
    stopped: Option<String>,
) -> Vec<Effect> {
    let tokenizer = state.tokenizer.clone();
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    if inspector.id() != session {
        return Vec::new();
    }
    let count = edits.len();
    let mut whole = edits.into_iter().fold(Edit::default(), Edit::then);
    let (done, again) = ("took back", "did again");
    let way = if matches!(point, Point::Again(_)) { again } else { done };
    whole.words = match count {
        1 => format!("{way} “{}”", whole.words),
        count => format!("{way} {}", words::plural(count, "edit", "edits")),
    };
    let said = match count {
        0 => Ok(String::new()),
        _ => inspector.desk.absorb(&whole, tokenizer.as_deref()).map(|done| done.words),
    };
    let Ok(said) = said else {
        // The screen is behind the store.
        return reload(state);
    };
    inspector.refresh();
    match stopped {
        None => state.say(Tone::Done, said),
        Some(why) if count == 0 => state.say(Tone::Refused, why),
        Some(why) => state.say(Tone::Refused, format!("{}, then stopped: {why}", whole.words)),
    }
    Vec::new()
}

fn store_changed(state: &mut State) -> Vec<Effect> {
    lessons::ask_again(state);
    match state.screen {
        Screen::Session(_) => {
            state.say(Tone::Plain, "another program changed the store: packed again");
            reload(state)
        }
        Screen::Sessions(_) => relist(state),
        Screen::Waiting(_) => Vec::new(),
    }
}

fn failed(state: &mut State, doing: &str, why: &str, next: AfterFailure) -> Vec<Effect> {
    state.say(Tone::Failed, format!("{doing} failed: {why}"));
    lessons::letting_go::stopped(state);
    match next {
        AfterFailure::Stay => Vec::new(),
        AfterFailure::Reload => reload(state),
        AfterFailure::Leave => picker::list(state),
    }
}

pub fn reload(state: &mut State) -> Vec<Effect> {
    let generation = state.next_generation();
    let Screen::Session(inspector) = &state.screen else { return Vec::new() };
    state.reloading = Some(generation);
    vec![Effect::Open { generation, session: inspector.id().clone(), budget: inspector.desk.budget() }]
}

/// The list of sessions is read again.
pub fn relist(state: &mut State) -> Vec<Effect> {
    let generation = state.next_generation();
    vec![Effect::List { generation }]
}

/// Takes in where a frame drew things. Whether sizes differ from the frame before, so that one more is needed.
pub fn drawn(state: &mut State, areas: Areas) -> bool {
    let sizes = |areas: &Areas| [areas.list, areas.lens, areas.preview, areas.pack, areas.left_out, areas.popup];
    let moved = sizes(&areas) != sizes(&state.areas) || areas.sheets != state.areas.sheets;
    state.areas = areas;
    if moved {
        settle(state);
    }
    moved
}

/// Whether an `Event::Idle` is wanted.
pub fn is_unfinished(state: &State) -> bool {
    match state.lens {
        Some(_) => lens::is_unfinished(state),
        None => state.inspector().is_some_and(|inspector| inspector.is_unfinished(&state.areas)),
    }
}

/// Brings what is derived from sizes into step.
fn settle(state: &mut State) {
    match &mut state.screen {
        Screen::Session(inspector) => inspector.settle(&state.areas),
        Screen::Sessions(picker) => picker.settle(usize::from(state.areas.list.height)),
        Screen::Waiting(_) => {}
    }
    lens::settle(state);
    if let (Some(Popup::Why(reading)), Screen::Session(inspector)) = (&mut state.popup, &state.screen)
        && let Some(index) = reading.waits_for
        && let Some(price) = inspector.left_out.known(index)
    {
        reading.lines = inspector.desk.why_at(index, &price);
        reading.waits_for = None;
    }
    let height = usize::from(state.areas.popup.height);
    let beyond = state.areas.popup_rows.saturating_sub(height);
    match &mut state.popup {
        Some(Popup::Help(help)) => help.scroll = help.scroll.min(beyond),
        Some(Popup::Why(reading)) => reading.scroll = reading.scroll.min(beyond),
        Some(Popup::Confirm(confirm)) => confirm.scroll = confirm.scroll.min(beyond),
        Some(Popup::Palette(palette)) => palette.rows.settle(palette.offers.len(), height),
        _ => {}
    }
}
