//! The journal: every edit, the newest first, and below it what the one under the cursor touched.
//!
//! ```text
//! ▸ Journal 14 · 2 taken back ─────────────────────────────────────────────────────────
//! ○▸  14  you            3 min ago  evicted #9 and #44                       taken back
//!     13  agent:claude   5 min ago  pinned #12                             412 → 412 tok
//! +    1  rule           2 h ago    imported 412 entries                          stays
//! ─ Edit 13 · 2026-11-21 18:01 UTC · by agent:claude via MCP · stands · 1 entry ───────────────
//!     #12  user   pinned                                                   412 → 412 tok
//! ```

use ratatui::{layout::Rect, text::Span};

use super::{
    entries,
    paint::{Focus, Painter},
    snippet,
};
use crate::{
    model::{JournalRow, JournalStatus},
    text::{sanitize, words},
    tui::app::{
        Areas,
        inspector::Inspector,
        journal::{self, Journal, Reading, Weight},
        list::offset_for,
        touched::{Held, Touched, What},
    },
};

/// Cells of "12,345 → 12,345 tok".
const EFFECT: usize = 21;

pub fn draw(lens: &Journal, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let lower = if area.height >= 12 { area.height * 2 / 5 } else { 0 };
    let upper = Rect { height: area.height - lower, ..area };
    let (body, _) = paint.pane(upper, &title(lens), Focus::Here);
    areas.lens = body;
    if lens.shown.is_empty() {
        return nothing(lens, body, paint);
    }
    let offset = offset_for(lens.rows.cursor, lens.rows.offset, usize::from(body.height), lens.shown.len());
    for (at, (y, &number)) in (body.y..body.bottom()).zip(&lens.shown[offset..]).enumerate() {
        let row = Rect { y, height: 1, ..body };
        row_of(lens, number, row, paint);
        if offset + at == lens.rows.cursor {
            paint.text(row.x + 1, y, "▸", paint.theme.style.key.0);
            paint.restyle(row, paint.theme.style.selection.0);
        }
    }
    if lower > 0
        && let Some(row) = lens.current()
    {
        touched(lens, row, inspector, Rect { y: upper.bottom(), height: lower, ..area }, paint);
    }
}

fn title(lens: &Journal) -> String {
    let all = words::exact(lens.journal.len() as u64);
    if !lens.query.trim().is_empty() {
        let query = sanitize::inert_line(lens.query.trim()).into_owned();
        return format!("Journal {} of {all}: “{query}”", words::exact(lens.shown.len() as u64));
    }
    let undone = lens.journal.iter().filter(|row| row.status == JournalStatus::Undone).count();
    match undone {
        0 => format!("Journal {all}"),
        undone => format!("Journal {all} · {} taken back", words::exact(undone as u64)),
    }
}

fn nothing(lens: &Journal, body: Rect, paint: &mut Painter) {
    if body.is_empty() {
        return;
    }
    let style = &paint.theme.style;
    let (muted, error) = (style.muted.0, style.error.0);
    let (said, style) = match &lens.reading {
        Reading::NotYet => ("reading the journal …".to_owned(), muted),
        Reading::Failed(why) => (format!("! {}", sanitize::inert_line(why)), error),
        Reading::Done if lens.journal.is_empty() => ("no edits yet: each one will stand here".to_owned(), muted),
        Reading::Done => ("no edit holds these words: / and esc shows all".to_owned(), muted),
    };
    paint.centered(Rect { y: body.y + body.height / 2, height: 1, ..body }, &said, style);
}

fn row_of(lens: &Journal, number: usize, row: Rect, paint: &mut Painter) {
    let edit = &lens.journal[number];
    let style = &paint.theme.style;
    let (muted, warn, plain) = (style.muted.0, style.warn.0, style.agent.0);
    let is_back = matches!(edit.status, JournalStatus::Undone | JournalStatus::Dropped);
    let body = if is_back { muted } else { plain };
    let effect = match (edit.status, lens.held[number]) {
        (JournalStatus::Done, Weight::Held(held)) => effect(held),
        (JournalStatus::Done, Weight::NotYet | Weight::Uncounted) => "…".into(),
        _ => journal::status(edit).into(),
    };
    let sign = match edit.status {
        JournalStatus::Done => " ",
        JournalStatus::Undone => "○",
        JournalStatus::Dropped => "×",
        JournalStatus::Append => "+",
    };
    paint.text(row.x, row.y, sign, warn);
    let room = if row.width >= 60 { EFFECT } else { words::width(&effect) + 1 };
    let right = vec![Span::styled(words::fit_right(&effect, room), body)];
    let at = paint.spans_right(Rect { width: row.width.saturating_sub(1), ..row }, right);
    let left = Rect { x: row.x + 3, width: at.saturating_sub(row.x + 4), ..row };
    let mut spans = vec![Span::styled(words::fit_right(&edit.id.to_string(), 4), muted), Span::raw("  ")];
    if row.width >= 60 {
        let by = sanitize::inert_line(journal::who(&edit.actor)).into_owned();
        spans.push(Span::styled(words::fit(&by, if row.width >= 100 { 20 } else { 13 }), body));
        spans.push(Span::raw(" "));
    }
    if row.width >= 100 {
        spans.push(Span::styled(format!("{}  ", words::moment(edit.at)), muted));
    }
    if row.width >= 70 {
        spans.push(Span::styled(words::fit(&words::ago(edit.at, lens.now), 14), muted));
    }
    spans.push(Span::styled(sanitize::inert_line(&edit.edit.words).into_owned(), body));
    paint.clipped(left, spans);
}

fn effect(held: Held) -> String {
    match held.before == held.after {
        true => format!("{} tok as before", words::short(held.after)),
        false => format!("{} → {} tok", words::exact(held.before), words::exact(held.after)),
    }
}

fn touched(lens: &Journal, row: &JournalRow, inspector: &Inspector, area: Rect, paint: &mut Painter) {
    let by = sanitize::inert_line(journal::who(&row.actor)).into_owned();
    let edit = &row.edit;
    let mut parts = vec![
        format!("Edit {}", row.id),
        format!("{} UTC", words::moment(row.at)),
        match row.via {
            Some(via) => format!("by {by} via {}", via.told()),
            None => format!("by {by}"),
        },
        journal::status(row).to_owned(),
    ];
    if !edit.changes.is_empty() {
        parts.push(words::plural(edit.touches().len(), "entry", "entries"));
    }
    if !edit.facts.is_empty() {
        parts.push(words::plural(edit.facts.len(), "fact", "facts"));
    }
    let (body, _) = paint.pane(area, &parts.join(" · "), Focus::Elsewhere);
    let inner = Rect { x: body.x + 3, width: body.width.saturating_sub(4), ..body };
    let muted = paint.theme.style.muted.0;
    if lens.touched.is_empty() && !inner.is_empty() {
        paint.clipped(
            Rect { height: 1, ..inner },
            vec![Span::styled(sanitize::inert_line(&edit.words).into_owned(), muted)],
        );
    }
    let all = edit.changes.len() + edit.facts.len();
    let height = usize::from(inner.height);
    let fits = if all > height { height.saturating_sub(1) } else { height };
    for (y, one) in (inner.y..inner.bottom()).zip(lens.touched.iter().take(fits)) {
        line_of(one, inspector, Rect { y, height: 1, ..inner }, paint);
    }
    let shown = lens.touched.len().min(fits);
    if all > shown && shown > 0 && !inner.is_empty() {
        let more = format!("… and {} more", words::exact((all - shown) as u64));
        let last = Rect { y: inner.y + shown as u16, height: 1, ..inner };
        paint.clipped(last, vec![Span::styled(more, muted)]);
    }
}

fn line_of(one: &Touched, inspector: &Inspector, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, title) = (style.muted.0, style.title.0);
    let held = one.held.map_or("…".into(), effect);
    let at = paint.spans_right(row, vec![Span::styled(words::fit_right(&held, EFFECT.min(held.len() + 1)), muted)]);
    let left = Rect { width: at.saturating_sub(row.x + 1), ..row };
    let session = inspector.desk.session();
    let (name, who, text) = match &one.what {
        What::Entry(index) => match session.entries.get(*index) {
            Some(entry) => (format!("#{}", entry.seq), entries::who(entry), snippet::line_of(session, entry)),
            None => return,
        },
        What::Gone(seq, text) => (format!("#{seq}"), String::new(), text.lines().next().unwrap_or("").to_owned()),
        What::Fact(key) => (sanitize::inert_line(key).into_owned(), "fact".into(), String::new()),
    };
    let name_cells = if matches!(one.what, What::Fact(_)) { 18 } else { 7 };
    let mut spans = vec![Span::styled(words::fit(&name, name_cells), title)];
    if row.width >= 60 {
        spans.push(Span::styled(words::fit(&who, 10), muted));
    }
    spans.push(Span::raw(format!("{}  ", one.words)));
    spans.push(Span::styled(sanitize::inert_line(&text).into_owned(), muted));
    paint.clipped(left, spans);
}
