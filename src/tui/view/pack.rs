//! Carry-forward: the pack itself, byte for byte what an export gives, with the current entry's block marked.

use ratatui::{layout::Rect, style::Style, text::Span};

use super::paint::{Focus, Painter};
use crate::{
    pack::chosen::PieceKind,
    text::words,
    tui::app::{
        Areas,
        inspector::{Inspector, Pane},
        panes::PieceRows,
    },
};

pub fn draw(inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let focus = if inspector.focus == Pane::CarryForward { Focus::Here } else { Focus::Elsewhere };
    let totals = inspector.desk.totals();
    let title = match area.width >= 44 {
        _ if super::named_by_tab(inspector, paint.screen_width()) => {
            format!("{} tok", words::exact(totals.used.into()))
        }
        true => format!(
            "Carry-forward {} tok in {}",
            words::exact(totals.used.into()),
            words::plural(totals.carried, "entry", "entries")
        ),
        false => format!("Carry-forward {} tok", words::short(totals.used.into())),
    };
    let (body, _) = paint.pane(area, &title, focus);
    // A cell at the left for the mark of the current block, one at the right for air.
    let text = Rect { x: body.x + 2, width: body.width.saturating_sub(3), ..body };
    areas.pack = text;
    if text.is_empty() {
        return;
    }
    let pieces = inspector.desk.outline();
    if pieces.is_empty() {
        let muted = paint.theme.style.muted.0;
        return paint.centered(Rect { height: 1, ..text }, "The budget holds nothing.", muted);
    }
    let current = inspector.list.current();
    let mut y = text.y;
    let mut skip = inspector.pack.row;
    for (piece, about) in pieces.iter().enumerate().skip(inspector.pack.piece.min(pieces.len() - 1)) {
        if y >= text.bottom() {
            break;
        }
        let rows = PieceRows::new(&inspector.desk, piece, usize::from(text.width));
        let kind = about.kind;
        let is_current =
            matches!(kind, PieceKind::Entry { index, .. } | PieceKind::Stripped { index } if Some(index) == current);
        for (at, row) in rows.wrapped.rows(0..rows.wrapped.len()).enumerate().skip(skip) {
            if y >= text.bottom() {
                break;
            }
            draw_row(kind, at, row, Rect { y, height: 1, ..text }, paint);
            if is_current {
                paint.text(body.x, y, "▌", paint.theme.style.title_focused.0);
            }
            y += 1;
        }
        y += rows.height().saturating_sub(skip.max(rows.wrapped.len())) as u16;
        skip = skip.saturating_sub(rows.height());
    }
}

fn draw_row(kind: PieceKind, at: usize, row: &str, area: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (heading, block, plain, muted) = (style.heading.0, style.block.0, style.agent.0, style.muted.0);
    let whole = |style: Style| vec![Span::styled(row.to_owned(), style)];
    let spans = match kind {
        PieceKind::Heading(_) if row.starts_with('#') => whole(heading),
        PieceKind::Heading(_) => whole(muted),
        PieceKind::Entry { .. } | PieceKind::Stripped { .. } | PieceKind::Folded { .. } if at == 0 => whole(block),
        PieceKind::Row { .. } | PieceKind::Fact { .. } if at == 0 => match row.split_once("] ") {
            Some((number, rest)) => {
                vec![Span::styled(format!("{number}] "), muted), Span::styled(rest.to_owned(), plain)]
            }
            None => whole(plain),
        },
        _ => whole(plain),
    };
    paint.spans(area, spans);
}
