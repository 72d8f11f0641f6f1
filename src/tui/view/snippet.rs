//! The one line that an entry has in the list.

use ratatui::{layout::Rect, style::Style, text::Span};

use super::paint::Painter;
use crate::{
    model::{Entry, Kind, Session},
    text::{sanitize, words},
    tui::app::search::Query,
};

/// Bytes of a text that are looked at.
const LINE_BYTES: usize = 600;
/// Bytes of a call that are looked at.
const CALL_BYTES: usize = 64 * 1024;
/// Characters from which on a line stands for itself.
const WORTH_READING: usize = 40;
/// A call's input is JSON; these of its values say most about it, in this order.
const TELLING: [&str; 12] = [
    "command",
    "cmd",
    "file_path",
    "path",
    "notebook_path",
    "pattern",
    "query",
    "url",
    "skill",
    "description",
    "prompt",
    "subject",
];

/// The first line that says something, or the place that was searched for, with the find lit up.
pub fn draw(query: &Query, session: &Session, entry: &Entry, area: Rect, body: Style, paint: &mut Painter) {
    if area.is_empty() {
        return;
    }
    let line = match query.place_in(&entry.text) {
        Some(found) => line_around(&entry.text, found.start),
        None => line_of(session, entry),
    };
    let line = sanitize::inert_line(&line);
    let line = words::clip(line.trim(), usize::from(area.width));
    let spans = match query.place_in(&line) {
        Some(found) => {
            let lit = paint.theme.style.found.0;
            let part = |range: std::ops::Range<usize>| line[range].to_owned();
            vec![
                Span::styled(part(0..found.start), body),
                Span::styled(part(found.clone()), lit),
                Span::styled(part(found.end..line.len()), body),
            ]
        }
        None => vec![Span::styled(line, body)],
    };
    paint.spans(area, spans);
}

/// What an entry is about, in a line: a call by its most telling value, files without the project's own folder.
pub fn line_of(session: &Session, entry: &Entry) -> String {
    let line = match entry.kind {
        Kind::Call => change_line(&entry.text).unwrap_or_else(|| call_line(&entry.text)),
        Kind::Boundary => first_line(&entry.text).to_owned(),
        _ => telling_line(&entry.text),
    };
    in_project(session, &line)
}

/// A path as it reads inside the session's project.
pub fn in_project(session: &Session, path: &str) -> String {
    let project = session.project.trim_end_matches(['/', '\\']);
    let inside = (project.len() > 1).then(|| path.strip_prefix(project)).flatten();
    inside.and_then(|inside| inside.strip_prefix(['/', '\\'])).unwrap_or(path).to_owned()
}

/// Read results number their lines: `   12→text`, or with a tab.
fn without_number(line: &str) -> &str {
    match line.split_once(['→', '\t']) {
        Some((number, rest)) if number.trim().parse::<u32>().is_ok() => rest.trim_start(),
        _ => line,
    }
}

fn start_of(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes.min(text.len()))]
}

/// The first line with something on it, of the first bytes.
pub fn first_line(text: &str) -> &str {
    start_of(text, LINE_BYTES).lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim_start()
}

/// The first lines that say something, joined until they make a line worth reading: a lone brace or a table's rule says
/// nothing.
fn telling_line(text: &str) -> String {
    let mut said = String::new();
    for line in start_of(text, LINE_BYTES).lines().map(without_number).filter(|line| says_something(line)) {
        if !said.is_empty() {
            said.push(' ');
        }
        said.push_str(&line.split_whitespace().collect::<Vec<_>>().join(" "));
        if said.chars().count() >= WORTH_READING {
            break;
        }
    }
    if said.is_empty() { first_line(text).to_owned() } else { said }
}

/// Letters and digits make up a third of it at least, and there is a letter among them.
fn says_something(line: &str) -> bool {
    let marks = line.chars().filter(|c| !c.is_whitespace());
    let (all, words) = marks.fold((0, 0), |(all, words), c| (all + 1, words + usize::from(c.is_alphanumeric())));
    line.chars().any(char::is_alphabetic) && words * 3 >= all
}

/// The file that an edit or a write changes, and the first line that is new in it: "db.rs: use pricing::Priced;".
/// `None` for other calls.
fn change_line(text: &str) -> Option<String> {
    let (path, body) = start_of(text, CALL_BYTES).split_once('\n')?;
    let (old, new) = match body.strip_prefix("old:\n") {
        Some(change) => change.split_once("\nnew:\n").unwrap_or((change, "")),
        None => ("", body.strip_prefix("content:\n")?),
    };
    let (old, new) = (telling_lines(old), telling_lines(new));
    let added = new.iter().find(|line| !old.contains(line)).map(|line| (*line).to_owned());
    let removed = || old.iter().find(|line| !new.contains(line)).map(|line| format!("− {line}"));
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    added.or_else(removed).map(|change| format!("{file}: {change}"))
}

fn telling_lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| says_something(line)).collect()
}

/// What a call does, out of its JSON: the command, the file, the pattern.
fn call_line(text: &str) -> String {
    let short = text.len() <= CALL_BYTES;
    let input = short.then(|| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).ok()).flatten();
    let telling = input.as_ref().and_then(|input| {
        let values = TELLING.iter().filter_map(|key| input.get(*key)?.as_str());
        values.into_iter().find(|value| !value.trim().is_empty())
    });
    telling.map_or_else(|| first_line(text).to_owned(), |value| first_line(value).to_owned())
}

/// The line of a place, from a word or two before it.
fn line_around(text: &str, at: usize) -> String {
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let near = text.floor_char_boundary(at.saturating_sub(14).max(line_start));
    let word = text[near..at].find(char::is_whitespace).map_or(at, |space| near + space + 1);
    let start = if near == line_start { line_start } else { word };
    let end = text.floor_char_boundary((start + LINE_BYTES).min(text.len()));
    let line = text[start..end].lines().next().unwrap_or("");
    if start == line_start { line.to_owned() } else { format!("…{line}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_told_by_its_most_telling_value() {
        assert_eq!(call_line(r#"{"description":"Run tests","command":"\ncargo test"}"#), "cargo test");
        assert_eq!(call_line(r#"{"file_path":"src/db.rs","limit":10}"#), "src/db.rs");
        assert_eq!(call_line(r#"{"todos":[]}"#), r#"{"todos":[]}"#);
        assert_eq!(call_line("*** Begin Patch\n"), "*** Begin Patch");
    }

    #[test]
    fn lines_without_words_are_passed_over_and_short_ones_joined() {
        let json = "{\n  \"id\": \"pi_3PqTeaK2e\",\n  \"amount\": 3792,\n  \"currency\": \"eur\"\n}";
        assert_eq!(telling_line(json), r#""id": "pi_3PqTeaK2e", "amount": 3792, "currency": "eur""#);
        let table = "-[ RECORD 1 ]--+------------------------------------\nid          | 18231\nstatus   | paid";
        assert_eq!(telling_line(table), "id | 18231 status | paid");
        assert_eq!(telling_line("{\n}\n"), "{", "where nothing says anything, the first line stands");
    }

    #[test]
    fn an_edit_is_told_by_its_file_and_the_first_new_line() {
        let edit = "/home/ada/shop/src/db.rs\nold:\nuse sqlx::Row;\n\nnew:\nuse sqlx::Row;\nuse pricing::Priced;\n";
        assert_eq!(change_line(edit).as_deref(), Some("db.rs: use pricing::Priced;"));
        let removal = "src/db.rs\nold:\n    write_total(tx);\n}\nnew:\n}";
        assert_eq!(change_line(removal).as_deref(), Some("db.rs: − write_total(tx);"));
        assert_eq!(change_line("a.rs\ncontent:\n//! Rounding.\n").as_deref(), Some("a.rs: //! Rounding."));
        assert_eq!(change_line("cargo test\n2>&1"), None);
    }

    #[test]
    fn results_lose_their_line_numbers_and_paths_their_project() {
        assert_eq!(without_number("   12→use std::fmt;"), "use std::fmt;");
        assert_eq!(without_number("150\t  return ("), "return (");
        assert_eq!(without_number("a→b"), "a→b");
        let mut session = Session::new(crate::model::SessionId::new("claude:1"));
        session.project = crate::text::redact::clean("/home/ada/shop");
        assert_eq!(in_project(&session, "/home/ada/shop/src/db.rs"), "src/db.rs");
        assert_eq!(in_project(&session, "/home/ada/shopping/db.rs"), "/home/ada/shopping/db.rs");
        session.project = crate::text::redact::clean(r"D:\shop");
        assert_eq!(in_project(&session, r"D:\shop\src\db.rs"), r"src\db.rs");
    }

    #[test]
    fn a_find_shows_what_stands_around_it() {
        assert_eq!(line_around("one\ntwo three four five six seven\neight", 24), "…four five six seven");
        assert_eq!(line_around("one\ntwo three\neight", 8), "two three");
        assert_eq!(line_around("四捨五入四捨五入四捨五入", 24), "…四捨五入");
    }
}
