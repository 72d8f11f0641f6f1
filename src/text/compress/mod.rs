//! The four levels of an entry's text, offline and deterministic.

pub mod names;

use crate::{
    model::{Clean, Kind},
    text::tokens::Tokenizer,
};

/// What is to be compressed: the text and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub kind: Kind,
    pub tool: Option<&'a str>,
    /// The file that the call read or wrote.
    pub path: Option<&'a str>,
    /// Whether the format flags the result as failed.
    pub failed: bool,
    pub text: &'a str,
}

/// The text at summary, sentence and keywords; `None` where a level would not be cheaper than the one above it.
/// Sizes are decided by `sizes`, which must be `o200k_base` so that renditions do not depend on the tokenizer in use.
pub fn renditions(subject: &Subject, sizes: &Tokenizer) -> [Option<Clean>; 3] {
    let _ = (subject, sizes);
    [None, None, None]
}
