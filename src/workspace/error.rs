//! What can go wrong, each told in one sentence with what to do.

use std::{fmt, path::PathBuf};

use crate::{
    facts::FactRefusal,
    ingest::IngestError,
    llm::LlmError,
    model::{Refusal, SessionId, policy::Forbidden},
    store::StoreError,
};

pub type Result<T> = std::result::Result<T, WorkspaceError>;

#[derive(Debug)]
pub enum WorkspaceError {
    Store(StoreError),
    Ingest(IngestError),
    /// A verb that does nothing to what it was asked of.
    Refused(Refusal),
    /// What is not the actor's to change.
    Forbidden(Forbidden),
    /// A file of several sessions, and none was named.
    SeveralSessions {
        path: PathBuf,
        ids: Vec<String>,
    },
    NoSuchSession {
        id: String,
        known: Vec<String>,
    },
    /// Two agents call one of their sessions so, or the ids of two begin so.
    Ambiguous {
        named: SessionId,
        one: SessionId,
        other: SessionId,
    },
    /// A folder of logs in which nothing was said, or none of which can be read.
    NothingToImport {
        path: PathBuf,
        why: Option<String>,
    },
    /// A push that holds nothing usable.
    BadPush(String),
    /// A file that begins as a session of ours, and is none.
    BadExport {
        path: PathBuf,
        why: String,
    },
    /// A fact that is not there, or that nothing is to be done to.
    BadFact(String),
    /// A draft that the write policy refuses.
    RefusedFact(FactRefusal),
    /// A model that gave no text.
    Llm(LlmError),
}

impl fmt::Display for WorkspaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorkspaceError::Store(error) => error.fmt(f),
            WorkspaceError::Ingest(error) => error.fmt(f),
            WorkspaceError::Refused(refusal) => refusal.fmt(f),
            WorkspaceError::Forbidden(why) => why.fmt(f),
            WorkspaceError::SeveralSessions { path, ids } => {
                write!(f, "{} holds {} sessions; name one with --session-id: {}", path.display(), ids.len(), some(ids))
            }
            WorkspaceError::NoSuchSession { id, known } if known.is_empty() => {
                write!(f, "there is no session '{id}': the store is empty; import a log first")
            }
            WorkspaceError::NoSuchSession { id, known } => {
                write!(f, "there is no session '{id}'; there are {}", some(known))
            }
            WorkspaceError::Ambiguous { named, one, other } => {
                write!(f, "'{named}' may be {one} or {other}: give the whole id with --session-id")
            }
            WorkspaceError::NothingToImport { path, why: None } => {
                write!(
                    f,
                    "{} holds no conversation of its own: nothing was said in it, or all is copied from sessions that are stored",
                    path.display()
                )
            }
            WorkspaceError::NothingToImport { why: Some(why), .. } => f.write_str(why),
            WorkspaceError::BadPush(why) | WorkspaceError::BadFact(why) => f.write_str(why),
            WorkspaceError::BadExport { path, why } => write!(
                f,
                "{} is no session that Haversack can read ({why}): export it again with `haversack session export --to json`",
                path.display()
            ),
            WorkspaceError::RefusedFact(refusal) => refusal.fmt(f),
            WorkspaceError::Llm(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WorkspaceError {}

fn some(ids: &[String]) -> String {
    let shown = ids.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
    if ids.len() > 5 { format!("{shown} and {} more", ids.len() - 5) } else { shown }
}

impl From<StoreError> for WorkspaceError {
    fn from(error: StoreError) -> Self {
        WorkspaceError::Store(error)
    }
}

impl From<IngestError> for WorkspaceError {
    fn from(error: IngestError) -> Self {
        WorkspaceError::Ingest(error)
    }
}

impl From<FactRefusal> for WorkspaceError {
    fn from(refusal: FactRefusal) -> Self {
        WorkspaceError::RefusedFact(refusal)
    }
}

impl From<Forbidden> for WorkspaceError {
    fn from(why: Forbidden) -> Self {
        WorkspaceError::Forbidden(why)
    }
}

impl From<Refusal> for WorkspaceError {
    fn from(refusal: Refusal) -> Self {
        WorkspaceError::Refused(refusal)
    }
}

impl From<LlmError> for WorkspaceError {
    fn from(error: LlmError) -> Self {
        WorkspaceError::Llm(error)
    }
}
