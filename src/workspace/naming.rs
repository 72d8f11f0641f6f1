//! Which session is meant, and ids for new ones.

use super::{Result, Workspace, WorkspaceError};
use crate::{
    model::{Actor, SessionId, SessionSettings},
    store::StoreError,
};

/// The session of that id, or the only one that its agent calls so.
pub fn find_session(ids: &[SessionId], named: &SessionId) -> Result<Option<usize>> {
    if let Some(at) = ids.iter().position(|id| id == named) {
        return Ok(Some(at));
    }
    let mut found = (0..ids.len()).filter(|&at| ids[at].native() == named.as_str());
    match (found.next(), found.next()) {
        (Some(one), Some(other)) => {
            Err(WorkspaceError::Ambiguous { named: named.clone(), one: ids[one].clone(), other: ids[other].clone() })
        }
        (found, _) => Ok(found),
    }
}

impl Workspace {
    /// The session that is meant, deleted ones too.
    ///
    /// # Errors
    /// Where there is none, naming some that there are; where two agents call one of theirs so.
    pub fn session_named(&self, named: &SessionId) -> Result<SessionId> {
        let rows = self.sessions()?;
        let ids: Vec<SessionId> = rows.iter().map(|row| row.id.clone()).collect();
        let live = || rows.iter().filter(|row| row.deleted_at.is_none()).map(|row| row.id.to_string()).collect();
        match find_session(&ids, named)? {
            Some(at) => Ok(ids[at].clone()),
            None => Err(WorkspaceError::NoSuchSession { id: named.to_string(), known: live() }),
        }
    }

    /// The same among those that are not deleted.
    pub fn live_session_named(&self, named: &SessionId) -> Result<SessionId> {
        let id = self.session_named(named)?;
        match self.sessions()?.iter().any(|row| row.id == id && row.deleted_at.is_some()) {
            true => Err(StoreError::Deleted(id).into()),
            false => Ok(id),
        }
    }

    /// An id for a session that nobody has named: `haversack:` and the time.
    pub fn new_id(&self) -> SessionId {
        SessionId::new(format!("haversack:{:x}", self.now().0))
    }

    /// Makes an empty session under such an id.
    pub fn create_unnamed(&mut self, settings: SessionSettings, actor: &Actor) -> Result<SessionId> {
        loop {
            let id = self.new_id();
            match self.create(&id, settings, actor) {
                Ok(_) => return Ok(id),
                // Somebody else has had this millisecond: the next one comes.
                Err(WorkspaceError::Store(StoreError::Exists(_))) => {}
                Err(why) => return Err(why),
            }
        }
    }
}
