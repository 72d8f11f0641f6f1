//! Settings of every shape: our hooks go in and come out, and what is not ours stays byte for byte.

use std::path::Path;

use pretty_assertions::assert_eq;

use super::*;

fn command(agent: HookedAgent) -> HookCommand {
    HookCommand { program: "/opt/ha'ver sack/bin/haversack".into(), agent, budget: Some(2_000), store: None }
}

const JSON: [&str; 7] = [
    "",
    "{}",
    "{\n  \"model\": \"opus\",\n  \"env\": { \"A\": \"1\" }\n}\n",
    // A person's: comments, tabs, a comma too many, values on one line.
    "// mine\n{\n\t\"a\": [1,2,  3], /* why */\n\t\"hooks\": {\n\t\t\"Stop\": [{ \"hooks\": [{ \"type\": \"command\", \"command\": \"say done\" }] }],\n\t},\n}\n",
    "{\"permissions\":{\"allow\":[\"Bash(ls:*)\"]},\"hooks\":{\"PreToolUse\":[{\"matcher\":\"Bash\",\"hooks\":[{\"type\":\"command\",\"command\":\"x\"}]}]}}",
    "{\r\n  \"hooks\": {\r\n    \"SessionStart\": []\r\n  }\r\n}\r\n",
    "{\n    \"n\": 1.50,\n    \"漢\": \"\\u00e9\"\n}",
];

const TOML: [&str; 6] = [
    "",
    "model = \"gpt-5-codex\" # mine\n\n# servers\n[mcp_servers.x]\ncommand = \"y\"   # odd   spacing\nargs = [ 'a',\n  'b', ]\n",
    "notify = [\"notify-send\", \"Codex\"]\n\n[tui]\ntheme = 'x'\n",
    "[[hooks.Stop]]\n\n[[hooks.Stop.hooks]]\ntype = \"command\"\ncommand = \"say done\"\n\n[features]\nhooks = true\n",
    "hooks = { SessionStart = [{ matcher = \"startup\", hooks = [{ type = \"command\", command = \"x\" }] }] }\n",
    "[hooks]\nSessionStart = [{ matcher = \"startup\", hooks = [{ type = \"command\", command = \"x\" }] }]\n[hooks.state]\n\"a\" = 1\n",
];

fn cases() -> impl Iterator<Item = (HookedAgent, &'static str)> {
    let json = JSON.into_iter().map(|text| (HookedAgent::ClaudeCode, text));
    json.chain(TOML.into_iter().map(|text| (HookedAgent::Codex, text)))
}

#[test]
fn hooks_go_in_once_and_every_line_that_was_there_stays() {
    for (agent, text) in cases() {
        let once = agent.with(text, &command(agent)).unwrap();
        let installed = agent.installed(&once).unwrap();
        assert!(installed.iter().all(|hook| hook.command == command(agent)), "{once}");
        let events: Vec<&str> = installed.iter().map(|hook| hook.event.as_str()).collect();
        match agent {
            HookedAgent::ClaudeCode => {
                let mut sorted = events.clone();
                sorted.sort_unstable();
                assert_eq!(sorted, ["SessionEnd", "SessionStart", "Stop"], "{once}");
            }
            HookedAgent::Codex if text.starts_with("notify") => assert_eq!(events, ["Stop", "SessionStart"], "{once}"),
            HookedAgent::Codex => assert_eq!(events, ["notify", "SessionStart"], "{once}"),
        }
        let again = agent.with(&once, &command(agent)).unwrap();
        assert_eq!(agent.installed(&again).unwrap().len(), installed.len(), "{again}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        if !text.contains('{') {
            let after = words(&once);
            assert!(words(text).iter().all(|word| after.contains(word)), "{once}");
        }
    }
}

#[test]
fn our_lines_alone_come_out_where_the_file_has_changed_since() {
    for (agent, text) in cases() {
        let out = agent.without(&agent.with(text, &command(agent)).unwrap()).unwrap();
        assert_eq!(agent.installed(&out).unwrap(), []);
        match agent {
            HookedAgent::ClaudeCode => {
                let value = |text: &str| json_of(if text.trim().is_empty() { "{}" } else { text });
                let mut before = value(text);
                if text.contains("\"SessionStart\": []") {
                    // A list that was empty is not told from one that has become so.
                    before.as_object_mut().unwrap().remove("hooks");
                }
                assert_eq!(value(&out), before, "{out}");
            }
            HookedAgent::Codex => {
                let value = |text: &str| text.parse::<::toml::Table>().unwrap();
                assert_eq!(value(&out), value(text), "{out}");
            }
        }
    }
}

/// The value of JSON with comments.
fn json_of(text: &str) -> serde_json::Value {
    let plain: String = text
        .replace("// mine\n", "")
        .replace("/* why */", "")
        .replace("],\n\t},\n}", "]\n\t}\n}")
        .replace("],\n\t}", "]\n\t}")
        .replace("},\n}", "}\n}");
    serde_json::from_str(&plain).unwrap_or_else(|error| panic!("{error}: {plain}"))
}

#[test]
fn what_does_not_parse_says_where_and_what_is_odd_says_what() {
    let of = |agent: HookedAgent, text: &str| match agent.with(text, &command(agent)) {
        Err(Trouble::Broken(why) | Trouble::Odd(why)) => why,
        Ok(text) => panic!("{text}"),
    };
    let comma = of(HookedAgent::ClaudeCode, "{\n  \"a\": 1\n  \"b\": 2\n}");
    assert_eq!(comma, "line 2, column 9: Expected comma");
    assert!(of(HookedAgent::ClaudeCode, "{\n  \"a\": ").starts_with("line 2"));
    assert_eq!(of(HookedAgent::ClaudeCode, "[1]"), "its whole is no object");
    assert_eq!(of(HookedAgent::ClaudeCode, "{\"hooks\": 3}"), "'hooks' is no object");
    assert_eq!(of(HookedAgent::ClaudeCode, "{\"hooks\": {\"Stop\": {}}}"), "'hooks.Stop' is no list of hooks");
    assert!(of(HookedAgent::Codex, "a = 1\nb = = 2\n").starts_with("line 2, column 5"));
    assert_eq!(of(HookedAgent::Codex, "hooks = 3\n"), "'hooks' is not as Codex documents it");
    assert_eq!(
        of(HookedAgent::Codex, "[hooks]\nSessionStart = 3\n"),
        "'hooks.SessionStart' is not as Codex documents it"
    );
}

#[test]
fn a_command_is_read_back_from_its_line_and_others_are_not_ours() {
    let command = HookCommand { store: Some("/tmp/a b.db".into()), ..command(HookedAgent::Codex) };
    assert_eq!(HookCommand::of_line(&command.line()), Some(command.clone()));
    assert_eq!(HookCommand::of_words(&command.words()), Some(command));
    for other in ["", "say done", "git hook run pre-commit", "'unclosed", "x hook list codex", "x hook run \\"] {
        assert_eq!(HookCommand::of_line(other), None, "{other}");
    }
}

#[test]
fn an_event_is_understood_by_what_is_needed_of_it() {
    let parse = |text: &str| HookEvent::parse(text);
    let stop = r#"{"session_id":"5e55","transcript_path":"/l.jsonl","hook_event_name":"Stop","new":{"x":[1]}}"#;
    let event = HookEvent { moment: Moment::Ended, session: Some("5e55".into()), log: Some("/l.jsonl".into()) };
    assert_eq!(parse(stop), Ok(event));
    let start = |source: &str| {
        let told = format!(r#"{{"hook_event_name":"SessionStart","source":"{source}","transcript_path":null}}"#);
        parse(&told).unwrap().moment
    };
    assert_eq!([start("compact"), start("startup")], [Moment::Compacted, Moment::Other]);
    let turn = parse(r#"{"type":"agent-turn-complete","thread-id":"b5f6c1c2-1111","input-messages":[]}"#).unwrap();
    assert_eq!((turn.moment, turn.session.as_deref()), (Moment::Ended, Some("b5f6c1c2-1111")));
    for bad in ["", "x", "[]", "{}", r#"{"hook_event_name":3}"#, "null"] {
        assert!(parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_log_is_found_by_the_name_of_its_session_and_never_by_a_pattern() {
    let folder = tempfile::tempdir().unwrap();
    let day = folder.path().join("2026/11/21");
    std::fs::create_dir_all(&day).unwrap();
    let log = day.join("rollout-2026-11-21T18-01-12-b5f6c1c2-1111.jsonl");
    std::fs::write(&log, "").unwrap();
    let find = |session: &str| {
        let event = HookEvent { moment: Moment::Ended, session: Some(session.into()), log: None };
        event.find_log(folder.path())
    };
    assert_eq!(find("b5f6c1c2-1111").as_deref(), Some(Path::new(&log)));
    for other in ["*", "**", "********", "../../../../etc", "b5f6c1c2-2222", ""] {
        assert_eq!(find(other), None, "{other}");
    }
}
