//! The loop, and the only threads, terminal and clipboard of the screen.

mod inbox;
mod terminal;
mod worker;
mod search;

use std::path::PathBuf;

use color_eyre::eyre::{Result, eyre};

use self::{inbox::Inbox, search::Searcher, terminal::Screen, worker::Worker};
use super::{
    app::{self, Areas, Effect, Event, Settings, State, state::Waiting},
    keymap::Keymap,
    view::{self, theme::Theme},
};
use crate::{model::SessionId, workspace::Workspace};

/// What the screen opens with.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// The sessions of the store.
    Picker,
    Session(SessionId),
    /// The built-in session, in a throw-away store.
    Demo,
    /// A log to import, or what is new in it, and to open.
    Import {
        path: PathBuf,
        /// Which session to open, where the file holds several.
        session: Option<SessionId>,
    },
}

/// Runs the screen until the person quits. `open` opens the store on the worker's thread, so that the first frame does
/// not wait for it. The terminal is as before when this returns, whatever happened in whichever thread.
pub fn run(
    start: Start,
    open: impl FnOnce() -> Result<Workspace> + Send + 'static,
    settings: Settings,
) -> Result<()> {
    let keymap = Keymap::built_in();
    let theme = Theme::of_environment();
    let (inbox, sender) = Inbox::new();
    let mut screen = Screen::enter(sender.clone())?;
    let worker = Worker::start(open, settings.encoding, sender.clone());
    let searcher = Searcher::start(settings.encoding, sender.clone());
    inbox::read_terminal(sender);

    let mut state = State::new(keymap, settings);
    for effect in first(&mut state, start) {
        worker.run(effect);
    }
    while !state.quit {
        if std::mem::take(&mut state.redraw) {
            screen.clear()?;
        }
        // New sizes may move what is scrolled: a second frame then shows it.
        for _ in 0..2 {
            let mut areas = Areas::default();
            screen.draw(|frame| areas = view::draw(&state, &theme, frame))?;
            if !app::drawn(&mut state, areas) {
                break;
            }
        }
        for event in inbox.wait() {
            if let Event::Died { report } = event {
                return Err(eyre!(report));
            }
            for effect in app::update(&mut state, event) {
                match effect {
                    Effect::Copy { text } => screen.copy(&text)?,
                    effect @ Effect::Search { .. } => searcher.run(effect),
                    effect => worker.run(effect),
                }
            }
        }
        panic_if_asked(&state);
    }
    drop(screen);
    // Edits that are still under way are stored before the program ends.
    worker.finish()
}

/// The first thing to ask for.
fn first(state: &mut State, start: Start) -> Vec<Effect> {
    let generation = state.next_generation();
    let budget = state.settings.budget;
    let (doing, effect) = match start {
        Start::Picker => ("Reading the store".to_owned(), Effect::List { generation }),
        Start::Session(session) => ("Opening the session".to_owned(), Effect::Open { generation, session, budget }),
        Start::Demo => ("Opening the demo".to_owned(), Effect::Demo { generation, budget }),
        Start::Import { path, session } => (format!("Importing {}", path.display()), Effect::Import { path, session }),
    };
    state.screen = app::Screen::Waiting(Waiting { doing, progress: None });
    vec![effect]
}

/// Which thread the terminal tests want to see panic: `HAVERSACK_TEST_PANIC=screen` or `worker`.
fn panic_if_asked(state: &State) {
    if state.inspector().is_some() && test_panic("screen") {
        panic!("asked to panic on the screen's thread");
    }
}

fn test_panic(thread: &str) -> bool {
    std::env::var("HAVERSACK_TEST_PANIC").is_ok_and(|asked| asked == thread)
}

/// A thread whose panic reaches the loop as `Event::Died`: the panic hook sends it.
fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::thread::JoinHandle<()> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(work).expect("the system can start a thread at program start")
}
