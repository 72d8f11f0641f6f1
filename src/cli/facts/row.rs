//! A write of a fact as a row of a table and as JSON.

use serde::Serialize;

use crate::{
    facts::Standing,
    model::{EntryId, Fact, FactId, FactKind, Scope, Session, Time, Trust},
};

const MINUTE: i64 = 60_000;

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

/// How long it still holds: "2 h 40 min", "for ever", "pinned"; nothing where it is not in force.
pub fn left(fact: &Fact, standing: Standing, as_of: Time) -> String {
    match (standing, fact.expires) {
        (Standing::Active, _) if fact.pinned => "pinned".into(),
        (Standing::Active, None) => "for ever".into(),
        (Standing::Active, Some(expires)) => match minutes_begun(expires.0.saturating_sub(as_of.0)) {
            minutes @ ..60 => format!("{minutes} min"),
            minutes @ 60..2_880 if minutes % 60 == 0 => format!("{} h", minutes / 60),
            minutes @ 60..2_880 => format!("{} h {} min", minutes / 60, minutes % 60),
            minutes => format!("{} days", minutes / 1_440),
        },
        _ => String::new(),
    }
}

/// Rounded up, so that what was just written for 3 hours holds "3 h". From 1 for what is in force.
fn minutes_begun(milliseconds: i64) -> i64 {
    milliseconds.saturating_add(MINUTE - 1) / MINUTE
}

/// The value, and the entry that it was taken from.
pub fn value(fact: &Fact, session: &Session) -> String {
    match fact.source.and_then(|id| session.entry(id)) {
        Some(entry) => format!("{} (from #{})", fact.value, entry.seq),
        None => fact.value.to_string(),
    }
}
