//! The preview: the four renditions as tabs with their costs, the text of one, and why it is where it is.

use ratatui::{layout::Rect, text::Span};

use super::{
    entries,
    paint::{Focus, Painter},
    snippet,
};
use crate::{
    model::{Entry, ExclusionReason, Kind, Level, Seen},
    score,
    text::{sanitize, words},
    tui::app::{
        Areas,
        inspector::{Inspector, Pane},
        preview,
    },
};

pub fn draw(inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let focus = if inspector.focus == Pane::Preview { Focus::Here } else { Focus::Elsewhere };
    let Some(index) = inspector.list.current() else {
        paint.pane(area, "Preview", focus);
        return;
    };
    let entry = &inspector.desk.session().entries[index];
    let (body, after) = paint.pane(area, &title(inspector, entry, area.width), focus);
    if entry.kind != Kind::Boundary {
        let room = area.right().saturating_sub(after + super::room_for_tabs(inspector, paint.screen_width()));
        tabs(inspector, index, Rect { x: after, width: room, height: 1, ..area }, paint, areas);
    }
    let said = if entry.kind == Kind::Boundary {
        0
    } else if body.height >= 8 {
        2
    } else {
        1
    };
    let text =
        Rect { x: body.x + 1, width: body.width.saturating_sub(2), height: body.height.saturating_sub(said), ..body };
    let answer = Rect { y: text.bottom(), height: body.height.min(said), ..text };
    areas.preview = text;
    rendition(inspector, index, text, paint);
    why(inspector, index, answer, paint);
}

fn title(inspector: &Inspector, entry: &Entry, width: u16) -> String {
    let path = entry.path.as_deref().filter(|_| width >= 100);
    let path = path.map(|path| snippet::in_project(inspector.desk.session(), &sanitize::inert_line(path)));
    match (entry.kind, path) {
        (Kind::Boundary, _) if width < 72 => format!("#{} a cut", entry.seq),
        (Kind::Boundary, _) => format!("#{} where the agent's context was cut", entry.seq),
        (_, Some(path)) => {
            let room = usize::from(width).saturating_sub(if width >= 100 { 76 } else { 66 });
            match room {
                0..6 => format!("#{} {}", entry.seq, entries::who(entry)),
                _ => format!("#{} {} {}", entry.seq, entries::who(entry), words::clip_start(&path, room)),
            }
        }
        (_, None) => format!("#{} {}", entry.seq, entries::who(entry)),
    }
}

/// One tab a rendition: its cost, `=` where it is the shallower text, `●` on the one that the plan carries.
fn tabs(inspector: &Inspector, index: usize, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (tab, muted, good) = (style.tab.0, style.muted.0, style.good.0);
    let entry = &inspector.desk.session().entries[index];
    let packed = inspector.desk.packed(index);
    let named = area.width >= 54;
    let mut x = area.x + 1;
    for level in Level::ALL {
        let same = level.shallower().is_some_and(|up| entry.cost(up) == entry.cost(level));
        let cost = if same { "=".into() } else { words::exact(entry.cost(level).into()) };
        let hand = if entry.state.rewrites.contains_key(&level) { "*" } else { "" };
        let name = if named { capital(level) } else { level.letter().to_string() };
        let text = format!("{name}{hand} {cost} ");
        let width = words::width(&text) as u16 + 1;
        if x + width > area.right() {
            break;
        }
        let here = inspector.preview.level == level;
        let sign = if packed == Some(level) { "●" } else { " " };
        paint.text(x, area.y, sign, if here { tab } else { good });
        paint.text(x + 1, area.y, &text, if here { tab } else { muted });
        areas.tabs.push((Rect { x, y: area.y, width, height: 1 }, level));
        x += width;
    }
}

fn capital(level: Level) -> String {
    let name = level.to_string();
    name[..1].to_uppercase() + &name[1..]
}

fn rendition(inspector: &Inspector, index: usize, area: Rect, paint: &mut Painter) {
    if area.is_empty() {
        return;
    }
    let cells = usize::from(area.width);
    let made;
    let wrapped = match inspector.preview.wrapped(&inspector.desk, index, cells) {
        Some(wrapped) => wrapped,
        None => {
            made = preview::wrap(&inspector.desk, index, inspector.preview.level, cells);
            &made
        }
    };
    let first = inspector.preview.scroll.min(wrapped.len().saturating_sub(usize::from(area.height)));
    let plain = paint.theme.style.agent.0;
    for (y, row) in (area.y..area.bottom()).zip(wrapped.rows(first..first + usize::from(area.height))) {
        paint.spans(Rect { y, height: 1, ..area }, vec![Span::styled(row.to_owned(), plain)]);
    }
    let below = wrapped.len().saturating_sub(first + usize::from(area.height));
    if below > 0 {
        let sign = if wrapped.is_whole() { "" } else { "+" };
        let more = format!("  {}{sign} more ↓ ", words::plural(below, "row", "rows"));
        let last = Rect { y: area.bottom() - 1, height: 1, ..area };
        let width = words::width(&more) as u16;
        if width < area.width {
            paint.text(area.right() - width, last.y, &more, paint.theme.style.muted.0);
        }
    }
}

/// Where the plan has it, and what its importance is made of.
fn why(inspector: &Inspector, index: usize, area: Rect, paint: &mut Painter) {
    if area.is_empty() {
        return;
    }
    let style = &paint.theme.style;
    let (muted, good, out) = (style.muted.0, style.good.0, style.out.0);
    let entry = &inspector.desk.session().entries[index];
    let mut spans = match inspector.desk.packed(index) {
        Some(level) => vec![Span::styled("● ", good), Span::raw(carried(inspector, index, level))],
        None => vec![Span::styled("– ", out), Span::raw(excluded(inspector, index))],
    };
    if let Seen::Lost { at, .. } = entry.seen {
        let boundary = inspector.desk.session().entry(at).map_or(0, |boundary| boundary.seq);
        spans.push(Span::styled(format!(" · † lost by the agent at #{boundary}"), style.lost.0));
    }
    let importance = format!("importance {:.2}", entry.importance());
    let by = if entry.state.importance.is_some() { " by hand; by rule: " } else { " = " };
    let breakdown = sanitize::inert_line(&score::breakdown(entry)).into_owned();
    let breakdown = if breakdown.is_empty() { String::new() } else { format!("{by}{breakdown}") };
    let second = Rect { y: area.y + 1, height: 1, ..area };
    if area.height > 1 {
        paint.clipped(area, spans);
        paint.clipped(second, vec![Span::styled("  ", muted), Span::styled(format!("{importance}{breakdown}"), muted)]);
    } else {
        let breakdown = breakdown.replacen(" = ", ": ", 1);
        spans.push(Span::styled(format!(" · {:.2}{breakdown}", entry.importance()), muted));
        paint.clipped(area, spans);
    }
}

fn carried(inspector: &Inspector, index: usize, level: Level) -> String {
    let entry = &inspector.desk.session().entries[index];
    let how = match () {
        () if entry.state.pinned => "pinned, in full".to_owned(),
        () if inspector.desk.chosen().strips(index) => "carried as a note of its loss".to_owned(),
        () => format!("carried at {level}"),
    };
    format!("{how}, {} tok", words::exact(inspector.desk.packed_tokens(index).into()))
}

/// "over budget, needs +22".
fn excluded(inspector: &Inspector, index: usize) -> String {
    let session = inspector.desk.session();
    let entry = &session.entries[index];
    let reason = inspector.desk.chosen().out[index];
    match (reason, entry.state.fate) {
        (Some(ExclusionReason::Superseded), crate::model::Fate::Superseded { by }) => {
            format!("left out: superseded by #{}", session.entry(by).map_or(0, |entry| entry.seq))
        }
        (Some(reason), _) => match inspector.left_out.needs(index) {
            Some(needs) => format!("left out: {}, needs +{}", reason.words(), words::exact(needs.into())),
            None => format!("left out: {}", reason.words()),
        },
        (None, _) => "left out".into(),
    }
}
