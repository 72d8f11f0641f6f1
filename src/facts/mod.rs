//! What is known apart from the entries: what may be written, for how long it holds, and which write is in force.
//!
//! `policy` turns a draft into a fact or refuses it, `standing` tells of every write whether it is in force.

mod policy;
mod standing;
mod words;

pub use policy::{Draft, FactRefusal, FactSettings, MOST_KEY_CHARS};
pub use standing::{Standing, active, standings};
pub use words::{left, standing_words};
