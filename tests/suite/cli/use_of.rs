//! Wrong use, failures, and what standard output and standard error hold then.

use std::{io::Read, process::Stdio};

use super::place::{Place, SESSION};

#[test]
fn exit_codes_tell_wrong_use_from_failure() {
    let place = Place::with_log();
    let cases: &[(&[&str], i32)] = &[
        (&["session", "list"], 0),
        (&["--version"], 0),
        (&["fly"], 2),
        (&["session"], 2),
        (&["pack"], 2),
        (&["session", "pin", "--session-id", SESSION], 2),
        (&["session", "pin", "1"], 2),
        (&["session", "pin", "1", "--session-id", SESSION, "--demo"], 2),
        (&["session", "pin", "nought", "--session-id", SESSION], 2),
        (&["session", "pin", "1", "--session-id", SESSION, "--actor", "nobody"], 2),
        (&["session", "rescore", "1", "--to", "1.5", "--session-id", SESSION], 2),
        (&["session", "compact", "1", "--to", "tiny", "--session-id", SESSION], 2),
        (&["session", "context", "--session-id", SESSION, "--budget", "much"], 2),
        (&["session", "context", "--session-id", SESSION, "--budget", "8k", "--window", "9k"], 2),
        (&["session", "context", "--session-id", SESSION, "--reserve", "8k"], 2),
        (&["session", "context", "--session-id", SESSION, "--strategy", "lucky"], 2),
        (&["session", "get", "--session-id", "claude:none"], 1),
        (&["session", "pin", "99", "--session-id", SESSION], 1),
        (&["session", "undo", "--session-id", SESSION], 1),
        (&["session", "redo", "--session-id", SESSION], 1),
        (&["pack", "/nowhere/at/all"], 1),
        (&["import", "/nowhere/at/all"], 1),
        (&["open", "/nowhere/at/all"], 1),
    ];
    for (arguments, code) in cases {
        let said = place.run(arguments);
        assert_eq!(said.code, *code, "{arguments:?}: {}", said.err);
        assert_eq!(said.code == 0, said.err.is_empty(), "{arguments:?} says on standard error: {}", said.err);
        assert!(said.code == 0 || said.out.is_empty(), "{arguments:?} says on standard output: {}", said.out);
    }
}

#[test]
fn errors_are_one_sentence_with_what_to_do() {
    let place = Place::with_log();
    let cases: &[(&[&str], &str)] = &[
        (
            &["session", "get", "--session-id", "claude:none"],
            "haversack: there is no session claude:none in this store: `haversack session list` shows those there are\n",
        ),
        (
            &["session", "pin", "#99", "--session-id", SESSION],
            "haversack: there is no entry #99 in claude:5e55: its entries are #1 to #20\n",
        ),
        (
            &["why", "zebra", "--session-id", SESSION],
            "haversack: no entry of claude:5e55 holds 'zebra': try fewer words\n",
        ),
        (
            &["session", "undo", "--session-id", SESSION],
            "haversack: person has no edit to undo here: `session log` lists every edit, and --actor names another\n",
        ),
    ];
    for (arguments, words) in cases {
        assert_eq!(&place.run(arguments).err, words);
    }
}

#[test]
fn without_a_terminal_the_screen_names_the_command_that_works() {
    let place = Place::new();
    let log = place.log(1);
    let cases: [(&[&str], String); 3] = [
        (&["demo"], "haversack session context --demo".into()),
        (&[], "haversack session list".into()),
        (&["open", &log], format!("haversack pack {log}")),
    ];
    for (arguments, instead) in cases {
        let said = place.run(arguments);
        let words = format!("haversack: the screen needs a terminal, and this is none: `{instead}` works here\n");
        assert_eq!((said.code, said.err, said.out.as_str()), (1, words, ""), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::with_log();
    // More than any pipe buffers, so that the write fails for certain.
    let text = "never round before the total ".repeat(20_000);
    let said = place.run_with(&["session", "push", "--session-id", SESSION], |command| {
        command.write_stdin(text);
    });
    assert_eq!(said.code, 0, "{}", said.err);
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("haversack"))
        .args(["session", "get", "--json", "--session-id", SESSION])
        .env_clear()
        .env("HOME", place.path("home"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut first = [0; 1];
    let mut out = child.stdout.take().expect("it is piped");
    out.read_exact(&mut first).expect("it says something");
    drop(out);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn settings_say_where_they_come_from() {
    let place = Place::new();
    let rows = |said: super::place::Said| {
        let rows = said.json();
        let rows = rows.as_array().expect("a list").iter();
        rows.map(|row| format!("{} = {} from {}", row["key"], row["value"], row["origin"]).replace('"', ""))
            .collect::<Vec<_>>()
    };
    let folder = place.path("home/.config/haversack");
    std::fs::create_dir_all(&folder).expect("the home can be written");
    std::fs::write(folder.join("config.toml"), "[budget]\ntokens = 8000\n[ui]\nmouse = false\n").expect("so can this");
    let said = place.run_with(&["config", "--json", "--store", "/s.db"], |command| {
        command.env("HAVERSACK_BUDGET__TOKENS", "9k").env("HAVERSACK_STORE", "/ignored.db");
    });
    let rows = rows(said);
    assert!(rows.contains(&"store.path = /s.db from --store".into()), "{rows:?}");
    assert!(rows.contains(&"budget.tokens = 9000 from HAVERSACK_BUDGET__TOKENS".into()), "{rows:?}");
    assert!(rows.contains(&format!("ui.mouse = false from {}", folder.join("config.toml").display())), "{rows:?}");
    assert!(rows.contains(&"budget.reserve = 32000 from default".into()), "{rows:?}");

    std::fs::write(folder.join("config.toml"), "[budget]\ntokns = 8000\n").expect("it was written before");
    let said = place.run(&["config"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("unknown setting 'budget.tokns'") && said.err.contains("'budget.tokens'?"),
        "{}",
        said.err
    );
}
