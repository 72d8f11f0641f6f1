//! What MCP refuses: a tool's failure is a result of one line, what no tool could answer is a protocol error, and either way
//! nothing has changed.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::agent::{Agent, protocol_error, run};
use crate::cli::place::Place;

#[test]
fn a_failure_is_one_line_with_what_to_do() {
    run(async {
        let place = Place::with_log();
        let agent = Agent::start(&place, &[]).await;
        let before = place.state();
        let with = |more: Value| {
            let mut arguments = json!({"session_id": "5e55"});
            let fields = arguments.as_object_mut().expect("an object");
            fields.extend(more.as_object().expect("an object").clone());
            arguments
        };
        let cases = [
            ("session_context", json!({"session_id": "nope"}), "there are claude:5e55"),
            ("push_session", json!({"session_id": "nope", "content": "x"}), "there is no session 'nope'"),
            ("push_session", with(json!({"content": " \n"})), "empty"),
            ("push_session", with(json!({"content": "x", "importance": 1.01})), "from 0 to 1"),
            ("push_session", with(json!({"content": "x", "importance": "high"})), "expected f32"),
            ("push_session", with(json!({"content": "x", "role": "boss"})), "`user`, `assistant`, `tool`, `system`"),
            ("push_session", with(json!({"content": "x", "importence": 1})), "unknown field `importence`"),
            ("push_session", with(json!({})), "missing field `content`"),
            ("push_session", with(json!({"content": "x".repeat(5 * 1024 * 1024)})), "4 MiB"),
            ("create_session", json!({"session_id": "claude:5e55"}), "already"),
            ("create_session", json!({"session_id": "two words"}), "1 to 200 characters"),
            ("create_session", json!({"max_tokens": -1}), "invalid value"),
            ("session_context", with(json!({"role": "user", "format": "text"})), "one of them"),
            ("plan_context", with(json!({"strategy": "best"})), "`balanced`"),
            ("plan_context", with(json!({"budget": 4_294_967_296u64})), "u32"),
            ("plan_context", with(json!({"rows": 0})), "1 to 10000"),
            ("expand_entry", with(json!({"entry": "#0"})), "#12, 12 or its id"),
            ("expand_entry", with(json!({"entry": "#999"})), "#1 to #20"),
            ("expand_entry", with(json!({"entry": "1", "from_line": 9})), "1 lines"),
            ("expand_entry", with(json!({"entry": "1", "from_line": 0})), "from 1"),
            ("expand_entry", with(json!({"entry": "1", "from_char": 3, "to_char": 2})), "no range"),
            ("expand_entry", with(json!({"entry": "1", "from_char": 3, "to_line": 2})), "not both"),
            ("pin", with(json!({"entry": "abc"})), "#12, 12 or its id"),
            ("pin", with(json!({"entry": [1]})), "#12, 12 or its id"),
            ("recall", json!({"query": "  "}), "some words"),
            ("recall", json!({"query": "x", "limit": 0}), "1 to 100"),
            ("remember_fact", with(json!({"key": "k", "value": "v".repeat(281)})), "280"),
            ("remember_fact", with(json!({"key": "k", "value": "v", "trust": "user"})), "unknown field `trust`"),
            ("undo", with(json!({})), "no edit to undo"),
            ("undo", with(json!({"row": 0})), "no row 0"),
        ];
        for (tool, arguments, expected) in cases {
            let said = agent.refused(tool, arguments.clone()).await;
            let arguments = arguments.to_string();
            assert!(said.contains(expected), "{tool} {}: {said}", &arguments[..arguments.len().min(200)]);
        }
        assert_eq!(place.state(), before);
        agent.end().await;
    });
}

#[test]
fn a_budget_of_nothing_carries_nothing() {
    run(async {
        let agent = Agent::start(&Place::with_log(), &[]).await;
        let plan = agent.ask("plan_context", json!({"session_id": "5e55", "budget": 0, "rows": 3})).await;
        assert_eq!(
            (&plan["used"], &plan["included_total"], &plan["excluded_total"]),
            (&json!(0), &json!(0), &json!(20))
        );
        let needs: Vec<&Value> = plan["excluded"].as_array().expect("a list").iter().map(|one| &one["needs"]).collect();
        assert!(needs.len() == 3 && needs.is_sorted_by_key(|needs| needs.as_u64()), "{needs:?}");
        assert_eq!(agent.read("haversack://session/5e55/pack?budget=0").await.expect("it is there"), "");
        let prompt = agent.prompt("carry_forward", json!({"session_id": "5e55", "budget": "0"})).await;
        assert!(prompt.is_ok_and(|texts| texts.len() == 1 && texts[0].contains("nothing")));
        let all = agent.ask("session_context", json!({"session_id": "5e55", "max_tokens": 0})).await;
        assert_eq!(all["left_out"], json!({}));
        agent.end().await;
    });
}

#[test]
fn what_is_not_there_is_a_protocol_error() {
    run(async {
        let place = Place::with_log();
        let agent = Agent::start(&place, &[]).await;
        assert_eq!(protocol_error(agent.call("drop_tables", json!({})).await).0, -32602);
        for uri in [
            "haversack://session/nope",
            "haversack://session/5e55/entry/999",
            "file:///etc/passwd",
            "",
            "haversack://session/5e55/..",
        ] {
            let (code, why) = protocol_error(agent.read(uri).await);
            assert!(matches!(code, -32002 | -32602) && why.lines().count() == 1, "{uri}: {code} {why}");
        }
        for (name, arguments) in [
            ("nope", json!({})),
            ("carry_forward", json!({})),
            ("carry_forward", json!({"session_id": "nope"})),
            ("carry_forward", json!({"session_id": "5e55", "budget": "much"})),
            ("carry_forward", json!({"session_id": "5e55", "strategy": "best"})),
            ("carry_forward", json!({"session_id": "5e55", "colour": "red"})),
        ] {
            let (code, why) = protocol_error(agent.prompt(name, arguments.clone()).await);
            assert_eq!((code, why.lines().count()), (-32602, 1), "{name} {arguments}: {why}");
        }
        assert_eq!(place.session(&["delete"]).code, 0);
        let (code, why) = protocol_error(agent.read("haversack://session/5e55/entry/1").await);
        assert!(matches!(code, -32002 | -32602) && why.contains("undelete"), "{code} {why}");
        agent.end().await;
    });
}
