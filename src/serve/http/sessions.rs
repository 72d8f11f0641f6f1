//! Sessions: the list, one of them, hiding it and bringing it back.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    App,
    ask::{At, Filter, Who},
    reply::{Answer, Reply},
};
use crate::{
    model::{Actor, Entry, SessionId},
    workspace::{
        Workspace,
        answer::{About, Deleted, Listed, Undeleted},
    },
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Deleted sessions too.
    #[serde(default)]
    #[param(required = false)]
    deleted: bool,
}

/// The sessions of the store, the most recently active first
#[utoipa::path(get, path = "/v1/sessions", tag = "sessions", params(Which), responses((status = 200, body = [Listed])))]
pub async fn list(State(app): State<Arc<App>>, Filter(which): Filter<Which>) -> Answer {
    app.read(move |workspace| {
        let mut sessions = workspace.sessions()?;
        sessions.retain(|session| which.deleted || session.deleted_at.is_none());
        Reply::json(&sessions.iter().map(Listed::new).collect::<Vec<_>>())
    })
    .await
}

/// A session, without its entries
#[utoipa::path(get, path = "/v1/sessions/{session}", tag = "sessions", params(("session" = SessionId, Path)), responses((status = 200, body = About)))]
pub async fn one(State(app): State<Arc<App>>, At(id, ()): At) -> Answer {
    app.read(move |workspace| about(workspace, &id)).await
}

/// Hide a session for 30 days
#[utoipa::path(delete, path = "/v1/sessions/{session}", tag = "sessions", params(("session" = SessionId, Path)), responses((status = 200, body = Deleted)))]
pub async fn delete(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At) -> Answer {
    app.write(move |workspace| hide(workspace, id, &actor)).await
}

/// Bring a deleted session back as it was
#[utoipa::path(post, path = "/v1/sessions/{session}/undelete", tag = "sessions", params(("session" = SessionId, Path)), responses((status = 200, body = Undeleted)))]
pub async fn undelete(State(app): State<Arc<App>>, Who(actor): Who, At(id, ()): At) -> Answer {
    app.write(move |workspace| {
        workspace.undelete(&id, &actor)?;
        Reply::json(&Undeleted { session_id: id, deleted: false })
    })
    .await
}

pub fn about(workspace: &mut Workspace, id: &SessionId) -> Answer {
    let session = workspace.entries(id)?;
    let row = workspace.sessions()?.into_iter().find(|row| row.id == *id);
    let pushes = workspace.pushes(id)?.count;
    let entries: Vec<&Entry> = session.entries.iter().collect();
    Reply::json(&About::new(&session, row.as_ref(), pushes, workspace.encoding(), &entries))
}

pub fn hide(workspace: &mut Workspace, id: SessionId, actor: &Actor) -> Answer {
    let row = workspace.sessions()?.into_iter().find(|row| row.id == id);
    workspace.delete(&id, actor)?;
    let entries_removed = row.map_or(0, |row| row.entries);
    Reply::json(&Deleted { session_id: id, entries_removed, deleted: true })
}
