//! Counts of tokens as logs write them.

use super::json::Json;

/// No reply has more tokens; what a damaged log claims beyond it cannot overflow a sum.
const MOST: u64 = 1 << 40;

/// The count under a key of an object: 0 where there is none, where it is negative, or no number.
pub fn amount(object: &Json, key: &str) -> u64 {
    object.get(key).map_or(0, amount_of)
}

/// The count that a value is; 0 where it is negative, or no number.
pub fn amount_of(value: &Json) -> u64 {
    match value {
        Json::Number(number) => {
            number.as_u64().or(number.as_f64().map(|float| float.max(0.0) as u64)).unwrap_or(0).min(MOST)
        }
        _ => 0,
    }
}
