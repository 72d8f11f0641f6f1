//! How a request fails: a status, and `{error: {code, message, hint}}`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    model::Refusal,
    serve::Unavailable,
    text::{redact, sanitize, words},
    workspace::{Trouble, WorkspaceError},
};

/// Seconds after which one may try again.
const SOON: &str = "2";
/// Characters of what was given that a message quotes.
const QUOTED: usize = 300;

#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    status: StatusCode,
    code: String,
    message: String,
    hint: &'static str,
}

/// The body of every answer that is not good.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Failure {
    pub error: Fault,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Fault {
    /// For programs: `no_session`. A code keeps its meaning.
    pub code: String,
    /// For people, one line.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Problem {
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>, hint: &'static str) -> Problem {
        Problem { status, code: code.into(), message: message.into(), hint }
    }

    /// What was given is not usable; `message` says what is wrong, and what would be right.
    pub fn bad_input(message: impl Into<String>) -> Problem {
        let hint = "/openapi.json describes every route";
        Problem::new(StatusCode::BAD_REQUEST, "bad_input", message, hint)
    }

    pub fn no_entry(message: impl Into<String>) -> Problem {
        let hint = "GET /v1/sessions/{session}/entries lists those there are";
        Problem::new(StatusCode::NOT_FOUND, "no_entry", message, hint)
    }

    pub fn forbidden(message: impl Into<String>, hint: &'static str) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", message, hint)
    }

    pub fn fault() -> Problem {
        let message = "something went wrong on the server's side";
        let hint = "nothing more was done; the server's standard error tells what happened";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", message, hint)
    }

    pub fn busy() -> Problem {
        let message = "the server is busy: nothing was done";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message, "try again after the seconds of Retry-After")
    }

    pub fn too_late() -> Problem {
        let message = "this took too long";
        let hint = "what was sent may have been done: look at the journal before sending it again";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_late", message, hint)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Messages quote what was given, and errors of the store what stands there.
        let message = words::clip(&sanitize::inert_line(&redact::clean(&self.message)), QUOTED);
        let error = Fault { code: self.code, message, hint: self.hint.into() };
        let mut response = (self.status, Json(Failure { error })).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static(SOON));
            }
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}

impl From<Unavailable> for Problem {
    fn from(why: Unavailable) -> Self {
        match why {
            Unavailable::Busy => Problem::busy(),
            Unavailable::Broken => Problem::fault(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        WorkspaceError::from(refusal).into()
    }
}

impl From<WorkspaceError> for Problem {
    fn from(error: WorkspaceError) -> Self {
        let trouble = error.trouble();
        let (status, hint) = match trouble {
            Trouble::NoSession => (StatusCode::NOT_FOUND, "GET /v1/sessions lists those there are"),
            Trouble::SessionDeleted => (StatusCode::NOT_FOUND, "POST /v1/sessions/{session}/undelete brings it back"),
            Trouble::LetGo => (StatusCode::GONE, "its digest is kept; its log, read again, brings it back"),
            Trouble::SessionExists => (StatusCode::CONFLICT, "push into it, or give another session_id"),
            Trouble::NoRow => (StatusCode::NOT_FOUND, "GET /v1/sessions/{session}/journal lists the rows"),
            Trouble::NothingToUndo => (StatusCode::CONFLICT, "GET /v1/sessions/{session}/journal shows what stands"),
            Trouble::Conflict => (StatusCode::CONFLICT, "look at the session as it is now, and ask again"),
            Trouble::Refused => (StatusCode::CONFLICT, "nothing was changed; the message says why"),
            Trouble::Forbidden => (StatusCode::FORBIDDEN, "nothing was changed; ask the person whose edit it is"),
            Trouble::BadInput => (StatusCode::BAD_REQUEST, "nothing was changed; correct it and send it again"),
            Trouble::NotKept => (StatusCode::CONFLICT, "serve a store of Haversack's own for that"),
            Trouble::Busy => return Problem::busy(),
            Trouble::Fault => {
                (StatusCode::INTERNAL_SERVER_ERROR, "`haversack doctor` on the server's machine examines the store")
            }
        };
        Problem::new(status, &trouble.to_string(), error.to_string(), hint)
    }
}

/// For a path that leads nowhere.
pub async fn no_route(uri: Uri) -> Problem {
    let message = format!("there is nothing at {}", uri.path());
    Problem::new(StatusCode::NOT_FOUND, "no_route", message, "/openapi.json lists every route")
}

/// For a method that a path does not take; the header Allow says which it takes.
pub async fn no_method(uri: Uri) -> Problem {
    let message = format!("{} does not take this method", uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "no_method", message, "the header Allow says which it takes")
}
