//! Exchanges that newer ones make stale as they are pushed: the same text again, nearly the same, the same file read
//! again. And the edit that says so.

mod known;
mod copies;
mod outputs;
mod supersede;
#[cfg(test)]
mod tests;

pub use known::Known;
pub use outputs::{Outputs, SAID_AGAIN, WORTHWHILE};
pub use supersede::supersede;

use std::{collections::HashMap, fmt, sync::Arc};

use crate::model::EntryId;

/// What counts as a copy.
#[derive(Clone, Copy, Debug)]
pub struct Alike<'a> {
    /// Texts are near from this Jaccard of their word 3-shingles up, 0 to 1.
    pub jaccard: f64,
    /// Embeddings are near below this cosine distance, 0 to 1 (distill's rule: strictly below).
    pub distance: f64,
    /// Of whichever entries have one.
    pub embeddings: &'a HashMap<EntryId, Vec<f32>>,
}

/// A stale exchange and the newer one. Indices into the session's entries.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    /// Each member of the older exchange, with the member of the newer one that stands for it.
    pub pairs: Vec<(usize, usize)>,
    pub why: Why,
}

/// From the surest to the least sure.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    Same,
    /// But for white space and line numbers.
    SameWords,
    /// Jaccard.
    Near(f64),
    /// Cosine distance of the embeddings.
    Close(f64),
    /// A file, in a version of its own.
    ReadAgain(Arc<str>),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Same => f.write_str("the same text"),
            Why::SameWords => f.write_str("the same but for white space or line numbers"),
            Why::Near(jaccard) => write!(f, "{:.0} % the same", (jaccard * 100.0).floor()),
            Why::Close(distance) => write!(f, "embeddings {distance:.2} apart"),
            Why::ReadAgain(path) => write!(f, "{path} read again"),
        }
    }
}

impl Why {
    /// Greater where it is less sure.
    fn doubt(&self) -> f64 {
        match self {
            Why::Same => 0.0,
            Why::SameWords => 1.0,
            Why::Near(jaccard) => 3.0 - jaccard,
            Why::Close(distance) => 4.0 + distance,
            Why::ReadAgain(_) => 7.0,
        }
    }
}
