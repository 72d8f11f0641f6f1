//! Lines and areas to type in: keys that are not bound are text; what Enter and ctrl-s do with it.

use std::path::PathBuf;

use crossterm::event::KeyEvent;

use super::{
    Effect, Popup, State, Tone, budget, compare,
    effect::Existing,
    entry, finding, lessons, palette,
    popup::{Confirm, Confirmed, Editor, EditorPurpose, Line, LinePurpose, scrolled},
    recall,
    state::{Screen, Waiting},
    verbs,
};
use crate::{
    model::{Importance, Level, Verb},
    pack::price,
    text::{redact, words},
    tui::action::Action,
};

/// A key that is text.
pub fn key(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    match &mut state.popup {
        Some(Popup::Line(line)) => {
            line.problem = None;
            line.area.input(key);
        }
        Some(Popup::Palette(palette)) => drop(palette.line.area.input(key)),
        Some(Popup::Help(help)) => drop(help.line.area.input(key)),
        Some(Popup::Editor(editor)) => {
            editor.problem = None;
            editor.area.input(key);
        }
        Some(_) => return Vec::new(),
        None => {
            recall::key(state, key);
            return Vec::new();
        }
    }
    typed(state)
}

/// Text pasted by the terminal.
pub fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    let text = crate::text::sanitize::inert(text);
    match &mut state.popup {
        Some(Popup::Line(line)) => line.area.insert_str(text.lines().next().unwrap_or("")),
        Some(Popup::Palette(palette)) => palette.line.area.insert_str(text.lines().next().unwrap_or("")),
        Some(Popup::Help(help)) => help.line.area.insert_str(text.lines().next().unwrap_or("")),
        Some(Popup::Editor(editor)) => editor.area.insert_str(text),
        Some(_) => return Vec::new(),
        None => {
            recall::paste(state, &text);
            return Vec::new();
        }
    };
    typed(state)
}

/// What follows from text at once: a search, a filtered list, a count.
pub fn typed(state: &mut State) -> Vec<Effect> {
    match &state.popup {
        Some(Popup::Line(line)) => {
            let text = line.text().to_owned();
            match line.purpose {
                LinePurpose::Find => return finding::find(state, &text),
                LinePurpose::FindInside => entry::find(state, &text),
                LinePurpose::FindSession => {
                    if let Screen::Sessions(picker) = &mut state.screen {
                        picker.query = text;
                        picker.refresh();
                    }
                }
                LinePurpose::FilterJournal => super::journal::filter(state, &text),
                _ => {}
            }
        }
        Some(Popup::Palette(_)) => palette::typed(state),
        Some(Popup::Editor(_)) => count(state),
        _ => {}
    }
    Vec::new()
}

/// Counts what stands in the editor, as the block that it makes.
pub fn count(state: &mut State) {
    let Some(tokenizer) = &state.tokenizer else { return };
    let Screen::Session(inspector) = &state.screen else { return };
    let Some(Popup::Editor(editor)) = &mut state.popup else { return };
    let (id, level) = match editor.purpose {
        EditorPurpose::Fact { .. } => {
            editor.tokens = super::facts::count(&editor.text(), tokenizer);
            return;
        }
        EditorPurpose::Rewrite { entry, level, .. } => (entry, level),
        EditorPurpose::Note { from, .. } => (from, Level::Full),
    };
    let entry = inspector.desk.session().entry(id);
    editor.tokens = entry.map(|entry| price::cost_of(entry, level, &redact::clean(&editor.text()), tokenizer));
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Submit => submit(state),
        Action::Cancel => cancel(state),
        Action::ClearLine => {
            if let Some(Popup::Line(line)) = &mut state.popup {
                line.problem = None;
                line.clear();
            }
            typed(state)
        }
        Action::Save => save(state),
        Action::NextRendition => {
            next_rendition(state);
            Vec::new()
        }
        Action::Discard => {
            discard(state);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn submit(state: &mut State) -> Vec<Effect> {
    let Some(Popup::Line(line)) = state.popup.take() else { return Vec::new() };
    let text = line.text().trim().to_owned();
    match &line.purpose {
        LinePurpose::Budget | LinePurpose::SideBudget(_) => match words::parse_tokens(&text) {
            Some(tokens) if (budget::SMALLEST..=budget::LARGEST).contains(&tokens) => match line.purpose {
                LinePurpose::SideBudget(which) => compare::choose_budget(state, which, tokens),
                _ => budget::set(state, tokens),
            },
            Some(_) => {
                let (least, most) = (words::exact(budget::SMALLEST.into()), words::exact(budget::LARGEST.into()));
                return again(state, line, &format!("a number from {least} to {most}"));
            }
            None => return again(state, line, "a number of tokens, such as 24000, 32k or 1M"),
        },
        LinePurpose::Importance { targets } => {
            let importance = text.replace(',', ".").parse().ok().and_then(Importance::new);
            match importance {
                Some(importance) => return verbs::perform(state, &Verb::Rescore(importance), targets),
                None => return again(state, line, "a number from 0 to 1, such as 0.8"),
            }
        }
        // Found already, letter by letter.
        LinePurpose::Find
        | LinePurpose::FindSession
        | LinePurpose::FindInside
        | LinePurpose::Palette
        | LinePurpose::FilterJournal
        | LinePurpose::Help => {}
        LinePurpose::Decide { pattern, choice } => return lessons::decide(state, pattern, *choice, text),
        LinePurpose::GoToTurn => {
            let turn = text.trim_start_matches('#').parse().ok();
            if let Err(problem) = super::replay::go_to(state, turn) {
                return again(state, line, &problem);
            }
        }
        LinePurpose::Import if text.is_empty() => {
            return again(state, line, "the path of a log, or of a folder of them");
        }
        LinePurpose::Import => {
            state.screen = Screen::Waiting(Waiting::on(format!("Importing {text}")));
            return vec![Effect::Import { path: PathBuf::from(text), session: None }];
        }
        LinePurpose::WritePack if text.is_empty() => return again(state, line, "the path of the file to write"),
        LinePurpose::WritePack => {
            let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
            let markdown = text.ends_with(".md");
            super::plans::settle(inspector);
            let text_of_pack = if markdown { inspector.desk.pack_markdown() } else { inspector.desk.pack_text() };
            let path = PathBuf::from(text);
            let write = Effect::Write { path, text: text_of_pack, existing: Existing::Ask };
            return [write].into_iter().chain(super::inspector::exported(state)).collect();
        }
    }
    Vec::new()
}

fn again(state: &mut State, line: Box<Line>, problem: &str) -> Vec<Effect> {
    let line = Line { problem: Some(problem.to_owned()), ..*line };
    state.popup = Some(Popup::Line(Box::new(line)));
    Vec::new()
}

/// Esc in a line: a search that was being typed is dropped.
fn cancel(state: &mut State) -> Vec<Effect> {
    let Some(Popup::Line(line)) = state.popup.take() else { return Vec::new() };
    match (&line.purpose, &mut state.screen) {
        (LinePurpose::Find, _) => return finding::find(state, ""),
        (LinePurpose::FindInside, _) => entry::find(state, ""),
        (LinePurpose::FindSession, Screen::Sessions(picker)) => {
            picker.query.clear();
            picker.refresh();
        }
        (LinePurpose::FilterJournal, _) => super::journal::filter(state, ""),
        _ => {}
    }
    Vec::new()
}

fn save(state: &mut State) -> Vec<Effect> {
    let Some(Popup::Editor(editor)) = state.popup.take() else { return Vec::new() };
    if let EditorPurpose::Fact { source } = editor.purpose {
        return super::facts::save(state, *editor, source);
    }
    let Some(tokenizer) = state.tokenizer.clone() else {
        return still(state, *editor, "the tokenizer is still loading: try again in a moment");
    };
    let Some(inspector) = state.inspector() else { return Vec::new() };
    let text = redact::clean(editor.text().trim_end());
    match editor.purpose {
        EditorPurpose::Rewrite { entry: id, level, .. } => {
            let Some(entry) = inspector.desk.session().entry(id) else { return Vec::new() };
            if text.trim().is_empty() && entry.state.rewrites.contains_key(&level) {
                return verbs::rewrite_by_rule(state, id, level);
            }
            let tokens = price::cost_of(entry, level, &text, &tokenizer);
            // The other levels are counted with it.
            inspector.desk.lend(tokenizer.clone());
            let verb = Verb::Rewrite { level, text, tokens };
            if let Err(refusal) = inspector.desk.session().edit_for(&verb, &[id]) {
                return still(state, *editor, &refusal.to_string());
            }
            verbs::perform(state, &verb, &[id])
        }
        EditorPurpose::Fact { .. } => Vec::new(),
        EditorPurpose::Note { from, .. } => {
            if text.trim().is_empty() {
                return still(state, *editor, "a note needs some text");
            }
            match inspector.desk.note(from, text, &tokenizer) {
                Some(verb) => verbs::perform(state, &verb, &[]),
                None => Vec::new(),
            }
        }
    }
}

pub fn still(state: &mut State, editor: Editor, problem: &str) -> Vec<Effect> {
    let editor = Editor { problem: Some(problem.to_owned()), ..editor };
    state.popup = Some(Popup::Editor(Box::new(editor)));
    Vec::new()
}

fn next_rendition(state: &mut State) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    let Some(Popup::Editor(editor)) = &mut state.popup else { return };
    if matches!(editor.purpose, EditorPurpose::Fact { .. }) {
        return super::facts::next_line(editor);
    }
    let EditorPurpose::Rewrite { entry, level, .. } = editor.purpose else { return };
    if editor.is_changed() {
        editor.problem = Some("save or leave this one first".into());
        return;
    }
    let Some(entry) = inspector.desk.session().entry(entry) else { return };
    let next = level.deeper().unwrap_or(Level::Summary);
    **editor = verbs::rewriting(entry, next);
    inspector.preview.level = next;
    count(state);
}

fn discard(state: &mut State) {
    match state.popup.take() {
        Some(Popup::Editor(editor)) if editor.is_changed() => {
            // The editor waits behind the question; `no` gives it back.
            state.parked = Some(editor);
            let (question, detail) = ("Leave without saving?", "What you have typed is gone then.");
            state.popup = Some(Popup::Confirm(Confirm::new(question, detail, Confirmed::DiscardText)));
        }
        _ => {}
    }
}

/// Says that a file was written, or asks whether to replace one.
pub fn exists(state: &mut State, path: PathBuf, text: String) {
    let question = format!("Replace {}?", path.display());
    let detail = "A file of this name is there already.";
    state.popup = Some(Popup::Confirm(Confirm::new(question, detail, Confirmed::Replace { path, text })));
}

/// Answers a question, or reads on in it.
pub fn confirm(state: &mut State, action: Action) -> Vec<Effect> {
    if !matches!(action, Action::Yes | Action::No) {
        if let Some(Popup::Confirm(confirm)) = &mut state.popup {
            confirm.scroll = scrolled(confirm.scroll, action, usize::from(state.areas.popup.height));
        }
        return Vec::new();
    }
    let Some(Popup::Confirm(confirm)) = state.popup.take() else { return Vec::new() };
    let parked = state.parked.take();
    match (action, confirm.then) {
        (Action::Yes, Confirmed::Delete { session, title }) => vec![Effect::Delete { session, title }],
        (Action::Yes, Confirmed::Replace { path, text }) => {
            vec![Effect::Write { path, text, existing: Existing::Replace }]
        }
        (Action::Yes, Confirmed::StepTo { session, point }) => vec![Effect::StepTo { session, point }],
        (Action::Yes, Confirmed::LetGo(told)) => lessons::letting_go::begin(state, told),
        (Action::Yes, Confirmed::DiscardText) => Vec::new(),
        (_, Confirmed::DiscardText) => {
            state.popup = parked.map(Popup::Editor);
            Vec::new()
        }
        _ => {
            state.say(Tone::Plain, "nothing was changed");
            Vec::new()
        }
    }
}
