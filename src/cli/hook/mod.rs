//! `haversack hook`: an agent has its own log swept, and reads the pack after a compaction.

mod change;
mod status;
mod run;

use std::path::PathBuf;

use clap::Subcommand;

use super::Failure;
use crate::{
    config::Config,
    workspace::{HookError, HookedAgent, Machine},
};

/// Let an agent keep the store up to date, and read the pack after a compaction
#[derive(Subcommand, Debug)]
#[command(after_help = "\
Examples:
  haversack hook install claude-code --dry-run
  haversack hook install codex --budget 2k --yes
  haversack hook status
  haversack hook remove claude-code")]
pub enum Hook {
    Install(change::Install),
    Remove(change::Remove),
    Status(status::Status),
    Run(run::Run),
}

impl Hook {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        match self {
            Hook::Install(install) => install.run(store),
            Hook::Remove(remove) => remove.run(store),
            Hook::Status(status) => status.run(store),
            Hook::Run(run) => {
                run.run(store);
                Ok(())
            }
        }
    }
}

fn agent(text: &str) -> Result<HookedAgent, String> {
    text.parse().map_err(|_| "no hooks are known of it: give claude-code or codex".into())
}

/// Asks something of this machine: agents are found as discovery finds their logs.
fn on_this_machine<T>(config: &Config, ask: impl FnOnce(&Machine) -> T) -> Result<T, Failure> {
    let here = std::env::current_dir()?;
    let variable = |name: &str| std::env::var_os(name);
    Ok(ask(&Machine { home: config.home().to_owned(), here, variable: &variable }))
}

impl From<HookError> for Failure {
    fn from(error: HookError) -> Self {
        Failure::Failed(error.to_string())
    }
}
