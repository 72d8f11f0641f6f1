//! Hooks: commands that an agent runs at the end of a turn or at the start of a session, put into the agent's settings
//! and taken out again.
//!
//! Claude Code (`settings.json`): `Stop` and `SessionEnd` have the log swept; `SessionStart` with the matcher `compact` is
//! answered with the pack. Codex (`config.toml`): the program of `notify` has the log swept, or a hook of `Stop` where
//! `notify` is another program's; its `SessionStart` hook is as Claude Code's.

mod command;
mod json;
mod toml;
mod event;
mod settings;
#[cfg(test)]
mod tests;

use std::{fmt, path::PathBuf};

use strum::{Display, EnumString, VariantArray};

use crate::ingest::Machine;

pub use command::HookCommand;
pub use event::{HookEvent, Moment};
pub use settings::{Change as SettingsChange, Settings};

/// An agent that runs hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum HookedAgent {
    ClaudeCode,
    Codex,
}

/// A hook of ours in an agent's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// As the agent calls it: `Stop`, `SessionStart`, `notify`.
    pub event: String,
    pub command: HookCommand,
}

/// Settings that were not touched, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookError {
    /// They do not parse; what the parser says of it, with the place.
    Broken { path: PathBuf, why: String },
    /// They parse, and are not as the agent documents them.
    Odd { path: PathBuf, why: String },
    /// There is no such folder.
    NoFolder { path: PathBuf, agent: &'static str },
    /// They cannot be read or written.
    File { path: PathBuf, why: String },
    /// Something else wrote to them while the person was asked.
    Moved { path: PathBuf },
}

impl HookedAgent {
    pub fn name(self) -> &'static str {
        match self {
            HookedAgent::ClaudeCode => "Claude Code",
            HookedAgent::Codex => "Codex",
        }
    }

    /// Where the agent keeps its settings on this machine.
    pub fn settings(self, machine: &Machine) -> PathBuf {
        match self {
            HookedAgent::ClaudeCode => machine.folder("CLAUDE_CONFIG_DIR", ".claude").join("settings.json"),
            HookedAgent::Codex => machine.folder("CODEX_HOME", ".codex").join("config.toml"),
        }
    }

    /// Where the log of a session is that the agent names by its id alone, as Codex's `notify` does.
    pub fn logs(self, machine: &Machine) -> PathBuf {
        match self {
            HookedAgent::ClaudeCode => machine.folder("CLAUDE_CONFIG_DIR", ".claude").join("projects"),
            HookedAgent::Codex => machine.folder("CODEX_HOME", ".codex").join("sessions"),
        }
    }

    /// The settings with our hooks in place of any that were there.
    fn with(self, text: &str, command: &HookCommand) -> Result<String, Trouble> {
        match self {
            HookedAgent::ClaudeCode => json::with(text, command),
            HookedAgent::Codex => toml::with(text, command),
        }
    }

    /// The settings without our hooks, everything else as it is.
    fn without(self, text: &str) -> Result<String, Trouble> {
        match self {
            HookedAgent::ClaudeCode => json::without(text),
            HookedAgent::Codex => toml::without(text),
        }
    }

    fn installed(self, text: &str) -> Result<Vec<Installed>, Trouble> {
        match self {
            HookedAgent::ClaudeCode => json::installed(text),
            HookedAgent::Codex => toml::installed(text),
        }
    }
}

/// What is wrong with a text of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trouble {
    Broken(String),
    Odd(String),
}

impl Trouble {
    fn of(self, path: PathBuf) -> HookError {
        match self {
            Trouble::Broken(why) => HookError::Broken { path, why },
            Trouble::Odd(why) => HookError::Odd { path, why },
        }
    }
}

impl fmt::Display for HookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HookError::Broken { path, why } => {
                write!(f, "{} does not parse ({why}): mend it first, nothing was changed", path.display())
            }
            HookError::Odd { path, why } => write!(f, "{}: {why}; nothing was changed", path.display()),
            HookError::NoFolder { path, agent } => write!(
                f,
                "there is no folder {}: is {agent} installed? Name its settings file with --settings",
                path.display()
            ),
            HookError::File { path, why } => {
                write!(f, "cannot write {} ({why}): nothing was changed, check its folder", path.display())
            }
            HookError::Moved { path } => {
                write!(f, "{} was changed meanwhile: nothing was written, try again", path.display())
            }
        }
    }
}

impl std::error::Error for HookError {}
