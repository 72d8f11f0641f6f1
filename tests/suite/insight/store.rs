//! Digests, decisions and retention in a store, by the command line as people use it.

use serde_json::{Value, json};

use crate::cli::place::{Place, SESSION, log_text};

fn detect(place: &Place) -> Value {
    let said = place.run(&["detect", "--json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    said.json()
}

/// Two sessions in which three test runs and more failed.
fn two_sessions() -> Place {
    let place = Place::new();
    for (name, id) in [("5e55.jsonl", "5e55"), ("6e66.jsonl", "6e66")] {
        let path = place.path(name);
        // Rows of the same ids would belong to the session that had them first.
        let own = |text: String, n: usize| text.replace(&format!("\"u{n}\""), &format!("\"{id}-{n}\""));
        let text = (0..24).fold(log_text(6).replace("5e55", id), own);
        std::fs::write(&path, text).expect("the folder can be written");
        let path = path.to_str().expect("temporary folders are UTF-8");
        assert_eq!(place.run(&["import", path]).code, 0);
    }
    place
}

#[test]
fn patterns_are_found_decided_on_and_exported() {
    let place = two_sessions();
    let first = detect(&place);
    assert_eq!(first["digested"], json!(2));
    assert_eq!(detect(&place)["digested"], json!(0), "what has not changed is not digested again");
    assert_eq!(detect(&place)["patterns"], first["patterns"]);
    let key = first["patterns"][0]["key"].as_str().expect("a key").to_owned();
    let waiting = || place.run(&["curate", "--json"]).json()["waiting"].as_array().expect("a list").len();
    let before = waiting();
    assert!(before > 0, "{first}");
    assert_eq!(place.run(&["curate", "reject", &key, "--note", "noise"]).code, 0);
    assert_eq!(waiting(), before - 1, "what is rejected is hidden");

    let unknown = place.run(&["curate", "approve", "problem:none:x"]);
    assert_eq!((unknown.code, unknown.err.contains("haversack detect")), (1, true));
    assert_eq!(place.run(&["curate", "export"]).code, 1, "nothing is approved yet");
    assert_eq!(place.run(&["curate", "approve", &key, "--note", "Read the first error."]).code, 0);
    assert!(place.run(&["curate", "export"]).out.contains("Read the first error."));
    let log = place.run(&["curate", "log", "--json"]).json();
    assert_eq!(log.as_array().map(Vec::len), Some(2), "the log keeps both decisions");

    // A pin changes the session, not what it showed.
    assert_eq!(place.session(&["pin", "1"]).code, 0);
    assert_eq!(detect(&place)["digested"], json!(1));
    assert_eq!(place.run(&["curate", "--json"]).json()["waiting"].as_array().map(Vec::len), Some(before - 1));
}

#[test]
fn raw_text_goes_once_it_is_digested_and_comes_back_with_its_log() {
    let place = two_sessions();
    let tiny = |command: &mut assert_cmd::Command| {
        let caps = [("SOFT_MIB", "0"), ("HARD_MIB", "0"), ("AGE_DAYS", "1000000")];
        caps.iter().for_each(|(name, value)| {
            command.env(format!("HAVERSACK_RETAIN__{name}"), value);
        });
    };
    assert_eq!(place.session(&["pin", "1"]).code, 0);
    let digest = place.run(&["session", "digest", "--session-id", SESSION, "--json"]).json();
    let dry = place.run_with(&["retain", "--dry-run", "--json"], tiny).json();
    let steps = dry["steps"].as_array().expect("a list");
    let of = |name: &str| steps.iter().find(|step| step["session_id"] == name).expect("both go");
    assert_eq!((&of(SESSION)["pass"], &of(SESSION)["pins"]), (&json!("soft_cap"), &json!(1)));
    assert_eq!(of("claude:6e66")["pass"], json!("hard_cap"), "it has no digest yet");
    assert_eq!(place.json(&["get"])["entries"].as_array().map(Vec::len), Some(24), "a dry run does nothing");

    let asked = place.run_with(&["retain"], tiny);
    assert_eq!(asked.code, 2, "nobody can be asked: {}", asked.err);
    assert!(asked.err.contains("1 pinned entry among it"), "{}", asked.err);
    let store = place.path("home/.local/share/haversack/haversack.db");
    let size = || std::fs::metadata(&store).expect("the store is there").len();
    let before = size();
    let done = place.run_with(&["retain", "--yes", "--json"], tiny).json();
    assert_eq!((done["bytes_after"].clone(), done["data_loss"].clone()), (json!(0), json!([])));
    assert!(size() < before, "space is given back: {before} to {}", size());

    let gone = place.session(&["get"]);
    assert_eq!(gone.code, 1);
    assert!(gone.err.contains("session digest"), "{}", gone.err);
    assert_eq!(place.run(&["session", "digest", "--session-id", SESSION, "--json"]).json(), digest);
    let list = place.run(&["session", "list", "--text"]).out;
    assert!(list.contains("digest only"), "{list}");
    let bytes = std::fs::read(&store).expect("it can be read");
    assert!(!bytes.windows(15).any(|window| window == b"left 1.01\nasser"), "no byte of the raw text is left");
    assert!(!detect(&place)["patterns"].as_array().expect("a list").is_empty(), "patterns rest on digests");

    let log = place.path("5e55.jsonl");
    assert_eq!(place.run(&["import", log.to_str().expect("UTF-8")]).code, 0);
    assert_eq!(place.json(&["get"])["entries"].as_array().map(Vec::len), Some(24), "the log brings it back");
}

#[test]
fn what_cannot_be_digested_is_named_before_it_is_lost() {
    let place = two_sessions();
    let store = place.path("home/.local/share/haversack/haversack.db");
    let damage =
        "UPDATE entries SET kind = 'nonsense' WHERE session = (SELECT key FROM sessions WHERE id = 'claude:6e66')";
    rusqlite::Connection::open(&store).and_then(|store| store.execute(damage, [])).expect("a row is damaged");
    let tiny = |command: &mut assert_cmd::Command| {
        for (name, value) in [("SOFT_MIB", "0"), ("HARD_MIB", "0"), ("AGE_DAYS", "1000000")] {
            command.env(format!("HAVERSACK_RETAIN__{name}"), value);
        }
    };
    let dry = place.run_with(&["retain", "--dry-run", "--json"], tiny).json();
    assert_eq!(dry["data_loss"], json!(["claude:6e66"]), "a dry run tells what a run would lose");
    let asked = place.run_with(&["retain"], tiny);
    assert!(asked.code == 2 && asked.err.contains("claude:6e66 cannot be digested"), "{}", asked.err);
    assert!(asked.err.contains("DATA LOSS of 1 session"), "{}", asked.err);
    let done = place.run_with(&["retain", "--yes", "--json"], tiny).json();
    assert_eq!(done["data_loss"], json!(["claude:6e66"]));
}

#[test]
fn archived_entries_go_only_after_they_were_told_and_agreed_to() {
    let place = two_sessions();
    assert_eq!(place.session(&["archive", "3"]).code, 0);
    let old = |command: &mut assert_cmd::Command| {
        let caps = [("SOFT_MIB", "4096"), ("HARD_MIB", "6144"), ("AGE_DAYS", "1000000"), ("ARCHIVED_DAYS", "0")];
        caps.iter().for_each(|(name, value)| {
            command.env(format!("HAVERSACK_RETAIN__{name}"), value);
        });
    };
    let entries = || place.json(&["get"])["entries"].as_array().map(Vec::len);
    let dry = place.run_with(&["retain", "--dry-run", "--json"], old).json();
    // A call goes with its result.
    assert_eq!((&dry["archived_entries"], &dry["steps"]), (&json!(2), &json!([])));
    let asked = place.run_with(&["retain"], old);
    assert!(asked.code == 2 && asked.err.contains("2 archived entries"), "{}", asked.err);
    assert_eq!(entries(), Some(24), "nobody has agreed");
    let done = place.run_with(&["retain", "--yes", "--json"], old).json();
    assert_eq!((&done["archived_entries"], entries()), (&json!(2), Some(22)));
    let again = place.run_with(&["retain", "--yes", "--json"], old).json();
    assert_eq!(again["archived_entries"], json!(0));
}

#[test]
fn stats_tell_tokens_always_and_money_where_the_settings_have_prices() {
    let place = two_sessions();
    let stats = |arguments: &[&str]| place.run(&[&["stats", "--json"], arguments].concat()).json();
    let all = stats(&[]);
    assert_eq!((&all["sessions"], &all["money"]), (&json!(2), &Value::Null));
    assert_eq!(all["groups"][0]["name"], json!("claude"));
    assert_eq!(all["days"][0]["day"], json!("2026-03-01"));
    assert_eq!(stats(&["--since", "2026-03-02"])["sessions"], json!(0));
    assert_eq!(stats(&["--by", "tool"])["groups"][0]["name"], json!("Bash"));
    let told = place.run(&["stats"]).out;
    let days = told.lines().skip_while(|line| !line.starts_with("tokens a day")).nth(1);
    assert!(
        days.is_some_and(|line| line.starts_with("claude") && line.contains("█") && line.contains("on 2026-03-01")),
        "{told}"
    );
    let folder = place.path("home/.config/haversack");
    std::fs::create_dir_all(&folder).expect("it can be made");
    std::fs::write(folder.join("config.toml"), "[prices]\n\"claude-opus-5\" = { input = 100.0, output = 1000.0 }\n")
        .expect("it can be written");
    // Twelve replies of 10 tokens in and 5 out in each session.
    let money = stats(&[])["money"].as_f64().expect("a price is known");
    assert!((money - 2.0 * 12.0 * (10.0 * 100.0 + 5.0 * 1000.0) / 1e6).abs() < 1e-9, "{money}");
    std::fs::write(folder.join("config.toml"), "[prices]\n\"m\" = { input = -1.0, output = 1.0 }\n")
        .expect("it can be written");
    let wrong = place.run(&["stats"]);
    assert!(wrong.code != 0 && wrong.err.contains("below 0"), "{}", wrong.err);
}
