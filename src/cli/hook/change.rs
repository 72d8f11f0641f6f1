//! `haversack hook install` and `remove`: a change of an agent's settings, shown before it is made.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{agent, on_this_machine};
use crate::{
    cli::{
        Failure,
        confirm::{Confirmed, Question},
        context::settings,
        output::Output,
        tell,
    },
    text::{redact, sanitize, words::parse_count},
    workspace::{HookCommand, HookedAgent, Settings, SettingsChange},
};

/// Tokens of the pack after a compaction. Claude Code shows the model 10,000 characters of what a hook prints, Codex
/// 2,500 tokens (four bytes each); the rest goes to a file.
const BUDGET: u32 = 2_000;

/// Have an agent sweep its own log, and read the pack after a compaction
///
/// At the end of a turn the agent's log is swept; when a session goes on after a compaction, the pack at --budget is printed
/// for the agent to read. The change to the agent's settings is shown first. The file as it was is kept beside it.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack hook install claude-code --dry-run
  haversack hook install codex --budget 1500 --yes
  haversack hook install claude-code --settings ~/work/.claude/settings.json

Claude Code: the hooks Stop, SessionEnd and SessionStart (compact) of settings.json.
Codex: notify and the hook SessionStart (compact) of config.toml; the hook Stop where notify is
another program's. Codex runs a new hook once it is trusted there: /hooks.

JSON of install and remove: {agent, settings, changed, dry_run, backup, diff}.")]
pub struct Install {
    /// claude-code or codex
    #[arg(value_parser = agent)]
    agent: HookedAgent,
    /// Tokens of the pack after a compaction [default: 2000]
    #[arg(long, value_name = "TOKENS", value_parser = |text: &str| parse_count(text).ok_or("give a whole number of tokens, such as 2000 or 2k"))]
    budget: Option<u32>,
    #[command(flatten)]
    changing: Changing,
}

/// Take the hooks out of an agent's settings again
///
/// The file is as it was, byte for byte, where nothing else has changed in it since; else our lines alone are taken out.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack hook remove claude-code
  haversack hook remove codex --yes --json")]
pub struct Remove {
    /// claude-code or codex
    #[arg(value_parser = agent)]
    agent: HookedAgent,
    #[command(flatten)]
    changing: Changing,
}

/// How settings are changed.
#[derive(Args, Debug)]
struct Changing {
    /// The agent's settings file, where it is not in its usual place
    #[arg(long, value_name = "PATH")]
    settings: Option<PathBuf>,
    /// Show the change, and make none
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    confirmed: Confirmed,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    agent: String,
    settings: String,
    changed: bool,
    dry_run: bool,
    backup: Option<String>,
    diff: String,
}

impl Install {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let program = std::env::current_exe()?;
        let store = store.map(std::path::absolute).transpose()?;
        if program.to_str().is_none() {
            return Err(Failure::Failed(format!("{} is no path in UTF-8: move the program", program.display())));
        }
        let budget = Some(self.budget.unwrap_or(BUDGET));
        let command = HookCommand { program, agent: self.agent, budget, store };
        let settings = self.changing.read(self.agent)?;
        let change = settings.install(&command)?;
        let nothing = format!("{} has these hooks already: {}", self.agent.name(), settings.path().display());
        let done = |change: &SettingsChange| {
            let backup = change.backup().map(|path| format!("; the file as it was: {}", path.display()));
            format!("installed in {}{}", change.path().display(), backup.unwrap_or_default())
        };
        self.changing.make(self.agent, &settings, change, &nothing, done)?;
        if self.agent == HookedAgent::Codex && !self.changing.json && !self.changing.dry_run {
            tell("Codex runs new hooks once you have trusted them: type /hooks there");
        }
        Ok(())
    }
}

impl Remove {
    pub fn run(self, _store: Option<PathBuf>) -> Result<(), Failure> {
        let settings = self.changing.read(self.agent)?;
        let change = settings.remove()?;
        let nothing = format!("{} has no hooks of Haversack's: {}", self.agent.name(), settings.path().display());
        let done = |change: &SettingsChange| match change.restores() {
            true => format!("removed from {}, which is as it was", change.path().display()),
            false => format!("removed from {}; what else has changed since stays", change.path().display()),
        };
        self.changing.make(self.agent, &settings, change, &nothing, done)
    }
}

impl Changing {
    fn read(&self, agent: HookedAgent) -> Result<Settings, Failure> {
        let path = match &self.settings {
            Some(path) => path.clone(),
            None => on_this_machine(&settings(None, Vec::new())?, |machine| agent.settings(machine))?,
        };
        Ok(Settings::read(agent, &path)?)
    }

    fn make(
        &self,
        agent: HookedAgent,
        settings: &Settings,
        change: Option<SettingsChange>,
        nothing: &str,
        done: impl Fn(&SettingsChange) -> String,
    ) -> Result<(), Failure> {
        let mut output = Output::new();
        // What stands around the change may be anything, keys of services too.
        let diff = change.as_ref().map_or(String::new(), |change| redact::clean(&change.diff()).to_string());
        if !self.json {
            match change {
                Some(_) => output.raw(&sanitize::inert(&diff))?,
                None => output.line(nothing)?,
            }
        }
        if let Some(change) = change.as_ref().filter(|_| !self.dry_run) {
            if !self.json {
                // Shown before anybody is asked.
                output.finish()?;
                output = Output::new();
            }
            self.confirmed.ask(&Question {
                asked: &format!("Change {} so?", change.path().display()),
                elsewhere: &format!("this would change {} as shown", change.path().display()),
                otherwise: "nothing was changed: type yes to change it",
            })?;
            change.make()?;
            if !self.json {
                output.line(&done(change))?;
            }
        }
        if self.json {
            output.json(&Answer {
                agent: agent.to_string(),
                settings: settings.path().display().to_string(),
                changed: change.is_some() && !self.dry_run,
                dry_run: self.dry_run,
                backup: change.and_then(|change| change.backup()).map(|path| path.display().to_string()),
                diff,
            })?;
        }
        output.finish()
    }
}
