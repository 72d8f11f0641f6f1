//! `haversack session summarize`: a proposal that says what it leaves out, applied exactly as it was shown, or dropped.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{
    asked,
    stub::{NDJSON, Reply, Stub, ollama},
};
use crate::cli::place::{Place, SESSION, Said};

fn answers(texts: &[&str]) -> Stub {
    Stub::start(texts.iter().map(|text| Reply::Pieces(NDJSON, ollama(&[text], "stop"))).collect())
}

fn summarize(place: &Place, stub: &Stub, arguments: &[&str]) -> Said {
    asked(place, stub, &[&["session", "summarize", "--session-id", SESSION], arguments].concat())
}

fn names(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|name| name.as_str().expect("a text")).collect()
}

#[test]
fn an_entry_is_summarized_as_shown_and_undone() {
    let place = Place::with_log();
    let stub = answers(&["Test case_0 failed: left was 1.01."]);
    let before = place.state();
    let shown = summarize(&place, &stub, &["4", "--level", "summary", "--json"]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    let shown = shown.json();
    assert_eq!((&shown["what"], &shown["applied"]), (&json!("the summary of #4"), &json!(false)));
    assert_eq!(shown["after"]["text"], json!("Test case_0 failed: left was 1.01."));
    assert!(shown["after"]["tokens"].as_u64() < shown["source_tokens"].as_u64());
    assert_eq!(place.state(), before, "showing changes nothing");
    let applied = summarize(&place, &stub, &["4", "--level", "summary", "--apply", "--json"]).json();
    assert_eq!((&applied["applied"], &applied["kept"]), (&json!(true), &json!(true)));
    assert_eq!(applied["after"], shown["after"]);
    assert_eq!(place.json(&["get", "4"])["entries"][0]["state"]["rewrites"]["summary"], shown["after"]["text"]);
    assert_eq!(stub.seen().len(), 1, "the same is paid for once");
    let sent = stub.seen()[0].body.clone();
    assert!(
        sent["prompt"].as_str().is_some_and(|prompt| prompt.starts_with("[#4 Bash result]\nrunning 1 test\n")),
        "{sent}"
    );
    assert_eq!(place.session(&["undo"]).code, 0);
    assert_eq!(place.state(), before);
}

#[test]
fn keywords_and_a_sentence_become_one_line() {
    let place = Place::with_log();
    let stub = answers(&["case_0,\nFAILED,\n\n1.01"]);
    let shown = summarize(&place, &stub, &["4", "--level", "keywords", "--json"]).json();
    assert_eq!(shown["after"]["text"], json!("case_0, FAILED, 1.01"));
}

#[test]
fn a_range_gets_one_summary_that_names_what_it_leaves_out() {
    let place = Place::with_log();
    let text = "### Goal\n- Fix rounding case 0 in src/cart.rs [#1]\n### Next Steps\n- Sum first, round last [#2]";
    let stub = answers(&[text]);
    let before = place.state();
    let said = summarize(&place, &stub, &["#1..#8"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("one summary in place of 8 entries (#1 to #8) by qwen3:8b: "), "{}", said.out);
    assert!(said.out.contains("missing sections: ") && said.out.contains("case_1"), "{}", said.out);
    assert!(said.err.ends_with("nothing is changed: --apply applies it\n"), "{}", said.err);
    let applied = summarize(&place, &stub, &["#1..#8", "--apply", "--json"]).json();
    assert!(names(&applied["missing"]["names"]).contains(&"case_1"), "{applied}");
    assert!(!names(&applied["missing"]["names"]).contains(&"src/cart.rs"));
    assert!(!names(&applied["missing"]["sections"]).contains(&"Goal"));
    let summary = place.json(&["get", "21"])["entries"][0].clone();
    assert_eq!((&summary["kind"], &summary["text"]), (&json!("summary"), &json!(text)));
    assert_eq!(place.json(&["get", "3"])["entries"][0]["state"]["fate"], json!("archived"));
    assert_eq!(place.session(&["undo"]).code, 0);
    assert_eq!(place.state(), before);
}

#[test]
fn what_would_grow_is_refused_with_both_numbers() {
    let place = Place::with_log();
    let long = "The test failed, and then it failed again. ".repeat(60);
    let stub = answers(&[&long]);
    let before = place.state();
    for apply in [&[][..], &["--apply"][..]] {
        let said = summarize(&place, &stub, &[&["4", "--level", "summary"], apply].concat());
        assert_eq!(said.code, 1);
        assert!(
            said.err.contains("#4 would save nothing: ") && said.err.ends_with("; nothing is changed\n"),
            "{}",
            said.err
        );
        assert!(said.out.contains("--- proposed"), "what was written is shown all the same");
    }
    assert_eq!(place.state(), before);
}

#[test]
fn what_makes_no_sense_asks_nobody() {
    let place = Place::with_log();
    let stub = answers(&[]);
    let code = |arguments: &[&str]| summarize(&place, &stub, arguments).code;
    assert_eq!(code(&["4", "--level", "full"]), 1);
    assert_eq!(code(&["#1..#4", "--level", "summary"]), 2);
    assert_eq!(code(&["4", "--level", "summary", "--apply", "--dry-run"]), 2);
    assert_eq!(code(&["99", "--level", "summary"]), 1);
    let dry = place.session(&["summarize", "#1..#8", "--dry-run"]);
    assert_eq!((dry.code, dry.err.as_str()), (0, ""));
    assert!(dry.out.contains("### Goal: ") && dry.out.contains("[#8 Bash result]"), "{}", dry.out);
    assert_eq!(stub.seen().len(), 0);
}

#[test]
fn a_model_that_fails_changes_nothing() {
    let place = Place::with_log();
    let stub = Stub::start(vec![Reply::Torn(NDJSON, vec!["{\"response\": \"Tes".into()])]);
    let before = place.state();
    let said = summarize(&place, &stub, &["4", "--level", "summary", "--apply"]);
    assert_eq!((said.code, said.out.as_str(), said.err.lines().count()), (1, "", 1), "{}", said.err);
    assert!(said.err.contains("broke off"), "{}", said.err);
    assert_eq!(place.state(), before);
}
