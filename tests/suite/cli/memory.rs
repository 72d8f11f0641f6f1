//! The memory engine from the command line: facts in packs and in recall, exports, forced layers, comparisons, replays.

use serde_json::{Value, json};

use super::place::{Place, SESSION};

fn fact(place: &Place, arguments: &[&str]) {
    let said = place.run(&[&["facts", "set"], arguments, &["--session-id", SESSION]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn a_fact_is_in_the_pack_and_found_by_recall_until_it_is_taken_back() {
    let place = Place::with_log();
    fact(&place, &["verify", "cargo nextest run -p pricing", "--kind", "verification", "--trust", "user"]);
    let pack = || place.session(&["context", "--budget", "2k", "--format", "text"]).out;
    assert!(pack().contains("[fact verify] cargo nextest run -p pricing\n"), "{}", pack());
    let recalled = || place.run(&["recall", "nextest pric", "--json"]).json()["facts"].clone();
    assert_eq!((&recalled()[0]["key"], &recalled()[0]["tier"]), (&json!("verify"), &json!("strong")));
    let told = place.run(&["recall", "nextest pric"]).out;
    assert!(told.contains("  user  verify = cargo nextest run -p pricing\n"), "{told}");
    assert_eq!(place.session(&["undo"]).code, 0);
    assert!(!pack().contains("nextest"));
    assert_eq!(recalled(), json!([]));
}

#[test]
fn a_pinned_fact_that_does_not_fit_is_named() {
    let place = Place::with_log();
    fact(&place, &["rule", &"never round before the total; ".repeat(9), "--pin"]);
    let plan = place.json(&["context", "--budget", "60"]);
    assert!(plan["overflow"][0]["why"].as_str().expect("words").contains("the fact rule is pinned"), "{plan}");
    assert_eq!(plan["overflow"][0]["seq"], Value::Null);
    let strict = place.session(&["context", "--budget", "60", "--strict"]);
    assert_eq!(strict.code, 1, "{}", strict.err);
}

#[test]
fn an_edit_says_where_it_breaks_the_prompt_cache() {
    let place = Place::with_log();
    let pin = ["pin", "#2"];
    assert!(!place.session(&pin).out.contains("prompt cache"), "nothing was exported yet");
    assert_eq!(place.session(&["undo"]).code, 0);
    assert_eq!(place.session(&["context", "--budget", "32k"]).code, 0);
    // Another process, another day: what was exported is remembered.
    let said = place.session(&["evict", "#5"]);
    assert!(said.out.contains("breaks the prompt cache at #6, "), "{}", said.out);
    let plan = place.json(&["context", "--budget", "32k"]);
    assert!(
        plan["cached_tokens"].as_u64().is_some_and(|cached| cached > 35 && cached < plan["used"].as_u64().unwrap_or(0))
    );
    let again = place.json(&["context", "--budget", "32k"]);
    assert_eq!(again["cached_tokens"], again["used"], "the same pack again is all in the cache");
}

#[test]
fn one_shot_force_layer() {
    let place = Place::with_log();
    let gradient = ["context", "--budget", "32k", "--strategy", "gradient"];
    let layer = |plan: &Value| plan["notes"][0].as_str().expect("the layer is told").to_owned();
    assert_eq!(layer(&place.json(&gradient)), "layer 0");
    assert_eq!(place.session(&["force-layer", "2"]).code, 0);
    // Looking at it does not use it up, nor does another strategy.
    assert_eq!(place.session(&["context", "--budget", "32k"]).code, 0);
    let compared = place.run(&["compare", "gradient", "--session-id", SESSION, "--budget", "32k", "--json"]).json();
    assert_eq!(compared["sides"][0]["notes"][0], "layer 2");
    assert_eq!(layer(&place.json(&gradient)), "layer 2");
    assert_eq!(layer(&place.json(&gradient)), "layer 0", "it was for one export");
    assert_eq!(place.session(&["force-layer", "5"]).code, 2);
}

#[test]
fn every_strategy_packs_and_an_unknown_one_is_named() {
    let place = Place::with_log();
    for strategy in ["balanced", "ladder", "gradient", "window", "rolling"] {
        let plan = place.json(&["context", "--budget", "500", "--strategy", strategy]);
        assert_eq!(
            (plan["strategy"].as_str(), plan["used"].as_u64().is_some_and(|used| used <= 500)),
            (Some(strategy), true)
        );
    }
    let said = place.session(&["context", "--strategy", "best"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("use one of balanced, ladder, gradient, window, rolling"), "{}", said.err);
}

#[test]
fn a_side_that_holds_nothing_is_worth_nothing_and_no_less() {
    let place = Place::new();
    assert_eq!(place.run(&["session", "create", "--session-id", "haversack:new"]).code, 0);
    for side in ["agent", "balanced", "window", "gradient"] {
        let said = place.run(&["compare", side, "--session-id", "haversack:new", "--json"]);
        assert!(said.code == 0 && !said.out.contains("-0.0"), "{side}: {}{}", said.out, said.err);
    }
}

#[test]
fn compare_sets_strategies_and_the_agent_side_by_side() {
    let place = Place::with_log();
    let sides = place.run(&["compare", "--session-id", SESSION, "--budget", "400", "--json"]).json()["sides"].clone();
    let names: Vec<&str> = sides.as_array().expect("a list").iter().filter_map(|side| side["name"].as_str()).collect();
    assert_eq!(names, ["balanced", "ladder", "gradient", "window", "rolling", "agent"]);
    let value = |side: usize| sides[side]["value"].as_f64().expect("a number");
    assert!((1..5).all(|side| value(0) >= value(side)), "balanced keeps the most value: {sides}");
    assert_eq!(sides[5]["entries"], json!([20, 0, 0, 0]), "the agent still held all of it in full");
    assert_eq!(
        place.run(&["compare", "--session-id", SESSION, "--strategy", "ladder"]).code,
        2,
        "sides are named bare"
    );
    let unknown = place.run(&["compare", "best", "--session-id", SESSION]);
    assert!(unknown.err.contains("use agent, balanced, ladder, gradient, window, rolling"), "{}", unknown.err);
    let table = place.run(&["compare", "agent", "balanced", "--session-id", SESSION, "--budget", "400"]);
    assert_eq!((table.code, table.out.lines().filter(|line| line.starts_with("balanced")).count()), (0, 1));
}

#[test]
fn compare_sets_turns_and_the_session_before_its_edits_beside_the_plan() {
    let place = Place::with_log();
    assert_eq!(place.session(&["evict", "2"]).code, 0);
    let compared =
        place.run(&["compare", "turn:1", "before-edits", "balanced@100k", "--session-id", SESSION, "--json"]).json();
    let sides = compared["sides"].as_array().expect("a list").clone();
    let names: Vec<&str> = sides.iter().filter_map(|side| side["name"].as_str()).collect();
    assert_eq!(names, ["turn:1:balanced", "before-edits:balanced", "balanced@100k"]);
    let carried = |side: usize| {
        sides[side]["entries"].as_array().map(|counts| counts.iter().filter_map(Value::as_u64).sum::<u64>())
    };
    assert!(carried(0) < carried(1), "a turn has fewer entries than all of them: {sides:?}");
    assert!(carried(2) < carried(1), "what was evicted is in before the edits: {sides:?}");
    assert_eq!(place.run(&["compare", "turn:0", "--session-id", SESSION]).code, 2);
}

#[test]
fn a_replay_is_the_same_twice_and_its_reports_can_be_compared() {
    let place = Place::with_log();
    let report = |name: &str, strategy: &str| {
        let path = place.path(name).to_str().expect("temporary folders are UTF-8").to_owned();
        let said = place.run(&[
            "replay",
            "--session-id",
            SESSION,
            "--budget",
            "300",
            "--strategy",
            strategy,
            "--report",
            &path,
        ]);
        assert_eq!(said.code, 0, "{}", said.err);
        path
    };
    let (one, again, window) =
        (report("one.json", "balanced"), report("again.json", "balanced"), report("w.json", "window"));
    let bytes = |path: &str| std::fs::read(path).expect("it was written");
    assert_eq!(bytes(&one), bytes(&again));
    assert_eq!(place.run(&["report", "diff", &one, &again]).out, "they carry the same\n");
    assert!(place.run(&["report", "diff", &one, &window]).out.contains("turn 5: "));
    let turns = place.run(&["report", "diff", &one, "--turns", "1", "5", "--json"]).json();
    assert!(turns[0]["changes"]["entered"].as_array().expect("a list").contains(&json!(20)), "{turns}");

    let there = place.run(&["replay", "--session-id", SESSION, "--report", &one]);
    assert_eq!(there.code, 1, "a report is not overwritten unasked");
    assert!(there.err.contains("--force"), "{}", there.err);
    let wrong = place.run(&["report", "diff", &place.log(1), &one]);
    assert!(wrong.code == 1 && wrong.err.contains("this is no report"), "{}", wrong.err);
    let gone = place.run(&["report", "diff", &one, "/nowhere/at.all"]);
    assert!(gone.code == 1 && gone.err.contains("cannot read /nowhere/at.all"), "{}", gone.err);
    let missing = place.run(&["report", "diff", &one, "--turns", "1", "9"]);
    assert!(missing.code == 1 && missing.err.contains("there is no turn 9: the report has 5"), "{}", missing.err);
}

#[test]
fn before_after_removed_duration() {
    let place = Place::with_log();
    let window =
        |arguments: &[&str]| place.run(&[&["window", "--session-id", SESSION, "--budget", "600"], arguments].concat());
    let result = window(&["--json"]).json();
    assert_eq!(result["should_compact"], true);
    assert!(
        result["tokens_after"].as_u64() < result["tokens_before"].as_u64()
            && result["messages_removed"].as_u64() > Some(0)
    );
    assert!(result["duration_ms"].is_u64() && result["at"].is_null());
    assert!(window(&["--show", "head"]).out.starts_with("[User #1] Please fix rounding case 0"));
    assert!(window(&["--show", "template"]).out.contains("## Key Decisions"));
    let json = window(&["--show", "head", "--json"]).json();
    assert_eq!(
        (&json["show"], json["text"].as_str().map(|text| text.starts_with("[User #1]"))),
        (&json!("head"), Some(true))
    );
    assert_eq!(window(&["--strategy", "ladder"]).code, 2, "there is one strategy here");
    let gone = window(&["--template", "/nowhere/at.all"]);
    assert!(gone.code == 1 && gone.err.contains("cannot read /nowhere/at.all"), "{}", gone.err);
    let template = place.path("mine.md");
    std::fs::write(&template, "GOAL {{goal}}").expect("the folder can be written");
    let filled = window(&["--show", "summary", "--template", template.to_str().expect("UTF-8")]);
    assert!(filled.out.starts_with("GOAL - Please fix rounding case 0"), "{}", filled.out);

    let none = window(&["--show", "last"]);
    assert!(none.code == 1 && none.err.contains("session context --strategy window"), "{}", none.err);
    assert_eq!(place.session(&["context", "--budget", "600", "--strategy", "window"]).code, 0);
    let last = window(&["--show", "last", "--json"]).json();
    assert!(last["at"].is_i64());
    assert_eq!(last["tokens_after"], result["tokens_after"]);
}
