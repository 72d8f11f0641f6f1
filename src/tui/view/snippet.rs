//! The one line that an entry has in the list.

use ratatui::{layout::Rect, style::Style, text::Span};

use super::paint::Painter;
use crate::{
    model::{Entry, Kind},
    text::sanitize,
    tui::{app::search::Query, words},
};

/// Bytes of a text that are looked at.
const LINE_BYTES: usize = 600;
/// A call's input is JSON; these of its values say most about it, in this order.
const TELLING: [&str; 12] = [
    "command", "cmd", "file_path", "path", "notebook_path", "pattern", "query", "url", "skill", "description", "prompt",
    "subject",
];

/// The first line that says something, or the place that was searched for, with the find lit up.
pub fn draw(query: &Query, entry: &Entry, area: Rect, body: Style, paint: &mut Painter) {
    if area.is_empty() {
        return;
    }
    let line = match query.place_in(&entry.text) {
        Some(found) => line_around(&entry.text, found.start).to_owned(),
        None if entry.kind == Kind::Call => call_line(&entry.text),
        None => first_line(&entry.text).to_owned(),
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

/// The first line with something on it, of the first bytes.
pub fn first_line(text: &str) -> &str {
    let start = &text[..text.floor_char_boundary(LINE_BYTES.min(text.len()))];
    start.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim_start()
}

/// What a call does, out of its JSON: the command, the file, the pattern.
fn call_line(text: &str) -> String {
    let short = text.len() <= 64 * 1024;
    let input = short.then(|| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).ok()).flatten();
    let telling = input.as_ref().and_then(|input| {
        let values = TELLING.iter().filter_map(|key| input.get(*key)?.as_str());
        values.into_iter().find(|value| !value.trim().is_empty())
    });
    telling.map_or_else(|| first_line(text).to_owned(), |value| first_line(value).to_owned())
}

/// A little before the place, from its line.
fn line_around(text: &str, at: usize) -> &str {
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let start = text.floor_char_boundary(at.saturating_sub(12).max(line_start));
    let end = text.floor_char_boundary((start + LINE_BYTES).min(text.len()));
    text[start..end].lines().next().unwrap_or("")
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
    fn a_find_shows_what_stands_around_it() {
        assert_eq!(line_around("one\ntwo three four five six seven\neight", 24), "e four five six seven");
        assert_eq!(line_around("四捨五入四捨五入", 12), "四捨五入四捨五入");
    }
}
