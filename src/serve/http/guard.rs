//! Who may ask at all: the host by which the server is called, the page that asks, and the token.
//!
//! A page on the web can make a browser send requests to this machine. Its name can be made to lead here (DNS
//! rebinding), so names other than those of this machine are turned away; so are requests that a browser marks as coming
//! from another page. Neither has the token.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::cors::CorsLayer;

use super::{Needed, Problem, ask::ACTOR};
use crate::serve::token::Token;

/// How long an answer may take, the reading of the request included. Streams of events begin at once and go on.
const LONGEST: Duration = Duration::from_secs(60);
const DESCRIPTION: &str = "/openapi.json";

/// Whether a token is asked for.
#[derive(Clone, Debug)]
pub enum Access {
    Token(Token),
    Anyone,
}

#[derive(Clone, Debug)]
pub struct Guard {
    access: Access,
    /// Names of this server besides localhost, in lower case.
    hosts: Vec<String>,
    /// Pages that may ask: `https://example.org`.
    origins: Vec<HeaderValue>,
}

impl Guard {
    /// Whether clients have to show the token.
    pub fn needs_token(&self) -> Needed {
        match self.access {
            Access::Token(_) => Needed::Yes,
            Access::Anyone => Needed::No,
        }
    }

    /// # Errors
    /// Where an origin is none.
    pub fn new(access: Access, hosts: &[String], origins: &[String]) -> Result<Guard, String> {
        let origin = |text: &String| {
            let plain = text.split_once("://").is_some_and(|(scheme, host)| {
                matches!(scheme, "http" | "https") && !host.is_empty() && !host.contains(['/', ' ', '@', '*'])
            });
            let value = plain.then(|| HeaderValue::from_str(text).ok()).flatten();
            value.ok_or_else(|| format!("'{}' is no origin: give one as https://example.org", text.escape_debug()))
        };
        Ok(Guard {
            access,
            hosts: hosts.iter().map(|host| host.to_lowercase()).collect(),
            origins: origins.iter().map(origin).collect::<Result<_, _>>()?,
        })
    }

    /// For the pages that were allowed; nothing where none was.
    pub fn cors(&self) -> Option<CorsLayer> {
        let headers = [header::AUTHORIZATION, header::CONTENT_TYPE, ACTOR, HeaderName::from_static("last-event-id")];
        (!self.origins.is_empty()).then(|| {
            CorsLayer::new()
                .allow_origin(self.origins.clone())
                .allow_methods([Method::GET, Method::POST, Method::DELETE])
                .allow_headers(headers)
        })
    }

    fn admit(&self, request: &Request) -> Result<(), Problem> {
        let headers = request.headers();
        let host = self.host(request)?;
        self.origin(headers, &host)?;
        match &self.access {
            Access::Token(token) if request.uri().path() != DESCRIPTION => {
                let given = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
                let given = given.and_then(|given| given.split_at_checked("Bearer ".len()));
                let is_right = given.is_some_and(|(scheme, given)| {
                    scheme.eq_ignore_ascii_case(b"Bearer ") && token.matches(given.trim_ascii())
                });
                if is_right { Ok(()) } else { Err(no_token()) }
            }
            Access::Token(_) | Access::Anyone => Ok(()),
        }
    }

    /// The host that the request names, with its port: an address, localhost, or a name that was allowed.
    fn host(&self, request: &Request) -> Result<String, Problem> {
        let named = request.headers().get_all(header::HOST);
        let mut named = named.iter().map(|value| value.to_str().unwrap_or_default());
        let (host, others) = (named.next(), named.next());
        let host = host.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
        let host = host.filter(|_| others.is_none()).unwrap_or_default().to_lowercase();
        let known = host.parse::<axum::http::uri::Authority>().is_ok_and(|authority| {
            let name = authority.host();
            let is_address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>().is_ok();
            let is_own = name == "localhost" || self.hosts.iter().any(|host| host == name);
            (is_address || is_own) && !authority.as_str().contains('@')
        });
        match known {
            true => Ok(host),
            false => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "host_refused",
                "this server does not go by the name in the header Host",
                "ask localhost or an address; `haversack serve --allow-host NAME` allows another name",
            )),
        }
    }

    fn origin(&self, headers: &HeaderMap, host: &str) -> Result<(), Problem> {
        let origin = headers.get(header::ORIGIN);
        let is_own = |origin: &HeaderValue| {
            let text = origin.to_str().unwrap_or_default();
            text.split_once("://").is_some_and(|(_, named)| named.eq_ignore_ascii_case(host))
        };
        let allowed = origin.is_some_and(|origin| is_own(origin) || self.origins.contains(origin));
        let from_elsewhere =
            headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site");
        match allowed || (origin.is_none() && !from_elsewhere) {
            true => Ok(()),
            false => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "origin_refused",
                "pages of other sites may not ask this server",
                "`haversack serve --cors ORIGIN` allows the pages of one",
            )),
        }
    }
}

/// Lets in what the guard admits.
pub async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match guard.admit(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Gives up on what takes too long.
pub async fn hurry(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::too_late().into_response(),
    }
}

fn no_token() -> Problem {
    let hint = "send the header 'Authorization: Bearer TOKEN'; `haversack serve --print-token` prints the token";
    Problem::new(StatusCode::UNAUTHORIZED, "no_token", "the token is missing or wrong", hint)
}
