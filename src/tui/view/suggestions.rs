//! Suggestions: the list of what could be done, and below it what the one under the cursor changes.
//!
//! ```text
//! ▸ Suggestions 5 · 2 marked, −26.5k tok ──────────────────────── before ─── after ─── effect on the pack
//! ●▸ 14 reads of src/db.rs: evict 13 stale ones                     22.4k →       0   lets 31 in, 83 → 85 %
//!    3 runs of cargo test: evict 2 stale ones                        4.1k →       0   lets 2 in
//! ─ 13 entries change ──────────────────────────────────────────────────────────────────────────────────
//!   The file was read whole again later: the last read shows what these show, and what changed since.
//!   #12    → Read      412  src/db.rs
//! ```

use std::sync::Arc;

use ratatui::{layout::Rect, text::Span};

use super::{
    entries,
    paint::{Focus, Painter},
    snippet,
    suggestion::shortened,
};
use crate::{
    pack::suggest::Suggestion,
    text::{sanitize, words, wrap::Wrapped},
    tui::app::{
        Areas,
        inspector::{Inspector, Weighed},
        list::offset_for,
        suggestions::Suggestions,
    },
};

/// Cells of the effect on the pack, and of a number of tokens.
const EFFECT: usize = 26;
const TOKENS: usize = 7;

pub fn draw(lens: &Suggestions, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let all = inspector.desk.suggestions();
    let lower = if area.height >= 12 { area.height * 2 / 5 } else { 0 };
    let upper = Rect { height: area.height - lower, ..area };
    let (body, after) = paint.pane(upper, &title(lens, all), Focus::Here);
    areas.lens = body;
    if all.is_empty() {
        let muted = paint.theme.style.muted.0;
        let row = Rect { y: body.y + body.height / 2, height: 1, ..body };
        paint.centered(row, "✓ nothing to tidy up: no stale repeats, no loose rules", muted);
        return;
    }
    headings(upper, after, paint);
    let offset = offset_for(lens.rows.cursor, lens.rows.offset, usize::from(body.height), all.len());
    for (at, (y, suggestion)) in (body.y..body.bottom()).zip(&all[offset..]).enumerate() {
        let row = Rect { y, height: 1, ..body };
        let weighed = lens.outcomes.get(offset + at).copied().unwrap_or(Weighed::NotYet);
        row_of(suggestion, weighed, inspector, lens.is_marked(suggestion), row, paint);
        if offset + at == lens.rows.cursor {
            paint.text(row.x + 1, y, "▸", paint.theme.style.key.0);
            paint.restyle(row, paint.theme.style.selection.0);
        }
    }
    if let Some(suggestion) = all.get(lens.rows.cursor).filter(|_| lower > 0) {
        details(suggestion, inspector, Rect { y: upper.bottom(), height: lower, ..area }, paint);
    }
}

fn title(lens: &Suggestions, all: &[Arc<Suggestion>]) -> String {
    match lens.marked.as_slice() {
        [] => format!("Suggestions {}", all.len()),
        marked => {
            let frees: i64 = marked.iter().map(|one| one.frees()).sum();
            format!("Suggestions {} · {} marked, {} tok", all.len(), marked.len(), words::change(-frees))
        }
    }
}

/// Whether there is room for both numbers, and for the effect.
fn has_numbers(row: Rect) -> bool {
    row.width >= 60
}

fn has_effect(row: Rect) -> bool {
    row.width >= 100
}

fn headings(rule: Rect, after: u16, paint: &mut Painter) {
    let muted = paint.theme.style.muted.0;
    let row = Rect { height: 1, width: rule.width.saturating_sub(1), ..rule };
    if has_numbers(rule) && after + 40 < rule.right() {
        let effect = if has_effect(rule) {
            format!(" {}", words::fit_right("effect on the pack", EFFECT))
        } else {
            String::new()
        };
        let said = format!(" tok before  after {effect}");
        paint.spans_right(row, vec![Span::styled(said, muted)]);
    }
}

fn row_of(
    suggestion: &Suggestion,
    weighed: Weighed,
    inspector: &Inspector,
    is_marked: bool,
    row: Rect,
    paint: &mut Painter,
) {
    let style = &paint.theme.style;
    let (muted, title, key) = (style.muted.0, style.title.0, style.key.0);
    let amount = |tokens: u64| words::fit_right(&words::short(tokens), TOKENS);
    let mut right = match has_numbers(row) {
        true => vec![
            Span::styled(format!("{} →", amount(suggestion.before)), muted),
            Span::styled(format!("{} ", amount(suggestion.after)), title),
        ],
        false => vec![Span::styled(words::fit_right(&words::change(-suggestion.frees()), TOKENS + 1), title)],
    };
    if has_effect(row) {
        let effect = effect(weighed, inspector.desk.totals().kept);
        right.push(Span::styled(format!(" {}", words::fit_right(&effect, EFFECT)), muted));
    }
    let at = paint.spans_right(Rect { width: row.width.saturating_sub(1), ..row }, right);
    let left = Rect { x: row.x + 3, width: at.saturating_sub(row.x + 4), ..row };
    if is_marked {
        paint.text(row.x, row.y, "●", key);
    }
    let said = shortened(&sanitize::inert_line(&suggestion.words), usize::from(left.width));
    paint.spans(left, vec![Span::raw(said)]);
}

/// What becomes of the pack: entries that come in or go out, and the share of the value before and after.
fn effect(weighed: Weighed, kept: f64) -> String {
    let outcome = match weighed {
        Weighed::NotYet => return "…".into(),
        Weighed::Nothing => return String::new(),
        Weighed::Outcome(outcome) => outcome,
    };
    let moved = match (outcome.let_in, outcome.pushed_out) {
        (0, 0) if outcome.fuller > 0 => format!("{} fuller", words::exact(outcome.fuller as u64)),
        (0, 0) if outcome.shorter > 0 => format!("{} shorter", words::exact(outcome.shorter as u64)),
        (0, 0) => String::new(),
        (0, out) => format!("−{out} entries"),
        (more, 0) => format!("+{more} entries"),
        (more, out) => format!("+{more} −{out} entries"),
    };
    let (before, after) = (words::percent_reached(kept), words::percent_reached(kept + outcome.kept));
    let value = match before == after {
        true => String::new(),
        false => format!("value {} → {after}", before.trim_end_matches(" %")),
    };
    match (moved.is_empty(), value.is_empty()) {
        (true, true) if outcome.tokens != 0 => format!("{} tok", words::change(outcome.tokens)),
        (true, true) => "stays as it is".into(),
        (false, false) => format!("{moved}, {}", value.trim_start_matches("value ")),
        _ => format!("{moved}{value}"),
    }
}

/// Why, and the entries that it changes.
fn details(suggestion: &Suggestion, inspector: &Inspector, area: Rect, paint: &mut Painter) {
    let session = inspector.desk.session();
    let count = words::plural(suggestion.changes.len(), "entry changes", "entries change");
    let (body, _) = paint.pane(area, &count, Focus::Elsewhere);
    let muted = paint.theme.style.muted.0;
    let mut rows = Rect { x: body.x + 3, width: body.width.saturating_sub(4), ..body };
    let why = Wrapped::new(&suggestion.why, usize::from(rows.width));
    for line in why.rows(0..3) {
        if rows.height > 2 {
            paint.spans(Rect { height: 1, ..rows }, vec![Span::raw(line.to_owned())]);
            rows = Rect { y: rows.y + 1, height: rows.height - 1, ..rows };
        }
    }
    let targets = suggestion.changes.iter().filter_map(|&id| session.entry(id));
    let more = suggestion.changes.len().saturating_sub(usize::from(rows.height));
    for (y, entry) in (rows.y..rows.bottom()).zip(targets) {
        let row = Rect { y, height: 1, ..rows };
        if more > 0 && y + 1 == rows.bottom() {
            paint.spans(row, vec![Span::styled(format!("and {} more", words::exact(more as u64 + 1)), muted)]);
            break;
        }
        let tokens = words::fit_right(&words::exact(entry.cost(entry.state.held.level).into()), 7);
        let line = snippet::line_of(session, entry);
        let text = sanitize::inert_line(&line);
        let who = words::fit(&entries::who(entry), 9);
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
