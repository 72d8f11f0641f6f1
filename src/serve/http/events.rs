//! Changes as they happen: server-sent events, whoever made them.
//!
//! A client's place in the order of changes is all that is kept of it. Whenever the store may have changed, what stands
//! after that place is read and sent; so nothing is lost or sent twice, however slow the client is.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;

use super::{
    App, Problem,
    ask::{self, Filter},
};
use crate::{model::SessionId, workspace::answer::Event};

/// Changes read at once.
const BATCH: usize = 200;
/// Between two signs of life, so that whoever stands between does not cut the line.
const ALIVE: Duration = Duration::from_secs(15);

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Heard {
    /// Only changes of this session.
    #[param(value_type = Option<SessionId>)]
    session_id: Option<String>,
    /// Begin after this event; the header Last-Event-ID says the same, and counts more. From now on where neither is there.
    after: Option<i64>,
}

/// Changes as they happen
///
/// One event of the type `change` for each: its data is an `Event`, its id the number to go on from with Last-Event-ID.
#[utoipa::path(get, path = "/v1/events", tag = "events", params(Heard), responses((status = 200, body = Event, content_type = "text/event-stream")))]
pub async fn events(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Filter(asked): Filter<Heard>,
) -> Result<Response, Problem> {
    let of = asked.session_id.as_deref().map(ask::session).transpose()?;
    let last = match headers.get("last-event-id") {
        None => asked.after,
        Some(id) => {
            let number = id.to_str().ok().and_then(|id| id.trim().parse().ok());
            Some(number.ok_or_else(|| Problem::bad_input("Last-Event-ID is the id of an event, a number"))?)
        }
    };
    let permit = app.streams.clone().try_acquire_owned().map_err(|_| {
        let hint = "listen once for all sessions, or end another stream";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_streams", "too many clients are listening", hint)
    })?;
    let newest = app.engine.read(move |workspace| workspace.newest_stamp()).await??;
    let (sender, receiver) = mpsc::channel(16);
    let listener = Listener { app, of, last: last.unwrap_or(newest), sender, _permit: permit };
    tokio::spawn(listener.listen());
    let stream = Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(ALIVE));
    Ok(([("cache-control", "no-store"), ("x-accel-buffering", "no")], stream).into_response())
}

type Sent = Result<sse::Event, Infallible>;

struct Listener {
    app: Arc<App>,
    of: Option<SessionId>,
    /// The event that was sent last.
    last: i64,
    sender: mpsc::Sender<Sent>,
    _permit: OwnedSemaphorePermit,
}

impl Listener {
    /// Until the client goes away or the server ends.
    async fn listen(mut self) {
        let mut changes = self.app.engine.changes();
        let mut closing = self.app.closing.clone();
        loop {
            changes.mark_unchanged();
            if self.tell().await.is_err() {
                return;
            }
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                _ = closing.wait_for(|closing| *closing) => return,
                () = self.sender.closed() => return,
            }
        }
    }

    /// Sends all that has happened since. An error where it cannot be read or nobody listens any more.
    async fn tell(&mut self) -> Result<(), ()> {
        loop {
            let (after, of) = (self.last, self.of.clone());
            let rows = self.app.engine.read(move |workspace| {
                // Where the newest session was purged, its changes are gone and their numbers come again.
                let after = after.min(workspace.newest_stamp()?);
                workspace.journal_after(after, of.as_ref(), BATCH)
            });
            let rows = rows.await.map_err(|_| ())?.map_err(|_| ())?;
            let all = rows.len() < BATCH;
            for (session, row) in rows {
                let event = Event::new(session, &row);
                let sent = sse::Event::default().id(event.event.to_string()).event("change").json_data(&event);
                self.sender.send(Ok(sent.map_err(|_| ())?)).await.map_err(|_| ())?;
                self.last = row.stamp;
            }
            if all {
                return Ok(());
            }
        }
    }
}
