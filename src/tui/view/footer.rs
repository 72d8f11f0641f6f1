//! The last rows: what was said last, and the keys that are worth knowing here. The keys come from the keymap.

use ratatui::{layout::Rect, text::Span};

use super::paint::Painter;
use crate::{
    text::{sanitize, words},
    tui::{
        action::{Action, Context},
        app::{Areas, Popup, Screen, State, Status, Tone, coach},
        keymap::Binding,
    },
};

/// A hint is this many cells at least, so a status takes all the room but this for the most important ones.
const HINTS_AT_LEAST: usize = 18;

/// The status on a row of its own.
pub fn status(state: &State, row: Rect, paint: &mut Painter) {
    let status = status_or_coach(state);
    if !row.is_empty() && !status.words.is_empty() {
        let room = usize::from(row.width).saturating_sub(2);
        let spans = said(&status, room, paint);
        paint.spans(Rect { x: row.x + 1, width: row.width - 1, ..row }, spans);
    }
}

/// The hints; `with_status`: the status stands before them.
pub fn draw(state: &State, row: Rect, with_status: bool, paint: &mut Painter, areas: &mut Areas) {
    if let Some(Popup::Line(line)) = &state.popup
        && line.purpose.is_in_footer()
    {
        return super::popup::find_line(state, line, row, paint);
    }
    if state.popup.is_some() {
        // Its window has the hints.
        return;
    }
    let mut row = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
    let status = status_or_coach(state);
    if with_status && !status.words.is_empty() {
        let room = usize::from(row.width).saturating_sub(HINTS_AT_LEAST);
        let spans = said(&status, room, paint);
        let after = paint.spans(row, spans) + 2;
        row = Rect { x: after.min(row.right()), width: row.right().saturating_sub(after), ..row };
    }
    hints(state, state.context(), row, paint, areas);
}

/// What was said last; where nothing was, what the coach says.
fn status_or_coach(state: &State) -> Status {
    match coach::says(state).filter(|_| state.status.words.is_empty() && state.popup.is_none()) {
        Some(words) => Status { words, tone: Tone::Plain },
        None => state.status.clone(),
    }
}

/// A sign says the tone, so that no colour is needed.
fn said(status: &Status, room: usize, paint: &Painter) -> Vec<Span<'static>> {
    let style = &paint.theme.style;
    let (sign, sign_style) = match status.tone {
        Tone::Plain => ("·", style.muted.0),
        Tone::Done => ("✓", style.good.0),
        Tone::Refused => ("✗", style.warn.0),
        Tone::Failed => ("!", style.error.0),
    };
    let words = words::clip(&sanitize::inert_line(&status.words), room.saturating_sub(2));
    vec![Span::styled(format!("{sign} "), sign_style), Span::styled(words, style.title.0)]
}

/// As many hints of a context as fit, help always among them.
pub fn hints(state: &State, context: Context, row: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (key_style, muted) = (style.key.0, style.muted.0);
    let helping = state.helping().iter().filter_map(|&action| state.keymap.binding(action));
    let does_something = |binding: &&Binding| {
        let here = [(Context::Help, Action::TakeOffer), (Context::Entry, Action::ViewEntry)];
        !needs_a_session(state, binding.action) && !here.contains(&(context, binding.action))
    };
    // What is particular to this screen, then the verbs that are heard here too, then the rest.
    let own = state.keymap.groups().iter().filter(|group| context.scopes().first() == Some(&group.scope));
    let own: usize = own.map(|group| group.bindings.len()).sum();
    let heard: Vec<&Binding> = state.keymap.heard_in(context).collect();
    let (own, rest) = heard.split_at(own.min(heard.len()));
    let (first, then): (Vec<&Binding>, Vec<&Binding>) = match context {
        Context::Entry => (own.to_vec(), helping.collect()),
        _ => (helping.collect(), own.to_vec()),
    };
    let all = merged(first.into_iter().chain(then).chain(rest.iter().copied()).filter(does_something));
    let is_last = |hint: &Hint| {
        matches!(
            hint.action,
            Action::Help | Action::Quit | Action::CloseReading | Action::LeaveLens | Action::CloseRecall
        )
    };
    let (last, first): (Vec<Hint>, Vec<Hint>) = all.into_iter().partition(is_last);
    let mut room = usize::from(row.width);
    let mut shown: Vec<Hint> = Vec::new();
    for hint in last.iter().chain(&first) {
        if hint.width() + 2 > room + usize::from(shown.is_empty()) * 2 {
            break;
        }
        room -= (hint.width() + 2).min(room);
        shown.push(hint.clone());
    }
    let split = shown.len().min(last.len());
    shown.rotate_left(split);
    let mut x = row.x;
    for hint in shown {
        let area = Rect { x, y: row.y, width: hint.width() as u16, height: 1 };
        let spans = vec![Span::styled(hint.keys.clone(), key_style), Span::styled(format!(" {}", hint.word), muted)];
        paint.spans(Rect { width: row.right().saturating_sub(x), ..area }, spans);
        areas.hints.push((area, hint.action));
        x += area.width + 2;
    }
}

/// In an empty store only the keys are worth a hint that bring a session in.
fn needs_a_session(state: &State, action: Action) -> bool {
    let is_empty = matches!(&state.screen, Screen::Sessions(picker) if picker.sessions.is_empty());
    let needs =
        [Action::FindSession, Action::FilterSessions, Action::SortSessions, Action::DeleteSession, Action::Recall];
    match action {
        Action::MarkAgent => !is_empty,
        action => is_empty && needs.contains(&action),
    }
}

#[derive(Clone)]
struct Hint {
    action: Action,
    keys: String,
    word: String,
}

impl Hint {
    fn width(&self) -> usize {
        words::width(&self.keys) + 1 + words::width(&self.word)
    }
}

/// Neighbours with the same word are one hint: "[ ] budget".
fn merged<'k>(bindings: impl Iterator<Item = &'k Binding>) -> Vec<Hint> {
    let mut hints: Vec<Hint> = Vec::new();
    for binding in bindings {
        let (Some(word), Some(key)) = (&binding.footer, binding.keys.first()) else { continue };
        match hints.last_mut().filter(|hint| hint.word == *word) {
            Some(hint) => hint.keys = format!("{} {key}", hint.keys),
            None => hints.push(Hint { action: binding.action, keys: key.to_string(), word: word.clone() }),
        }
    }
    hints
}
