//! Finding entries and facts by their words.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    App, Problem,
    ask::{self, Filter},
    reply::{Answer, Reply},
};
use crate::{
    model::SessionId,
    workspace::{Scope, answer::Recalled},
};

/// Hits at the most, unless told otherwise; lore's.
const LIMIT: usize = 15;
const MOST_HITS: usize = 1_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// Words to look for. Every word must be there; where no entry has all, any of them.
    query: String,
    /// Look into one session; into all where nothing is said.
    #[param(value_type = Option<SessionId>)]
    session_id: Option<String>,
    /// Hits at the most; 15 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// Find entries by their words: archived, evicted and superseded ones too
#[utoipa::path(get, path = "/v1/recall", tag = "recall", params(Query), responses((status = 200, body = Recalled)))]
pub async fn recall(State(app): State<Arc<App>>, Filter(asked): Filter<Query>) -> Answer {
    let limit = asked.limit.unwrap_or(LIMIT);
    if !(1..=MOST_HITS).contains(&limit) {
        return Err(Problem::bad_input(format!("limit is a number from 1 to {MOST_HITS}")));
    }
    let scope = match asked.session_id.as_deref().map(ask::session).transpose()? {
        None => Scope::All,
        Some(id) => Scope::Session(id),
    };
    app.read(move |workspace| {
        let hits = workspace.recall(&asked.query, &scope, limit)?;
        let facts = workspace.recall_facts(&asked.query, &scope, limit)?;
        Reply::json(&Recalled::new(&asked.query, &scope, &hits, &facts))
    })
    .await
}
