//! Asking the model: on a thread of its own, which ends with the reply or when the lens is left.

use std::sync::mpsc::Sender;

use crate::{
    model::SessionId,
    tui::{app::Event, runtime::spawn},
    workspace::{Assignment, Cancel, LlmError, Model, Proposal, Reply, Workspace},
};

/// Asks, and tells what there is of the text again and again.
pub fn write(generation: u64, model: Model, asked: Assignment, cancel: Cancel, events: Sender<Event>) {
    spawn("model", move || {
        // The loop may be gone already.
        let mut tell = |so_far: &str| drop(events.send(Event::Writing { generation, so_far: so_far.to_owned() }));
        let outcome = match Reply::of(&model, &asked.request, &cancel, &mut tell) {
            // Nobody is left to be told.
            Err(LlmError::Cancelled) => return,
            outcome => outcome.map_err(|error| error.to_string()),
        };
        let _ = events.send(Event::Answered { generation, outcome });
    });
}

/// Keeps an reply, and works out what it would change; `None` for a draft.
pub fn propose(
    workspace: &mut Workspace,
    id: &SessionId,
    model: &Model,
    asked: &Assignment,
    reply: &Reply,
) -> Result<Option<Box<Proposal>>, String> {
    // One that cannot be kept is asked for again.
    workspace.keep_answer(id, model, &asked.request, reply).ok();
    let session = workspace.session(id).map_err(|error| error.to_string())?;
    let proposal = workspace.proposal(&session, &asked.task, &reply.text);
    proposal.map(|proposal| proposal.map(Box::new)).map_err(|refusal| refusal.to_string())
}
