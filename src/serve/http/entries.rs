//! The entries of a session: a page of them, one, its text at a level, and why it is in the pack or not.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    App, Problem,
    ask::{At, Filter, InPath, Name},
    budget::Numbers,
    reply::{Answer, Reply},
};
use crate::{
    model::{Entry, Kind, Level, Role, SessionId},
    pack::strategy::Strategy,
    workspace::answer::{self, Entries, EntryRow, Rendition},
};

/// Entries in one answer, unless told otherwise, and at the most.
const PAGE: usize = 100;
const LARGEST_PAGE: usize = 1_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Listing {
    /// Only entries whose number is greater: `next` of the page before.
    after: Option<u32>,
    /// Entries at the most; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    #[param(inline)]
    role: Option<Role>,
    #[param(inline)]
    kind: Option<Kind>,
}

/// The entries of a session, in order
#[utoipa::path(get, path = "/v1/sessions/{session}/entries", tag = "entries", params(("session" = SessionId, Path), Listing), responses((status = 200, body = Entries)))]
pub async fn list(State(app): State<Arc<App>>, At(id, ()): At, Filter(asked): Filter<Listing>) -> Answer {
    let limit = asked.limit.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Problem::bad_input(format!("limit is a number from 1 to {LARGEST_PAGE}")));
    }
    app.read(move |workspace| {
        let session = workspace.entries(&id)?;
        let is_meant = |entry: &&Entry| {
            asked.role.is_none_or(|role| entry.role == role) && asked.kind.is_none_or(|kind| entry.kind == kind)
        };
        let meant = || session.entries.iter().filter(is_meant);
        let after = asked.after.unwrap_or(0);
        let mut rest = meant().filter(|entry| entry.seq > after);
        let page: Vec<&Entry> = rest.by_ref().take(limit).collect();
        let next = rest.next().and(page.last()).map(|entry| entry.seq);
        let entries = page.iter().map(|entry| EntryRow::new(entry, &session)).collect();
        Reply::json(&Entries { session_id: &session.id, matches: meant().count(), next, entries })
    })
    .await
}

#[derive(Deserialize)]
pub struct Named {
    entry: String,
}

/// One entry
///
/// Named by its number or its id.
#[utoipa::path(get, path = "/v1/sessions/{session}/entries/{entry}", tag = "entries", params(("session" = SessionId, Path), ("entry" = InPath, Path)), responses((status = 200, body = EntryRow)))]
pub async fn one(State(app): State<Arc<App>>, At(id, named): At<Named>) -> Answer {
    app.read(move |workspace| {
        let session = workspace.entries(&id)?;
        let found = Name::Text(named.entry).find(&session)?;
        let entry = session.entry(found).expect("it was found just now");
        Reply::json(&EntryRow::new(entry, &session))
    })
    .await
}

#[derive(Deserialize)]
pub struct AtLevel {
    entry: String,
    level: Level,
}

/// The text of an entry at a level
#[utoipa::path(get, path = "/v1/sessions/{session}/entries/{entry}/renditions/{level}", tag = "entries", params(("session" = SessionId, Path), ("entry" = InPath, Path), ("level" = inline(Level), Path)), responses((status = 200, body = Rendition)))]
pub async fn rendition(State(app): State<Arc<App>>, At(id, named): At<AtLevel>) -> Answer {
    app.read(move |workspace| {
        let session = workspace.entries(&id)?;
        let found = Name::Text(named.entry).find(&session)?;
        let entry = session.entry(found).expect("it was found just now");
        Reply::json(&Rendition::new(&session.id, entry, named.level))
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Under {
    /// Tokens that may be carried; without it the server's budget.
    budget: Option<u32>,
    window: Option<u32>,
    reserve: Option<u32>,
    fixed: Option<u32>,
    #[param(inline)]
    strategy: Option<Strategy>,
}

/// Why an entry is in the pack or not, when the agent lost it, and what brings it back
#[utoipa::path(get, path = "/v1/sessions/{session}/entries/{entry}/why", tag = "entries", params(("session" = SessionId, Path), ("entry" = InPath, Path), Under), responses((status = 200, body = answer::Why)))]
pub async fn why(State(app): State<Arc<App>>, At(id, named): At<Named>, Filter(under): Filter<Under>) -> Answer {
    let Under { budget, window, reserve, fixed, strategy } = under;
    let budget = Numbers { budget, window, reserve, fixed }.budget_or(app.budget)?;
    app.read(move |workspace| {
        let desk = workspace.desk_by(&id, budget, strategy.unwrap_or(workspace.strategy()))?;
        let found = Name::Text(named.entry).find(desk.session())?;
        let index = desk.session().index_of(found).expect("it was found just now");
        Reply::json(&answer::Why::new(&desk, &[index], 1))
    })
    .await
}
