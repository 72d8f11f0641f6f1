//! A session with a maximum: what is held at less text, what is evicted, and what a listing adds up to.

use serde_json::{Value, json};

use super::pushing::{NOTE, Session, about};

/// Eight long messages with rising importance in a session that holds about half of them.
fn full(policy: &str) -> (Session, Value) {
    let session = Session::new(&["--max-tokens", "1500", "--preserve-recent", "2"]);
    let lines: Vec<Value> = (0..8)
        .map(|at| {
            json!({"role": "assistant", "content": about(&format!("subject{at}"), 16), "importance": 0.1 + 0.1 * at as f32})
        })
        .collect();
    let said = session.batch(&lines, &["--policy", policy]);
    assert_eq!(said.code, 0, "{}", said.err);
    (session, said.json())
}

#[test]
fn levels_full_to_keywords_keep_a_session_within_its_maximum() {
    for policy in ["plan", "ladder"] {
        let (session, pushed) = full(policy);
        let held = pushed["current_tokens"].as_i64().expect("a number");
        assert!(held <= 1500 && pushed["budget_remaining"] == json!(1500 - held), "{policy}: {pushed}");
        assert!(pushed["compressed"].as_u64() > Some(0), "{policy}: {pushed}");
        assert_eq!(session.ok(&["get"])["current_tokens"], json!(held));
        assert_eq!(session.fates()[7], "full", "{policy}: the newest is kept: {:?}", session.fates());
        assert_eq!(session.journal().len(), 3, "one edit: {:?}", session.journal());
        let log = session.run(&["log", "--json"]).json();
        assert_eq!(log[2]["actor"], json!("person"), "whoever pushed undoes it");
    }
}

#[test]
fn compression_and_eviction_are_journalled_and_undone() {
    let (session, _) = full("ladder");
    session.ok_text(&["undo"]);
    assert_eq!(session.fates(), ["full"; 8]);
    session.ok_text(&["redo"]);
    assert_ne!(session.fates(), ["full"; 8]);
    let tight = Session::new(&["--max-tokens", "200", "--preserve-recent", "1"]);
    let lines: Vec<Value> =
        (0..12).map(|at| json!({"role": "assistant", "content": about(&format!("s{at}"), 12)})).collect();
    let pushed = tight.batch(&lines, &["--policy", "ladder"]).json();
    assert!(pushed["evicted"].as_u64() > Some(0), "{pushed}");
    assert!(tight.fates().contains(&"evicted".to_string()));
    tight.ok_text(&["undo"]);
    assert_eq!(tight.fates(), ["full"; 12], "nothing is lost");
}

#[test]
fn levels_go_up_again_where_the_budget_allows() {
    let (session, _) = full("plan");
    let shortened = session.fates().iter().filter(|fate| *fate != "full").count();
    assert!(shortened > 0);
    let wide = session.ok(&["context", "--max-tokens", "0"]);
    let live = session.fates().iter().filter(|fate| *fate != "evicted").count() as u64;
    assert_eq!(wide["stats"]["compression_levels"], json!({"0": live}), "a pack is made from the full text each time");
}

#[test]
fn levels_never_grow_and_the_newest_is_kept_in_a_budgeted_read() {
    let (session, _) = full("ladder");
    for entry in session.entries() {
        let costs: Vec<u64> = entry["tokens"].as_array().expect("four").iter().filter_map(Value::as_u64).collect();
        assert!(costs.is_sorted_by(|more, less| more >= less), "{costs:?}");
    }
    let narrow = session.ok(&["context", "--max-tokens", "500"]);
    let seqs: Vec<u64> =
        narrow["entries"].as_array().expect("a list").iter().filter_map(|e| e["seq"].as_u64()).collect();
    assert!(seqs.contains(&8), "{seqs:?}");
    assert!(narrow["used"].as_u64() <= Some(500));
}

#[test]
fn pins_hold_and_the_session_says_so_where_they_are_too_much() {
    for policy in ["plan", "ladder"] {
        let session = Session::new(&["--max-tokens", "300", "--preserve-recent", "1"]);
        session.push("assistant", &about("first", 5), &["--importance", "0.1"]);
        session.ok_text(&["pin", "1"]);
        for subject in ["second", "third", "fourth"] {
            session.push("assistant", &about(subject, 6), &["--policy", policy]);
        }
        assert_eq!(session.state(1)["pinned"], json!(true));
        assert_eq!(session.fates()[0], "full", "{policy}: {:?}", session.fates());
        let alone = session.run(&["push", "--role", "assistant", "--content", &about("fifth", 6), "--policy", policy]);
        assert_eq!((alone.code, alone.err.as_str()), (0, ""), "it fits beside the pin");
        session.ok_text(&["pin", "2", "3", "4"]);
        let said = session.run(&["push", "--role", "assistant", "--content", &about("sixth", 6), "--policy", policy]);
        assert_eq!(said.code, 0);
        assert!(said.err.contains("its maximum is 300") && said.err.contains("unpin or evict"), "{said:?}");
        assert!(said.json()["budget_remaining"].as_i64() < Some(0), "{said:?}");
    }
}

#[test]
fn preserve_recent_wider_than_the_session_does_not_lead_to_deletion() {
    for policy in ["plan", "ladder"] {
        let session = Session::new(&["--max-tokens", "700", "--preserve-recent", "50"]);
        let lines: Vec<Value> =
            (0..6).map(|at| json!({"role": "assistant", "content": about(&format!("s{at}"), 14)})).collect();
        let pushed = session.batch(&lines, &["--policy", policy]).json();
        assert_eq!(pushed["evicted"], json!(0), "{policy}: {pushed}");
        assert!(
            pushed["compressed"].as_u64() > Some(0) && pushed["current_tokens"].as_u64() <= Some(700),
            "{policy}: {pushed}"
        );
    }
}

#[test]
fn importance_orders_what_gives_way() {
    let (session, _) = full("ladder");
    let full: Vec<usize> = (0..6).filter(|&at| session.fates()[at] == "full").collect();
    let first_full = full.first().copied().unwrap_or(6);
    assert!(first_full > 0 && full.len() == 6 - first_full, "the least important first: {:?}", session.fates());
}

#[test]
fn the_policy_is_a_setting() {
    let session = Session::new(&[]);
    let said = session.place.run_with(&["config", "--json"], |command| {
        command.env("HAVERSACK_PUSH__POLICY", "ladder");
    });
    assert!(said.out.contains("push.policy") && said.out.contains("ladder"), "{}", said.out);
    assert_eq!(session.run(&["push", "--content", "x", "--policy", "lucky"]).code, 2);
}

#[test]
fn stats_by_level_and_savings_are_right_under_filters() {
    let (session, _) = full("plan");
    session.push("user", NOTE, &[]);
    let sum = |context: &Value, field: &str| {
        context["entries"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|entry| entry[field].as_u64().expect("a number"))
            .sum::<u64>()
    };
    let full_cost: Vec<u64> =
        session.entries().iter().map(|entry| entry["tokens"][0].as_u64().expect("a number")).collect();
    for arguments in [
        &["context", "--max-tokens", "700"][..],
        &["context", "--max-tokens", "700", "--role", "user"],
        &["context", "--role", "assistant", "--max-tokens", "400"],
    ] {
        let context = session.ok(arguments);
        let stats = &context["stats"];
        let entries = context["entries"].as_array().expect("a list");
        assert_eq!(stats["total_entries"], json!(entries.len()), "{arguments:?}");
        assert_eq!(stats["total_tokens"], json!(sum(&context, "tokens")), "{arguments:?}");
        let full: u64 =
            entries.iter().map(|entry| full_cost[entry["seq"].as_u64().expect("a number") as usize - 1]).sum();
        assert_eq!(stats["compression_savings"], json!(full - sum(&context, "tokens")), "{arguments:?}");
        let levels = stats["compression_levels"].as_object().expect("an object");
        assert_eq!(levels.values().filter_map(Value::as_u64).sum::<u64>(), entries.len() as u64);
    }
    let held = session.ok(&["get"])["stats"].clone();
    assert_eq!(held["total_tokens"], session.ok(&["get"])["current_tokens"]);
    let evicted = session.fates().iter().filter(|fate| *fate == "evicted").count();
    assert_eq!((&held["evicted"], &held["superseded"]), (&json!(evicted), &json!(0)));
}

#[test]
fn a_role_filter_lists_the_plans_entries_of_that_role() {
    let session = Session::new(&[]);
    session.push("user", "Fix the rounding.", &[]);
    session.push("assistant", NOTE, &[]);
    let text = session.run(&["context", "--role", "user", "--format", "text"]).out;
    assert!(text.starts_with("[#1 user]") && !text.contains("#2"), "{text}");
    let listed = session.ok(&["context", "--role", "assistant"]);
    assert_eq!((listed["entries"].as_array().map(Vec::len), &listed["blocks"][0]["seq"]), (Some(1), &json!(2)));
    assert_eq!(session.ok(&["context", "--role", "system"])["entries"], json!([]));
    assert_eq!(session.run(&["context", "--role", "nobody"]).code, 2);
}
