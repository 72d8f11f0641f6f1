//! `/openapi.json` tells the truth: every route that it describes answers as described, and no route is left out.

use axum::{body::Body, http::Method};
use haversack::serve::http;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::server::{InMemory, Said};

/// A request for each route, in an order in which all of them can be done.
fn requests() -> Vec<(&'static str, &'static str, String, Option<Value>)> {
    let session = "/v1/sessions/{session}";
    let mut all: Vec<(&str, &str, String, Option<Value>)> = Vec::new();
    let mut post = |path: &'static str, body: Value| all.push(("post", path, String::new(), Some(body)));
    post("/v1/session/create", json!({"session_id": "task-2"}));
    post("/v1/session/push", json!({"session_id": "task-2", "entries": [{"role": "user", "content": "Look at it."}]}));
    post("/v1/session/context", json!({"session_id": "task-1"}));
    post("/v1/session/get", json!({"session_id": "task-1"}));
    post("/v1/session/delete", json!({"session_id": "task-2"}));
    post("/v1/sessions/{session}/pin", json!({"entries": [1, "#2"]}));
    post("/v1/sessions/{session}/unpin", json!({"entries": ["2"]}));
    post("/v1/sessions/{session}/rescore", json!({"entries": [4], "importance": 0.9}));
    post("/v1/sessions/{session}/compact", json!({"entries": [3], "level": "sentence"}));
    post("/v1/sessions/{session}/rewrite", json!({"entry": 3, "level": "summary", "text": "It fails."}));
    post("/v1/sessions/{session}/evict", json!({"entries": [2]}));
    post("/v1/sessions/{session}/restore", json!({"entries": [2]}));
    post("/v1/sessions/{session}/archive", json!({"entries": [4]}));
    post("/v1/sessions/{session}/undo", json!({}));
    post("/v1/sessions/{session}/redo", json!({}));
    post("/v1/sessions/{session}/undo", json!({}));
    post("/v1/sessions/{session}/condense", json!({"entries": [2, 3, 4], "tokens": 300, "dry_run": true}));
    post("/v1/sessions/{session}/facts", json!({"key": "verify", "value": "cargo test", "from": 2}));
    post("/v1/sessions/{session}/facts/pin", json!({"fact": "verify"}));
    post("/v1/sessions/{session}/facts/unpin", json!({"fact": "verify"}));
    let mut get = |path: &'static str, query: &str| all.push(("get", path, query.into(), None));
    get("/v1/sessions/{session}/facts", "all=true");
    get("/v1/sessions/{session}/facts/history", "key=verify");
    get("/v1/session/context", "session_id=task-1&max_tokens=80");
    get("/v1/session/get", "session_id=task-1");
    get("/v1/sessions", "deleted=true");
    get(session, "");
    get("/v1/sessions/{session}/entries", "limit=2");
    get("/v1/sessions/{session}/entries/{entry}", "");
    get("/v1/sessions/{session}/entries/{entry}/renditions/{level}", "");
    get("/v1/sessions/{session}/entries/{entry}/why", "budget=60");
    get("/v1/sessions/{session}/journal", "after=1");
    get("/v1/sessions/{session}/plan", "budget=60");
    get("/v1/sessions/{session}/plan", "strategy=window&format=text");
    get("/v1/sessions/{session}/compare", "sides=balanced,agent");
    get("/v1/sessions/{session}/budgets", "points=3");
    get("/v1/sessions/{session}/replay", "budget=500");
    get("/v1/recall", "query=rounding");
    all.push(("post", "/v1/sessions/{session}/facts/expire", String::new(), Some(json!({"fact": "verify"}))));
    all.push(("delete", session, String::new(), None));
    all.push(("post", "/v1/sessions/{session}/undelete", String::new(), Some(Value::Null)));
    all.push(("delete", "/v1/session/delete", "session_id=task-1".into(), None));
    all
}

#[test]
fn every_route_that_is_described_answers_as_described() {
    let server = InMemory::with_session();
    let api = server.get("/openapi.json").json();
    let mut left: Vec<String> = operations(&api).map(|(method, path, _)| format!("{method} {path}")).collect();
    // A stream does not end: it has tests of its own.
    left.retain(|operation| operation != "get /v1/events");
    for (method, path, query, body) in requests() {
        let operation = &api["paths"][path][method];
        assert!(operation.is_object(), "{method} {path} is not described");
        let named = path.replace("{session}", "task-1").replace("{entry}", "3").replace("{level}", "summary");
        let method: Method = method.to_uppercase().parse().expect("a method");
        let uri = if query.is_empty() { named } else { format!("{named}?{query}") };
        if let Some(body) = body.as_ref().filter(|body| !body.is_null()) {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            fits(&api, schema, body).unwrap_or_else(|why| panic!("the body for {uri}: {why}"));
        }
        let text = body.map(|body| body.to_string()).unwrap_or_default();
        let said = server.ask(server.request(method.clone(), &uri).body(Body::from(text)).expect("a request"));
        assert_eq!(said.status, 200, "{method} {uri}: {}", String::from_utf8_lossy(&said.body));
        as_described(&api, operation, &said).unwrap_or_else(|why| panic!("{method} {uri}: {why}"));
        left.retain(|operation| *operation != format!("{} {path}", method.as_str().to_lowercase()));
    }
    assert_eq!(left, [""; 0], "routes without a request here");
}

#[test]
fn every_route_fails_as_described() {
    let server = InMemory::with_session();
    let api = http::description();
    for (method, path, operation) in operations(&api) {
        let method: Method = method.to_uppercase().parse().expect("a method");
        let nowhere = path.replace("{session}", "nowhere").replace("{entry}", "3").replace("{level}", "summary");
        let request = || server.request(method.clone(), &format!("{nowhere}?session_id=%20&key=a&query=a"));
        let wrong = server.ask(request().body(Body::from("[")).expect("a request"));
        assert!(wrong.status.is_client_error(), "{method} {path}");
        as_described(&api, operation, &wrong).unwrap_or_else(|why| panic!("{method} {path}: {why}"));
        let mut unknown = request().body(Body::from("[")).expect("a request");
        unknown.headers_mut().remove("authorization");
        let unknown = server.ask(unknown);
        assert_eq!(unknown.status, 401, "{method} {path}");
        as_described(&api, operation, &unknown).unwrap_or_else(|why| panic!("{method} {path}: {why}"));
    }
}

fn operations(api: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = api["paths"].as_object().expect("paths").iter();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().expect("an item").iter();
        methods.map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
    })
}

fn as_described(api: &Value, operation: &Value, said: &Said) -> Result<(), String> {
    let response = &operation["responses"][said.status.as_str()];
    let response = refered(api, response);
    let kind = said.content_type.split(';').next().expect("split gives one at least");
    let content = &response["content"][kind];
    match (content.is_object(), kind) {
        (false, _) => Err(format!("{} as {kind} is not described", said.status)),
        (true, "application/json") => fits(api, &content["schema"], &said.json()),
        (true, _) => Ok(()),
    }
}

fn refered<'a>(api: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(to) => api.pointer(to.trim_start_matches('#')).unwrap_or_else(|| panic!("{to} is not there")),
        None => value,
    }
}

/// Whether a value is what a schema says: no field is missing, none is there that is not described.
fn fits(api: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let schema = refered(api, schema);
    let parts = |name: &str| schema[name].as_array();
    if let Some(choices) = parts("oneOf") {
        let wrong: Vec<String> = choices.iter().filter_map(|choice| fits(api, choice, value).err()).collect();
        return if wrong.len() + 1 == choices.len() { Ok(()) } else { Err(format!("{value} is none of {wrong:?}")) };
    }
    if let Some(all) = parts("allOf") {
        return fits(api, &merged(api, all), value);
    }
    if let Some(words) = parts("enum") {
        return if words.contains(value) { Ok(()) } else { Err(format!("{value} is none of {words:?}")) };
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return Err(format!("the schema says no type: {schema}")),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_one = kinds.contains(&kind) || kind == "integer" && kinds.contains(&"number");
    if !is_one {
        return Err(format!("{value} is no {kinds:?}"));
    }
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| fits(api, &schema["items"], item)),
        Value::Object(fields) => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            if let Some(missing) = required.into_iter().find(|name| !fields.contains_key(*name)) {
                return Err(format!("{missing} is missing in {value}"));
            }
            fields.iter().try_for_each(|(name, field)| {
                let described = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
                let described = described.ok_or_else(|| format!("{name} is not described"))?;
                fits(api, described, field).map_err(|why| format!("{name}: {why}"))
            })
        }
        _ => Ok(()),
    }
}

/// Schemas of which all hold, as one.
fn merged(api: &Value, all: &[Value]) -> Value {
    let (mut properties, mut required) = (serde_json::Map::new(), Vec::new());
    for part in all {
        let part = match refered(api, part) {
            part if part["allOf"].is_array() => &merged(api, part["allOf"].as_array().expect("it is one")),
            part => part,
        };
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    json!({"type": "object", "properties": properties, "required": required})
}
