//! What can be done over HTTP beyond distill: the answers agree with the command line's store.

use haversack::workspace::Workspace;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::server::InMemory;

#[test]
fn an_edit_is_undone_exactly_and_redone() {
    let server = InMemory::with_session();
    let state = || {
        let mut entries = server.get("/v1/sessions/task-1/entries").json();
        entries["session_id"].take();
        entries
    };
    let before = state();
    let done = server.post("/v1/sessions/task-1/evict", &json!({"entries": ["#2"]})).json();
    assert_eq!(done["changed"].as_array().map(Vec::len), Some(2), "a call goes with its result: {done}");
    let evicted = state();
    assert!(evicted != before);
    assert_eq!(server.post("/v1/sessions/task-1/undo", &json!({})).status, 200);
    assert_eq!(state(), before);
    assert_eq!(server.post("/v1/sessions/task-1/redo", &json!({})).status, 200);
    assert_eq!(state(), evicted);
    let twice = server.post("/v1/sessions/task-1/evict", &json!({"entries": [2]}));
    assert_eq!((twice.status.as_u16(), twice.code().as_str()), (409, "refused"));
    let nothing = server.post_as("agent:other", "/v1/sessions/task-1/undo", &json!({}));
    assert_eq!((nothing.status.as_u16(), nothing.code().as_str()), (409, "nothing_to_undo"));
    let row = server.post("/v1/sessions/task-1/undo", &json!({"row": 999}));
    assert_eq!((row.status.as_u16(), row.code().as_str()), (404, "no_row"));
}

#[test]
fn the_pack_as_text_is_the_one_that_the_workspace_makes() {
    let server = InMemory::with_session();
    let mut workspace = Workspace::open(server.config.store_path(), server.config.plan()).expect("it opens");
    let id = haversack::model::SessionId::new("task-1");
    for (asked, budget) in [("", server.config.budget().0), ("&budget=200", haversack::model::Budget::Tokens(200))] {
        let desk = workspace.desk(&id, budget).expect("it is there");
        let said = server.get(&format!("/v1/sessions/task-1/plan?format=text{asked}"));
        assert_eq!(String::from_utf8(said.body).expect("UTF-8"), desk.pack_text());
        let said = server.get(&format!("/v1/sessions/task-1/plan?format=markdown{asked}"));
        assert_eq!(
            (said.content_type.as_str(), String::from_utf8(said.body).expect("UTF-8")),
            ("text/markdown; charset=utf-8", desk.pack_markdown())
        );
    }
}

#[test]
fn a_plan_tells_what_is_left_out_and_what_it_would_take() {
    let server = InMemory::with_session();
    let plan = server.get("/v1/sessions/task-1/plan?budget=60&strategy=ladder").json();
    assert_eq!((&plan["budget"], &plan["strategy"]), (&json!(60), &json!("ladder")));
    let excluded = plan["excluded"].as_array().expect("a list");
    assert!(excluded.iter().any(|one| one["reason"] == "over_budget" && one["needs"].is_u64()), "{plan}");
    let windowed = server.get("/v1/sessions/task-1/plan?window=100000&fixed=8000").json();
    assert_eq!(windowed["budget"], 60_000);
    for wrong in ["budget=1&window=2", "reserve=5", "window=1000", "budget=-1", "budget=8k", "strategy=best", "budgt=1"]
    {
        assert_eq!(server.get(&format!("/v1/sessions/task-1/plan?{wrong}")).code(), "bad_input", "{wrong}");
    }
}

#[test]
fn entries_come_in_pages() {
    let server = InMemory::with_session();
    let page = |query: &str| server.get(&format!("/v1/sessions/task-1/entries?{query}")).json();
    let seqs =
        |page: &Value| page["entries"].as_array().expect("a list").iter().map(|e| e["seq"].clone()).collect::<Vec<_>>();
    let first = page("limit=3");
    assert_eq!(
        (seqs(&first), &first["next"], &first["matches"]),
        (vec![json!(1), json!(2), json!(3)], &json!(3), &json!(4))
    );
    let second = page("limit=3&after=3");
    assert_eq!((seqs(&second), &second["next"]), (vec![json!(4)], &Value::Null));
    assert_eq!(seqs(&page("role=assistant&kind=call")), [json!(2)]);
}

#[test]
fn a_rewrite_is_masked_and_never_grows() {
    let server = InMemory::with_session();
    let rewrite =
        |text: &str| server.post("/v1/sessions/task-1/rewrite", &json!({"entry": 3, "level": "summary", "text": text}));
    let secret = format!("token ghp_{}", "a1B2".repeat(9));
    assert_eq!(rewrite(&secret).status, 200);
    let text = server.get("/v1/sessions/task-1/entries/3/renditions/summary").json();
    assert_eq!((&text["by_hand"], &text["shows"]), (&json!(true), &json!("summary")));
    assert!(text["text"].as_str().expect("text").contains("[redacted:"), "{text}");
    assert_eq!(rewrite(&"longer than what it stands for, by far. ".repeat(200)).status, 409);
}

#[test]
fn what_is_condensed_is_only_shown_with_a_dry_run() {
    let server = InMemory::with_session();
    let condense = |dry: bool| {
        server.post("/v1/sessions/task-1/condense", &json!({"entries": [1, 2, 3, 4], "tokens": 300, "dry_run": dry}))
    };
    let shown = condense(true).json();
    assert_eq!(server.get("/v1/sessions/task-1").json()["entry_count"], 4);
    let made = condense(false).json();
    assert_eq!(made["summary"], shown["summary"]);
    assert_eq!(server.get("/v1/sessions/task-1").json()["entry_count"], 5);
}

#[test]
fn facts_are_written_expired_and_told_with_their_history() {
    let server = InMemory::with_session();
    let facts = |path: &str, body: Value| server.post(&format!("/v1/sessions/task-1/facts{path}"), &body);
    assert_eq!(
        facts("", json!({"key": "verify", "value": "cargo test", "kind": "verification", "from": 2})).status,
        200
    );
    assert_eq!(facts("/pin", json!({"fact": "verify"})).json()["fact"]["pinned"], true);
    assert_eq!(facts("/unpin", json!({"fact": "verify"})).status, 200);
    assert_eq!(facts("/expire", json!({"fact": "verify"})).json()["fact"]["standing"], "removed");
    assert_eq!(facts("/expire", json!({"fact": "verify"})).status, 409);
    assert_eq!(server.get("/v1/sessions/task-1/facts").json()["facts"], json!([]));
    let history = server.get("/v1/sessions/task-1/facts/history?key=verify").json();
    assert_eq!((&history["facts"][0]["source_seq"], &history["facts"][0]["standing"]), (&json!(2), &json!("removed")));
    assert_eq!(server.get("/v1/sessions/task-1/facts/history?key=none").code(), "no_fact");
    assert_eq!(facts("", json!({"key": "long", "value": "x".repeat(1000)})).code(), "bad_input");
}
