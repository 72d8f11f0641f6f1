//! What the sessions of the store teach: patterns with their evidence and what people decided on them, and the trends
//! over time with what retention would let go. Lives over an open session and over the list of sessions.

pub mod filter;
pub mod letting_go;

use std::collections::BTreeSet;

use self::filter::Facet;
use super::{
    Effect, Lens, Popup, State, Tone, picker,
    popup::{Line, LinePurpose},
    rows::Rows,
    state::{Screen, Target},
};
use crate::{
    insight::{Rules, gate::Status, review::Choice, trends::Trends},
    model::Time,
    text::sanitize,
    tui::action::{Action, Context},
    workspace::{insight::Candidate, retention::Retained},
};

#[derive(Default)]
pub struct Lessons {
    pub page: Page,
    pub rows: Rows,
    /// Which patterns are listed; all where there is none.
    pub facets: BTreeSet<Facet>,
    /// `None` before the first answer.
    pub learned: Option<Box<Learned>>,
    /// Sessions that are digested, and of how many, while they are.
    pub digested: Option<(usize, usize)>,
    /// Sessions whose raw text has gone, and of how many, while it goes.
    pub going: Option<(usize, usize)>,
    /// Answers to other requests are dropped.
    generation: u64,
    is_asked: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    #[default]
    Patterns,
    Trends,
}

/// What the store's digests say.
#[derive(Clone, Debug)]
pub struct Learned {
    pub patterns: Vec<Candidate>,
    pub trends: Trends,
    /// What a retention run would do now.
    pub would: Retained,
    pub now: Time,
}

impl Lessons {
    fn on(page: Page) -> Lessons {
        Lessons { page, ..Lessons::default() }
    }

    /// What has the keyboard: only patterns are decided on.
    pub fn context(&self) -> Context {
        match self.page {
            Page::Patterns => Context::Patterns,
            Page::Trends => Context::Trends,
        }
    }

    /// Every pattern, in order.
    pub fn all(&self) -> &[Candidate] {
        self.learned.as_ref().map_or(&[], |learned| &learned.patterns)
    }

    /// The patterns that are listed, in order.
    pub fn listed(&self) -> Vec<&Candidate> {
        self.all().iter().filter(|candidate| filter::shows(&self.facets, candidate)).collect()
    }

    pub fn current(&self) -> Option<&Candidate> {
        self.listed().get(self.rows.cursor).copied()
    }

    /// How many wait for a decision.
    pub fn waiting(&self) -> usize {
        self.all().iter().filter(|candidate| waits(candidate)).count()
    }

    /// What is wanted from outside, if it was not asked for yet.
    pub fn asks(&mut self, next: &mut u64, rules: &Rules) -> Vec<Effect> {
        if std::mem::replace(&mut self.is_asked, true) {
            return Vec::new();
        }
        *next += 1;
        self.generation = *next;
        vec![Effect::Learn { generation: self.generation, rules: Box::new(rules.clone()) }]
    }

    pub fn settle(&mut self, height: usize) {
        let len = self.listed().len();
        self.rows.settle(len, height);
    }
}

/// Promoted, and nobody has decided on it as it is.
pub fn waits(candidate: &Candidate) -> bool {
    candidate.gated.status != Status::Candidate && candidate.decision.is_none()
}

/// Opens it over whatever is on the screen.
pub fn open(state: &mut State, action: Action) {
    if matches!(state.screen, Screen::Waiting(_)) {
        return;
    }
    let page = if action == Action::Trends { Page::Trends } else { Page::Patterns };
    match &mut state.lens {
        Some(Lens::Lessons(lessons)) => lessons.page = page,
        lens => *lens = Some(Lens::Lessons(Box::new(Lessons::on(page)))),
    }
}

/// A session was digested on the way.
pub fn digesting(state: &mut State, generation: u64, done: usize, of: usize) {
    if let Some(Lens::Lessons(lessons)) = &mut state.lens
        && lessons.generation == generation
    {
        lessons.digested = Some((done, of));
    }
}

pub fn learned(state: &mut State, generation: u64, learned: Box<Learned>) {
    if let Some(Lens::Lessons(lessons)) = &mut state.lens
        && lessons.generation == generation
    {
        // The cursor stays on its pattern.
        let key = lessons.current().map(|candidate| candidate.pattern.key.clone());
        (lessons.learned, lessons.digested) = (Some(learned), None);
        let at = lessons.listed().iter().position(|candidate| Some(&candidate.pattern.key) == key.as_ref());
        lessons.rows.cursor = at.unwrap_or(lessons.rows.cursor);
    }
}

/// Something in the store has changed.
pub fn ask_again(state: &mut State) {
    if let Some(Lens::Lessons(lessons)) = &mut state.lens {
        lessons.is_asked = false;
    }
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let height = usize::from(state.areas.lens.height);
    let Some(Lens::Lessons(lessons)) = &mut state.lens else { return Vec::new() };
    match action {
        Action::Down | Action::Up | Action::PageDown | Action::PageUp | Action::Top | Action::Bottom => {
            let len = lessons.listed().len();
            lessons.rows.act(action, len, height);
        }
        Action::TrendsPage => lessons.page = Page::Trends,
        Action::PatternsPage => lessons.page = Page::Patterns,
        Action::FilterPatterns => state.popup = Some(Popup::Menu(filter::menu(lessons))),
        Action::ApprovePattern => ask_why(state, Choice::Approve),
        Action::RejectPattern => ask_why(state, Choice::Reject),
        Action::DeferPattern => ask_why(state, Choice::Defer),
        Action::ShowEvidence => return show_evidence(state),
        Action::LetGo => return letting_go::ask(state),
        _ => {}
    }
    Vec::new()
}

/// A decision may have a note: the one of an earlier decision on the same evidence stands there already.
fn ask_why(state: &mut State, choice: Choice) {
    let Some(Lens::Lessons(lessons)) = &state.lens else { return };
    let Some(candidate) = lessons.current() else {
        return state.say(Tone::Plain, "there is no pattern to decide on");
    };
    let note =
        candidate.decision.as_ref().map_or(String::new(), |decision| sanitize::inert_line(&decision.note).into());
    let purpose = LinePurpose::Decide { pattern: candidate.pattern.key.clone(), choice };
    state.popup = Some(Popup::Line(Box::new(Line::selected(purpose, &note))));
}

/// Decides on a pattern, with a note or with none.
pub fn decide(state: &mut State, pattern: &str, choice: Choice, note: String) -> Vec<Effect> {
    let Some(Lens::Lessons(lessons)) = &state.lens else { return Vec::new() };
    let Some(candidate) = lessons.all().iter().find(|candidate| candidate.pattern.key == pattern).cloned() else {
        state.say(Tone::Refused, "that pattern is not there any more: another program changed the store");
        return Vec::new();
    };
    let said = format!("{} {}", choice.past(), candidate.pattern.key);
    // What the gate has against it is told, not forbidden.
    match candidate.gated.warnings.first().filter(|_| choice == Choice::Approve) {
        Some(warning) => state.say(Tone::Done, format!("{said}; {warning}")),
        None => state.say(Tone::Done, said),
    }
    vec![Effect::Decide { pattern: Box::new(candidate.pattern), choice, note }]
}

/// The session that shows the pattern best, at the first entry that does.
fn show_evidence(state: &mut State) -> Vec<Effect> {
    let Some(Lens::Lessons(lessons)) = &state.lens else { return Vec::new() };
    let example = lessons.current().and_then(|candidate| candidate.pattern.examples.first()).cloned();
    let Some(example) = example else { return Vec::new() };
    let entry = example.places.first().map(|place| place.entry_id);
    state.lens = None;
    match &mut state.screen {
        Screen::Session(inspector) if *inspector.id() == example.session_id => {
            if let Some(entry) = entry {
                inspector.bring_into_sight(entry);
            }
            Vec::new()
        }
        _ => {
            state.target = entry.map(|entry| Target { session: example.session_id.clone(), entry });
            let doing = format!("Opening {}", sanitize::inert_line(example.session_id.as_str()));
            picker::open(state, example.session_id, doing)
        }
    }
}

/// A click moves to a pattern.
pub fn select(state: &mut State, line: usize) {
    let Some(Lens::Lessons(lessons)) = &mut state.lens else { return };
    let len = lessons.listed().len();
    lessons.rows.cursor = lessons.rows.at(line, len).unwrap_or(lessons.rows.cursor);
}
