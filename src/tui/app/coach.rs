//! The coach: names the next useful key until it has been used once.

use std::collections::BTreeSet;

use super::State;
use crate::tui::action::{Action, Context};

/// What the person has used already, by the names of actions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coach {
    pub used: BTreeSet<String>,
}

/// A key worth knowing, where it is heard, and what it is good for.
struct Lesson {
    context: Context,
    action: Action,
    words: &'static str,
}

/// In the order in which they help.
const LESSONS: [Lesson; 11] = [
    Lesson { context: Context::Session, action: Action::Open, words: "says why this entry is packed, or not" },
    Lesson { context: Context::Session, action: Action::BudgetUp, words: "gives more budget: watch what comes in" },
    Lesson { context: Context::Session, action: Action::Pin, words: "pins this entry: it stays in every pack" },
    Lesson { context: Context::Session, action: Action::Undo, words: "takes back your newest edit" },
    Lesson { context: Context::Session, action: Action::Suggestions, words: "shows what could be tidied up" },
    Lesson { context: Context::Session, action: Action::ViewEntry, words: "reads this entry on the whole screen" },
    Lesson { context: Context::Session, action: Action::FilterLost, words: "shows what the agent itself has lost" },
    Lesson { context: Context::Session, action: Action::CopyPack, words: "copies the pack, to give it to an agent" },
    Lesson { context: Context::Session, action: Action::Recall, words: "searches every session" },
    Lesson { context: Context::Sessions, action: Action::SortSessions, words: "sorts by any column" },
    Lesson { context: Context::Sessions, action: Action::Recall, words: "searches every session" },
];

/// What to say now, if anything.
pub fn says(state: &State) -> Option<String> {
    let coach = state.coach.as_ref()?;
    if matches!(&state.screen, super::Screen::Sessions(picker) if picker.sessions.is_empty()) {
        return None;
    }
    let context = state.context();
    let next =
        LESSONS.iter().find(|lesson| lesson.context == context && !coach.used.contains(&lesson.action.to_string()))?;
    Some(format!("try {}: {}", state.keymap.key_for(next.action), next.words))
}

/// Takes in that a key was used; what has been learned is to be kept where that is news.
pub fn notice(state: &mut State, action: Action) -> Option<BTreeSet<String>> {
    let coach = state.coach.as_mut()?;
    let is_lesson = LESSONS.iter().any(|lesson| lesson.action == action);
    (is_lesson && coach.used.insert(action.to_string())).then(|| coach.used.clone())
}
