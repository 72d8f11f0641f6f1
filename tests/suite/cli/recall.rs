//! `recall`, `session condense` and `session archive` at the command line.

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::place::{Place, SESSION, log_text};

/// A session of prompts and answers with one fact that no summary tells.
fn with_fact() -> Place {
    let place = Place::new();
    assert_eq!(place.run(&["session", "create", "--session-id", SESSION]).code, 0);
    for turn in 0..6 {
        let asked = format!("Please fix rounding case {turn} in src/cart{turn}.rs. Never round case {turn} early.");
        assert_eq!(place.session(&["push", "--role", "user", "--content", &asked]).code, 0);
        let fact = if turn == 2 { "The heron nests among the reeds. " } else { "" };
        let filler = "It goes on and on about the cart. ".repeat(20);
        let said = format!("Looked at case {turn}. {filler}{fact}{filler}Moved the rounding of case {turn}.");
        assert_eq!(place.session(&["push", "--role", "assistant", "--content", &said]).code, 0);
    }
    place
}

#[test]
fn archive_not_delete() {
    let place = with_fact();
    let condensed = place.json(&["condense", "#1..#10"]);
    assert_eq!(condensed["summary"]["generation"], 1);
    let stored = &place.json(&["get", "#13"])["entries"][0];
    assert_eq!((&stored["made"]["generation"], &stored["lossy"]), (&1.into(), &false.into()));
    assert!(place.session(&["get", "--text"]).out.contains("13  summary 1  full"), "the list tells the generation");
    let plan = place.json(&["context", "--budget", "100k"]);
    assert!(!plan.to_string().contains("heron"), "{plan}");
    let archived = plan["excluded"].as_array().expect("a list").iter().filter(|one| one["reason"] == "archived");
    assert_eq!(archived.count(), 10);
    let found = place.run(&["recall", "heron", "--json"]).json();
    let hit = &found["hits"][0];
    assert_eq!((&hit["seq"], &hit["fate"], &hit["tier"]), (&6.into(), &"archived".into(), &"strong".into()));
    assert!(hit["snippet"].as_str().is_some_and(|snippet| snippet.contains("heron nests")));
    for name in ["#6", hit["entry_id"].as_str().expect("an id")] {
        assert!(place.session(&["get", name]).out.contains("The heron nests among the reeds."), "{name}");
    }
    assert_eq!(place.session(&["restore", "#6"]).code, 0);
    assert!(place.session(&["context", "--budget", "100k"]).out.contains("heron"));
}

#[test]
fn condense_shows_first_and_undoes_whole() {
    let place = with_fact();
    let before = place.state();
    let shown = place.session(&["condense", "#1", "#10", "--dry-run"]);
    assert!(shown.out.starts_with("10 entries: ") && shown.out.contains("### Goal\n"), "{}", shown.out);
    assert!(shown.out.contains("- Please fix rounding case 0 in src/cart0.rs. [#1]\n"), "{}", shown.out);
    assert_eq!(place.state(), before, "a dry run changes nothing");
    let done = place.session(&["condense", "#1..#10"]);
    assert!(done.out.starts_with("condensed 10 entries (#1 to #10) into #13: "), "{}", done.out);
    assert_eq!(place.session(&["undo"]).code, 0);
    assert_eq!(place.state(), before);
}

#[test]
fn condense_refuses_with_what_to_do() {
    let place = with_fact();
    for (arguments, code, why) in [
        (&["#10..#1"][..], 2, "from the earlier to the later"),
        (&["#1..#99"], 1, "there is no entry #99"),
        (&["#1..x"], 2, "give an entry as #12"),
        (&["#1", "--tokens", "0"], 2, "give a whole number of tokens"),
        (&["#1"], 1, "its sources cost"),
    ] {
        let said = place.session(&[&["condense"], arguments].concat());
        assert_eq!(said.code, code, "{arguments:?}: {}", said.err);
        assert!(said.err.contains(why), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn archive_is_a_verb_like_the_others() {
    let place = Place::with_log();
    let answer = place.json(&["archive", "#3"]);
    assert_eq!(
        answer["words"].as_str().map(|words| words.split(':').next()),
        Some(Some("archived #3 with #4 (one exchange)"))
    );
    let again = place.session(&["archive", "#4"]);
    assert_eq!((again.code, again.err.trim()), (1, "haversack: #4 is archived already"));
    assert!(place.run(&["recall", "case_0"]).out.contains("archived  Bash: "));
}

#[test]
fn recall_prints_tiers_and_says_what_to_try() {
    let place = with_fact();
    let said = place.run(&["recall", "heron nests"]);
    assert_eq!(said.code, 0);
    assert!(said.out.starts_with(&format!("Strong\n  #6 {SESSION}  live  message: …")), "{}", said.out);
    let nothing = place.run(&["recall", "albatross", "--session-id", SESSION]);
    assert_eq!(nothing.code, 0);
    assert!(nothing.out.starts_with("Nothing holds 'albatross': try fewer words"), "{}", nothing.out);
    let limited = place.run(&["recall", "case", "--limit", "2", "--json"]).json();
    assert_eq!(limited["hits"].as_array().map(Vec::len), Some(2));
    assert_eq!(limited["session_id"], Value::Null);
    assert_eq!(place.run(&["recall", "case", "--limit", "0"]).code, 2);
}

#[test]
fn recall_takes_any_punctuation_and_never_looks_into_deleted_sessions() {
    let place = with_fact();
    for query in ["\"", "NEAR(", "a AND", "-heron", "*", "text:x", "'; DROP TABLE entries; --", "^", "(", "中文"] {
        let said = place.run(&["recall", "--", query]);
        assert_eq!(said.code, 0, "{query}: {}", said.err);
    }
    assert_eq!(place.session(&["push", "--content", "zebra \u{1b}[31mred\u{1b}[0m \u{202e}evil"]).code, 0);
    let hostile = place.run(&["recall", "zebra"]).out;
    assert!(hostile.contains("red") && !hostile.contains(['\u{1b}', '\u{202e}']), "{hostile:?}");
    assert_eq!(place.session(&["delete"]).code, 0);
    assert!(place.run(&["recall", "heron"]).out.starts_with("Nothing holds"));
    assert_eq!(place.run(&["recall", "heron", "--session-id", SESSION]).code, 1);
}

#[test]
fn a_project_is_named_by_its_folder() {
    let place = Place::new();
    let log = place.path("log.jsonl");
    std::fs::write(&log, log_text(2)).expect("the folder can be written");
    assert_eq!(place.run(&["import", log.to_str().expect("temporary folders are UTF-8")]).code, 0);
    let found = |folder: &str| place.run(&["recall", "rounding", "--project", folder, "--json"]).json();
    for folder in ["/home/kim/shop", "/home/kim/shop/", "/home/kim/./shop"] {
        let found = found(folder);
        assert!(found["hits"].as_array().is_some_and(|hits| !hits.is_empty()), "{folder}");
        assert_eq!(found["project"], "/home/kim/shop");
    }
    assert_eq!(found("/home/kim")["hits"], Value::Array(Vec::new()), "a folder above it is another project");
    let said = place.run(&["recall", "rounding", "--project", "/srv/else"]);
    assert!(said.out.contains("or look into all sessions with --all"), "{}", said.out);
}
