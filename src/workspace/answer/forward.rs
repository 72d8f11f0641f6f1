//! Plans for a program that pays for every token it reads: each text once, or none at all.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::context::{Carried, statistics};
use crate::{
    model::{Block, BlockKind, EntryId, Exclusion, FactId, Level, Overflow, Plan, Role, SessionId, Time},
    pack::statistics::Statistics,
    workspace::Desk,
};

/// What a plan comes to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Terms<'a> {
    pub session_id: &'a SessionId,
    pub as_of: Time,
    pub strategy: &'a str,
    /// Tokens that may be carried forward.
    pub budget: u32,
    /// Tokens of the pack, headings included.
    pub used: u32,
    /// What counts.
    pub tokenizer: &'a str,
    /// Whether that counts exactly.
    pub exact: bool,
    /// The share of the session's value that is carried, 0 to 1.
    pub kept: f64,
    /// What the strategy did, in words.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub notes: &'a [String],
    /// Tokens at the beginning that are as in the last pack sent, and so may be in the model's prompt cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_tokens: Option<u32>,
    /// Pins that the budget does not hold.
    pub overflow: &'a [Overflow],
    /// Entries and facts that are not carried, by the reason.
    pub left_out: BTreeMap<String, usize>,
}

/// What a session carries forward. The fields `entries` and `stats` are distill's.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Forward<'a> {
    #[serde(flatten)]
    terms: Terms<'a>,
    /// The pack as one text, in place of `entries` and `others`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pack: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<Vec<Carried<'a>>>,
    /// What the pack carries beside entries: facts, summaries, the index of names.
    #[serde(skip_serializing_if = "Option::is_none")]
    others: Option<Vec<Other<'a>>>,
    stats: Statistics,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
struct Other<'a> {
    kind: BlockKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    fact_id: Option<FactId>,
    tokens: u32,
    text: &'a str,
    /// Entries that it stands for.
    covers: u32,
}

/// In which form a pack is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As one text, byte for byte what the screen shows.
    Pack,
    /// Entry by entry, as distill gives it.
    Entries,
    /// The entries of one role: a listing, no pack.
    OfRole(Role),
}

/// A plan that is looked at: what is in at which level, what is out and what it would take, without the texts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Planned<'a> {
    #[serde(flatten)]
    terms: Terms<'a>,
    frame_tokens: u32,
    value: f64,
    /// The most that any plan under this budget can come to, where that is known.
    bound: Option<f64>,
    /// Blocks in the pack.
    included_total: usize,
    /// The first of them, in the pack's order.
    included: Vec<Included>,
    /// Entries and facts that are left out.
    excluded_total: usize,
    /// The first of them, the cheapest to bring in first.
    excluded: Vec<&'a Exclusion>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
struct Included {
    kind: BlockKind,
    entry_id: Option<EntryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fact_id: Option<FactId>,
    seq: Option<u32>,
    role: Option<Role>,
    level: Option<Level>,
    tokens: u32,
    /// Entries that it stands for.
    covers: u32,
}

impl<'a> Terms<'a> {
    fn new(plan: &'a Plan) -> Terms<'a> {
        let mut left_out = BTreeMap::new();
        plan.excluded.iter().for_each(|one| *left_out.entry(one.reason.to_string()).or_default() += 1);
        Terms {
            session_id: &plan.session_id,
            as_of: plan.as_of,
            strategy: &plan.strategy,
            budget: plan.budget,
            used: plan.used,
            tokenizer: &plan.tokenizer,
            exact: plan.exact,
            kept: plan.kept,
            notes: &plan.notes,
            cached_tokens: plan.cached_tokens,
            overflow: &plan.overflow,
            left_out,
        }
    }
}

impl<'a> Forward<'a> {
    /// `plan`: the desk's, or of `Form::OfRole` the part that is of the role.
    pub fn new(plan: &'a Plan, desk: &'a Desk, form: Form) -> Forward<'a> {
        let role = if let Form::OfRole(role) = form { Some(role) } else { None };
        let listing = form != Form::Pack;
        let others = plan.blocks.iter().filter(|block| block.entry_id.is_none()).map(Other::new);
        Forward {
            terms: Terms::new(plan),
            pack: (!listing).then(|| desk.pack_text()),
            entries: listing.then(|| Carried::of(plan, desk)),
            others: listing.then(|| others.collect()),
            stats: statistics(desk, |entry| role.is_none_or(|role| entry.role == role)),
        }
    }
}

impl<'a> Other<'a> {
    fn new(block: &'a Block) -> Other<'a> {
        let Block { kind, fact_id, tokens, covers, .. } = *block;
        Other { kind, fact_id, tokens, text: &block.text, covers }
    }
}

impl<'a> Planned<'a> {
    /// At most `rows` of what is in and of what is out.
    pub fn new(plan: &'a Plan, rows: usize) -> Planned<'a> {
        let mut excluded: Vec<&Exclusion> = plan.excluded.iter().collect();
        excluded.sort_by_key(|one| (one.needs.is_none(), one.needs, one.seq));
        excluded.truncate(rows);
        Planned {
            terms: Terms::new(plan),
            frame_tokens: plan.frame_tokens,
            value: plan.value,
            bound: plan.bound,
            included_total: plan.blocks.len(),
            included: plan.blocks.iter().take(rows).map(Included::new).collect(),
            excluded_total: plan.excluded.len(),
            excluded,
        }
    }
}

impl Included {
    fn new(block: &Block) -> Included {
        let Block { kind, entry_id, fact_id, seq, role, level, tokens, covers, .. } = *block;
        Included { kind, entry_id, fact_id, seq, role, level, tokens, covers }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::ExclusionReason;

    /// `left_out` names reasons as the plan's rows do.
    #[test]
    fn reasons_are_written_as_in_a_plan() {
        let row = serde_json::to_value(ExclusionReason::OverBudget).expect("it is a word");
        assert_eq!(row, ExclusionReason::OverBudget.to_string());
    }
}
