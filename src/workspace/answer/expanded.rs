//! An entry's text at a level, whole or a part of it: the way from a shortened text back to what it stands for.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    model::{Entry, EntryId, Fate, Kind, Level, Role, SessionId, Time},
    text::sanitize,
};

/// Characters of one answer: some 10,000 tokens.
const MOST: usize = 40_000;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Expanded<'a> {
    pub session_id: &'a SessionId,
    pub entry_id: EntryId,
    pub seq: u32,
    pub kind: Kind,
    pub role: Role,
    pub tool: Option<&'a str>,
    pub path: Option<&'a str>,
    pub at: Option<Time>,
    pub pinned: bool,
    /// Live, or why it is out of the packs.
    pub fate: Fate,
    /// The level that was asked for.
    pub level: Level,
    /// The level whose text this is: a shallower one where nothing is saved.
    pub shows: Level,
    /// What its block costs there, header included.
    pub tokens: u32,
    /// Lines of the whole text at this level.
    pub lines: usize,
    /// Characters of the whole text at this level.
    pub characters: usize,
    /// The first character that is given, from 1.
    pub from_char: usize,
    /// The last one.
    pub to_char: usize,
    /// What to ask for next as `from_char`; `null` where the part that was asked for is all here.
    pub next_char: Option<usize>,
    /// The text, inert.
    pub text: String,
}

/// Which part of a text; numbers are from 1, and the last one is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Whole,
    Lines { from: usize, to: usize },
    Characters { from: usize, to: usize },
}

impl<'a> Expanded<'a> {
    /// # Errors
    /// Where the text ends before the part begins, in words.
    pub fn new(session_id: &'a SessionId, entry: &'a Entry, level: Level, span: Span) -> Result<Expanded<'a>, String> {
        let whole = sanitize::inert(entry.text_at(level));
        let (lines, characters) = (whole.lines().count(), whole.chars().count());
        let (skip, wanted) = match span {
            Span::Whole => (0, characters),
            Span::Characters { from, to } => {
                if from > characters.max(1) {
                    return Err(format!("#{} has {characters} characters at {level}: ask for less", entry.seq));
                }
                (from - 1, to.saturating_sub(from - 1))
            }
            Span::Lines { from, to } => {
                if from > lines.max(1) {
                    return Err(format!("#{} has {lines} lines at {level}: ask for less", entry.seq));
                }
                let length = |lines: usize| -> usize {
                    whole.split_inclusive('\n').take(lines).map(|line| line.chars().count()).sum()
                };
                let skip = length(from - 1);
                (skip, length(to) - skip)
            }
        };
        let wanted = wanted.min(characters - skip);
        let given = wanted.min(MOST);
        Ok(Expanded {
            session_id,
            entry_id: entry.id,
            seq: entry.seq,
            kind: entry.kind,
            role: entry.role,
            tool: entry.tool.as_deref(),
            path: entry.path.as_deref(),
            at: entry.at,
            pinned: entry.state.pinned,
            fate: entry.state.fate,
            level,
            shows: entry.effective_level(level),
            tokens: entry.cost(level),
            lines,
            characters,
            from_char: skip + 1,
            to_char: skip + given,
            next_char: (given < wanted).then_some(skip + given + 1),
            text: whole.chars().skip(skip).take(given).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::pack::strategy::tests::entry;

    fn part(text: &str, span: Span) -> Result<(String, usize, usize, Option<usize>), String> {
        let id = SessionId::new("x");
        let entry = entry(3, Kind::Message, text);
        let expanded = Expanded::new(&id, &entry, Level::Full, span)?;
        Ok((expanded.text, expanded.from_char, expanded.to_char, expanded.next_char))
    }

    #[test]
    fn parts_are_exact_and_join_to_the_whole() {
        let text = "één\ntwee\n\ndrie";
        assert_eq!(part(text, Span::Whole), Ok((text.into(), 1, 14, None)));
        assert_eq!(part(text, Span::Lines { from: 2, to: 3 }), Ok(("twee\n\n".into(), 5, 10, None)));
        assert_eq!(part(text, Span::Lines { from: 4, to: 99 }), Ok(("drie".into(), 11, 14, None)));
        assert_eq!(part(text, Span::Characters { from: 2, to: 3 }), Ok(("én".into(), 2, 3, None)));
        assert_eq!(part("", Span::Whole), Ok((String::new(), 1, 0, None)));
        assert!(part(text, Span::Lines { from: 5, to: 6 }).is_err_and(|why| why.contains("4 lines")));
        assert!(part(text, Span::Characters { from: 15, to: 16 }).is_err_and(|why| why.contains("14 characters")));
    }

    #[test]
    fn a_long_text_comes_in_pieces() {
        let text = "é\n".repeat(MOST);
        let (mut whole, mut next) = (String::new(), Some(1));
        while let Some(from) = next {
            let (piece, at, _, then) = part(&text, Span::Characters { from, to: usize::MAX }).expect("it goes on");
            assert_eq!((at, piece.chars().count()), (from, MOST));
            whole.push_str(&piece);
            next = then;
        }
        assert!(whole == text);
    }
}
