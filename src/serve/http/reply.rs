//! A good answer: JSON or text, made on the thread that has what it tells of.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::Problem;
use crate::text::sanitize;

pub type Answer = Result<Reply, Problem>;

pub struct Reply {
    body: Vec<u8>,
    content_type: &'static str,
}

impl Reply {
    pub fn json(value: &impl Serialize) -> Answer {
        let json = serde_json::to_string(value).map_err(|_| Problem::fault())?;
        // A client may print it on a terminal.
        let body = sanitize::inert_json(&json).into_owned().into_bytes();
        Ok(Reply { body, content_type: "application/json" })
    }

    pub fn text(text: String) -> Reply {
        Reply { body: text.into_bytes(), content_type: "text/plain; charset=utf-8" }
    }

    pub fn markdown(text: String) -> Reply {
        Reply { body: text.into_bytes(), content_type: "text/markdown; charset=utf-8" }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        // A session is nobody's to keep a copy of on the way.
        let headers = [(header::CONTENT_TYPE, self.content_type), (header::CACHE_CONTROL, "no-store")];
        (StatusCode::OK, headers, self.body).into_response()
    }
}
