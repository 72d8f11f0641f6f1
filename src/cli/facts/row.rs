//! A write of a fact in a table.

use crate::model::{Fact, Session};

/// The value, and the entry that it was taken from.
pub fn value(fact: &Fact, session: &Session) -> String {
    match fact.source.and_then(|id| session.entry(id)) {
        Some(entry) => format!("{} (from #{})", fact.value, entry.seq),
        None => fact.value.to_string(),
    }
}
