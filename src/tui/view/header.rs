//! The first row: which session this is, how it is counted, and whether edits are kept.

use ratatui::{layout::Rect, text::Span};

use super::paint::Painter;
use crate::{
    pack::strategy::Strategy,
    text::{sanitize, words},
    tui::app::{event::Keeping, inspector::Inspector},
};

/// Whether the budget's numbers stand under the bar; where they do not, the header has them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Legend {
    Shown,
    Missing,
}

pub fn draw(inspector: &Inspector, area: Rect, legend: Legend, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (brand, muted, title_style) = (style.brand.0, style.muted.0, style.title.0);
    let (good, warn) = (style.good.0, style.warn.0);
    let session = inspector.desk.session();
    let totals = inspector.desk.totals();
    let encoding = inspector.desk.encoding();
    let strategy = match inspector.desk.settings().strategy {
        Strategy::Balanced => String::new(),
        strategy if inspector.desk.is_awaiting() => format!("{strategy}, planning… "),
        strategy => format!("{strategy}  "),
    };
    let counted = if area.width >= 100 { format!("{encoding} {}  ", encoding.label()) } else { String::new() };
    let live = match inspector.keeping {
        Keeping::InTheStore => vec![Span::styled("● ", good), Span::styled("live ", muted)],
        Keeping::Following => vec![Span::styled("◉ ", good), Span::styled("following ", muted)],
        Keeping::Nothing if area.width >= 60 => vec![Span::styled("○ demo · nothing is kept ", warn)],
        Keeping::Nothing => vec![Span::styled("○ demo ", warn)],
    };
    let live = [Span::styled(strategy, warn), Span::styled(counted, muted)].into_iter().chain(live).collect();
    let right = paint.spans_right(area, live);

    let about = sanitize::inert_line(&session.title);
    let title = if about.trim().is_empty() { session.id.native().to_owned() } else { about.trim().to_owned() };
    let sign = if encoding.is_exact() { "" } else { "~" };
    let room = usize::from(right.saturating_sub(area.x)).saturating_sub(15);
    // What matters least goes first where the row is narrow; the title keeps what it needs, up to 40 cells.
    let mut facts = [
        session.id.agent().to_owned(),
        words::plural(session.entries.len(), "entry", "entries"),
        format!("{sign}{} tok held", words::exact(totals.held)),
        if totals.lost > 0 { format!("{} lost by the agent", words::exact(totals.lost as u64)) } else { String::new() },
    ];
    if legend == Legend::Missing {
        let (used, budget) = (words::exact(totals.used.into()), words::exact(totals.budget.into()));
        let unit = if area.width >= 48 { " tok" } else { "" };
        facts = [String::new(), format!("{sign}{used} of {budget}{unit}"), String::new(), String::new()];
    }
    let joined =
        |facts: &[String]| facts.iter().filter(|fact| !fact.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
    let droppable: &[usize] = if legend == Legend::Shown { &[3, 0, 2, 1] } else { &[] };
    for &drop in droppable {
        if joined(&facts).chars().count() + words::width(&title).min(40) > room {
            facts[drop].clear();
        }
    }
    let facts = joined(&facts);
    let room = room.saturating_sub(words::width(&facts));
    let spans = vec![
        Span::styled(" haversack ", brand),
        Span::styled(if room < 6 { String::new() } else { format!(" {}", words::clip(&title, room)) }, title_style),
        Span::styled(format!("  {facts}"), muted),
    ];
    paint.spans(Rect { width: right.saturating_sub(area.x + 1), ..area }, spans);
}
