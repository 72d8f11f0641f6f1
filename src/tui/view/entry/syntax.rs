//! Light colouring by line: what a row of a diff, of JSON or of a log is, by the looks of its line. No parser: a line that
//! looks like something else is coloured as that, and nothing else happens.

use ratatui::{style::Style, text::Span};

use crate::{
    text::compress::severity::{Severity, severity},
    tui::view::theme::Theme,
};

/// What a text is, as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Plain,
    Diff,
    Json,
    Log,
}

/// Bytes of a text that are looked at to tell what it is.
const LOOKED_AT: usize = 8 * 1024;
/// Bytes of a line that are looked at to tell what it is, and before a row to tell where in JSON it begins.
const BEFORE: usize = 2 * 1024;

impl Syntax {
    pub fn of(text: &str) -> Syntax {
        let head = &text[..text.floor_char_boundary(LOOKED_AT)];
        let lines = || head.lines().take(80);
        let is_hunk = |line: &str| line.starts_with("@@ ") || line.starts_with("diff --git ");
        let is_edit = lines().take(3).any(|line| line == "old:") && head.contains("\nnew:");
        if lines().any(is_hunk) || head.contains("*** Begin Patch") || is_edit {
            return Syntax::Diff;
        }
        let start = head.trim_start();
        let after = start.chars().skip(1).find(|c| !c.is_whitespace());
        if (start.starts_with('{') && matches!(after, Some('"' | '}')))
            || (start.starts_with('[') && matches!(after, Some('{' | '[' | '"' | ']' | '0'..='9' | '-')))
        {
            return Syntax::Json;
        }
        match lines().filter(|line| is_logged(line)).count() {
            0 => Syntax::Plain,
            _ => Syntax::Log,
        }
    }

    /// The row `text[start..end]` in pieces with their styles.
    pub fn spans<'t>(self, text: &'t str, row: std::ops::Range<usize>, theme: &Theme) -> Vec<Span<'t>> {
        let shown = &text[row.clone()];
        let style = &theme.style;
        // A row that continues a line is of its line's kind.
        let near = text.floor_char_boundary(row.start.saturating_sub(BEFORE));
        let line_start = text[near..row.start].rfind('\n').map(|at| near + at + 1);
        let line_start = line_start.or((near == 0).then_some(0));
        let line = &text[line_start.unwrap_or(row.start)..row.end];
        match self {
            Syntax::Plain => vec![Span::styled(shown, style.agent.0)],
            Syntax::Json => json(&text[..row.end], near.max(line_start.unwrap_or(0)), row.start, theme),
            Syntax::Diff => vec![Span::styled(shown, diff_line(line, theme))],
            Syntax::Log => vec![Span::styled(shown, log_line(line, theme))],
        }
    }
}

fn is_logged(line: &str) -> bool {
    severity(line).is_some() || test_result(line).is_some() || starts_with_moment(line)
}

/// `2026-05-10T16:54:01`, `2026-05-10 16:54`, `[16:54:01]`.
fn starts_with_moment(line: &str) -> bool {
    let form: String =
        line.trim_start_matches('[').chars().take(10).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    form == "0000-00-00" || form.starts_with("00:00:00")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TestResult {
    Passed,
    Failed,
}

/// What a line of a test run says of a test.
fn test_result(line: &str) -> Option<TestResult> {
    let line = line.trim();
    let failed = line.ends_with("... FAILED")
        || [
            "FAILED ",
            "FAIL ",
            "--- FAIL",
            "✗ ",
            "✘ ",
            "not ok ",
            "error: ",
            "error[",
            "test result: FAILED",
            "panicked at",
        ]
        .iter()
        .any(|start| line.starts_with(start));
    let passed = line.ends_with("... ok")
        || ["PASSED ", "PASS ", "--- PASS", "✓ ", "✔ ", "ok ", "test result: ok"]
            .iter()
            .any(|start| line.starts_with(start));
    match (failed, passed) {
        (true, _) => Some(TestResult::Failed),
        (false, true) => Some(TestResult::Passed),
        (false, false) => None,
    }
}

fn log_line(line: &str, theme: &Theme) -> Style {
    let style = &theme.style;
    match (test_result(line), severity(line)) {
        (Some(TestResult::Failed), _) | (_, Some((Severity::Error, _))) => style.error.0,
        (_, Some((Severity::Warning, _))) => style.warn.0,
        (Some(TestResult::Passed), _) => style.good.0,
        _ => style.agent.0,
    }
}

fn diff_line(line: &str, theme: &Theme) -> Style {
    let style = &theme.style;
    match line.as_bytes() {
        [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => style.hunk.0,
        [b'+', ..] => style.added.0,
        [b'-', ..] => style.removed.0,
        [b'@', b'@', ..] | [b'*', b'*', b'*', ..] | b"old:" | b"new:" => style.hunk.0,
        [b'd', b'i', b'f', b'f', b' ', ..] | [b'i', b'n', b'd', b'e', b'x', b' ', ..] => style.hunk.0,
        _ => style.agent.0,
    }
}

/// The row from `start` to the end of `text`, read from a place before it where no string is open, as far as one is near.
fn json<'t>(text: &'t str, near: usize, start: usize, theme: &Theme) -> Vec<Span<'t>> {
    let style = &theme.style;
    let mut at = outside(text, near, start);
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    while at < text.len() {
        let (end, token) = match bytes[at] {
            b'"' => {
                let end = string_end(bytes, at);
                let is_key = bytes[end..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
                (end, if is_key { style.name.0 } else { style.string.0 })
            }
            b'0'..=b'9' | b'-' | b't' | b'f' | b'n' => {
                let length = bytes[at..]
                    .iter()
                    .take_while(|&&byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
                    .count();
                (at + length.max(1), style.number.0)
            }
            _ => {
                let length = bytes[at..]
                    .iter()
                    .take_while(|&&byte| !(byte == b'"' || byte == b'-' || byte.is_ascii_alphanumeric()))
                    .count();
                // A letter that begins no value: one byte of it is enough, whole characters are kept by the cut below.
                (at + length.max(1), style.muted.0)
            }
        };
        let end = text.ceil_char_boundary(end.min(text.len()));
        if end > start {
            spans.push(Span::styled(&text[at.max(start)..end], token));
        }
        at = end;
    }
    spans
}

fn string_end(bytes: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A place from `near` to `start` where no string is open: what stands between two values. In a string, quotation marks
/// are escaped, so these never stand inside one.
fn outside(text: &str, near: usize, start: usize) -> usize {
    let before = &text[near..start];
    let places = ["{\"", "[\"", ",\"", ", \"", "\":", "\n"].iter().filter_map(|mark| {
        let at = before.rfind(mark)?;
        Some(near + at + if *mark == "\":" || *mark == ", \"" { 2 } else { 1 })
    });
    places.max().unwrap_or(start).min(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::app::state::Look;

    #[test]
    fn a_text_is_known_by_its_looks() {
        assert_eq!(Syntax::of("diff --git a/a.rs b/a.rs\n--- a/a.rs\n+++ b/a.rs\n@@ -1 +1 @@\n-a\n+b\n"), Syntax::Diff);
        assert_eq!(Syntax::of("/home/ada/a.rs\nold:\na\nnew:\nb\n"), Syntax::Diff);
        assert_eq!(Syntax::of(r#"{"file_path":"a.rs"}"#), Syntax::Json);
        assert_eq!(Syntax::of("[main] is the branch"), Syntax::Plain);
        assert_eq!(Syntax::of("running 2 tests\ntest a ... ok\n"), Syntax::Log);
        assert_eq!(Syntax::of("2026-05-10T16:54:01Z  WARN slow"), Syntax::Log);
        assert_eq!(Syntax::of("Fix the rounding bug."), Syntax::Plain);
        assert_eq!([Syntax::of(""), Syntax::of("四捨五入")], [Syntax::Plain; 2]);
    }

    #[test]
    fn no_row_loses_a_letter() {
        let texts = [
            r#"{"a":"四捨五入 \" , \"x\": 1","b":[1,-2.5e3,true,null],"c":{"d":"e"}} trailing é四"#,
            "@@ -1 +1 @@\n-a\n+b\n c",
            "12:00:01 ERROR a\n test b ... ok",
        ];
        let theme = Theme::of(Look::Terminal);
        for text in texts {
            for syntax in [Syntax::Plain, Syntax::Diff, Syntax::Json, Syntax::Log] {
                for start in (0..text.len()).filter(|&at| text.is_char_boundary(at)) {
                    for end in (start..=text.len()).filter(|&at| text.is_char_boundary(at)) {
                        let spans = syntax.spans(text, start..end, &theme);
                        let shown: String = spans.iter().map(|span| span.content.as_ref()).collect();
                        assert_eq!(shown, text[start..end], "{syntax:?} {start}..{end}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_row_inside_a_string_of_json_is_a_string() {
        let text = format!(r#"{{"name":"{}","n":1}}"#, "word ".repeat(40));
        let theme = Theme::of(Look::Terminal);
        let spans = Syntax::Json.spans(&text, 60..100, &theme);
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].style, theme.style.string.0);
        let keys = Syntax::Json.spans(&text, 0..8, &theme);
        assert_eq!(keys[1].style, theme.style.name.0);
    }
}
