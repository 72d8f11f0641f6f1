//! The five routes that distill has, with its fields: its clients work unchanged, with an Authorization header beside.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    App, MOST_ENTRIES, Problem,
    ask::{self, Asked, Body, Who},
    budget::Numbers,
    reply::{Answer, Reply},
    sessions,
};
use crate::{
    model::{Budget, Role, SessionId, SessionSettings},
    pack::strategy::Strategy,
    workspace::{
        PushRules,
        answer::{About, Context, Created, Deleted, Pushes, plan_of_role},
        line::{self, Line},
    },
};

/// distill's, where a session is made without a number.
const MAX_TOKENS: u32 = 128_000;
const PRESERVE_RECENT: u32 = 10;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// The id it gets; without one, a new id is made.
    #[schema(value_type = Option<SessionId>)]
    session_id: Option<String>,
    /// Tokens that the session may hold, 0 for no maximum; 128,000 where nothing is said.
    max_tokens: Option<u32>,
    /// How near the embeddings of two entries must be to count as one.
    #[schema(minimum = 0, maximum = 1)]
    dedup_threshold: Option<f32>,
    /// Entries at the end that the tail always holds; 10 where nothing is said.
    preserve_recent: Option<u32>,
}

/// Make an empty session
///
/// A deleted session that had the id gets another, and stays restorable.
#[utoipa::path(post, path = "/v1/session/create", tag = "distill", request_body = Create, responses((status = 200, body = Created)))]
pub async fn create(State(app): State<Arc<App>>, Who(actor): Who, Body(asked): Body<Create>) -> Answer {
    let named = asked.session_id.as_deref().map(ask::session).transpose()?;
    let settings = SessionSettings {
        max_tokens: asked.max_tokens.unwrap_or(MAX_TOKENS),
        dedup_threshold: asked.dedup_threshold.unwrap_or(SessionSettings::default().dedup_threshold),
        preserve_recent: Some(asked.preserve_recent.unwrap_or(PRESERVE_RECENT)),
    };
    if !(0.0..=1.0).contains(&settings.dedup_threshold) {
        return Err(Problem::bad_input("dedup_threshold is a number from 0 to 1"));
    }
    app.write(move |workspace| {
        let id = match named {
            Some(id) => id,
            None => workspace.unused_id()?,
        };
        workspace.create(&id, settings, &actor)?;
        Reply::json(&Created::new(id, settings, workspace.now()))
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Push {
    #[schema(value_type = SessionId)]
    session_id: String,
    /// All of them are stored, or none.
    #[schema(min_items = 1, max_items = 1000)]
    entries: Vec<Line>,
}

/// Append entries to a session
///
/// In one transaction. Copies supersede the older entry, and a session above its maximum is brought within it. An
/// importance of 0 or less is none, as in distill: the rule scores then.
#[utoipa::path(post, path = "/v1/session/push", tag = "distill", request_body = Push, responses((status = 200, body = Pushes)))]
pub async fn push(State(app): State<Arc<App>>, Who(actor): Who, Body(asked): Body<Push>) -> Answer {
    let id = ask::session(&asked.session_id)?;
    match asked.entries.len() {
        0 => return Err(Problem::bad_input("entries is empty: give at least one")),
        1..=MOST_ENTRIES => {}
        many => return Err(too_many(many)),
    }
    let as_distill = |line: Line| Line {
        importance: line.importance.filter(|&importance| importance > 0.0 || importance.is_nan()),
        embedding: line.embedding.filter(|embedding| !embedding.is_empty()),
        ..line
    };
    let entries = asked.entries.into_iter().map(as_distill).enumerate();
    let pushes: Result<Vec<_>, Problem> = entries
        .map(|(at, line)| {
            line::entry(line).map_err(|why| Problem::bad_input(format!("entries[{at}]: {why}; nothing is stored")))
        })
        .collect();
    let (pushes, rules) = (pushes?, PushRules { policy: app.policy, ..PushRules::default() });
    app.write(move |workspace| {
        let pushed = workspace.push(&id, &actor, &pushes, rules)?;
        Reply::json(&Pushes::new(id, &pushed))
    })
    .await
}

fn too_many(entries: usize) -> Problem {
    Problem::new(
        axum::http::StatusCode::PAYLOAD_TOO_LARGE,
        "too_many_entries",
        format!("{entries} entries in one push, {MOST_ENTRIES} are allowed: nothing was stored"),
        "send them in several pushes",
    )
}

#[derive(Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Carry {
    #[param(value_type = SessionId)]
    #[schema(value_type = SessionId)]
    session_id: String,
    /// Tokens that may be carried; 0 for no limit. Without it the server's budget.
    max_tokens: Option<u32>,
    /// List the entries of one role only.
    #[param(inline)]
    role: Option<Role>,
    /// The model's window in place of max_tokens; the budget is window − reserve − fixed.
    window: Option<u32>,
    /// Tokens of the window kept for the answer; 32,000 where nothing is said.
    reserve: Option<u32>,
    /// Tokens of the window that the system prompt and the tools take.
    fixed: Option<u32>,
    #[param(inline)]
    strategy: Option<Strategy>,
}

/// What would be carried forward
///
/// This is an export: what was sent is recorded, for the cache boundary. `GET /v1/sessions/{session}/plan` only looks.
#[utoipa::path(get, path = "/v1/session/context", tag = "distill", params(Carry), responses((status = 200, body = Context)))]
pub async fn get_context(State(app): State<Arc<App>>, Asked(asked): Asked<Carry>) -> Answer {
    context(&app, asked).await
}

/// What would be carried forward
///
/// The same as with GET.
#[utoipa::path(post, path = "/v1/session/context", tag = "distill", request_body = Carry, responses((status = 200, body = Context)))]
pub async fn post_context(State(app): State<Arc<App>>, Asked(asked): Asked<Carry>) -> Answer {
    context(&app, asked).await
}

async fn context(app: &App, asked: Carry) -> Answer {
    let id = ask::session(&asked.session_id)?;
    let budget = asked.max_tokens.map(|most| if most == 0 { u32::MAX } else { most });
    let numbers = Numbers { budget, window: asked.window, reserve: asked.reserve, fixed: asked.fixed };
    let budget: Budget = numbers.budget_or(app.budget)?;
    let (strategy, role) = (asked.strategy, asked.role);
    let of = id.clone();
    let planned = app.engine.read(move |workspace| -> Result<_, Problem> {
        let desk = workspace.desk_by(&of, budget, strategy.unwrap_or(workspace.strategy()))?;
        let plan = desk.plan();
        let reply = match role {
            None => Reply::json(&Context::new(&plan, &desk)),
            Some(role) => Reply::json(&Context::of_role(&plan_of_role(&plan, &desk, role), &desk, role)),
        };
        // A listing of a role is no pack.
        Ok((reply?, role.is_none().then(|| desk.export())))
    });
    let (reply, export) = planned.await.map_err(Problem::from)??;
    let Some(export) = export else { return Ok(reply) };
    app.write(move |workspace| {
        workspace.exported(&id, &export)?;
        Ok(reply)
    })
    .await
}

/// Which session.
#[derive(Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct One {
    #[param(value_type = SessionId)]
    #[schema(value_type = SessionId)]
    session_id: String,
}

/// A session, without its entries
#[utoipa::path(get, path = "/v1/session/get", tag = "distill", params(One), responses((status = 200, body = About)))]
pub async fn get_get(State(app): State<Arc<App>>, Asked(asked): Asked<One>) -> Answer {
    let id = ask::session(&asked.session_id)?;
    app.read(move |workspace| sessions::about(workspace, &id)).await
}

/// A session, without its entries
#[utoipa::path(post, path = "/v1/session/get", tag = "distill", request_body = One, responses((status = 200, body = About)))]
pub async fn post_get(State(app): State<Arc<App>>, Asked(asked): Asked<One>) -> Answer {
    let id = ask::session(&asked.session_id)?;
    app.read(move |workspace| sessions::about(workspace, &id)).await
}

/// Hide a session for 30 days
///
/// The session is named in the query, or in a body as with POST. `POST /v1/sessions/{session}/undelete` brings it back.
#[utoipa::path(delete, path = "/v1/session/delete", tag = "distill", params(One), responses((status = 200, body = Deleted)))]
pub async fn delete_delete(State(app): State<Arc<App>>, Who(actor): Who, Asked(asked): Asked<One>) -> Answer {
    let id: SessionId = ask::session(&asked.session_id)?;
    app.write(move |workspace| sessions::hide(workspace, id, &actor)).await
}

/// Hide a session for 30 days
///
/// The same as with DELETE.
#[utoipa::path(post, path = "/v1/session/delete", tag = "distill", request_body = One, responses((status = 200, body = Deleted)))]
pub async fn post_delete(State(app): State<Arc<App>>, Who(actor): Who, Asked(asked): Asked<One>) -> Answer {
    let id: SessionId = ask::session(&asked.session_id)?;
    app.write(move |workspace| sessions::hide(workspace, id, &actor)).await
}
