//! Suggestions: the list of what could be done, and below it what the one under the cursor changes.
//!
//! ```text
//! ▸ Suggestions 5 · 2 marked ──────────────────────────────────────────────────────────
//! ●▸ 14 reads of src/db.rs: evict 13 stale ones                 −22.4k tok   lets 31 in
//!    3 runs of cargo test: evict 2 stale ones                    −4.1k tok    lets 2 in
//! ─ What it changes: 13 entries ───────────────────────────────────────────────────────
//!    #12  read   412 → 0   src/db.rs
//! ```

use ratatui::{layout::Rect, text::Span};

use super::{
    entries,
    paint::{Focus, Painter},
    snippet,
    suggestion::shortened,
};
use crate::{
    pack::suggest::Suggestion,
    text::{sanitize, words},
    tui::app::{
        Areas,
        inspector::{Inspector, Weighed},
        list::offset_for,
        suggestions::Suggestions,
    },
};

/// Cells of the effect on the pack.
const EFFECT: usize = 22;

pub fn draw(lens: &Suggestions, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let all = inspector.desk.suggestions();
    let lower = if area.height >= 12 { area.height * 2 / 5 } else { 0 };
    let upper = Rect { height: area.height - lower, ..area };
    let marked = if lens.marked.is_empty() { String::new() } else { format!(" · {} marked", lens.marked.len()) };
    let (body, _) = paint.pane(upper, &format!("Suggestions {}{marked}", all.len()), Focus::Here);
    areas.lens = body;
    if all.is_empty() {
        let muted = paint.theme.style.muted.0;
        paint.centered(
            Rect { y: body.y + body.height / 2, height: 1, ..body },
            "✓ nothing to tidy up: no stale repeats, no loose rules",
            muted,
        );
        return;
    }
    let offset = offset_for(lens.rows.cursor, lens.rows.offset, usize::from(body.height), all.len());
    for (at, (y, suggestion)) in (body.y..body.bottom()).zip(&all[offset..]).enumerate() {
        let row = Rect { y, height: 1, ..body };
        let weighed = lens.outcomes.get(offset + at).copied().unwrap_or(Weighed::NotYet);
        row_of(suggestion, weighed, lens.is_marked(suggestion), row, paint);
        if offset + at == lens.rows.cursor {
            paint.text(row.x + 1, y, "▸", paint.theme.style.key.0);
            paint.restyle(row, paint.theme.style.selection.0);
        }
    }
    if let Some(suggestion) = all.get(lens.rows.cursor).filter(|_| lower > 0) {
        targets(suggestion, inspector, Rect { y: upper.bottom(), height: lower, ..area }, paint);
    }
}

fn row_of(suggestion: &Suggestion, weighed: Weighed, is_marked: bool, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, title, key) = (style.muted.0, style.title.0, style.key.0);
    let mut right =
        vec![Span::styled(words::fit_right(&format!("{} tok", words::change(-suggestion.frees())), 12), title)];
    if row.width >= 70 {
        right.push(Span::styled(words::fit_right(&effect(weighed), EFFECT), muted));
    }
    let at = paint.spans_right(Rect { width: row.width.saturating_sub(1), ..row }, right);
    let left = Rect { x: row.x + 3, width: at.saturating_sub(row.x + 4), ..row };
    if is_marked {
        paint.text(row.x, row.y, "●", key);
    }
    let said = shortened(&sanitize::inert_line(&suggestion.words), usize::from(left.width));
    paint.spans(left, vec![Span::raw(said)]);
}

fn effect(weighed: Weighed) -> String {
    match weighed {
        Weighed::NotYet => "…".into(),
        Weighed::Nothing => String::new(),
        Weighed::Outcome(outcome) => match (outcome.let_in, outcome.pushed_out) {
            (0, 0) => "same entries in".into(),
            (0, out) => format!("pushes {out} out"),
            (more, 0) => format!("lets {more} in"),
            (more, out) => format!("lets {more} in, {out} out"),
        },
    }
}

fn targets(suggestion: &Suggestion, inspector: &Inspector, area: Rect, paint: &mut Painter) {
    let session = inspector.desk.session();
    let count = words::plural(suggestion.targets.len(), "entry", "entries");
    let (body, _) = paint.pane(area, &format!("What it changes: {count}"), Focus::Elsewhere);
    let muted = paint.theme.style.muted.0;
    for (y, entry) in (body.y..body.bottom()).zip(suggestion.targets.iter().filter_map(|&id| session.entry(id))) {
        let row = Rect { x: body.x + 3, y, width: body.width.saturating_sub(4), height: 1 };
        let tokens = words::fit_right(&words::exact(entry.cost(entry.state.held.level).into()), 9);
        let line = snippet::line_of(session, entry);
        let text = sanitize::inert_line(&line);
        let who = words::fit(&entries::who(entry), 8);
        paint.clipped(
            row,
            vec![
                Span::raw(format!("#{:<6}", entry.seq)),
                Span::styled(format!("{who}{tokens}  "), muted),
                Span::raw(text.into_owned()),
            ],
        );
    }
}
