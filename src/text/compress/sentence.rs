//! Splits prose into sentences, headings, list items and other lines.
//!
//! Rules of thumb, made for what agents and people write: a dot ends a sentence only before white space, never after an
//! abbreviation, in an ellipsis, in `inline code` or between digits; `。！？` always do. Markdown's line blocks (headings,
//! list items, quotes, tables, fenced code) end with their line.

use std::ops::Range;

use super::size;

/// A sentence or line, as a byte range of the text without surrounding white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    pub range: Range<usize>,
    pub form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A sentence of a paragraph or list item.
    Sentence,
    Heading,
    /// The first sentence of a list item, with its bullet.
    Item,
    /// A line of fenced code, a table or a rule.
    Verbatim,
}

/// A sentence longer than this many bytes is cut at a clause, or failing that at a word.
const LONGEST: usize = 480;

/// All sentences in order, none empty, none overlapping.
pub fn sentences(text: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut paragraph: Option<Range<usize>> = None;
    let mut fenced = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.len();
        start = range.end;
        let block = block(line);
        let fence = block == Block::Fence;
        let ends_paragraph = fenced || block != Block::Text;
        if let Some(paragraph) = paragraph.take_if(|_| ends_paragraph) {
            split(text, paragraph, Form::Sentence, &mut found);
        }
        if fence {
            fenced = !fenced;
        } else if fenced || block == Block::Verbatim {
            push(text, range, Form::Verbatim, &mut found);
        } else if block == Block::Heading {
            push(text, range, Form::Heading, &mut found);
        } else if block == Block::Item {
            split(text, range, Form::Item, &mut found);
        } else if block == Block::Text {
            paragraph = Some(paragraph.map_or(range.start, |open: Range<usize>| open.start)..range.end);
        }
    }
    if let Some(paragraph) = paragraph {
        split(text, paragraph, Form::Sentence, &mut found);
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Blank,
    Heading,
    Item,
    Fence,
    /// A table row, a rule, a tag on its own line, an indented block.
    Verbatim,
    Text,
}

fn block(line: &str) -> Block {
    let bare = line.trim();
    if bare.is_empty() {
        Block::Blank
    } else if bare.starts_with("```") || bare.starts_with("~~~") {
        Block::Fence
    } else if bare.starts_with('#') && bare.trim_start_matches('#').starts_with([' ', '\t']) {
        Block::Heading
    } else if is_item(bare) {
        Block::Item
    } else if bare.starts_with('|')
        || bare.starts_with('<') && bare.ends_with('>')
        || line.starts_with("    ")
        || is_rule(bare)
    {
        Block::Verbatim
    } else {
        Block::Text
    }
}

fn is_item(bare: &str) -> bool {
    if bare.starts_with(['-', '*', '+', '•', '>', '✓', '✗', '✅', '❌', '☐', '☑']) {
        let rest = bare.trim_start_matches(['-', '*', '+', '•', '>', '✓', '✗', '✅', '❌', '☐', '☑']);
        return rest.starts_with([' ', '\t']) || !bare.starts_with(['-', '*', '+', '>']);
    }
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    (1..=3).contains(&digits) && (bare[digits..].starts_with(". ") || bare[digits..].starts_with(") "))
}

fn is_rule(bare: &str) -> bool {
    bare.len() >= 3 && bare.bytes().all(|byte| b"-=*_ ".contains(&byte))
}

fn push(text: &str, range: Range<usize>, form: Form, found: &mut Vec<Sentence>) {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    let end = range.start + part.trim_end().len();
    if start < end {
        found.push(Sentence { range: start..end, form });
    }
}

/// Splits a paragraph or list item at sentence ends; the first part keeps `form`.
fn split(text: &str, range: Range<usize>, form: Form, found: &mut Vec<Sentence>) {
    let part = &text[range.clone()];
    let bytes = part.as_bytes();
    let mut form = form;
    let mut start = 0;
    let last_code_end = part.rfind('`').unwrap_or(0);
    let mut in_code = false;
    // A list number such as `1.` ends no sentence.
    let mut at = part.len() - part.trim_start().len();
    if form == Form::Item {
        at += part[at..].find(' ').unwrap_or(0);
    }
    while at < bytes.len() {
        match bytes[at] {
            b'`' => in_code = !in_code && at < last_code_end,
            b'.' | b'!' | b'?' if !in_code => {
                let end = after_enders(part, at);
                if ends_sentence(part, start, at, end) {
                    push_cut(text, range.start + start..range.start + end, form, found);
                    (start, form) = (end, Form::Sentence);
                }
                at = end;
                continue;
            }
            0xE3 | 0xEF if !in_code => {
                let char = part[at..].chars().next().unwrap_or(' ');
                if matches!(char, '。' | '！' | '？') {
                    let end = after_enders(part, at);
                    push_cut(text, range.start + start..range.start + end, form, found);
                    (start, form) = (end, Form::Sentence);
                    at = end;
                    continue;
                }
            }
            _ => {}
        }
        at += part[at..].chars().next().map_or(1, char::len_utf8);
    }
    push_cut(text, range.start + start..range.end, form, found);
}

/// Past the run of end marks, and of the closing quotes and brackets behind it.
fn after_enders(part: &str, at: usize) -> usize {
    let marks = part[at..].trim_start_matches(['.', '!', '?', '。', '！', '？']);
    let closers = marks.trim_start_matches([')', ']', '"', '\'', '”', '’', '」', '』', '）', '》', '*', '_']);
    part.len() - closers.len()
}

/// Whether the marks at `at..end` end the sentence that began at `start`.
fn ends_sentence(part: &str, start: usize, at: usize, end: usize) -> bool {
    let Some(next) = part[end..].chars().next() else { return true };
    if !next.is_whitespace() {
        return size::is_wide(next) && part[..at].chars().next_back().is_some_and(size::is_wide);
    }
    let marks = &part[at..end];
    if marks.contains(['!', '?']) {
        return true;
    }
    if marks.starts_with("..") {
        return false;
    }
    let word = part[start..at].rsplit(|char: char| char.is_whitespace() || "(\"'[".contains(char)).next().unwrap_or("");
    let after = part[end..].trim_start().chars().next().unwrap_or(' ');
    !is_abbreviation(word, after)
}

/// Whether the dot after `word` belongs to it, given the first character that follows.
fn is_abbreviation(word: &str, after: char) -> bool {
    const ALWAYS: &[&str] = &[
        "e.g", "i.e", "eg", "ie", "vs", "cf", "approx", "ca", "resp", "mr", "mrs", "ms", "dr", "prof", "st", "incl",
        "viz", "al",
    ];
    const BEFORE_LOWER: &[&str] = &["etc", "inc", "ltd", "co", "corp", "jr", "sr", "dept", "a.m", "p.m", "u.s"];
    const BEFORE_NUMBER: &[&str] =
        &["no", "nr", "fig", "sec", "vol", "p", "pp", "ch", "eq", "min", "max", "art", "ver", "v"];
    if word.len() > 8 {
        return false;
    }
    // The number of a list item that was pasted into a paragraph.
    if (1..=2).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    let lower = word.to_lowercase();
    ALWAYS.contains(&lower.as_str())
        || (BEFORE_LOWER.contains(&lower.as_str()) && after.is_lowercase())
        || (BEFORE_NUMBER.contains(&lower.as_str()) && after.is_ascii_digit())
        || (word.len() == 1 && word.starts_with(|char: char| char.is_ascii_uppercase()) && after.is_uppercase())
}

fn push_cut(text: &str, mut range: Range<usize>, mut form: Form, found: &mut Vec<Sentence>) {
    while range.len() > LONGEST {
        let window = &text[range.start..text.floor_char_boundary(range.start + LONGEST)];
        let clause = ["，", "；", "、", "; ", ": "].iter().filter_map(|mark| window.rfind(mark)).max();
        let clause = clause.filter(|at| *at > LONGEST / 3);
        let cut = clause.or_else(|| window.rfind(char::is_whitespace).filter(|at| *at > LONGEST / 3));
        let end = match cut {
            Some(at) => at + window[at..].chars().next().map_or(1, char::len_utf8),
            // Zero only where one "character" has more combining marks than any script writes.
            None => match size::between_graphemes(&text[range.clone()], LONGEST) {
                0 => window.len(),
                end => end,
            },
        };
        push(text, range.start..range.start + end, form, found);
        range.start += end;
        form = Form::Sentence;
    }
    push(text, range, form, found);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|sentence| &text[sentence.range]).collect()
    }

    #[test]
    fn dots_inside_names_numbers_and_abbreviations_end_nothing() {
        for text in [
            "Edited jwt.go and src/store/sqlite.rs at v1.2 in 3.5 s, see https://example.org/a.b?c=d.e for it.",
            "Use a map, e.g. a HashMap, i.e. something fast, cf. Fig. 3 and no. 5 etc. as well.",
            "Wait ... it goes on … and on.",
            "Ask Dr. Meyer about J. Smith's patch.",
            "Call `a. B` first.",
            "can you fix: 1. Duplicate code and 2. the rest",
        ] {
            assert_eq!(parts(text), [text]);
        }
    }

    #[test]
    fn sentences_end_at_their_marks() {
        assert_eq!(
            parts("It works. Is it fast? Yes! no. really."),
            ["It works.", "Is it fast?", "Yes!", "no.", "really."]
        );
        assert_eq!(parts("He said \"stop.\" Then (he left.) End"), ["He said \"stop.\"", "Then (he left.)", "End"]);
        assert_eq!(parts("Over two\nlines. Next"), ["Over two\nlines.", "Next"]);
        assert_eq!(parts("A `tick that never closes. Next one."), ["A `tick that never closes.", "Next one."]);
    }

    #[test]
    fn cjk_marks_end_sentences_without_a_space() {
        assert_eq!(
            parts("修复src/db.rs的错误。然后运行测试！好吗？“好。”走"),
            ["修复src/db.rs的错误。", "然后运行测试！", "好吗？", "“好。”", "走"]
        );
    }

    #[test]
    fn markdown_lines_stand_alone() {
        let text =
            "# Plan\nFirst part\nof it.\n\n1. Do a. Then b.\n- [ ] do c\n\n```rust\nlet x = 1. + y;\n```\n| a | b |\n";
        assert_eq!(
            parts(text),
            ["# Plan", "First part\nof it.", "1. Do a.", "Then b.", "- [ ] do c", "let x = 1. + y;", "| a | b |"]
        );
    }

    #[test]
    fn an_endless_sentence_is_cut_at_words() {
        let text = "word ".repeat(1000);
        assert!(parts(&text).iter().all(|part| part.len() <= LONGEST && part.ends_with("word")));
        assert!(parts(&"。".repeat(10_000)).iter().all(|part| part.len() <= LONGEST));
    }

    proptest::proptest! {
        #[test]
        fn sentences_are_in_order_and_lose_only_white_space_and_fences(text in "[a-zA-Z.!?`#\\n 。中-]{0,120}") {
            let mut end = 0;
            for sentence in sentences(&text) {
                assert!(sentence.range.start >= end && !sentence.range.is_empty());
                end = sentence.range.end;
            }
            if !text.contains("```") && !text.contains("~~~") {
                let kept: String = parts(&text).concat().split_whitespace().collect();
                assert_eq!(kept, text.split_whitespace().collect::<String>());
            }
        }
    }
}
