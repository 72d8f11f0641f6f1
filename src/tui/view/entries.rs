//! The entry list. Only the rows on the screen are made.

use ratatui::{layout::Rect, style::Style, text::Span};

use super::{
    boundary,
    columns::Columns,
    paint::{Focus, Painter},
    snippet,
};
use crate::{
    model::{Entry, Fate, HeldBy, Kind, Level, Mark, Seen},
    text::{sanitize, words},
    tui::app::{
        Areas,
        inspector::{Inspector, Pane},
        list::{Column, Order, offset_for},
    },
};

pub fn draw(inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let focus = if inspector.focus == Pane::Entries { Focus::Here } else { Focus::Elsewhere };
    let (body, after) = paint.pane(area, &title(inspector), focus);
    let largest = inspector.desk.session().entries.last().map_or(1, |entry| entry.seq);
    let columns = Columns::new(area.width, largest, inspector.list.sort.by);
    // Where rows are scarce the headings stand in the rule, beside the title.
    let scarce = area.height < 16;
    let heading_row = if scarce { Rect { height: 1, ..area } } else { Rect { height: 1, ..body } };
    let rows = if scarce { body } else { Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body } };
    if scarce {
        let rest = usize::from(area.right().saturating_sub(after));
        paint.text(after, area.y, &" ".repeat(rest), Style::default());
    }
    headings(inspector, &columns, heading_row, if scarce { after } else { area.x }, paint, areas);
    areas.list = rows;

    if inspector.list.rows.is_empty() {
        return empty(inspector, rows, paint);
    }
    let list = &inspector.list;
    let offset = offset_for(list.cursor, list.offset, usize::from(rows.height), list.rows.len());
    for (y, &index) in (rows.y..rows.bottom()).zip(&list.rows[offset..]) {
        let row = Rect { y, height: 1, ..rows };
        let entry = &inspector.desk.session().entries[index];
        match entry.kind {
            Kind::Boundary => boundary::draw(inspector.desk.session(), entry, row, paint),
            _ => draw_entry(inspector, index, &columns, row, paint),
        }
        signs(inspector, index, row, paint);
        if list.current() == Some(index) {
            let style = match focus {
                Focus::Here => paint.theme.style.selection.0,
                Focus::Elsewhere => paint.theme.style.selection_idle.0,
            };
            paint.restyle(row, style);
        }
    }
}

fn title(inspector: &Inspector) -> String {
    let list = &inspector.list;
    let all = inspector.desk.session().entries.len();
    let mut title = match list.filter.is_empty() {
        true => format!("Entries {}", words::exact(all as u64)),
        false => format!(
            "Entries {} of {}: {}",
            words::exact(list.rows.len() as u64),
            words::exact(all as u64),
            list.filter.words()
        ),
    };
    if list.sort.by != Column::Seq || list.sort.order != Order::Ascending {
        title += &format!(" · by {} {}", list.sort.by.words(), arrow(list.sort.order));
    }
    if !list.marked.is_empty() {
        title += &format!(" · {} marked", words::exact(list.marked.len() as u64));
    }
    sanitize::inert_line(&title).into_owned()
}

fn arrow(order: Order) -> &'static str {
    match order {
        Order::Ascending => "▲",
        Order::Descending => "▼",
    }
}

/// Headings that begin before `from` would run into the title and are left out.
fn headings(inspector: &Inspector, columns: &Columns, row: Rect, from: u16, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (muted, title) = (style.muted.0, style.title.0);
    let sort = inspector.list.sort;
    for (cells, column) in columns.headings() {
        let area = cells.in_row(row);
        let right = matches!(column, Column::Seq | Column::Tokens | Column::PackedTokens | Column::ValuePerToken);
        let mut name = match column {
            Column::Packed => "level".to_owned(),
            Column::Importance if cells.width < 10 => "imp".to_owned(),
            column => column.heading().to_owned(),
        };
        if sort.by == column {
            name += arrow(sort.order);
        }
        if area.is_empty() || area.x < from || words::width(&name) > usize::from(area.width) + 1 {
            continue;
        }
        let width = words::width(&name) as u16;
        let x = if right { area.right().saturating_sub(width) } else { area.x };
        paint.text(x, row.y, &name, if sort.by == column { title } else { muted });
        areas.columns.push((area, column));
    }
}

fn empty(inspector: &Inspector, rows: Rect, paint: &mut Painter) {
    let muted = paint.theme.style.muted.0;
    let words = match inspector.list.filter.is_empty() {
        true => "This session has no entries.".to_owned(),
        false => format!("Nothing is {}. Esc shows every entry.", inspector.list.filter.words()),
    };
    let middle = Rect { y: rows.y + rows.height / 3, height: 1, ..rows };
    if !rows.is_empty() {
        paint.centered(middle, &sanitize::inert_line(&words), muted);
    }
}

/// Cursor or mark, state, and whether the agent lost it: each a sign, so that no colour is needed.
fn signs(inspector: &Inspector, index: usize, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let entry = &inspector.desk.session().entries[index];
    let marked = inspector.list.marked.contains(&entry.id);
    let first = match (marked, inspector.list.current() == Some(index)) {
        (true, _) => ("●", style.key.0),
        (false, true) => ("▸", style.key.0),
        (false, false) => (" ", style.agent.0),
    };
    let state = state_sign(entry);
    let state_style = if entry.state.pinned { style.pinned.0 } else { style.out.0 };
    let lost = if matches!(entry.seen, Seen::Lost { .. }) { "†" } else { " " };
    let lost_style = style.lost.0;
    paint.text(row.x, row.y, first.0, first.1);
    if entry.kind != Kind::Boundary {
        paint.text(row.x + 1, row.y, state, state_style);
        paint.text(row.x + 2, row.y, lost, lost_style);
    }
}

/// ★ pinned, ✗ evicted, » superseded, ▾ archived.
pub fn state_sign(entry: &Entry) -> &'static str {
    match entry.state.fate {
        _ if entry.state.pinned => "★",
        Fate::Live => " ",
        Fate::Evicted => "✗",
        Fate::Superseded { .. } => "»",
        Fate::Archived => "▾",
    }
}

fn draw_entry(inspector: &Inspector, index: usize, columns: &Columns, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, plain) = (style.muted.0, style.agent.0);
    let entry = &inspector.desk.session().entries[index];
    let packed = inspector.desk.packed(index);
    // What is not carried steps back.
    let body = if packed.is_some() { plain } else { muted };
    let who_style = who_style(entry, paint).patch(if packed.is_some() { Style::default() } else { muted });
    let (hand, gauge_style, error) = (style.hand.0, style.importance.0, style.error.0);

    let cell = |paint: &mut Painter, at: super::columns::Cells, text: &str, style: Style| {
        let area = at.in_row(row);
        if !area.is_empty() {
            paint.spans(area, vec![Span::styled(text.to_owned(), style)]);
        }
    };
    let right = |at: super::columns::Cells, text: &str| words::fit_right(text, usize::from(at.width));

    cell(paint, columns.seq, &right(columns.seq, &entry.seq.to_string()), muted);
    cell(paint, columns.who, &words::clip(&who(entry), usize::from(columns.who.width)), who_style);
    let level_style = if entry.state.held.by == HeldBy::Hand { hand } else { body };
    cell(paint, columns.level, &level(entry, packed), level_style);
    let by_hand = entry.state.importance.is_some();
    let importance = entry.importance();
    let gauge = Painter::gauge(importance, usize::from(columns.gauge.width));
    cell(paint, columns.gauge, &gauge, if packed.is_some() { gauge_style } else { muted });
    let number = format!("{importance:.2}{}", if by_hand { "*" } else { "" });
    cell(paint, columns.importance, &number, if by_hand { hand } else { body });
    let tokens = words::exact(entry.cost(Level::Full).into());
    cell(paint, columns.tokens, &right(columns.tokens, &tokens), muted);
    let carried = packed.map_or("–".into(), |_| words::exact(inspector.desk.packed_tokens(index).into()));
    cell(paint, columns.packed, &right(columns.packed, &carried), body);
    let value = format!("{:.4}", inspector.desk.value_per_token(index));
    cell(paint, columns.value, &right(columns.value, &value), body);

    let mut text = columns.text.in_row(row);
    if entry.marks.has(Mark::Error) && text.width > 2 {
        paint.text(text.x, row.y, "!", error);
        text = Rect { x: text.x + 2, width: text.width - 2, ..text };
    }
    snippet::draw(&inspector.list.filter.query, inspector.desk.session(), entry, text, body, paint);
}

/// "F→S": held and packed level; `*` where a hand holds it; `–` where it is out.
fn level(entry: &Entry, packed: Option<Level>) -> String {
    let held = entry.state.held;
    let arrow = if held.by == HeldBy::Hand && held.level != Level::Full { "*" } else { "→" };
    match (entry.state.fate, packed) {
        (Fate::Live, Some(packed)) => format!("{}{arrow}{}", held.level.letter(), packed.letter()),
        (Fate::Live, None) if entry.kind == Kind::Opaque => "  –".into(),
        (Fate::Live, None) => format!("{}{arrow}–", held.level.letter()),
        _ => "  –".into(),
    }
}

/// Who speaks: `→ Bash` is a call, `← Bash` its result.
pub fn who(entry: &Entry) -> String {
    let tool = || sanitize::inert_line(entry.tool.as_deref().unwrap_or("tool")).into_owned();
    match entry.kind {
        Kind::Prompt => "user".into(),
        Kind::Message => "agent".into(),
        Kind::Call => format!("→ {}", tool()),
        Kind::Result => format!("← {}", tool()),
        kind => kind.to_string(),
    }
}

fn who_style(entry: &Entry, paint: &Painter) -> Style {
    let style = &paint.theme.style;
    match entry.kind {
        Kind::Prompt | Kind::Note => style.user.0,
        Kind::Message => style.agent.0,
        Kind::Call | Kind::Result => style.tool.0,
        Kind::Thought => style.muted.0,
        Kind::Injected | Kind::Summary | Kind::Boundary | Kind::Opaque => style.system.0,
    }
}
