//! Finding facts by their words: keys and values, whatever is in force.

use rusqlite::params;
use serde::Serialize;

use super::{FLOOR, Query, Scope};
use crate::{
    model::{Clean, FactId, Scope as Holds, SessionId, Time, Trust},
    store::{Native, Result, live_session_key, rows},
    text::redact,
};

/// Like the indices of entries, kept in step by triggers.
pub(in crate::store) const INDEX: &str = "
CREATE VIRTUAL TABLE recall_facts USING fts5 (name, value, tokenize = 'porter unicode61');
CREATE TRIGGER recall_fact_comes AFTER INSERT ON facts BEGIN
    INSERT INTO recall_facts (rowid, name, value) VALUES (NEW.key, NEW.name, NEW.value);
END;
CREATE TRIGGER recall_fact_goes AFTER DELETE ON facts BEGIN
    DELETE FROM recall_facts WHERE rowid = OLD.key;
END;
INSERT INTO recall_facts (rowid, name, value) SELECT key, name, value FROM facts;
";

/// A write of a fact that a query finds, in force or not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactHit {
    pub session_id: SessionId,
    pub fact_id: FactId,
    pub key: Clean,
    pub value: Clean,
    pub scope: Holds,
    pub trust: Trust,
    pub at: Time,
    /// Above 0 to 1: its share of the best hit's score.
    pub score: f64,
}

impl Native {
    /// Facts that hold every word of the query; where none does, those that hold any. Best match first, of equal ones the
    /// newer; at most `limit`.
    ///
    /// # Errors
    /// Where the session is not there, or is deleted.
    pub fn recall_facts(&self, query: &str, scope: &Scope, limit: usize) -> Result<Vec<FactHit>> {
        let view = self.read()?;
        let session = match scope {
            Scope::All => None,
            Scope::Session(id) => Some(live_session_key(&view, id)?),
        };
        let Some(query) = Query::new(query) else { return Ok(Vec::new()) };
        for wanted in query.wanted() {
            let mut statement = view.prepare_cached(
                "SELECT s.id, f.id, f.name, f.value, f.scope, f.trust, f.at, -r.rank
                 FROM recall_facts r JOIN facts f ON f.key = r.rowid JOIN sessions s ON s.key = f.session
                 WHERE recall_facts MATCH ?1 AND s.deleted_at IS NULL AND (?2 IS NULL OR f.session = ?2)
                 ORDER BY r.rank, f.at DESC, f.id LIMIT ?3",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut found = statement.query(params![wanted, session, limit])?;
            let mut hits: Vec<FactHit> = Vec::new();
            while let Some(row) = found.next()? {
                hits.push(FactHit {
                    session_id: SessionId::new(row.get::<_, String>(0)?),
                    fact_id: FactId(row.get::<_, i64>(1)?.cast_unsigned()),
                    key: redact::stored(row.get(2)?),
                    value: redact::stored(row.get(3)?),
                    scope: rows::word(row, 4)?,
                    trust: rows::word(row, 5)?,
                    at: Time(row.get(6)?),
                    score: row.get::<_, f64>(7)?.max(1e-9),
                });
            }
            let best = hits.first().map_or(1.0, |hit| hit.score);
            hits.iter_mut().for_each(|hit| hit.score /= best);
            hits.retain(|hit| hit.score >= FLOOR);
            if !hits.is_empty() {
                return Ok(hits);
            }
        }
        Ok(Vec::new())
    }
}
