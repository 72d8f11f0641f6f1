//! The row where the agent's own context was cut: what was lost there, across the whole list.

use ratatui::{layout::Rect, text::Span};

use super::{paint::Painter, snippet};
use crate::{
    model::{Entry, Seen, Session},
    text::{sanitize, words},
};

pub fn draw(session: &Session, entry: &Entry, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (rule, loss) = (style.boundary.0, style.boundary_loss.0);
    let room = usize::from(row.width).saturating_sub(10);
    let said = said(session, entry).into_iter().find(|said| words::width(&said.join(" · ")) <= room);
    let said = said.unwrap_or_else(|| [words::clip(&first_line(entry), room), String::new()]);
    let [name, what] = &said;
    let between = if what.is_empty() { "" } else { " · " };
    let cells = words::width(name) + words::width(between) + words::width(what);
    let rest = usize::from(row.width).saturating_sub(cells + 8);
    let spans = vec![
        Span::styled(" ━━━━ ", rule),
        Span::styled(format!("{name}{between}"), rule),
        Span::styled(what.clone(), loss),
        Span::styled(format!(" {}", "━".repeat(rest)), rule),
    ];
    paint.spans(row, spans);
}

/// The name of the cut and what it cost, from the longest words to the shortest.
fn said(session: &Session, entry: &Entry) -> Vec<[String; 2]> {
    let line = first_line(entry);
    let lost = session.entries.iter().filter(|other| matches!(other.seen, Seen::Lost { at, .. } if at == entry.id));
    let lost = lost.count();
    let Some((name, told)) = line.split_once(": ") else { return vec![[line, String::new()]] };
    let short_name = name.split(" (").next().unwrap_or(name);
    if lost == 0 {
        return vec![[name.to_owned(), told.to_owned()], [short_name.to_owned(), told.to_owned()]];
    }
    let lost = format!("{} lost", words::plural(lost, "entry", "entries"));
    let what = match sizes(told) {
        Some((before, after)) => format!("{lost}, {} → {}", round(before), round(after)),
        None => lost.clone(),
    };
    [(name, &what), (short_name, &what), ("", &what), ("", &lost)]
        .map(|(name, what)| [name.to_owned(), what.clone()])
        .to_vec()
}

/// "165k", "9k".
fn round(tokens: u64) -> String {
    words::short(tokens).replace(".0k", "k")
}

fn first_line(entry: &Entry) -> String {
    sanitize::inert_line(snippet::first_line(&entry.text)).trim().to_owned()
}

/// The two numbers around the arrow of "165,000 → 9,000 tokens".
fn sizes(told: &str) -> Option<(u64, u64)> {
    let (before, after) = told.split_once(" → ")?;
    let number = |word: Option<&str>| words::parse_tokens(word?).map(u64::from);
    Some((
        number(before.split(' ').next_back())?,
        number(after.split([' ', ';']).next().map(|word| word.trim_end_matches(',')))?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sizes_stand_around_the_arrow() {
        assert_eq!(sizes("165,000 → 9,000 tokens, 2 entries lost"), Some((165_000, 9_000)));
        assert_eq!(sizes("7 entries lost, 165k → 9k"), Some((165_000, 9_000)));
        assert_eq!(sizes("2 outputs cleared"), None);
    }
}
