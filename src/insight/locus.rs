//! Where a signal has its place, in words that recur from session to session: a program, a file, a tool, an error.

use crate::{model::Entry, text::compress::severity};

/// What a call tries, without what changes from one run to the next: `cargo test` of `cd pricing && cargo test -p cart`,
/// a tool with the name of a file, or the tool alone.
pub fn of_call(call: &Entry) -> String {
    let tool = call.tool.as_deref().unwrap_or("call").to_lowercase();
    match &call.path {
        Some(path) => format!("{tool} {}", file_name(path)),
        None => program(&call.text).unwrap_or(tool),
    }
}

/// The last part of a path: projects lie in other folders on other machines.
pub fn file_name(path: &str) -> &str {
    path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(path)
}

/// An error without its numbers, short enough for a row.
pub fn of_error(line: &str) -> String {
    let form = severity::form(line.trim());
    form.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(80).collect()
}

/// The program that a command runs, with its subcommand. `None` where the text is no command.
fn program(command: &str) -> Option<String> {
    let first = command.lines().next()?;
    let mut steps = first.split("&&").flat_map(|step| step.split([';', '|'])).map(str::trim);
    let step = steps.find(|step| !step.is_empty() && !step.starts_with("cd ") && !step.starts_with("export "))?;
    let mut words =
        step.split_whitespace().skip_while(|word| is_assignment(word) || *word == "sudo" || *word == "time");
    let program = file_name(words.next()?).trim_matches(['"', '\'']);
    let is_program = !program.is_empty()
        && program.len() <= 32
        && program.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c));
    // Some agents write scripts in place of commands.
    if !is_program || ["const", "let", "var", "import", "await", "function", "for", "if", "while"].contains(&program) {
        return None;
    }
    let subcommand = words.next().filter(|word| {
        word.len() <= 16 && word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-')
    });
    Some(match subcommand.filter(|_| HAS_SUBCOMMANDS.contains(&program)) {
        Some(subcommand) => format!("{program} {subcommand}"),
        None => program.to_owned(),
    })
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
}

/// Programs whose first word tells what they do.
const HAS_SUBCOMMANDS: [&str; 22] = [
    "cargo",
    "git",
    "gh",
    "npm",
    "pnpm",
    "yarn",
    "bun",
    "go",
    "docker",
    "kubectl",
    "make",
    "mise",
    "just",
    "pip",
    "uv",
    "poetry",
    "dotnet",
    "mvn",
    "gradle",
    "terraform",
    "swift",
    "bd",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_its_program_and_subcommand() {
        for (command, expected) in [
            ("cd /home/a/pricing && cargo test -p cart 2>&1 | tail", Some("cargo test")),
            ("RUST_LOG=debug ./target/debug/shop --port 8443", Some("shop")),
            ("git status --short", Some("git status")),
            ("rg -n 'fn total'", Some("rg")),
            ("const r = await tools.exec({})", None),
            ("{\"a\": 1}", None),
            ("", None),
        ] {
            assert_eq!(program(command).as_deref(), expected, "{command}");
        }
        assert_eq!(of_error("error[E0308]: mismatched types at 12:40"), "error[E]: mismatched types at :");
    }
}
