//! What the model writes: a draft of the next turn, or a summary as a proposal. It is asked in the background; leaving the
//! lens stops it. A proposal is applied as it is shown, or dropped.

use super::{Effect, State, Tone, inspector::Inspector, lens::Lens, state::Screen, verbs};
use crate::{
    model::{EntryId, Level},
    tui::action::{Action, Context},
    workspace::{Assignment, Cancel, Model, Proposal, Reply, Task, request},
};

pub struct Writing {
    pub model: Model,
    pub asked: Assignment,
    pub stage: Stage,
    /// Rows that are scrolled past.
    pub scroll: usize,
    /// Rows of the longest text, as the last frame broke it.
    generation: u64,
    cancel: Cancel,
    /// The inspector's version that the proposal was made of.
    version: u64,
}

pub enum Stage {
    /// What there is of the text; empty while the model reads.
    Coming(String),
    /// A draft.
    Written(Reply),
    /// What a written summary would change is being worked out.
    Weighing(Reply),
    Proposed(Box<Proposal>, Reply),
    Failed(String),
}

/// However the lens is left, nobody pays for what nobody reads.
impl Drop for Writing {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// Opens the lens, and has the model asked; or says why it cannot be.
pub fn open(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(inspector) = state.inspector() else { return Vec::new() };
    let task = match action {
        Action::Draft => Task::Draft,
        _ => match summary_of(inspector) {
            Some(task) => task,
            None => return refuse(state, "there is no entry to summarize".into()),
        },
    };
    let model = match &state.settings.model {
        Ok(model) => model.clone(),
        Err(why) => return refuse(state, why.to_string()),
    };
    let asked = match request(&task, &inspector.desk, model.settings().max_tokens) {
        Ok(asked) => asked,
        Err(refusal) => return refuse(state, refusal.to_string()),
    };
    let (session, version) = (inspector.id().clone(), inspector.version);
    state.writings += 1;
    let (generation, cancel) = (state.writings, Cancel::default());
    let effect =
        Effect::Ask { generation, session, model: model.clone(), asked: asked.clone(), cancel: cancel.clone() };
    let stage = Stage::Coming(String::new());
    state.lens = Some(Lens::Writing(Box::new(Writing { model, asked, stage, scroll: 0, generation, cancel, version })));
    vec![effect]
}

/// The shown level of the entry under the cursor; of several marked ones, one summary in their place.
fn summary_of(inspector: &Inspector) -> Option<Task> {
    let targets: Vec<EntryId> = inspector.targets();
    match targets[..] {
        [] => None,
        [entry] => Some(Task::Rendition { entry, level: inspector.preview.level.max(Level::Summary) }),
        _ => Some(Task::Condensed { entries: targets }),
    }
}

fn refuse(state: &mut State, why: String) -> Vec<Effect> {
    state.say(Tone::Refused, why);
    Vec::new()
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let (Some(Lens::Writing(lens)), Screen::Session(inspector)) = (&mut state.lens, &state.screen) else {
        return Vec::new();
    };
    let page = usize::from(state.areas.lens.height).saturating_sub(1).max(1);
    match action {
        // The view keeps the last page full.
        Action::Down => lens.scroll = lens.scroll.saturating_add(1),
        Action::Up => lens.scroll = lens.scroll.saturating_sub(1),
        Action::PageDown => lens.scroll = lens.scroll.saturating_add(page),
        Action::PageUp => lens.scroll = lens.scroll.saturating_sub(page),
        Action::Top => lens.scroll = 0,
        Action::Bottom => lens.scroll = usize::MAX,
        Action::CopyWriting => {
            return match lens.text() {
                Some(text) => {
                    let text = text.to_owned();
                    state.say(Tone::Done, "copied the text");
                    vec![Effect::Copy { text }]
                }
                None => refuse(state, "there is no text yet".into()),
            };
        }
        Action::ApplyWriting => return apply(lens.version == inspector.version, state),
        _ => {}
    }
    Vec::new()
}

fn apply(is_current: bool, state: &mut State) -> Vec<Effect> {
    let (Some(Lens::Writing(lens)), Screen::Session(inspector)) = (&mut state.lens, &state.screen) else {
        return Vec::new();
    };
    match &lens.stage {
        Stage::Proposed(_, reply) if !is_current => {
            let reply = reply.clone();
            lens.version = inspector.version;
            let effect = lens.propose(inspector, reply);
            state.say(Tone::Refused, "the session has changed: look again, then apply");
            vec![effect]
        }
        Stage::Proposed(proposal, _) => match proposal.verb.clone() {
            Ok((verb, on)) => {
                state.lens = None;
                verbs::perform(state, &verb, &on)
            }
            Err(refusal) => refuse(state, format!("{refusal}; esc drops it")),
        },
        _ => refuse(state, "there is nothing to apply".into()),
    }
}

impl Writing {
    /// What has the keyboard: only a summary that goes is applied.
    pub fn context(&self) -> Context {
        match &self.stage {
            Stage::Proposed(proposal, _) if proposal.verb.is_ok() => Context::Proposal,
            _ => Context::Writing,
        }
    }

    /// What there is to read.
    pub fn text(&self) -> Option<&str> {
        match &self.stage {
            Stage::Coming(so_far) => Some(so_far.as_str()).filter(|so_far| !so_far.is_empty()),
            Stage::Written(reply) | Stage::Weighing(reply) => Some(&reply.text),
            Stage::Proposed(proposal, _) => Some(&proposal.after),
            Stage::Failed(_) => None,
        }
    }

    fn propose(&mut self, inspector: &Inspector, reply: Reply) -> Effect {
        self.stage = Stage::Weighing(reply.clone());
        let (generation, session) = (self.generation, inspector.id().clone());
        Effect::Propose { generation, session, model: self.model.clone(), asked: self.asked.clone(), reply }
    }
}

/// More of the text has come.
pub fn grew(state: &mut State, generation: u64, so_far: String) {
    if let Some(Lens::Writing(lens)) = &mut state.lens
        && lens.generation == generation
        && let Stage::Coming(shown) = &mut lens.stage
    {
        *shown = so_far;
    }
}

/// The text is whole, or there is none. A draft is shown as it is; of a summary it is worked out what it would change.
pub fn answered(state: &mut State, generation: u64, outcome: Result<Reply, String>) -> Vec<Effect> {
    let (Some(Lens::Writing(lens)), Screen::Session(inspector)) = (&mut state.lens, &state.screen) else {
        return Vec::new();
    };
    if lens.generation != generation {
        return Vec::new();
    }
    match outcome {
        Err(why) => {
            lens.stage = Stage::Failed(why);
            Vec::new()
        }
        Ok(reply) => {
            lens.version = inspector.version;
            // The reply is kept by the same effect, a draft's too.
            let effect = lens.propose(inspector, reply.clone());
            if lens.asked.task == Task::Draft {
                lens.stage = Stage::Written(reply);
            }
            vec![effect]
        }
    }
}

pub fn proposed(state: &mut State, generation: u64, outcome: Result<Box<Proposal>, String>) {
    let Some(Lens::Writing(lens)) = &mut state.lens else { return };
    if lens.generation != generation {
        return;
    }
    let Stage::Weighing(reply) = &lens.stage else { return };
    lens.stage = match outcome {
        Ok(proposal) => Stage::Proposed(proposal, reply.clone()),
        Err(why) => Stage::Failed(why),
    };
}
