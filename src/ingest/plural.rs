//! Counts in words, for problems and boundaries.

/// "1,204".
pub use crate::text::words::exact as thousands;

/// "1 entry", "1,204 entries".
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}
