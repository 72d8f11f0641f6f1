//! What one turn of a replay changes, small enough to keep for every turn of a long session.

use super::Turn;
use crate::{
    facts::{self, Standing},
    model::{Clean, Kind, Level, Session, Time},
};

/// A turn, told by what is other than at the end of the turn before.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// From 1.
    pub turn: usize,
    pub first_seq: u32,
    pub last_seq: u32,
    /// The time of the newest entry so far.
    pub as_of: Option<Time>,
    /// Tokens of the pack at its end.
    pub used: u32,
    /// Change of them.
    pub tokens: i64,
    /// Value ÷ value of everything so far, 0 to 1.
    pub kept: f64,
    /// Entries that the pack carries at its end, and those that it does not.
    pub carried: usize,
    pub left_out: usize,
    /// What the strategy did: "layer 2".
    pub notes: Vec<String>,
    /// Compactions and the like of the agent itself within the turn.
    pub boundaries: usize,
    pub facts: Vec<FactMove>,
    /// What left, sank, rose, entered and did not enter, in this order.
    pub moves: Vec<Move>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    pub seq: u32,
    pub what: Moved,
    /// Change of the tokens that the pack carries of it.
    pub tokens: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Moved {
    Left {
        was: Level,
        why: String,
    },
    Sank {
        from: Level,
        to: Level,
    },
    Rose {
        from: Level,
        to: Level,
    },
    Entered {
        level: Level,
    },
    /// Written in this turn, and not carried at its end.
    Out {
        why: String,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct FactMove {
    pub key: Clean,
    pub value: Clean,
    pub what: FactMoved,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactMoved {
    Set,
    Expired,
    /// A hand took it out of force.
    Removed,
    Superseded,
    Rejected,
    /// In force again.
    Back,
}

impl Step {
    /// `before`: the turn before, `None` for the first. `session` is the whole one.
    pub fn between(session: &Session, before: Option<&Turn>, after: &Turn) -> Step {
        let was = |seq: u32| {
            let included = &before?.included;
            let at = included.binary_search_by_key(&seq, |included| included.seq).ok()?;
            Some((included[at].level, included[at].tokens))
        };
        let is = |seq: u32| {
            let at = after.included.binary_search_by_key(&seq, |included| included.seq).ok()?;
            Some((after.included[at].level, after.included[at].tokens))
        };
        let why = |seq: u32| {
            let at = after.excluded.binary_search_by_key(&seq, |excluded| excluded.seq).ok();
            at.map_or_else(String::new, |at| after.excluded[at].reason.replace('_', " "))
        };
        let mut moves = Vec::new();
        for &seq in &after.changes.left {
            let Some((level, tokens)) = was(seq) else { continue };
            moves.push(Move { seq, what: Moved::Left { was: level, why: why(seq) }, tokens: -i64::from(tokens) });
        }
        for seq in after.changes.sank.iter().chain(&after.changes.rose).copied() {
            let (Some((from, before)), Some((to, after))) = (was(seq), is(seq)) else { continue };
            let what = if from < to { Moved::Sank { from, to } } else { Moved::Rose { from, to } };
            moves.push(Move { seq, what, tokens: i64::from(after) - i64::from(before) });
        }
        for &seq in &after.changes.entered {
            let Some((level, tokens)) = is(seq) else { continue };
            moves.push(Move { seq, what: Moved::Entered { level }, tokens: tokens.into() });
        }
        // What no pack can carry is no news.
        let opaque = crate::model::ExclusionReason::Opaque.to_string();
        let new_out = after.excluded.iter().filter(|out| out.seq >= after.first_seq && out.reason != opaque);
        moves.extend(new_out.map(|excluded| {
            let why = excluded.reason.replace('_', " ");
            Move { seq: excluded.seq, what: Moved::Out { why }, tokens: 0 }
        }));
        let first = session.entries.partition_point(|entry| entry.seq < after.first_seq);
        let within = session.entries[first..].iter().take_while(|entry| entry.seq <= after.last_seq);
        Step {
            turn: after.turn,
            first_seq: after.first_seq,
            last_seq: after.last_seq,
            as_of: after.as_of.map(Time),
            used: after.used,
            tokens: after.changes.tokens,
            kept: after.kept,
            carried: after.included.len(),
            left_out: after.excluded.len(),
            notes: after.notes.clone(),
            boundaries: within.filter(|entry| entry.kind == Kind::Boundary).count(),
            facts: fact_moves(session, before.and_then(|before| before.as_of), after.as_of),
            moves,
        }
    }
}

/// Writes that stand otherwise at the end of this turn than at the end of the one before.
fn fact_moves(session: &Session, before: Option<i64>, after: Option<i64>) -> Vec<FactMove> {
    let at = |as_of: Option<i64>| match as_of {
        Some(as_of) => facts::standings(&session.facts, Time(as_of)),
        None => vec![Standing::NotYet; session.facts.len()],
    };
    let mut moves = Vec::new();
    for ((fact, was), is) in session.facts.iter().zip(at(before)).zip(at(after)) {
        let what = match (was, is) {
            (was, is) if was == is => continue,
            (_, Standing::NotYet) => continue,
            (Standing::NotYet, Standing::Active) => FactMoved::Set,
            (_, Standing::Active) => FactMoved::Back,
            (_, Standing::Expired) => FactMoved::Expired,
            (_, Standing::Removed) => FactMoved::Removed,
            // Which of the newer writes it is, is no news.
            (Standing::Superseded { .. }, Standing::Superseded { .. }) => continue,
            (_, Standing::Superseded { .. }) => FactMoved::Superseded,
            (
                Standing::RejectedLowerTrust { .. } | Standing::RejectedStale { .. },
                Standing::RejectedLowerTrust { .. } | Standing::RejectedStale { .. },
            ) => continue,
            (_, Standing::RejectedLowerTrust { .. } | Standing::RejectedStale { .. }) => FactMoved::Rejected,
        };
        moves.push(FactMove { key: fact.key.clone(), value: fact.value.clone(), what });
    }
    moves
}
