//! Bad requests of every kind: always a structured 4xx, never a 500, and nothing is changed.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use pretty_assertions::assert_eq;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use super::server::InMemory;

/// Paths with the bodies that they would take.
const POSTS: [(&str, &str); 20] = [
    ("/v1/session/create", r#"{"session_id":"x","max_tokens":1}"#),
    ("/v1/session/push", r#"{"session_id":"task-1","entries":[{"role":"user","content":"a"}]}"#),
    ("/v1/session/context", r#"{"session_id":"task-1"}"#),
    ("/v1/session/get", r#"{"session_id":"task-1"}"#),
    ("/v1/session/delete", r#"{"session_id":"task-1"}"#),
    ("/v1/sessions/task-1/pin", r#"{"entries":[1]}"#),
    ("/v1/sessions/task-1/unpin", r#"{"entries":[1]}"#),
    ("/v1/sessions/task-1/rescore", r#"{"entries":[1],"importance":0.5}"#),
    ("/v1/sessions/task-1/compact", r#"{"entries":[1]}"#),
    ("/v1/sessions/task-1/evict", r#"{"entries":[1]}"#),
    ("/v1/sessions/task-1/archive", r#"{"entries":[1]}"#),
    ("/v1/sessions/task-1/restore", r#"{"entries":[1]}"#),
    ("/v1/sessions/task-1/rewrite", r#"{"entry":1,"level":"summary","text":"a"}"#),
    ("/v1/sessions/task-1/condense", r#"{"entries":[1]}"#),
    ("/v1/sessions/task-1/undo", "{}"),
    ("/v1/sessions/task-1/redo", "{}"),
    ("/v1/sessions/task-1/facts", r#"{"key":"a","value":"b"}"#),
    ("/v1/sessions/task-1/facts/expire", r#"{"fact":"a"}"#),
    ("/v1/sessions/task-1/facts/pin", r#"{"fact":"a"}"#),
    ("/v1/sessions/task-1/facts/unpin", r#"{"fact":"a"}"#),
];
const GETS: [&str; 12] = [
    "/v1/session/context?session_id=task-1&",
    "/v1/session/get?session_id=task-1&",
    "/v1/sessions?",
    "/v1/sessions/task-1/entries?",
    "/v1/sessions/task-1/entries/1/why?",
    "/v1/sessions/task-1/journal?",
    "/v1/sessions/task-1/plan?",
    "/v1/sessions/task-1/compare?",
    "/v1/sessions/task-1/budgets?",
    "/v1/sessions/task-1/replay?",
    "/v1/recall?query=a&",
    "/v1/events?",
];

/// A request that is wrong in one way at least.
#[derive(Clone, Debug)]
enum Bad {
    /// Another type in place of the body, or of one of its fields.
    Type(usize, usize, Value),
    /// A field that the body does not have.
    Unknown(usize, String),
    /// A field is missing: no route works without its body.
    Cut(usize, usize),
    /// No JSON, and mostly no UTF-8.
    Bytes(usize, Vec<u8>),
    /// No such session: names, paths that climb, signs.
    Session(usize, String),
    /// Nothing at all.
    Path(Method, String),
    Query(usize, String, String),
    Token(usize, Vec<u8>),
    Host(usize, String),
}

fn bad() -> impl Strategy<Value = Bad> {
    let posts = 0..POSTS.len();
    let odd = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1e300..0.0f64).prop_map(Value::from),
        Just(json!(u64::MAX)),
        Just(json!([[[[{}]]]])),
        Just(json!({"a": 1})),
        Just(json!("\u{0}\u{202e}")),
    ];
    let climbing = prop_oneof![
        Just("..%2f..%2fetc%2fpasswd".to_owned()),
        Just("%2e%2e/%2e%2e".into()),
        Just("%00".into()),
        Just("%ff%fe".into()),
        Just("a%20b".into()),
        Just("%".into()),
        "[a-z0-9:._-]{1,40}".prop_map(|name| format!("no-{name}")),
        "[a-z]{201,300}",
    ];
    let wrong_token = prop_oneof![
        Just(Vec::new()),
        proptest::collection::vec(0x21u8..0x7f, 0..80),
        proptest::collection::vec(0x80u8.., 1..80),
    ];
    let methods = prop_oneof![
        Just(Method::GET),
        Just(Method::POST),
        Just(Method::PUT),
        Just(Method::PATCH),
        Just(Method::DELETE)
    ];
    prop_oneof![
        (posts.clone(), 0usize..4, odd).prop_map(|(at, field, value)| Bad::Type(at, field, value)),
        (posts.clone(), "[a-z_]{1,12}").prop_map(|(at, name)| Bad::Unknown(at, format!("x_{name}"))),
        (posts.clone(), 1usize..200).prop_map(|(at, cut)| Bad::Cut(at, cut)),
        (posts.clone(), proptest::collection::vec(any::<u8>(), 0..200)).prop_map(|(at, bytes)| Bad::Bytes(at, bytes)),
        (posts.clone(), climbing.clone()).prop_map(|(at, name)| Bad::Session(at, name)),
        (methods, climbing).prop_map(|(method, path)| Bad::Path(method, path)),
        (0..GETS.len(), "[a-z_]{1,10}", "[^&]{0,20}").prop_map(|(at, name, value)| Bad::Query(at, name, value)),
        (posts.clone(), wrong_token).prop_map(|(at, token)| Bad::Token(at, token)),
        (posts, "[a-z.]{1,20}").prop_map(|(at, host)| Bad::Host(at, format!("{host}.example"))),
    ]
}

/// `None` where it came out as a good one.
fn request(server: &InMemory, bad: &Bad) -> Option<Request<Body>> {
    let post = |at: usize| server.request(Method::POST, POSTS[at].0);
    let body = |at: usize| serde_json::from_str::<Value>(POSTS[at].1).expect("the bodies are JSON");
    let built = match bad {
        Bad::Type(at, 0, value) => post(*at).body(value.to_string().into()),
        Bad::Type(at, field, value) => {
            let mut body = body(*at);
            let fields = body.as_object_mut().expect("an object");
            // Of one without fields the whole is wrong then.
            let name = fields.keys().nth(field % fields.len().max(1)).cloned()?;
            // What may be null may be left out.
            let may_be_null =
                matches!(name.as_str(), "max_tokens" | "importance" | "text") || (name == "session_id" && *at == 0);
            if value.is_null() && may_be_null {
                return None;
            }
            // Any text names a session or a fact.
            if value.is_string() && matches!(name.as_str(), "text" | "key" | "value") {
                return None;
            }
            fields.insert(name, value.clone());
            post(*at).body(body.to_string().into())
        }
        Bad::Unknown(at, name) => {
            let mut body = body(*at);
            body.as_object_mut().expect("an object").insert(name.clone(), json!(1));
            post(*at).body(body.to_string().into())
        }
        Bad::Cut(at, cut) => {
            let text = POSTS[*at].1;
            post(*at).body(text[..cut % text.len()].to_owned().into())
        }
        Bad::Bytes(at, bytes) => post(*at).body(bytes.clone().into()),
        Bad::Session(at, name) => {
            let path = POSTS[*at].0.replace("task-1", name);
            if path == POSTS[*at].0 {
                return None;
            }
            server.request(Method::POST, &path).body(POSTS[*at].1.into())
        }
        Bad::Path(method, path) => server.request(method.clone(), &format!("/v1/{path}")).body(Body::empty()),
        Bad::Query(at, name, value) => {
            let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
            server.request(Method::GET, &format!("{}x_{name}={}", GETS[*at], encode(value))).body(Body::empty())
        }
        Bad::Token(at, token) => {
            let mut request = post(*at).body(Body::from(POSTS[*at].1)).expect("a request");
            let value = header::HeaderValue::from_bytes(&[b"Bearer ", token.as_slice()].concat()).ok()?;
            request.headers_mut().insert(header::AUTHORIZATION, value);
            Ok(request)
        }
        Bad::Host(at, host) => {
            let mut request = post(*at).body(Body::from(POSTS[*at].1)).expect("a request");
            request.headers_mut().insert(header::HOST, host.parse().ok()?);
            Ok(request)
        }
    };
    // What is no address cannot be sent.
    built.ok()
}

#[test]
fn a_bad_request_is_a_structured_4xx_and_changes_nothing() {
    let server = InMemory::with_session();
    let state = || {
        let paths = [
            "/v1/sessions?deleted=true",
            "/v1/sessions/task-1/entries",
            "/v1/sessions/task-1/facts?all=true&as_of=1",
            "/v1/sessions/task-1/journal",
        ];
        paths.map(|path| server.get(path).json())
    };
    let before = state();
    let sent = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: 10_000, failure_persistence: None, ..Config::default() });
    runner
        .run(&bad(), |bad| {
            let Some(request) = request(&server, &bad) else { return Ok(()) };
            let what = format!("{} {}", request.method(), request.uri());
            let said = server.ask(request);
            prop_assert!(
                said.status.is_client_error(),
                "{what}: {} {}",
                said.status,
                String::from_utf8_lossy(&said.body)
            );
            prop_assert_eq!(&said.content_type, "application/json", "{}", what);
            prop_assert!(!said.code().is_empty());
            sent.set(sent.get() + 1);
            Ok(())
        })
        .unwrap_or_else(|why| panic!("{why}"));
    assert!(sent.get() > 9_000, "only {} of them were bad", sent.get());
    assert_eq!(state(), before);
}
