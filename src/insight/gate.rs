//! Which patterns are evidence enough to act on, and which to share.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::Pattern;

/// session_memory's gate; all settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateSettings {
    /// To be promoted: signals, sessions, tokens.
    pub min_frequency: u32,
    pub min_sessions: u32,
    pub min_cost: u64,
    /// To be ready to share, beyond that.
    pub share_frequency: u32,
    pub share_cost: u64,
    pub share_agents: u32,
}

impl Default for GateSettings {
    fn default() -> Self {
        Self { min_frequency: 2, min_sessions: 2, min_cost: 0, share_frequency: 3, share_cost: 0, share_agents: 1 }
    }
}

/// How far a pattern has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Display, EnumString, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Status {
    /// Approved by its evidence, and ready to share.
    Approved,
    /// Promoted; not enough yet to share.
    Provisional,
    /// Not enough evidence.
    Candidate,
}

/// What the gate says of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gated {
    pub status: Status,
    /// Patterns known already that say the same or nearly the same, in words.
    pub warnings: Vec<String>,
}

/// `known`: keys of patterns that were approved before.
pub fn gate(pattern: &Pattern, settings: GateSettings, known: &[String]) -> Gated {
    let evidence = &pattern.evidence;
    let promoted = evidence.frequency >= settings.min_frequency
        && evidence.sessions >= settings.min_sessions
        && evidence.tokens >= settings.min_cost;
    let shared = evidence.frequency >= settings.share_frequency
        && evidence.tokens >= settings.share_cost
        && evidence.agents.len() >= settings.share_agents as usize;
    let status = match (promoted, shared) {
        (true, true) => Status::Approved,
        (true, false) => Status::Provisional,
        (false, _) => Status::Candidate,
    };
    Gated { status, warnings: known.iter().filter_map(|key| warning(pattern, key)).collect() }
}

fn warning(pattern: &Pattern, known: &str) -> Option<String> {
    if known == pattern.key {
        return Some(format!("'{known}' is approved already: this is the same again"));
    }
    let (_, kind_and_locus) = known.split_once(':')?;
    let (kind, locus) = kind_and_locus.split_once(':')?;
    let is_near = kind == pattern.kind.to_string() && folded(locus) == folded(&pattern.locus);
    is_near.then(|| format!("'{known}' is approved already, and is of the same kind and place"))
}

/// A place without capitals, signs and spaces.
fn folded(locus: &str) -> String {
    locus.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
