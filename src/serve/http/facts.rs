//! Facts of a session: those in force, every write of a key, writing one, taking one out of force, pins.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    App, Problem,
    app::Persons,
    ask::{At, Body, Filter, Name, Who},
    reply::{Answer, Reply},
};
use crate::{
    facts::{Draft, Standing},
    model::{Actor, Fact, FactId, FactKind, Scope, SessionId, Time, Trust},
    workspace::{
        self, Workspace,
        answer::{FactChanged, FactHistory, Facts, ranked},
    },
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Listing {
    /// Also what has expired, was removed, superseded or rejected.
    #[serde(default)]
    #[param(required = false)]
    all: bool,
    /// As it was at a time, in milliseconds since 1970 UTC; now where nothing is said.
    as_of: Option<i64>,
}

/// The facts in force, the most trusted first, the newest of these first
#[utoipa::path(get, path = "/v1/sessions/{session}/facts", tag = "facts", params(("session" = SessionId, Path), Listing), responses((status = 200, body = Facts)))]
pub async fn list(State(app): State<Arc<App>>, At(id, ()): At, Filter(asked): Filter<Listing>) -> Answer {
    app.read(move |workspace| {
        let session = workspace.entries(&id)?;
        let as_of = asked.as_of.map_or_else(|| workspace.now(), Time);
        let mut found = ranked(&session, as_of);
        found.retain(|(_, standing)| asked.all || *standing == Standing::Active);
        Reply::json(&Facts::new(&session, as_of, &found))
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfKey {
    /// What the fact is about; capitals count.
    key: String,
    /// As it was at a time, in milliseconds since 1970 UTC; now where nothing is said.
    as_of: Option<i64>,
}

/// Every write of a key in the order of arrival, and what became of it
#[utoipa::path(get, path = "/v1/sessions/{session}/facts/history", tag = "facts", params(("session" = SessionId, Path), OfKey), responses((status = 200, body = FactHistory)))]
pub async fn history(State(app): State<Arc<App>>, At(id, ()): At, Filter(asked): Filter<OfKey>) -> Answer {
    app.read(move |workspace| {
        let session = workspace.entries(&id)?;
        let as_of = asked.as_of.map_or_else(|| workspace.now(), Time);
        let history = FactHistory::new(&session, as_of, &asked.key);
        Reply::json(&history.ok_or_else(|| no_fact(&asked.key))?)
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Write {
    /// What it is about, one line of at most 80 characters.
    #[schema(pattern = r"^[^\r\n]{0,39}\S[^\r\n]{0,39}$")]
    key: String,
    /// What is known of it. One that is too long is refused, not cut.
    #[schema(pattern = r"\S")]
    value: String,
    #[serde(default)]
    kind: FactKind,
    /// session, or project: every session of the same project sees it.
    #[serde(default)]
    scope: Scope,
    /// How far it is believed; an agent's word counts for `tool` at the most. As its writer is believed where nothing is
    /// said.
    trust: Option<Trust>,
    /// Minutes that it holds, 0 for ever; as its kind and scope say where nothing is said.
    ttl: Option<u32>,
    /// Always in the pack, and never out of date.
    #[serde(default)]
    pin: bool,
    /// The entry that it was taken from.
    from: Option<Name>,
}

/// Write a fact; earlier writes of its key stay in its history
///
/// A write that a more trusted one stands against is kept, and told as rejected.
#[utoipa::path(post, path = "/v1/sessions/{session}/facts", tag = "facts", params(("session" = SessionId, Path)), request_body = Write, responses((status = 200, body = FactChanged)))]
pub async fn set(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(asked): Body<Write>) -> Answer {
    let trust = asked.trust.unwrap_or_else(|| Trust::of(&actor));
    if trust > Trust::Tool && app.persons == Persons::Refused {
        return Err(Problem::forbidden(
            format!("an agent's word does not count as that of {trust}"),
            "give inferred, agent or tool; `haversack serve --allow-person` believes more",
        ));
    }
    app.write(move |workspace| {
        let source = match &asked.from {
            Some(name) => Some(name.find(&workspace.entries(&id)?)?),
            None => None,
        };
        let Write { key, value, kind, scope, ttl, pin, .. } = asked;
        let draft = Draft { key, value, kind, scope, trust, pinned: pin, ttl, source };
        let fact = workspace.set_fact(&id, &actor, draft)?;
        tell(workspace, &id, "set", fact.id)
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// A key, for its write in force, or the id of any write.
    #[schema(min_length = 1)]
    fact: String,
}

/// Take a fact out of force; the next write of its key takes its place
#[utoipa::path(post, path = "/v1/sessions/{session}/facts/expire", tag = "facts", params(("session" = SessionId, Path)), request_body = Target, responses((status = 200, body = FactChanged)))]
pub async fn expire(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(on): Body<Target>) -> Answer {
    change(&app, id, actor, on, "expired", Workspace::expire_fact).await
}

/// Keep a fact in every pack; while pinned it does not expire
#[utoipa::path(post, path = "/v1/sessions/{session}/facts/pin", tag = "facts", params(("session" = SessionId, Path)), request_body = Target, responses((status = 200, body = FactChanged)))]
pub async fn pin(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(on): Body<Target>) -> Answer {
    change(&app, id, actor, on, "pinned", Workspace::pin_fact).await
}

/// Let a fact expire when it was written to
#[utoipa::path(post, path = "/v1/sessions/{session}/facts/unpin", tag = "facts", params(("session" = SessionId, Path)), request_body = Target, responses((status = 200, body = FactChanged)))]
pub async fn unpin(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(on): Body<Target>) -> Answer {
    change(&app, id, actor, on, "unpinned", Workspace::unpin_fact).await
}

type Change = fn(&mut Workspace, &SessionId, &Actor, &str) -> workspace::Result<Fact>;

async fn change(app: &App, id: SessionId, actor: Actor, on: Target, what: &'static str, change: Change) -> Answer {
    app.write(move |workspace| {
        let fact = change(workspace, &id, &actor, &on.fact)?;
        tell(workspace, &id, what, fact.id)
    })
    .await
}

fn tell(workspace: &mut Workspace, id: &SessionId, what: &str, fact: FactId) -> Answer {
    let session = workspace.entries(id)?;
    let changed = FactChanged::new(&session, workspace.now(), what, fact);
    // Another program may have taken it back in this moment.
    Reply::json(&changed.ok_or_else(|| no_fact(&fact.to_string()))?)
}

fn no_fact(named: &str) -> Problem {
    Problem::new(
        axum::http::StatusCode::NOT_FOUND,
        "no_fact",
        format!("no fact '{}' was ever written there", named.escape_debug()),
        "GET /v1/sessions/{session}/facts?all=true lists every write",
    )
}
