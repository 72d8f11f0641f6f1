//! update: an event in, the state changed, effects out. Routes only; each screen's file knows what its keys do.

use crossterm::event::{KeyEvent, KeyEventKind};

use super::{
    Areas, Effect, Event, Lens, Popup, State, Status, Tone,
    event::{AfterFailure, Keeping, Way},
    help,
    inspector::{self, Inspector},
    lens, menus, mouse, palette, picker,
    picker::Picker,
    state::Screen,
    typing,
};
use crate::{
    tui::action::{Action, Context},
    workspace::desk::Desk,
};

pub fn update(state: &mut State, event: Event) -> Vec<Effect> {
    let mut effects = route(state, event);
    settle(state);
    effects.extend(lens::ask(state));
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
                _ => Picker::default(),
            };
            picker.list(rows, now);
            state.screen = Screen::Sessions(picker);
        }
        Event::Opened { generation, desk, keeping } if generation == state.generation => {
            opened(state, *desk, keeping);
        }
        Event::Found { generation, ids } if generation == state.generation => {
            if let Screen::Session(inspector) = &mut state.screen {
                inspector.list.filter.query.found(ids);
                inspector.refresh();
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
        Event::Swept { job, points } => {
            if let Some(Lens::Sweep(lens)) = &mut state.lens {
                lens.take(job, points);
            }
        }
        Event::Compared { job, comparison } => {
            if let Some(Lens::Compare(lens)) = &mut state.lens {
                lens.take(job, comparison);
            }
        }
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
        Some(action) => act(state, action),
        None => match state.keymap.action(Context::Session, key) {
            Some(action) if state.helping().contains(&action) => act(state, action),
            _ => typing::key(state, key),
        },
    }
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
        (_, Context::Suggestions | Context::Sweep | Context::Compare) => return lens::act(state, action),
    }
    Vec::new()
}

fn read(state: &mut State, action: Action) {
    let height = usize::from(state.areas.popup.height).max(1);
    let Some(Popup::Why(reading)) = &mut state.popup else { return };
    let scroll = &mut reading.scroll;
    *scroll = match action {
        Action::Down => scroll.saturating_add(1),
        Action::Up => scroll.saturating_sub(1),
        Action::PageDown => scroll.saturating_add(height),
        Action::PageUp => scroll.saturating_sub(height),
        Action::Top => 0,
        Action::Bottom => usize::MAX,
        _ => *scroll,
    };
}

fn opened(state: &mut State, desk: Desk, keeping: Keeping) {
    match &mut state.screen {
        Screen::Session(inspector) if *inspector.id() == desk.session().id => inspector.replace_desk(desk),
        screen => {
            *screen = Screen::Session(Box::new(Inspector::new(desk, keeping)));
            state.popup = None;
            state.lens = None;
        }
    }
}

fn undone(state: &mut State, session: &crate::model::SessionId, way: Way, edit: &crate::model::Edit) -> Vec<Effect> {
    let tokenizer = state.tokenizer.clone();
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    if inspector.id() != session {
        return Vec::new();
    }
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

fn store_changed(state: &mut State) -> Vec<Effect> {
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
    match next {
        AfterFailure::Stay => Vec::new(),
        AfterFailure::Reload => reload(state),
        AfterFailure::Leave => picker::list(state),
    }
}

fn reload(state: &mut State) -> Vec<Effect> {
    let generation = state.next_generation();
    let Screen::Session(inspector) = &state.screen else { return Vec::new() };
    vec![Effect::Open { generation, session: inspector.id().clone(), budget: inspector.desk.budget() }]
}

fn relist(state: &mut State) -> Vec<Effect> {
    let generation = state.next_generation();
    vec![Effect::List { generation }]
}

/// Takes in where a frame drew things. Whether sizes differ from the frame before, so that one more is needed.
pub fn drawn(state: &mut State, areas: Areas) -> bool {
    let sizes = |areas: &Areas| [areas.list, areas.lens, areas.preview, areas.pack, areas.left_out, areas.popup];
    let moved = sizes(&areas) != sizes(&state.areas);
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
    let height = usize::from(state.areas.popup.height);
    let beyond = state.areas.popup_rows.saturating_sub(height);
    match &mut state.popup {
        Some(Popup::Help(help)) => help.scroll = help.scroll.min(beyond),
        Some(Popup::Why(reading)) => reading.scroll = reading.scroll.min(beyond),
        Some(Popup::Palette(palette)) => palette.rows.settle(palette.offers.len(), height),
        _ => {}
    }
}
