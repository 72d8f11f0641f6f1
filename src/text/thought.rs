//! What a model thinks aloud between `<think>` and `</think>` is no part of what it says.

/// Names of the elements, without brackets.
const NAMES: [&str; 2] = ["think", "thinking"];

/// The text without its thoughts, one that never ends included. Where only the end of a thought stands, as of models
/// whose template opens it for them, all before that is one.
pub fn without(text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    loop {
        let Some(tag) = next_tag(rest) else {
            said.push_str(rest);
            return said;
        };
        match tag.side {
            Side::End => said.clear(),
            Side::Start => said.push_str(&rest[..tag.start]),
        }
        rest = &rest[tag.end..];
        if tag.side == Side::Start {
            match end_of(rest, tag.name) {
                Some(end) => rest = &rest[end..],
                None => return said,
            }
        }
    }
}

/// What can be shown of a text that is still coming: without thoughts, and without its last word, which may turn out to
/// be the beginning of one.
pub fn so_far(text: &str) -> String {
    let whole = text.rfind(char::is_whitespace).map_or("", |at| &text[..at]);
    without(whole).trim().to_owned()
}

struct Tag {
    start: usize,
    end: usize,
    name: &'static str,
    side: Side,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Start,
    End,
}

fn next_tag(text: &str) -> Option<Tag> {
    text.match_indices('<').find_map(|(start, _)| {
        let after = &text[start + 1..];
        let (side, after) = after.strip_prefix('/').map_or((Side::Start, after), |after| (Side::End, after));
        let name = NAMES.into_iter().find(|name| is_named(after, name))?;
        let end = text.len() - after.len() + name.len() + 1;
        Some(Tag { start, end, name, side })
    })
}

/// Whether a text begins with `name>`, in any case.
fn is_named(text: &str, name: &str) -> bool {
    let head = text.as_bytes().get(..=name.len());
    head.is_some_and(|head| head.ends_with(b">") && head[..name.len()].eq_ignore_ascii_case(name.as_bytes()))
}

/// Where a thought of that name is over. Thoughts may hold thoughts.
fn end_of(text: &str, name: &str) -> Option<usize> {
    let (mut depth, mut at) = (1u32, 0);
    while let Some(tag) = next_tag(&text[at..]) {
        if tag.name == name {
            match tag.side {
                Side::Start => depth += 1,
                Side::End => depth -= 1,
            }
        }
        at += tag.end;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn thoughts_are_removed_open_ones_too() {
        assert_eq!(without("<think>hm</think>Run the tests."), "Run the tests.");
        assert_eq!(without("a <THINK>b</Think> c <thinking>d</thinking> e"), "a  c  e");
        assert_eq!(without("Run it.\n<think>but then"), "Run it.\n");
        assert_eq!(without("<think>never ends"), "");
        assert_eq!(without("<think>a <think>b</think> c</think>d"), "d");
    }

    #[test]
    fn an_end_alone_makes_all_before_it_a_thought() {
        assert_eq!(without("hm, first\n</think>\nRun the tests."), "\nRun the tests.");
    }

    #[test]
    fn what_only_looks_like_a_thought_stays() {
        for text in ["Vec<think", "a < b", "<thinker>x</thinker>", "think> </ think>", "<", "é<é"] {
            assert_eq!(without(text), text);
        }
    }

    #[test]
    fn while_it_comes_no_piece_of_a_thought_is_shown() {
        let text = "Run <think>secretly wonder</think> the tests now.";
        for (end, _) in text.char_indices() {
            let shown = so_far(&text[..end]);
            assert!("Run  the tests now.".starts_with(&shown), "{shown}");
        }
        assert_eq!(so_far("Run the te"), "Run the");
    }
}
