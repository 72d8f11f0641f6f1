//! Commands on a distill file: what is said of edits, what is refused, cleaning, upgrading, writing one.

use haversack::{model::SessionId, pack::settings::PlanSettings, workspace::Workspace};
use pretty_assertions::assert_eq;

use super::place::{Place, SESSION, Said};

/// A place with a distill file of its log, as `session export` writes it.
struct Distilled {
    place: Place,
    path: String,
}

impl Distilled {
    fn new() -> Distilled {
        let place = Place::with_log();
        let path = place.path("out.db").to_str().expect("temporary folders are UTF-8").to_owned();
        let said = place.session(&["export", "--to", "distill", "--output", &path]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
        Distilled { place, path }
    }

    fn session(&self, arguments: &[&str]) -> Said {
        self.place.run(&[&["session"], arguments, &["--session-id", "5e55", "--store", &self.path]].concat())
    }

    fn store(&self, arguments: &[&str]) -> Said {
        self.place.run(&[&["store"], arguments, &[&self.path]].concat())
    }
}

#[test]
fn every_session_command_works_on_a_distill_file() {
    let file = Distilled::new();
    let listed = file.place.run(&["session", "list", "--store", &file.path]).json();
    assert_eq!((&listed[0]["session_id"], &listed[0]["entries"]), (&"distill:5e55".into(), &20.into()));
    assert_eq!((&listed[0]["encoding"], &listed[0]["exact"]), (&"bytes4".into(), &false.into()));
    let got = file.session(&["get", "--json"]).json();
    assert_eq!((&got["entry_count"], &got["push_count"]), (&20.into(), &1.into()));
    assert_eq!(file.session(&["context", "--budget", "2k"]).code, 0);
    assert_eq!(file.session(&["log"]).code, 0);
    assert_eq!(file.session(&["push", "--content", "x"]).code, 1);
    let why = file.place.run(&["why", "#3", "--session-id", "5e55", "--store", &file.path]);
    assert!(why.out.contains("distill honours the importance"), "{}", why.out);
    let found = file.place.run(&["recall", "rounded", "--store", &file.path]);
    assert!(found.out.contains("#2"), "{}", found.out);
}

#[test]
fn what_distill_honours_is_said() {
    let file = Distilled::new();
    let said = |arguments: &[&str]| {
        let said = file.session(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
        said.err
    };
    assert!(said(&["pin", "1"]).contains("distill knows no pins"));
    assert!(said(&["rescore", "2", "--to", "0.9"]).contains("distill honours it"));
    assert!(said(&["rescore", "2", "--by-rule"]).contains("its default there, 0.50"));
    assert!(said(&["compact", "4", "--to", "summary"]).contains("distill honours it: it reads this text"));
    assert!(said(&["restore", "4"]).contains("may shorten it at its next push"));
    assert!(said(&["evict", "8"]).contains("distill no longer has it"));
    assert!(said(&["rewrite", "12", "--level", "summary", "--text", "Failed."]).contains("distill does not see it"));
    let json = file.session(&["pin", "5", "--json"]).json();
    assert!(json["honoured"].as_str().expect("it is said").starts_with("distill knows no pins"));
    assert_eq!(file.place.json(&["pin", "1"])["honoured"], serde_json::Value::Null);
}

#[test]
fn what_a_distill_file_cannot_hold_is_refused_in_a_sentence() {
    let file = Distilled::new();
    let store = ["--store", &file.path];
    let refused: [&[&str]; 8] = [
        &["session", "push", "--content", "x", "--session-id", "5e55"],
        &["session", "create", "--session-id", "new"],
        &["session", "delete", "--session-id", "5e55"],
        &["session", "purge", "--yes", "--session-id", "5e55"],
        &["session", "condense", "#1..#12", "--session-id", "5e55"],
        &["session", "force-layer", "2", "--session-id", "5e55"],
        &["facts", "set", "verify", "cargo test", "--session-id", "5e55"],
        &["import", "5e55.jsonl"],
    ];
    let before = std::fs::read(&file.path).expect("it can be read");
    let said: Vec<String> = refused
        .iter()
        .map(|arguments| {
            let said = file.place.run_with(&[arguments, &store[..]].concat(), |command| {
                command.current_dir(file.place.path(""));
            });
            assert_eq!((said.code, said.out.as_str()), (1, ""), "{arguments:?}: {}", said.err);
            format!("{}: {}", arguments[..2].join(" "), said.err)
        })
        .collect();
    insta::assert_snapshot!("distill_refused", said.concat());
    assert_eq!(std::fs::read(&file.path).expect("it can be read"), before);
}

#[test]
fn cleaning_asks_first_and_says_what_goes() {
    let file = Distilled::new();
    assert_eq!(file.store(&["clean"]).err, "haversack: Haversack has written nothing beside distill's tables there\n");
    assert_eq!(file.session(&["pin", "1", "5"]).code, 0);
    assert_eq!(file.session(&["evict", "8"]).code, 0);
    let asked = file.store(&["clean"]);
    let goes = "6 tables: 2 pins, a journal of 2 edits, 1 evicted entry that stands nowhere else";
    assert_eq!(asked.code, 2);
    assert_eq!(
        asked.err,
        format!("haversack: this would remove {goes} from {} for good: add --yes to do it\n", file.path)
    );
    assert_eq!(file.session(&["log", "--json"]).json().as_array().map(Vec::len), Some(2));
    let said = file.store(&["clean", "--yes", "--json"]).json();
    assert_eq!((&said["pins"], &said["edits"], &said["evicted"]), (&2.into(), &2.into(), &1.into()));
    assert_eq!(file.session(&["log", "--json"]).json(), serde_json::json!([]));
    let own = file.place.path("home/.local/share/haversack/haversack.db");
    let own = file.place.run(&["store", "clean", "--yes", own.to_str().expect("temporary folders are UTF-8")]);
    assert!(own.code == 1 && own.err.contains("is no session file of distill"), "{}", own.err);
}

#[test]
fn a_file_of_0_5_is_not_upgraded() {
    let file = Distilled::new();
    let said = file.store(&["upgrade"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("there is nothing to upgrade"), "{}", said.err);
}

#[test]
fn a_file_of_0_4_is_upgraded_beside_its_backup() {
    let place = Place::new();
    let path = crate::distill::file(&place, "old.db", crate::distill::OLD);
    let name = path.to_str().expect("temporary folders are UTF-8");
    let said = place.run(&["store", "upgrade", name, "--json"]).json();
    assert_eq!(said["backup"], format!("{name}.v0.4.bak"));
    assert_eq!(said["added"].as_array().map(Vec::len), Some(5));
    let packs =
        [name.to_owned(), format!("{name}.v0.4.bak")].map(|file| place.run(&["pack", &file, "--budget", "2k"]).out);
    assert_eq!(packs[0], packs[1]);
    let again = place.run(&["store", "upgrade", name]);
    assert!(again.code == 1 && again.err.contains("nothing to upgrade"), "{}", again.err);
}

#[test]
fn an_export_to_distill_says_what_it_leaves_out() {
    let place = Place::with_log();
    place.session(&["pin", "1"]);
    place.session(&["evict", "3"]);
    let path = place.path("out.db").to_str().expect("temporary folders are UTF-8").to_owned();
    let said = place.session(&["export", "--to", "distill", "--output", &path]);
    assert_eq!(said.out, format!("wrote {path}: 18 entries\n"));
    assert!(said.err.contains("2 entries that are out of the pack are not in it"), "{}", said.err);
    assert!(said.err.contains("1 pin is kept for Haversack beside distill's tables"), "{}", said.err);
    let mut workspace =
        Workspace::open(std::path::Path::new(&path), PlanSettings::default()).expect("a written file opens");
    let session = workspace.session(&SessionId::new("distill:5e55")).expect("it loads");
    assert!(session.entries.len() == 18 && session.entries[0].state.pinned);
    let again = place.session(&["export", "--to", "distill", "--output", &path]);
    assert!(again.code == 1 && again.err.contains("is there already"), "{}", again.err);
    assert_eq!(place.session(&["export", "--to", "distill"]).code, 2);
}

#[test]
fn markdown_and_json_are_printed() {
    let place = Place::with_log();
    place.session(&["pin", "1"]);
    let markdown = place.session(&["export", "--to", "markdown"]).out;
    assert!(markdown.starts_with("# Please fix rounding case 0") || markdown.starts_with("# "), "{markdown}");
    assert!(markdown.contains("### #1 user · pinned\n\n```text\nPlease fix rounding case 0"), "{markdown}");
    let json = place.session(&["export"]).json();
    assert_eq!((&json["format"], &json["session"]["id"]), (&"haversack-session".into(), &SESSION.into()));
}

/// What is no session of ours is refused by name, with nothing stored.
#[test]
fn bad_exports_are_refused() {
    let place = Place::with_log();
    let good = place.session(&["export"]).json();
    let mut bad = vec![("newer.json", {
        let mut json = good.clone();
        json["version"] = 2.into();
        json
    })];
    let mut change = |name, path: &str, value: serde_json::Value| {
        let mut json = good.clone();
        *json.pointer_mut(path).expect("an export has that") = value;
        bad.push((name, json));
    };
    change("seq.json", "/session/entries/1/seq", 1.into());
    change("id.json", "/session/entries/1/id", good["session"]["entries"][0]["id"].clone());
    change("score.json", "/session/entries/1/score/value", 7.into());
    change("importance.json", "/session/entries/1/state/importance", 1001.into());
    change("time.json", "/session/entries/1/at", i64::MAX.into());
    change("cut.json", "/session/entries", serde_json::Value::Null);
    change("huge.json", "/session/entries/19/seq", u32::MAX.into());
    let other = place.path("other.db");
    for (name, json) in bad {
        std::fs::write(place.path(name), json.to_string()).expect("the folder can be written");
        let path = place.path(name);
        let said = place.run(&["import", path.to_str().expect("UTF-8"), "--store", other.to_str().expect("UTF-8")]);
        assert_eq!(said.code, 1, "{name}: {}", said.out);
        assert!(said.err.contains(name) && said.err.contains("export it again"), "{name}: {}", said.err);
    }
}
