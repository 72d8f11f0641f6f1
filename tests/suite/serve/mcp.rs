//! MCP over standard input and output: every tool listed and called, who it is by, sessions as resources, at the same time.

use std::collections::HashSet;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::agent::{Agent, protocol_error, run};
use crate::cli::place::Place;

const TOOLS: [&str; 10] = [
    "create_session",
    "push_session",
    "session_context",
    "plan_context",
    "expand_entry",
    "recall",
    "remember_fact",
    "pin",
    "undo",
    "delete_session",
];

/// Lists and calls every tool; each answer is as its schema says.
pub async fn every_tool(agent: &Agent) {
    let tools = agent.peer().list_all_tools().await.expect("tools are listed");
    assert_eq!(tools.iter().map(|tool| tool.name.as_ref()).collect::<Vec<_>>(), TOOLS);
    for tool in &tools {
        let annotations = tool.annotations.as_ref().expect("every tool says what it does");
        let reads = ["plan_context", "expand_entry", "recall"].contains(&tool.name.as_ref());
        let takes = ["undo", "delete_session"].contains(&tool.name.as_ref());
        assert_eq!(
            (annotations.read_only_hint, annotations.destructive_hint),
            (Some(reads), Some(takes)),
            "{}",
            tool.name
        );
        assert_eq!(annotations.open_world_hint, Some(false));
        for (name, field) in tool.input_schema["properties"].as_object().expect("every tool takes something") {
            assert!(field["description"].is_string() && field["type"].is_string(), "{} {name}: {field}", tool.name);
        }
    }
    let asked = async |name: &'static str, arguments: Value| {
        let answer = agent.ask(name, arguments).await;
        let schema = tools.iter().find(|tool| tool.name == name).and_then(|tool| tool.output_schema.clone());
        let schema = Value::Object(schema.expect("every tool says what it gives").as_ref().clone());
        assert_eq!(misfit(&answer, &schema), None, "{name} gave {answer}");
        answer
    };
    let created = asked("create_session", json!({})).await;
    let id = created["session_id"].as_str().expect("it is text").to_owned();
    assert_eq!((&created["max_tokens"], &created["preserve_recent"]), (&json!(128_000), &json!(10)));
    let rounding = "Never round before the total: the cents are lost.";
    let pushed = json!({"session_id": id, "role": "user", "content": rounding, "importance": 0.9});
    assert_eq!(asked("push_session", pushed).await["added"][0]["seq"], 1);
    let run = format!("running 3 tests\n{}", "test round ... ok\n".repeat(60));
    let pushed = json!({"session_id": id, "content": run, "source": "cargo test"});
    assert_eq!(asked("push_session", pushed.clone()).await["deduplicated"], 0);
    let again = asked("push_session", pushed).await;
    assert_eq!((&again["deduplicated"], &again["superseded"][0]["seq"]), (&json!(1), &json!(2)));
    let context = asked("session_context", json!({"session_id": id})).await;
    let seqs: Vec<&Value> = context["entries"].as_array().expect("a list").iter().map(|entry| &entry["seq"]).collect();
    assert_eq!((seqs, &context["stats"]["superseded"]), (vec![&json!(1), &json!(3)], &json!(1)));
    assert_eq!((&context["entries"][0]["content"], &context["entries"][0]["level"]), (&json!(rounding), &json!(0)));
    asked("session_context", json!({"session_id": id, "role": "user"})).await;
    asked("session_context", json!({"session_id": id, "format": "text", "max_tokens": 0})).await;
    for strategy in ["balanced", "ladder", "gradient", "window", "rolling"] {
        let plan = asked("plan_context", json!({"session_id": id, "budget": 60, "strategy": strategy})).await;
        assert_eq!(plan["strategy"], strategy);
        assert!(plan["excluded_total"].as_u64() > Some(0), "{plan}");
    }
    let part = asked("expand_entry", json!({"session_id": id, "entry": "#3", "from_line": 1, "to_line": 1})).await;
    assert_eq!(
        (&part["text"], &part["lines"], &part["next_char"]),
        (&json!("running 3 tests\n"), &json!(61), &Value::Null)
    );
    let found = asked("recall", json!({"query": "cents", "session_id": id})).await;
    assert_eq!(found["hits"][0]["seq"], 1);
    let fact =
        json!({"session_id": id, "key": "verify", "value": "cargo test", "kind": "verification", "from_entry": "3"});
    assert_eq!(asked("remember_fact", fact).await["fact"]["trust"], "agent");
    let pinned = asked("pin", json!({"session_id": id, "entry": 1})).await;
    assert!(pinned["words"].as_str().is_some_and(|words| words.starts_with("pinned #1")), "{pinned}");
    assert_eq!(asked("undo", json!({"session_id": id})).await["words"], "undone: pinned #1");
    let deleted = asked("delete_session", json!({"session_id": id})).await;
    assert_eq!((&deleted["deleted"], &deleted["entries_removed"]), (&json!(true), &json!(3)));
}

/// Where a value is not as its schema says; a field that the schema does not name is told too.
fn misfit(value: &Value, schema: &Value) -> Option<String> {
    if let Some(ways) = schema["oneOf"].as_array() {
        let fits = ways.iter().filter(|way| misfit(value, way).is_none()).count();
        return (fits != 1).then(|| format!("{value} fits {fits} of {ways:?}"));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is = |named: &Value| named == kind || (named == "number" && kind == "integer");
    let named = &schema["type"];
    if !named.is_null() && !is(named) && !named.as_array().is_some_and(|kinds| kinds.iter().any(is)) {
        return Some(format!("{value} is no {named}"));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return Some(format!("{value} is none of {}", schema["enum"]));
    }
    match value {
        Value::Array(items) => items.iter().find_map(|item| misfit(item, &schema["items"])),
        Value::Object(fields) if !schema["propertyNames"].is_null() => Some(format!("{fields:?} has names of its own")),
        Value::Object(fields) => {
            let needed = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let missing =
                needed.filter(|&name| !fields.contains_key(name)).map(|name| format!("{name} is missing")).next();
            missing.or_else(|| {
                fields.iter().find_map(|(name, field)| {
                    let of = [&schema["properties"][name], &schema["additionalProperties"]];
                    match of.into_iter().find(|of| of.is_object()) {
                        Some(of) => misfit(field, of).map(|why| format!("{name}: {why}")),
                        None => Some(format!("{name} is not in the schema")),
                    }
                })
            })
        }
        _ => None,
    }
}

#[test]
fn every_tool_is_listed_and_called() {
    run(async {
        let agent = Agent::start(&Place::new(), &[]).await;
        let about = agent.peer().peer_info().expect("the server has greeted");
        assert!(about.instructions.as_ref().is_some_and(|text| text.contains("session_context")), "{about:?}");
        every_tool(&agent).await;
        agent.end().await;
    });
}

#[test]
fn edits_are_the_clients_and_by_mcp() {
    run(async {
        let place = Place::with_log();
        let named = ["agent:Test-agent", "agent:ci"];
        for (at, arguments) in [&[][..], &["--actor", "agent:ci"]].into_iter().enumerate() {
            let agent = Agent::start(&place, arguments).await;
            agent.ask("pin", json!({"session_id": "5e55", "entry": at.to_string().replace('0', "5")})).await;
            agent.end().await;
            let journal = place.json(&["log"]);
            let row = journal.as_array().and_then(|rows| rows.last()).expect("the pin is journalled");
            assert_eq!((&row["actor"], &row["via"]), (&json!(named[at]), &json!("mcp")), "{row}");
        }
    });
    let place = Place::new();
    for who in ["person", "rule", "agent:", "me"] {
        let said = place.run(&["mcp", "--actor", who]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{who}");
    }
}

#[test]
fn what_a_person_did_is_not_an_agents_to_take_back() {
    run(async {
        let place = Place::with_log();
        for person in [&["pin", "1"][..], &["rescore", "2", "--to", "0.9"]] {
            assert_eq!(place.session(person).code, 0);
        }
        let fact = ["facts", "set", "verify", "make check", "--session-id", "5e55", "--kind", "verification"];
        assert_eq!(place.run(&fact).code, 0);
        let agent = Agent::start(&place, &[]).await;
        let before = place.state();
        let journal = place.json(&["log"]);
        let edits: Vec<&Value> =
            journal.as_array().expect("a list").iter().filter(|row| row["status"] == "done").collect();
        assert_eq!(edits.len(), 3, "{journal}");
        for row in edits {
            let why = agent.refused("undo", json!({"session_id": "5e55", "row": row["row"]})).await;
            assert!(why.contains("person"), "{row}: {why}");
        }
        agent.refused("undo", json!({"session_id": "5e55"})).await;
        assert_eq!(place.state(), before);
        let set = json!({"session_id": "5e55", "key": "verify", "value": "true", "kind": "verification"});
        let set = agent.ask("remember_fact", set).await;
        assert_eq!(set["fact"]["standing"], "rejected_lower_trust");
        agent.end().await;
    });
}

#[test]
fn calls_at_the_same_time_are_all_done() {
    run(async {
        let agent = Agent::start(&Place::new(), &[]).await;
        let id = agent.session("many", &[]).await;
        let words = ["tax", "total", "cart", "price", "order", "shop", "cent", "sum"];
        let pushes = (0..32).map(|at| {
            let content = format!("{} {at}: {}", words[at % 8], words[(at / 8 + at) % 8].repeat(at + 1));
            agent.ask("push_session", json!({"session_id": id.as_str(), "role": "user", "content": content}))
        });
        let (pushed, created) = tokio::join!(
            futures_of(pushes.collect()),
            futures_of((0..16).map(|_| agent.ask("create_session", json!({}))).collect()),
        );
        let seqs: HashSet<u64> = pushed.iter().filter_map(|pushed| pushed["added"][0]["seq"].as_u64()).collect();
        assert_eq!(seqs, (1..=32).collect());
        let ids: HashSet<&str> = created.iter().filter_map(|created| created["session_id"].as_str()).collect();
        assert_eq!(ids.len(), 16);
        agent.end().await;
    });
}

/// Waits for all of them, which run at the same time.
async fn futures_of<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, done) in waiting.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        match done.iter().all(Option::is_some) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[test]
fn sessions_are_resources_in_pages() {
    run(async {
        let agent = Agent::start(&Place::new(), &[]).await;
        for at in 0..53 {
            agent.session(&format!("s/{at}?"), &[]).await;
        }
        agent.ask("delete_session", json!({"session_id": "s/7?"})).await;
        let first = agent.peer().list_resources(None).await.expect("a page");
        assert_eq!(first.resources.len(), 50);
        let all = agent.peer().list_all_resources().await.expect("all pages");
        let names: HashSet<&str> = all.iter().map(|resource| resource.name.as_str()).collect();
        assert_eq!((all.len(), names.len(), names.contains("s/7?")), (52, 52, false));
        for resource in [&all[0], &all[51]] {
            let text = agent.read(&resource.uri).await.expect("it is there");
            let session: Value = serde_json::from_str(&text).expect("it is JSON");
            assert_eq!(session["session_id"], resource.name);
        }
        let unknown = rmcp::model::PaginatedRequestParams::default().with_cursor(Some("none".into()));
        assert_eq!(protocol_error(agent.peer().list_resources(Some(unknown)).await).0, -32602);
        let templates = agent.peer().list_all_resource_templates().await.expect("they are listed");
        assert_eq!(templates.len(), 3);
        agent.end().await;
    });
}
