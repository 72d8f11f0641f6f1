//! How a row of distill stands for Haversack: what its own columns say, and what stands beside them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::raw::Raw;
use crate::{
    model::{Clean, EntryState, Fate, Held, HeldBy, Importance, Level},
    text::redact::clean,
};

/// What distill gives an entry whose importance nobody named.
pub const DEFAULT_IMPORTANCE: f64 = 0.5;

/// The columns of a row that edits change; all others never change.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// `Null` where it is the original.
    pub content: Raw,
    /// Whether `content` is `original_content`, in type and bytes.
    pub is_original: bool,
    pub level: Raw,
    pub tokens: Raw,
    pub importance: Raw,
    pub compressed_at: Raw,
}

impl Columns {
    /// distill's four levels; `None` where the number is none of them.
    pub fn level(&self) -> Option<Level> {
        usize::try_from(self.level.integer()).ok().and_then(Level::from_index)
    }

    /// The text that distill holds in place of the original; `None` where it holds that, or nothing.
    pub fn shortened(&self) -> Option<String> {
        let text = self.content.text();
        let shortened = self.level().is_some_and(|level| level != Level::Full) && !self.is_original;
        (shortened && !text.trim().is_empty()).then(|| text.into_owned())
    }

    /// distill puts 0.5 where nobody said anything; any other number was meant.
    fn importance(&self) -> Option<Importance> {
        let value = self.importance.real();
        let meant = (value - DEFAULT_IMPORTANCE).abs() > 0.0005;
        if meant { Importance::new(value.clamp(0.0, 1.0) as f32) } else { None }
    }
}

/// What distill's columns cannot say of an entry. Each part holds only while the column is as it was written with it: what
/// distill has changed since is as distill says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    held: Held,
    rewrites: BTreeMap<Level, Clean>,
    importance: Option<Importance>,
    /// Of the bytes of `content` that this was written with.
    content: String,
    /// The bits of the `importance` that this was written with.
    column: u64,
}

impl Kept {
    /// What has to be kept for the row to be read as that state again; `None` where the columns alone say it.
    pub fn needed(columns: &Columns, state: &EntryState) -> Option<Kept> {
        let alone = state_of(columns, None, state.pinned);
        (alone != *state).then(|| Kept {
            held: state.held,
            rewrites: state.rewrites.clone(),
            importance: state.importance,
            content: hash(columns),
            column: columns.importance.real().to_bits(),
        })
    }
}

/// The state of a row that stands in distill's table.
pub fn state_of(columns: &Columns, kept: Option<&Kept>, pinned: bool) -> EntryState {
    let level = columns.level().unwrap_or_default();
    let importance = kept.filter(|kept| kept.column == columns.importance.real().to_bits());
    let mut state = EntryState {
        pinned,
        importance: importance.map_or_else(|| columns.importance(), |kept| kept.importance),
        held: Held { level, by: HeldBy::Rule },
        fate: Fate::Live,
        rewrites: kept.map(|kept| kept.rewrites.clone()).unwrap_or_default(),
    };
    match kept.filter(|kept| kept.held.level == level && kept.content == hash(columns)) {
        Some(kept) => state.held = kept.held,
        None => {
            state.rewrites.remove(&level);
            state.rewrites.extend(columns.shortened().map(|text| (level, clean(&text))));
        }
    }
    state
}

fn hash(columns: &Columns) -> String {
    if columns.is_original {
        return "original".into();
    }
    format!("{:032x}", xxh3_128(columns.content.bytes()))
}
