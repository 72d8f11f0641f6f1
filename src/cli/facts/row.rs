//! A write of a fact as a row of a table and as JSON.

use serde::Serialize;

pub use crate::facts::left;
use crate::{
    facts::Standing,
    model::{EntryId, Fact, FactId, FactKind, Scope, Session, Time, Trust},
};

#[derive(Serialize)]
pub struct Row<'a> {
    fact_id: FactId,
    key: &'a str,
    value: &'a str,
    kind: FactKind,
    scope: Scope,
    trust: Trust,
    pinned: bool,
    standing: &'static str,
    /// The write that is in force instead.
    by: Option<FactId>,
    at: Time,
    arrived: u32,
    expires: Option<Time>,
    removed: Option<Time>,
    source_entry_id: Option<EntryId>,
    source_seq: Option<u32>,
    tokens: u32,
}

impl<'a> Row<'a> {
    pub fn new(fact: &'a Fact, standing: Standing, session: &Session) -> Self {
        Self {
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

/// "rejected: lower trust than 1f0c…".
pub fn standing_words(standing: Standing) -> String {
    match standing {
        Standing::Active => "active".into(),
        Standing::Expired => "expired".into(),
        Standing::Removed => "removed".into(),
        Standing::Superseded { by } => format!("superseded by {by}"),
        Standing::RejectedLowerTrust { by } => format!("rejected: lower trust than {by}"),
        Standing::RejectedStale { by } => format!("rejected: stale, {by} is newer"),
        Standing::NotYet => "not yet written".into(),
    }
}

/// The value, and the entry that it was taken from.
pub fn value(fact: &Fact, session: &Session) -> String {
    match fact.source.and_then(|id| session.entry(id)) {
        Some(entry) => format!("{} (from #{})", fact.value, entry.seq),
        None => fact.value.to_string(),
    }
}
