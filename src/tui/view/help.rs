//! The help screen: the keys as they are bound now, and what the signs mean.

use ratatui::{layout::Rect, text::Span, widgets::Widget};

use super::{paint::Painter, popup};
use crate::text::words;
use crate::tui::{
    action::{Context, Scope},
    app::{Areas, State, help::Help},
};

/// Cells of a column of keys.
const COLUMN: u16 = 56;
/// Cells for the keys where not even one column of that width fits: who has many keys shows the first.
const NARROW_KEYS: usize = 6;
const WIDE_KEYS: usize = 16;

/// What the list's signs mean.
const SIGNS: [(&str, &str); 10] = [
    ("★", "pinned: always in the pack, in full"),
    ("✗", "evicted: held out of every pack"),
    ("»", "superseded by a newer copy"),
    ("†", "lost by the agent's own context"),
    ("●", "marked; on a tab: the level carried"),
    ("!", "an error stands in it"),
    ("F S s K", "full, summary, sentence, keywords"),
    ("F→S", "held in full, carried as a summary"),
    ("S*s", "* the level is held by hand"),
    ("0.80*", "* the importance is set by hand"),
];

enum Row {
    Heading(String),
    Key { keys: String, help: String },
    Blank,
}

impl Row {
    fn key_width(&self) -> usize {
        match self {
            Row::Key { keys, .. } => words::width(keys),
            _ => 0,
        }
    }
}

pub fn draw(state: &State, help: &Help, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (heading, key, muted) = (style.heading.0, style.key.0, style.muted.0);
    let area = Rect { x: area.x + 1, width: area.width - 2, ..area };
    let inner = popup::window(state, "Help", Context::Help, area, paint, areas);
    if inner.height < 3 {
        return;
    }
    typed(help, Rect { height: 1, ..inner }, paint);
    let inner = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
    let columns = (inner.width / COLUMN).max(1);
    let blocks = matching(blocks(state), help.line.text());
    let columns = flow(blocks, usize::from(columns));
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    (areas.popup, areas.popup_rows) = (inner, rows);
    let first = help.scroll.min(rows.saturating_sub(usize::from(inner.height)));
    let width = inner.width / columns.len() as u16;
    let widest = columns.iter().flatten().map(Row::key_width).max().unwrap_or(0);
    let keys_width = widest.min(if width >= COLUMN { WIDE_KEYS } else { NARROW_KEYS });
    for (at, column) in columns.iter().enumerate() {
        let x = inner.x + width * at as u16;
        for (y, row) in (inner.y..inner.bottom()).zip(column.iter().skip(first)) {
            let place = Rect { x, y, width: width.saturating_sub(2), height: 1 };
            let spans = match row {
                Row::Heading(name) => vec![Span::styled(name.clone(), heading)],
                Row::Key { keys, help } => {
                    vec![
                        Span::styled(words::fit_right(&first_keys(keys, keys_width), keys_width), key),
                        Span::styled(format!("  {help}"), muted),
                    ]
                }
                Row::Blank => Vec::new(),
            };
            paint.clipped(place, spans);
        }
    }
    let below = rows.saturating_sub(first + usize::from(inner.height));
    if below > 0 {
        let more = format!("{} more ↓ ", words::plural(below, "row", "rows"));
        paint.spans_right(Rect { y: inner.bottom(), height: 1, ..inner }, vec![Span::styled(more, muted)]);
    }
}

/// What narrows the rows down, or that typing does.
fn typed(help: &Help, row: Rect, paint: &mut Painter) {
    let (key, muted) = (paint.theme.style.key.0, paint.theme.style.muted.0);
    if help.line.text().is_empty() {
        paint.spans(row, vec![Span::styled("type to find a key or what it does", muted)]);
        return;
    }
    paint.text(row.x, row.y, "/", key);
    (&help.line.area).render(Rect { x: row.x + 1, width: row.width.saturating_sub(1), ..row }, paint.buffer);
}

/// The rows that say what was typed; of a heading that says it, all.
fn matching(blocks: Vec<Vec<Row>>, typed: &str) -> Vec<Vec<Row>> {
    let wanted = typed.trim().to_lowercase();
    if wanted.is_empty() {
        return blocks;
    }
    let says = |row: &Row| match row {
        Row::Heading(name) => name.to_lowercase().contains(&wanted),
        Row::Key { keys, help } => keys == typed.trim() || help.to_lowercase().contains(&wanted),
        Row::Blank => false,
    };
    let narrowed = blocks.into_iter().filter_map(|block| match block.first() {
        Some(heading @ Row::Heading(_)) if says(heading) => Some(block),
        _ => {
            let block: Vec<Row> =
                block.into_iter().filter(|row| !matches!(row, Row::Key { .. }) || says(row)).collect();
            block.iter().any(|row| matches!(row, Row::Key { .. })).then_some(block)
        }
    });
    narrowed.collect()
}

/// As many of an action's keys as fit whole, the first at least.
fn first_keys(keys: &str, cells: usize) -> String {
    let mut shown = String::new();
    for key in keys.split(' ') {
        if !shown.is_empty() && words::width(&shown) + 1 + words::width(key) > cells {
            break;
        }
        shown = format!("{shown} {key}").trim_start().to_owned();
    }
    shown
}

/// Groups as blocks of rows: what is heard on the screen in front, then what is heard in what may lie over it.
fn blocks(state: &State) -> Vec<Vec<Row>> {
    let on_session = state.inspector().is_some();
    let here = state.context_below().scopes();
    let over = [Scope::Offers, Scope::Reading, Scope::Confirm, Scope::Menu, Scope::Line, Scope::Editor];
    let heard = here.iter().chain(&over);
    let groups = heard.flat_map(|&scope| state.keymap.groups().iter().filter(move |group| group.scope == scope));
    let mut blocks: Vec<Vec<Row>> = groups
        .map(|group| {
            let keys = group.bindings.iter().filter(|binding| !binding.keys.is_empty());
            let keys = keys.map(|binding| Row::Key { keys: binding.keys_in_words(), help: binding.help.clone() });
            [Row::Heading(group.name.clone())].into_iter().chain(keys).chain([Row::Blank]).collect()
        })
        .collect();
    if on_session {
        let signs = SIGNS.iter().map(|&(sign, help)| Row::Key { keys: sign.into(), help: help.into() });
        let signs = [Row::Heading("Signs".into())].into_iter().chain(signs).chain([Row::Blank]).collect();
        blocks.insert(4.min(blocks.len()), signs);
    }
    blocks
}

/// Blocks into columns of about the same height, in order.
fn flow(blocks: Vec<Vec<Row>>, columns: usize) -> Vec<Vec<Row>> {
    let rows: usize = blocks.iter().map(Vec::len).sum();
    let height = rows.div_ceil(columns);
    let mut flowed: Vec<Vec<Row>> = vec![Vec::new()];
    for block in blocks {
        let last = flowed.last().map_or(0, Vec::len);
        if last > 0 && last + block.len() / 2 > height && flowed.len() < columns {
            flowed.push(Vec::new());
        }
        flowed.last_mut().expect("there is a first column").extend(block);
    }
    flowed
}
