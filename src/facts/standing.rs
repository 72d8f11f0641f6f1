//! Which write of each key is in force at a time, and why the others are not.

use std::collections::HashMap;

use crate::model::{Fact, FactId, Time, Trust};

/// What a write of a fact is at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The one write of its key that is in force.
    Active,
    /// Its time to live is over.
    Expired,
    /// A hand took it out of force.
    Removed,
    /// A newer write that is trusted as much is in force.
    Superseded { by: FactId },
    /// A write that is trusted more is in force.
    RejectedLowerTrust { by: FactId },
    /// It arrived after a newer write that is trusted as much, which is in force.
    RejectedStale { by: FactId },
    /// Written later than the time that is asked about.
    NotYet,
}

impl Standing {
    /// One word for JSON: `active`, `expired`, `removed`, `superseded`, `rejected_lower_trust`, `rejected_stale`,
    /// `not_yet`.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Active => "active",
            Standing::Expired => "expired",
            Standing::Removed => "removed",
            Standing::Superseded { .. } => "superseded",
            Standing::RejectedLowerTrust { .. } => "rejected_lower_trust",
            Standing::RejectedStale { .. } => "rejected_stale",
            Standing::NotYet => "not_yet",
        }
    }

    /// The write that is in force instead.
    pub fn by(self) -> Option<FactId> {
        match self {
            Standing::Superseded { by } | Standing::RejectedLowerTrust { by } | Standing::RejectedStale { by } => {
                Some(by)
            }
            Standing::Active | Standing::Expired | Standing::Removed | Standing::NotYet => None,
        }
    }
}

/// What each write is at `as_of`, in the order of `facts`.
///
/// In force is, of each key, the greatest write by trust, then time, then id, among those that are neither expired nor
/// removed. Nothing of that depends on the order of arrival; only what a loser is called does.
pub fn standings(facts: &[Fact], as_of: Time) -> Vec<Standing> {
    let mut winners: HashMap<&str, &Fact> = HashMap::new();
    for fact in facts.iter().filter(|fact| fall(fact, as_of).is_none()) {
        let winner = winners.entry(fact.key.trim()).or_insert(fact);
        if rank(fact) > rank(winner) {
            *winner = fact;
        }
    }
    let standing = |fact: &Fact| fall(fact, as_of).unwrap_or_else(|| against(fact, winners[fact.key.trim()]));
    facts.iter().map(standing).collect()
}

/// The writes in force at `as_of`: the most trusted first, then the newest, then by id.
pub fn active(facts: &[Fact], as_of: Time) -> Vec<&Fact> {
    let all = facts.iter().zip(standings(facts, as_of));
    let mut active: Vec<&Fact> =
        all.filter(|(_, standing)| *standing == Standing::Active).map(|(fact, _)| fact).collect();
    active.sort_by_key(|fact| std::cmp::Reverse(rank(fact)));
    active
}

fn rank(fact: &Fact) -> (Trust, Time, FactId) {
    (fact.trust, fact.at, fact.id)
}

/// Why a write cannot be in force, whatever else was written.
fn fall(fact: &Fact, as_of: Time) -> Option<Standing> {
    let reached = |moment: Option<Time>| moment.is_some_and(|moment| as_of >= moment);
    match () {
        () if fact.at > as_of => Some(Standing::NotYet),
        () if reached(fact.removed) => Some(Standing::Removed),
        () if !fact.pinned && reached(fact.expires) => Some(Standing::Expired),
        () => None,
    }
}

fn against(fact: &Fact, winner: &Fact) -> Standing {
    let by = winner.id;
    match () {
        () if fact.id == by => Standing::Active,
        () if fact.trust < winner.trust => Standing::RejectedLowerTrust { by },
        () if fact.arrived > winner.arrived => Standing::RejectedStale { by },
        () => Standing::Superseded { by },
    }
}

#[cfg(test)]
mod tests;
