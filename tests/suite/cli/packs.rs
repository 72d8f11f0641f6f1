//! Packs and plans as the command line prints them.

use serde_json::{Value, json};

use super::place::{LINES, Place, SESSION};

#[test]
fn a_pack_is_the_same_from_a_log_and_from_the_store_and_stores_nothing() {
    let place = Place::new();
    let log = place.log(LINES);
    let arguments: [&[&str]; 3] = [
        &["--budget", "400", "--format", "text"],
        &["--budget", "400", "--format", "markdown"],
        &["--window", "40k", "--reserve", "30k", "--fixed", "9k", "--format", "text"],
    ];
    let from_log: Vec<String> =
        arguments.iter().map(|given| place.run(&[&["pack", &log], *given].concat()).out).collect();
    assert!(!place.path("home").exists(), "pack stores nothing");
    assert_eq!(place.run(&["import", &log]).code, 0);
    for (given, pack) in arguments.iter().zip(from_log) {
        assert!(pack.contains("#20"), "the last entry is in: {pack}");
        assert_eq!(place.session(&[&["context"], *given].concat()).out, pack);
    }
}

#[test]
fn the_length_of_the_tail_is_a_setting_where_the_session_has_none() {
    let place = Place::with_log();
    let with_tail = |tail: &str| {
        let arguments = ["session", "context", "--format", "text", "--budget", "170", "--session-id", SESSION];
        place.run_with(&arguments, |command| {
            command.env("HAVERSACK_PACK__TAIL", tail);
        })
    };
    assert_eq!(with_tail("4").out, place.pack(&["--budget", "170"]), "4 is the default");
    let short = with_tail("1").out;
    assert_ne!(short, with_tail("4").out);
    let (_, tail) = short.split_once("## Current turn").expect("the tail has its heading");
    assert!(tail.contains("[#17") && tail.contains("[#20") && !tail.contains("[#18"), "{short}");
}

#[test]
fn a_log_that_grew_packs_like_one_that_was_imported_at_once() {
    let place = Place::new();
    for turns in [1, 3, LINES] {
        assert_eq!(place.run(&["import", &place.log(turns)]).code, 0);
    }
    for budget in ["200", "400", "8k"] {
        let from_log = place.run(&["pack", &place.log(LINES), "--budget", budget]);
        assert_eq!(place.pack(&["--budget", budget]), from_log.out);
    }
}

#[test]
fn the_json_of_a_plan_has_the_documented_fields() {
    let place = Place::new();
    let log = place.log(LINES);
    let plan = place.run(&["pack", &log, "--budget", "300", "--format", "json"]).json();
    let fields = |value: &Value| {
        let mut fields: Vec<String> = value.as_object().expect("an object").keys().cloned().collect();
        fields.sort();
        fields
    };
    assert_eq!(
        fields(&plan),
        [
            "as_of",
            "blocks",
            "bound",
            "budget",
            "exact",
            "excluded",
            "frame_tokens",
            "kept",
            "overflow",
            "session_id",
            "strategy",
            "tokenizer",
            "used",
            "value"
        ]
    );
    assert_eq!(
        fields(&plan["blocks"][0]),
        ["covers", "entry_id", "kind", "level", "role", "seq", "sources", "text", "tokens"]
    );
    assert_eq!(fields(&plan["blocks"][0]["sources"][0]), ["file", "line", "seq"]);
    assert_eq!(fields(&plan["excluded"][0]), ["entry_id", "needs", "reason", "seq"]);
    assert_eq!((plan["session_id"].clone(), plan["budget"].clone()), (json!(SESSION), json!(300)));
    assert!(plan["used"].as_u64() <= Some(300));
    let parts: u64 =
        plan["blocks"].as_array().expect("a list").iter().filter_map(|block| block["tokens"].as_u64()).sum();
    assert_eq!(plan["used"], json!(parts + plan["frame_tokens"].as_u64().expect("a number")));
}

#[test]
fn strict_fails_where_the_pins_do_not_fit_after_printing_the_pack() {
    let place = Place::with_log();
    assert_eq!(place.session(&["pin", "4"]).code, 0);
    let lax = place.session(&["context", "--budget", "60", "--json"]);
    assert_eq!((lax.code, lax.json()["overflow"][0]["seq"].clone()), (0, json!(4)));
    let strict = place.session(&["context", "--budget", "60", "--json", "--strict"]);
    assert_eq!((strict.code, strict.json()["overflow"].clone()), (1, lax.json()["overflow"].clone()));
    assert!(strict.err.contains("#4") && strict.err.contains("raise the budget or unpin"), "{}", strict.err);
    assert_eq!(place.session(&["context", "--budget", "32k", "--strict"]).code, 0);
}

#[test]
fn a_session_is_named_where_a_file_holds_several() {
    let place = Place::with_log();
    assert_eq!(place.run(&["session", "create", "--session-id", "other"]).code, 0);
    let store = place.path("home/.local/share/haversack/haversack.db");
    let store = store.to_str().expect("it is UTF-8");
    let said = place.run(&["pack", store]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("--session-id") && said.err.contains(SESSION), "{}", said.err);
    assert_eq!(place.run(&["pack", store, "--session-id", SESSION]).out, place.pack(&[]));
    assert_eq!(place.run(&["pack", store, "--session", "5e55"]).out, place.pack(&[]));
    assert_eq!(place.run(&["pack", store, "--session", "none"]).code, 1);
    // What an agent itself calls a session names it, as long as it names one.
    assert_eq!(place.run(&["session", "pin", "1", "--session", "5e55"]).code, 0);
    assert_eq!(place.run(&["session", "create", "--session-id", "codex:5e55"]).code, 0);
    let said = place.run(&["session", "get", "--session", "5e55"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("claude:5e55") && said.err.contains("codex:5e55"), "{}", said.err);
}

#[test]
fn why_answers_for_an_entry_and_for_a_term() {
    let place = Place::with_log();
    let why = |what: &str| place.run(&["why", what, "--session-id", SESSION, "--budget", "300", "--json"]).json();
    let one = why("#1");
    assert_eq!((one["matches"].clone(), one["entries"][0]["seq"].clone()), (json!(1), json!(1)));
    let words = one["entries"][0]["why"].to_string();
    assert!(words.contains("line 1 of") && words.contains("budget of 300"), "{words}");
    let many = why("ROUNDED too early");
    assert_eq!((many["matches"].clone(), many["entries"].as_array().map(Vec::len)), (json!(5), Some(5)));
    // A number that is no entry is a term.
    assert_eq!(why("1.01")["matches"], json!(5));
    let text = place.run(&["why", "case", "--session-id", SESSION]).out;
    assert!(text.starts_with("'case' stands in 20 entries.") && text.contains("15 entries more"), "{text}");
}

#[test]
fn a_budget_that_carries_nothing_is_told() {
    let place = Place::new();
    let log = place.log(LINES);
    let said = place.run(&["pack", &log, "--window", "10k"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("leaves nothing beside 32,000 reserved and 0 fixed"), "{}", said.err);
    let said = place.run(&["pack", &log, "--budget", "5"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert!(said.err.contains("holds not even the headings"), "{}", said.err);
}
