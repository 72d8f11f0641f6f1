//! What lies over the screen: reading, questions, menus, lines and editors.

use ratatui::{
    layout::Rect,
    text::Span,
    widgets::{Block, BorderType, Clear, Widget},
};

use super::{entry, footer, paint::Painter};
use crate::{
    insight::review::Choice,
    text::{sanitize, words, wrap::Wrapped},
    tui::{
        action::Context,
        app::{
            Areas, Popup, State,
            compare::Which,
            fact_form,
            list::offset_for,
            popup::{Confirm, Editor, EditorPurpose, ItemState, Line, LinePurpose, Menu, MenuKind, Reading},
        },
    },
};

pub fn draw(state: &State, popup: &Popup, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    match popup {
        Popup::Why(reading) => why(state, reading, area, paint, areas),
        Popup::Confirm(confirm) => self::confirm(state, confirm, area, paint, areas),
        Popup::Menu(menu) => self::menu(state, menu, area, paint, areas),
        // It stands in the footer, so that the list can be seen.
        Popup::Line(line) if line.purpose.is_in_footer() => {}
        Popup::Line(line) => self::line(state, line, area, paint, areas),
        Popup::Editor(editor) => self::editor(state, editor, area, paint, areas),
        Popup::Help(_) | Popup::Palette(_) => {}
    }
}

/// A frame over the screen with the context's hints in its last row. Gives the area for what is in it.
pub fn window(
    state: &State,
    title: &str,
    context: Context,
    area: Rect,
    paint: &mut Painter,
    areas: &mut Areas,
) -> Rect {
    paint.step_back();
    Clear.render(area, paint.buffer);
    areas.hints.clear();
    let style = &paint.theme.style;
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(style.rule_focused.0)
        .title(Span::styled(format!(" {title} "), style.title_focused.0));
    let inner = block.inner(area);
    block.render(area, paint.buffer);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let hints = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
    footer::hints(state, context, hints, paint, areas);
    Rect { height: inner.height.saturating_sub(2), ..inner }
}

/// A window of this many columns and rows of content, in the middle.
pub fn middle(area: Rect, columns: usize, rows: usize) -> Rect {
    let width = (columns as u16 + 4).min(area.width.saturating_sub(2));
    let height = (rows as u16 + 4).min(area.height.saturating_sub(2));
    area.centered(ratatui::layout::Constraint::Length(width), ratatui::layout::Constraint::Length(height))
}

fn why(state: &State, reading: &Reading, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let columns = usize::from(area.width).saturating_sub(8).min(84);
    let text =
        reading.lines.iter().map(|line| sanitize::inert_line(line).into_owned()).collect::<Vec<_>>().join("\n\n");
    let wrapped = Wrapped::new(&text, columns);
    let window_area = middle(area, columns, wrapped.len());
    let inner = window(state, &reading.title, Context::Reading, window_area, paint, areas);
    self::reading(&wrapped, reading.scroll, inner, paint, areas);
}

fn confirm(state: &State, confirm: &Confirm, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let muted = paint.theme.style.muted.0;
    let columns = usize::from(area.width).saturating_sub(8).min(60);
    let wrapped = Wrapped::new(&sanitize::inert(&confirm.detail), columns);
    let question = words::clip(&sanitize::inert_line(&confirm.question), columns);
    let inner = window(state, &question, Context::Confirm, middle(area, columns, wrapped.len()), paint, areas);
    let first = reading(&wrapped, confirm.scroll, inner, paint, areas);
    let below = wrapped.len().saturating_sub(first + usize::from(inner.height));
    if below > 0 {
        let more = format!(" ↓ {} ", words::plural(below, "more line", "more lines"));
        paint.spans_right(Rect { y: inner.bottom(), height: 1, ..inner }, vec![Span::styled(more, muted)]);
    }
}

/// A text that may have more rows than fit. Gives the first that is shown.
fn reading(text: &Wrapped, scroll: usize, inner: Rect, paint: &mut Painter, areas: &mut Areas) -> usize {
    (areas.popup, areas.popup_rows) = (inner, text.len());
    let first = scroll.min(text.len().saturating_sub(usize::from(inner.height)));
    for (y, row) in (inner.y..inner.bottom()).zip(text.rows(first..usize::MAX)) {
        paint.spans(Rect { y, height: 1, ..inner }, vec![Span::raw(row.to_owned())]);
    }
    first
}

fn menu(state: &State, menu: &Menu, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (muted, selection, good) = (style.muted.0, style.selection.0, style.good.0);
    let title = match menu.kind {
        MenuKind::Budget => "Budget",
        MenuKind::Strategy => "Plan by",
        MenuKind::Level => "Hold at",
        MenuKind::Sort => "Sort by",
        MenuKind::Filter => "Show",
        MenuKind::Verbs => "Do",
        MenuKind::SortSessions => "Sort sessions",
        MenuKind::FilterPatterns => "Show patterns",
        MenuKind::FilterSessions => "Show sessions of",
        MenuKind::Side(Which::Left) => "Left side",
        MenuKind::Side(Which::Right) => "Right side",
    };
    let widest = |width: fn(&crate::tui::app::popup::Item) -> usize| menu.items.iter().map(width).max().unwrap_or(0);
    let columns = widest(|item| words::width(&item.label)) + widest(|item| words::width(&item.detail)) + 6;
    let rows = menu.items.len().min(usize::from(area.height).saturating_sub(8));
    let inner = window(state, title, Context::Menu, middle(area, columns.clamp(28, 60), rows), paint, areas);
    (areas.popup, areas.popup_rows) = (inner, menu.items.len());
    let offset = offset_for(menu.cursor, menu.offset, usize::from(inner.height), menu.items.len());
    for (at, (y, item)) in (inner.y..inner.bottom()).zip(&menu.items[offset..]).enumerate() {
        let row = Rect { y, height: 1, ..inner };
        let sign = match item.state {
            ItemState::On => "✓ ",
            ItemState::Off | ItemState::Plain => "  ",
        };
        let right = paint.spans_right(row, vec![Span::styled(item.detail.clone(), muted)]);
        let label = sanitize::inert_line(&item.label);
        let label = words::clip(&label, usize::from(right.saturating_sub(row.x)).saturating_sub(3));
        paint.spans(row, vec![Span::styled(sign, good), Span::raw(label)]);
        if offset + at == menu.cursor {
            paint.restyle(row, selection);
        }
    }
}

fn line(state: &State, line: &Line, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (muted, error) = (style.muted.0, style.error.0);
    let (title, help) = match &line.purpose {
        LinePurpose::Budget => ("Budget".to_owned(), "tokens to carry forward: 24000, 32k, 1M"),
        LinePurpose::SideBudget(_) => ("Budget of this side".to_owned(), "tokens: 24000, 32k, 1M"),
        LinePurpose::Importance { targets } => {
            (format!("Importance of {}", words::plural(targets.len(), "entry", "entries")), "from 0 to 1")
        }
        LinePurpose::Decide { pattern, choice } => {
            (format!("{} {}", decision(*choice), sanitize::inert_line(pattern)), "a note, or nothing")
        }
        LinePurpose::GoToTurn => ("Go to turn".to_owned(), "the number of a turn"),
        LinePurpose::Import => ("Import".to_owned(), "a log of an agent, or a folder of them"),
        LinePurpose::WritePack => ("Write the pack to".to_owned(), "a file; .md writes Markdown"),
        LinePurpose::Find
        | LinePurpose::FindSession
        | LinePurpose::FindInside
        | LinePurpose::Palette
        | LinePurpose::FilterJournal
        | LinePurpose::Help => return,
    };
    let columns = usize::from(area.width).saturating_sub(8).min(56);
    let inner = window(state, &title, Context::Line, middle(area, columns, 2), paint, areas);
    if inner.is_empty() {
        return;
    }
    (&line.area).render(Rect { height: 1, ..inner }, paint.buffer);
    let below = Rect { y: inner.y + 1, height: 1, ..inner };
    match &line.problem {
        Some(problem) => paint.spans(below, vec![Span::styled(format!("! needs {problem}"), error)]),
        None => paint.spans(below, vec![Span::styled(help, muted)]),
    };
}

fn decision(choice: Choice) -> &'static str {
    match choice {
        Choice::Approve => "Approve",
        Choice::Reject => "Reject",
        Choice::Defer => "Defer",
    }
}

/// A search, in the footer's row.
pub fn find_line(state: &State, line: &Line, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (key, muted) = (style.key.0, style.muted.0);
    let found = match (&state.screen, line.text().is_empty()) {
        _ if line.purpose == LinePurpose::FindInside => entry::found(state),
        (_, true) => String::new(),
        _ if line.purpose == LinePurpose::FilterJournal => match &state.lens {
            Some(crate::tui::app::Lens::Journal(lens)) => format!("{} found", lens.shown.len()),
            _ => String::new(),
        },
        (crate::tui::app::Screen::Session(inspector), _) => {
            let searching = if inspector.list.filter.query.is_searching() { ", searching…" } else { "" };
            format!("{} found{searching}", inspector.list.rows.len())
        }
        (crate::tui::app::Screen::Sessions(picker), _) => format!("{} found", picker.rows.len()),
        _ => String::new(),
    };
    let leave = if line.purpose == LinePurpose::FindInside { "Esc none" } else { "Esc all" };
    let words = format!("{found}  Enter keep  {leave} ");
    let right = paint.spans_right(row, vec![Span::styled(words, muted)]);
    paint.text(row.x, row.y, " /", key);
    let area = Rect { x: row.x + 2, width: right.saturating_sub(row.x + 3), ..row };
    (&line.area).render(area, paint.buffer);
}

fn editor(state: &State, editor: &Editor, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (muted, good, error) = (style.muted.0, style.good.0, style.error.0);
    let title = match editor.purpose {
        EditorPurpose::Rewrite { seq, level, .. } => format!("Rewrite the {level} of #{seq}"),
        EditorPurpose::Note { seq, .. } => format!("Pinned note from #{seq}"),
        EditorPurpose::Fact { source } => {
            let entry = source.and_then(|id| state.inspector()?.desk.session().entry(id));
            entry.map_or("Fact".into(), |entry| format!("Fact from #{}", entry.seq))
        }
    };
    let (columns, rows) = (usize::from(area.width).saturating_sub(8), usize::from(area.height).saturating_sub(8));
    let inner = window(state, &title, Context::Editor, middle(area, columns.min(96), rows.min(24)), paint, areas);
    if inner.height < 2 {
        return;
    }
    let foot = match editor.purpose {
        EditorPurpose::Fact { .. } if inner.height >= 8 => 3,
        _ => 1,
    };
    (&editor.area).render(Rect { height: inner.height - foot, ..inner }, paint.buffer);
    let below = Rect { y: inner.bottom() - 1, height: 1, ..inner };
    let limit = match editor.purpose {
        EditorPurpose::Rewrite { limit, .. } => Some(limit),
        EditorPurpose::Note { .. } => None,
        EditorPurpose::Fact { .. } => return fact_foot(state, editor, inner, paint),
    };
    let spans = match (&editor.problem, editor.tokens, limit) {
        (Some(problem), _, _) => vec![Span::styled(format!("! {problem}"), error)],
        (None, None, _) => vec![Span::styled("counting as soon as the tokenizer is loaded", muted)],
        (None, Some(tokens), Some(limit)) if tokens > limit => vec![
            Span::styled(format!("! {} tok", words::exact(tokens.into())), error),
            Span::styled(
                format!(": at most {}, so that it is shorter than the level above", words::exact(limit.into())),
                muted,
            ),
        ],
        (None, Some(tokens), Some(limit)) => vec![
            Span::styled(format!("✓ {} tok", words::exact(tokens.into())), good),
            Span::styled(format!(" of at most {}", words::exact(limit.into())), muted),
        ],
        (None, Some(tokens), None) => vec![
            Span::styled(format!("✓ {} tok", words::exact(tokens.into())), good),
            Span::styled(", always in the pack", muted),
        ],
    };
    paint.spans(below, spans);
}

/// What a fact's form may hold, and how far it is: in the two rows under it.
fn fact_foot(state: &State, editor: &Editor, inner: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, good, error) = (style.muted.0, style.good.0, style.error.0);
    let below = Rect { y: inner.bottom() - 1, height: 1, ..inner };
    if inner.height >= 8 {
        let choices = Wrapped::new(fact_form::CHOICES, usize::from(inner.width));
        let rows = u16::try_from(choices.len()).unwrap_or(1);
        for (y, row) in (below.y.saturating_sub(rows.min(2))..below.y).zip(choices.rows(0..usize::MAX)) {
            paint.spans(Rect { y, ..below }, vec![Span::styled(row.to_owned(), muted)]);
        }
    }
    let most = state.settings.facts.max_value_chars as usize;
    let chars = fact_form::read(&editor.text(), None).map(|draft| draft.value.chars().count());
    let spans = match (&editor.problem, chars) {
        (Some(problem), _) => vec![Span::styled(format!("! {problem}"), error)],
        (None, Err(problem)) => vec![Span::styled(problem, muted)],
        (None, Ok(chars)) => {
            let tokens = editor.tokens.map_or(String::new(), |tokens| format!(", {} tok", words::exact(tokens.into())));
            let said = format!("value {} of {} characters", words::exact(chars as u64), words::exact(most as u64));
            match chars > most {
                true => vec![Span::styled(format!("! {said}: shorten it"), error)],
                false => vec![Span::styled(said, good), Span::styled(tokens, muted)],
            }
        }
    };
    paint.clipped(below, spans);
}
