//! Facts from the command line: written, listed, replaced, expired, pinned, taken back.

use std::fs;

use serde_json::{Value, json};

use super::place::{Place, SESSION, Said};

impl Place {
    /// What a facts command says for the imported session.
    fn facts(&self, arguments: &[&str]) -> Said {
        self.run(&[&["facts"], arguments, &["--session-id", SESSION]].concat())
    }

    /// The same as JSON; it must succeed.
    fn facts_json(&self, arguments: &[&str]) -> Value {
        let said = self.facts(&[arguments, &["--json"]].concat());
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{arguments:?}");
        said.json()
    }

    /// Value and standing of every write, as listed.
    fn all(&self) -> Vec<(String, String)> {
        let words = |row: &Value, name: &str| row[name].as_str().expect("it is text").to_string();
        let answer = self.facts_json(&["list", "--all"]);
        answer["facts"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| (words(row, "value"), words(row, "standing")))
            .collect()
    }
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(value, standing)| (value.to_string(), standing.to_string())).collect()
}

#[test]
fn an_agent_does_not_speak_with_a_persons_trust() {
    let place = Place::with_log();
    for (who, trust) in [("agent:claude", "user"), ("agent:claude", "policy"), ("rule", "user")] {
        let said = place.facts(&["set", "port", "4000", "--actor", who, "--trust", trust]);
        assert!(said.code == 1 && said.err.contains(&format!("does not count as that of {trust}")), "{said:?}");
    }
    assert_eq!(place.all(), []);
    place.facts_json(&["set", "port", "4000", "--actor", "agent:claude", "--trust", "tool"]);
    assert_eq!(place.all(), pairs(&[("4000", "active")]));
}

#[test]
fn write_policy() {
    let place = Place::with_log();
    let token = "ghp_0123456789abcdefghijABCDEFGHIJ456789";
    let password = "hunter2-Zebra";
    for (key, value) in [("remote", format!("https://x:{token}@host/r")), ("DB_PASSWORD", password.into())] {
        let said = place.facts(&["set", key, &value, "--json"]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(!said.out.contains(token) && !said.out.contains(password), "{}", said.out);
    }
    assert_eq!(place.facts(&["set", token, "v"]).code, 0);
    assert_eq!(place.facts(&["expire", "DB_PASSWORD"]).code, 0);
    for arguments in [&["list", "--all"][..], &["history", "remote"], &["expire", token]] {
        let said = place.facts(arguments);
        assert!(!format!("{said:?}").contains(token), "{said:?}");
    }
    let folder = place.path("home").join(".local/share/haversack");
    let files: Vec<_> =
        fs::read_dir(&folder).expect("the store is there").map(|file| file.expect("listed").path()).collect();
    assert!(!files.is_empty());
    for file in files {
        let bytes = fs::read(&file).expect("it can be read");
        for secret in [token, password] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{}", file.display());
        }
    }
    let said = place.facts(&["set", "  verify ", " cargo test \n"]);
    assert_eq!((said.code, said.out.as_str()), (0, "set verify: active, holds 3 h\n"), "trimmed");
}

#[test]
fn what_the_policy_refuses_changes_nothing() {
    let place = Place::with_log();
    let said = place.facts(&["set", "k", &"v".repeat(281)]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (
            1,
            "haversack: the value has 281 characters, 280 are allowed and nothing is cut: say it shorter, or as several facts\n"
        )
    );
    assert_eq!(place.facts(&["set", "k", &"四".repeat(281)]).code, 1);
    assert_eq!(place.facts(&["set", " ", "v"]).code, 1);
    assert_eq!(place.facts(&["set", "k", "v", "--from", "#99"]).code, 1);
    for (flag, words) in
        [("--kind", "give goal,"), ("--scope", "give session"), ("--trust", "give user,"), ("--ttl", "")]
    {
        let said = place.facts(&["set", "k", "v", flag, "x"]);
        assert!(said.code == 2 && said.err.contains(words), "{said:?}");
    }
    assert!(place.facts(&["list", "--as-of", "yesterday"]).err.contains("give a time such as"));
    assert_eq!(place.facts_json(&["list", "--all"])["facts"], json!([]));
    assert_eq!(place.json(&["log"]).as_array().map(Vec::len), Some(1), "nothing but the import is in the journal");
    assert_eq!(place.facts(&["set", "k", &"四".repeat(280)]).code, 0);
}

#[test]
fn ttl() {
    let place = Place::with_log();
    let set = |arguments: &[&str]| {
        let fact = place.facts_json(&[&["set"], arguments].concat())["fact"].take();
        let minutes = |end: &Value| end.as_i64().map(|end| (end - fact["at"].as_i64().expect("a time")) / 60_000);
        (fact["at"].as_i64().expect("a time"), minutes(&fact["expires"]))
    };
    assert_eq!(set(&["a", "v"]).1, Some(180));
    assert_eq!(set(&["b", "v", "--kind", "goal"]).1, None);
    assert_eq!(set(&["c", "v", "--ttl", "5"]).1, Some(5));
    let (at, minutes) = set(&["port", "4000", "--kind", "short-lived"]);
    assert_eq!(minutes, Some(30));
    let standing = |as_of: i64| {
        let answer = place.facts_json(&["history", "port", "--as-of", &as_of.to_string()]);
        answer["facts"][0]["standing"].as_str().expect("a word").to_string()
    };
    assert_eq!(standing(at - 1), "not_yet");
    assert_eq!(standing(at + (29 * 60 + 59) * 1_000), "active");
    assert_eq!(standing(at + 30 * 60_000), "expired");
    let listed = |as_of: &str| place.facts_json(&["list", "--as-of", as_of])["facts"].as_array().map(Vec::len);
    assert_eq!([listed("2000-01-01T00:00:00Z"), listed("2999-01-01T00:00:00+02:00")], [Some(0), Some(1)]);
    place.facts_json(&["pin", "port"]);
    assert_eq!(standing(at + 30 * 60_000), "active", "a pinned fact does not expire");
}

#[test]
fn times_to_live_come_from_the_environment() {
    let place = Place::with_log();
    let minutes = |variable: &str, arguments: &[&str]| {
        let arguments = [&["facts", "set"], arguments, &["--session-id", SESSION, "--json"]].concat();
        let fact = place.run_with(&arguments, |command| {
            command.env(variable, "7");
        });
        let fact = fact.json()["fact"].take();
        (fact["expires"].as_i64().expect("it expires") - fact["at"].as_i64().expect("a time")) / 60_000
    };
    assert_eq!(minutes("HAVERSACK_FACTS__DEFAULT_TTL_MINUTES", &["k", "v"]), 7);
    assert_eq!(minutes("HAVERSACK_FACTS__SHORT_LIVED_TTL_MINUTES", &["k", "v", "--kind", "short-lived"]), 7);
    assert_eq!(minutes("HAVERSACK_FACTS__PROJECT_TTL_MINUTES", &["k", "v", "--scope", "project"]), 7);
    assert_eq!(minutes("HAVERSACK_FACTS__PROJECT_TTL_MINUTES", &["k", "v"]), 180);
    assert_eq!(minutes("HAVERSACK_FACTS__SESSION_TTL_MINUTES", &["k", "v"]), 7);
    let said = place.run_with(&["facts", "set", "k", "12345678", "--session-id", SESSION], |command| {
        command.env("HAVERSACK_FACTS__MAX_VALUE_CHARS", "7");
    });
    assert!(said.code == 1 && said.err.contains("has 8 characters, 7 are allowed"), "{said:?}");
}

#[test]
fn conflict() {
    let place = Place::with_log();
    place.facts_json(&["set", "verify", "cargo test", "--trust", "policy"]);
    place.facts_json(&["set", "verify", "cargo test -p pricing"]);
    let said = place.facts(&["set", "verify", "make test", "--actor", "agent:claude"]);
    let by = place.facts_json(&["list"])["facts"][0]["fact_id"].as_str().expect("an id").to_string();
    assert_eq!(
        (said.code, said.out),
        (0, format!("set verify: rejected: lower trust than {by}; in force is 'cargo test -p pricing' (user)\n"))
    );
    place.facts_json(&["set", "verify", "cargo test --workspace"]);
    let history = place.facts_json(&["history", "verify"]);
    let told: Vec<(&str, &str)> = history["facts"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (row["value"].as_str().expect("text"), row["standing"].as_str().expect("a word")))
        .collect();
    assert_eq!(
        told,
        [
            ("cargo test", "rejected_lower_trust"),
            ("cargo test -p pricing", "superseded"),
            ("make test", "rejected_lower_trust"),
            ("cargo test --workspace", "active"),
        ]
    );
    let by: Vec<&Value> = history["facts"].as_array().expect("a list").iter().map(|row| &row["by"]).collect();
    assert_eq!(by, [&history["facts"][3]["fact_id"], by[0], by[0], &Value::Null]);
    // Who was in force is out: the next takes its place, down to the least trusted.
    for next in ["cargo test -p pricing", "cargo test", "make test"] {
        place.facts_json(&["expire", "verify"]);
        assert_eq!(place.facts_json(&["list"])["facts"][0]["value"], json!(next));
    }
    let said = place.facts(&["expire", "verify"]);
    assert_eq!(said.out, "expired verify: removed; no write of it is in force\n");
    let said = place.facts(&["expire", "verify"]);
    assert!(said.code == 1 && said.err.contains("no fact 'verify' is in force"), "{said:?}");
    assert!(place.all().iter().all(|(_, standing)| standing == "removed"));
    assert!(place.facts(&["list"]).err.contains("--all shows those that were"));
    assert_eq!(place.facts(&["history", "Verify"]).code, 1, "capitals count");
}

#[test]
fn undo_of_set_expire_and_pin_is_exact() {
    let place = Place::with_log();
    let state = || (place.facts(&["list", "--all", "--json", "--as-of", "2999-01-01T00:00:00Z"]).out, place.state());
    let mut states = vec![state()];
    let steps: [&[&str]; 5] = [
        &["set", "verify", "cargo test", "--kind", "verification", "--from", "#2", "--pin"],
        &["unpin", "verify"],
        &["pin", "verify"],
        &["expire", "verify"],
        &["set", "verify", "cargo test -p pricing", "--scope", "project"],
    ];
    for step in steps {
        place.facts_json(step);
        states.push(state());
    }
    for state_before in states.iter().rev().skip(1) {
        assert_eq!(place.session(&["undo"]).code, 0);
        assert_eq!(&state(), state_before);
    }
    for state_after in &states[1..] {
        assert_eq!(place.session(&["redo"]).code, 0);
        assert_eq!(&state(), state_after);
    }
    let words: Vec<Value> =
        place.json(&["log"]).as_array().expect("a list").iter().map(|row| row["words"].clone()).collect();
    assert_eq!(
        words[1..],
        ["set fact verify", "unpinned fact verify", "pinned fact verify", "expired fact verify", "set fact verify"]
    );
}

#[test]
fn undo_refuses_drift() {
    let place = Place::with_log();
    place.facts_json(&["set", "verify", "cargo test"]);
    place.facts_json(&["pin", "verify", "--actor", "agent:claude"]);
    let said = place.session(&["undo"]);
    assert!(said.code == 1 && said.err.contains("'pinned fact verify' by agent:claude"), "{said:?}");
    assert_eq!(place.all(), pairs(&[("cargo test", "active")]));
    assert_eq!(place.session(&["undo", "--actor", "agent:claude"]).code, 0);
    assert_eq!(place.session(&["undo"]).code, 0);
    assert_eq!(place.all(), []);
}

#[test]
fn a_project_fact_is_seen_by_another_session_of_the_project() {
    let place = Place::with_log();
    let log = fs::read_to_string(place.path("5e55.jsonl")).expect("the log is there");
    // Rows of the same name would be copies, and belong to the first session.
    let other = log.replace("5e55", "0ther").replace("uid\":\"u", "uid\":\"other");
    let log = place.path("0ther.jsonl");
    fs::write(&log, other).expect("the folder can be written");
    assert_eq!(place.run(&["import", log.to_str().expect("UTF-8")]).code, 0);
    let of_other =
        |arguments: &[&str]| place.run(&[&["facts"], arguments, &["--session-id", "claude:0ther", "--json"]].concat());
    place.facts_json(&["set", "rule", "no floats in totals", "--kind", "constraint", "--scope", "project"]);
    place.facts_json(&["set", "port", "4000"]);
    let seen = of_other(&["list"]).json()["facts"].take();
    assert_eq!(seen.as_array().map(Vec::len), Some(1));
    assert_eq!((&seen[0]["value"], &seen[0]["scope"]), (&json!("no floats in totals"), &json!("project")));
    assert_eq!(of_other(&["expire", "rule"]).code, 0);
    let rule = || place.facts_json(&["history", "rule"])["facts"][0]["standing"].take();
    assert_eq!(rule(), "removed");
    let undone = place.run(&["session", "undo", "--session-id", "claude:0ther"]);
    assert_eq!((undone.code, rule()), (0, json!("active")));
}

#[test]
fn lists_read_well_and_are_inert() {
    let place = Place::with_log();
    place.facts_json(&["set", "rule", "no \u{1b}[31mfloats\nin totals\u{202e}", "--kind", "constraint", "--from", "2"]);
    place.facts_json(&["set", "port", "4000", "--ttl", "2881"]);
    place.facts_json(&["set", "port", "5000", "--actor", "agent:claude", "--pin"]);
    assert_eq!(
        place.facts(&["list"]).out,
        "key   kind        scope    trust  written   holds     value\n\
         port  context     session  user   just now  2 days    4000\n\
         rule  constraint  session  user   just now  for ever  no floats in totals\\u{202e} (from #2)\n"
    );
    let all = place.facts(&["list", "--all"]).out;
    let (first, last) = (all.lines().next().expect("a heading"), all.lines().last().expect("a row"));
    assert!(first.starts_with("id ") && first.contains("  standing  "), "{all}");
    assert!(last.contains("  rejected: lower trust than ") && last.ends_with("  5000"), "{all}");
    let rows = place.facts_json(&["list"]);
    assert_eq!(rows["facts"][1]["source_seq"], json!(2));
    assert!(rows["facts"][0]["tokens"].as_u64() > Some(4), "{rows}");
    assert!(place.facts(&["history", "port"]).out.starts_with("id "));
    let said = place.run(&["facts", "set", "k", "v", "--demo"]);
    assert!(said.code == 0 && said.err.contains("keeps nothing"), "{said:?}");
}
