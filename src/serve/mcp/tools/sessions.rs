//! `create_session` and `delete_session`.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    model::{SessionId, SessionSettings},
    serve::mcp::{
        caller::Caller,
        tool::{Ability, Again, Effect, Failed, Outcome, answer},
    },
    workspace::{
        Workspace,
        answer::{Created, Deleted},
    },
};

pub struct CreateSession;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// The id that the session gets; without one, a new id is made. 1 to 200 characters without spaces.
    #[schema(min_length = 1, max_length = 200)]
    session_id: Option<String>,
    /// Tokens that the session may hold; a push that takes it above them holds older entries at less text. 0 for no
    /// maximum, 128000 if nothing is said.
    #[schema(minimum = 0, maximum = 4_294_967_295u64)]
    max_tokens: Option<u32>,
}

impl Ability for CreateSession {
    const NAME: &'static str = "create_session";
    const TITLE: &'static str = "Create a session";
    const ABOUT: &'static str = "Makes an empty session to push into, and gives its id. Fails where there is a session of \
                                 that id already: push into that one then.";
    const EFFECT: Effect = Effect::Adds(Again::More);
    type Arguments = New;
    type Answer = Created;

    fn run(new: New, caller: &Caller, workspace: &mut Workspace) -> Outcome {
        let max_tokens = new.max_tokens.unwrap_or(SessionSettings::FOR_PUSHES.max_tokens);
        let settings = SessionSettings { max_tokens, ..SessionSettings::FOR_PUSHES };
        let id = match new.session_id {
            None => workspace.create_unnamed(settings, &caller.actor)?,
            Some(id) => {
                let id = SessionId::typed(&id).map_err(|why| Failed(format!("session_id: {why}")))?;
                workspace.create(&id, settings, &caller.actor)?;
                id
            }
        };
        answer(&Created::new(id, settings, workspace.now()))
    }
}

pub struct DeleteSession;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// The session's id, as create_session or recall gave it.
    #[schema(min_length = 1, max_length = 200)]
    session_id: SessionId,
}

impl Ability for DeleteSession {
    const NAME: &'static str = "delete_session";
    const TITLE: &'static str = "Delete a session";
    const ABOUT: &'static str = "Hides a session with all its entries. A person can bring it back for 30 days with \
                                 `haversack session undelete`. Only where the user asked for it.";
    const EFFECT: Effect = Effect::Takes(Again::Nothing);
    type Arguments = Which;
    type Answer = Deleted;

    fn run(which: Which, caller: &Caller, workspace: &mut Workspace) -> Outcome {
        let session_id = workspace.session_named(&which.session_id)?;
        let row = workspace.sessions()?.into_iter().find(|row| row.id == session_id);
        workspace.delete(&session_id, &caller.actor)?;
        let entries_removed = row.map_or(0, |row| row.entries);
        answer(&Deleted { session_id, entries_removed, deleted: true })
    }
}
