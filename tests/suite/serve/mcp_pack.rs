//! What leaves through MCP: the pack is the command line's byte for byte, exports are recorded and previews are not, and
//! nothing in it can harm a terminal or tell a secret.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::agent::{Agent, run};
use crate::cli::place::Place;

const PACK: &str = "haversack://session/claude:5e55/pack?budget=600";

#[test]
fn the_pack_is_the_same_everywhere() {
    run(async {
        let place = Place::with_log();
        place.session(&["pin", "1"]);
        let agent = Agent::start(&place, &["--budget", "600"]).await;
        let expected = place.pack(&["--budget", "600"]);
        let context = agent.ask("session_context", json!({"session_id": "5e55", "format": "text"})).await;
        assert_eq!(context["pack"], expected.as_str());
        assert_eq!(agent.read(PACK).await.expect("it is there"), expected);
        let prompt = agent.prompt("carry_forward", json!({"session_id": "claude:5e55", "budget": "600"})).await;
        let prompt = prompt.expect("it is given");
        assert_eq!((prompt.len(), &prompt[1]), (2, &expected));
        assert!(prompt[0].contains("of 600 tokens"), "{}", prompt[0]);
        let entries = agent.ask("session_context", json!({"session_id": "5e55", "max_tokens": 600})).await;
        assert_eq!(entries["used"], context["used"]);
        for entry in entries["entries"].as_array().expect("a list") {
            let content = entry["content"].as_str().expect("it is text").trim_end();
            assert!(expected.contains(content), "{content}");
        }
        agent.end().await;
    });
}

#[test]
fn exports_are_recorded_and_previews_are_not() {
    run(async {
        let place = Place::with_log();
        let agent = Agent::start(&place, &["--budget", "600"]).await;
        let cached = async || agent.ask("plan_context", json!({"session_id": "5e55"})).await["cached_tokens"].clone();
        agent.ask("plan_context", json!({"session_id": "5e55", "budget": 600})).await;
        agent.ask("session_context", json!({"session_id": "5e55", "role": "user"})).await;
        agent.read(PACK).await.expect("it is there");
        assert_eq!(cached().await, Value::Null);
        let sent = agent.ask("session_context", json!({"session_id": "5e55"})).await;
        assert_eq!(cached().await, sent["used"]);
        let ladder = async || {
            agent.ask("plan_context", json!({"session_id": "5e55", "strategy": "ladder"})).await["cached_tokens"]
                .clone()
        };
        assert_eq!(ladder().await, Value::Null);
        agent.prompt("carry_forward", json!({"session_id": "5e55", "strategy": "ladder"})).await.expect("it is given");
        assert!(ladder().await.is_u64());
        agent.end().await;
    });
}

#[test]
fn a_shortened_entry_is_read_in_full() {
    run(async {
        let agent = Agent::start(&Place::new(), &[]).await;
        let log: String = (1..=4_000).map(|line| format!("line {line} of the build\n")).collect();
        agent.session("s", &[("user", "Build it."), ("tool", &log), ("user", "And now?")]).await;
        let context = agent.ask("session_context", json!({"session_id": "s", "max_tokens": 400})).await;
        let entry = context["entries"].as_array().expect("a list").iter().find(|entry| entry["seq"] == 2);
        assert!(entry.is_some_and(|entry| entry["level"] != 0), "{context}");
        let (mut whole, mut next) = (String::new(), json!(1));
        while !next.is_null() {
            let part = agent.ask("expand_entry", json!({"session_id": "s", "entry": "2", "from_char": next})).await;
            whole.push_str(part["text"].as_str().expect("it is text"));
            next = part["next_char"].clone();
        }
        assert_eq!(whole, log);
        assert_eq!(agent.read("haversack://session/s/entry/2").await.expect("it is there"), log);
        let short = agent.ask("expand_entry", json!({"session_id": "s", "entry": "2", "level": "keywords"})).await;
        assert!(short["tokens"].as_u64() <= Some(40), "{short}");
        agent.end().await;
    });
}

#[test]
fn what_is_sent_is_inert_and_tells_no_secret() {
    run(async {
        let agent = Agent::start(&Place::new(), &[]).await;
        let secret = format!("sk-ant-api03-{}", "Ab1".repeat(31));
        let hostile = format!("\u{1b}]0;owned\u{7}red \u{1b}[31m\u{202e}txt.exe key={secret}");
        agent.session("s", &[("user", &hostile), ("tool", &hostile)]).await;
        agent.ask("remember_fact", json!({"session_id": "s", "key": "key", "value": hostile})).await;
        let mut said = Vec::new();
        for (tool, arguments) in [
            ("session_context", json!({"session_id": "s"})),
            ("session_context", json!({"session_id": "s", "format": "text"})),
            ("expand_entry", json!({"session_id": "s", "entry": "1"})),
            ("recall", json!({"query": format!("red {secret}")})),
        ] {
            said.push(agent.ask(tool, arguments).await.to_string());
        }
        for uri in ["haversack://session/s", "haversack://session/s/entry/1", "haversack://session/s/pack"] {
            said.push(agent.read(uri).await.expect("it is there"));
        }
        said.extend(agent.prompt("carry_forward", json!({"session_id": "s"})).await.expect("it is given"));
        said.push(agent.refused("pin", json!({"session_id": format!("{secret}\u{202e}"), "entry": "1"})).await);
        for text in said {
            assert!(!text.contains(&secret) && !text.contains("Ab1Ab1Ab1"), "{text}");
            assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']) && !text.contains("\\u001b"), "{text}");
        }
        agent.end().await;
    });
}
