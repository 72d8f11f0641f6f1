//! What most commands start from: the settings, the workspace, and the session that is meant.

use std::path::{Path, PathBuf};

use super::{Failure, arguments::Choice};
use crate::{
    config::{Config, Sources},
    model::{Session, SessionId, Via},
    workspace::{Desk, Workspace, find_session},
};

/// A workspace with one session chosen.
pub struct Opened {
    pub config: Config,
    pub workspace: Workspace,
    pub id: SessionId,
}

impl Opened {
    pub fn new(store: Option<PathBuf>, choice: Choice, flags: Vec<(&'static str, String)>) -> Result<Self, Failure> {
        let config = settings(store, flags)?;
        let (workspace, id) = match choice {
            Choice::Demo => {
                let mut workspace = Workspace::throw_away(config.plan())?.through(Via::CommandLine);
                workspace.govern_facts(config.facts());
                let id = workspace.demo()?;
                (workspace, id)
            }
            Choice::Session(named) => {
                let workspace = workspace(&config)?;
                let ids: Vec<SessionId> = workspace.sessions()?.into_iter().map(|session| session.id).collect();
                let id = find_session(&ids, &named)?.map_or(named, |at| ids[at].clone());
                (workspace, id)
            }
        };
        Ok(Self { config, workspace, id })
    }

    pub fn session(&mut self) -> Result<Session, Failure> {
        Ok(self.workspace.session(&self.id)?)
    }

    /// The session with its plan under the budget of the settings.
    pub fn desk(&mut self) -> Result<Desk, Failure> {
        Ok(self.workspace.desk(&self.id, self.config.budget().0)?)
    }
}

/// The settings in force, with what this command was given.
pub fn settings(store: Option<PathBuf>, flags: Vec<(&'static str, String)>) -> Result<Config, Failure> {
    settings_in(None, store, flags)
}

/// The same, from a named settings file where there is one.
pub fn settings_in(
    file: Option<&Path>,
    store: Option<PathBuf>,
    mut flags: Vec<(&'static str, String)>,
) -> Result<Config, Failure> {
    if let Some(path) = store {
        let path = path.into_os_string().into_string();
        flags.push(("store.path", path.map_err(|_| Failure::WrongUse("give --store a path in UTF-8".into()))?));
    }
    let sources = match file {
        Some(file) => Sources::with_file(Some(file.to_owned()), flags)?,
        None => Sources::of_this_process(flags)?,
    };
    Ok(Config::resolve(&sources)?)
}

/// The store that the settings name.
pub fn workspace(config: &Config) -> Result<Workspace, Failure> {
    let mut workspace = Workspace::open(config.store_path(), config.plan())?.through(Via::CommandLine);
    workspace.govern_facts(config.facts());
    workspace.synchronize(config.synchronous())?;
    Ok(workspace)
}
