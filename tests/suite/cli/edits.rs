//! Editing a session from the command line.

use serde_json::{Value, json};

use super::place::{Place, SESSION, Said};

#[test]
fn an_entry_is_named_by_number_or_id() {
    let place = Place::with_log();
    let id = place.json(&["get", "2"])["entries"][0]["entry_id"].as_str().expect("an id").to_string();
    assert_eq!(id.len(), 16);
    for name in ["#2", "2", &id] {
        let answer = place.json(&["pin", name]);
        assert_eq!(answer["changed"], json!([{"entry_id": id, "seq": 2}]));
        assert_eq!(place.session(&["undo"]).code, 0);
    }
    assert!(place.session(&["get", &id, "--text"]).out.starts_with("#2 message"));
}

#[test]
fn every_verb_changes_what_it_says_and_is_undone() {
    let place = Place::with_log();
    let before = place.json(&["get"])["entries"].clone();
    let state = |seq: usize| place.json(&["get"])["entries"][seq - 1]["state"].clone();
    type Holds = fn(Value) -> bool;
    let verbs: [(&[&str], Holds); 7] = [
        (&["pin", "2"], |state| state["pinned"] == json!(true)),
        (&["rescore", "2", "--to", "0.9"], |state| state["importance"] == json!(900)),
        (&["compact", "4", "--to", "sentence"], |state| state["held"]["by"] == json!("hand")),
        (&["evict", "4"], |state| state["fate"] == json!("evicted")),
        (&["restore", "4"], |state| state["fate"] == json!("live")),
        (&["rewrite", "4", "--level", "summary", "--text", "case 0 failed"], |state| {
            state["rewrites"]["summary"] == json!("case 0 failed")
        }),
        (&["unpin", "2"], |state| state["pinned"] == json!(false)),
    ];
    for (arguments, holds) in verbs {
        let said = place.session(arguments);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{arguments:?}");
        let seq = arguments[1].parse().expect("the second argument is a number");
        assert!(holds(state(seq)), "{arguments:?}: {}", state(seq));
    }
    for _ in verbs {
        assert_eq!(place.session(&["undo"]).code, 0);
    }
    assert_eq!(place.json(&["get"])["entries"], before);
    for _ in verbs {
        assert_eq!(place.session(&["redo"]).code, 0);
    }
    assert_eq!(state(4)["rewrites"]["summary"], json!("case 0 failed"));
    assert_eq!(place.json(&["rewrite", "4", "--level", "summary", "--by-rule"])["changed"][0]["seq"], json!(4));
    assert_eq!(place.json(&["rescore", "2", "--by-rule"])["changed"][0]["seq"], json!(2));
}

#[test]
fn what_is_refused_is_told_and_what_can_be_done_is_done() {
    let place = Place::with_log();
    assert_eq!(place.session(&["pin", "2"]).code, 0);
    let Said { code, err, .. } = place.session(&["pin", "2"]);
    assert_eq!((code, err.as_str()), (1, "haversack: #2 is pinned already\n"));
    let Said { code, out, err } = place.session(&["pin", "2", "3"]);
    assert_eq!((code, err.as_str()), (0, "haversack: #2 is pinned already\n"));
    assert!(out.starts_with("pinned #3"), "{out}");
    let answer = place.json(&["pin", "2", "5"]);
    assert_eq!(answer["refused"], json!([{"seq": 2, "why": "is pinned already"}]));
    let said = place.session(&["rewrite", "2", "--level", "summary", "--text", &"word ".repeat(500)]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("would save nothing"), "{}", said.err);
}

#[test]
fn an_agent_does_not_undo_what_a_person_did_and_the_journal_tells_the_way_in() {
    let place = Place::with_log();
    assert_eq!(place.session(&["pin", "2"]).code, 0);
    let log = place.json(&["log"]);
    let row = log.as_array().expect("a list").last().expect("the pin").clone();
    assert_eq!(
        (&row["actor"], &row["via"], &row["words"]),
        (&json!("person"), &json!("command_line"), &json!("pinned #2"))
    );
    let number = row["row"].to_string();
    let before = place.state();
    let agent = ["--actor", "agent:lore"];
    for (asked, told) in [
        (vec!["unpin", "2"], format!("a person pinned #2 (journal row {number}): ask them to unpin it")),
        (vec!["undo", "--row", &number], format!("a person pinned #2 (journal row {number}): ask them to undo that")),
        (
            vec!["purge", "--yes"],
            format!("only a person may purge {SESSION}: ask one to run `haversack session purge`"),
        ),
    ] {
        let said = place.session(&[&asked, &agent[..]].concat());
        assert_eq!((said.code, said.err), (1, format!("haversack: {told}\n")), "{asked:?}");
        assert_eq!(place.state(), before, "{asked:?}");
    }
    assert_eq!(place.session(&["unpin", "2"]).code, 0, "a person may");
}

#[test]
fn the_journal_says_who_and_an_agent_undoes_its_own() {
    let place = Place::with_log();
    let agent = ["--actor", "agent:lore"];
    assert_eq!(place.session(&[&["pin", "2"], &agent[..]].concat()).code, 0);
    assert_eq!(place.session(&["pin", "6"]).code, 0);
    assert_eq!(place.session(&[&["undo"], &agent[..]].concat()).code, 0);
    let log = place.json(&["log"]);
    let rows: Vec<String> = log
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| format!("{} {} {}", row["actor"], row["status"], row["words"]).replace('"', ""))
        .collect();
    assert_eq!(rows, ["rule append imported 20 entries", "agent:lore undone pinned #2", "person done pinned #6"]);
    let row = log[2]["row"].to_string();
    assert_eq!(place.json(&["undo", "--row", &row])["words"], json!("undone: pinned #6"));
    assert_eq!(place.session(&["undo", "--row", &row]).code, 1);
}

#[test]
fn a_later_edit_is_not_undone_from_under_somebody() {
    let place = Place::with_log();
    assert_eq!(place.session(&["pin", "2"]).code, 0);
    assert_eq!(place.session(&["rescore", "2", "--to", "0.5", "--actor", "agent:lore"]).code, 0);
    let before = place.json(&["get"]);
    let said = place.session(&["undo"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("'scored #2 0.50' by agent:lore"), "{}", said.err);
    assert_eq!(place.json(&["get"]), before);
}

#[test]
fn entries_are_pushed_from_an_option_or_from_standard_input() {
    let place = Place::new();
    assert_eq!(place.run(&["session", "create", "--session-id", SESSION, "--preserve-recent", "2"]).code, 0);
    assert_eq!(place.run(&["session", "create", "--session-id", SESSION]).code, 1, "it is there already");
    let pushed = place.json(&["push", "--content", "never round early", "--importance", "0.9"]);
    assert_eq!(pushed["added"][0]["seq"], json!(1));
    let said = place.run_with(
        &["session", "push", "--role", "tool", "--source", "cargo test", "--session", SESSION, "--text"],
        |command| {
            command.write_stdin("test \u{1b}[31mfailed\u{1b}[0m \u{202e}\n");
        },
    );
    assert_eq!((said.code, said.out.as_str()), (0, "pushed #2\n"));
    let got = place.session(&["get", "--json"]);
    assert!(!got.out.contains(['\u{1b}', '\u{202e}']), "what a terminal would obey is escaped");
    let entries = got.json()["entries"].clone();
    assert_eq!((entries[0]["role"].clone(), entries[0]["state"]["importance"].clone()), (json!("user"), json!(900)));
    assert_eq!((entries[1]["role"].clone(), entries[1]["tool"].clone()), (json!("tool"), json!("cargo test")));
    assert_eq!(place.session(&["push", "--content", " "]).code, 1, "an empty entry says nothing");
    assert_eq!(place.session(&["push", "--role", "nobody", "--content", "x"]).code, 2);
}

#[test]
fn the_demo_stands_in_for_a_session_and_keeps_nothing() {
    let place = Place::new();
    let said = place.run(&["session", "pin", "5", "--demo"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("pinned #5") && said.err.contains("keeps nothing"), "{said:?}");
    let entries = place.run(&["session", "get", "--demo", "--json"]).json()["entries"].clone();
    assert_eq!(entries[4]["state"]["pinned"], json!(false));
    let plan = place.run(&["session", "context", "--demo", "--budget", "8k", "--json"]).json();
    assert!(plan["used"].as_u64() <= Some(8_000) && plan["blocks"].as_array().is_some_and(|blocks| blocks.len() > 5));
    assert!(place.run(&["why", "#5", "--demo"]).out.contains("#5"));
    assert!(!place.path("home").exists());
}

#[test]
fn secrets_and_hostile_text_that_are_pushed_do_no_harm() {
    let place = Place::new();
    let secret = ["ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"].concat();
    assert_eq!(place.run(&["session", "create", "--session-id", SESSION]).code, 0);
    let content = format!("token {secret} \u{1b}]0;owned\u{7} and \u{202e}backwards");
    assert_eq!(place.session(&["push", "--content", &content]).code, 0);
    let said = [
        place.session(&["get", "--text"]),
        place.session(&["get", "1", "--text"]),
        place.session(&["context", "--format", "text"]),
    ];
    for Said { out, .. } in said {
        assert!(out.contains("backwards") && !out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{out:?}");
        assert!(!out.contains(&secret), "{out}");
    }
    let folder = place.path("home/.local/share/haversack");
    for file in std::fs::read_dir(folder).expect("the store is there") {
        let bytes = std::fs::read(file.expect("it can be listed").path()).expect("it can be read");
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "the secret is in the store");
    }
}
