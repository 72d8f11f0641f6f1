//! The session picker, and the screen that waits.

use ratatui::{layout::Rect, text::Span};

use super::{first, footer, paint::Painter, sessions};
use crate::{
    text::{sanitize, words},
    tui::app::{Areas, State, picker::Picker, state::Waiting},
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
        first::draw(state, &picker.first, body, paint, areas);
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
