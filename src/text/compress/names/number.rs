//! What counts as a hash, a version, a date, a reference or a number with a unit.

use super::NameKind;

/// The kind of a part without slashes, if it is one of these.
pub(super) fn kind(part: &str) -> Option<NameKind> {
    // Cheap first look: all of these hold a digit, and all but UUIDs are short.
    if part.len() < 2 || part.len() > 64 || !part.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if is_hash(part) || is_uuid(part) {
        Some(NameKind::Hash)
    } else if is_version(part) || is_date(part) || is_measure(part) {
        Some(NameKind::Number)
    } else {
        None
    }
}

/// `#42`, `#303030`: a hash sign and one to eight hexadecimal digits, with at least one decimal one, at the end of a
/// word.
pub(super) fn reference(chunk: &str, after: u8) -> Option<&str> {
    let chunk = chunk.trim_end_matches([':', '.']);
    let digits = chunk.strip_prefix('#')?;
    let fits = (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (fits && digits.bytes().any(|byte| byte.is_ascii_digit()) && after != b'=').then_some(chunk)
}

/// `localhost:3000`.
pub(super) fn is_local_address(chunk: &str) -> bool {
    chunk.strip_prefix("localhost:").is_some_and(|port| {
        let port = port.split('/').next().unwrap_or(port);
        (2..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Digits with at most one dot among them.
fn is_decimal(text: &str) -> bool {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    is_digits(whole) && is_digits(rest)
}

/// Lower-case hexadecimal, 7 to 64 digits, with letters and digits among them: `b7636e2`.
fn is_hash(part: &str) -> bool {
    let bytes = part.as_bytes();
    bytes.len() >= 7
        && bytes.iter().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte))
        && bytes.iter().any(u8::is_ascii_lowercase)
        && !is_scientific(bytes)
}

/// `1234567e8`
fn is_scientific(bytes: &[u8]) -> bool {
    bytes.iter().filter(|byte| byte.is_ascii_lowercase()).count() == 1 && bytes[1..].contains(&b'e') && bytes.len() < 10
}

fn is_uuid(part: &str) -> bool {
    part.len() == 36
        && part.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// `v1.2`, `1.2.3`, `2.0.0-beta.1`, `v3`; an address such as `127.0.0.1` too.
fn is_version(part: &str) -> bool {
    let marked = part.strip_prefix(['v', 'V']);
    let core = marked.unwrap_or(part);
    let core = core.split_once('-').map_or(core, |(core, _)| core);
    let fields = core.split('.').count();
    core.split('.').all(|field| is_digits(field) && field.len() <= 5) && (fields > 2 || marked.is_some())
}

/// `2026-01-05`, with or without a time after `T`.
fn is_date(part: &str) -> bool {
    let day = part.split('T').next().unwrap_or(part);
    day.len() == 10
        && day.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// `250ms`, `4.14MB`, `200k`, `1.5x`.
fn is_measure(part: &str) -> bool {
    let end = part.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    end > 0 && end < part.len() && is_decimal(&part[..end]) && UNITS.contains(&&part[end..])
}

const UNITS: &[&str] = &[
    "ns", "us", "µs", "μs", "ms", "s", "sec", "secs", "min", "mins", "h", "hr", "hrs", "d", "day", "days", "B", "kB",
    "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "k", "K", "kb", "mb", "gb", "M", "G", "x", "X", "px", "em",
    "rem", "Hz", "kHz", "MHz", "GHz", "%", "fps", "tok", "tokens", "th", "bit", "bits", "loc", "LOC",
];

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
