//! What a model has answered, so that the same request is not paid for twice. Goes with its session, and with
//! the raw text of it.

use rusqlite::{OptionalExtension, params};

use super::{Native, Result, live_session_key};
use crate::{
    model::{Clean, SessionId, Time},
    text::redact,
};

pub(super) const TABLE: &str = "
CREATE TABLE answers (
    session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    mark BLOB NOT NULL,                     -- 16 bytes, from all that makes the request
    at INTEGER NOT NULL,
    cut INTEGER NOT NULL,                   -- 1: it ended for want of tokens
    text TEXT NOT NULL,                     -- redacted; the request itself is not kept
    PRIMARY KEY (session, mark)
) STRICT, WITHOUT ROWID;
";

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub text: Clean,
    /// Whether it ended for want of tokens.
    pub cut: bool,
}

/// Answers of a session that are kept, the newest.
const MOST: u32 = 200;

impl Native {
    /// What was answered to the request of this mark.
    pub fn answer(&self, id: &SessionId, mark: u128) -> Result<Option<Kept>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT a.text, a.cut FROM answers a JOIN sessions s ON s.key = a.session WHERE s.id = ?1 AND a.mark = ?2",
        )?;
        let row = statement.query_row(params![id.as_str(), mark.to_be_bytes()], |row| {
            Ok(Kept { text: redact::stored(row.get(0)?), cut: row.get(1)? })
        });
        Ok(row.optional()?)
    }

    pub fn keep_answer(&mut self, id: &SessionId, mark: u128, kept: &Kept, at: Time) -> Result<()> {
        let transaction = self.write()?;
        let key = live_session_key(&transaction, id)?;
        transaction.execute(
            "INSERT OR REPLACE INTO answers (session, mark, at, cut, text) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![key, mark.to_be_bytes(), at.0, kept.cut, kept.text.as_str()],
        )?;
        transaction.execute(
            "DELETE FROM answers WHERE session = ?1 AND mark NOT IN
                 (SELECT mark FROM answers WHERE session = ?1 ORDER BY at DESC, mark LIMIT ?2)",
            params![key, MOST],
        )?;
        transaction.commit()
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn an_answer_is_found_by_its_mark_and_goes_with_its_session() {
        let kept = |text: &str| Kept { text: redact::clean(text), cut: false };
        let mut store = Native::in_memory().unwrap();
        let id = SessionId::new("claude:a");
        store
            .connection
            .execute_batch(
                "INSERT INTO sessions (key, id, title, project, models, settings, sources, problems, next_seq, updated)
             VALUES (1, 'claude:a', '', '/shop', '[]', '{}', '[]', '[]', 1, 0);",
            )
            .unwrap();
        assert_eq!(store.answer(&id, 7).unwrap(), None);
        for (at, text) in [(1, "first"), (2, "again")] {
            store.keep_answer(&id, 7, &kept(text), Time(at)).unwrap();
        }
        store.keep_answer(&id, u128::MAX, &kept("other"), Time(3)).unwrap();
        assert_eq!(store.answer(&id, 7).unwrap(), Some(kept("again")));
        for mark in 1_000..1_000 + u128::from(MOST) {
            store.keep_answer(&id, mark, &kept("more"), Time(9)).unwrap();
        }
        assert_eq!(store.answer(&id, 7).unwrap(), None, "the oldest go");
        store.purge(&id).unwrap();
        let left: u32 = store.connection.query_row("SELECT count(*) FROM answers", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0);
    }
}
