//! The palette: what is typed, and below it what can be done.
//!
//! ```text
//! ┌ Do ───────────────────────────────────────┐
//! │ : budg                                    │
//! │ ▸ budget by number: 24000, 32k, 1M      b │
//! │   budget from a menu                    B │
//! └ enter do it  esc close ───────────────────┘
//! ```

use ratatui::{layout::Rect, text::Span, widgets::Widget};

use super::{
    paint::Painter,
    popup::{self, middle},
};
use crate::{
    text::words,
    tui::{
        action::Context,
        app::{Areas, State, list::offset_for, palette::Palette},
    },
};

/// Rows of the window, and its columns.
const ROWS: usize = 16;
const COLUMNS: usize = 76;

pub fn draw(state: &State, palette: &Palette, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (muted, key, selection) = (style.muted.0, style.key.0, style.selection.0);
    let columns = usize::from(area.width).saturating_sub(6).min(COLUMNS);
    let rows = usize::from(area.height).saturating_sub(6).min(ROWS);
    let inner = popup::window(state, "Do", Context::Palette, middle(area, columns, rows), paint, areas);
    if inner.height < 2 {
        return;
    }
    paint.text(inner.x, inner.y, ":", key);
    let line = Rect { x: inner.x + 2, width: inner.width.saturating_sub(2), height: 1, ..inner };
    (&palette.line.area).render(line, paint.buffer);
    let body = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
    (areas.popup, areas.popup_rows) = (body, palette.offers.len());
    if palette.offers.is_empty() {
        paint.spans(Rect { height: 1, ..body }, vec![Span::styled("  nothing is called that", muted)]);
        return;
    }
    let offset = offset_for(palette.rows.cursor, palette.rows.offset, usize::from(body.height), palette.offers.len());
    for (at, (y, offer)) in (body.y..body.bottom()).zip(&palette.offers[offset..]).enumerate() {
        let row = Rect { y, height: 1, ..body };
        let right = paint.spans_right(row, vec![Span::styled(offer.keys.clone(), key)]);
        let room = usize::from(right.saturating_sub(row.x)).saturating_sub(3);
        paint.spans(row, vec![Span::raw(format!("  {}", words::clip(&offer.words, room)))]);
        if offset + at == palette.rows.cursor {
            paint.text(row.x, y, "▸", key);
            paint.restyle(row, selection);
        }
    }
}
