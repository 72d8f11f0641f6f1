//! Facts: what is known apart from the entries, each write with its trust and its time to live.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strum::{Display, EnumString, VariantArray};
use xxhash_rust::xxh3::xxh3_64;

use super::{Clean, EntryId, Time};

/// One write of a fact. Which write of a key is in force at a time is `facts::standings`' rule; every write is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fact {
    pub id: FactId,
    pub key: Clean,
    pub value: Clean,
    pub kind: FactKind,
    pub scope: Scope,
    pub trust: Trust,
    /// Always in the pack while in force, and never out of date.
    pub pinned: bool,
    /// When it was written.
    pub at: Time,
    /// Its place in the order of arrival in this session, from 1.
    pub arrived: u32,
    /// From this moment on it is expired; `None` = never.
    pub expires: Option<Time>,
    /// When a hand took it out of force.
    pub removed: Option<Time>,
    /// The entry that it was taken from.
    pub source: Option<EntryId>,
    /// Tokens of its block under the session's tokenizer; derived, 0 = not counted yet.
    #[serde(skip)]
    pub cost: u32,
}

/// The same write in the same state is the same fact, whatever it was counted to cost.
impl PartialEq for Fact {
    fn eq(&self, other: &Self) -> bool {
        let Fact { id, key, value, kind, scope, trust, pinned, at, arrived, expires, removed, source, cost: _ } = self;
        (id, key, value, kind, scope, trust)
            == (&other.id, &other.key, &other.value, &other.kind, &other.scope, &other.trust)
            && (pinned, at, arrived, expires, removed, source)
                == (&other.pinned, &other.at, &other.arrived, &other.expires, &other.removed, &other.source)
    }
}

impl Eq for Fact {}

/// 64 bits of a hash of what was written, by whom trusted, and when: the same write has the same id in whatever order it
/// arrives. Written as 16 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactId(pub u64);

impl FactId {
    pub fn of(owner: &str, key: &str, value: &str, trust: Trust, at: Time) -> Self {
        Self(xxh3_64(format!("{owner}\0{key}\0{value}\0{trust}\0{}", at.0).as_bytes()))
    }
}

impl fmt::Display for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for FactId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = (text.len() == 16).then(|| u64::from_str_radix(text, 16).ok()).flatten();
        digits.map(Self).ok_or_else(|| format!("'{}' is no fact id: 16 hex digits are", text.escape_debug()))
    }
}

impl Serialize for FactId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FactId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum FactKind {
    Goal,
    Constraint,
    /// A command that verifies the work: `cargo test -p pricing`.
    Verification,
    #[default]
    Context,
    ShortLived,
}

#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Scope {
    #[default]
    Session,
    /// Every session of the same project.
    Project,
}

/// How much a source is believed, the least first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Display, EnumString, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Trust {
    Inferred,
    Agent,
    Tool,
    Policy,
    User,
}
