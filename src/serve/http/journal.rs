//! What was done to a session, and taking it back.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    App,
    ask::{At, Body, Filter, Who},
    reply::{Answer, Reply},
};
use crate::{
    model::{JournalRow, SessionId},
    workspace::answer::{EditRow, Stepped},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// A row of the journal; without it the newest edit of whoever asks.
    row: Option<i64>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redo {}

/// Take back the newest edit of whoever asks, or a row of the journal
///
/// Exact, or refused: an edit that a later one stands on is not undone, and nothing is changed then.
#[utoipa::path(post, path = "/v1/sessions/{session}/undo", tag = "journal", params(("session" = SessionId, Path)), request_body = Undo, responses((status = 200, body = Stepped)))]
pub async fn undo(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(asked): Body<Undo>) -> Answer {
    app.write(move |workspace| {
        let undone = match asked.row {
            Some(row) => workspace.undo_row(&id, row, &actor),
            None => workspace.undo(&id, &actor),
        };
        Reply::json(&Stepped::undone(id, &undone?))
    })
    .await
}

/// Bring back what whoever asks took back last
///
/// The body is `{}`.
#[utoipa::path(post, path = "/v1/sessions/{session}/redo", tag = "journal", params(("session" = SessionId, Path)), request_body = Redo, responses((status = 200, body = Stepped)))]
pub async fn redo(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At, Body(Redo {}): Body<Redo>) -> Answer {
    app.write(move |workspace| {
        let redone = workspace.redo(&id, &actor)?;
        Reply::json(&Stepped::redone(id, &redone))
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// Only rows with a greater number.
    after: Option<i64>,
}

/// Every edit of a session, the oldest first
#[utoipa::path(get, path = "/v1/sessions/{session}/journal", tag = "journal", params(("session" = SessionId, Path), After), responses((status = 200, body = [EditRow])))]
pub async fn list(State(app): State<Arc<App>>, At(id, ()): At, Filter(asked): Filter<After>) -> Answer {
    app.read(move |workspace| {
        let journal = workspace.journal(&id)?;
        let is_after = |row: &&JournalRow| asked.after.is_none_or(|after| row.id > after);
        Reply::json(&journal.iter().filter(is_after).map(EditRow::new).collect::<Vec<_>>())
    })
    .await
}
