//! What a plan depends on beside the session, the budget and the time.

use crate::text::tokens::Encoding;

/// How plans are made wherever nothing else is said: `pack.tail` and `tokens.encoding` of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanSettings {
    /// What counts tokens.
    pub encoding: Encoding,
    /// Entries at the end that the tail holds, where a session has no number of its own.
    pub tail: u32,
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self { encoding: Encoding::default(), tail: 4 }
    }
}
