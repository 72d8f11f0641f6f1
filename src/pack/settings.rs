//! What a plan depends on beside the session, the budget and the time.

use super::strategy::Strategy;
use crate::text::tokens::Encoding;

/// How plans are made: `pack.strategy`, `pack.tail` and `tokens.encoding` of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanSettings {
    /// What counts tokens.
    pub encoding: Encoding,
    /// Entries at the end that the tail holds, where a session has no number of its own.
    pub tail: u32,
    pub strategy: Strategy,
    /// The least layer of `gradient`, 0 to 4; above 0 it is forced, once.
    pub least_layer: u8,
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self { encoding: Encoding::default(), tail: 4, strategy: Strategy::Balanced, least_layer: 0 }
    }
}
