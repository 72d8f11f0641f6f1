//! The table of sessions, and below it all that is known of the one under the cursor.
//!
//! ```text
//!   session                                  agent     entries    tokens  held          logged           age
//! ▸ Rounding bug in checkout  ~/shop         claude        412      186k  ████████▓▒░    14.2M     5 min ago
//! ─ claude:6a2f ──────────────────────────────────────────────────────────────────────────────────────────
//!  held 186,204 tok: full 150,100 · summary 30,004 · sentence 6,000 · keywords 100
//! ```

use ratatui::{layout::Rect, style::Style, text::Span};

use super::paint::{Focus, Painter};
use crate::{
    model::Level,
    text::{sanitize, words},
    tui::app::{
        Areas,
        list::{Order, offset_for},
        picker::{Picker, SessionColumn, SessionRow, total},
    },
};

/// From this height on there is room for what is known of one session.
const DETAIL: u16 = 13;
/// Fills of the bar, from full to keywords: told apart without colour.
const FILLS: [&str; 4] = ["█", "▓", "▒", "░"];

/// A column at the right, and its cells.
type Wide = (SessionColumn, u16);

fn columns(width: u16) -> &'static [Wide] {
    use SessionColumn::*;
    match width {
        112.. => &[(Agent, 9), (Entries, 9), (Tokens, 24), (Logged, 9), (Age, 15)],
        90.. => &[(Agent, 9), (Entries, 9), (Tokens, 18), (Logged, 8), (Age, 15)],
        70.. => &[(Entries, 9), (Tokens, 18), (Age, 15)],
        _ => &[(Tokens, 8), (Age, 14)],
    }
}

pub fn draw(picker: &Picker, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let (body, _) = paint.pane(area, &title(picker), Focus::Here);
    let scarce = area.height < DETAIL;
    let details = if scarce { 0 } else { 4 };
    let rows = match scarce {
        true => body,
        false => Rect { y: body.y + 1, height: body.height.saturating_sub(1 + details), ..body },
    };
    if !scarce {
        headings(picker, Rect { height: 1, ..body }, paint, areas);
    }
    areas.list = rows;
    if picker.rows.is_empty() {
        let muted = paint.theme.style.muted.0;
        let words = "No session is like that. Esc shows every session.";
        paint.centered(Rect { y: rows.y + rows.height / 3, height: 1, ..rows }, words, muted);
        return;
    }
    let largest = picker.sessions.iter().map(SessionRow::held).max().unwrap_or(1).max(1);
    let offset = offset_for(picker.cursor, picker.offset, usize::from(rows.height), picker.rows.len());
    for (at, (y, &index)) in (rows.y..rows.bottom()).zip(&picker.rows[offset..]).enumerate() {
        let row = Rect { y, height: 1, ..rows };
        session(picker, &picker.sessions[index], largest, row, paint);
        if offset + at == picker.cursor {
            paint.text(row.x, y, "▸", paint.theme.style.key.0);
            paint.restyle(row, paint.theme.style.selection.0);
            // Reversed, its fills would say the opposite.
            let gauge = paint.theme.style.importance.0;
            paint.restyle(bar_in(row), gauge);
        }
    }
    if let Some(session) = picker.current().filter(|_| !scarce) {
        detail(picker, session, Rect { y: rows.bottom(), height: details, ..area }, paint);
    }
}

/// Where the bar of a row stands; empty where there is no room for one.
fn bar_in(row: Rect) -> Rect {
    let mut right = row.right().saturating_sub(1);
    for &(column, width) in columns(row.width).iter().rev() {
        if column == SessionColumn::Tokens {
            let width = width.saturating_sub(11);
            return Rect { x: right.saturating_sub(width), width, ..row };
        }
        right = right.saturating_sub(width);
    }
    Rect { width: 0, ..row }
}

fn title(picker: &Picker) -> String {
    let shown = words::exact(picker.rows.len() as u64);
    let all = words::exact(picker.sessions.len() as u64);
    let mut title = match (picker.query.trim(), &picker.only) {
        ("", None) => format!("Sessions {shown}"),
        ("", Some(_)) => format!("Sessions {shown} of {all}"),
        (query, _) => format!("Sessions {shown} of {all}: “{query}”"),
    };
    if let Some(only) = &picker.only {
        title += &format!(" · only {}", only.words());
    }
    sanitize::inert_line(&format!("{title} · {}", picker.sort.words())).into_owned()
}

fn headings(picker: &Picker, row: Rect, paint: &mut Painter, areas: &mut Areas) {
    let (muted, title) = (paint.theme.style.muted.0, paint.theme.style.title.0);
    let arrow = match picker.sort.order {
        Order::Ascending => "▲",
        Order::Descending => "▼",
    };
    let style = |column| if picker.sort.by == column { title } else { muted };
    let named = |column: SessionColumn, name: &str| match picker.sort.by == column {
        true => format!("{name}{arrow}"),
        false => name.to_owned(),
    };
    let mut x = row.right().saturating_sub(1);
    for &(column, width) in columns(row.width).iter().rev() {
        x = x.saturating_sub(width);
        let cell = Rect { x, width, ..row };
        let cells = usize::from(width);
        let name = named(column, column.heading());
        let name = match column {
            SessionColumn::Agent => format!(" {name}"),
            SessionColumn::Tokens if width > 10 => format!("{}  held", words::fit_right(&name, 9)),
            _ => words::fit_right(&name, cells),
        };
        paint.text(x, row.y, &words::fit(&name, cells), style(column));
        areas.session_columns.push((cell, column));
    }
    let name = named(SessionColumn::Title, SessionColumn::Title.heading());
    paint.text(row.x + 2, row.y, &name, style(SessionColumn::Title));
    areas.session_columns.push((Rect { x: row.x, width: x.saturating_sub(row.x), ..row }, SessionColumn::Title));
    if picker.sort.by == SessionColumn::Project {
        paint.text(row.x + 3 + words::width(&name) as u16, row.y, &format!(" project{arrow}"), title);
    }
}

fn session(picker: &Picker, session: &SessionRow, largest: u64, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, plain, gauge) = (style.muted.0, style.title.0, style.importance.0);
    let inner = Rect { x: row.x + 2, width: row.width.saturating_sub(3), ..row };
    let mut right: Vec<Span> = Vec::new();
    for &(column, width) in columns(row.width) {
        let cells = usize::from(width);
        match column {
            SessionColumn::Agent => {
                let agent = sanitize::inert_line(session.agent()).into_owned();
                right.push(Span::styled(format!(" {}", words::fit(&agent, cells - 1)), muted));
            }
            SessionColumn::Entries => {
                let entries = match session.let_go_at {
                    None => words::exact(session.entries.into()),
                    Some(_) => "digest".into(),
                };
                right.push(Span::styled(words::fit_right(&entries, cells), muted));
            }
            SessionColumn::Tokens if cells > 10 => {
                right.push(Span::styled(words::fit_right(&words::short(session.held()), 9), plain));
                right.push(Span::styled(format!("  {}", bar(session, largest, cells - 11)), gauge));
            }
            SessionColumn::Tokens => {
                right.push(Span::styled(words::fit_right(&words::short(session.held()), cells), plain));
            }
            SessionColumn::Logged => {
                let unknown = if picker.knows_usage(session) { "–" } else { "…" };
                let logged = picker.usage(session).map_or(unknown.into(), |usage| words::short(total(usage)));
                right.push(Span::styled(words::fit_right(&logged, cells), muted));
            }
            SessionColumn::Age => {
                let age = words::ago(session.last_at.unwrap_or(session.updated), picker.now);
                right.push(Span::styled(words::fit_right(&age, cells), muted));
            }
            SessionColumn::Title | SessionColumn::Project => {}
        }
    }
    let at = paint.spans_right(inner, right);
    let left = Rect { width: at.saturating_sub(inner.x + 1), ..inner };
    titled(session, left, plain, muted, paint);
}

/// Title and project, as far as there is room.
fn titled(session: &SessionRow, area: Rect, plain: Style, muted: Style, paint: &mut Painter) {
    let title = sanitize::inert_line(&session.title);
    let title = if title.trim().is_empty() { session.id.native() } else { title.trim() };
    let project = sanitize::inert_line(&session.project);
    let title = words::clip(title, usize::from(area.width));
    let room = usize::from(area.width).saturating_sub(words::width(&title) + 2);
    let project = if room >= 12 { words::clip_start(project.trim(), room) } else { String::new() };
    paint.spans(area, vec![Span::styled(title, plain), Span::styled(format!("  {project}"), muted)]);
}

/// As long as the session is large beside the largest, filled by what is held at each level: `██████▓▒`.
fn bar(session: &SessionRow, largest: u64, cells: usize) -> String {
    let held = session.held();
    if held == 0 {
        return " ".repeat(cells);
    }
    let length = ((held as f64 / largest as f64 * cells as f64).round() as usize).clamp(1, cells);
    let mut bar = String::new();
    let (mut before, mut drawn) = (0, 0);
    for (tokens, fill) in session.held_tokens.iter().zip(FILLS) {
        before += tokens;
        let end = (before as f64 / held as f64 * length as f64).round() as usize;
        bar += &fill.repeat(end.saturating_sub(drawn));
        drawn = drawn.max(end);
    }
    words::fit(&bar, cells)
}

fn detail(picker: &Picker, session: &SessionRow, area: Rect, paint: &mut Painter) {
    let (muted, plain) = (paint.theme.style.muted.0, paint.theme.style.title.0);
    let id = sanitize::inert_line(session.id.as_str()).into_owned();
    let (body, _) = paint.pane(area, &id, Focus::Elsewhere);
    let row = |y: u16| Rect { x: body.x + 1, y: body.y + y, width: body.width.saturating_sub(2), height: 1 };
    let levels = Level::ALL.iter().filter(|level| session.held_entries[level.index()] > 0).map(|level| {
        let at = level.index();
        let tokens = words::short(session.held_tokens[at]);
        format!("{} {level} {} ({tokens})", FILLS[at], words::exact(session.held_entries[at].into()))
    });
    let levels = levels.collect::<Vec<_>>().join("  ");
    let out = u64::from(session.entries).saturating_sub(session.held_entries.iter().map(|&held| u64::from(held)).sum());
    let out = if out == 0 { String::new() } else { format!("  – out {}", words::exact(out)) };
    let held = format!("{} tok held  ", words::exact(session.held()));
    paint.clipped(row(0), vec![Span::styled(held, plain), Span::styled(format!("{levels}{out}"), muted)]);
    let logged = match picker.usage(session) {
        None if !picker.knows_usage(session) => "…".to_owned(),
        None => "Its log tells no usage.".to_owned(),
        Some(usage) => {
            let cached = words::percent(usage.cache_read as f64 / usage.context().max(1) as f64);
            format!(
                "logged by the agent: {} tok read ({cached} from the cache), {} written",
                words::exact(usage.context()),
                words::exact(usage.output)
            )
        }
    };
    paint.clipped(row(1), vec![Span::styled(logged, muted)]);
    let parent = session.parent.as_ref().map_or(String::new(), |parent| format!("  ·  works for {parent}"));
    let project = if session.project.trim().is_empty() { "no project" } else { session.project.trim() };
    let words = sanitize::inert_line(&format!("{project}{parent}")).into_owned();
    paint.clipped(row(2), vec![Span::styled(words, muted)]);
}
