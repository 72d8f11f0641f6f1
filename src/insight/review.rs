//! What people decided on patterns, and what of it still stands.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::Pattern;
use crate::{
    model::{Actor, Clean, Time},
    text::{sanitize, words},
};

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Display, EnumString, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Choice {
    Approve,
    Reject,
    Defer,
}

impl Choice {
    /// "approved".
    pub fn past(self) -> &'static str {
        match self {
            Choice::Approve => "approved",
            Choice::Reject => "rejected",
            Choice::Defer => "deferred",
        }
    }
}

/// One decision; the log keeps all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub key: String,
    pub choice: Choice,
    pub note: Clean,
    pub actor: Actor,
    pub at: Time,
    /// Of the evidence that it was made on.
    pub fingerprint: String,
}

/// The newest decision on a pattern, as long as the evidence is what it was made on. `log` in the order of time.
pub fn standing<'a>(log: &'a [Decision], pattern: &Pattern) -> Option<&'a Decision> {
    let newest = log.iter().rev().find(|decision| decision.key == pattern.key)?;
    (newest.fingerprint == pattern.fingerprint).then_some(newest)
}

/// Keys that were approved last, whatever the evidence is now.
pub fn approved(log: &[Decision]) -> Vec<String> {
    let mut keys: Vec<&Decision> = Vec::new();
    for decision in log {
        keys.retain(|known| known.key != decision.key);
        keys.push(decision);
    }
    keys.into_iter()
        .filter(|decision| decision.choice == Choice::Approve)
        .map(|decision| decision.key.clone())
        .collect()
}

/// Patterns as Markdown for an agent's instructions file, with the notes of those who approved them.
pub fn markdown<'a>(patterns: impl IntoIterator<Item = (&'a Pattern, Option<&'a Decision>)>) -> String {
    let mut text = String::from("## What earlier sessions taught\n\n");
    for (pattern, decision) in patterns {
        let evidence = &pattern.evidence;
        let note = decision.map(|decision| decision.note.trim()).filter(|note| !note.is_empty());
        let detail = pattern.examples.first().map_or("", |example| example.detail.as_str());
        let said = format!(
            "- **{}: {}** ({} in {}): {}\n",
            pattern.kind.words(),
            pattern.locus,
            words::times(evidence.frequency as usize),
            words::plural(evidence.sessions as usize, "session", "sessions"),
            note.unwrap_or(detail),
        );
        text.push_str(&sanitize::inert(&said));
    }
    text
}
