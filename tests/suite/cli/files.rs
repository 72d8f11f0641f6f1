//! Stores and logs: what is written where, and what is not.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::json;

use super::place::{Place, SESSION};

#[test]
fn an_import_takes_what_is_new_and_leaves_the_log_alone() {
    let place = Place::new();
    let log = place.log(2);
    let before = fs::read(&log).expect("it was written");
    let added = |arguments: &[&str]| {
        let said = place.run(arguments);
        assert_eq!(said.code, 0, "{}", said.err);
        let answer = said.json();
        (answer["sessions"][0]["entries"].clone(), answer["sessions"][0]["added"].clone())
    };
    assert_eq!(added(&["import", &log, "--dry-run", "--json"]), (json!(8), json!(8)));
    assert!(!place.path("home/.local").exists(), "a dry run makes no store");
    assert_eq!(place.run(&["session", "list", "--json"]).json(), json!([]), "a dry run stores nothing");
    assert_eq!(added(&["import", &log, "--json"]), (json!(8), json!(8)));
    assert_eq!(added(&["import", &log, "--json"]), (json!(8), json!(0)));
    assert_eq!(fs::read(&log).expect("it is there"), before);

    assert_eq!(place.session(&["pin", "1"]).code, 0);
    place.log(3);
    assert_eq!(added(&["import", &log, "--json"]), (json!(12), json!(4)));
    let entries = place.json(&["get"])["entries"].clone();
    assert_eq!(entries.as_array().map(Vec::len), Some(12));
    assert_eq!(entries[0]["state"]["pinned"], json!(true), "edits stay");
}

#[test]
fn one_bad_path_does_not_hold_up_the_others() {
    let place = Place::new();
    let log = place.log(1);
    let said = place.run(&["import", "/nowhere/at/all", &log, "--json"]);
    assert_eq!((said.code, said.json()["sessions"][0]["added"].clone()), (1, json!(4)));
    assert!(said.err.contains("/nowhere/at/all"), "{}", said.err);
}

#[test]
fn a_deleted_session_stays_deleted_when_its_folder_is_imported_again() {
    let place = Place::with_log();
    assert_eq!(place.session(&["delete"]).code, 0);
    let said = place.run(&["import", &place.log(6), "--json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let problems = said.json()["sessions"][0]["problems"].to_string();
    assert!(problems.contains("undelete"), "{problems}");
    assert_eq!(place.run(&["session", "list", "--json"]).json(), json!([]));
    assert_eq!(place.run(&["session", "list", "--deleted", "--json"]).json()[0]["session_id"], json!(SESSION));
    assert_eq!(place.session(&["pin", "1"]).code, 1);
    assert_eq!(place.json(&["undelete"])["deleted"], json!(false));
    assert_eq!(place.session(&["pin", "1"]).code, 0);
}

#[test]
fn a_purge_needs_yes_where_nobody_can_be_asked() {
    let place = Place::with_log();
    let said = place.session(&["purge"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("20 entries") && said.err.contains("--yes"), "{}", said.err);
    assert_eq!(place.json(&["get"])["entries"].as_array().map(Vec::len), Some(20), "nothing was removed");
    let purged = place.json(&["purge", "--yes"]);
    assert_eq!((purged["entries"].clone(), purged["log_emptied"].clone()), (json!(20), json!(true)));
    let folder = place.path("home/.local/share/haversack");
    for file in fs::read_dir(folder).expect("the store is there") {
        let bytes = fs::read(file.expect("it can be listed").path()).expect("it can be read");
        assert!(!bytes.windows(12).any(|window| window == b"rounding cas"), "purged text is left");
    }
}

#[test]
fn the_store_is_the_one_that_was_named() {
    let place = Place::new();
    let (flag, variable) = (place.path("flag.db"), place.path("deep/er/variable.db"));
    let create = |id: &str, arguments: &[&str]| {
        let said =
            place.run_with(&[&["session", "create", "--text", "--session-id", id], arguments].concat(), |command| {
                command.env("HAVERSACK_STORE", &variable);
            });
        assert_eq!((said.code, said.out), (0, format!("{id}\n")));
    };
    create("a", &[]);
    create("b", &["--store", flag.to_str().expect("it is UTF-8")]);
    let ids = |path: &std::path::Path| {
        let said = place.run(&["--store", path.to_str().expect("it is UTF-8"), "session", "list", "--json"]);
        said.json().as_array().expect("a list").iter().map(|row| row["session_id"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!((ids(&variable), ids(&flag)), (vec!["\"a\"".to_string()], vec!["\"b\"".to_string()]));
    assert!(!place.path("home").exists(), "nothing is written elsewhere");
    assert_eq!(place.run(&["session", "create", "--session-id", "a b"]).code, 2);
}

#[test]
fn a_file_that_is_no_store_is_left_as_it_is() {
    let place = Place::new();
    let path = place.path("notes.txt");
    fs::write(&path, "remember the milk").expect("the folder can be written");
    let said = place.run(&["session", "list", "--store", path.to_str().expect("it is UTF-8")]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("is no Haversack store"), "{}", said.err);
    assert_eq!(fs::read_to_string(&path).expect("it is there"), "remember the milk");
}

/// Files of a folder as another process sees them: opening one here and closing it would drop the locks of a database
/// that is open here.
fn snapshot(folder: &Path, to: &Path) -> BTreeMap<String, Vec<u8>> {
    let copied = std::process::Command::new("cp").arg("-r").arg(folder).arg(to).status().expect("cp runs");
    assert!(copied.success());
    let entries = fs::read_dir(to).expect("it was copied").flatten();
    entries.map(|entry| (entry.file_name().to_string_lossy().into(), fs::read(entry.path()).expect("a file"))).collect()
}

#[test]
fn an_agents_database_is_read_with_its_log_and_nothing_is_written_beside_it() {
    let place = Place::new();
    let live = place.path("live");
    fs::create_dir(&live).expect("a folder");
    let writer = rusqlite::Connection::open(live.join("opencode.db")).expect("a new database");
    writer
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE session(id TEXT, title TEXT); CREATE TABLE message(id TEXT, session_id TEXT, data TEXT);
             CREATE TABLE part(id TEXT, message_id TEXT, data TEXT); INSERT INTO session VALUES ('ses_1', 'Rounding');
             PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO message VALUES ('msg_1', 'ses_1', '{\"role\":\"user\"}');
             INSERT INTO part VALUES ('prt_1', 'msg_1', '{\"type\":\"text\",\"text\":\"Round half up.\"}');",
        )
        .expect("it can be written");
    let before = snapshot(&live, &place.path("before"));
    assert_eq!(before.len(), 3, "the database, its log, its shared memory");
    // What a killed agent leaves, or a copy of its folder.
    let left = place.path("left");
    fs::create_dir(&left).expect("a folder");
    for name in ["opencode.db", "opencode.db-wal"] {
        fs::write(left.join(name), &before[name]).expect("written");
    }
    for folder in [&live, &left] {
        let database = folder.join("opencode.db");
        let database = database.to_str().expect("temporary folders are UTF-8");
        for arguments in [["pack", database], ["import", database]] {
            let said = place.run(&arguments);
            assert_eq!(said.code, 0, "{}", said.err);
        }
        assert!(place.run(&["pack", database]).out.contains("Round half up."));
    }
    assert!(snapshot(&live, &place.path("after")) == before, "nothing changed while the agent has it open");
    assert_eq!(
        snapshot(&left, &place.path("left-after")).into_keys().collect::<Vec<_>>(),
        ["opencode.db", "opencode.db-wal"]
    );
}
