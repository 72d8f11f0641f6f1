//! `remember_fact`.

use serde::Deserialize;
use utoipa::ToSchema;

use super::Named;
use crate::{
    facts::Draft,
    model::{FactKind, Scope, SessionId, Trust},
    serve::mcp::{
        caller::Caller,
        tool::{Ability, Again, Effect, Failed, Outcome, answer},
    },
    workspace::{Workspace, answer::FactChanged},
};

pub struct RememberFact;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The session's id, as create_session or recall gave it.
    #[schema(min_length = 1, max_length = 200)]
    session_id: SessionId,
    /// What it is about, on one line, such as `verify` or `decided: rounding`.
    #[schema(min_length = 1, max_length = 80)]
    key: String,
    /// What is known of it. At most 280 characters, unless the user's settings say otherwise; a longer one is refused.
    #[schema(min_length = 1)]
    value: String,
    /// goal, constraint and verification (a command that verifies the work) hold until they are replaced, context (if
    /// nothing is said) for 180 minutes, short-lived for 30, unless the user's settings say otherwise.
    kind: Option<FactKind>,
    /// Where it holds: in this session (if nothing is said), or in every session of the same project.
    scope: Option<Scope>,
    /// Minutes that it holds, 0 for ever; by its kind if nothing is said.
    #[schema(minimum = 0, maximum = 4_294_967_295u64)]
    ttl_minutes: Option<u32>,
    /// The entry that it was taken from: its number, such as #12 or 12, or its id of 16 hex digits.
    #[schema(value_type = Option<String>, pattern = "^(#?[1-9][0-9]*|[0-9a-fA-F]{16})$")]
    from_entry: Option<Named>,
}

impl Ability for RememberFact {
    const NAME: &'static str = "remember_fact";
    const TITLE: &'static str = "Remember a fact";
    const ABOUT: &'static str = "Writes a fact, a key and a short value that every pack carries while it holds: a goal, a \
                                 constraint, the command that verifies the work, a decision. A new write of a key replaces \
                                 the agent's older one, never what the user wrote: `words` says whether it is in force.";
    const EFFECT: Effect = Effect::Adds(Again::More);
    type Arguments = Fact;
    type Answer = FactChanged<'static>;

    fn run(fact: Fact, caller: &Caller, workspace: &mut Workspace) -> Outcome {
        let id = workspace.live_session_named(&fact.session_id)?;
        let source = match fact.from_entry {
            None => None,
            Some(name) => Some(name.0.find(&workspace.entries(&id)?)?),
        };
        let draft = Draft {
            key: fact.key,
            value: fact.value,
            kind: fact.kind.unwrap_or_default(),
            scope: fact.scope.unwrap_or_default(),
            // What an agent says of itself does not make it more believed.
            trust: Trust::of(&caller.actor),
            pinned: false,
            ttl: fact.ttl_minutes,
            source,
        };
        let written = workspace.set_fact(&id, &caller.actor, draft)?;
        let (session, now) = (workspace.entries(&id)?, workspace.now());
        let changed = FactChanged::new(&session, now, "set", written.id);
        answer(
            &changed
                .ok_or_else(|| Failed("the fact was taken back by another edit meanwhile: write it again".into()))?,
        )
    }
}
