//! `haversack`, `haversack demo` and `haversack open`: what the screen is to show.

use std::{
    io::{IsTerminal, stdin, stdout},
    path::PathBuf,
};

use clap::Args;

use super::{
    Failure,
    arguments::BudgetArguments,
    context::{settings, workspace},
};
use crate::{
    config::Config,
    model::SessionId,
    workspace::{Source, WorkspaceError, find_session},
};

/// What to open the screen with.
#[derive(Debug)]
pub struct Screen {
    pub config: Config,
    pub opening: Opening,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The sessions of the store, to pick one.
    Picker,
    /// One session of the store.
    Session(SessionId),
    /// The built-in session, in a store that is gone afterwards.
    Demo,
    /// A log: to take into the store what is new in it, and to open that. The session is named where the log holds several.
    /// `follow`: it is taken in again as the agent writes it.
    Import { path: PathBuf, session: Option<SessionId>, follow: bool },
}

/// Look around in a built-in session; nothing is kept
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack demo
  haversack demo --budget 8k
  haversack session context --demo --budget 8k     the same session without a screen")]
pub struct Demo {
    #[command(flatten)]
    budget: BudgetArguments,
}

impl Demo {
    pub fn run(self) -> Result<Screen, Failure> {
        needs_a_terminal("haversack session context --demo")?;
        Ok(Screen { config: settings(None, self.budget.settings())?, opening: Opening::Demo })
    }
}

/// Open a Haversack store, a distill file or an agent's log on the screen
///
/// A store or a distill file is edited in place, a distill file while distill uses it too. A log, or what is new in it, is
/// taken into the default store first, so that pins and edits are there again next time. The log itself is never written.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack open ~/.claude/projects/shop/4d5611e5.jsonl
  haversack open --follow ~/.codex/sessions/2026/11/20/rollout-….jsonl     as the agent writes
  haversack open distill-sessions.db --session-id checkout --budget 32k
  haversack pack LOG.jsonl                         the same without a screen")]
pub struct Open {
    path: PathBuf,
    /// Which session, where the file holds several
    #[arg(long, visible_alias = "session", value_name = "ID")]
    session_id: Option<String>,
    /// Watch the log: what the agent writes appears at once, and the pack with it
    #[arg(long)]
    follow: bool,
    #[command(flatten)]
    budget: BudgetArguments,
}

impl Open {
    pub fn run(self, store: Option<PathBuf>) -> Result<Screen, Failure> {
        let is_pattern = self.path.to_string_lossy().contains(['*', '?', '[']);
        if !is_pattern && !self.path.exists() {
            return Err(Failure::Failed(format!("there is no {}: check the path", self.path.display())));
        }
        needs_a_terminal(&format!("haversack pack {}", self.path.display()))?;
        let session = self.session_id.map(SessionId::new);
        let source = Source::of(&self.path);
        if self.follow && source != Source::Log {
            let why = "is no log: what others do to a store is shown at once without --follow";
            return Err(Failure::WrongUse(format!("{} {why}", self.path.display())));
        }
        if matches!(source, Source::Log | Source::Export) {
            let opening = Opening::Import { path: self.path, session, follow: self.follow };
            return Ok(Screen { config: settings(store, self.budget.settings())?, opening });
        }
        let config = settings(Some(self.path), self.budget.settings())?;
        let ids: Vec<SessionId> = workspace(&config)?.sessions()?.into_iter().map(|row| row.id).collect();
        let opening = match (session, ids.as_slice()) {
            (Some(named), _) => {
                let known = || ids.iter().map(SessionId::to_string).collect();
                let found = find_session(&ids, &named)?;
                let at =
                    found.ok_or_else(|| WorkspaceError::NoSuchSession { id: named.to_string(), known: known() })?;
                Opening::Session(ids[at].clone())
            }
            (None, [only]) if source == Source::Distill => Opening::Session(only.clone()),
            (None, _) => Opening::Picker,
        };
        Ok(Screen { config, opening })
    }
}

/// `haversack` alone.
pub fn picker(store: Option<PathBuf>) -> Result<Screen, Failure> {
    needs_a_terminal("haversack session list")?;
    Ok(Screen { config: settings(store, Vec::new())?, opening: Opening::Picker })
}

fn needs_a_terminal(instead: &str) -> Result<(), Failure> {
    if stdin().is_terminal() && stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::Failed(format!("the screen needs a terminal, and this is none: `{instead}` works here")))
}
