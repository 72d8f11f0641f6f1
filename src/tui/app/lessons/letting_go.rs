//! Letting raw text go from the screen: what would go is asked about by name, then done by the worker.

use super::{Lens, Lessons};
use crate::{
    insight::retention::Step,
    model::SessionId,
    text::{sanitize, words},
    tui::app::{
        Effect, Popup, Screen, State, Tone, picker,
        popup::{Confirm, Confirmed},
    },
    workspace::retention::Retained,
};

/// Asks whether what would go is to go.
pub fn ask(state: &mut State) -> Vec<Effect> {
    let Some(Lens::Lessons(lessons)) = &state.lens else { return Vec::new() };
    let Some(learned) = &lessons.learned else { return Vec::new() };
    let would = &learned.would;
    match lessons.going {
        Some(_) => state.say(Tone::Plain, "raw text is being let go already"),
        None if would.is_nothing() => {
            state.say(Tone::Plain, "nothing is to go: the store is within its caps of [retain]");
        }
        None => state.popup = Some(Popup::Confirm(question(would))),
    }
    Vec::new()
}

/// What goes, what is lost with it, and that it does not come back.
fn question(would: &Retained) -> Confirm {
    let steps = &would.plan.steps;
    let asked = match steps.len() {
        0 => {
            format!("Let {} go?", words::plural(would.archived_entries as usize, "archived entry", "archived entries"))
        }
        count => format!("Let the raw text of {} go?", words::plural(count, "session", "sessions")),
    };
    let mut lines =
        vec!["This cannot be undone. Digests, facts and decisions stay; agents' own logs are not touched.".into()];
    let lost: Vec<_> = would.data_loss().map(|id| sanitize::inert_line(id.as_str())).collect();
    if !lost.is_empty() {
        lines.push(format!("DATA LOSS: no digest can be made, nothing is left of {}.", lost.join(", ")));
    }
    match would.pins() {
        0 => {}
        pins => lines.push(format!("{} go too.", words::plural(pins as usize, "pinned entry", "pinned entries"))),
    }
    if would.archived_entries > 0 {
        lines.push(format!("{}, archived for too long, go with their text.", would.archived()));
    }
    if !steps.is_empty() {
        lines.push(format!(
            "{} of raw text go, {} stay:",
            words::size(would.freed()),
            words::size(would.plan.bytes_after)
        ));
    }
    lines.extend(steps.iter().map(line));
    Confirm::new(asked, lines.join("\n"), Confirmed::LetGo(Box::new(would.clone())))
}

/// "claude:11aa · 1.2 MB · 2 pins · digested and too old".
fn line(step: &Step) -> String {
    let pins = match step.pins {
        0 => String::new(),
        pins => format!(" · {}", words::plural(pins as usize, "pin", "pins")),
    };
    let id = sanitize::inert_line(step.session_id.as_str());
    format!("{id} · {}{pins} · {}", words::size(step.bytes), step.pass.words())
}

/// The person has agreed.
pub fn begin(state: &mut State, told: Box<Retained>) -> Vec<Effect> {
    if let Some(lessons) = lessons(state) {
        lessons.going = Some((0, told.plan.steps.len()));
    }
    vec![Effect::LetGo { caps: state.settings.insight.caps, told }]
}

/// A session's raw text has gone.
pub fn going(state: &mut State, done: usize, of: usize) {
    if let Some(lessons) = lessons(state) {
        lessons.going = Some((done, of));
    }
}

/// All that goes has gone, or it was stopped: what was on the screen may be among it.
pub fn gone(state: &mut State, sessions: &[SessionId], words: String) -> Vec<Effect> {
    state.say(Tone::Done, words);
    stopped(state);
    match &state.screen {
        Screen::Session(inspector) if sessions.contains(inspector.id()) => picker::list(state),
        Screen::Sessions(_) => super::super::update::relist(state),
        Screen::Session(_) | Screen::Waiting(_) => Vec::new(),
    }
}

/// It is under way no longer.
pub fn stopped(state: &mut State) {
    if let Some(lessons) = lessons(state) {
        lessons.going = None;
    }
}

fn lessons(state: &mut State) -> Option<&mut Lessons> {
    match &mut state.lens {
        Some(Lens::Lessons(lessons)) => Some(lessons),
        _ => None,
    }
}
