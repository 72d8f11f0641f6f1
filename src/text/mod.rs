//! Pure functions of text: counting, redaction, making inert, compressing.

pub mod tokens;
pub mod redact;
pub mod sanitize;
pub mod compress;
