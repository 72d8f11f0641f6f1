//! Finding entries by their words, in every session or in one: archived, evicted and superseded ones too.
//!
//! Two full-text indices: `recall_entries` over the texts (external content: the texts stand once, in `entries`), which
//! follows what is stored ([`backlog`]), and `recall_rewrites` over renditions written by hand, kept in step by triggers. Words are stemmed (`porter unicode61`).

pub(super) mod facts;
pub(super) mod backlog;
mod query;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use strum::Display;
use utoipa::ToSchema;

use super::{Native, Result, live_session_key, rows};
use crate::{
    model::{Clean, EntryId, EntryState, Fate, Kind, SessionId, Time},
    text::redact,
};
pub use backlog::Backlog;
pub use facts::FactHit;
use query::Query;

pub(super) const INDEX: &str = r#"
CREATE VIRTUAL TABLE recall_entries USING fts5 (
    text, content = 'entries', content_rowid = 'key', tokenize = 'porter unicode61'
);
CREATE TRIGGER recall_entry_comes AFTER INSERT ON entries BEGIN
    INSERT INTO recall_entries (rowid, text) VALUES (NEW.key, NEW.text);
END;
CREATE TRIGGER recall_entry_goes BEFORE DELETE ON entries BEGIN
    INSERT INTO recall_entries (recall_entries, rowid, text) VALUES ('delete', OLD.key, OLD.text);
END;
INSERT INTO recall_entries (recall_entries) VALUES ('rebuild');

CREATE VIRTUAL TABLE recall_rewrites USING fts5 (text, tokenize = 'porter unicode61');
CREATE TRIGGER recall_rewrite_comes AFTER INSERT ON standing WHEN NEW.state LIKE '%"rewrites"%' BEGIN
    INSERT INTO recall_rewrites (rowid, text)
    SELECT NEW.entry, group_concat(value, char(10))
    FROM json_each(iif(json_valid(NEW.state), NEW.state, '{}'), '$.rewrites') HAVING count(*) > 0;
END;
CREATE TRIGGER recall_rewrite_changes AFTER UPDATE OF state ON standing
WHEN OLD.state LIKE '%"rewrites"%' OR NEW.state LIKE '%"rewrites"%' BEGIN
    DELETE FROM recall_rewrites WHERE rowid = OLD.entry;
    INSERT INTO recall_rewrites (rowid, text)
    SELECT NEW.entry, group_concat(value, char(10))
    FROM json_each(iif(json_valid(NEW.state), NEW.state, '{}'), '$.rewrites') HAVING count(*) > 0;
END;
CREATE TRIGGER recall_rewrite_goes AFTER DELETE ON standing BEGIN
    DELETE FROM recall_rewrites WHERE rowid = OLD.entry;
END;
INSERT INTO recall_rewrites (rowid, text)
SELECT s.entry, group_concat(r.value, char(10))
FROM standing s, json_each(iif(json_valid(s.state), s.state, '{}'), '$.rewrites') r GROUP BY s.entry;
"#;

/// Where to look. Deleted sessions are never looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    Session(SessionId),
    /// All sessions of a project: those with this folder.
    Project(Clean),
}

/// An entry that a query finds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Hit {
    pub session_id: SessionId,
    pub title: Clean,
    pub entry_id: EntryId,
    pub seq: u32,
    pub kind: Kind,
    pub tool: Option<String>,
    pub at: Option<Time>,
    pub pinned: bool,
    /// Live, or why it is out of the packs.
    pub fate: Fate,
    pub found_in: Found,
    /// Above 0 to 1: its share of the best hit's score.
    pub score: f64,
    pub tier: Tier,
    /// The words around the match, `…` where some are left out.
    pub snippet: Clean,
}

/// Which of an entry's texts holds the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display, ToSchema)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Found {
    Text,
    /// A rendition written by hand.
    Rewrite,
}

/// How near a hit comes to the best one; lore's bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Display, ToSchema)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Tier {
    /// At least 0.6 of the best.
    Strong,
    /// At least 0.3.
    Supporting,
    Peripheral,
}

impl Tier {
    fn of(score: f64) -> Tier {
        match score {
            0.6.. => Tier::Strong,
            0.3.. => Tier::Supporting,
            _ => Tier::Peripheral,
        }
    }
}

/// What scores less than this share of the best is no hit; lore's.
const FLOOR: f64 = 0.15;
/// How much of a score time can take away.
const RECENCY: f64 = 0.25;
/// Days after which half of that is taken; ours.
const HALF_LIFE: f64 = 14.0;
/// Matches that are ranked by time too, at the least.
const RANKED: usize = 200;
/// Words of a snippet.
const SNIPPET: u32 = 24;

/// A match before it is ranked.
struct Match<T> {
    key: i64,
    of: T,
    /// BM25 the right way round: more is better.
    relevance: f64,
    at: Option<Time>,
}

impl Native {
    /// Entries that hold every word of the query; where none does, those that hold any. Best first, at most `limit`.
    ///
    /// score = BM25 ÷ the best BM25 × (0.75 + 0.25 × 2^(−age ÷ 14 days)), where the age of an entry is that before the
    /// newest match (the most for one without a time), then divided by the best score. Any text is a query: its letters
    /// and digits are the words, each also the beginning of longer ones.
    ///
    /// # Errors
    /// Where the session is not there, or is deleted.
    pub fn recall(&self, query: &str, scope: &Scope, limit: usize) -> Result<Vec<Hit>> {
        self.index_rest()?;
        let view = self.read()?;
        let place = scope.place(&view)?;
        first_found(query, |wanted| {
            let ranked = rank(matches(&view, wanted, &place, limit.max(RANKED))?).into_iter().take(limit);
            ranked.map(|(found, score)| hit(&view, wanted, &found, score)).collect()
        })
    }
}

impl Scope {
    fn place(&self, view: &Connection) -> Result<Place<'_>> {
        Ok(match self {
            Scope::All => Place { session: None, project: None },
            Scope::Session(id) => Place { session: Some(live_session_key(view, id)?), project: None },
            Scope::Project(project) => Place { session: None, project: Some(project) },
        })
    }
}

/// A scope as the tables know it: the row number of the one session, the folder of the one project.
struct Place<'a> {
    session: Option<i64>,
    project: Option<&'a str>,
}

/// What holds every word of the query; where nothing does, what holds any.
fn first_found<T>(query: &str, mut find: impl FnMut(&str) -> Result<Vec<T>>) -> Result<Vec<T>> {
    for wanted in Query::new(query).iter().flat_map(Query::wanted) {
        let found = find(&wanted)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Writes the indices anew without what was deleted from them. FTS5's own `secure-delete` is not enough: it leaves words
/// of deleted texts as bounds between pages. A lone segment is merged with nothing, hence the word that comes and goes.
pub(super) fn forget(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "INSERT INTO recall_entries (rowid, text) VALUES (0, 'x');
         INSERT INTO recall_entries (recall_entries) VALUES ('optimize');
         INSERT INTO recall_entries (recall_entries, rowid, text) VALUES ('delete', 0, 'x');
         INSERT INTO recall_rewrites (rowid, text) VALUES (0, 'x');
         INSERT INTO recall_rewrites (recall_rewrites) VALUES ('optimize');
         DELETE FROM recall_rewrites WHERE rowid = 0;
         INSERT INTO recall_facts (rowid, name, value) VALUES (0, 'x', 'x');
         INSERT INTO recall_facts (recall_facts) VALUES ('optimize');
         DELETE FROM recall_facts WHERE rowid = 0;",
    )?;
    Ok(())
}

fn matches(view: &Connection, wanted: &str, place: &Place, most: usize) -> Result<Vec<Match<Found>>> {
    let mut best: HashMap<i64, Match<Found>> = HashMap::new();
    for (index, found) in [("recall_entries", Found::Text), ("recall_rewrites", Found::Rewrite)] {
        let mut statement = view.prepare_cached(&format!(
            "SELECT e.key, e.at, -f.rank FROM {index} f JOIN entries e ON e.key = f.rowid
             JOIN sessions s ON s.key = e.session
             WHERE {index} MATCH ?1 AND s.deleted_at IS NULL AND (?2 IS NULL OR e.session = ?2)
                   AND (?4 IS NULL OR s.project = ?4)
             ORDER BY f.rank, e.key DESC LIMIT ?3"
        ))?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut rows = statement.query(params![wanted, place.session, most, place.project])?;
        while let Some(row) = rows.next()? {
            let one = Match {
                key: row.get(0)?,
                of: found,
                relevance: row.get(2)?,
                at: row.get::<_, Option<i64>>(1)?.map(Time),
            };
            let better = best.get(&one.key).is_none_or(|other| one.relevance > other.relevance);
            if better {
                best.insert(one.key, one);
            }
        }
    }
    Ok(best.into_values().collect())
}

/// Scores as shares of the best, those above the floor, best first; of equal ones the newer.
fn rank<T>(matches: Vec<Match<T>>) -> Vec<(Match<T>, f64)> {
    let newest = matches.iter().filter_map(|one| one.at).max();
    let fade = |at: Option<Time>| match (at, newest) {
        (Some(at), Some(newest)) => 0.5f64.powf((newest.0 - at.0) as f64 / 86_400_000.0 / HALF_LIFE),
        _ => 0.0,
    };
    let scored = matches.into_iter().map(|one| {
        // A word of more than half of all entries has no weight of its own; such a match still counts as one.
        let score = one.relevance.max(1e-9) * (1.0 - RECENCY + RECENCY * fade(one.at));
        (one, score)
    });
    let mut ranked: Vec<(Match<T>, f64)> = scored.collect();
    ranked.sort_by(|(one, score), (other, than)| than.total_cmp(score).then(other.key.cmp(&one.key)));
    let best = ranked.first().map_or(1.0, |(_, score)| *score);
    ranked.iter_mut().for_each(|(_, score)| *score /= best);
    ranked.retain(|(_, score)| *score >= FLOOR);
    ranked
}

fn hit(view: &Connection, wanted: &str, found: &Match<Found>, score: f64) -> Result<Hit> {
    let index = match found.of {
        Found::Text => "recall_entries",
        Found::Rewrite => "recall_rewrites",
    };
    let snippet: Option<String> = view
        .prepare_cached(&format!(
            "SELECT snippet({index}, 0, '', '', '…', {SNIPPET}) FROM {index} WHERE {index} MATCH ?1 AND rowid = ?2"
        ))?
        .query_row(params![wanted, found.key], |row| row.get(0))
        .optional()?;
    let mut statement = view.prepare_cached(
        "SELECT s.id, s.title, e.id, e.seq, e.kind, e.tool, t.state
         FROM entries e JOIN sessions s ON s.key = e.session JOIN standing t ON t.session = e.session AND t.entry = e.key
         WHERE e.key = ?1",
    )?;
    let read = |row: &Row| -> Result<Hit> {
        let state: EntryState = rows::from_json(row, 6)?;
        Ok(Hit {
            session_id: SessionId::new(row.get::<_, String>(0)?),
            title: redact::stored(row.get(1)?),
            entry_id: rows::entry_id(row.get(2)?),
            seq: row.get(3)?,
            kind: rows::word(row, 4)?,
            tool: row.get(5)?,
            at: found.at,
            pinned: state.pinned,
            fate: state.fate,
            found_in: found.of,
            score,
            tier: Tier::of(score),
            // Cut out of text that was redacted whole.
            snippet: redact::stored(snippet.clone().unwrap_or_default()),
        })
    };
    statement.query_row([found.key], |row| Ok(read(row)))?
}
