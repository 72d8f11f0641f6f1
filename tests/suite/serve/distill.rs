//! distill's clients: their bodies, and the fields that they read.

use axum::{body::Body, http::Method};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::server::InMemory;

/// All of these are there, in this order and before all others.
fn begins_with(said: &Value, fields: &[&str]) {
    let names: Vec<&str> = said.as_object().expect("an object").keys().map(String::as_str).collect();
    for field in fields {
        assert!(names.contains(field), "{field} is not among {names:?}");
    }
}

#[test]
fn its_five_routes_take_its_bodies_and_answer_with_its_fields() {
    let server = InMemory::new();
    let session =
        ["session_id", "max_tokens", "current_tokens", "entry_count", "push_count", "created_at", "updated_at"];
    let made = server.post(
        "/v1/session/create",
        &json!({"session_id": "task-1", "max_tokens": 128_000, "dedup_threshold": 0.15, "preserve_recent": 10}),
    );
    begins_with(&made.json(), &session);
    let again = server.post("/v1/session/create", &json!({"session_id": "task-1", "max_tokens": 1}));
    assert_eq!((again.status.as_u16(), again.code().as_str()), (409, "session_exists"));

    let entry =
        |role: &str, content: &str| json!({"role": role, "content": content, "source": "src/a.go", "importance": 0});
    let entries = json!([entry("user", "Fix the bug."), entry("tool", "package main"), {"role": "user", "content": "And <this>."}]);
    let pushed = server.post("/v1/session/push", &json!({"session_id": "task-1", "entries": entries})).json();
    begins_with(
        &pushed,
        &["session_id", "accepted", "deduplicated", "compressed", "evicted", "current_tokens", "budget_remaining"],
    );
    assert_eq!(pushed["accepted"], 3);

    let asked = json!({"session_id": "task-1", "max_tokens": 2000, "role": "user"});
    let context = server.post("/v1/session/context", &asked).json();
    assert_eq!(context["entries"].as_array().expect("a list").len(), 2, "{context}");
    begins_with(&context["entries"][0], &["id", "role", "content", "level", "tokens", "age"]);
    assert!(context["entries"][0]["level"].is_u64());
    begins_with(&context["stats"], &["total_entries", "total_tokens", "compression_levels", "compression_savings"]);
    assert_eq!(server.get("/v1/session/context?session_id=task-1").json()["entries"].as_array().map(Vec::len), Some(3));

    for got in [
        server.get("/v1/session/get?session_id=task-1"),
        server.post("/v1/session/get", &json!({"session_id": "task-1"})),
    ] {
        begins_with(&got.json(), &session);
        assert_eq!(got.json()["entry_count"], 3);
    }
    let deleted = server.post("/v1/session/delete", &json!({"session_id": "task-1"})).json();
    assert_eq!((&deleted["session_id"], &deleted["entries_removed"]), (&json!("task-1"), &json!(3)));
    let gone = server.post("/v1/session/get", &json!({"session_id": "task-1"}));
    assert_eq!((gone.status.as_u16(), gone.code().as_str()), (404, "session_deleted"));
}

#[test]
fn an_importance_of_0_is_none_as_it_is_there() {
    let server = InMemory::with_session();
    let entries = json!([{"role": "user", "content": "Nothing is said of it.", "importance": 0},
                         {"role": "user", "content": "This matters.", "importance": 0.9}]);
    server.post("/v1/session/push", &json!({"session_id": "task-1", "entries": entries}));
    let by_hand =
        |seq: u32| server.get(&format!("/v1/sessions/task-1/entries/{seq}")).json()["state"]["importance"].clone();
    assert_eq!((by_hand(5), by_hand(6)), (Value::Null, json!(900)));
}

#[test]
fn delete_names_the_session_in_the_body_or_in_the_query() {
    let server = InMemory::new();
    for (path, body) in [("/v1/session/delete?session_id=a", ""), ("/v1/session/delete", r#"{"session_id": "a"}"#)] {
        server.post("/v1/session/create", &json!({"session_id": "a"}));
        let request = server.request(Method::DELETE, path).body(Body::from(body)).expect("a request");
        assert_eq!(server.ask(request).json()["deleted"], true, "{path}");
    }
}

#[test]
fn a_push_is_whole_or_not_at_all() {
    let server = InMemory::with_session();
    let entries = json!([{"role": "user", "content": "Good."}, {"role": "nobody", "content": "Bad."}]);
    let said = server.post("/v1/session/push", &json!({"session_id": "task-1", "entries": entries}));
    assert_eq!((said.status.as_u16(), said.code().as_str()), (400, "bad_input"));
    assert!(said.json()["error"]["message"].as_str().expect("text").starts_with("entries[1]: 'nobody' is no role"));
    assert_eq!(server.get("/v1/sessions/task-1").json()["entry_count"], 4);
}

#[test]
fn a_context_is_an_export_and_a_plan_is_not() {
    let server = InMemory::with_session();
    let cached = |path: &str| server.get(path).json()["cached_tokens"].clone();
    assert_eq!(cached("/v1/sessions/task-1/plan"), Value::Null);
    assert_eq!(cached("/v1/session/context?session_id=task-1&role=user"), Value::Null, "a listing is no pack");
    assert_eq!(cached("/v1/session/context?session_id=task-1"), Value::Null);
    assert!(cached("/v1/sessions/task-1/plan").is_u64(), "what was sent is remembered");
}
