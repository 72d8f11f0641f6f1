//! What is kept of sessions when their raw text goes, and what people decided on the patterns in them.

use rusqlite::{OptionalExtension, params};

use super::{Native, Result, StoreError, rows, session_key};
use crate::{
    insight::{
        Digest, digest,
        review::{Choice, Decision},
    },
    model::{SessionId, Time},
    text::redact,
};

pub(super) const TABLES: &str = "
-- What is kept of a session when its raw text goes.
CREATE TABLE digests (
    session INTEGER PRIMARY KEY REFERENCES sessions (key) ON DELETE CASCADE,
    schema INTEGER NOT NULL,
    of INTEGER NOT NULL,                    -- sessions.updated of the session that it was made of
    at INTEGER NOT NULL,
    digest TEXT NOT NULL                    -- JSON
) STRICT;
-- When the raw text of a session went.
ALTER TABLE sessions ADD COLUMN let_go INTEGER;

-- Every decision on a pattern, the newest of a key in force.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pattern TEXT NOT NULL,
    choice TEXT NOT NULL,
    note TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    fingerprint TEXT NOT NULL
) STRICT;
";

/// A digest that is of the session as it is now: or its text is gone, and it is the last one.
const CURRENT: &str = "(d.session IS NOT NULL AND (s.let_go IS NOT NULL OR (d.of = s.updated AND d.schema = ?1)))";

impl Native {
    /// Sessions that are not deleted and have no digest of what they are now, the oldest first.
    pub fn undigested(&self) -> Result<Vec<SessionId>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT s.id FROM sessions s LEFT JOIN digests d ON d.session = s.key
             WHERE s.deleted_at IS NULL AND s.let_go IS NULL AND NOT {CURRENT} ORDER BY coalesce(s.last_at, s.updated), s.id"
        ))?;
        let found = statement.query_map([digest::SCHEMA], |row| Ok(SessionId::new(row.get::<_, String>(0)?)))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// When a session was last written to: what a digest that is made of it now is of.
    pub fn updated(&self, id: &SessionId) -> Result<Time> {
        let mut statement = self.connection.prepare_cached("SELECT updated FROM sessions WHERE id = ?1")?;
        let found = statement.query_row([id.as_str()], |row| row.get(0)).optional()?;
        found.map(Time).ok_or_else(|| StoreError::NoSession(id.clone()))
    }

    /// Keeps a digest. `of`: what [`Native::updated`] said before the session was read, so that whatever came since makes
    /// the digest stale. Never in place of the last one of a session whose text is gone.
    pub fn keep_digest(&mut self, digest: &Digest, of: Time, at: Time) -> Result<()> {
        let transaction = self.write()?;
        let key = session_key(&transaction, &digest.session_id)?;
        transaction.execute(
            "INSERT INTO digests (session, schema, of, at, digest)
             SELECT ?1, ?2, ?3, ?4, ?5 WHERE (SELECT let_go FROM sessions WHERE key = ?1) IS NULL
             ON CONFLICT (session) DO UPDATE SET schema = ?2, of = ?3, at = ?4, digest = ?5",
            params![key, digest::SCHEMA, of.0, at.0, rows::json(digest)],
        )?;
        transaction.commit()
    }

    /// The digest that is kept of a session, if it is of the session as it is now.
    pub fn digest(&self, id: &SessionId) -> Result<Option<Digest>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT d.digest FROM sessions s JOIN digests d ON d.session = s.key WHERE s.id = ?2 AND {CURRENT}"
        ))?;
        let found =
            statement.query_row(params![digest::SCHEMA, id.as_str()], |row| row.get::<_, String>(0)).optional()?;
        Ok(found.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    /// Hands out every digest of a session that is not deleted, one at a time, in the order of their ids.
    pub fn each_digest(&self, take: &mut dyn FnMut(Digest)) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "SELECT d.digest FROM digests d JOIN sessions s ON s.key = d.session WHERE s.deleted_at IS NULL ORDER BY s.id",
        )?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let json = row.get_ref(0)?.as_str().map_err(|error| StoreError::Damaged { what: error.to_string() })?;
            take(serde_json::from_str(json)?);
        }
        Ok(())
    }

    /// Bytes of all digests.
    pub fn digest_bytes(&self) -> Result<u64> {
        let sum = "SELECT coalesce(sum(octet_length(digest)), 0) FROM digests";
        Ok(self.connection.query_row(sum, [], |row| row.get::<_, i64>(0))?.cast_unsigned())
    }

    /// Every decision on a pattern, the oldest first.
    pub fn decisions(&self) -> Result<Vec<Decision>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT pattern, choice, note, actor, at, fingerprint FROM decisions ORDER BY id")?;
        let mut found = statement.query([])?;
        let mut decisions = Vec::new();
        while let Some(row) = found.next()? {
            decisions.push(Decision {
                key: row.get(0)?,
                choice: rows::word::<Choice>(row, 1)?,
                note: redact::stored(row.get(2)?),
                actor: rows::word(row, 3)?,
                at: Time(row.get(4)?),
                fingerprint: row.get(5)?,
            });
        }
        Ok(decisions)
    }

    pub fn decide(&mut self, decision: &Decision) -> Result<()> {
        self.connection.execute(
            "INSERT INTO decisions (pattern, choice, note, actor, at, fingerprint) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                decision.key,
                decision.choice.to_string(),
                decision.note.as_str(),
                decision.actor.as_str(),
                decision.at.0,
                decision.fingerprint
            ],
        )?;
        Ok(())
    }
}
