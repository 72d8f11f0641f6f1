//! One line out of an entry's text: a sentence, inert, cut where it is long.

use super::Line;
use crate::{
    model::Entry,
    text::{
        compress::sentence::{self, Form},
        sanitize,
    },
};

/// Characters of a line at the most.
pub const LONGEST: usize = 160;
/// Bytes of an entry that are searched for sentences: a pasted log is not read to its end.
const SEARCHED: usize = 64 * 1024;

/// A line of an entry.
pub fn line(text: &str, entry: &Entry) -> Line {
    Line { text: one_line(text, LONGEST), sources: vec![entry.seq] }
}

/// White space runs become one space, a list's mark goes, and what is over `longest` characters is cut at a word.
pub fn one_line(text: &str, longest: usize) -> String {
    let inert = sanitize::inert_line(text);
    let line = inert.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = without_list_mark(&line);
    let Some((end, _)) = bare.char_indices().nth(longest) else { return bare.to_owned() };
    let cut = bare[..end].rfind(' ').filter(|at| at * 2 > end).unwrap_or(end);
    // A joiner, an accent or a skin tone belongs to the character before it.
    format!("{}…", bare[..cut].trim_end_matches(|c: char| !c.is_ascii() && !c.is_alphanumeric()).trim_end())
}

/// `- [x] a` → `[x] a`; `--flag` stays.
fn without_list_mark(line: &str) -> &str {
    let mut bare = line;
    while let Some((mark, rest)) = bare.split_once(' ')
        && (["-", "*", ">", "+", "•"].contains(&mark) || !mark.is_empty() && mark.bytes().all(|byte| byte == b'#'))
    {
        bare = rest;
    }
    bare
}

/// The sentences of an entry that say something, in order: no code, no rules, no heading by itself.
pub fn sentences(entry: &Entry) -> Vec<&str> {
    let text = &entry.text[..entry.text.floor_char_boundary(SEARCHED)];
    let all = sentence::sentences(text).into_iter();
    let told = all.filter(|sentence| !matches!(sentence.form, Form::Verbatim | Form::Heading));
    told.map(|sentence| &text[sentence.range]).filter(|told| told.chars().any(char::is_alphanumeric)).collect()
}

/// The first of them, or the first line where there is no sentence.
pub fn opening(entry: &Entry) -> Option<&str> {
    let first_line = || entry.text.lines().find(|line| line.chars().any(char::is_alphanumeric));
    sentences(entry).first().copied().or_else(first_line)
}
