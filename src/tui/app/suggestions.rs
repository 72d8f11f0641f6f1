//! Suggestions: everything there is to do, each with its effect; one or all marked ones are applied as one edit.

use std::sync::Arc;

use super::{
    Areas, Effect, State, Tone,
    inspector::{Inspector, Weighed},
    rows::Rows,
    state::Screen,
    verbs,
};
use crate::{model::EntryId, pack::suggest::Suggestion, tui::action::Action};

#[derive(Default)]
pub struct Suggestions {
    pub rows: Rows,
    pub marked: Vec<Arc<Suggestion>>,
    /// What each would do to the pack, as far as it is known.
    pub outcomes: Vec<Weighed>,
    /// The inspector's version that `outcomes` belong to.
    version: u64,
}

impl Suggestions {
    pub fn settle(&mut self, inspector: &Inspector) {
        let suggestions = inspector.desk.suggestions();
        if self.version != inspector.version || self.outcomes.len() != suggestions.len() {
            self.version = inspector.version;
            self.outcomes = vec![Weighed::NotYet; suggestions.len()];
            self.marked.retain(|marked| suggestions.iter().any(|one| is_same(one, marked)));
        }
    }

    pub fn is_marked(&self, suggestion: &Suggestion) -> bool {
        self.marked.iter().any(|marked| is_same(marked, suggestion))
    }

    /// The first suggestion on the screen whose outcome is not known yet, the one under the cursor before all.
    pub fn next_unweighed(&self, inspector: &Inspector, areas: &Areas) -> Option<usize> {
        let count = inspector.desk.suggestions().len().min(self.outcomes.len());
        let shown = self.rows.offset..self.rows.offset.saturating_add(usize::from(areas.lens.height)).min(count);
        let under = Some(self.rows.cursor).filter(|&row| row < count);
        under.into_iter().chain(shown).find(|&row| self.outcomes[row] == Weighed::NotYet)
    }

    pub fn work_on(&mut self, inspector: &mut Inspector, areas: &Areas) {
        let Some(row) = self.next_unweighed(inspector, areas) else { return };
        let suggestion = inspector.desk.suggestions()[row].clone();
        let outcome = match inspector.desk.plans_apart() {
            true => None,
            false => inspector.desk.outcome_of(&suggestion),
        };
        self.outcomes[row] = outcome.map_or(Weighed::Nothing, Weighed::Outcome);
    }

    /// What Enter applies: the marked ones in their order, else the one under the cursor.
    fn chosen(&self, inspector: &Inspector) -> Vec<Arc<Suggestion>> {
        let all = inspector.desk.suggestions();
        match self.marked.is_empty() {
            true => all.get(self.rows.cursor).cloned().into_iter().collect(),
            false => all.iter().filter(|one| self.is_marked(one)).cloned().collect(),
        }
    }
}

fn is_same(one: &Suggestion, other: &Suggestion) -> bool {
    one.remedy == other.remedy && one.targets == other.targets
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let (Some(super::lens::Lens::Suggestions(lens)), Screen::Session(inspector)) = (&mut state.lens, &mut state.screen)
    else {
        return Vec::new();
    };
    match action {
        Action::MarkSuggestion => {
            let Some(suggestion) = inspector.desk.suggestions().get(lens.rows.cursor) else { return Vec::new() };
            match lens.marked.iter().position(|marked| is_same(marked, suggestion)) {
                Some(at) => drop(lens.marked.remove(at)),
                None => lens.marked.push(suggestion.clone()),
            }
            lens.rows.act(Action::Down, inspector.desk.suggestions().len(), 1);
        }
        Action::MarkSuggestions => {
            let all = inspector.desk.suggestions();
            lens.marked = if lens.marked.len() == all.len() { Vec::new() } else { all.to_vec() };
        }
        Action::ApplySuggestions => {
            let chosen = lens.chosen(inspector);
            if chosen.is_empty() {
                state.say(Tone::Plain, "there is nothing to suggest");
                return Vec::new();
            }
            lens.marked.clear();
            return verbs::apply(state, chosen);
        }
        Action::ShowTargets => {
            let targets: Vec<EntryId> =
                lens.chosen(inspector).iter().flat_map(|suggestion| suggestion.targets.iter().copied()).collect();
            show(state, &targets);
        }
        _ => {}
    }
    Vec::new()
}

/// Back to the list, with these entries marked and the first of them under the cursor.
pub fn show(state: &mut State, targets: &[EntryId]) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    inspector.list.marked = targets.iter().copied().collect();
    let first = targets.first().and_then(|&id| inspector.desk.session().index_of(id));
    if let Some(index) = first {
        inspector.list.go_to(index);
    }
    state.lens = None;
}
