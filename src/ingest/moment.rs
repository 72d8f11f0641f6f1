//! Moments as logs write them.

use crate::model::Time;

/// RFC 3339, as `2026-01-02T10:00:00.5Z`.
pub fn rfc3339(text: &str) -> Option<Time> {
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(Time(at.as_millisecond()))
}

/// Seconds since 1970 UTC, or milliseconds: some agents' writers mix them up. What would lie beyond the year 5000 in
/// seconds is milliseconds.
pub fn since_1970(number: f64) -> Option<Time> {
    const YEAR_5000: f64 = 95_617_584_000.0;
    let milliseconds = if number.abs() > YEAR_5000 { number } else { number * 1000.0 };
    milliseconds.is_finite().then_some(Time(milliseconds as i64))
}
