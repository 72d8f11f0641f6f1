//! Pure functions of text: counting, redaction, making inert, compressing.

pub mod compress;
pub mod redact;
pub mod sanitize;
pub mod tokens;
pub mod words;
pub mod wrap;
