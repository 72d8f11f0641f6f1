//! The verbs: what a person does to entries. The desk is changed at once; an effect records the edit.

use std::sync::Arc;

use super::{
    Effect, Popup, State, Tone,
    event::Way,
    menus,
    popup::{Editor, EditorPurpose, Line, LinePurpose},
    recall,
    state::Screen,
    typing,
};
use crate::{
    model::{Edit, Entry, EntryId, Fate, HeldBy, Importance, Kind, Level, Refusal, Verb},
    pack::suggest::{Remedy, Suggestion},
    text::sanitize,
    tui::action::Action,
    workspace::{
        condensed,
        desk::{Desk, Done},
        prepare::Counters,
    },
};

/// How far `raise` and `lower` move the importance.
const STEP: f32 = 0.05;
/// A note starts from the shallowest rendition that costs at most this: who wants more can paste it.
const NOTE_AT_MOST: u32 = 2_000;

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(inspector) = state.inspector() else { return Vec::new() };
    let targets = inspector.targets();
    let needs_targets = !matches!(action, Action::ApplyPlan | Action::ApplySuggestion | Action::Undo | Action::Redo);
    if needs_targets && targets.is_empty() && inspector.list.filter.query.is_searching() {
        state.say(Tone::Refused, recall::SEARCHING);
        return Vec::new();
    }
    act_on(state, action, targets)
}

/// The same for these entries, whatever is marked.
pub fn act_on(state: &mut State, action: Action, targets: Vec<EntryId>) -> Vec<Effect> {
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    match action {
        Action::Pin => return pin(state, targets),
        Action::Evict => return perform(state, &Verb::Evict, &targets),
        Action::Compact => return perform(state, &Verb::CompactDeeper, &targets),
        Action::Restore => return perform(state, &Verb::Restore, &targets),
        Action::ScoreByRule => return perform(state, &Verb::ScoreByRule, &targets),
        Action::ToFull => return perform(state, &Verb::CompactTo(Level::Full), &targets),
        Action::ToSummary => return perform(state, &Verb::CompactTo(Level::Summary), &targets),
        Action::ToSentence => return perform(state, &Verb::CompactTo(Level::Sentence), &targets),
        Action::ToKeywords => return perform(state, &Verb::CompactTo(Level::Keywords), &targets),
        Action::Raise => return step_importance(state, &targets, STEP),
        Action::Lower => return step_importance(state, &targets, -STEP),
        Action::ApplyPlan => {
            super::plans::settle(inspector);
            let levels = inspector.desk.packed_levels();
            return perform(state, &Verb::ApplyPlan(levels), &[]);
        }
        Action::ApplySuggestion => return apply_suggestion(state),
        Action::Undo => return vec![Effect::Step { session: inspector.id().clone(), way: Way::Undo }],
        Action::Redo => return vec![Effect::Step { session: inspector.id().clone(), way: Way::Redo }],
        Action::ChooseLevel => state.popup = Some(Popup::Menu(menus::levels(inspector))),
        Action::Importance => {
            let Some(index) = inspector.list.current() else { return Vec::new() };
            let now = format!("{:.2}", inspector.desk.session().entries[index].importance());
            state.popup = Some(Popup::Line(Box::new(Line::selected(LinePurpose::Importance { targets }, &now))));
        }
        Action::Rewrite => rewrite(state),
        Action::Note => note(state),
        _ => {}
    }
    Vec::new()
}

/// Does a verb, says what came of it, and has it recorded.
pub fn perform(state: &mut State, verb: &Verb, targets: &[EntryId]) -> Vec<Effect> {
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    let outcome = inspector.desk.edit(verb, targets);
    conclude(state, outcome)
}

/// Applies suggestions as one edit.
pub fn apply(state: &mut State, suggestions: Vec<Arc<Suggestion>>) -> Vec<Effect> {
    let tokenizer = state.tokenizer.clone();
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    let mut steps = Vec::with_capacity(suggestions.len());
    for suggestion in suggestions {
        let targets = suggestion.targets.clone();
        let verb = match (&suggestion.remedy, &tokenizer) {
            (Remedy::Verb(verb), _) => Ok(verb.clone()),
            (Remedy::Condense, Some(tokenizer)) => {
                let counters = Counters::of(tokenizer.clone());
                condensed(inspector.desk.session(), &targets, None, &counters).map(|made| made.verb())
            }
            (Remedy::Condense, None) => {
                Err(Refusal { seq: 0, why: "the tokenizer is still loading: try again in a moment".into() })
            }
        };
        match verb {
            Ok(verb) => steps.push((verb, targets)),
            Err(refusal) => {
                state.say(Tone::Refused, refusal.to_string());
                return Vec::new();
            }
        }
    }
    let outcome = inspector.desk.edit_several(&steps);
    conclude(state, outcome)
}

/// The same for an edit that is made here: one that no single verb makes, or whose texts have to be counted again.
fn perform_edit(state: &mut State, edit: Edit, refusals: Vec<Refusal>) -> Vec<Effect> {
    let tokenizer = state.tokenizer.clone();
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    let outcome = inspector.desk.absorb(&edit, tokenizer.as_deref());
    let outcome = outcome.map(|done| Done { refusals, ..done });
    conclude(state, outcome.map_err(|drift| Refusal { seq: 0, why: drift.to_string() }))
}

fn conclude(state: &mut State, outcome: Result<Done, Refusal>) -> Vec<Effect> {
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    match outcome {
        Ok(done) => {
            inspector.refresh();
            let session = inspector.id().clone();
            state.say(Tone::Done, with_refusals(&done));
            vec![Effect::Record { session, edit: done.edit }]
        }
        Err(refusal) => {
            state.say(Tone::Refused, refusal.to_string());
            Vec::new()
        }
    }
}

fn with_refusals(done: &Done) -> String {
    // Right after the verb, where a narrow screen does not cut it off.
    let (verb, effects) = done.words.split_at_checked(done.edit.words.len()).unwrap_or((&done.words, ""));
    let words = match &done.honoured {
        Some(honoured) => format!("{verb} ({}){effects}", honoured.short),
        None => done.words.clone(),
    };
    match done.refusals.as_slice() {
        [] => words,
        [one] => format!("{words} · not {one}"),
        [one, rest @ ..] => format!("{words} · not {one}, nor {} more", rest.len()),
    }
}

/// Pins what is not pinned; unpins where all are.
fn pin(state: &mut State, targets: Vec<EntryId>) -> Vec<Effect> {
    let Some(inspector) = state.inspector() else { return Vec::new() };
    let is_pinned = |id: &EntryId| inspector.desk.session().entry(*id).is_some_and(|entry| entry.state.pinned);
    let free: Vec<EntryId> = targets.iter().copied().filter(|id| !is_pinned(id)).collect();
    match free.is_empty() && !targets.is_empty() {
        true => perform(state, &Verb::Unpin, &targets),
        false => perform(state, &Verb::Pin, &free),
    }
}

/// Each entry moves from its own importance, in one edit.
fn step_importance(state: &mut State, targets: &[EntryId], step: f32) -> Vec<Effect> {
    let Some(inspector) = state.inspector() else { return Vec::new() };
    let session = inspector.desk.session();
    let mut whole = Edit::default();
    let mut refusals = Vec::new();
    let mut moved: Vec<(u32, f32)> = Vec::new();
    for &id in targets {
        let Some(entry) = session.entry(id) else { continue };
        let next = next_importance(entry.importance(), step);
        match inspector.desk.edit_for(&Verb::Rescore(next), &[id]) {
            Ok((edit, _)) => {
                moved.push((entry.seq, next.value()));
                whole.changes.extend(edit.changes);
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    let way = if step > 0.0 { "raised" } else { "lowered" };
    whole.words = match moved.as_slice() {
        [] => {
            let nothing = Refusal { seq: 0, why: "nothing is selected".into() };
            return conclude(state, Err(refusals.into_iter().next().unwrap_or(nothing)));
        }
        [(seq, value)] => format!("{way} #{seq} to {value:.2}"),
        many => format!("{way} {} entries by {:.2}", many.len(), step.abs()),
    };
    perform_edit(state, whole, refusals)
}

/// The next multiple of the step, so that repeated keys give round numbers.
fn next_importance(now: f32, step: f32) -> Importance {
    let steps = now / step.abs();
    let next = if step > 0.0 { (steps + 0.001).floor() + 1.0 } else { (steps - 0.001).ceil() - 1.0 };
    Importance::new((next * step.abs()).clamp(0.0, 1.0)).expect("clamped to the range that it takes")
}

fn apply_suggestion(state: &mut State) -> Vec<Effect> {
    let Some(inspector) = state.inspector() else { return Vec::new() };
    match inspector.desk.suggestions().get(inspector.suggestion).cloned() {
        Some(suggestion) => apply(state, vec![suggestion]),
        None => {
            state.say(Tone::Plain, "there is nothing to suggest");
            Vec::new()
        }
    }
}

fn rewrite(state: &mut State) {
    let Some(inspector) = state.inspector() else { return };
    let Some(index) = inspector.list.current() else { return };
    let entry = &inspector.desk.session().entries[index];
    if matches!(entry.kind, Kind::Boundary | Kind::Opaque) {
        let why = format!("#{} is a {}: there is no text to rewrite", entry.seq, entry.kind);
        return state.say(Tone::Refused, why);
    }
    // The original text is immutable: from there, the summary is what can be written.
    let level = inspector.preview.level.max(Level::Summary);
    let editor = rewriting(entry, level);
    state.popup = Some(Popup::Editor(Box::new(editor)));
    typing::count(state);
}

/// An editor on one rendition of an entry.
pub fn rewriting(entry: &Entry, level: Level) -> Editor {
    let limit = level.shallower().map_or(0, |above| entry.cost(above).saturating_sub(1));
    let purpose = EditorPurpose::Rewrite { entry: entry.id, seq: entry.seq, level, limit };
    Editor::new(purpose, &sanitize::inert(entry.text_at(level)))
}

fn note(state: &mut State) {
    let Some(inspector) = state.inspector() else { return };
    let Some(index) = inspector.list.current() else { return };
    if let Err(refusal) = inspector.desk.takes_entries() {
        return state.say(Tone::Refused, refusal.to_string());
    }
    let entry = &inspector.desk.session().entries[index];
    let fits = |level: &Level| *level >= inspector.preview.level && entry.cost(*level) <= NOTE_AT_MOST;
    let level = Level::ALL.into_iter().find(fits).unwrap_or(Level::Keywords);
    let purpose = EditorPurpose::Note { from: entry.id, seq: entry.seq };
    let editor = Editor::new(purpose, &sanitize::inert(entry.text_at(level)));
    state.popup = Some(Popup::Editor(Box::new(editor)));
    typing::count(state);
}

/// The verbs that would change where an entry stands, most likely wanted first.
pub fn helping(desk: &Desk, index: usize) -> Vec<Action> {
    let entry = &desk.session().entries[index];
    let is_held_short = entry.state.held.by == HeldBy::Hand && entry.state.held.level != Level::Full;
    match (desk.packed(index), entry.state.fate) {
        _ if matches!(entry.kind, Kind::Boundary | Kind::Opaque) => Vec::new(),
        (_, Fate::Evicted | Fate::Superseded { .. } | Fate::Archived) => vec![Action::Restore],
        _ if entry.state.pinned => vec![Action::Pin],
        (Some(Level::Full), _) => vec![Action::Pin, Action::Evict, Action::Lower],
        _ if is_held_short => vec![Action::Restore, Action::Pin],
        _ => vec![Action::Pin, Action::Raise, Action::Budget],
    }
}

/// Drops the hand's text of a level, for the rule's.
pub fn rewrite_by_rule(state: &mut State, id: EntryId, level: Level) -> Vec<Effect> {
    let Some(inspector) = state.inspector() else { return Vec::new() };
    match inspector.desk.session().edit_for(&Verb::RewriteByRule(level), &[id]) {
        Ok((edit, refusals)) => perform_edit(state, edit, refusals),
        Err(refusal) => conclude(state, Err(refusal)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_land_on_round_numbers_and_stop_at_the_ends() {
        let next = |now, step| next_importance(now, step).value();
        assert_eq!(next(0.61, STEP), 0.65);
        assert_eq!(next(0.65, STEP), 0.7);
        assert_eq!(next(0.61, -STEP), 0.6);
        assert_eq!(next(0.6, -STEP), 0.55);
        assert_eq!((next(1.0, STEP), next(0.0, -STEP)), (1.0, 0.0));
    }
}
