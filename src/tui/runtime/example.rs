//! What a model might write, for pictures of its lens: made up, and no model is asked.

use crate::{
    model::{Entry, Level},
    text::redact,
    tui::app::{Effect, Event, Lens, Screen, State, writing::Stage},
    workspace::{Ending, Fresh, Model, Reply, Task},
};

const DRAFT: &str = "\
I go on where the pack ends: the tests first, then what still fails.

- run the whole suite again and read the first failure
- mend only what that failure names, and leave the rest as it is
- say what was changed, in which file, and which tests prove it";

/// Has the lens ask a model that nobody has, about the entry that there is most to say of.
pub fn prepare(state: &mut State) {
    state.settings.model = Ok(Model::example());
    if let Screen::Session(inspector) = &mut state.screen {
        let entries = inspector.desk.session().entries.iter().enumerate();
        let longest = entries.filter(|(_, entry)| entry.is_live()).max_by_key(|(_, entry)| entry.cost(Level::Full));
        if let Some(index) = longest.map(|(index, _)| index) {
            inspector.list.go_to(index);
        }
    }
}

/// Whether the lens waits for an answer, or for what it would change.
pub fn is_coming(state: &State) -> bool {
    matches!(&state.lens, Some(Lens::Writing(lens)) if matches!(lens.stage, Stage::Coming(_) | Stage::Weighing(_)))
}

/// The answer to what the lens asks; `None` where it asks no model. Of an entry it is its own sentence, so that it fits.
pub fn answer(state: &State, effect: &Effect) -> Option<Event> {
    let Effect::Ask { generation, asked, .. } = effect else { return None };
    let entry = match &asked.task {
        Task::Rendition { entry, .. } => state.inspector()?.desk.session().entry(*entry),
        Task::Draft | Task::Condensed { .. } => None,
    };
    let sentence = |entry: &Entry| entry.text_at(Level::Sentence).clone();
    let text = entry.map_or_else(|| redact::clean(DRAFT), sentence);
    let reply = Reply { text, ending: Ending::Complete, fresh: Fresh::Example };
    Some(Event::Answered { generation: *generation, outcome: Ok(reply) })
}
