//! Trends: tokens by day, what cost most, what holding less saves, and what retention would let go.
//!
//! ```text
//! ▸ 55 sessions · 40 success, 14 abandoned, 1 fail ───────────────────────────────────────────────
//!  2026-07-28  ▇▇▇                  36,966  │ agent      sessions    tokens      spent    cost
//!  2026-07-29  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇     230,775  │ claude           16     753.6k    217.5M
//!                                            │   ▃▂·▁▅█▃▂▁·▂▆▄▃   most 230.8k on 2026-07-29
//! ─ tools ─────────────────────────────────── files ───────────────────────────────────────────────
//!  exec_command    543 calls   648.9k          src/db.rs   22.4k
//! ─ retention: 3 sessions, 12.4 MB would go ────────────────────────────────────────────────────────
//! ```

use ratatui::{layout::Rect, text::Span};

use super::paint::{Focus, Painter};
use crate::{
    insight::trends::{AgentDays, Group, Row, Trends},
    text::{sanitize, sparkline::sparkline, words},
    tui::app::lessons::{Learned, Lessons},
    workspace::retention::Retained,
};

/// Cells of "most 230.8k on 2026-11-12".
const MOST_ON: usize = 26;

pub fn draw(lessons: &Lessons, learned: &Learned, area: Rect, paint: &mut Painter) {
    let trends = &learned.trends;
    // Retention has its rows first, then the days, then what cost most.
    let goes = (learned.would.plan.steps.len().min(4) as u16 + 2).min(area.height / 3);
    let rest = area.height - goes;
    let upper = Rect { height: if rest >= 14 { rest * 3 / 5 } else { rest }, ..area };
    let (body, _) = paint.pane(upper, &said(trends), Focus::Here);
    match body.width >= 90 {
        true => {
            let half = body.width / 2;
            days(trends, Rect { width: half - 2, ..body }, paint);
            groups(trends, Rect { x: body.x + half, width: body.width - half, ..body }, paint);
        }
        false => {
            let below = (body.height / 2).min(2 * trends.groups.len() as u16);
            days(trends, Rect { height: body.height - below, ..body }, paint);
            groups(trends, Rect { y: body.bottom() - below, height: below, ..body }, paint);
        }
    }
    let middle = Rect { y: upper.bottom(), height: rest - upper.height, ..area };
    if middle.height > 1 {
        most(trends, middle, paint);
    }
    retention(lessons, &learned.would, Rect { y: area.y + rest, height: goes, ..area }, paint);
}

fn said(trends: &Trends) -> String {
    let sessions = words::plural(trends.sessions as usize, "session", "sessions");
    let outcomes: Vec<String> = trends.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    let saved = trends.full_tokens.saturating_sub(trends.held_tokens) as f64 / trends.full_tokens.max(1) as f64;
    let money = trends.money.map(|money| format!(" · cost {money:.2}")).unwrap_or_default();
    format!("{sessions} · {} · held texts save {}{money}", outcomes.join(", "), words::percent(saved))
}

/// The newest days, a bar each.
fn days(trends: &Trends, area: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, title) = (style.muted.0, style.title.0);
    let by_day = trends.by_day();
    let shown = &by_day[by_day.len().saturating_sub(usize::from(area.height))..];
    let most = shown.iter().map(|(_, tokens)| *tokens).max().unwrap_or(0).max(1);
    for (y, (day, tokens)) in (area.y..area.bottom()).zip(shown) {
        let row = Rect { y, height: 1, x: area.x + 1, width: area.width.saturating_sub(1) };
        let right = paint.spans_right(row, vec![Span::styled(words::exact(*tokens), title)]);
        let room = usize::from(right.saturating_sub(row.x)).saturating_sub(13);
        let bar = Painter::gauge((*tokens as f64 / most as f64) as f32, room);
        paint.spans(
            Rect { width: right.saturating_sub(row.x + 1), ..row },
            vec![Span::styled(format!("{day}  "), muted), Span::raw(bar)],
        );
    }
}

/// Agents with their numbers; under each its newest days, a mark a day, where there is room for that.
fn groups(trends: &Trends, area: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, title) = (style.muted.0, style.title.0);
    let rows = if usize::from(area.height) >= 2 * trends.groups.len() { 2 } else { 1 };
    let agents = trends.newest_days(usize::from(area.width).saturating_sub(MOST_ON + 6));
    for (y, group) in (area.y..area.bottom()).step_by(rows).zip(&trends.groups) {
        let row = Rect { y, height: 1, x: area.x + 1, width: area.width.saturating_sub(2) };
        if rows > 1 {
            newest_days(agents.get(group.name.as_str()), Rect { y: y + 1, ..row }, paint);
        }
        let at = paint.spans_right(row, vec![Span::styled(numbers(group), muted)]);
        let name =
            if group.name.is_empty() { "(none)".to_owned() } else { sanitize::inert_line(&group.name).into_owned() };
        paint.clipped(Rect { width: at.saturating_sub(row.x + 1), ..row }, vec![Span::styled(name, title)]);
    }
}

/// "  ▃▂·▁▅█▃▂▁·▂▆▄▃        most 230.8k on 2026-11-12".
fn newest_days(days: Option<&AgentDays>, row: Rect, paint: &mut Painter) {
    let muted = paint.theme.style.muted.0;
    let Some(days) = days else { return };
    paint.spans_right(row, vec![Span::styled(days.most_in_words(), muted)]);
    paint.spans(
        Rect { x: row.x + 2, width: row.width.saturating_sub(2), ..row },
        vec![Span::raw(sparkline(&days.tokens))],
    );
}

/// "16 sessions · 753.6k tok · 217.5M spent · 12.40".
fn numbers(group: &Group) -> String {
    let sessions = words::plural(group.sessions as usize, "session", "sessions");
    let money = group.money.map(|money| format!(" · {money:.2}")).unwrap_or_default();
    format!("{sessions} · {} tok · {} spent{money}", words::short(group.tokens), words::short(group.spent))
}

/// Tools and files, side by side where there is room.
fn most(trends: &Trends, area: Rect, paint: &mut Painter) {
    let half = area.width / 2;
    let (left, right) = match area.width >= 60 {
        true => (Rect { width: half, ..area }, Rect { x: area.x + half, width: area.width - half, ..area }),
        false => (area, Rect::default()),
    };
    for (name, rows, area) in
        [("Tools that cost most", &trends.tools, left), ("Files that cost most", &trends.files, right)]
    {
        if area.width > 0 {
            let (body, _) = paint.pane(area, name, Focus::Elsewhere);
            rows_of(rows, body, paint);
        }
    }
}

fn rows_of(rows: &[Row], area: Rect, paint: &mut Painter) {
    let muted = paint.theme.style.muted.0;
    for (y, row) in (area.y..area.bottom()).zip(rows) {
        let place = Rect { y, height: 1, x: area.x + 1, width: area.width.saturating_sub(2) };
        let said = format!("{} · {} tok", words::plural(row.calls as usize, "call", "calls"), words::short(row.tokens));
        let at = paint.spans_right(place, vec![Span::styled(said, muted)]);
        let room = usize::from(at.saturating_sub(place.x + 1));
        paint.spans(place, vec![Span::raw(words::clip_start(&sanitize::inert_line(&row.name), room))]);
    }
}

/// "3 sessions (1.7 MB), 14 archived entries (32 kB)"; what would be lost stands first, it is the last to go.
fn goes(would: &Retained) -> String {
    let lost = match would.data_loss().count() {
        0 => String::new(),
        lost => format!("DATA LOSS of {}, in all ", words::plural(lost, "session", "sessions")),
    };
    let sessions = words::plural(would.plan.steps.len(), "session", "sessions");
    let sessions = format!("{lost}{sessions} ({})", words::size(would.freed()));
    match (would.plan.steps.len(), would.archived_entries) {
        (0, _) => would.archived(),
        (_, 0) => sessions,
        _ => format!("{sessions}, {}", would.archived()),
    }
}

/// What would go, before it goes.
fn retention(lessons: &Lessons, would: &Retained, area: Rect, paint: &mut Painter) {
    let plan = &would.plan;
    let title = match (lessons.going, would.is_nothing()) {
        (Some((done, of)), _) => {
            format!("Retention · {done} of {} have gone", words::plural(of, "session", "sessions"))
        }
        (None, true) => format!("Retention · nothing would go, {} of raw text", words::size(plan.bytes_before)),
        (None, false) => format!("Retention · {} would go", goes(would)),
    };
    let (body, _) = paint.pane(area, &title, Focus::Elsewhere);
    let muted = paint.theme.style.muted.0;
    let more = plan.steps.len().saturating_sub(usize::from(body.height));
    for (y, step) in (body.y..body.bottom()).zip(&plan.steps) {
        let row = Rect { y, height: 1, x: body.x + 1, width: body.width.saturating_sub(2) };
        if more > 0 && y + 1 == body.bottom() {
            paint.spans(row, vec![Span::styled(format!("and {} more", words::exact(more as u64 + 1)), muted)]);
            break;
        }
        let pins = match step.pins {
            0 => String::new(),
            pins => format!(" · {}", words::plural(pins as usize, "pin", "pins")),
        };
        let at = paint.spans_right(
            row,
            vec![Span::styled(format!("{}{pins} · {}", step.pass.words(), words::size(step.bytes)), muted)],
        );
        let room = usize::from(at.saturating_sub(row.x + 1));
        paint.spans(row, vec![Span::raw(words::clip(&sanitize::inert_line(step.session_id.as_str()), room))]);
    }
}
