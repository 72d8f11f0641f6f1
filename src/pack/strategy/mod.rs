//! Rules that turn a session and a budget into a plan, one file each.
//!
//! `balanced` is ours. The others keep the rule of the system that they come from, within our invariants: pins and
//! pinned facts first, then the tail at its deepest level, exchanges whole. [`Assembly`] is what they have in common.

mod assembly;
pub mod balanced;
pub mod gradient;
pub mod needs;
pub mod rolling;
pub mod ladder;
pub mod tail;
pub mod texts;
pub mod window;

#[cfg(test)]
pub(crate) mod tests;

use assembly::Assembly;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};
use utoipa::ToSchema;

use self::{balanced::Ledger, texts::Texts};
use super::{chosen::Chosen, settings::PlanSettings};
use crate::model::Session;

#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Strategy {
    /// Every entry at the level at which its tokens are best spent.
    #[default]
    Balanced,
    /// distill: the least important gives way first, one level at a time.
    Ladder,
    /// lore: layers that hold ever less.
    Gradient,
    /// M31A: the newest tokens verbatim, the rest as one structured summary.
    Window,
    /// context-compaction: facts, the newest turns, a rolling summary of a few older ones.
    Rolling,
}

/// What a strategy chooses from.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    pub session: &'a Session,
    pub ledger: &'a Ledger,
    pub settings: PlanSettings,
    /// Counts what a strategy writes itself; `balanced` never asks.
    pub texts: &'a Texts,
    pub folding: Folding,
}

/// Whether texts that stand for several entries are written. They come last and never decide which entries are in, so
/// trying many budgets spares them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folding {
    Written,
    Spared,
}

impl Strategy {
    /// What this strategy carries under a budget.
    pub fn choose(self, given: &Given, budget: u32) -> Chosen {
        match self {
            Strategy::Balanced => balanced::choose(given.session, given.ledger, budget),
            Strategy::Ladder => ladder::choose(given, budget),
            Strategy::Gradient => gradient::choose(given, budget),
            Strategy::Window => window::choose(given, budget),
            Strategy::Rolling => rolling::choose(given, budget),
        }
    }

    /// One line for menus and `--help`.
    pub fn words(self) -> &'static str {
        match self {
            Strategy::Balanced => "most value per token",
            Strategy::Ladder => "the least important gives way first",
            Strategy::Gradient => "layers that hold ever less",
            Strategy::Window => "the newest verbatim, a summary of the rest",
            Strategy::Rolling => "facts, two turns, a rolling summary",
        }
    }
}
