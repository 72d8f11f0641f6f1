//! What a model is asked: the words that it is sent, how long its answer may be, and what makes two requests the same.

use xxhash_rust::xxh3::xxh3_128;

use super::Settings;
use crate::model::{EntryId, Level};

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// The agent's next turn, from the pack alone.
    Draft,
    /// One entry at a level.
    Rendition { entry: EntryId, level: Level },
    /// One summary in place of these entries.
    Condensed { entries: Vec<EntryId> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is to be done.
    pub system: String,
    /// The material.
    pub prompt: String,
    /// Tokens of the material, by the tokenizer in use.
    pub tokens: u32,
    /// Tokens of the answer at the most.
    pub max_tokens: u32,
}

/// Tokens that a window holds at the least.
const LEAST_WINDOW: u32 = 4_096;
/// Windows are asked for in whole numbers of these, so that the server need not load the model anew for each.
const STEP: u32 = 1_024;

impl Request {
    /// The window that it needs. Other tokenizers may count a quarter more; the instructions are short.
    pub(super) fn window(&self) -> u32 {
        let material = self.tokens.saturating_add(self.tokens / 4);
        let whole = material.saturating_add(self.max_tokens).saturating_add(STEP / 2);
        whole.div_ceil(STEP).saturating_mul(STEP).max(LEAST_WINDOW)
    }

    /// The same for two requests that would be answered the same: by content, model and settings. The key is not in it.
    pub fn mark(&self, settings: &Settings) -> u128 {
        let of = format!(
            "{}\0{}\0{}\0{}\0{}\0{}\0{}",
            settings.provider,
            settings.url,
            settings.model,
            settings.temperature,
            self.max_tokens,
            self.system,
            self.prompt
        );
        xxh3_128(of.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn the_window_holds_the_material_and_the_answer() {
        let window =
            |tokens| Request { system: String::new(), prompt: String::new(), tokens, max_tokens: 220 }.window();
        assert_eq!(window(100), 4_096);
        assert_eq!(window(32_000), 40 * 1_024);
        assert!(window(u32::MAX) >= u32::MAX - STEP);
    }
}
