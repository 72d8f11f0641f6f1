//! Everything the screen knows. One value, owned by the loop.

use std::sync::Arc;

use strum::{Display, EnumString, VariantArray};

use super::{
    Areas,
    coach::Coach,
    entry,
    help::Help,
    inspector::Inspector,
    lens::Lens,
    palette::Palette,
    picker::Picker,
    popup::{Confirm, Editor, Line, Menu, Reading},
    recall::Recall,
};
use crate::{
    facts::FactSettings,
    insight::Rules,
    model::{Budget, EntryId, SessionId},
    pack::settings::PlanSettings,
    text::tokens::Tokenizer,
    tui::{
        action::{Action, Context},
        keymap::Keymap,
    },
    workspace::{Model, NoModel},
};

pub struct State {
    pub keymap: Keymap,
    pub settings: Settings,
    pub screen: Screen,
    /// What lies over the session.
    pub lens: Option<Lens>,
    /// `None`: switched off.
    pub coach: Option<Coach>,
    /// The last search of every session, as it was left.
    pub last_recall: Option<Box<Recall>>,
    /// The entry to go to as soon as its session is open.
    pub target: Option<Target>,
    pub popup: Option<Popup>,
    /// An editor that waits behind the question whether to leave it.
    pub parked: Option<Box<Editor>>,
    pub status: Status,
    /// The theme that the screen is drawn in.
    pub look: Look,
    /// Where the last frame drew what.
    pub areas: Areas,
    /// `None` until the worker has built it; nothing but live counts in editors waits for it.
    pub tokenizer: Option<Arc<Tokenizer>>,
    /// Number of the newest request; answers to older ones are dropped.
    pub generation: u64,
    /// The request that reads the open session again, while it is under way.
    pub reloading: Option<u64>,
    /// Number of the newest search. Its own: a search must not make the answer to a reload stale.
    pub searches: u64,
    /// Number of the newest job of the planner.
    pub jobs: u64,
    /// Number of the newest plan that is made apart.
    pub plans: u64,
    /// Number of the newest replay that was asked for, and whether it is to be ended when nobody looks.
    pub replays: u64,
    pub replay_runs: bool,
    /// Number of the newest text that a model was asked for.
    pub writings: u64,
    /// Number of the newest question about what sessions teach.
    pub lessons: u64,
    /// The next frame is to be drawn from nothing.
    pub redraw: bool,
    pub quit: bool,
}

/// An entry of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub session: SessionId,
    pub entry: EntryId,
}

/// What is decided before the screen opens.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Of a session that is opened.
    pub budget: Budget,
    pub plan: PlanSettings,
    /// What may be written as a fact.
    pub facts: FactSettings,
    /// The model that may be asked, or why none may be.
    pub model: Result<Model, NoModel>,
    /// What makes a pattern, what is evidence enough, and how large the store may grow.
    pub insight: Rules,
    /// Where the store is, as shown to people: a path, or "a throw-away store".
    pub store: String,
}

pub enum Screen {
    Waiting(Waiting),
    Sessions(Box<Picker>),
    Session(Box<Inspector>),
}

/// Nothing to show yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// "Opening the demo".
    pub doing: String,
    /// What of it is under way: "Counting tokens".
    pub step: String,
    pub progress: Option<Progress>,
}

impl Waiting {
    pub fn on(doing: impl Into<String>) -> Self {
        Self { doing: doing.into(), ..Self::default() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    pub done: u64,
    pub of: u64,
}

/// What lies over the screen and has the keyboard.
pub enum Popup {
    Help(Box<Help>),
    Palette(Box<Palette>),
    Why(Reading),
    Confirm(Confirm),
    Menu(Menu),
    Line(Box<Line>),
    Editor(Box<Editor>),
}

/// The built-in themes, and a person's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Display, EnumString, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Look {
    /// The terminal's own sixteen colours.
    #[default]
    Terminal,
    Dark,
    Light,
    HighContrast,
    /// Told apart with every kind of colour blindness.
    ColourBlind,
    /// No colour.
    Plain,
}

/// The last thing said to the person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    pub words: String,
    pub tone: Tone,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Done,
    /// What was asked for does not go, and nothing changed.
    Refused,
    /// Something went wrong.
    Failed,
}

impl State {
    pub fn new(keymap: Keymap, settings: Settings) -> Self {
        Self {
            keymap,
            settings,
            screen: Screen::Waiting(Waiting::default()),
            lens: None,
            coach: None,
            last_recall: None,
            target: None,
            popup: None,
            parked: None,
            status: Status::default(),
            look: Look::default(),
            areas: Areas::default(),
            tokenizer: None,
            generation: 0,
            reloading: None,
            searches: 0,
            jobs: 0,
            plans: 0,
            replays: 0,
            replay_runs: false,
            writings: 0,
            lessons: 0,
            redraw: false,
            quit: false,
        }
    }

    /// What has the keyboard.
    pub fn context(&self) -> Context {
        match &self.popup {
            Some(Popup::Help(_)) => Context::Help,
            Some(Popup::Palette(_)) => Context::Palette,
            Some(Popup::Why(_)) => Context::Reading,
            Some(Popup::Confirm(_)) => Context::Confirm,
            Some(Popup::Menu(_)) => Context::Menu,
            Some(Popup::Line(_)) => Context::Line,
            Some(Popup::Editor(_)) => Context::Editor,
            None => self.context_below(),
        }
    }

    /// What has it when no popup is open.
    pub fn context_below(&self) -> Context {
        match (&self.lens, &self.screen) {
            (Some(lens), _) => lens.context(),
            (None, Screen::Session(_)) => Context::Session,
            (None, Screen::Sessions(_)) => Context::Sessions,
            (None, Screen::Waiting(_)) => Context::Waiting,
        }
    }

    /// Verbs that may be asked for while an answer to "why" is read: those that would change it; and those that act on
    /// the entry that is viewed.
    pub fn helping(&self) -> &[Action] {
        match &self.popup {
            Some(Popup::Why(reading)) => &reading.helping,
            None if matches!(self.lens, Some(Lens::Entry(_))) => &entry::VERBS,
            _ => &[],
        }
    }

    pub fn inspector(&self) -> Option<&Inspector> {
        match &self.screen {
            Screen::Session(inspector) => Some(inspector),
            _ => None,
        }
    }

    pub fn say(&mut self, tone: Tone, words: impl Into<String>) {
        self.status = Status { words: words.into(), tone };
    }

    /// The number of a new request, which makes the answers to older ones stale.
    pub fn next_generation(&mut self) -> u64 {
        self.generation += 1;
        self.generation
    }
}
