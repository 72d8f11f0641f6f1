//! Rows of the references on distill and M31A that no other file of tests bears by name.

use serde_json::{Value, json};

use super::{
    place::{Place, SESSION},
    pushing::{Session, about},
};

/// distill keeps the original and has no command that gives it back.
#[test]
fn original_kept() {
    let session = Session::new(&["--preserve-recent", "0"]);
    let text = about("cart", 40);
    session.push("tool", &text, &[]);
    session.ok_text(&["compact", "1", "--to", "keywords"]);
    session.ok_text(&["rewrite", "1", "--level", "summary", "--text", "cart has 40 values"]);
    session.ok_text(&["evict", "1"]);
    assert_eq!(session.entries()[0]["text"], json!(text), "whatever was done to it");
    session.ok_text(&["restore", "1"]);
    let context = session.ok(&["context"]);
    assert_eq!((&context["entries"][0]["content"], &context["entries"][0]["level"]), (&json!(text), &json!(0)));
}

/// distill counts four bytes as a token and says nothing of it. Here that is one tokenizer of several, and labelled.
#[test]
fn token_estimate_of_four_bytes() {
    let session = Session::new(&[]);
    session.push("user", &format!("漢字 {}", "x ".repeat(40)), &[]);
    let context = session.ok(&["context", "--tokenizer", "bytes4"]);
    let block = &context["blocks"][0];
    let bytes = block["text"].as_str().expect("a text").len() as u64;
    assert_eq!(block["tokens"], json!(bytes.div_ceil(4)), "bytes, not characters");
    assert_eq!((&context["tokenizer"], &context["exact"]), (&json!("bytes4"), &json!(false)));
    let exact = session.ok(&["context"]);
    assert_eq!((&exact["tokenizer"], &exact["exact"]), (&json!("o200k_base"), &json!(true)));
    assert_ne!(exact["blocks"][0]["tokens"], block["tokens"]);
}

/// distill's markers froze at the fourth push of eight: only what came with the first two could ever be one.
#[test]
fn cache_markers_move_on_with_every_push() {
    let session = Session::new(&["--preserve-recent", "2"]);
    let mut cached = Vec::new();
    for push in 0..9 {
        session.push("assistant", &about(&format!("subject{push}"), 12), &[]);
        let context = session.ok(&["context", "--max-tokens", "0"]);
        cached.extend(context["cached_tokens"].as_u64());
    }
    assert_eq!(cached.len(), 8, "after the first export");
    // The tail of two stands at the end of the pack, so what is cached ends before it.
    assert!(cached[1..].is_sorted_by(|before, after| before < after), "{cached:?}");
}

/// What distill lacks altogether.
#[test]
fn pin_compact_evict_restore_preview_what_if_search_export_undo() {
    let session = Session::new(&["--preserve-recent", "0"]);
    for subject in ["cart", "order", "price"] {
        session.push("assistant", &about(subject, 20), &[]);
    }
    let before = session.fates();
    for verb in [&["pin", "1"][..], &["compact", "2"], &["evict", "3"]] {
        session.ok_text(verb);
    }
    assert_eq!(session.fates(), ["full", "summary", "evicted"]);
    // What if there were less room: a preview under another budget changes nothing.
    let narrow = session.ok(&["context", "--max-tokens", "400"]);
    assert_eq!(narrow["entries"][0]["seq"], json!(1), "the pin is in first: {narrow}");
    assert_eq!(session.fates(), ["full", "summary", "evicted"]);
    let found = session.place.run(&["recall", "price_7", "--json"]).json();
    assert_eq!((&found["hits"][0]["seq"], &found["hits"][0]["fate"]), (&json!(3), &json!("evicted")));
    session.ok_text(&["restore", "3"]);
    assert!(session.run(&["context", "--format", "markdown"]).out.contains("price_7"), "the export holds it again");
    for _ in 0..4 {
        session.ok_text(&["undo"]);
    }
    assert_eq!((session.fates(), session.state(1)["pinned"].clone()), (before, json!(false)));
}

/// M31A compacts by force, and can neither take it back nor tell of any but the last.
#[test]
fn force_compact_undo_and_history_of_compactions() {
    let place = Place::with_log();
    let before = place.state();
    assert_eq!(place.session(&["condense", "#1..#8"]).code, 0);
    assert_eq!(place.session(&["condense", "#9..#16"]).code, 0);
    let log = place.session(&["log", "--json"]).json();
    let told: Vec<&str> = log.as_array().expect("rows").iter().filter_map(|row| row["words"].as_str()).collect();
    let compactions: Vec<&&str> = told.iter().filter(|words| words.starts_with("condensed 8 entries")).collect();
    assert_eq!(compactions.len(), 2, "{told:?}");
    assert!(compactions[1].contains("(#9 to #16) into #22: ") && compactions[1].ends_with(" tokens"), "{told:?}");
    for _ in 0..2 {
        assert_eq!(place.session(&["undo"]).code, 0);
    }
    assert_eq!(place.state(), before);
}

/// M31A's proactive compaction pays for a summary and drops it, and counts by two rules.
#[test]
fn the_result_of_a_compaction_is_what_is_packed() {
    let place = Place::with_log();
    let plan = place.json(&["context", "--budget", "600", "--strategy", "window"]);
    let last = place.run(&["window", "--session-id", SESSION, "--show", "last", "--json"]).json();
    let summary = plan["blocks"].as_array().expect("blocks").iter().find(|block| block["kind"] == "summary");
    assert_eq!(summary.map(|block| &block["text"]), Some(&last["summary"]));
    assert_eq!((&last["tokens_after"], &last["budget"]), (&plan["used"], &plan["budget"]));
    let gone = |row: &&Value| matches!(row["reason"].as_str(), Some("folded" | "outside_window" | "over_budget"));
    let gone = plan["excluded"].as_array().expect("rows").iter().filter(gone).count();
    assert_eq!(last["messages_removed"], json!(gone));
}
