//! The loop, and the only threads, terminal and clipboard of the screen.

mod inbox;
mod terminal;
mod watch;
mod worker;
mod search;
mod planner;
mod keymap;
mod coach;
mod examine;
mod example;
mod stage;

use std::{
    path::{Path, PathBuf},
    sync::mpsc::Sender,
    time::Instant,
};

use color_eyre::eyre::{Result, eyre};

use self::{
    inbox::Inbox,
    planner::Planner,
    search::Searcher,
    terminal::{Mouse, Screen},
    worker::Worker,
};
use super::{
    app::{
        self, Areas, Effect, Event, Settings, State,
        event::Keeping,
        state::{Look, Waiting},
    },
    keymap::Keymap,
    view::{self, theme::Theme},
};
use crate::{
    config::Config,
    model::{SessionId, Via},
    workspace::{Model, Workspace},
};

pub use examine::{Abilities, examine};
pub use stage::stage;

/// What the screen opens with.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// The sessions of the store.
    Picker,
    Session(SessionId),
    /// The built-in session, in a throw-away store.
    Demo,
    /// A log to import, or what is new in it, and to open; the session is named where the log holds several.
    Import {
        path: PathBuf,
        session: Option<SessionId>,
        follow: Follow,
    },
}

/// Whether a log is taken in again as the agent writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    Yes,
    No,
}

/// Shows the screen until the person quits. The terminal is as before when this returns, whatever happened in whichever
/// thread.
///
/// # Errors
/// Where the keymap of the person is wrong, the terminal cannot be used, the store cannot be opened, or a thread has
/// panicked.
pub fn open(start: Start, config: Config) -> Result<()> {
    let keymap = keymap::of_this_person()?;
    let mouse = if config.mouse() { Mouse::Taken } else { Mouse::Left };
    let coach = config.coach().then(coach::recall);
    let mut setting = setting(&start, config, keymap);
    setting.state.coach = coach;
    run(start, setting, mouse)
}

/// What the loop begins with.
struct Setting<O> {
    /// Opens the store. Done by the worker, so that the first frame does not wait for it.
    open: O,
    state: State,
    keeping: Keeping,
    home: PathBuf,
}

fn setting(
    start: &Start,
    config: Config,
    keymap: Keymap,
) -> Setting<impl FnOnce() -> Result<Workspace> + Send + 'static + use<>> {
    let look = if is_colourless() { Look::Plain } else { config.theme().parse().unwrap_or_default() };
    let (plan, facts, path) = (config.plan(), config.facts(), config.store_path().to_owned());
    let is_demo = *start == Start::Demo;
    let synchronous = config.synchronous();
    let settings = Settings {
        budget: config.budget().0,
        plan,
        facts,
        model: Model::of(&config),
        insight: config.insight(),
        store: if is_demo { "a throw-away store".into() } else { path.display().to_string() },
    };
    let open = move || {
        let mut workspace = match is_demo {
            true => Workspace::throw_away(plan)?,
            false => Workspace::open(&path, plan)?,
        }
        .through(Via::Screen);
        workspace.govern_facts(facts);
        workspace.synchronize(synchronous)?;
        Ok(workspace)
    };
    let keeping = match start {
        Start::Demo => Keeping::Nothing,
        Start::Import { follow: Follow::Yes, .. } => Keeping::Following,
        _ => Keeping::InTheStore,
    };
    let state = State { look, ..State::new(keymap, settings) };
    Setting { open, state, keeping, home: config.home().to_owned() }
}

/// The threads that answer what the app asks for.
struct Backstage {
    worker: Worker,
    searcher: Searcher,
    planner: Planner,
    /// Makes the plans that the screen itself waits for: those never wait for a sweep.
    plans: Planner,
}

impl Backstage {
    fn start(
        state: &State,
        open: impl FnOnce() -> Result<Workspace> + Send + 'static,
        followed: Option<PathBuf>,
        keeping: Keeping,
        home: PathBuf,
        events: Sender<Event>,
    ) -> Backstage {
        let Settings { plan, facts, .. } = state.settings;
        Backstage {
            worker: Worker::start(open, followed, plan, facts, keeping, home, events.clone()),
            searcher: Searcher::start(plan.encoding, events.clone()),
            planner: Planner::start("planner", events.clone()),
            plans: Planner::start("plans", events),
        }
    }

    fn run(&self, effect: Effect) {
        match effect {
            effect @ (Effect::Search { .. } | Effect::Mentions { .. }) => self.searcher.run(effect),
            effect @ Effect::Plan { .. } => self.plans.run(effect),
            effect @ (Effect::Sweep { .. } | Effect::Compare { .. }) => self.planner.run(effect),
            effect => self.worker.run(effect),
        }
    }

    /// Edits that are still under way are stored before the program ends.
    fn finish(self) -> Result<()> {
        self.worker.finish()
    }
}

fn is_colourless() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

fn run<O>(start: Start, setting: Setting<O>, mouse: Mouse) -> Result<()>
where
    O: FnOnce() -> Result<Workspace> + Send + 'static,
{
    let Setting { open, mut state, keeping, home } = setting;
    let (inbox, sender) = Inbox::new();
    let mut screen = Screen::enter(mouse, sender.clone())?;
    let followed = match &start {
        Start::Import { path, follow: Follow::Yes, .. } => Some(path.clone()),
        _ => None,
    };
    let backstage = Backstage::start(&state, open, followed, keeping, home, sender.clone());
    inbox::read_terminal(sender);

    for effect in first(&mut state, start) {
        backstage.run(effect);
    }
    let (mut look, mut theme) = (state.look, Theme::of(state.look));
    let mut due = None;
    while !state.quit {
        if look != state.look {
            (look, theme) = (state.look, Theme::of(state.look));
        }
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
        let now = Instant::now();
        // A wait that is under way goes on, unless a shorter one is asked for.
        due = app::tick_after(&state).map(|after| due.map_or(now + after, |due: Instant| due.min(now + after)));
        let mut events = match (app::is_unfinished(&state), due) {
            (true, _) => inbox.look(),
            (false, Some(due)) => inbox.wait_until(due),
            (false, None) => inbox.wait(),
        };
        if due.is_some_and(|due| due <= Instant::now()) {
            due = None;
            events.push(Event::Tick);
        }
        for event in events {
            if let Event::Died { report } = event {
                return Err(eyre!(report));
            }
            for effect in app::update(&mut state, event) {
                match effect {
                    Effect::Copy { text } => screen.copy(&text)?,
                    effect => backstage.run(effect),
                }
            }
        }
        panic_if_asked(&state);
    }
    drop(screen);
    backstage.finish()
}

/// The first thing to ask for.
fn first(state: &mut State, start: Start) -> Vec<Effect> {
    let generation = state.next_generation();
    let budget = state.settings.budget;
    let (doing, effect) = match start {
        Start::Picker => ("Reading the store".to_owned(), Effect::List { generation }),
        Start::Session(session) => ("Opening the session".to_owned(), Effect::Open { generation, session, budget }),
        Start::Demo => ("Opening the demo".to_owned(), Effect::Demo { generation, budget }),
        Start::Import { path, session, .. } => (format!("Opening {}", name(&path)), Effect::Import { path, session }),
    };
    state.screen = app::Screen::Waiting(Waiting::on(doing));
    vec![effect]
}

/// The last part of a path, which says most in little room.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
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
