//! The session picker, and the screen that waits.

use ratatui::{layout::Rect, text::Span};

use super::{
    footer,
    paint::{Focus, Painter},
};
use crate::{
    text::{sanitize, words},
    tui::{
        action::Action,
        app::{
            Areas, State,
            list::offset_for,
            picker::{Picker, SessionRow},
            state::Waiting,
        },
    },
};

pub fn draw(state: &State, picker: &Picker, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (brand, muted) = (style.brand.0, style.muted.0);
    let store =
        words::clip_start(&sanitize::inert_line(&state.settings.store), usize::from(area.width).saturating_sub(16));
    let header = vec![Span::styled(" haversack ", brand), Span::styled(format!(" {store}"), muted)];
    paint.spans(Rect { height: 1, ..area }, header);
    let footer = Rect { y: area.bottom() - 1, height: 1, ..area };
    let status = Rect { y: area.bottom() - 2, height: 1, ..area };
    let body = Rect { y: area.y + 1, height: area.height - 3, ..area };
    if picker.sessions.is_empty() {
        nothing_yet(state, body, paint);
    } else {
        sessions(picker, body, paint, areas);
    }
    footer::status(state, status, paint);
    footer::draw(state, footer, false, paint, areas);
}

pub fn waiting(waiting: &Waiting, area: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (brand, muted, gauge, title) = (style.brand.0, style.muted.0, style.importance.0, style.title.0);
    paint.spans(Rect { height: 1, ..area }, vec![Span::styled(" haversack ", brand)]);
    let middle = Rect { y: area.y + area.height / 2 - 1, height: 1, ..area };
    if waiting.doing.is_empty() {
        return;
    }
    paint.centered(middle, &format!("{} …", sanitize::inert_line(&waiting.doing)), title);
    if let Some(progress) = waiting.progress {
        let share = progress.done as f32 / progress.of.max(1) as f32;
        let bar = Painter::gauge(share, 30);
        let below = Rect { y: middle.y + 2, ..middle };
        let words = format!("{bar} {}", words::percent(f64::from(share)));
        paint.centered(below, &words, gauge);
        paint.centered(Rect { y: below.y + 1, ..below }, &sanitize::inert_line(&waiting.step), muted);
    }
}

/// An empty store says what there is to do.
fn nothing_yet(state: &State, area: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (title, muted, key_style) = (style.title.0, style.muted.0, style.key.0);
    let offers = [
        (Action::Demo, "look around in a built-in session"),
        (Action::Import, "import an agent's log, or a folder of them"),
        (Action::Help, "all keys"),
    ];
    let top = area.y + area.height.saturating_sub(6) / 2;
    paint.centered(Rect { y: top, height: 1, ..area }, "No sessions yet.", title);
    let width = 50.min(area.width);
    let x = area.x + (area.width - width) / 2;
    for (y, (action, words)) in (top + 2..area.bottom()).zip(offers) {
        let key = words::fit_right(&state.keymap.key_for(action), 3);
        let row = Rect { x, y, width, height: 1 };
        paint.clipped(row, vec![Span::styled(key, key_style), Span::styled(format!("  {words}"), muted)]);
    }
}

fn sessions(picker: &Picker, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let shown = words::exact(picker.rows.len() as u64);
    let found = match picker.query.trim() {
        "" => format!("Sessions {shown}"),
        query => format!("Sessions {shown} of {}: “{query}”", words::exact(picker.sessions.len() as u64)),
    };
    let title = sanitize::inert_line(&format!("{found} · {}", picker.order.words())).into_owned();
    let (body, _) = paint.pane(area, &title, Focus::Here);
    areas.list = body;
    let largest = picker.sessions.iter().map(SessionRow::held).max().unwrap_or(1).max(1);
    let offset = offset_for(picker.cursor, picker.offset, usize::from(body.height), picker.rows.len());
    for (at, (y, &index)) in (body.y..body.bottom()).zip(&picker.rows[offset..]).enumerate() {
        let row = Rect { y, height: 1, ..body };
        session(picker, &picker.sessions[index], largest, row, paint);
        if offset + at == picker.cursor {
            paint.text(row.x, y, "▸", paint.theme.style.key.0);
            paint.restyle(row, paint.theme.style.selection.0);
        }
    }
}

fn session(picker: &Picker, session: &SessionRow, largest: u64, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, plain, gauge) = (style.muted.0, style.title.0, style.importance.0);
    let inner = Rect { x: row.x + 2, width: row.width.saturating_sub(3), ..row };
    let age = words::ago(session.last_at.unwrap_or(session.updated), picker.now);
    let size = Painter::gauge(session.held() as f32 / largest as f32, if row.width >= 100 { 12 } else { 0 });
    let amount = words::fit_right(&format!("{} tok", words::short(session.held())), 9);
    let entries = words::fit_right(&words::plural(session.entries as usize, "entry", "entries"), 14);
    let mut right = Vec::new();
    if row.width >= 90 {
        right.push(Span::styled(format!("{} ", words::fit(session.id.agent(), 8)), muted));
    }
    if row.width >= 70 {
        right.push(Span::styled(entries, muted));
    }
    right.extend([
        Span::styled(format!("  {amount} "), plain),
        Span::styled(size, gauge),
        Span::styled(words::fit_right(&age, 14), muted),
    ]);
    let at = paint.spans_right(inner, right);
    let left = Rect { width: at.saturating_sub(inner.x + 1), ..inner };
    let title = sanitize::inert_line(&session.title);
    let title = if title.trim().is_empty() { session.id.native() } else { title.trim() };
    let project = sanitize::inert_line(&session.project);
    let title = words::clip(title, usize::from(left.width));
    let room = usize::from(left.width).saturating_sub(words::width(&title) + 2);
    let project = if room >= 12 { words::clip_start(project.trim(), room) } else { String::new() };
    paint.spans(left, vec![Span::styled(title, plain), Span::styled(format!("  {project}"), muted)]);
}
