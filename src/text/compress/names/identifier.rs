//! What counts as an identifier, an error name or a flag.

use super::NameKind;

/// The kind of a word without dots, slashes and single colons, if it is a name by its form alone.
pub(super) fn kind(word: &str) -> Option<NameKind> {
    if word.len() < 3 {
        return None;
    }
    if is_error(word) {
        return Some(NameKind::Error);
    }
    (is_segment(word) && (has_inner_underscore(word) || has_humps(word)) && !is_random(word))
        .then_some(NameKind::Identifier)
}

/// A part of `module::item`: letters, digits and underscores, not a number.
pub(super) fn is_segment(word: &str) -> bool {
    word.chars().all(|char| char.is_alphanumeric() || char == '_')
        && word.chars().next().is_some_and(|char| !char.is_ascii_digit())
}

/// A word that somebody put between backticks.
pub(super) fn is_word(word: &str) -> bool {
    word.len() >= 2 && word.len() <= 40 && is_segment(word)
}

/// `--share` of `--share=all`; at least two letters.
pub(super) fn flag(chunk: &str) -> Option<&str> {
    let name = chunk.strip_prefix("--")?;
    let length = name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_').count();
    let name = name[..length].trim_end_matches('-');
    (name.len() >= 2 && name.as_bytes()[0].is_ascii_alphabetic()).then(|| &chunk[..name.len() + 2])
}

/// `TypeError`, `KeyError`, `NullPointerException`, `io::Error`, Go's `ErrNotFound`, compiler codes and system names.
fn is_error(word: &str) -> bool {
    let last = word.rsplit("::").next().unwrap_or(word);
    let ends = ["Error", "Exception", "Panic", "Warning"].iter().any(|end| {
        last.strip_suffix(end).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
    });
    let capital = last.as_bytes()[..1.min(last.len())].iter().all(u8::is_ascii_uppercase);
    (ends && capital && (last.len() > 9 || !matches!(word, "Error" | "Exception" | "Panic" | "Warning")))
        || is_go_error(last)
        || is_compiler_code(last)
        || is_system_name(last)
        || (last.starts_with("ERR_") && last.len() > 6)
}

fn is_go_error(word: &str) -> bool {
    word.strip_prefix("Err").is_some_and(|rest| {
        rest.len() > 2 && rest.as_bytes()[0].is_ascii_uppercase() && rest.bytes().any(|byte| byte.is_ascii_lowercase())
    })
}

/// rustc's `E0382`, TypeScript's `TS2345`, C#'s `CS0103`, eslint and ruff style codes are left to their text.
fn is_compiler_code(word: &str) -> bool {
    ["E", "TS", "CS", "C", "LNK"].iter().any(|prefix| {
        word.strip_prefix(prefix).is_some_and(|rest| rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// errno names and signals.
fn is_system_name(word: &str) -> bool {
    let capitals = word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let errno = [
        "ENOENT",
        "EACCES",
        "EPERM",
        "EEXIST",
        "EADDRINUSE",
        "ECONNREFUSED",
        "ECONNRESET",
        "ECONNABORTED",
        "ETIMEDOUT",
        "EPIPE",
        "EINVAL",
        "EISDIR",
        "ENOTDIR",
        "ENOTEMPTY",
        "EMFILE",
        "ENOSPC",
        "EROFS",
        "EAGAIN",
        "EBUSY",
        "ELOOP",
        "ENOTFOUND",
        "ENOMEM",
        "EIO",
        "EHOSTUNREACH",
        "ENETUNREACH",
        "EXDEV",
        "ERESOLVE",
        "ELIFECYCLE",
        "EINTR",
    ];
    capitals && (errno.contains(&word) || (word.starts_with("SIG") && (5..=9).contains(&word.len()) && is_signal(word)))
}

fn is_signal(word: &str) -> bool {
    let names = [
        "ABRT", "BUS", "FPE", "HUP", "ILL", "INT", "KILL", "PIPE", "QUIT", "SEGV", "TERM", "USR1", "USR2", "WINCH",
        "TRAP",
    ];
    names.contains(&&word[3..])
}

/// `snake_case`, `SCREAMING_CASE`, `__init__`: an underscore next to letters or digits, and a letter somewhere.
fn has_inner_underscore(word: &str) -> bool {
    let bare = word.trim_matches('_');
    let is_dunder = word.starts_with("__") && word.ends_with("__") && bare.len() > 1;
    (bare.contains('_') && bare.len() > 3 || is_dunder) && bare.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// `camelCase`, `PascalCase` of two parts, `HTTPServer`; not `URLs`, `iOS` or a word in capitals.
fn has_humps(word: &str) -> bool {
    let bytes = word.as_bytes();
    if bytes.len() < 5 {
        return false;
    }
    let plural = bytes.last() == Some(&b's') && bytes[..bytes.len() - 1].iter().all(u8::is_ascii_uppercase);
    let hump = |window: &[u8]| window[0].is_ascii_lowercase() && window[1].is_ascii_uppercase();
    let acronym = |window: &[u8]| {
        window[0].is_ascii_uppercase()
            && window[1].is_ascii_uppercase()
            && window[2].is_ascii_lowercase()
            && window[3].is_ascii_lowercase()
    };
    !plural && (bytes.windows(2).any(hump) || bytes.windows(4).any(acronym))
}

/// Whether a word holds a stretch of base64 or a random id (`toolu_01Hsi…`): 16 or more letters and digits of which no
/// programmer's hump or number is made. A hash in hexadecimal has no capitals and is not meant.
pub(super) fn is_random(word: &str) -> bool {
    word.len() >= 16 && word.split(|char: char| !char.is_ascii_alphanumeric()).any(is_random_stretch)
}

fn is_random_stretch(stretch: &str) -> bool {
    let bytes = stretch.as_bytes();
    if bytes.len() < 16 || !bytes.iter().any(u8::is_ascii_uppercase) {
        return false;
    }
    let lower = bytes.iter().filter(|byte| byte.is_ascii_lowercase()).count();
    let runs = stretch.split(|char: char| !char.is_ascii_lowercase()).filter(|run| !run.is_empty()).count();
    runs >= 3 && (bytes[0].is_ascii_digit() || lower * 5 < runs * 11)
}
