//! What goes when the store grows too large: raw text of sessions, oldest first, once their digests are written.

use serde::{Deserialize, Serialize};
use strum::Display;

use crate::model::{SessionId, Time};

const DAY: i64 = 86_400_000;

/// session_memory's caps; all settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Bytes of raw text that the store is brought within by letting go of digested sessions.
    pub soft: u64,
    /// Bytes from which on sessions without a digest are digested now, and let go of.
    pub hard: u64,
    /// Days after which a digested session's raw text goes.
    pub age_days: u32,
    /// Bytes of digests above which only an alert is given.
    pub distilled: u64,
    /// Days that archived entries are kept; lore's.
    pub archived_days: u32,
}

impl Default for Caps {
    fn default() -> Self {
        const GIB: u64 = 1 << 30;
        Self { soft: 4 * GIB, hard: 6 * GIB, age_days: 45, distilled: GIB, archived_days: 120 }
    }
}

/// A session as retention sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub id: SessionId,
    /// Its newest entry, or where no entry tells its time, when it was stored.
    pub last: Time,
    /// Raw text and what is derived of it.
    pub raw_bytes: u64,
    /// Whether its digest is that of its entries as they are now.
    pub digested: bool,
    pub pins: u32,
}

/// Why a session's raw text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Pass {
    /// Digested and too old.
    Age,
    /// Over the soft cap: the oldest digested ones.
    SoftCap,
    /// Over the hard cap: digested just now.
    HardCap,
    /// Over the hard cap, and no digest could be made: this is lost.
    DataLoss,
}

impl Pass {
    /// As a person reads it.
    pub fn words(self) -> &'static str {
        match self {
            Pass::Age => "digested and too old",
            Pass::SoftCap => "over the soft cap",
            Pass::HardCap => "over the hard cap: digested now",
            Pass::DataLoss => "over the hard cap, no digest could be made: DATA LOSS",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub pass: Pass,
    pub session_id: SessionId,
    pub bytes: u64,
    /// Entries that somebody pinned: they go too, and are told.
    pub pins: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionPlan {
    /// In the order in which they are done.
    pub steps: Vec<Step>,
    pub bytes_before: u64,
    pub bytes_after: u64,
    pub over_hard_cap: bool,
}

impl Caps {
    /// Entries that were archived before this are kept no longer.
    pub fn archived_before(self, now: Time) -> Time {
        days_before(now, self.archived_days)
    }
}

fn days_before(now: Time, days: u32) -> Time {
    Time(now.0.saturating_sub(i64::from(days).saturating_mul(DAY)))
}

/// What goes, pass by pass. `digest` is asked to digest a session that has none when the hard cap is passed, and tells
/// whether it could; a dry run tells whether it could be.
pub fn plan(stored: &[Stored], now: Time, caps: Caps, mut digest: impl FnMut(&SessionId) -> bool) -> RetentionPlan {
    let mut left: Vec<&Stored> = stored.iter().filter(|session| session.raw_bytes > 0).collect();
    left.sort_by(|one, other| one.last.cmp(&other.last).then_with(|| one.id.cmp(&other.id)));
    let mut plan = Going::new(&left);
    let too_old = days_before(now, caps.age_days);
    let (digested, others): (Vec<&Stored>, Vec<&Stored>) = left.iter().partition(|session| session.digested);
    // The oldest come first, so all that are too old do.
    for session in digested {
        if session.last < too_old {
            plan.go(Pass::Age, session);
        } else if plan.bytes > caps.soft {
            plan.go(Pass::SoftCap, session);
        }
    }
    let mut refused = Vec::new();
    for session in others {
        if plan.bytes > caps.hard {
            match digest(&session.id) {
                true => plan.go(Pass::HardCap, session),
                false => refused.push(session),
            }
        }
    }
    for session in refused {
        if plan.bytes > caps.hard {
            plan.go(Pass::DataLoss, session);
        }
    }
    RetentionPlan {
        over_hard_cap: plan.bytes > caps.hard,
        bytes_after: plan.bytes,
        bytes_before: left.iter().map(|session| session.raw_bytes).sum(),
        steps: plan.steps,
    }
}

struct Going {
    steps: Vec<Step>,
    bytes: u64,
}

impl Going {
    fn new(left: &[&Stored]) -> Going {
        Going { steps: Vec::new(), bytes: left.iter().map(|session| session.raw_bytes).sum() }
    }

    fn go(&mut self, pass: Pass, session: &Stored) {
        self.bytes -= session.raw_bytes;
        self.steps.push(Step { pass, session_id: session.id.clone(), bytes: session.raw_bytes, pins: session.pins });
    }
}
