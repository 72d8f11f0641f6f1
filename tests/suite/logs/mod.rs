//! Small valid logs of every agent, made by code. The damage tests damage them, and the fuzz targets begin with them.

mod lines;
mod documents;
pub mod database;

pub use database::databases;
pub use documents::{aider, export, gemini_document, storage};
pub use lines::lines;

/// Tells the line of a log, or the row of a table, that it stands on.
pub fn word(number: usize) -> String {
    format!("W{number}.")
}

/// A log of one JSON object a line.
pub struct Lines {
    /// What the adapter's fuzz target is called.
    pub target: &'static str,
    pub file: &'static str,
    /// The line `n` holds `word(n)` where its words become an entry's.
    pub lines: Vec<String>,
}
