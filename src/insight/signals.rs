//! What went wrong or right in one session: each with where, how much, and the entries that show it.
//!
//! The thresholds are our own: the sources that name these signals do not tell theirs. They were set on the real logs, so
//! that a session in which nothing was remarkable has no signal but its ending.

mod calls;
mod ending;
mod evicted;
mod memory;
mod reads;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::{Evidence, Outcome};
use crate::model::{Clean, Entry, EntryId, Exchanges, JournalRow, Session};

/// Entries that a signal links to; the first ones and the last where there are more.
const MOST_PLACES: usize = 8;

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Display, EnumString, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SignalKind {
    /// The same was tried at least three times and failed each time.
    RetryStorm,
    /// The same error at least three times, whatever was tried.
    RepeatedErrors,
    /// More tokens than nine sessions in ten of the store. Found when sessions are compared, never in one alone.
    BudgetOverrun,
    Abandoned,
    /// A success without an error, a retry or a word from the person in between.
    CleanPass,
    /// Something failed and went through later, and the session was a success.
    ErrorThenRecovery,
    /// At least a quarter of at least 20 calls were for the agent's own sake.
    InfraOverhead,
    /// A tool of which at least five calls failed, and at least half of all.
    ToolThrash,
    /// A file read whole at least three times.
    RepeatedReads,
    /// A fact was contradicted after the agent's context had lost the entry that it was taken from.
    ContradictedAfterLoss,
    /// A file was read again in the turn after the agent's context had lost what an earlier read showed.
    RereadAfterLoss,
    /// A file was read again in the turn after an edit had taken out all that earlier reads showed, or in the next one.
    RereadAfterEviction,
    /// A pinned entry or fact forbids something by name, and a later call does it.
    ConstraintViolated,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Display, EnumString, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Polarity {
    Problem,
    Success,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    pub kind: SignalKind,
    pub polarity: Polarity,
    /// Where, in words that recur from session to session: a program, a file, an error, `outcome`.
    pub locus: Clean,
    /// How often, from 1.
    pub magnitude: u32,
    /// Tokens that went into it, in full; 0 where that cannot be told.
    pub tokens: u64,
    /// One line for people.
    pub detail: Clean,
    /// In order.
    pub places: Vec<Place>,
}

/// An entry that shows a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub entry_id: EntryId,
    pub seq: u32,
}

impl SignalKind {
    pub fn polarity(self) -> Polarity {
        match self {
            SignalKind::CleanPass | SignalKind::ErrorThenRecovery => Polarity::Success,
            _ => Polarity::Problem,
        }
    }

    /// As a person reads it: "retry storm".
    pub fn words(self) -> String {
        self.to_string().replace('_', " ")
    }
}

/// All signals of one session, the problems first, in the order of their kinds and of their first places.
pub(super) fn signals(
    session: &Session,
    journal: &[JournalRow],
    exchanges: &Exchanges,
    outcome: Outcome,
    evidence: Option<&Evidence>,
) -> Vec<Signal> {
    let mut found = calls::retry_storms(session, exchanges);
    found.extend(calls::repeated_errors(session));
    found.extend(calls::infra_overhead(session));
    found.extend(calls::tool_thrash(session));
    found.extend(reads::repeated(session, exchanges));
    found.extend(reads::after_loss(session));
    found.extend(evicted::reread(session, journal));
    found.extend(memory::contradicted(session));
    found.extend(memory::violated(session));
    found.extend(ending::of(session, exchanges, outcome, evidence));
    found.sort_by_key(|signal| (signal.polarity, signal.kind, signal.places.first().map_or(0, |place| place.seq)));
    found
}

/// The places of entries, the first ones and the last where there are many.
fn places<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<Place> {
    let mut all: Vec<Place> = entries.into_iter().map(|entry| Place { entry_id: entry.id, seq: entry.seq }).collect();
    if all.len() > MOST_PLACES {
        let last = all.len() - 1;
        all[MOST_PLACES - 1] = all[last];
        all.truncate(MOST_PLACES);
    }
    all
}
