//! Left out: what the plan does not carry, why, and the price of bringing it back.

use ratatui::{layout::Rect, text::Span};

use super::{
    entries,
    paint::{Focus, Painter},
    snippet,
};
use crate::{
    model::{ExclusionReason, Fate, Level},
    text::{sanitize, words},
    tui::app::{
        Areas,
        inspector::{Inspector, Pane},
        list::offset_for,
    },
};

pub fn draw(inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let here = inspector.focus == Pane::LeftOut;
    let left_out = &inspector.left_out.rows;
    let totals = inspector.desk.totals();
    let count = words::exact(left_out.len() as u64);
    let title = match totals.left_out_tokens {
        0 if super::named_by_tab(inspector, paint.screen_width()) => count,
        tokens if super::named_by_tab(inspector, paint.screen_width()) => {
            format!("{count}, {} tok", words::short(tokens))
        }
        0 => format!("Left out {count}"),
        tokens => format!("Left out {count}, {} tok", words::exact(tokens)),
    };
    let (body, _) = paint.pane(area, &title, if here { Focus::Here } else { Focus::Elsewhere });
    areas.left_out = body;
    if left_out.is_empty() {
        let good = paint.theme.style.good.0;
        if !body.is_empty() {
            let said = match totals.shortened {
                0 => "✓ everything is carried in full".to_owned(),
                entries => format!(
                    "✓ nothing left out; {} shortened, −{} tok",
                    words::exact(entries as u64),
                    words::short(totals.shortened_tokens)
                ),
            };
            let row = Rect { x: body.x + 2, width: body.width.saturating_sub(2), height: 1, ..body };
            paint.spans(row, vec![Span::styled(words::clip(&said, usize::from(row.width)), good)]);
        }
        return;
    }
    let at = &inspector.left_out;
    let offset = offset_for(at.cursor, at.offset, usize::from(body.height), left_out.len());
    for (row, (y, &(index, reason))) in (body.y..body.bottom()).zip(&left_out[offset..]).enumerate() {
        let line = Rect { y, height: 1, ..body };
        draw_row(inspector, index, reason, line, paint);
        let style = &paint.theme.style;
        let (key, selection, idle) = (style.key.0, style.selection.0, style.selection_idle.0);
        if here && offset + row == at.cursor {
            paint.text(line.x, y, "▸", key);
            paint.restyle(line, selection);
        } else if inspector.list.current() == Some(index) {
            paint.text(line.x, y, "▸", key);
            paint.restyle(line, idle);
        }
    }
}

fn draw_row(inspector: &Inspector, index: usize, reason: ExclusionReason, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, plain, out) = (style.muted.0, style.agent.0, style.out.0);
    let session = inspector.desk.session();
    let entry = &session.entries[index];
    let (words, reason_style) = match (reason, entry.state.fate) {
        (ExclusionReason::OverBudget, _) => match inspector.left_out.needs(index) {
            Some(needs) => (format!("needs +{}", words::exact(needs.into())), plain),
            None => ("over budget".into(), plain),
        },
        (ExclusionReason::Superseded, Fate::Superseded { by }) => {
            (format!("superseded by #{}", session.entry(by).map_or(0, |entry| entry.seq)), out)
        }
        (reason, _) => (reason.words(), out),
    };
    let digits = session.entries.last().map_or(1, |entry| entry.seq.max(1).ilog10() as usize + 1).max(3);
    let number = words::fit_right(&format!("#{}", entry.seq), digits + 1);
    let size = format!("{} tok ", words::exact(entry.cost(Level::Full).into()));
    let right = paint.spans_right(row, vec![Span::styled(size, muted)]);
    let left = Rect { x: row.x + 1, width: right.saturating_sub(row.x + 2), ..row };
    let spans = vec![
        Span::styled(entries::state_sign(entry), out),
        Span::styled(format!(" {number} "), muted),
        Span::styled(words::fit(&entries::who(entry), 10), muted),
        Span::styled(format!(" {words}"), reason_style),
    ];
    let after = paint.spans(left, spans).max(left.x + 36) + 1;
    if left.right() > after + 8 {
        let line = snippet::line_of(session, entry);
        let line = words::clip(sanitize::inert_line(&line).trim(), usize::from(left.right() - after));
        paint.spans(Rect { x: after, width: left.right() - after, ..left }, vec![Span::styled(line, muted)]);
    }
}
