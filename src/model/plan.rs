//! A plan: what is carried forward under a budget, at which level, and why the rest is not. This is also its JSON.

use std::sync::Arc;

use serde::Serialize;
use strum::{Display, EnumString};
use utoipa::ToSchema;

use super::{EntryId, FactId, Level, Role, SessionId, Time};

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Plan {
    pub session_id: SessionId,
    pub as_of: Time,
    pub strategy: String,
    /// Tokens that may be carried forward.
    pub budget: u32,
    /// `frame_tokens` + the sum of the blocks' tokens.
    pub used: u32,
    pub frame_tokens: u32,
    pub tokenizer: String,
    /// Whether `tokenizer` counts exactly (`false`: a named estimate).
    pub exact: bool,
    /// Σ weight × fidelity (packed level) over entries and index rows.
    pub value: f64,
    /// `value` ÷ value at an unlimited budget, 0 to 1; 1 for an empty session.
    pub kept: f64,
    /// The linear-programming bound on `value` for this budget with the pins forced; `null` where not defined.
    pub bound: Option<f64>,
    /// What the strategy did, in words: "layer 2". Left out where there is nothing to say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Tokens at the beginning of the pack that are as in the last exported pack of this session and strategy, and so may
    /// be in the model's prompt cache. Left out where nothing was exported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_tokens: Option<u32>,
    pub overflow: Vec<Overflow>,
    pub blocks: Vec<Block>,
    pub excluded: Vec<Exclusion>,
}

/// A pin or a pinned fact that the budget does not hold.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Overflow {
    /// The entry's id or the fact's.
    pub id: String,
    /// `null` for a fact.
    pub seq: Option<u32>,
    pub why: String,
    pub tokens: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Block {
    pub kind: BlockKind,
    pub entry_id: Option<EntryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact_id: Option<FactId>,
    pub seq: Option<u32>,
    pub role: Option<Role>,
    pub level: Option<Level>,
    pub tokens: u32,
    /// The block's text as the pack has it: header, text, blank line.
    pub text: String,
    /// Entries that this block stands for.
    pub covers: u32,
    pub sources: Vec<Source>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Display, ToSchema)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum BlockKind {
    Entry,
    Fact,
    Note,
    Summary,
    Index,
}

/// Where a block's text stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Source {
    pub seq: u32,
    #[schema(value_type = String)]
    pub file: Arc<str>,
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Exclusion {
    /// `null` for a fact, which has a `fact_id`.
    pub entry_id: Option<EntryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact_id: Option<FactId>,
    pub seq: Option<u32>,
    pub reason: ExclusionReason,
    /// The least extra budget, in tokens, at which this strategy includes it; `null` if none does.
    pub needs: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display, EnumString, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ExclusionReason {
    OverBudget,
    Evicted,
    Superseded,
    Archived,
    Folded,
    OutsideWindow,
    Expired,
    RejectedLowerTrust,
    RejectedStale,
    TooLong,
    Opaque,
}

impl ExclusionReason {
    /// The reason as a person reads it: "over budget".
    pub fn words(self) -> String {
        self.to_string().replace('_', " ")
    }
}

/// How many tokens may be carried forward, and where the number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Budget {
    Tokens(u32),
    /// window − reserved output − fixed prompt.
    Window {
        window: u32,
        reserve: u32,
        fixed: u32,
    },
}

impl Budget {
    pub fn tokens(self) -> u32 {
        match self {
            Budget::Tokens(tokens) => tokens,
            Budget::Window { window, reserve, fixed } => window.saturating_sub(reserve).saturating_sub(fixed),
        }
    }
}
