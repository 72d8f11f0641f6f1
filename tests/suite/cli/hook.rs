//! Hooks: put into an agent's settings and taken out again, and run as an agent runs them.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use super::place::{Place, Said, log_text};

const CLAUDE: &str = "{\n  // mine\n  \"model\": \"opus\",\n  \"hooks\": {\n    \"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"say done\"}]}]\n  }\n}\n";
const CODEX: &str = "# mine\nmodel = \"gpt-5-codex\"\n\n[tui] # odd   spacing\ntheme = 'x'\n";

struct Agent {
    place: Place,
    name: &'static str,
    settings: PathBuf,
    before: &'static str,
}

fn agent(name: &'static str) -> Agent {
    let place = Place::new();
    let (folder, file, before) = match name {
        "codex" => (".codex", "config.toml", CODEX),
        _ => (".claude", "settings.json", CLAUDE),
    };
    let folder = place.path("home").join(folder);
    fs::create_dir_all(&folder).expect("a temporary folder can be made");
    let settings = folder.join(file);
    fs::write(&settings, before).expect("a temporary file can be written");
    Agent { place, name, settings, before }
}

impl Agent {
    fn hook(&self, verb: &str, arguments: &[&str]) -> Said {
        self.place.run(&[&["hook", verb, self.name], arguments].concat())
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.settings).expect("the settings are there")
    }

    fn backup(&self) -> PathBuf {
        let name = self.settings.file_name().expect("it has a name").to_string_lossy().into_owned();
        self.settings.with_file_name(format!("{name}.before-haversack"))
    }

    fn files(&self) -> usize {
        fs::read_dir(self.settings.parent().expect("it is in a folder")).expect("the folder is there").count()
    }
}

fn both() -> [Agent; 2] {
    [agent("claude-code"), agent("codex")]
}

#[test]
fn an_install_shows_its_change_and_needs_a_yes() {
    for agent in both() {
        let said = agent.hook("install", &[]);
        assert_eq!(said.code, 2, "{}", said.err);
        assert!(said.err.contains("as shown: add --yes to do it"), "{}", said.err);
        let diff = said.out;
        assert!(diff.starts_with("--- ") && diff.contains("\n+") && diff.contains("hook run"), "{diff}");
        // Of what is there only a list on one line is written anew.
        let gone: Vec<&str> = diff.lines().skip(2).filter(|line| line.starts_with('-')).collect();
        assert!(gone.iter().all(|line| line.contains("say done")), "{diff}");
        let dry = agent.hook("install", &["--dry-run"]);
        assert_eq!((dry.code, dry.out), (0, diff));
        assert_eq!((agent.text().as_str(), agent.files()), (agent.before, 1));
    }
}

#[test]
fn what_was_installed_is_removed_byte_for_byte() {
    for agent in both() {
        let said = agent.hook("install", &["--yes"]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.contains("installed in ") && said.out.contains("the file as it was: "), "{}", said.out);
        assert_eq!(fs::read_to_string(agent.backup()).expect("a copy is there"), agent.before);
        let program = assert_cmd::cargo::cargo_bin("haversack").display().to_string();
        assert!(agent.text().contains(&format!("{program} hook run {}", agent.name)), "{}", agent.text());
        let again = agent.hook("install", &["--yes"]);
        assert!(again.out.contains("has these hooks already"), "{}", again.out);
        // Another budget takes the place of the first.
        assert_eq!(agent.hook("install", &["--budget", "1500", "--yes"]).code, 0);
        let status = agent.hook("status", &["--json"]).json();
        let row = &status[0];
        assert_eq!(
            (&row["installed"], &row["budget"], &row["program_exists"]),
            (&json!(true), &json!(1500), &json!(true))
        );
        let answer = agent.hook("remove", &["--yes", "--json"]).json();
        assert_eq!((&answer["changed"], &answer["backup"]), (&json!(true), &Value::Null));
        assert_eq!((agent.text().as_str(), agent.files()), (agent.before, 1), "and the copy is gone");
        assert!(agent.hook("remove", &["--yes"]).out.contains("has no hooks of Haversack's"));
    }
}

#[test]
fn settings_that_changed_since_lose_our_lines_alone() {
    for agent in both() {
        assert_eq!(agent.hook("install", &["--yes"]).code, 0);
        let changed = agent.text().replace("opus", "sonnet").replace("gpt-5-codex", "gpt-6");
        fs::write(&agent.settings, changed).expect("the settings can be written");
        let said = agent.hook("remove", &["--yes"]);
        assert!(said.out.contains("what else has changed since stays"), "{}", said.out);
        let text = agent.text();
        assert!(!text.contains("hook run") && (text.contains("sonnet") || text.contains("gpt-6")), "{text}");
        assert!(text.contains("mine") && (text.contains("say done") || text.contains("# odd   spacing")), "{text}");
    }
}

#[test]
fn settings_that_were_not_there_are_gone_again() {
    for agent in both() {
        fs::remove_file(&agent.settings).expect("they are there");
        assert_eq!(agent.hook("install", &["--yes"]).code, 0);
        assert_eq!(agent.files(), 1, "there is nothing to keep a copy of");
        assert_eq!(agent.hook("remove", &["--yes"]).code, 0);
        assert_eq!(agent.files(), 0);
    }
}

#[test]
fn settings_that_do_not_parse_are_not_touched_and_the_place_is_told() {
    for (agent, broken) in both().into_iter().zip(["{\n  \"a\": 1\n  \"b\": 2\n}\n", "a = 1\nb = = 2\n"]) {
        fs::write(&agent.settings, broken).expect("the settings can be written");
        for verb in ["install", "remove"] {
            let said = agent.hook(verb, &["--yes"]);
            assert_eq!(said.code, 1);
            assert!(
                said.err.contains("does not parse (line ") && said.err.contains("nothing was changed"),
                "{}",
                said.err
            );
        }
        assert_eq!((agent.text().as_str(), agent.files()), (broken, 1));
        let status = agent.hook("status", &["--json"]).json();
        assert!(status[0]["problem"].as_str().is_some_and(|why| why.contains("does not parse")), "{status}");
    }
}

#[cfg(unix)]
#[test]
fn the_mode_stays_and_a_link_stays_one() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    for agent in both() {
        let real = agent.place.path("dotfiles");
        fs::rename(&agent.settings, &real).expect("it can be moved");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("the mode can be set");
        symlink(&real, &agent.settings).expect("a link can be made");
        assert_eq!(agent.hook("install", &["--yes"]).code, 0);
        assert!(agent.settings.is_symlink());
        assert_eq!(fs::metadata(&real).expect("it is there").permissions().mode() & 0o777, 0o640);
        assert_eq!(agent.hook("remove", &["--yes"]).code, 0);
        assert_eq!((agent.text().as_str(), agent.settings.is_symlink()), (agent.before, true));
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_changes_nothing() {
    use std::os::unix::fs::PermissionsExt;
    for agent in both() {
        let folder = agent.settings.parent().expect("it is in a folder").to_owned();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).expect("the mode can be set");
        let is_bound = fs::write(folder.join("probe"), "").is_err();
        let said = agent.hook("install", &["--yes"]);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("the mode can be set");
        match is_bound {
            true => {
                assert_eq!((said.code, agent.text().as_str(), agent.files()), (1, agent.before, 1), "{}", said.err);
                assert!(said.err.contains("nothing was changed"), "{}", said.err);
            }
            // Root writes everywhere.
            false => eprintln!("not tested: this user may write into a folder of mode 0500"),
        }
        let missing = agent.hook("install", &["--yes", "--settings", "/nowhere/at/all/settings"]);
        assert_eq!(missing.code, 1);
        assert!(missing.err.contains("there is no folder /nowhere/at/all"), "{}", missing.err);
    }
}

#[test]
fn folders_of_the_agents_are_found_as_discovery_finds_them_and_a_program_that_is_gone_is_told() {
    let place = Place::new();
    let [claude, codex] = ["c", "x"].map(|name| place.path(name));
    for folder in [&claude, &codex] {
        fs::create_dir_all(folder).expect("a temporary folder can be made");
    }
    let gone = "notify = [\"/gone/haversack\", \"hook\", \"run\", \"codex\"]\n";
    fs::write(codex.join("config.toml"), gone).expect("a temporary file can be written");
    let run = |arguments: &[&str]| {
        place.run_with(arguments, |command| {
            command.env("CLAUDE_CONFIG_DIR", &claude).env("CODEX_HOME", &codex);
        })
    };
    assert_eq!(run(&["hook", "install", "claude-code", "--yes"]).code, 0);
    assert!(claude.join("settings.json").is_file());
    let status = run(&["hook", "status"]);
    assert!(status.out.contains("Stop, SessionEnd, SessionStart"), "{}", status.out);
    assert!(status.out.contains("/gone/haversack (is gone: install again)"), "{}", status.out);
}

/// Runs a hook as the agent does, by a shell, with its JSON on standard input.
fn tell(place: &Place, line: &str, told: &str) -> Said {
    let mut command = assert_cmd::Command::new("sh");
    command.args(["-c", line]).env_clear().env("HOME", place.path("home")).env("PATH", "/usr/bin:/bin");
    let output = command.write_stdin(told).output().expect("the shell runs");
    Said {
        code: output.status.code().expect("it was not killed"),
        out: String::from_utf8(output.stdout).expect("it prints UTF-8"),
        err: String::from_utf8(output.stderr).expect("it prints UTF-8"),
    }
}

#[test]
fn a_turn_is_swept_and_a_compaction_answered_with_the_pack() {
    let agent = agent("claude-code");
    fs::write(&agent.settings, "{}").expect("the settings can be written");
    assert_eq!(agent.hook("install", &["--yes", "--budget", "600"]).code, 0);
    let settings: Value = serde_json::from_str(&agent.text()).expect("it is JSON");
    let line = |event: &str| settings["hooks"][event][0]["hooks"][0]["command"].as_str().expect("a command").to_owned();
    assert_eq!(settings["hooks"]["SessionStart"][0]["matcher"], json!("compact"));
    let place = &agent.place;
    let log = place.log(3);
    let told = |event: &str, source: Value| {
        json!({
            "session_id": "5e55", "transcript_path": log, "cwd": "/home/kim/shop", "permission_mode": "default",
            "hook_event_name": event, "stop_hook_active": false, "source": source, "later": {"field": [1]},
        })
        .to_string()
    };
    let said = tell(place, &line("Stop"), &told("Stop", Value::Null));
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", ""));
    assert_eq!(place.session(&["get", "--json"]).json()["entries"].as_array().map(Vec::len), Some(12));
    place.log(4);
    let said = tell(place, &line("SessionEnd"), &told("SessionEnd", Value::Null));
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", ""));
    // The rest comes in with the hook that asks for the pack.
    fs::write(&log, log_text(5)).expect("the log can be written");
    let pack = {
        let said = tell(place, &line("SessionStart"), &told("SessionStart", json!("compact")));
        assert_eq!((said.code, said.err.as_str()), (0, ""));
        let answer: Value = serde_json::from_str(&said.out).expect("one JSON");
        assert_eq!(answer["hookSpecificOutput"]["hookEventName"], json!("SessionStart"));
        answer["hookSpecificOutput"]["additionalContext"].as_str().expect("a text").to_owned()
    };
    assert_eq!(place.session(&["get", "--json"]).json()["entries"].as_array().map(Vec::len), Some(20));
    let context = place.pack(&["--budget", "600"]);
    assert!(!context.trim().is_empty() && pack.ends_with(&context), "the very pack: {pack}");
    assert!(pack.starts_with("What Haversack kept of this session"), "{pack}");
    // A start that is no compaction needs no pack.
    let said = tell(place, &line("SessionStart"), &told("SessionStart", json!("startup")));
    assert_eq!((said.code, said.out.as_str()), (0, ""));
}

#[test]
fn codex_tells_by_argument_and_by_standard_input() {
    let agent = agent("codex");
    assert_eq!(agent.hook("install", &["--yes", "--budget", "600"]).code, 0);
    let day = agent.settings.with_file_name("sessions/2026/03/01");
    fs::create_dir_all(&day).expect("a temporary folder can be made");
    let thread = "b5f6c1c2-1111-2222-3333-444455556666";
    let log = day.join(format!("rollout-2026-03-01T10-00-00-{thread}.jsonl"));
    let row = |kind: &str, payload: Value| {
        json!({"timestamp": "2026-03-01T10:00:00.000Z", "type": kind, "payload": payload}).to_string()
    };
    let said = |role: &str, kind: &str, text: &str| {
        row("response_item", json!({"type": "message", "role": role, "content": [{"type": kind, "text": text}]}))
    };
    let meta = row("session_meta", json!({"id": thread, "cwd": "/home/kim/shop", "cli_version": "0.130.0"}));
    let rows = [meta, said("user", "input_text", "Fix the port"), said("assistant", "output_text", "It is 4000 now.")];
    fs::write(&log, rows.join("\n") + "\n").expect("the log can be written");
    let settings: toml::Table = agent.text().parse().expect("it is TOML");
    let mut notify: Vec<String> = settings["notify"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|word| word.as_str().expect("a text").into())
        .collect();
    notify.push(json!({"type": "agent-turn-complete", "thread-id": thread, "turn-id": "1", "cwd": "/"}).to_string());
    let mut command = assert_cmd::Command::new(&notify[0]);
    command.args(&notify[1..]).env_clear().env("HOME", agent.place.path("home"));
    let output = command.output().expect("the program runs");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    let id = format!("codex:{thread}");
    let got = agent.place.run(&["session", "get", "--session-id", &id, "--json"]).json();
    assert_eq!(got["entries"].as_array().map(Vec::len), Some(2));
    let line = settings["hooks"]["SessionStart"][0]["hooks"][0]["command"].as_str().expect("a command");
    let told =
        json!({"session_id": thread, "transcript_path": null, "hook_event_name": "SessionStart", "source": "compact"});
    let said = tell(&agent.place, line, &told.to_string());
    assert!(said.out.contains("It is 4000 now."), "{} {}", said.out, said.err);
}

#[test]
fn whatever_is_told_the_agents_turn_goes_on() {
    let place = Place::new();
    let log = place.path("none.jsonl").display().to_string();
    let missing = json!({"hook_event_name": "Stop", "session_id": "5e55", "transcript_path": log}).to_string();
    let folder = json!({"hook_event_name": "Stop", "transcript_path": "/"}).to_string();
    for (told, words) in [
        ("", "it is not the JSON of a hook"),
        ("nonsense \u{1b}[31m", "it is not the JSON of a hook"),
        ("{\"hook_event_name\": 7}", "it is not the JSON of a hook"),
        ("{}", "it names no event"),
        (&missing, "is not there"),
        (&folder, "is not there"),
        ("{\"hook_event_name\": \"Stop\", \"session_id\": \"5e55\"}", "names no log"),
    ] {
        let said = place.run_with(&["hook", "run", "claude-code"], |command| {
            command.write_stdin(told);
        });
        assert_eq!((said.code, said.out.as_str(), said.err.lines().count()), (0, "", 1), "{told}: {}", said.err);
        assert!(said.err.contains(words) && !said.err.contains('\u{1b}'), "{told}: {}", said.err);
    }
    // An argument that this version does not know, a store that is none, a setting that is wrong: 2 would hold the turn up.
    let wrong = ["hook", "run", "claude-code", "--later"];
    let said = place.run(&wrong);
    assert_eq!((said.code, said.err.lines().count()), (0, 1), "{}", said.err);
    fs::write(place.path("none.jsonl"), "{}\n").expect("it can be written");
    let said = place.run_with(&["--store", &log, "hook", "run", "claude-code"], |command| {
        command.write_stdin(missing.clone());
    });
    assert_eq!((said.code, said.err.lines().count()), (0, 1), "{}", said.err);
    let said = place.run_with(&["hook", "run", "claude-code"], |command| {
        command.env("HAVERSACK_BUDGET__TOKENS", "many").write_stdin(missing.clone());
    });
    assert_eq!((said.code, said.err.lines().count()), (0, 1), "{}", said.err);
}
