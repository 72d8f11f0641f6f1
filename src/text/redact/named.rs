//! Values beside a name that promises a secret: `DB_PASSWORD=…`, `"api_key": "…"`, `--token …`.
//!
//! Most such places in real logs are code, not secrets (`password: String`, `token = parse()`, `$TOKEN`), so a value
//! counts only if it looks made up by a machine or a careful human, and not like an identifier, a call or a placeholder.

use std::sync::LazyLock;

use regex::Regex;

use super::Finding;

/// The name, in any case and within longer names, then `=`, `:`, `:=`, `=>`, or a space after a `--flag`. Quotes and
/// their backslashes may surround either side.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let names = "password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key\
                 |signing[_-]?key|encryption[_-]?key|master[_-]?key|credentials?";
    let suffix = "(?:[A-Z_-][A-Za-z0-9_-]{0,40}|s)?";
    let separator = r#"(?:\\{0,3}["'`])?\]?[ \t]{0,3}(?:=>|:=|=|:)[ \t]{0,3}"#;
    let flag = format!("--?(?:[a-z]+-)*(?i:{names})[ \t]{{1,3}}");
    Regex::new(&format!("(?:(?i:{names}){suffix}{separator}|{flag})")).expect("a constant pattern")
});

/// Name parts after which a value is a description of a secret, not one.
const HARMLESS: [&str; 30] = [
    "tokeniz", "_id", "-id", "Id", "name", "path", "file", "url", "uri", "type", "len", "count", "limit", "expir",
    "ttl", "field", "label", "env", "var", "header", "prefix", "regex", "pattern", "policy", "hint", "usage", "budget",
    "status", "store", "hash",
];

/// Values that stand for a secret.
const PLACEHOLDERS: [&str; 24] = [
    "your",
    "example",
    "changeme",
    "change_me",
    "change-me",
    "placeholder",
    "redacted",
    "dummy",
    "sample",
    "insert",
    "replace",
    "xxx",
    "***",
    "...",
    "…",
    "todo",
    "undefined",
    "process.env",
    "os.environ",
    "getenv",
    "secrets.",
    "env.",
    "password",
    "optional",
];

/// Bits per character from which a value is random whatever words it seems to hold (`…bPxRfiCYEXAMPLEKEY`).
const RANDOM_BITS: f64 = 4.2;

const LONGEST_VALUE: usize = 2048;

pub(super) fn find(text: &str, findings: &mut Vec<Finding>) {
    for name in NAME.find_iter(text) {
        let value = value_at(&text[name.end()..]);
        let label = name.as_str();
        if HARMLESS.iter().any(|part| label.contains(part)) || label.to_ascii_lowercase().contains("tokeniz") {
            continue;
        }
        let start = name.end() + value.quote;
        let style = Style::of(label, value.quote > 0);
        if value.ends_well && is_secret(value.text, kind(label), style) {
            findings.push(Finding { range: start..start + value.whole.len(), kind: kind(label) });
        }
    }
}

struct Value<'a> {
    /// Bytes of the opening quote, with its backslashes; 0 for a bare value.
    quote: usize,
    /// What it is judged by: of a bare value without the signs that may end a sentence.
    text: &'a str,
    /// What is masked: a password may well end in `!` or `?`.
    whole: &'a str,
    /// Whether what follows can follow a literal: not a call, an index or a path of identifiers.
    ends_well: bool,
}

fn value_at(text: &str) -> Value<'_> {
    let escapes = text.len() - text.trim_start_matches('\\').len();
    let opening = text[escapes..].chars().next().filter(|c| "\"'`".contains(*c));
    let quote = if opening.is_some() { escapes + 1 } else { 0 };
    // A secret is one word of at most a few thousand characters; the search for its end stops there.
    let body = &text[quote..];
    let closes = |byte: u8| match opening {
        Some(quote) => byte == quote as u8 || byte == b'\\' || byte == b'\n',
        None => byte.is_ascii_whitespace() || b"\"'`,;&()[]{}<>|\\".contains(&byte),
    };
    // All that closes a value is ASCII, so the cut is between characters; one at the limit may not be.
    let limit = body.floor_char_boundary(LONGEST_VALUE);
    let end = body.as_bytes()[..limit].iter().position(|&byte| closes(byte)).unwrap_or(limit);
    let next = body[end..].chars().next();
    let ends_well = match opening {
        Some(quote) => next.is_none_or(|c| c == quote || c == '\\'),
        None => next.is_none_or(|c| c.is_whitespace() || "\"'`,;&)]}<|\\".contains(c)),
    };
    let (text, whole) = match opening {
        None => (body[..end].trim_end_matches(['.', ':', '!', '?']), body[..end].trim_end_matches(['.', ':'])),
        Some(_) => (&body[..end], &body[..end]),
    };
    Value { quote, text, whole, ends_well }
}

/// How the name and the value are written; code is judged most strictly.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Quoted,
    /// `NAME=value`, `name: value`, `--name value`.
    Setting,
    /// `name = value`.
    Code,
}

impl Style {
    fn of(label: &str, quoted: bool) -> Self {
        let spaced = label.contains(" =") || label.contains(":=") || label.contains("=>");
        match (quoted, spaced) {
            (true, _) => Style::Quoted,
            (false, true) => Style::Code,
            (false, false) => Style::Setting,
        }
    }
}

fn kind(label: &str) -> &'static str {
    let label = label.to_ascii_lowercase();
    let kinds = [("pass", "password"), ("pwd", "password"), ("secret", "secret"), ("token", "token"), ("key", "key")];
    kinds.iter().find(|(part, _)| label.contains(part)).map_or("secret", |(_, kind)| kind)
}

fn is_secret(value: &str, kind: &str, style: Style) -> bool {
    if is_placeholder(value) || is_code(value) {
        return false;
    }
    let count = |class: fn(&char) -> bool| value.chars().filter(class).count();
    let (letters, digits) = (count(char::is_ascii_alphabetic), count(char::is_ascii_digit));
    let symbols = value.chars().filter(|c| "!@#$%^&*+=?~".contains(*c)).count();
    let length = value.chars().count();
    // Passwords are short and made by humans; keys and tokens are long and made by machines.
    match (kind, style) {
        _ if length >= 20 && letters > 0 && digits > 0 && entropy(value) >= RANDOM_BITS => true,
        ("password", Style::Code) => length >= 8 && letters > 0 && digits >= 2 && symbols > 0,
        ("password", _) => length >= 6 && letters > 0 && (digits > 0 || symbols > 0),
        (_, Style::Quoted) => length >= 12 && letters > 0 && digits > 0 && entropy(value) >= 2.8,
        (_, Style::Setting) => length >= 12 && letters > 0 && digits >= 2 && entropy(value) >= 3.0,
        (_, Style::Code) => length >= 16 && letters > 0 && digits >= 2 && entropy(value) >= 3.2,
    }
}

/// Whether a value only stands for a secret: a variable, a slot to fill in, a mask.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let first = value.chars().next();
    first.is_none_or(|c| "$<{%[(*&#".contains(c))
        || ["pass", "pwd", "user", "secret", "token"].contains(&lower.as_str())
        || (entropy(value) < RANDOM_BITS && PLACEHOLDERS.iter().any(|part| lower.contains(part)))
        || value.contains("${")
        || value.contains("{{")
        || value.chars().all(|c| Some(c) == first)
}

/// Whether a value reads as code, a path, a number or a sentence.
fn is_code(value: &str) -> bool {
    let path = value.starts_with(['/', '.', '~', '@', ':'])
        || value.contains("://")
        || value.contains("::")
        || value.contains('\\');
    let identifiers = value.contains('.')
        && value.split('.').all(|part| {
            part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        });
    let words = value.contains(char::is_whitespace);
    path || identifiers || words || value.contains(['(', ')', '{', '}', '<', '>', ';'])
}

/// Shannon's entropy in bits per character. English words have about 2.5 to 3, random base64 of 20 characters above 4.
fn entropy(value: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = value.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|&count| f64::from(count) / total)
        .map(|share| -share * share.log2())
        .sum()
}
