//! The connection that all protocols share: TLS, time-outs, and what their failures mean.

use std::{error::Error, future::Future, sync::Once};

use reqwest::{Client, redirect::Policy};

use super::{LlmError, Settings};

/// A client for one request.
pub(super) fn client(settings: &Settings) -> Result<Client, LlmError> {
    static RING: Once = Once::new();
    RING.call_once(|| {
        // Fails where one is installed already, and that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let builder = Client::builder().user_agent(concat!("haversack/", env!("CARGO_PKG_VERSION")));
    // A key must not follow a redirection to wherever it points.
    let builder = builder.redirect(Policy::none()).connect_timeout(settings.timeout);
    let builder = if is_of_this_machine(&settings.url) { builder.no_proxy() } else { builder };
    // Without TLS no certificates are needed, and a small container has none.
    let builder = if settings.url.starts_with("http://") { builder.tls_certs_only([]) } else { builder };
    builder.build().map_err(|why| LlmError::Local { why: root(&why) })
}

/// Work that must bring something within the time-out.
pub(super) async fn in_time<T>(
    settings: &Settings,
    work: impl Future<Output = Result<T, LlmError>>,
) -> Result<T, LlmError> {
    match tokio::time::timeout(settings.timeout, work).await {
        Ok(done) => done,
        Err(_) => Err(LlmError::TooSlow { after: settings.timeout }),
    }
}

/// A request that got no answer.
pub(super) fn unanswered(settings: &Settings, why: &reqwest::Error) -> LlmError {
    match () {
        () if why.is_timeout() => LlmError::TooSlow { after: settings.timeout },
        () if why.is_connect() => LlmError::NoServer { provider: settings.provider, url: settings.url.clone() },
        () => LlmError::Broken { chars: 0, why: root(why) },
    }
}

/// An answer with an error's status; `body` is what it says.
pub(super) fn refused(settings: &Settings, status: u16, body: &str) -> LlmError {
    let says = said(body);
    match status {
        404 if says.contains("model") => settings.no_such_model(),
        401 | 403 => LlmError::NotAllowed { url: settings.url.clone(), variable: settings.provider.variable() },
        _ => LlmError::Answered { url: settings.url.clone(), status: Some(status), says },
    }
}

/// `{"error": "…"}` and `{"error": {"message": "…"}}`, or the body itself.
fn said(body: &str) -> String {
    let json: Option<serde_json::Value> = serde_json::from_str(body).ok();
    let error = json.as_ref().and_then(|json| json.get("error"));
    let message = error.and_then(|error| error.as_str().or_else(|| error.get("message")?.as_str()));
    message.unwrap_or(body).to_owned()
}

/// What is at the bottom of an error, which says most.
pub(super) fn root(why: &dyn Error) -> String {
    let mut at = why;
    while let Some(source) = at.source() {
        at = source;
    }
    at.to_string()
}

fn is_of_this_machine(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or(rest);
    host.starts_with("[::1]") || matches!(host.split(':').next(), Some("localhost" | "127.0.0.1"))
}
