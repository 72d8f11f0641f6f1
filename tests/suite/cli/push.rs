//! Pushing as distill's users do, what it does beyond, and what it does not do wrong. Tests are named after the rows and
//! the weaknesses of the reference on distill.

use serde_json::{Value, json};

use super::{
    place::Place,
    pushing::{ID, NOTE, Session, about},
};

#[test]
fn a_script_written_for_distill_works_when_only_the_programs_name_changes() {
    let place = Place::new();
    let db = place.path("sessions.db");
    let distill = |arguments: &[&str]| -> Value {
        let said = place.run(&[&["session"], arguments, &["--db", db.to_str().expect("it is UTF-8")]].concat());
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{arguments:?}");
        assert_eq!(said.out.lines().count(), 1, "{}", said.out);
        said.json()
    };
    let created = distill(&[
        "create",
        "--session-id",
        ID,
        "--max-tokens",
        "5000",
        "--dedup-threshold",
        "0.15",
        "--preserve-recent",
        "10",
    ]);
    assert_eq!((&created["session_id"], &created["max_tokens"]), (&json!(ID), &json!(5000)));
    assert_eq!((&created["current_tokens"], &created["entry_count"]), (&json!(0), &json!(0)));
    assert!(created["created_at"].as_str().is_some_and(|at| at.ends_with('Z') && at.contains('T')), "{created}");
    assert!(created["updated_at"].is_string());

    let empty = distill(&["context", "--session-id", ID]);
    assert_eq!(empty["entries"], json!([]), "distill says null");
    assert_eq!(empty["stats"]["total_entries"], json!(0));

    let pushed = distill(&[
        "push",
        "--session-id",
        ID,
        "--role",
        "user",
        "--content",
        "Fix the rounding.",
        "--importance",
        "1.0",
    ]);
    for (field, value) in [("accepted", 1), ("deduplicated", 0), ("compressed", 0), ("evicted", 0)] {
        assert_eq!(pushed[field], json!(value), "{field}");
    }
    let tokens = pushed["current_tokens"].as_i64().expect("a number");
    assert_eq!((pushed["session_id"].clone(), pushed["budget_remaining"].clone()), (json!(ID), json!(5000 - tokens)));
    distill(&["push", "--session-id", ID, "--role", "tool", "--source", "src/cart.rs", "--content", "fn total() {}"]);

    let context = distill(&["context", "--session-id", ID, "--max-tokens", "3000"]);
    let entry = &context["entries"][1];
    assert_eq!(
        (&entry["role"], &entry["content"], &entry["source"]),
        (&json!("tool"), &json!("fn total() {}"), &json!("src/cart.rs"))
    );
    assert_eq!((&entry["level"], entry["id"].is_string(), entry["tokens"].is_u64()), (&json!(0), true, true));
    assert!(entry["age"].as_str().is_some_and(|age| age.ends_with('s')), "{entry}");
    assert_eq!(context["entries"][0].get("source"), None, "left out where there is none");
    let stats = &context["stats"];
    assert_eq!((&stats["total_entries"], &stats["compression_levels"]), (&json!(2), &json!({"0": 2})));
    assert_eq!((&stats["total_tokens"], &stats["compression_savings"]), (&json!(pushed_tokens(&context)), &json!(0)));
    assert_eq!(context["budget"], json!(3000), "the plan's own fields stand beside");
    assert_eq!(
        distill(&["context", "--session-id", ID, "--max-tokens", "0"])["entries"].as_array().map(Vec::len),
        Some(2)
    );
    let user = distill(&["context", "--session-id", ID, "--role", "user"]);
    assert_eq!(user["entries"].as_array().map(Vec::len), Some(1));

    let deleted = distill(&["delete", "--session-id", ID]);
    assert_eq!((&deleted["session_id"], &deleted["entries_removed"]), (&json!(ID), &json!(2)));
    let said =
        place.run(&["session", "push", "--session-id", ID, "--content", "x", "--db", db.to_str().expect("UTF-8")]);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "errors go to standard error");
}

/// A script that cleans up after itself makes the same session again the next time. distill's deletion leaves nothing.
#[test]
fn a_deleted_session_gives_its_id_away_and_can_still_come_back() {
    let session = Session::new(&[]);
    session.push("user", NOTE, &[]);
    assert_eq!(session.run(&["create"]).code, 1, "only a deleted one gives its id away");
    session.ok(&["delete"]);
    let created = session.run(&["create", "--max-tokens", "700"]);
    assert_eq!((created.code, created.json()["session_id"].clone()), (0, json!(ID)));
    let aside = format!("{ID}.deleted-1");
    assert!(created.err.contains(&format!("is called {aside} now")), "{}", created.err);
    assert_eq!(session.ok(&["get"])["entry_count"], json!(0));
    session.push("user", NOTE, &[]);
    session.ok(&["delete"]);
    assert!(session.run(&["create"]).err.contains(".deleted-2"), "each keeps what it held");
    let back = session.place.run(&["session", "undelete", "--session-id", &aside]);
    assert_eq!(back.code, 0, "{}", back.err);
    let got = session.place.run(&["session", "get", "1", "--session-id", &aside]).json();
    assert_eq!(got["entries"][0]["text"], json!(NOTE));
}

fn pushed_tokens(context: &Value) -> u64 {
    context["entries"].as_array().expect("a list").iter().filter_map(|entry| entry["tokens"].as_u64()).sum()
}

#[test]
fn list_and_get_say_what_distill_leaves_out() {
    let session = Session::new(&["--max-tokens", "9000"]);
    session.push("user", NOTE, &[]);
    let list = session.place.run(&["session", "list"]).json();
    let (row, got) = (&list[0], session.ok(&["get"]));
    for field in ["session_id", "max_tokens", "current_tokens", "entry_count", "created_at", "updated_at"] {
        assert_eq!(row[field], got[field], "{field}");
    }
    assert_eq!((&got["entry_count"], &got["push_count"], &got["max_tokens"]), (&json!(1), &json!(1), &json!(9000)));
    assert_eq!(got["stats"]["total_tokens"], got["current_tokens"]);
}

#[test]
fn text_for_people_is_printed_where_it_is_asked_for() {
    let session = Session { place: Place::new() };
    assert_eq!(session.run(&["create", "--text"]).out, format!("{ID}\n"));
    assert_eq!(session.run(&["push", "--content", NOTE, "--text"]).out, "pushed #1\n");
    let again = session.run(&["push", "--content", NOTE, "--text"]).out;
    assert_eq!(again, "pushed #2\n#1 superseded by #2 (the same text)\n");
    assert!(session.run(&["get", "2", "--text"]).out.starts_with("#2 prompt"));
    assert!(session.run(&["context", "--format", "text"]).out.starts_with("# Session memory"));
    assert!(session.place.run(&["session", "list", "--text"]).out.contains("entries"));
    assert!(session.run(&["delete", "--text"]).out.contains("undelete"));
    assert_eq!(session.run(&["get", "--text", "--json"]).code, 2);
}

#[test]
fn dedup_on_push_needs_no_embeddings() {
    let session = Session::new(&[]);
    let long = format!("{NOTE}; {NOTE}, and the tests {NOTE} again");
    let near = long.replace("and the tests", "and no tests");
    let spaced = near.replace(' ', "  ");
    session.push("assistant", &long, &[]);
    let second = session.push("assistant", &near, &[]);
    assert_eq!((&second["deduplicated"], &second["superseded"][0]["by"]), (&json!(1), &json!(2)));
    assert_eq!(session.push("assistant", &spaced, &[])["superseded"][0]["seq"], json!(2));
    assert_eq!(session.fates(), ["superseded", "superseded", "full"]);
    assert_eq!(session.push("user", &long, &[])["deduplicated"], json!(0), "another role said it");
    assert_eq!(session.push("assistant", &about("cart", 9), &[])["deduplicated"], json!(0));
    let strict = Session::new(&[]);
    strict.push("assistant", &long, &[]);
    assert_eq!(strict.push("assistant", &near, &["--near-threshold", "0.99"])["deduplicated"], json!(0));
}

#[test]
fn dedup_by_embeddings_where_the_caller_sends_them() {
    let session = Session::new(&["--dedup-threshold", "0.15"]);
    let push = |content: &str, embedding: &str| {
        let path = session.place.path("embedding.json");
        std::fs::write(&path, embedding).expect("the folder can be written");
        session.run(&["push", "--content", content, "--embedding-file", path.to_str().expect("it is UTF-8")])
    };
    push("rounding is wrong", "[1, 0, 0]");
    assert_eq!(push("something else", "[0, 1, 0]").json()["deduplicated"], json!(0));
    assert_eq!(push("cents get lost", "[0.99, 0.05, 0]").json()["superseded"][0]["seq"], json!(1));
    assert_eq!(push("a short vector", "[0.99, 0.05]").json()["deduplicated"], json!(0));
    for bad in ["[]", "{}", "[1, \"a\"]", "[1e99]"] {
        let said = push("more", bad);
        assert_eq!(said.code, 1, "{bad}");
        assert!(said.err.contains("JSON array of numbers") && said.err.contains("embedding.json"), "{}", said.err);
    }
    assert_eq!(session.entries().len(), 4, "nothing of the bad ones is stored");
}

#[test]
fn re_reading_a_compressed_entry_brings_its_full_text_back() {
    let session = Session::new(&["--preserve-recent", "0"]);
    let file = about("cart", 60);
    session.push("tool", &file, &["--source", "src/cart.rs"]);
    session.ok_text(&["compact", "1", "--to", "keywords"]);
    assert_eq!(session.fates(), ["keywords"]);
    session.push("tool", &file, &["--source", "src/cart.rs"]);
    assert_eq!(session.fates(), ["superseded", "full"]);
    let context = session.ok(&["context"]);
    assert_eq!((&context["entries"][0]["level"], &context["entries"][0]["content"]), (&json!(0), &json!(file)));
}

#[test]
fn a_file_read_again_in_a_newer_version_supersedes_the_older_read() {
    let session = Session::new(&[]);
    let read = |id: &str, text: &str| {
        [
            json!({"role": "assistant", "kind": "call", "tool": "Read", "call_id": id, "path": "/a.rs", "content": "/a.rs"}),
            json!({"role": "tool", "kind": "result", "tool": "Read", "call_id": id, "content": text}),
        ]
    };
    assert_eq!(session.batch(&read("c1", &about("old", 9)), &[]).code, 0);
    let pushed = session.batch(&read("c2", &about("new", 9)), &[]).json();
    assert_eq!(pushed["deduplicated"], json!(2), "the exchange goes as a whole: {pushed}");
    assert_eq!(pushed["superseded"][0]["why"], json!("/a.rs read again"));
    assert_eq!(session.fates(), ["superseded", "superseded", "full", "full"]);
}

#[test]
fn a_pin_and_its_importance_pass_on_to_the_newer_copy() {
    let session = Session::new(&[]);
    session.push("user", NOTE, &[]);
    session.ok_text(&["pin", "1"]);
    session.ok_text(&["rescore", "1", "--to", "0.95"]);
    session.push("user", NOTE, &["--importance", "0.2"]);
    let (old, new) = (session.state(1), session.state(2));
    assert_eq!((&old["pinned"], &new["pinned"], &new["importance"]), (&json!(false), &json!(true), &json!(950)));
    session.ok_text(&["undo"]);
    assert_eq!((&session.state(1)["pinned"], &session.state(2)["importance"]), (&json!(true), &json!(200)));
    assert_eq!(session.state(1)["fate"], json!("live"));
}

#[test]
fn one_push_is_all_or_nothing_and_names_the_bad_line() {
    let session = Session::new(&[]);
    let good = json!({"role": "user", "content": NOTE}).to_string();
    let bad = [
        ("{\"role\": \"user\"}", "missing field `content`"),
        ("{\"role\": \"user\", \"content\": \" \"}", "content is empty"),
        ("{\"role\": \"nobody\", \"content\": \"x\"}", "'nobody' is no role"),
        ("{\"role\": \"user\", \"content\": \"x\", \"importnace\": 1}", "unknown field `importnace`"),
        ("{\"role\": \"user\", \"content\": \"x\", \"importance\": 1.5}", "out of range"),
        ("{\"role\": \"user\", \"content\": \"x\", \"kind\": \"call\"}", "role assistant"),
        ("{\"role\": \"user\", \"content\": \"x\", \"tool\": \"Read\"}", "give its kind"),
        ("{\"role\": \"tool\", \"content\": \"x\", \"embedding\": []}", "embedding is empty"),
        ("not JSON", "expected"),
    ];
    for (line, why) in bad {
        let said = session.batch_text(&format!("{good}\n\n{line}\n{good}\n"), &[]);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{line}");
        assert!(said.err.contains("line 3 of standard input") && said.err.contains(why), "{line}: {}", said.err);
        assert_eq!(said.err.lines().count(), 1);
    }
    assert_eq!(session.batch_text("\n", &[]).code, 1);
    assert_eq!(session.entries(), Vec::<Value>::new());
    assert_eq!(session.journal().len(), 1, "only its creation");
}

#[test]
fn a_batch_comes_from_a_file_too_and_is_one_push() {
    let session = Session::new(&[]);
    let path = session.place.path("entries.jsonl");
    let lines = [
        json!({"role": "user", "content": "go on", "importance": 0.9}),
        json!({"role": "system", "content": "be brief", "source": "policy"}),
    ];
    std::fs::write(&path, format!("{}\n{}\n", lines[0], lines[1])).expect("the folder can be written");
    let pushed = session.ok(&["push", "--file", path.to_str().expect("it is UTF-8")]);
    assert_eq!((&pushed["accepted"], &pushed["added"][1]["seq"]), (&json!(2), &json!(2)));
    assert_eq!(session.journal(), ["created the session", "appended 2 entries"]);
    assert_eq!(session.ok(&["context"])["entries"][1]["source"], json!("policy"), "whatever the role");
    let gone = session.run(&["push", "--file", "/nowhere/at/all"]);
    assert!(gone.code == 1 && gone.err.contains("/nowhere/at/all"), "{}", gone.err);
    assert_eq!(session.run(&["push", "--batch", "--content", "x"]).code, 2);
}

#[test]
fn pushes_at_the_same_time_all_arrive_once() {
    let session = Session::new(&[]);
    let children: Vec<_> = (0..4)
        .map(|_| {
            std::process::Command::new(assert_cmd::cargo::cargo_bin("haversack"))
                .args(["session", "push", "--content", NOTE, "--session-id", ID])
                .env_clear()
                .env("HOME", session.place.path("home"))
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .expect("the binary runs")
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(session.fates(), ["superseded", "superseded", "superseded", "full"]);
    assert_eq!(session.ok(&["get"])["push_count"], json!(4));
}
