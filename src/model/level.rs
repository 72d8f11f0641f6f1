//! How much of an entry is kept.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};
use utoipa::ToSchema;

/// Compression level, from the whole text (0) down to a line of names (3). The numbers are distill's.
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
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub enum Level {
    #[default]
    Full,
    Summary,
    Sentence,
    Keywords,
}

impl Level {
    pub const ALL: [Level; 4] = [Level::Full, Level::Summary, Level::Sentence, Level::Keywords];

    pub fn index(self) -> usize {
        self as usize
    }

    pub fn from_index(index: usize) -> Option<Level> {
        Self::ALL.get(index).copied()
    }

    /// One level less text, if there is one.
    pub fn deeper(self) -> Option<Level> {
        Self::from_index(self.index() + 1)
    }

    /// One level more text, if there is one.
    pub fn shallower(self) -> Option<Level> {
        self.index().checked_sub(1).and_then(Self::from_index)
    }

    /// The letter that lists show: `F` full, `S` summary, `s` sentence, `K` keywords.
    pub fn letter(self) -> char {
        match self {
            Level::Full => 'F',
            Level::Summary => 'S',
            Level::Sentence => 's',
            Level::Keywords => 'K',
        }
    }
}
