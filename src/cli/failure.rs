//! How a command fails: a sentence on standard error, and an exit code.

use std::{
    io::{self, Write},
    path::Path,
};

use crate::{
    config::ConfigError,
    text::sanitize,
    workspace::{NoModel, WorkspaceError},
};

/// Everything that ends a command early.
#[derive(Debug)]
pub enum Failure {
    /// It could not be done: exit code 1.
    Failed(String),
    /// It was asked for in a wrong way: exit code 2.
    WrongUse(String),
    /// It was done, and said on standard output that something is amiss (`--strict`): exit code 1, nothing more to say.
    Strict,
    /// Who read standard output has gone away, as `head` does: exit code 0.
    ReaderGone,
}

impl Failure {
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Failed(_) | Failure::Strict => 1,
            Failure::WrongUse(_) => 2,
            Failure::ReaderGone => 0,
        }
    }

    /// Says on standard error what happened, made inert: it may quote a path or an id.
    pub fn report(&self) {
        match self {
            Failure::Failed(words) | Failure::WrongUse(words) => tell(words),
            Failure::Strict | Failure::ReaderGone => {}
        }
    }
}

/// A file that was named and cannot be read.
pub fn unreadable(path: &Path, why: &io::Error) -> Failure {
    Failure::Failed(format!("cannot read {} ({why}): check the path", path.display()))
}

/// One line on standard error. Where nobody reads that any more, nothing is said: a server goes on.
pub fn tell(words: &str) {
    let _ = writeln!(io::stderr(), "haversack: {}", sanitize::inert_line(words));
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ReaderGone,
            _ => Failure::Failed(format!("cannot write to standard output ({error}): check where it goes")),
        }
    }
}

impl From<WorkspaceError> for Failure {
    fn from(error: WorkspaceError) -> Self {
        Failure::Failed(error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Failure::WrongUse(error.to_string())
    }
}

impl From<NoModel> for Failure {
    fn from(why: NoModel) -> Self {
        Failure::Failed(why.to_string())
    }
}
