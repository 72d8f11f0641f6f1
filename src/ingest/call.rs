//! A tool call's input as readable text, and what can be told from it: the file, whether it runs tests or edits.

use std::{collections::VecDeque, sync::LazyLock};

use regex::Regex;

use crate::ingest::json::Json;

/// Tools by what they do, as the agents name them (case and `_` aside), and the input fields that say most: the first one
/// that is there opens the text without its name.
const LEADING_FIELDS: [(&[&str], &[&str]); 5] = [
    (
        &[
            "bash",
            "powershell",
            "shell",
            "localshell",
            "containerexec",
            "runshellcommand",
            "execcommand",
            "executecommand",
            "developershell",
            "runterminalcmd",
            "runterminalcommand",
            "terminal",
        ],
        &["command", "cmd"],
    ),
    (
        &[
            "read",
            "readfile",
            "view",
            "write",
            "writefile",
            "create",
            "createfile",
            "edit",
            "editfile",
            "multiedit",
            "notebookedit",
            "replace",
            "searchreplace",
            "strreplace",
            "strreplaceeditor",
            "texteditor",
            "developertexteditor",
            "patch",
            "ls",
            "listdirectory",
            "listdir",
            "list",
        ],
        &["file_path", "filePath", "notebook_path", "absolute_path", "target_file", "path", "dir_path"],
    ),
    (&["grep", "glob", "greptool", "searchfilecontent", "grepsearch", "ripgrep", "find"], &["pattern", "query"]),
    (&["webfetch", "fetch", "websearch", "googlewebsearch"], &["url", "query", "prompt"]),
    (&["task", "agent"], &["description"]),
];

/// Tools that change files.
const EDITING: [&str; 15] = [
    "edit",
    "write",
    "multiedit",
    "notebookedit",
    "writefile",
    "editfile",
    "create",
    "createfile",
    "replace",
    "searchreplace",
    "strreplace",
    "strreplaceeditor",
    "patch",
    "applypatch",
    "insert",
];

/// Fields of an edit, and what the text calls them.
const EDIT_FIELDS: [(&str, &str); 12] = [
    ("old_string", "old"),
    ("new_string", "new"),
    ("oldString", "old"),
    ("newString", "new"),
    ("old_str", "old"),
    ("new_str", "new"),
    ("oldText", "old"),
    ("newText", "new"),
    ("content", "content"),
    ("contents", "content"),
    ("file_text", "content"),
    ("new_source", "new"),
];

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
    if let Json::Text(text) = input {
        return text.clone();
    }
    let name = plain(tool);
    let row = LEADING_FIELDS.iter().find(|(tools, _)| tools.contains(&name.as_str()));
    let leading = row.and_then(|(_, fields)| fields.iter().copied().find(|field| command(input, field).is_some()));
    let Some((field, head)) = leading.and_then(|field| Some((field, command(input, field)?))) else {
        return input.outline();
    };
    let mut text = head;
    let mut rest = Vec::new();
    for (key, value) in input.fields() {
        if field == key {
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
    let fields = ["file_path", "filePath", "notebook_path", "absolute_path", "target_file", "path"];
    fields.iter().find_map(|key| input.text(key)).filter(|path| !path.trim().is_empty())
}

pub fn edits(tool: &str) -> bool {
    EDITING.contains(&plain(tool).as_str())
}

/// A tool's name without what agents write differently: case, `_`, and what stands before `__` or `.`.
fn plain(tool: &str) -> String {
    tool.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A field's text. A command can be a list of words: the script of `bash -lc SCRIPT`, else the words.
fn command<'a>(input: &'a Json, field: &str) -> Option<String> {
    match input.get(field)? {
        Json::Text(text) => Some(text.clone()),
        list @ Json::List(_) => {
            let words: Vec<&'a str> = list.items().iter().map(Json::as_str).collect::<Option<_>>()?;
            match words.as_slice() {
                [] => None,
                [_, flag, script] if flag.starts_with('-') && flag.ends_with('c') => Some((*script).to_owned()),
                words => Some(words.join(" ")),
            }
        }
        _ => None,
    }
}

/// Whether a call's command runs a test suite. What it writes by here-document is no command of its own.
pub fn runs_tests(input: &Json) -> bool {
    let command = ["command", "cmd"].into_iter().find_map(|field| command(input, field));
    command.is_some_and(|command| TEST_COMMAND.is_match(&without_here_documents(&command)))
}

static HERE_DOCUMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:^|[^<])<<-?\s*(?:'([^'\n]+)'|"([^"\n]+)"|\\?(\w+))"#).expect("a constant pattern")
});

/// Whether `<<` shifts a number: `$((1 << n))`.
fn is_shift(line: &str, found: &regex::Captures) -> bool {
    let at = found.get(0).map_or(0, |whole| line[whole.start()..].find("<<").map_or(0, |at| whole.start() + at));
    let before = &line[..at];
    before.matches("((").count() > before.matches("))").count()
}

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
                let opened = HERE_DOCUMENT.captures_iter(line).filter(|found| !is_shift(line, found));
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
    fn a_command_of_words_reads_as_it_was_typed() {
        let input = json(r#"{"command":["bash","-lc","cargo test"],"workdir":"/a"}"#);
        assert_eq!(render("shell", &input), "cargo test\nworkdir: /a");
        assert!(runs_tests(&input));
        assert_eq!(render("shell", &json(r#"{"command":["ls","-la"]}"#)), "ls -la");
    }

    #[test]
    fn other_agents_names_of_the_same_tools_are_known() {
        let input = json(r#"{"filePath":"/a.rs","oldString":"x","newString":"y"}"#);
        assert_eq!(render("edit", &input), "/a.rs\nold:\nx\nnew:\ny");
        assert_eq!(path(&input), Some("/a.rs"));
        assert!(edits("write_file") && edits("apply_patch") && !edits("read_file"));
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
            "echo $((1 << n))\ncargo test",
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
