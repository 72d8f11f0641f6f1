//! Why a log cannot be read, in one sentence that says what to do.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use strum::VariantArray;

use super::agent::Agent;

#[derive(Debug)]
pub enum IngestError {
    Io {
        path: PathBuf,
        source: io::Error,
    },
    Empty {
        path: PathBuf,
    },
    Utf16 {
        path: PathBuf,
    },
    UnknownFormat {
        path: PathBuf,
    },
    /// A file of a folder that is named like a log and is none.
    PassedOver {
        path: PathBuf,
    },
    /// A known log, but nothing was said in it.
    NoConversation {
        path: PathBuf,
    },
    /// A pattern that no file is named like.
    NoMatch {
        pattern: PathBuf,
    },
    /// A folder without any log.
    NoLogs {
        folder: PathBuf,
    },
}

impl IngestError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }
}

impl fmt::Display for IngestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "cannot read {}: {source}", path.display()),
            Self::Empty { path } => write!(f, "{} is empty", path.display()),
            Self::Utf16 { path } => write!(f, "{} is UTF-16: convert it to UTF-8 first", path.display()),
            Self::UnknownFormat { path } => {
                write!(
                    f,
                    "{} is none that can be opened: logs of {}, distill session files and Haversack stores can",
                    path.display(),
                    Agent::VARIANTS.iter().map(|agent| agent.name()).collect::<Vec<_>>().join(", ")
                )
            }
            Self::PassedOver { path } => write!(f, "{} is no agent's log and was passed over", path.display()),
            Self::NoConversation { path } => write!(f, "{} holds no conversation", path.display()),
            Self::NoMatch { pattern } => write!(f, "nothing is named like {}: check the pattern", pattern.display()),
            Self::NoLogs { folder } => write!(f, "no agent's log lies in {} or below it", folder.display()),
        }
    }
}

impl std::error::Error for IngestError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
