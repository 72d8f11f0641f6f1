//! The line that says what to do next, with its effect, and the keys that do it.

use ratatui::{layout::Rect, text::Span};

use super::paint::Painter;
use crate::{
    text::{sanitize, words},
    tui::{
        action::Action,
        app::{
            Areas, State,
            inspector::{Inspector, Weighed},
        },
    },
};

pub fn draw(state: &State, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    if area.is_empty() {
        return;
    }
    let style = &paint.theme.style;
    let (muted, key, good, warn, title) = (style.muted.0, style.key.0, style.good.0, style.warn.0, style.title.0);
    let row = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let suggestions = inspector.desk.suggestions();
    let Some(suggestion) = suggestions.get(inspector.suggestion) else {
        let spans =
            vec![Span::styled("✓ ", good), Span::styled("nothing to tidy up: no stale repeats, no loose rules", muted)];
        paint.spans(row, spans);
        return;
    };
    let mut keys =
        vec![Span::styled(state.keymap.key_for(Action::ApplySuggestion), key), Span::styled(" apply", muted)];
    if suggestions.len() > 1 && row.width >= 60 {
        let place = format!(" next {}/{}", inspector.suggestion + 1, suggestions.len());
        keys.push(Span::styled(format!("  {}", state.keymap.key_for(Action::NextSuggestion)), key));
        keys.push(Span::styled(place, muted));
    }
    let right = paint.spans_right(row, keys);
    let left = Rect { width: right.saturating_sub(row.x + 2), ..row };
    let said = sanitize::inert_line(&suggestion.words);
    let room = usize::from(left.width).saturating_sub(words::width(&said) + 4);
    let effect = effects(inspector, suggestion.frees()).into_iter().find(|effect| words::width(effect) <= room);
    let effect = effect.unwrap_or_default();
    let said = shortened(&said, usize::from(left.width).saturating_sub(2));
    let spans = vec![Span::styled("▸ ", warn), Span::styled(said, title), Span::styled(format!("  {effect}"), muted)];
    paint.spans(left, spans);
    areas.suggestion = left;
}

/// What to do stands after the colon and stays whole as long as it can.
pub fn shortened(said: &str, cells: usize) -> String {
    match said.rsplit_once(": ") {
        Some((about, what)) if words::width(said) > cells && words::width(what) + 12 < cells => {
            format!("{}: {what}", words::clip(about, cells - words::width(what) - 2))
        }
        _ => words::clip(said, cells),
    }
}

/// The effect in words, from the longest to the shortest: "−22.4k held, lets 31 in".
fn effects(inspector: &Inspector, frees: i64) -> [String; 2] {
    let held = words::change(-frees);
    let moved = match inspector.outcome {
        Weighed::NotYet | Weighed::Nothing => String::new(),
        Weighed::Outcome(outcome) => match (outcome.let_in, outcome.pushed_out) {
            (0, 0) => String::new(),
            (0, out) => format!(", pushes {out} out"),
            (more, 0) => format!(", lets {more} in"),
            (more, out) => format!(", lets {more} in, {out} out"),
        },
    };
    let whole = if frees > 0 { format!("{held} tok held{moved}") } else { format!("{held} tok{moved}") };
    [whole, held]
}
