//! Facts as people read them.

use super::Standing;
use crate::model::{Fact, Time};

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

const MINUTE: i64 = 60_000;

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
