//! Making an empty session, also under the id of a deleted one.

use rusqlite::{Connection, params};

use super::{By, Native, Result, StoreError, append, find_session, journal, session_key};
use crate::model::{Actor, Edit, JournalStatus, Session, SessionId, Time};

impl Native {
    /// Puts a new session in. distill removes what it deletes, so its users give a deleted session's id away again: the
    /// deleted one is set aside under another id then, which is given back, and can still be brought back under that.
    ///
    /// # Errors
    /// Where a session has this id that is not deleted, or that comes from a log, which would be found again by its id.
    pub fn create(&mut self, session: &Session, actor: &Actor, at: Time) -> Result<Option<SessionId>> {
        let (encoding, by) = (self.encoding, self.by(actor));
        let transaction = self.write()?;
        let aside = match find_session(&transaction, &session.id)? {
            None => None,
            Some((_, None)) => return Err(StoreError::Exists(session.id.clone())),
            Some((key, Some(_))) => Some(set_aside(&transaction, key, &session.id, by, at)?),
        };
        append::put(&transaction, session, encoding, by, at)?;
        transaction.commit()?;
        Ok(aside)
    }
}

/// Gives a deleted session another id.
fn set_aside(transaction: &Connection, key: i64, id: &SessionId, by: By, at: Time) -> Result<SessionId> {
    let of_log = "SELECT sources <> '[]' FROM sessions WHERE key = ?1";
    if transaction.query_row(of_log, [key], |row| row.get(0))? {
        return Err(StoreError::Deleted(id.clone()));
    }
    let free = |name: &SessionId| matches!(session_key(transaction, name), Err(StoreError::NoSession(_)));
    let mut names = (1u32..).map(|number| SessionId::new(format!("{id}.deleted-{number}")));
    let aside = names.find(free).expect("there are fewer sessions than numbers");
    transaction.execute("UPDATE sessions SET id = ?2 WHERE key = ?1", params![key, aside.as_str()])?;
    transaction.execute("UPDATE sessions SET parent = ?2 WHERE parent = ?1", params![id.as_str(), aside.as_str()])?;
    let edit = Edit { words: format!("set aside as {aside}: a new session has its id"), ..Edit::default() };
    journal::append(transaction, key, by, at, JournalStatus::Append, &edit)?;
    Ok(aside)
}
