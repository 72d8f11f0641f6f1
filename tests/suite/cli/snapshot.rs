//! `haversack snapshot`: the same screens as on a terminal, written down.

use std::fs;

use serde_json::Value;

use super::place::{Place, SESSION};

#[test]
fn a_screen_of_a_stored_session_is_text_of_the_size_asked_for() {
    let place = Place::with_log();
    let said = place.run(&["snapshot", "--session-id", SESSION, "--size", "80x24"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(said.out.lines().count(), 24);
    assert!(said.out.contains("Entries 20") && said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
}

#[test]
fn keys_are_pressed_and_what_they_change_is_stored() {
    let place = Place::with_log();
    let said = place.run(&["snapshot", "--session-id", SESSION, "--keys", "p", "--screen", "session"]);
    assert!(said.out.contains("pinned #1"), "{}", said.out);
    let journal = place.run(&["snapshot", "--session-id", SESSION, "--screen", "journal"]);
    assert!(journal.out.contains("pinned #1"), "{}", journal.out);
    let wrong = place.run(&["snapshot", "--session-id", SESSION, "--keys", "<retrun>"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("'<retrun>' is no key"), "{}", wrong.err);
}

#[test]
fn what_a_model_writes_is_made_up_and_no_model_is_asked() {
    let place = Place::with_log();
    let stored = |command: &mut assert_cmd::Command| {
        // Nobody listens there: who asked would be told so.
        command.env("HAVERSACK_LLM__ENABLED", "true").env("HAVERSACK_LLM__URL", "http://127.0.0.1:9");
    };
    let shown = |screen: &str| {
        let said = place.run_with(&["snapshot", "--session-id", SESSION, "--screen", screen], stored);
        assert_eq!((said.code, said.err.as_str()), (0, ""));
        said.out
    };
    let draft = shown("draft");
    assert!(draft.contains("The next turn · an example, no model is asked") && draft.contains("made up"), "{draft}");
    assert!(draft.contains("run the whole suite again") && !draft.contains("enter apply"), "{draft}");
    let proposal = shown("writing");
    assert!(
        proposal.contains("Proposed") && proposal.contains("Now") && proposal.contains("enter apply"),
        "{proposal}"
    );
    assert_eq!(shown("writing"), proposal, "nothing was kept or changed");
}

#[test]
fn a_file_tells_its_format_and_is_replaced_only_when_asked() {
    let place = Place::new();
    let path = place.path("sweep.json");
    let name = path.to_str().expect("a temporary folder has a name in UTF-8");
    let command = ["snapshot", "--demo", "--screen", "sweep", "--budget", "8k", "--size", "100x30", "-o", name];
    assert_eq!(place.run(&command).code, 0);
    let read = || fs::read_to_string(&path).expect("it was written");
    let json: Value = serde_json::from_str(&read()).expect("it is JSON");
    assert_eq!((&json["size"]["columns"], &json["size"]["rows"]), (&100.into(), &30.into()));
    let text: String = json["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .flat_map(|row| row.as_array().expect("runs"))
        .map(|run| run["text"].as_str().expect("text"))
        .collect();
    assert!(text.contains("Sweep") && text.contains("balanced"), "{text}");
    let again = place.run(&command);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("is there already: --force replaces it"), "{}", again.err);
    assert_eq!(place.run(&[&command[..], &["--force"]].concat()).code, 0);
}

#[test]
fn who_names_no_session_is_told_how() {
    let place = Place::new();
    let said = place.run(&["snapshot"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("--session-id ID") && said.err.contains("--demo"), "{}", said.err);
    let said = place.run(&["snapshot", "--demo", "--size", "10x10"]);
    assert!(said.code == 2 && said.err.contains("from 40x12 to 500x200"), "{}", said.err);
    let said = place.run(&["snapshot", "--session-id", "claude:none"]);
    assert!(said.code == 1 && said.err.contains("claude:none"), "{}", said.err);
    let empty = place.run(&["snapshot", "--screen", "sessions", "--size", "80x24"]);
    assert!(empty.out.contains("No sessions yet"), "{}", empty.out);
}
