//! A tool call's input as readable text, and what can be told from it: the file, whether it runs tests or edits.

use std::{collections::VecDeque, sync::LazyLock};

use regex::Regex;

use crate::ingest::json::Json;

/// The input field that says most, by tool: it opens the text without its name.
const LEADING_FIELD: [(&str, &str); 13] = [
    ("Bash", "command"),
    ("PowerShell", "command"),
    ("Read", "file_path"),
    ("Write", "file_path"),
    ("Edit", "file_path"),
    ("MultiEdit", "file_path"),
    ("NotebookEdit", "notebook_path"),
    ("Grep", "pattern"),
    ("Glob", "pattern"),
    ("WebFetch", "url"),
    ("WebSearch", "query"),
    ("Task", "description"),
    ("Agent", "description"),
];

/// Fields of an edit, and what the text calls them.
const EDIT_FIELDS: [(&str, &str); 4] =
    [("old_string", "old"), ("new_string", "new"), ("content", "content"), ("new_source", "new")];

static TEST_COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) (?: ^ | [\s;&|(/] ) (?:
            cargo \s+ (?: \+\S+ \s+ )? (?: test | nextest )
          | (?: npm | pnpm | yarn | bun ) \s+ (?: run \s+ )? (?: -\S+ \s+ )* test
          | (?: npx \s+ | pnpm \s+ (?: exec \s+ )? )? (?: jest | vitest | mocha | ava | playwright \s+ test | cypress \s+ run )
          | (?: python3? \s+ -m \s+ )? (?: pytest | unittest )
          | tox | nox | rspec | phpunit | ctest | busted | bats
          | go \s+ test | gotestsum | mix \s+ (?: \S+ \s+ do \s+ )? test | rake \s+ test | rails \s+ test | deno \s+ test | swift \s+ test
          | dotnet \s+ test | zig \s+ build \s+ test | make \s+ (?: -\S+ \s+ )* (?: test | check )
          | mvn \s [^;&|\n]* \b (?: test | verify ) | (?: \./ )? gradlew? \s [^;&|\n]* \b (?: test | check )
          | mise \s+ run \s+ test | task \s+ test | just \s+ test
        ) (?: $ | [^\w./-] | [:] )",
    )
    .expect("a constant pattern")
});

/// The call's input as text. Strings stand as they were logged.
pub fn render(tool: &str, input: &Json) -> String {
    let leading = LEADING_FIELD.iter().find(|(name, _)| *name == tool).map(|(_, field)| *field);
    let Some(head) = leading.and_then(|field| input.text(field)) else { return input.outline() };
    let mut text = head.to_owned();
    let mut rest = Vec::new();
    for (key, value) in input.fields() {
        if leading == Some(key.as_str()) {
            continue;
        }
        match (EDIT_FIELDS.iter().find(|(field, _)| field == key), value) {
            (Some((_, name)), Json::Text(part)) => text.push_str(&format!("\n{name}:\n{part}")),
            _ => rest.push((key.clone(), value.clone())),
        }
    }
    let rest = Json::Map(rest).outline();
    if !rest.is_empty() {
        text.push('\n');
        text.push_str(&rest);
    }
    text
}

/// The file that a call reads or writes, where its input names one.
pub fn path(input: &Json) -> Option<&str> {
    ["file_path", "notebook_path", "path"].iter().find_map(|key| input.text(key)).filter(|path| !path.trim().is_empty())
}

pub fn edits(tool: &str) -> bool {
    matches!(tool, "Edit" | "Write" | "MultiEdit" | "NotebookEdit")
}

/// Whether a call's command runs a test suite. What it writes by here-document is no command of its own.
pub fn runs_tests(input: &Json) -> bool {
    input.text("command").is_some_and(|command| TEST_COMMAND.is_match(&without_here_documents(command)))
}

static HERE_DOCUMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:^|[^<])<<-?\s*(?:'([^'\n]+)'|"([^"\n]+)"|\\?(\w+))"#).expect("a constant pattern")
});

/// The command's lines but those of its here-documents. One that never ends takes all that follows, as in a shell.
fn without_here_documents(command: &str) -> String {
    let mut kept = String::with_capacity(command.len());
    let mut ends: VecDeque<&str> = VecDeque::new();
    for line in command.lines() {
        match ends.front() {
            Some(end) if line.trim_matches('\t') == *end => drop(ends.pop_front()),
            Some(_) => {}
            None => {
                kept.push_str(line);
                kept.push('\n');
                let opened = HERE_DOCUMENT.captures_iter(line);
                ends.extend(opened.filter_map(|found| Some(found.iter().skip(1).flatten().next()?.as_str())));
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn json(text: &str) -> Json {
        serde_json::from_str(text).expect("a literal of this test")
    }

    #[test]
    fn a_command_stands_on_its_own_before_its_description() {
        let input = json(r#"{"description":"Run the tests","command":"cargo test -p pricing","timeout":1000}"#);
        assert_eq!(render("Bash", &input), "cargo test -p pricing\ndescription: Run the tests\ntimeout: 1000");
    }

    #[test]
    fn an_edit_shows_the_file_and_both_texts() {
        let input = json(
            r#"{"replace_all":false,"file_path":"/a.rs","old_string":"let x = 1;","new_string":"let x = 2;\nlet y;"}"#,
        );
        assert_eq!(render("Edit", &input), "/a.rs\nold:\nlet x = 1;\nnew:\nlet x = 2;\nlet y;\nreplace_all: false");
    }

    #[test]
    fn other_tools_are_outlined_in_the_order_of_the_log() {
        let input = json(
            r#"{"todos":[{"content":"Fix rounding","status":"done"},{"content":"Add a test","status":"open"}],"note":"a\nb"}"#,
        );
        assert_eq!(
            render("TodoWrite", &input),
            "todos:\n  - content: Fix rounding\n    status: done\n  - content: Add a test\n    status: open\nnote:\na\nb"
        );
    }

    #[test]
    fn an_input_that_is_no_object_is_still_text() {
        assert_eq!(render("Bash", &json(r#""ls -la""#)), "ls -la");
        assert_eq!(render("Bash", &Json::Null), "");
    }

    #[test]
    fn test_runs_are_told_from_mentions_of_tests() {
        let runs = |command: &str| runs_tests(&Json::Map(vec![("command".into(), Json::Text(command.into()))]));
        for command in [
            "cargo test",
            "cd a && cargo +nightly test -p x 2>&1 | tail",
            "npm test",
            "npm run test:unit",
            "npx vitest run",
            "python -m pytest -q",
            "pytest tests/",
            "go test ./...",
            "mix test test/a_test.exs",
            "make check",
            "RUST_LOG=x cargo nextest run",
            "./gradlew app:test",
            "cat >> a.rs <<'EOF'\nfn a() {}\nEOF\ncargo test",
            "cat <<A <<-B\nx\nA\ny\n\tB\npytest",
            "cat <<< input\ncargo test",
        ] {
            assert!(runs(command), "{command}");
        }
        for command in [
            "ls test",
            "git commit -m 'add tests'",
            "cat cargo-test.log",
            "make testdata",
            "go testing",
            "vi pytest.ini",
            "cat >> notes.md <<'EOF'\nRun cargo test before you push.\nEOF",
            "cat <<EOF > run.sh\ncargo test\n",
        ] {
            assert!(!runs(command), "{command}");
        }
    }
}
