//! Finding facts by their words: keys and values, whatever is in force.

use rusqlite::{Connection, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Match, Place, RANKED, Scope, Tier, first_found, rank};
use crate::{
    model::{Clean, FactId, Scope as Holds, SessionId, Time, Trust},
    store::{Native, Result, rows},
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
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
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
    pub tier: Tier,
}

impl Native {
    /// Facts that hold every word of the query; where none does, those that hold any. Ranked like entries, by match and
    /// by time; at most `limit`. In one session: those that it sees, its project's too.
    ///
    /// # Errors
    /// Where the session is not there, or is deleted.
    pub fn recall_facts(&self, query: &str, scope: &Scope, limit: usize) -> Result<Vec<FactHit>> {
        let view = self.read()?;
        let place = scope.place(&view)?;
        first_found(query, |wanted| {
            let ranked = rank(matches(&view, wanted, &place, limit.max(RANKED))?).into_iter().take(limit);
            Ok(ranked.map(|(found, score)| FactHit { score, tier: Tier::of(score), ..found.of }).collect())
        })
    }
}

fn matches(view: &Connection, wanted: &str, place: &Place, most: usize) -> Result<Vec<Match<FactHit>>> {
    let mut statement = view.prepare_cached(
        "SELECT s.id, f.id, f.name, f.value, f.scope, f.trust, f.at, -r.rank, f.key
         FROM recall_facts r JOIN facts f ON f.key = r.rowid JOIN sessions s ON s.key = f.session
         WHERE recall_facts MATCH ?1 AND s.deleted_at IS NULL
               AND (?2 IS NULL OR f.session = ?2 OR f.scope = 'project' AND s.project <> ''
                    AND s.project = (SELECT project FROM sessions WHERE key = ?2))
               AND (?4 IS NULL OR s.project = ?4)
         ORDER BY r.rank, f.at DESC, f.id LIMIT ?3",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut found = statement.query(params![wanted, place.session, most, place.project])?;
    let mut matches = Vec::new();
    while let Some(row) = found.next()? {
        let at = Time(row.get(6)?);
        let hit = FactHit {
            session_id: SessionId::new(row.get::<_, String>(0)?),
            fact_id: FactId(row.get::<_, i64>(1)?.cast_unsigned()),
            key: redact::stored(row.get(2)?),
            value: redact::stored(row.get(3)?),
            scope: rows::word(row, 4)?,
            trust: rows::word(row, 5)?,
            at,
            score: 0.0,
            tier: Tier::Peripheral,
        };
        matches.push(Match { key: row.get(8)?, of: hit, relevance: row.get(7)?, at: Some(at) });
    }
    Ok(matches)
}
