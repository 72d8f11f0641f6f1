//! Writes of facts, each with how it stands.

use std::cmp::Reverse;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    facts::{self, Standing},
    model::{EntryId, Fact, FactId, FactKind, Scope, Session, SessionId, Time, Trust},
};

/// Facts of a session at a time.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Facts<'a> {
    pub session_id: &'a SessionId,
    pub as_of: Time,
    pub facts: Vec<FactRow<'a>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FactRow<'a> {
    pub fact_id: FactId,
    pub key: &'a str,
    pub value: &'a str,
    pub kind: FactKind,
    pub scope: Scope,
    pub trust: Trust,
    pub pinned: bool,
    /// active, expired, removed, superseded, rejected_lower_trust, rejected_stale or not_yet.
    pub standing: &'static str,
    /// The write that is in force instead.
    pub by: Option<FactId>,
    pub at: Time,
    pub arrived: u32,
    pub expires: Option<Time>,
    pub removed: Option<Time>,
    pub source_entry_id: Option<EntryId>,
    pub source_seq: Option<u32>,
    pub tokens: u32,
}

/// What was done to a fact, and how it stands now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FactChanged<'a> {
    pub session_id: &'a SessionId,
    pub words: String,
    pub fact: FactRow<'a>,
}

impl<'a> Facts<'a> {
    pub fn new(session: &'a Session, as_of: Time, listed: &[(&'a Fact, Standing)]) -> Facts<'a> {
        let facts = listed.iter().map(|&(fact, standing)| FactRow::new(fact, standing, session)).collect();
        Facts { session_id: &session.id, as_of, facts }
    }
}

/// Every write of a session with how it stands at a time; those in force first, of these the most trusted, then the newest.
pub fn ranked(session: &Session, as_of: Time) -> Vec<(&Fact, Standing)> {
    let mut writes: Vec<_> = session.facts.iter().zip(facts::standings(&session.facts, as_of)).collect();
    writes.sort_by_key(|(fact, standing)| (*standing != Standing::Active, Reverse((fact.trust, fact.at, fact.id))));
    writes
}

impl<'a> FactRow<'a> {
    pub fn new(fact: &'a Fact, standing: Standing, session: &Session) -> FactRow<'a> {
        FactRow {
            fact_id: fact.id,
            key: &fact.key,
            value: &fact.value,
            kind: fact.kind,
            scope: fact.scope,
            trust: fact.trust,
            pinned: fact.pinned,
            standing: standing.word(),
            by: standing.by(),
            at: fact.at,
            arrived: fact.arrived,
            expires: fact.expires,
            removed: fact.removed,
            source_entry_id: fact.source,
            source_seq: fact.source.and_then(|id| session.entry(id)).map(|entry| entry.seq),
            tokens: fact.cost,
        }
    }
}

impl<'a> FactChanged<'a> {
    /// `None` where the write was taken back by another edit meanwhile.
    pub fn new(session: &'a Session, as_of: Time, what: &str, id: FactId) -> Option<FactChanged<'a>> {
        let standings = facts::standings(&session.facts, as_of);
        let all = || session.facts.iter().zip(standings.iter().copied());
        let (fact, standing) = all().find(|(fact, _)| fact.id == id)?;
        let same_key = |other: &Fact| other.key.trim() == fact.key.trim();
        let in_force = all().find(|(other, standing)| *standing == Standing::Active && same_key(other));
        let mut words = format!("{what} {}: {}", fact.key, facts::standing_words(standing));
        match (standing, in_force) {
            (Standing::Active, _) if fact.pinned => words.push_str(", pinned"),
            (Standing::Active, _) => words.push_str(&format!(", holds {}", facts::left(fact, standing, as_of))),
            (_, Some((other, _))) => words.push_str(&format!("; in force is '{}' ({})", other.value, other.trust)),
            (_, None) => words.push_str("; no write of it is in force"),
        }
        Some(FactChanged { session_id: &session.id, words, fact: FactRow::new(fact, standing, session) })
    }
}
