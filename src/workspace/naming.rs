//! Which session is meant, and ids for new ones.

use super::{Result, Workspace, WorkspaceError};
use crate::{
    model::{Actor, SessionId, SessionSettings},
    store::StoreError,
};

/// Characters of an agent's id that tell it apart, at the least.
const TELLING: usize = 4;

/// The session of that id, or the only one that its agent calls so, or whose UUID begins so.
pub fn find_session(ids: &[SessionId], named: &SessionId) -> Result<Option<usize>> {
    if let Some(at) = ids.iter().position(|id| id == named) {
        return Ok(Some(at));
    }
    let called = |id: &SessionId| id.native() == named.as_str();
    match the_one(ids, named, called)? {
        None if named.native().len() >= TELLING => the_one(ids, named, |id| begins_so(id, named)),
        found => Ok(found),
    }
}

/// Only a UUID may be shortened: of other ids, one may well be the beginning of another.
fn begins_so(id: &SessionId, named: &SessionId) -> bool {
    let is_uuid =
        |native: &str| native.len() == 36 && native.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    is_uuid(id.native()) && (id.as_str().starts_with(named.as_str()) || id.native().starts_with(named.as_str()))
}

fn the_one(ids: &[SessionId], named: &SessionId, is_meant: impl Fn(&SessionId) -> bool) -> Result<Option<usize>> {
    let mut found = (0..ids.len()).filter(|&at| is_meant(&ids[at]));
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

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_uuid_may_be_shortened_while_it_is_told_apart() {
        let ids =
            ["claude:4d5611e5-241a-462a-8d15-5122611a9569", "codex:4d5622e5-241a-462a-8d15-5122611a9569", "shop-2"]
                .map(SessionId::new);
        let found = |named: &str| find_session(&ids, &SessionId::new(named)).map_err(|why| why.to_string());
        assert_eq!(found("claude:4d5611e5"), Ok(Some(0)));
        assert_eq!(found("4d5622"), Ok(Some(1)));
        assert_eq!(found("codex:4d56"), Ok(Some(1)));
        assert_eq!(found("codex:4d5"), Ok(None), "too short to be meant");
        assert_eq!(found("shop-2"), Ok(Some(2)));
        assert_eq!(found("shop"), Ok(None), "an agent that pushes to 'shop' does not mean 'shop-2'");
        let why = found("4d56").expect_err("it may be either");
        assert!(why.contains("may be claude:4d5611e5"), "{why}");
    }
}
