//! The note that tells a reader what a shortened tool output held: tool, lines, whether it told of errors, paths.
//!
//! lore's annotation with its faults mended: `0 failed` is no error but `3 errors` and `TypeError` are, a leading `/` is
//! kept, `lib/Makefile` is a path and a URL is none; linear in the length of the text.

use super::{
    Subject, code, line,
    names::{self, NameKind},
    shape::Shape,
    size, words,
};
use crate::text::sanitize;

/// Paths of a note at the most; lore's number.
const PATHS: usize = 5;
/// A path longer than this many bytes loses its first folders.
const LONG_PATH: usize = 48;

/// What a tool output held.
pub struct Loss<'a> {
    head: String,
    /// The first paths in it, the file that was read before them.
    paths: Vec<&'a str>,
}

impl<'a> Loss<'a> {
    /// `lines` = lines of the whole text; `text` may be a sample of it.
    pub fn new(subject: &Subject<'a>, shape: Shape, lines: usize, text: &'a str) -> Self {
        // `mcp__server__tool` stands in full in the header of the entry.
        let tool =
            subject.tool.and_then(|tool| tool.rsplit("__").next()).map_or(String::new(), |tool| format!("{tool}: "));
        let plural = if lines == 1 { "" } else { "s" };
        // Source code and patches speak of errors that did not happen.
        let told =
            || !matches!(shape, Shape::Code | Shape::Diff | Shape::Listing) && text.lines().any(words::tells_error);
        let errors = if subject.failed || told() { ", errors" } else { "" };
        let mut paths: Vec<&str> = subject.path.into_iter().collect();
        first_paths(text, &mut paths);
        Loss { head: format!("{tool}{lines} line{plural}{errors}"), paths }
    }

    /// The note, with those of its paths that `shown` does not show already and that fit `tokens` by the guess.
    pub fn note(&self, shown: &str, tokens: u32) -> String {
        let mut note = self.head.clone();
        let mut left = tokens.saturating_sub(size::guess(&note) + 2);
        let mut separator = "; ";
        for path in &self.paths {
            let path = short(path);
            let cost = size::guess(&path) + 1;
            if cost > left {
                break;
            }
            if !shown.contains(path.trim_start_matches('…')) {
                note.push_str(separator);
                note.push_str(&path);
                left -= cost;
                separator = ", ";
            }
        }
        format!("({note})")
    }
}

/// What stands in place of a tool output that is left out whole, in lore's words:
/// `[output omitted — bash: 142 lines, contained errors, paths: src/a.rs, src/b.rs — use recall for details]`.
///
/// Lines are counted as lore counts them: one more than there are newlines. Source code is not searched for errors, of
/// which it only speaks. Inert, one line, linear in the length of the text.
pub fn omitted(tool: &str, text: &str) -> String {
    let text = sanitize::inert(text);
    let tool = sanitize::inert_line(tool.rsplit("__").next().unwrap_or(tool));
    let tool = if tool.trim().is_empty() { "tool" } else { tool.trim() };
    let mut note = format!("[output omitted — {tool}: {} lines", text.split('\n').count());
    if text.lines().any(words::tells_error) && !is_source(&text) {
        note.push_str(", contained errors");
    }
    let mut paths = Vec::new();
    first_paths(&text, &mut paths);
    if !paths.is_empty() {
        note.push_str(&format!(", paths: {}", paths.join(", ")));
    }
    note.push_str(" — use recall for details]");
    note
}

/// Numbered lines, as the tools that read files give them, or what is built like code.
fn is_source(text: &str) -> bool {
    let lines = line::lines(text);
    lines.iter().any(|line| line.number.is_some()) || code::is_code(&lines)
}

/// Adds the paths of a text, each once, until there are [`PATHS`].
fn first_paths<'a>(text: &'a str, paths: &mut Vec<&'a str>) {
    for name in names::names(text).filter(|name| name.kind == NameKind::Path && !name.text.ends_with('/')) {
        if paths.len() >= PATHS {
            break;
        }
        if !paths.iter().any(|path| path.ends_with(name.text)) {
            paths.push(name.text);
        }
    }
}

/// The last three parts of a long path.
fn short(path: &str) -> String {
    let start = path.rmatch_indices(['/', '\\']).nth(2).map_or(0, |(at, _)| at);
    if path.len() <= LONG_PATH || start == 0 { path.to_owned() } else { format!("…{}", &path[start..]) }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn loss_annotated_strip() {
        let mut output = "   Compiling shop v0.1.0\n".repeat(139);
        output.push_str("error: unused value at src/a.rs:4\n  see src/b.rs:12\ndone");
        assert_eq!(
            omitted("bash", &output),
            "[output omitted — bash: 142 lines, contained errors, paths: src/a.rs, src/b.rs — use recall for details]"
        );
        let seven: String = (0..7).map(|n| format!("wrote src/part{n}.rs\n")).collect();
        assert_eq!(
            omitted("edit", &seven),
            "[output omitted — edit: 8 lines, paths: src/part0.rs, src/part1.rs, src/part2.rs, src/part3.rs, \
             src/part4.rs — use recall for details]"
        );
    }

    #[test]
    fn an_omitted_output_tells_of_errors_that_happened_only() {
        for told in ["3 errors found", "TypeError: x is undefined", "it fails here", "test a ... FAILED", "Exit code 2"]
        {
            assert!(omitted("bash", told).contains(", contained errors"), "{told}");
        }
        for quiet in ["12 passed, 0 failed", "no errors", "see src/errors.rs", "     1\tfn error() {\n     2\t}"] {
            assert!(!omitted("bash", quiet).contains("contained errors"), "{quiet}");
        }
        assert!(omitted("bash", "\u{1b}[31merror\u{1b}[0m: no").contains("contained errors"), "colours hide nothing");
    }

    #[test]
    fn paths_of_an_omitted_output_are_whole() {
        let paths = |text: &str| {
            let note = omitted("grep", text);
            note.split_once("paths: ").map_or(String::new(), |(_, rest)| rest.replace(" — use recall for details]", ""))
        };
        assert_eq!(paths("in /home/kim/shop/cart.rs:7"), "/home/kim/shop/cart.rs");
        assert_eq!(paths("web/foo.component is new"), "web/foo.component");
        assert_eq!(paths("see https://example.org/a/b.html now"), "");
        assert_eq!(paths("make -f lib/Makefile"), "lib/Makefile");
        assert_eq!(paths("src/a.rs src/a.rs src/a.rs"), "src/a.rs");
    }

    #[test]
    fn an_omitted_output_is_one_inert_line_made_in_linear_time() {
        let hostile = format!("{}\u{1b}]0;x\u{7}", "a/".repeat(2_000_000));
        let note = omitted("mcp__shell__bash\n", &hostile);
        assert_eq!(note, "[output omitted — bash: 1 lines — use recall for details]");
        assert_eq!(omitted("", ""), "[output omitted — tool: 1 lines — use recall for details]");
    }
}
