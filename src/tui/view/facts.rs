//! The facts, a tab for each standing, and below them the one under the cursor in full.
//!
//! ```text
//! ▸ Facts 3 ─  In force 2 │ Expired 1 │ Superseded 4 │ Rejected 1 ─────────────────────
//! ★▸ verify          cargo test -p pricing        user     3 min ago    for ever    #12
//!    port            4000                         agent    1 h ago      24 min
//! ─ verify ────────────────────────────────────────────────────────────────────────────
//!    cargo test -p pricing
//!    verification of this session · trusted as user · pinned · 12 tok, in the pack
//!    written 2026-11-21 18:01 UTC · 3 writes of this key · from #12 user Fix the …
//! ```

use ratatui::{layout::Rect, text::Span};
use strum::VariantArray;

use super::{
    entries,
    paint::{Focus, Painter},
    snippet,
};
use crate::{
    facts::{self, Standing},
    model::{Fact, FactId, Scope},
    pack::chosen::PieceKind,
    text::{sanitize, words, wrap::Wrapped},
    tui::app::{
        Areas,
        facts::{Facts, Tab},
        inspector::Inspector,
        list::offset_for,
    },
};

pub fn draw(lens: &Facts, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let lower = if area.height >= 12 { (area.height * 2 / 5).max(6) } else { 0 };
    let upper = Rect { height: area.height - lower, ..area };
    let (body, after) = paint.pane(upper, "Facts", Focus::Here);
    tabs(lens, Rect { x: after + 1, width: upper.right().saturating_sub(after + 2), height: 1, ..upper }, paint);
    areas.lens = body;
    let all = &inspector.desk.session().facts;
    if lens.shown.is_empty() {
        if !body.is_empty() {
            let muted = paint.theme.style.muted.0;
            paint.centered(Rect { y: body.y + body.height / 2, height: 1, ..body }, nothing(lens.tab), muted);
        }
        return;
    }
    let offset = offset_for(lens.rows.cursor, lens.rows.offset, usize::from(body.height), lens.shown.len());
    for (at, (y, &index)) in (body.y..body.bottom()).zip(&lens.shown[offset..]).enumerate() {
        let row = Rect { y, height: 1, ..body };
        if let (Some(fact), Some(&standing)) = (all.get(index), lens.standings.get(index)) {
            let source = lens.sources.get(index).copied().flatten();
            row_of(fact, standing, source, inspector, row, paint);
        }
        if offset + at == lens.rows.cursor {
            paint.text(row.x + 1, y, "▸", paint.theme.style.key.0);
            paint.restyle(row, paint.theme.style.selection.0);
        }
    }
    if lower > 0
        && let Some((fact, &standing)) =
            lens.current().and_then(|index| Some((all.get(index)?, lens.standings.get(index)?)))
    {
        in_full(fact, standing, inspector, Rect { y: upper.bottom(), height: lower, ..area }, paint);
    }
}

/// All tabs where there is room; else the open one, which the keys turn.
fn tabs(lens: &Facts, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (open, muted) = (style.tab.0, style.muted.0);
    let named = |tab: Tab| format!(" {} {} ", tab.words(), words::exact(lens.counts[tab as usize] as u64));
    let mut spans = Vec::new();
    for &tab in Tab::VARIANTS {
        if !spans.is_empty() {
            spans.push(Span::styled("│", muted));
        }
        spans.push(Span::styled(named(tab), if tab == lens.tab { open } else { muted }));
    }
    let width: usize = spans.iter().map(Span::width).sum();
    if width > usize::from(row.width) {
        let place = format!("{} of {}", lens.tab as usize + 1, Tab::VARIANTS.len());
        spans = vec![Span::styled(named(lens.tab), open), Span::styled(format!(" {place} "), muted)];
    }
    paint.spans(row, spans);
}

fn nothing(tab: Tab) -> &'static str {
    match tab {
        Tab::Active => "no fact is in force: a writes one, n from an entry",
        Tab::Expired => "no fact has expired",
        Tab::Superseded => "no fact was written anew",
        Tab::Rejected => "no write was rejected",
    }
}

fn row_of(
    fact: &Fact,
    standing: Standing,
    source: Option<usize>,
    inspector: &Inspector,
    row: Rect,
    paint: &mut Painter,
) {
    let style = &paint.theme.style;
    let (muted, title, pinned) = (style.muted.0, style.title.0, style.pinned.0);
    let as_of = inspector.desk.as_of();
    let source = source.and_then(|index| inspector.desk.session().entries.get(index));
    let left = match standing {
        Standing::Active => facts::left(fact, standing, as_of),
        Standing::Removed => "by hand".into(),
        Standing::RejectedLowerTrust { .. } => "less trust".into(),
        Standing::RejectedStale { .. } => "came late".into(),
        Standing::NotYet => "not yet".into(),
        Standing::Expired | Standing::Superseded { .. } => String::new(),
    };
    let mut right = Vec::new();
    if row.width >= 100 {
        right.push(Span::styled(words::fit(&fact.kind.to_string(), 14), muted));
    }
    if row.width >= 56 {
        right.push(Span::styled(words::fit(&fact.trust.to_string(), 9), muted));
    }
    if row.width >= 70 {
        right.push(Span::styled(words::fit(&words::ago(fact.at, as_of), 13), muted));
    }
    right.push(Span::raw(words::fit(&left, 11)));
    if row.width >= 76 {
        let source = source.map_or(String::new(), |entry| format!("#{}", entry.seq));
        right.push(Span::styled(words::fit_right(&source, 6), muted));
    }
    if row.width >= 100 {
        right.push(Span::styled(words::fit_right(&format!("{} tok", words::exact(fact.cost.into())), 9), muted));
    }
    let at = paint.spans_right(Rect { width: row.width.saturating_sub(1), ..row }, right);
    if fact.pinned {
        paint.text(row.x, row.y, "★", pinned);
    }
    let key_cells = if row.width >= 100 { 28 } else { 14 };
    let place = Rect { x: row.x + 3, width: at.saturating_sub(row.x + 4), ..row };
    let key = words::fit(&sanitize::inert_line(fact.key.trim()), key_cells);
    let value = sanitize::inert_line(fact.value.trim()).into_owned();
    paint.clipped(place, vec![Span::styled(key, title), Span::raw("  "), Span::raw(value)]);
}

fn in_full(fact: &Fact, standing: Standing, inspector: &Inspector, area: Rect, paint: &mut Painter) {
    let (body, _) = paint.pane(area, &sanitize::inert_line(fact.key.trim()), Focus::Elsewhere);
    let inner = Rect { x: body.x + 3, width: body.width.saturating_sub(4), ..body };
    let (muted, plain) = (paint.theme.style.muted.0, paint.theme.style.agent.0);
    let about = about(fact, standing, inspector);
    let value = Wrapped::new(&sanitize::inert(fact.value.trim()), usize::from(inner.width));
    let room = usize::from(inner.height).saturating_sub(about.len()).max(1);
    let mut y = inner.y;
    for row in value.rows(0..room) {
        if y < inner.bottom() {
            paint.spans(Rect { y, height: 1, ..inner }, vec![Span::styled(row.to_owned(), plain)]);
        }
        y += 1;
    }
    for (y, line) in (y..inner.bottom()).zip(about) {
        paint.clipped(Rect { y, height: 1, ..inner }, vec![Span::styled(line, muted)]);
    }
}

/// Everything else about a write, in lines.
fn about(fact: &Fact, standing: Standing, inspector: &Inspector) -> Vec<String> {
    let (desk, session) = (&inspector.desk, inspector.desk.session());
    let place = session.facts.iter().position(|other| other.id == fact.id);
    let is_in =
        desk.outline().iter().any(|piece| matches!(piece.kind, PieceKind::Fact { fact } if Some(fact) == place));
    let scope = match fact.scope {
        Scope::Session => "of this session",
        Scope::Project => "of the whole project",
    };
    let pack = if is_in { "in the pack" } else { "not in the pack" };
    let pinned = if fact.pinned { " · pinned" } else { "" };
    let tokens = words::exact(fact.cost.into());
    let mut lines = vec![format!("{} {scope} · trusted as {}{pinned} · {tokens} tok, {pack}", fact.kind, fact.trust)];
    let by = |id: FactId| {
        let winner = session.facts.iter().find(|other| other.id == id);
        winner.map_or(String::new(), |winner| format!(": “{}”", sanitize::inert_line(winner.value.trim())))
    };
    let moment = |at: crate::model::Time| format!("{} UTC", words::moment(at));
    lines.push(match standing {
        Standing::Active => format!("holds {}", holds(fact, desk.as_of())),
        Standing::Expired => fact.expires.map_or(String::new(), |at| format!("expired {}", moment(at))),
        Standing::Removed => fact.removed.map_or(String::new(), |at| format!("taken out of force {}", moment(at))),
        Standing::Superseded { by: winner } => format!("superseded by a newer write{}", by(winner)),
        Standing::RejectedLowerTrust { by: winner } => format!("rejected: one trusted more is in force{}", by(winner)),
        Standing::RejectedStale { by: winner } => format!("rejected: it came after a newer one{}", by(winner)),
        Standing::NotYet => format!("dated later than now: in force from {}", moment(fact.at)),
    });
    let writes = session.facts.iter().filter(|other| other.key.trim() == fact.key.trim()).count();
    lines.push(format!(
        "written {}, {} · {} of this key",
        moment(fact.at),
        words::ago(fact.at, desk.as_of()),
        words::plural(writes, "write", "writes")
    ));
    if let Some(entry) = fact.source.and_then(|id| session.entry(id)) {
        let text = snippet::line_of(session, entry);
        lines.push(format!("from #{} {}: {}", entry.seq, entries::who(entry), sanitize::inert_line(text.trim())));
    }
    lines
}

fn holds(fact: &Fact, as_of: crate::model::Time) -> String {
    match (facts::left(fact, Standing::Active, as_of), fact.expires) {
        (left, Some(at)) if !fact.pinned => format!("{left} more, until {} UTC", words::moment(at)),
        (left, _) if fact.pinned => format!("for ever while {left}"),
        (left, _) => left,
    }
}
