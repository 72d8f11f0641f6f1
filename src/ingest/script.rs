//! Inputs of calls that are one text: a patch, or a script that calls tools.

use std::sync::LazyLock;

use regex::Regex;

use super::json::Json;

/// What opens a patch, as Codex and those that learnt from it write it.
const PATCH: &str = "*** Begin Patch";

/// Fields that can hold a patch: of the patch tool, and of a shell that is told to run it.
const PATCH_FIELDS: [&str; 6] = ["input", "patch", "patchText", "patch_text", "command", "cmd"];

/// The patch in a call's input.
pub fn patch(input: &Json) -> Option<&str> {
    let text = |json: &'_ Json| -> bool { json.as_str().is_some_and(|text| text.contains(PATCH)) };
    let found = match input {
        Json::Text(_) => Some(input).filter(|input| text(input)),
        _ => PATCH_FIELDS.iter().filter_map(|field| input.get(field)).find_map(|value| match value {
            Json::List(words) => words.iter().find(|word| text(word)),
            value => Some(value).filter(|value| text(value)),
        }),
    };
    found?.as_str()
}

/// The first file that a patch changes. In a script the patch is a string literal, whose lines end in `\n` spelt out.
pub fn patched_file(patch: &str) -> Option<&str> {
    static FILE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"\*\*\* (?:Update|Add|Delete) File: ([^\n\r"\\]+)"#).expect("a constant pattern")
    });
    FILE.captures(patch)?.get(1).map(|file| file.as_str().trim())
}

/// The commands that a script runs: `tools.exec_command({cmd: "cargo test"})`.
pub fn commands(script: &str) -> Vec<String> {
    static COMMAND: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"\b(?:cmd|command)"?\s*:\s*("(?:[^"\\]|\\.)*")"#).expect("a constant pattern"));
    COMMAND.captures_iter(script).filter_map(|found| serde_json::from_str(&found[1]).ok()).collect()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn text(text: &str) -> Json {
        Json::Text(text.into())
    }

    #[test]
    fn a_patch_is_found_in_every_place_that_holds_one() {
        let patch_text = "*** Begin Patch\n*** Update File: src/till.rs\n@@\n-a\n+b\n*** End Patch";
        let shell = Json::Map(vec![("command".into(), Json::List(vec![text("apply_patch"), text(patch_text)]))]);
        let quoted = format!("const patch = {};", serde_json::to_string(patch_text).expect("a text is JSON"));
        for input in [text(patch_text), Json::Map(vec![("input".into(), text(patch_text))]), shell, text(&quoted)] {
            assert_eq!(patch(&input).and_then(patched_file), Some("src/till.rs"), "{input:?}");
        }
        assert_eq!(patch(&text("cat till.rs")), None);
        assert_eq!(patched_file("*** Begin Patch\n*** End Patch"), None);
    }

    #[test]
    fn commands_of_a_script_are_read_as_the_shell_gets_them() {
        let script =
            r#"const r = await tools.exec_command({cmd:"cargo test -p \"till\"",workdir:"/w"});text(r.output)"#;
        assert_eq!(commands(script), ["cargo test -p \"till\""]);
        assert_eq!(commands(r#"f({"command": "ls", x: 1}); f({cmd:"torn"#), ["ls"]);
    }
}
