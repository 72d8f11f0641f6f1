//! The note that tells a reader what a shortened tool output held: tool, lines, whether it told of errors, paths.
//!
//! lore's annotation with its faults mended: `0 failed` is no error but `3 errors` and `TypeError` are, a leading `/` is
//! kept, `lib/Makefile` is a path and a URL is none; linear in the length of the text.

use super::{
    Subject,
    names::{self, NameKind},
    shape::Shape,
    size, words,
};

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
        for name in names::names(text).filter(|name| name.kind == NameKind::Path && !name.text.ends_with('/')) {
            if paths.len() == PATHS {
                break;
            }
            if !paths.iter().any(|path| path.ends_with(name.text)) {
                paths.push(name.text);
            }
        }
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

/// The last three parts of a long path.
fn short(path: &str) -> String {
    let start = path.rmatch_indices(['/', '\\']).nth(2).map_or(0, |(at, _)| at);
    if path.len() <= LONG_PATH || start == 0 { path.to_owned() } else { format!("…{}", &path[start..]) }
}

/// TEMPORARY until the branch `recall` is merged.
pub fn omitted(tool: &str, text: &str) -> String {
    format!("[output omitted — {tool}: {} lines — use recall for details]", text.lines().count())
}
