//! The command that an agent runs: our own program by its absolute path, and how it stands in settings.

use std::path::{Path, PathBuf};

use super::HookedAgent;

/// `PROGRAM hook run AGENT [--budget N] [--store PATH]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookCommand {
    pub program: PathBuf,
    pub agent: HookedAgent,
    /// Tokens of the pack after a compaction; `None` for what the settings say at that time.
    pub budget: Option<u32>,
    pub store: Option<PathBuf>,
}

impl HookCommand {
    /// As its arguments, the program first.
    pub fn words(&self) -> Vec<String> {
        let mut words = vec![self.program.display().to_string()];
        words.extend(["hook", "run"].map(str::to_owned));
        words.push(self.agent.to_string());
        if let Some(budget) = self.budget {
            words.extend(["--budget".to_owned(), budget.to_string()]);
        }
        if let Some(store) = &self.store {
            words.extend(["--store".to_owned(), store.display().to_string()]);
        }
        words
    }

    /// As a line for a shell.
    pub fn line(&self) -> String {
        self.words().iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }

    /// Ours, of whatever place and budget; `None` for any other command.
    pub fn of_words(words: &[String]) -> Option<HookCommand> {
        let [program, hook, run, agent, rest @ ..] = words else { return None };
        if hook != "hook" || run != "run" {
            return None;
        }
        let value = |name: &str| {
            let at = rest.iter().position(|word| word == name)?;
            rest.get(at + 1)
        };
        Some(HookCommand {
            program: Path::new(program).into(),
            agent: agent.parse().ok()?,
            budget: value("--budget").and_then(|budget| budget.parse().ok()),
            store: value("--store").map(PathBuf::from),
        })
    }

    pub fn of_line(line: &str) -> Option<HookCommand> {
        HookCommand::of_words(&split(line)?)
    }
}

/// A word that a shell reads as it is.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The words of a line that [`quoted`] wrote; of another's line they need not be right, only not ours.
fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(chars.next()?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}
