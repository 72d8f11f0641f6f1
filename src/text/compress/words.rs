//! Words that tell: of errors, of decisions, of nothing.

use super::names::{self, NameKind};

/// Whether a line of a log says that something went wrong. `0 failed`, `no errors`, `errors: 0` and names such as
/// `error_handler` or `src/errors.rs` do not; `3 errors`, `it fails`, `TypeError` and `panicked at` do.
pub fn tells_error(line: &str) -> bool {
    let (mut earlier, mut before) = ("", "");
    for (word, end) in spans(line) {
        let none = is_none(before) || (is_none(earlier) && KINDS_OF_ERRORS.contains(&before));
        if is_error_word(word) && !none && !is_part_of_name(line, end - word.len(), end) && !is_zero(&line[end..]) {
            return true;
        }
        (earlier, before) = (before, word);
    }
    tells_exit_code(line) || tells_error_in_chinese(line) || names_error(line)
}

/// `no test failures`, `0 type errors`.
const KINDS_OF_ERRORS: &[&str] =
    &["test", "tests", "new", "known", "lint", "build", "type", "compile", "other", "more", "runtime"];

/// `Exit code 1`, `exit status 2`.
fn tells_exit_code(line: &str) -> bool {
    ["xit code ", "xit status ", "xited with code "].iter().any(|cue| {
        line.split_once(cue)
            .is_some_and(|(_, code)| code.starts_with(|char: char| ('1'..='9').contains(&char) || char == '-'))
    })
}

/// Written without spaces, so that no word ends before them.
fn tells_error_in_chinese(line: &str) -> bool {
    ["错误", "失败", "异常"].iter().any(|cue| {
        line.match_indices(cue)
            .any(|(at, _)| !["没有", "无", "0", "0个", "0 个"].iter().any(|none| line[..at].ends_with(none)))
    })
}

/// `TypeError`, `ENOENT`: looked for only in lines that can hold one, because most cannot.
fn names_error(line: &str) -> bool {
    if !line.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return false;
    }
    let hump = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    (line.as_bytes().windows(2).any(hump) || ["SIG", "ERR", "EN", "EA", "EC"].iter().any(|start| line.contains(start)))
        && names::names(line).any(|name| name.kind == NameKind::Error)
}

fn is_error_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "error",
        "errors",
        "err",
        "fail",
        "fails",
        "failed",
        "failing",
        "failure",
        "failures",
        "exception",
        "exceptions",
        "panic",
        "panics",
        "panicked",
        "traceback",
        "fatal",
        "abort",
        "aborted",
        "crash",
        "crashed",
        "segfault",
    ];
    word.len() <= 10 && WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_none(before: &str) -> bool {
    ["0", "no", "zero", "without", "not", "any", "if", "never"].iter().any(|none| none.eq_ignore_ascii_case(before))
}

/// `: 0`, `=0`, ` (0)`, `": null`, `: none` after the word.
fn is_zero(after: &str) -> bool {
    let value = after.trim_start_matches([':', '=', ' ', '(', '"', '\t']);
    let skipped = after.len() - value.len();
    skipped > 0
        && (["null", "none", "None", "false", "[]", "nil"].iter().any(|none| value.starts_with(none))
            || value.starts_with('0')
                && !value[1..].starts_with(|char: char| char.is_ascii_digit() || char == '.' || char == 'x'))
}

/// Joined to a letter, digit or sign that makes it a piece of a longer name.
fn is_part_of_name(line: &str, start: usize, end: usize) -> bool {
    let before = line[..start].chars().next_back().unwrap_or(' ');
    let mut after = line[end..].chars();
    let next = after.next().unwrap_or(' ');
    let joins = next == '.' && after.next().is_some_and(char::is_alphanumeric);
    matches!(before, '_' | '/' | '.' | '-' | '$' | '@')
        || matches!(next, '_' | '/' | '-')
        || (next == '(' && !line[end..].starts_with("(s)"))
        || joins
}

/// Words as runs of letters, or of digits, with where each ends.
fn spans(line: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &line[at..];
        let start = at + rest.find(|char: char| char.is_alphanumeric())?;
        let digits = line[start..].starts_with(|char: char| char.is_ascii_digit());
        let length = line[start..].find(|char: char| !char.is_alphanumeric() || char.is_ascii_digit() != digits);
        at = length.map_or(line.len(), |length| start + length);
        Some((&line[start..at], at))
    })
}

/// How much the words of a sentence promise: decisions, constraints, causes and outcomes raise it; announcements of what
/// comes next lower it. Between −0.6 and 1.5.
pub fn promise(sentence: &str) -> f32 {
    let lower = sentence.get(..sentence.floor_char_boundary(400)).unwrap_or(sentence).to_lowercase();
    let raised = telling_words(&lower).min(3) as f32 * 0.5;
    let start = lower.trim_start_matches(|char: char| !char.is_alphanumeric());
    let lowered = EMPTY.iter().any(|cue| start.starts_with(cue));
    // What starts with a pronoun needs the sentence before it.
    let leans = ["this ", "it ", "it's ", "that ", "these ", "they "].iter().any(|cue| start.starts_with(cue));
    if lowered { raised.min(0.5) - 0.6 } else { raised - if leans { 0.3 } else { 0.0 } }
}

/// How many of the words that tell stand in a text in lower case, each once. One pass: this is asked of every sentence.
fn telling_words(lower: &str) -> usize {
    let mut found = [false; TELLING.len()];
    let mut in_word = false;
    for (at, char) in lower.char_indices() {
        if !in_word && char.is_ascii_lowercase() {
            let rest = &lower[at..];
            for (cue, found) in TELLING.iter().zip(&mut found).filter(|(cue, _)| cue.as_bytes()[0] == char as u8) {
                let ends = || !rest[cue.len()..].starts_with(char::is_alphanumeric);
                *found = *found || rest.starts_with(cue) && ends();
            }
        }
        in_word = char.is_alphanumeric();
    }
    // Written without spaces, so that no word begins or ends there.
    let inside = if lower.is_ascii() { 0 } else { TELLING_ANYWHERE.iter().filter(|cue| lower.contains(**cue)).count() };
    found.into_iter().filter(|found| *found).count() + inside
}

const TELLING: &[&str] = &[
    "must",
    "never",
    "always",
    "don't",
    "do not",
    "instead",
    "because",
    "root cause",
    "cause",
    "caused",
    "decided",
    "decision",
    "fixed",
    "fix",
    "bug",
    "issue",
    "problem",
    "error",
    "errors",
    "fails",
    "failed",
    "failing",
    "broken",
    "should",
    "need",
    "needs",
    "want",
    "please",
    "important",
    "constraint",
    "require",
    "requires",
    "required",
    "only",
    "conclusion",
    "result",
    "summary",
    "turns out",
    "found",
    "missing",
    "wrong",
    "prefer",
    "avoid",
    "changed",
    "added",
    "removed",
    "renamed",
    "passed",
    "passing",
    "works",
    "remaining",
    "i'd like",
    "would like",
    "can you",
    "could you",
    "make sure",
    "todo",
    "blocked",
    "so that",
    "goal",
];
const TELLING_ANYWHERE: &[&str] =
    &["必须", "不要", "错误", "修复", "因为", "决定", "需要", "问题", "失败", "应该", "完成", "原因", "請", "请"];

const EMPTY: &[&str] = &[
    "let me",
    "now let",
    "now i",
    "i'll",
    "i will",
    "great",
    "perfect",
    "excellent",
    "good",
    "ok",
    "okay",
    "sure",
    "first, let",
    "next, let",
    "let's",
    "here's",
    "here is",
    "here are",
    "thanks",
    "thank you",
    "you're right",
    "looking at",
    "alright",
    "got it",
    "好的",
    "让我",
    "现在",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_is_told_from_what_did_not() {
        for line in [
            "3 errors found",
            "it fails",
            "TypeError: x is undefined",
            "thread 'main' panicked at src/a.rs:1",
            "FAILED tests/a.py::b",
            "error[E0382]: moved",
            "Error: boom",
            "2 failed, 10 passed",
            "Failures: 3",
            "npm ERR! code 1",
            "Traceback (most recent call last):",
            "open: ENOENT, no such file",
            "raise IndexOutOfBoundsException",
            "failed.",
            "2 error(s)",
            "Exit code 1",
            "构建失败了",
            "fatal: not a git repository",
            "0 passed, 3 failed",
        ] {
            assert!(tells_error(line), "{line}");
        }
        for line in [
            "12 passed, 0 failed",
            "no errors",
            "errors: 0",
            "failures=0",
            "Errors  0",
            "without errors",
            "\"error\": null",
            "error_handler installed",
            "src/errors.rs",
            "error.ts",
            "all good",
            "an on-error hook",
            "0 failures",
            "Found 0 errors.",
            "no test failures",
            "0 tests failed",
            "exit code 0",
            "没有错误",
            "0 error(s)",
        ] {
            assert!(!tells_error(line), "{line}");
        }
    }
}
