//! The budget bar with its parts, and the legend whose numbers add up to the budget.

use ratatui::{layout::Rect, text::Span};

use super::{
    paint::Painter,
    snippet,
    theme::{Fill, Theme},
};
use crate::{
    text::{sanitize, words},
    tui::app::{
        Areas,
        inspector::{Drag, Inspector},
    },
    workspace::Totals,
};

/// The share of the bar's cells that the budget takes; right of its edge stands what is left out, and there is room to
/// drag the edge to.
const BUDGET_SHARE: f64 = 0.8;

/// Parts of the budget in the order of the pack, each with its tokens; they add up to the budget.
fn parts<'t>(inspector: &Inspector, theme: &'t Theme) -> Vec<(&'static str, u32, &'t Fill)> {
    let (totals, fill) = (inspector.desk.totals(), &theme.fill);
    let all = [
        ("frame", totals.frame, &fill.frame),
        ("pinned", totals.pinned, &fill.pinned),
        ("facts", totals.facts, &fill.facts),
        ("names", totals.index, &fill.index),
        ("earlier", totals.packed, &fill.packed),
        ("tail", totals.tail, &fill.tail),
        ("free", totals.free, &fill.free),
    ];
    all.into_iter().filter(|&(_, tokens, _)| tokens > 0).collect()
}

pub fn draw(inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let theme = paint.theme;
    let totals = inspector.desk.totals();
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let per_cell = match inspector.drag {
        Some(Drag::Budget(per_cell)) => per_cell,
        _ => f64::from(totals.budget.max(1)) / (f64::from(area.width) * BUDGET_SHARE).max(1.0),
    };
    let budget_cells = (f64::from(totals.budget) / per_cell).round().min(f64::from(area.width - 1)) as u16;
    areas.bar.area = area;
    areas.bar.budget_cells = budget_cells;

    let mut x = area.x;
    let mut tokens_so_far = 0;
    for (_, tokens, fill) in parts(inspector, theme) {
        tokens_so_far += tokens;
        let end = area.x + ((f64::from(tokens_so_far) / per_cell).round() as u16).min(budget_cells);
        // Even the smallest part can be seen.
        let end = end.max((x + 1).min(area.x + budget_cells));
        paint.text(x, area.y, &fill.glyph.repeat(usize::from(end.saturating_sub(x))), fill.style.0);
        x = end;
    }
    let over = totals.overflow > 0;
    let edge = area.x + budget_cells;
    let edge_style = if over { theme.style.error.0 } else { theme.style.edge.0 };
    paint.text(edge, area.y, "┃", edge_style);
    let track = Rect { x: edge + 1, width: area.right().saturating_sub(edge + 1), ..area };
    let line = "─".repeat(usize::from(track.width));
    paint.text(track.x, track.y, &line, theme.style.muted.0);
    let note = not_carried(totals).into_iter().find(|note| words::width(note) + 2 <= usize::from(track.width));
    if let Some(note) = note {
        let place = Rect { width: track.width.saturating_sub(1), ..track };
        paint.spans_right(place, vec![Span::styled(note, theme.style.muted.0)]);
    }
}

/// What stands right of the edge, from the longest words to the shortest: the same two numbers as in the pane of what
/// is left out, and their sum where there is no room for both.
fn not_carried(totals: &Totals) -> Vec<String> {
    let (out, less) = (totals.left_out_tokens, totals.shortened_tokens);
    let sum = words::short(out + less);
    match (out, less) {
        (0, 0) => Vec::new(),
        (0, _) => vec![format!(" −{sum} by shortening "), format!(" −{sum} ")],
        (_, 0) => vec![format!(" {sum} left out "), format!(" {sum} out ")],
        _ => vec![
            format!(" {} left out, −{} by shortening ", words::short(out), words::short(less)),
            format!(" {sum} not carried "),
            format!(" {sum} not in "),
            format!(" −{sum} "),
        ],
    }
}

/// One or two rows of numbers under the bar.
pub fn legend(inspector: &Inspector, area: Rect, paint: &mut Painter) {
    if area.is_empty() {
        return;
    }
    let row = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area };
    let second = (area.height > 1).then_some(Rect { y: row.y + 1, ..row });
    let quality = quality(inspector, paint.theme);
    match second {
        Some(second) => {
            amounts(inspector, row, paint);
            let after = paint.spans(second, quality);
            let room = usize::from(second.right().saturating_sub(after + 3));
            paint.spans_right(second, largest(inspector, paint.theme, room));
        }
        None => {
            let right = if row.width >= 70 { paint.spans_right(row, quality) } else { row.right() };
            amounts(inspector, Rect { width: right.saturating_sub(row.x + 1), ..row }, paint);
        }
    }
}

/// "31,702 of 32,000 = frame 30 + pinned 2,104 + …", with exact numbers where they fit and the parts' names only where
/// there is room.
fn amounts(inspector: &Inspector, row: Rect, paint: &mut Painter) {
    let totals = inspector.desk.totals();
    let theme = paint.theme;
    let style = &theme.style;
    let sign = if inspector.desk.encoding().is_exact() { "" } else { "~" };
    let whole = |number: u32| words::exact(number.into());
    let mut head = vec![
        Span::styled(format!("{sign}{}", whole(totals.used)), style.title.0),
        Span::styled(format!(" of {} tok", whole(totals.budget)), style.muted.0),
    ];
    let swatches: Vec<Span> = parts(inspector, theme)
        .into_iter()
        .flat_map(|(name, tokens, fill)| {
            [
                Span::raw("  "),
                Span::styled(fill.swatch.clone(), fill.style.0),
                Span::styled(format!(" {name} "), style.muted.0),
                Span::raw(whole(tokens)),
            ]
        })
        .collect();
    let width = |spans: &[Span]| spans.iter().map(Span::width).sum::<usize>();
    if width(&head) + width(&swatches) <= usize::from(row.width) {
        head.extend(swatches);
    } else {
        let free = Span::styled(format!(" · {} free", whole(totals.free)), style.muted.0);
        if width(&head) + free.width() <= usize::from(row.width) {
            head.push(free);
        }
        if width(&head) + 18 <= usize::from(row.width) {
            let entries = format!(" · {} of {} entries", totals.carried, totals.carriable);
            head.push(Span::styled(entries, style.muted.0));
        }
    }
    paint.spans(row, head);
}

fn quality<'t>(inspector: &Inspector, theme: &Theme) -> Vec<Span<'t>> {
    let (totals, style) = (inspector.desk.totals(), &theme.style);
    if totals.overflow > 0 {
        let pins = words::plural(totals.overflow, "pin does", "pins do");
        let way = if totals.overflow == 1 { "unpin it" } else { "unpin some" };
        return vec![Span::styled(format!("! {pins} not fit: {way}, or raise the budget"), style.error.0)];
    }
    let mut spans = vec![
        Span::styled("value kept ", style.muted.0),
        Span::styled(words::percent_reached(totals.kept), style.title.0),
    ];
    match totals.bound_share {
        // All of it is in: there is nothing to compare with.
        _ if totals.kept >= 1.0 => {}
        Some(share) => spans.push(Span::styled(format!(", ≥ {} of the best", words::at_least(share)), style.muted.0)),
        None => {}
    }
    spans
}

/// What fills the session: the largest tools and files, and how our count stands to the agent's own; as many as fit.
fn largest<'t>(inspector: &Inspector, theme: &Theme, room: usize) -> Vec<Span<'t>> {
    let totals = inspector.desk.totals();
    let (muted, plain) = (theme.style.muted.0, theme.style.agent.0);
    let share = |tokens: u64| words::percent(tokens as f64 / totals.held.max(1) as f64);
    let tool = |at: usize| {
        let (name, tokens) = totals.by_tool.get(at)?;
        Some((words::clip(&sanitize::inert_line(name), 16), share(*tokens)))
    };
    let file = |at: usize| {
        let (path, tokens) = totals.by_path.get(at)?;
        let path = snippet::in_project(inspector.desk.session(), &sanitize::inert_line(path));
        Some((words::clip_start(&path, 28), words::short(*tokens)))
    };
    let own = totals.seen.zip(totals.logged_context).map(|(seen, logged)| {
        let rest = logged.saturating_sub(seen);
        let sum = format!("{} entries + {} system, tools", words::short(seen), words::short(rest));
        (format!("agent's own context {} =", words::short(logged)), sum)
    });
    // Most telling first; shown in the order of the places.
    let wanted = [(0, tool(0)), (2, file(0)), (1, tool(1)), (5, own), (3, file(1)), (4, file(2))];
    let mut left = room.saturating_sub(6);
    let mut shown: Vec<(usize, String, String)> = Vec::new();
    for (place, part) in wanted {
        let Some((name, amount)) = part else { continue };
        let cells = words::width(&name) + words::width(&amount) + 6;
        if cells > left {
            break;
        }
        left -= cells;
        shown.push((place, name, amount));
    }
    shown.sort_by_key(|(place, ..)| *place);
    let mut spans = Vec::new();
    for (at, (_, name, amount)) in shown.into_iter().enumerate() {
        let gap = if at == 0 { "held: " } else { "  ·  " };
        spans.push(Span::styled(format!("{gap}{name} "), muted));
        spans.push(Span::styled(amount, plain));
    }
    spans
}
