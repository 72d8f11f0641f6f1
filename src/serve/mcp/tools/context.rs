//! `session_context`, which is an export, and `plan_context`, which changes nothing.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    model::{Budget, Role, SessionId},
    pack::strategy::Strategy,
    serve::mcp::{
        caller::Caller,
        tool::{Ability, Again, Effect, Failed, Outcome, answer},
    },
    workspace::{
        Workspace,
        answer::{Form, Forward, Planned, plan_of_role},
    },
};

/// Rows of each list in a plan, unless told otherwise.
const ROWS: usize = 100;
const MOST_ROWS: usize = 10_000;

pub struct SessionContext;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The session's id, as create_session or recall gave it.
    #[schema(min_length = 1, max_length = 200)]
    session_id: SessionId,
    /// Tokens that may be carried forward; 0 for no limit, the user's own setting if nothing is said.
    #[schema(minimum = 0, maximum = 4_294_967_295u64)]
    max_tokens: Option<u32>,
    /// List the entries of one role only, of the same plan.
    role: Option<Role>,
    /// entries (if nothing is said): entry by entry, with stats. text: the whole pack as one text, which takes fewer
    /// tokens to read.
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Entries,
    Text,
}

impl Ability for SessionContext {
    const NAME: &'static str = "session_context";
    const TITLE: &'static str = "Carry a session forward";
    const ABOUT: &'static str = "Gives what a session carries forward under a token budget: pins and facts first, then the \
                                 newest entries, then the rest at the level of text that its worth pays for (level 0 is \
                                 the full text, 3 only keywords). Call it after a compaction or at the start of work. \
                                 What was sent is recorded, so that the next pack can keep the prompt cache. A \
                                 shortened entry is read in full with expand_entry, by its seq.";
    const EFFECT: Effect = Effect::Adds(Again::Nothing);
    type Arguments = Wanted;
    type Answer = Forward<'static>;

    fn run(wanted: Wanted, caller: &Caller, workspace: &mut Workspace) -> Outcome {
        let form = match (wanted.role, wanted.format) {
            (Some(_), Some(Format::Text)) => {
                return Err(Failed(
                    "role lists entries, and format text gives the whole pack: give one of them".into(),
                ));
            }
            (Some(role), _) => Form::OfRole(role),
            (None, Some(Format::Text)) => Form::Pack,
            (None, Some(Format::Entries) | None) => Form::Entries,
        };
        let id = workspace.live_session_named(&wanted.session_id)?;
        let budget = match wanted.max_tokens {
            None => caller.budget,
            Some(0) => Budget::Tokens(u32::MAX),
            Some(tokens) => Budget::Tokens(tokens),
        };
        let desk = workspace.desk(&id, budget)?;
        let plan = desk.unpriced_plan();
        match form {
            // A listing is no pack: nothing is recorded as sent.
            Form::OfRole(role) => answer(&Forward::new(&plan_of_role(&plan, &desk, role), &desk, form)),
            Form::Pack | Form::Entries => {
                let forward = answer(&Forward::new(&plan, &desk, form))?;
                workspace.exported(&id, &desk.export())?;
                Ok(forward)
            }
        }
    }
}

pub struct PlanContext;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tried {
    /// The session's id, as create_session or recall gave it.
    #[schema(min_length = 1, max_length = 200)]
    session_id: SessionId,
    /// Tokens that may be carried forward; the user's own setting if nothing is said.
    #[schema(minimum = 0, maximum = 4_294_967_295u64)]
    budget: Option<u32>,
    /// How entries are chosen; the user's own setting if nothing is said.
    strategy: Option<Strategy>,
    /// Rows of each list at the most, 1 to 10000; 100 if nothing is said.
    #[schema(minimum = 1, maximum = 10_000)]
    rows: Option<usize>,
}

impl Ability for PlanContext {
    const NAME: &'static str = "plan_context";
    const TITLE: &'static str = "Try a budget";
    const ABOUT: &'static str = "Tells what a session would carry forward under any budget and strategy, without the texts \
                                 and without recording anything: each included entry with its level and tokens, each \
                                 excluded one with the reason and `needs`, the least extra budget that brings it in (null \
                                 where none does). Call it to choose a budget, or to find out why something is missing.";
    const EFFECT: Effect = Effect::Reads;
    type Arguments = Tried;
    type Answer = Planned<'static>;

    fn run(tried: Tried, caller: &Caller, workspace: &mut Workspace) -> Outcome {
        let rows = tried.rows.unwrap_or(ROWS);
        if !(1..=MOST_ROWS).contains(&rows) {
            return Err(Failed(format!("rows {rows} is out of range: give a number from 1 to {MOST_ROWS}")));
        }
        let id = workspace.live_session_named(&tried.session_id)?;
        let budget = tried.budget.map_or(caller.budget, Budget::Tokens);
        let desk = workspace.desk_by(&id, budget, tried.strategy.unwrap_or(caller.strategy))?;
        answer(&Planned::new(&desk.plan(), rows))
    }
}
