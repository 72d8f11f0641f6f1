//! Who may ask: token, host, page, actor; and how much at once.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use haversack::serve::http::{MOST_BODY, MOST_ENTRIES, Needed, Options, Persons, ServeError, Server};
use pretty_assertions::assert_eq;
use serde_json::json;

use super::server::{InMemory, Said, options};

fn with(server: &InMemory, name: &str, value: &str) -> Said {
    let mut request = server.request(Method::GET, "/v1/sessions").body(Body::empty()).expect("a request");
    let name = header::HeaderName::from_bytes(name.as_bytes()).expect("a name");
    request.headers_mut().insert(name, value.parse().expect("a value"));
    server.ask(request)
}

#[test]
fn nothing_but_the_description_is_told_without_the_token() {
    let server = InMemory::new();
    let bare = |path: &str, token: Option<&str>| {
        let request = Request::builder().uri(path).header(header::HOST, "localhost");
        let request = token.iter().fold(request, |request, token| request.header(header::AUTHORIZATION, *token));
        server.ask(request.body(Body::empty()).expect("a request"))
    };
    let right = format!("Bearer {}", server.token);
    let cut = &right[..right.len() - 1];
    let basic = right.replace("Bearer", "Basic");
    for wrong in [None, Some(""), Some("Bearer"), Some("Bearer "), Some(cut), Some(basic.as_str()), Some("Bearer é")] {
        for path in ["/v1/sessions", "/v1/nowhere", "/", "/v1/events"] {
            let said = bare(path, wrong);
            assert_eq!((said.status.as_u16(), said.code().as_str()), (401, "no_token"), "{path} {wrong:?}");
        }
    }
    assert_eq!(bare("/v1/sessions", Some(&right)).status, 200);
    assert_eq!(bare("/v1/sessions", Some(&right.to_lowercase())).status, 200, "the scheme's case does not matter");
    assert_eq!(bare("/openapi.json", None).status, 200);
}

#[test]
fn a_name_that_was_made_to_lead_here_is_turned_away() {
    let server = InMemory::with(Options { hosts: vec!["memory.example".into()], ..options() });
    for own in ["localhost", "LOCALHOST:8600", "127.0.0.1:8600", "[::1]:8600", "192.168.1.7", "memory.example:8600"] {
        assert_eq!(with(&server, "host", own).status, 200, "{own}");
    }
    for other in
        ["evil.example", "localhost.evil.example", "evil.example:8600", "", "a@localhost", "127.0.0.1.evil.example"]
    {
        let said = with(&server, "host", other);
        assert_eq!((said.status.as_u16(), said.code().as_str()), (403, "host_refused"), "{other}");
    }
}

#[test]
fn pages_of_other_sites_may_not_ask_unless_they_were_allowed() {
    let server = InMemory::new();
    for (name, value) in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let said = with(&server, name, value);
        assert_eq!((said.status.as_u16(), said.code().as_str()), (403, "origin_refused"), "{name}");
    }
    assert_eq!(with(&server, "origin", "http://localhost:8600").status, 200, "its own pages may");

    let server = InMemory::with(Options { origins: vec!["https://board.example".into()], ..options() });
    assert_eq!(with(&server, "origin", "https://board.example").status, 200);
    assert_eq!(with(&server, "origin", "https://other.example").status, 403);
    let wrong = Options { origins: vec!["*".into()], ..options() };
    assert!(matches!(Server::new(&server.config, &wrong), Err(ServeError::Origin(_))), "everybody is no origin");
}

#[test]
fn without_a_token_it_serves_this_machine_only() {
    let server = InMemory::with(Options { token: Needed::No, ..options() });
    let request = Request::builder().uri("/v1/sessions").header(header::HOST, "localhost").body(Body::empty());
    assert_eq!(server.ask(request.expect("a request")).status, 200);
    for (server, asks) in [(&server, false), (&InMemory::new(), true)] {
        let described = Request::builder().uri("/openapi.json").header(header::HOST, "localhost").body(Body::empty());
        let described = server.ask(described.expect("a request")).json();
        assert_eq!(described.get("security").is_some(), asks, "the description asks for what the server asks for");
    }
    assert_eq!(with(&server, "host", "evil.example").status, 403);
    assert_eq!(with(&server, "origin", "https://evil.example").status, 403);
    let open = Options { token: Needed::No, address: "0.0.0.0:0".parse().expect("an address"), ..options() };
    assert!(matches!(Server::new(&server.config, &open), Err(ServeError::OpenToOthers(_))));
}

#[test]
fn a_client_is_an_agent() {
    let server = InMemory::with_session();
    let pin = |server: &InMemory, actor: &str| {
        server.post_as(actor, "/v1/sessions/task-1/pin", &json!({"entries": [1]})).status.as_u16()
    };
    assert_eq!([pin(&server, "person"), pin(&server, "rule")], [403, 403]);
    assert_eq!([pin(&server, "agent:"), pin(&server, "kim"), pin(&server, "")], [400, 400, 400]);
    assert_eq!(pin(&server, "agent:claude"), 200);
    let trusted = json!({"key": "port", "value": "4000", "trust": "user"});
    assert_eq!(server.post("/v1/sessions/task-1/facts", &trusted).status, 403, "it is not believed like a person");
    let rows = server.get("/v1/sessions/task-1/journal").json();
    let last = rows.as_array().and_then(|rows| rows.last()).expect("the pin is there");
    assert_eq!(
        (&last["actor"], &last["via"], &last["words"]),
        (&json!("agent:claude"), &json!("http"), &json!("pinned #1"))
    );

    let server = InMemory::with(Options { persons: Persons::Allowed, ..options() });
    server.post("/v1/session/create", &json!({"session_id": "task-1"}));
    let entries = json!([{"role": "user", "content": "Never round before the total."}]);
    server.post("/v1/session/push", &json!({"session_id": "task-1", "entries": entries}));
    assert_eq!(pin(&server, "person"), 200);
    let said = server.post_as("agent:claude", "/v1/sessions/task-1/unpin", &json!({"entries": [1]}));
    assert_eq!((said.status.as_u16(), said.code().as_str()), (403, "forbidden"), "it is the person's pin");
}

#[test]
fn too_much_at_once_is_refused_and_nothing_of_it_stored() {
    let server = InMemory::with_session();
    let push = |entries: serde_json::Value| {
        server.post("/v1/session/push", &json!({"session_id": "task-1", "entries": entries}))
    };
    let entry = json!({"role": "user", "content": "More of it."});
    let said = push(json!(vec![entry.clone(); MOST_ENTRIES + 1]));
    assert_eq!((said.status.as_u16(), said.code().as_str()), (413, "too_many_entries"));
    let said = push(json!([{"role": "user", "content": "a".repeat(MOST_BODY)}]));
    assert_eq!((said.status.as_u16(), said.code().as_str()), (413, "body_too_large"));
    assert_eq!(server.get("/v1/sessions/task-1").json()["entry_count"], 4);
}
