//! `haversack doctor`: what it says of a home with a store, of one without, and of what is broken.

use std::fs;

use serde_json::Value;

use super::place::{Place, Said};

fn examined(place: &Place) -> (Said, Value) {
    let said = place.run(&["doctor", "--json"]);
    let value = serde_json::from_str(&said.out).expect("it prints JSON");
    (said, value)
}

#[test]
fn a_home_without_a_store_is_well_and_gets_none() {
    let place = Place::new();
    let (said, value) = examined(&place);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(value["store"], Value::Null);
    assert_eq!(value["problems"], Value::Array(Vec::new()));
    assert_eq!((&value["tokenizer"]["encoding"], &value["tokenizer"]["works"]), (&"o200k_base".into(), &true.into()));
    let store = value["paths"]["store"].as_str().expect("it names the store");
    assert!(!std::path::Path::new(store).exists(), "looking makes no store");
    let said = place.run(&["doctor"]);
    assert!(said.out.contains("Nothing is wrong.") && said.out.contains("none yet"), "{}", said.out);
}

#[test]
fn a_store_is_read_and_counted() {
    let place = Place::with_log();
    let (said, value) = examined(&place);
    assert_eq!(said.code, 0, "{}", said.out);
    let store = &value["store"];
    assert_eq!((&store["kind"], &store["sessions"], &store["entries"]), (&"haversack".into(), &1.into(), &20.into()));
    assert_eq!(
        (&store["damage"], &store["deleted"], &store["not_indexed"]),
        (&Value::Array(Vec::new()), &0.into(), &0.into())
    );
    assert!(store["bytes"].as_u64() > Some(10_000) && store["schema"].as_i64() > Some(0));
}

#[test]
fn a_bad_keymap_and_a_file_that_is_no_store_are_told_and_fail() {
    let place = Place::new();
    let keymap = place.path("home/.config/haversack/keymap.toml");
    fs::create_dir_all(keymap.parent().expect("it stands in a folder")).expect("a temporary folder can be made");
    fs::write(&keymap, "pin = \"x\"").expect("a temporary file can be written");
    let (said, value) = examined(&place);
    assert_eq!((said.code, said.err.as_str()), (1, ""), "what is wrong stands in the answer");
    let problems = value["problems"].to_string();
    assert!(problems.contains("'x' is bound to both"), "{problems}");
    let broken = place.path("broken.db");
    fs::write(&broken, "no database at all, but long enough to be looked at".repeat(40)).expect("it can be written");
    let said = place.run(&["doctor", "--store", &broken.display().to_string()]);
    assert_eq!(said.code, 1);
    assert!(said.out.lines().filter(|line| line.starts_with("! ")).count() == 2, "{}", said.out);
}

#[test]
fn colours_are_as_the_terminal_and_the_person_say() {
    let place = Place::new();
    let colours = |set: &[(&str, &str)]| {
        let said = place.run_with(&["doctor", "--json"], |command| {
            command.envs(set.iter().copied());
        });
        let value: Value = serde_json::from_str(&said.out).expect("it prints JSON");
        (value["terminal"]["colours"].clone(), value["terminal"]["theme"].clone())
    };
    assert_eq!(colours(&[("TERM", "xterm-256color")]), ("256".into(), "terminal".into()));
    assert_eq!(colours(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]), ("16 million".into(), "terminal".into()));
    assert_eq!(colours(&[("TERM", "xterm"), ("NO_COLOR", "1")]), ("none".into(), "plain".into()));
}
