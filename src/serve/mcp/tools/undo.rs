//! `undo`.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    model::SessionId,
    serve::mcp::{
        caller::Caller,
        tool::{Ability, Again, Effect, Outcome, answer},
    },
    workspace::{Workspace, answer::Stepped},
};

pub struct Undo;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// The session's id, as create_session or recall gave it.
    #[schema(min_length = 1, max_length = 200)]
    session_id: SessionId,
    /// A row of the journal (`haversack session log`); your newest edit if nothing is said.
    row: Option<i64>,
}

impl Ability for Undo {
    const NAME: &'static str = "undo";
    const TITLE: &'static str = "Take an edit back";
    const ABOUT: &'static str = "Takes back your newest edit of a session: a pin, a fact, what a push superseded or evicted. \
                                 Exact, or refused where a later edit stands on it. Pushed entries stay, and an edit that \
                                 a person made is not yours to undo.";
    const EFFECT: Effect = Effect::Takes(Again::More);
    type Arguments = Which;
    type Answer = Stepped;

    fn run(which: Which, caller: &Caller, workspace: &mut Workspace) -> Outcome {
        let id = workspace.live_session_named(&which.session_id)?;
        let undone = match which.row {
            None => workspace.undo(&id, &caller.actor)?,
            Some(row) => workspace.undo_row(&id, row, &caller.actor)?,
        };
        answer(&Stepped::undone(id, &undone))
    }
}
