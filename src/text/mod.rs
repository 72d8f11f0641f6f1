//! Pure functions of text: counting, redaction, making inert, comparing, compressing.

pub mod compress;
pub mod redact;
pub mod sanitize;
pub mod thought;
pub mod similarity;
pub mod tokens;
pub mod sparkline;
pub mod words;
pub mod wrap;
pub mod word_diff;
