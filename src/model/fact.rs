//! Facts: what is known apart from the entries, each write with its trust and its time to live.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};
use utoipa::ToSchema;

use super::{Actor, Clean, EntryId, FactId, Time};

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
    ToSchema,
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
    ToSchema,
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
    Clone,
    Copy,
    Debug,
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
    ToSchema,
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

impl Trust {
    /// How much a writer is believed who says nothing else.
    pub fn of(actor: &Actor) -> Trust {
        match actor.as_str() {
            "person" => Trust::User,
            "rule" => Trust::Policy,
            _ => Trust::Agent,
        }
    }
}
