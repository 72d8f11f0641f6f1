//! The frame of every lens: whose session it is and what the pack holds above, status and keys below.
//!
//! ```text
//!  haversack  checkout-fix › Suggestions                        31,702 of 32,000 tok · 83 % of the value
//! ▸ Suggestions 5 ─────────────────────────────────────────────────────────────────────────────────────
//!   …                                                              (the lens)
//!  ✓ what was said last
//!  enter apply  space mark  u undo  esc back  ? help
//! ```

use ratatui::{layout::Rect, text::Span};

use super::{compare, entry, facts, footer, journal, paint::Painter, replay, suggestions, sweep, writing};
use crate::{
    text::{sanitize, words},
    tui::app::{Areas, Lens, State, inspector::Inspector},
};

pub fn draw(state: &State, lens: &Lens, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    header(inspector, lens.name(), Rect { height: 1, ..area }, paint);
    let footer = Rect { y: area.bottom() - 1, height: 1, ..area };
    let status = Rect { y: area.bottom() - 2, height: 1, ..area };
    let body = Rect { y: area.y + 1, height: area.height - 3, ..area };
    match lens {
        Lens::Suggestions(lens) => suggestions::draw(lens, inspector, body, paint, areas),
        Lens::Entry(lens) => entry::draw(lens, inspector, body, paint, areas),
        // It has a frame of its own, because it needs no session.
        Lens::Recall(_) | Lens::Lessons(_) => {}
        Lens::Sweep(lens) => sweep::draw(state, lens, inspector, body, paint, areas),
        Lens::Compare(lens) => compare::draw(state, lens, inspector, body, paint, areas),
        Lens::Journal(lens) => journal::draw(lens, inspector, body, paint, areas),
        Lens::Facts(lens) => facts::draw(lens, inspector, body, paint, areas),
        Lens::Replay(lens) => replay::draw(lens, inspector, body, paint, areas),
        Lens::Writing(lens) => writing::draw(lens, inspector, body, paint, areas),
    }
    footer::status(state, status, paint);
    footer::draw(state, footer, false, paint, areas);
}

fn header(inspector: &Inspector, name: &str, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (brand, muted, title) = (style.brand.0, style.muted.0, style.title.0);
    let totals = inspector.desk.totals();
    let (used, budget) = (words::exact(totals.used.into()), words::exact(totals.budget.into()));
    let kept = words::percent_reached(totals.kept);
    let strategy = inspector.desk.settings().strategy;
    let wide = format!("{strategy} · {used} of {budget} tok · {kept} of the value ");
    let said = match row.width {
        90.. => wide,
        56.. => format!("{used} of {budget} tok "),
        _ => String::new(),
    };
    let right = paint.spans_right(row, vec![Span::styled(said, muted)]);
    let session = inspector.desk.session();
    let about = sanitize::inert_line(&session.title);
    let about = if about.trim().is_empty() { session.id.native().to_owned() } else { about.trim().to_owned() };
    let taken = words::width(" haversack   › ") + words::width(name) + 1;
    let room = usize::from(right.saturating_sub(row.x)).saturating_sub(taken);
    let mut spans = vec![Span::styled(" haversack ", brand)];
    if room >= 6 {
        spans.push(Span::styled(format!(" {}", words::clip(&about, room)), muted));
    }
    spans.extend([Span::styled(" › ", muted), Span::styled(name.to_owned(), title)]);
    paint.spans(Rect { width: right.saturating_sub(row.x), ..row }, spans);
}
