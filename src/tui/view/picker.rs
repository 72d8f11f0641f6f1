//! The session picker, and the screen that waits.

use ratatui::{layout::Rect, text::Span};

use super::{footer, paint::Painter, sessions};
use crate::{
    text::{sanitize, words},
    tui::{
        action::Action,
        app::{Areas, State, picker::Picker, state::Waiting},
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
        sessions::draw(picker, body, paint, areas);
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
