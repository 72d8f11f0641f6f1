//! `haversack draft`: the pack and nothing else goes out, and one text comes back.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::{
    asked, at,
    stub::{NDJSON, Reply, Stub, nobody, ollama},
};
use crate::cli::place::{Place, SESSION};

const DRAFT: [&str; 5] = ["draft", "--session-id", SESSION, "--budget", "2k"];

#[test]
fn a_draft_is_made_of_the_pack_alone_and_asked_once() {
    let place = Place::with_log();
    let stub = Stub::start(vec![Reply::Pieces(NDJSON, ollama(&["<think>hm</think>", "Run ", "cargo test."], "stop"))]);
    let pack = place.pack(&["--budget", "2k"]);
    let before = place.state();
    for is_kept in [false, true] {
        let said = asked(&place, &stub, &[&DRAFT[..], &["--json"]].concat());
        assert_eq!((said.code, said.err.as_str()), (0, ""));
        let draft = said.json();
        assert_eq!(
            (&draft["text"], &draft["kept"], &draft["cut"]),
            (&json!("Run cargo test."), &json!(is_kept), &json!(false))
        );
    }
    let [seen] = &stub.seen()[..] else { panic!("the same is asked once: {:?}", stub.seen().len()) };
    let prompt = seen.body["prompt"].as_str().expect("a prompt is sent");
    assert_eq!(prompt.strip_prefix(pack.as_str()), Some("\nWrite the agent's next turn.\n"));
    let sent = asked(&place, &stub, &[&DRAFT[..], &["--dry-run", "--json"]].concat()).json();
    assert_eq!((&sent["prompt"], &sent["system"]), (&seen.body["prompt"], &seen.body["system"]));
    assert_eq!(place.state(), before, "a draft changes nothing");
}

#[test]
fn without_a_model_it_is_one_line_and_a_dry_run_needs_none() {
    let place = Place::with_log();
    let off = place.run(&DRAFT);
    assert_eq!((off.code, off.out.as_str(), off.err.lines().count()), (1, "", 1));
    assert!(off.err.starts_with("haversack: no model is asked: set llm.enabled = true"), "{}", off.err);
    let url = nobody();
    let gone = at(&place, &url, &DRAFT);
    assert_eq!((gone.code, gone.out.as_str()), (1, ""));
    assert_eq!(
        gone.err,
        format!("haversack: no model server answers at {url}: start it with `ollama serve`, or set llm.url\n")
    );
    let dry = place.run(&[&DRAFT[..], &["--dry-run"]].concat());
    assert_eq!((dry.code, dry.err.as_str()), (0, ""));
    assert!(dry.out.ends_with("\nWrite the agent's next turn.\n") && dry.out.contains("src/cart.rs"), "{}", dry.out);
}

/// What a model says may hold anything; what is shown and kept may not.
#[test]
fn secrets_and_sequences_of_an_answer_are_neither_shown_nor_kept() {
    let place = Place::with_log();
    let secret = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    let answer = format!("Use {secret} and \u{1b}[31mred\u{202e}.");
    let stub = Stub::start(vec![Reply::Pieces(NDJSON, ollama(&[&answer], "stop"))]);
    let said = asked(&place, &stub, &DRAFT);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("[redacted:") && said.out.contains("red\\u{202e}."), "{}", said.out);
    assert!(!said.out.contains('\u{1b}'));
    let mut folders = vec![place.path("home")];
    while let Some(folder) = folders.pop() {
        for file in
            std::fs::read_dir(folder).expect("a folder can be listed").map(|file| file.expect("it is there").path())
        {
            if file.is_dir() {
                folders.push(file);
                continue;
            }
            let bytes = std::fs::read(&file).expect("a file can be read");
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds it", file.display());
        }
    }
}

#[test]
fn the_doctor_tells_whether_the_model_answers() {
    let place = Place::new();
    let off = place.run(&["doctor", "--json"]).json();
    assert_eq!(off["model"], json!({"enabled": false, "name": null, "url": null, "answers": false, "problem": null}));
    let stub = Stub::start(vec![
        Reply::Whole(200, json!({"models": [{"name": "qwen3:8b"}]}).to_string()),
        Reply::Whole(200, json!({"models": []}).to_string()),
    ]);
    let there = asked(&place, &stub, &["doctor", "--json"]);
    assert_eq!((there.code, &there.json()["model"]["answers"]), (0, &json!(true)));
    let missing = asked(&place, &stub, &["doctor"]);
    assert_eq!(missing.code, 1);
    assert!(
        missing.out.contains("! the server at ") && missing.out.contains("`ollama pull qwen3:8b`"),
        "{}",
        missing.out
    );
    let gone = at(&place, &nobody(), &["doctor"]);
    assert!(gone.code == 1 && gone.out.contains("no model server answers at"), "{}", gone.out);
}
