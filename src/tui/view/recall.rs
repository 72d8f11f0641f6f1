//! Recall: a line to type in, and what was found under the session that it stands in.
//!
//! ```text
//!  haversack  › Recall                                                             ~/…/store.db
//!  ▸ rounding bug                                                       all sessions · tab changes
//! ─ 14 found in 2 sessions ─────────────────────────────────────────────────────────────────────
//!  Rounding bug in checkout  ~/shop                                                  claude:6a2f
//! ▸  ● #12  ← Bash   3 h ago  ▾ archived   …the ROUNDING is in src/db.rs…
//!    ○ fact verify                         cargo test -p pricing
//! ```

use ratatui::{layout::Rect, text::Span, widgets::Widget};

use super::{
    footer,
    paint::{Focus, Painter},
};
use crate::{
    model::{Fate, Kind},
    text::{sanitize, words},
    tui::app::{
        Areas, State,
        list::offset_for,
        recall::{Answer, MOST, Place, Recall, Row, lit},
    },
    workspace::{FactHit, Found, Hit, Tier},
};

pub fn draw(state: &State, recall: &Recall, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (brand, muted, title, key) = (style.brand.0, style.muted.0, style.title.0, style.key.0);
    let row = |y: u16| Rect { y: area.y + y, height: 1, ..area };
    let room = usize::from(area.width).saturating_sub(25);
    let store = words::clip_start(&sanitize::inert_line(&state.settings.store), room);
    let right = paint.spans_right(row(0), vec![Span::styled(format!("{store} "), muted)]);
    let header = vec![Span::styled(" haversack ", brand), Span::styled(" › ", muted), Span::styled("Recall", title)];
    paint.spans(Rect { width: right.saturating_sub(area.x), ..row(0) }, header);

    let place = match recall.place {
        Place::All => "all sessions",
        Place::Session => "this session",
        Place::Project => "this project",
    };
    let right = paint.spans_right(row(1), vec![Span::styled("in ", muted), Span::styled(format!("{place} "), title)]);
    paint.text(area.x, row(1).y, " / ", key);
    let line = Rect { x: area.x + 3, width: right.saturating_sub(area.x + 4), ..row(1) };
    (&recall.line).render(line, paint.buffer);

    let body = Rect { y: area.y + 2, height: area.height - 4, ..area };
    let (list, _) = paint.pane(body, &said(recall), Focus::Here);
    areas.lens = list;
    match &recall.answer {
        Some(answer) if !recall.rows.is_empty() => hits(recall, answer, list, paint),
        answer => nothing(recall, answer.as_ref(), list, paint),
    }
    footer::status(state, row(area.height - 2), paint);
    footer::draw(state, row(area.height - 1), false, paint, areas);
}

fn said(recall: &Recall) -> String {
    let waiting = if recall.is_waiting() { " · searching …" } else { "" };
    match &recall.answer {
        None => format!("Search every session{waiting}"),
        Some(answer) => {
            let full = answer.hits.len() == MOST || answer.facts.len() == MOST;
            let best = if full { "the best " } else { "" };
            let hits = words::exact((answer.hits.len() + answer.facts.len()) as u64);
            let sessions = words::plural(answer.sessions.len(), "session", "sessions");
            format!("{best}{hits} found in {sessions}{waiting}")
        }
    }
}

fn nothing(recall: &Recall, answer: Option<&Answer>, area: Rect, paint: &mut Painter) {
    let muted = paint.theme.style.muted.0;
    let place = if recall.place == Place::All { "" } else { ", or tab to look into all sessions" };
    let lines = match answer {
        None if recall.query().is_empty() => vec![
            "Type words: every entry and fact that holds them is found,".to_owned(),
            "archived and evicted ones too. Words may be beginnings.".to_owned(),
        ],
        None => vec!["searching …".to_owned()],
        Some(answer) => {
            let query = words::clip(&sanitize::inert_line(&answer.query), 40);
            vec![format!("Nothing holds “{query}”."), format!("Try fewer words{place}.")]
        }
    };
    let top = area.y + area.height.saturating_sub(lines.len() as u16) / 3;
    for (y, line) in (top..area.bottom()).zip(lines) {
        paint.centered(Rect { y, height: 1, ..area }, &line, muted);
    }
}

fn hits(recall: &Recall, answer: &Answer, area: Rect, paint: &mut Painter) {
    let (key, selection) = (paint.theme.style.key.0, paint.theme.style.selection.0);
    let offset = offset_for(recall.cursor.cursor, recall.cursor.offset, usize::from(area.height), recall.rows.len());
    for (at, (y, &row)) in (area.y..area.bottom()).zip(&recall.rows[offset..]).enumerate() {
        let line = Rect { y, height: 1, ..area };
        match row {
            Row::Session(number) => session(answer, number, line, paint),
            Row::Fact(number) => fact(answer, &answer.facts[number], line, paint),
            Row::Hit(number) => hit(answer, &answer.hits[number], line, paint),
        }
        if offset + at == recall.cursor.cursor {
            paint.text(line.x, y, "▸", key);
            paint.restyle(line, selection);
        }
    }
}

fn session(answer: &Answer, number: usize, row: Rect, paint: &mut Painter) {
    let (title_style, muted) = (paint.theme.style.title.0, paint.theme.style.muted.0);
    let (id, title, project) = &answer.sessions[number];
    let id_words = sanitize::inert_line(id.as_str()).into_owned();
    let title = sanitize::inert_line(title);
    let title = if title.trim().is_empty() { id.native().to_owned() } else { title.trim().to_owned() };
    let id_words = words::clip(&id_words, usize::from(row.width) / 3);
    let right = paint.spans_right(row, vec![Span::styled(format!("{id_words} "), muted)]);
    let left = Rect { x: row.x + 1, width: right.saturating_sub(row.x + 2), ..row };
    let title = words::clip(&title, usize::from(left.width));
    let room = usize::from(left.width).saturating_sub(words::width(&title) + 2);
    let project = sanitize::inert_line(project);
    let project = if room >= 12 { words::clip_start(project.trim(), room) } else { String::new() };
    paint.spans(left, vec![Span::styled(title, title_style), Span::styled(format!("  {project}"), muted)]);
}

/// How near it comes to the best: a sign, so that no colour is needed.
fn strength(tier: Tier) -> &'static str {
    match tier {
        Tier::Strong => "●",
        Tier::Supporting => "○",
        Tier::Peripheral => "·",
    }
}

fn hit(answer: &Answer, hit: &Hit, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, good, out, pinned) = (style.muted.0, style.good.0, style.out.0, style.pinned.0);
    let tool = hit.tool.as_deref().map(sanitize::inert_line).unwrap_or("tool".into());
    let who = match hit.kind {
        Kind::Prompt => "user".into(),
        Kind::Message => "agent".into(),
        Kind::Call => format!("→ {tool}"),
        Kind::Result => format!("← {tool}"),
        kind => kind.to_string(),
    };
    let (fate, fate_style) = match (&hit.fate, hit.pinned) {
        (_, true) => ("★ pinned", pinned),
        (Fate::Live, _) => ("", muted),
        (Fate::Evicted, _) => ("✗ evicted", out),
        (Fate::Superseded { .. }, _) => ("» superseded", out),
        (Fate::Archived, _) => ("▾ archived", out),
    };
    let age = hit.at.map_or(String::new(), |at| words::ago(at, answer.now));
    let mut spans = vec![
        Span::styled(format!("   {} ", strength(hit.tier)), good),
        Span::styled(words::fit(&format!("#{}", hit.seq), 7), muted),
    ];
    if row.width >= 60 {
        spans.extend([Span::styled(words::fit(&who, 9), muted), Span::styled(words::fit_right(&age, 13), muted)]);
    }
    let cells = if row.width >= 90 { 12 } else { 1 };
    spans.push(Span::styled(
        format!("  {}  ", words::fit(&fate.chars().take(cells).collect::<String>(), cells)),
        fate_style,
    ));
    if hit.found_in == Found::Rewrite {
        spans.push(Span::styled("in its rewrite: ", muted));
    }
    let after = paint.clipped(row, spans);
    snippet(answer, &hit.snippet, Rect { x: after, width: row.right().saturating_sub(after), ..row }, paint);
}

fn fact(answer: &Answer, fact: &FactHit, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, good, title) = (style.muted.0, style.good.0, style.title.0);
    let mut spans =
        vec![Span::styled(format!("   {} ", strength(fact.tier)), good), Span::styled(words::fit("fact", 7), muted)];
    if row.width >= 60 {
        spans.extend([
            Span::styled(words::fit(&fact.trust.to_string(), 9), muted),
            Span::styled(words::fit_right(&words::ago(fact.at, answer.now), 13), muted),
        ]);
    }
    let key = sanitize::inert_line(&fact.key).into_owned();
    let cells = if row.width >= 90 { 12 } else { 1 };
    spans.push(Span::styled(format!("  {}  {key} = ", " ".repeat(cells)), title));
    let after = paint.clipped(row, spans);
    snippet(answer, &fact.value, Rect { x: after, width: row.right().saturating_sub(after), ..row }, paint);
}

/// Text with the words of the query lit up.
fn snippet(answer: &Answer, text: &str, area: Rect, paint: &mut Painter) {
    if area.is_empty() {
        return;
    }
    let style = &paint.theme.style;
    let (plain, lit_style) = (style.agent.0, style.found.0);
    let text = sanitize::inert_line(text);
    let text = words::clip(text.trim(), usize::from(area.width));
    let mut spans = Vec::new();
    let mut at = 0;
    for found in lit(&answer.query, &text) {
        spans.push(Span::styled(text[at..found.start].to_owned(), plain));
        spans.push(Span::styled(text[found.clone()].to_owned(), lit_style));
        at = found.end;
    }
    spans.push(Span::styled(text[at..].to_owned(), plain));
    paint.spans(area, spans);
}
