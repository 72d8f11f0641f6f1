//! The entry view: its renditions side by side, and below them why, mentions and history; on a narrow screen one of
//! these at a time, with tabs.
//!
//! ```text
//!  #4 ← Read · result · line 12 of 6a2f.jsonl                                        4 of 17
//! ▸ Full 6,120 tok · held ──────┬─ Summary 900 ─────┬─ Sentence 22 · packed ┬─ Keywords = ────
//!  the text, coloured by kind   │ …                 │ …                     │ the same as the
//!  ├ Why ───────────────────────┼─ Mentions 12 ─────┴───────┬─ History 2 ──────────────
//!  Source: 6a2f.jsonl, line 12  │ ▸ #3  → Read  its call    │ 5 min ago  person  pinned #4
//! ```

mod syntax;

use ratatui::{layout::Rect, text::Span};

use self::syntax::Syntax;
use super::{
    entries, layout,
    paint::{Focus, Painter},
    snippet,
};
use crate::{
    model::{Entry, EntryState, Fate, JournalStatus, Kind, Level},
    text::{sanitize, words, wrap::Wrapped},
    tui::app::{
        Areas, Lens, State,
        entry::{
            EntryView, HistoryRow, Sheet, first_row,
            links::LinkRow,
            page::{MOST_FOUND, Page},
        },
        inspector::Inspector,
        list::offset_for,
    },
};

/// From this height on the parts stand side by side, where the width allows it.
const TALL: u16 = 18;
/// Cells of a rendition that is the shallower text.
const SAME: u16 = 14;

pub fn draw(view: &EntryView, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let session = inspector.desk.session();
    let Some(index) = session.index_of(view.of) else { return };
    let entry = &session.entries[index];
    about(inspector, entry, Rect { height: 1, ..area }, paint);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    match body.width >= layout::WIDE && body.height >= TALL {
        true => side_by_side(view, inspector, index, body, paint, areas),
        false => tabbed(view, inspector, index, body, paint, areas),
    }
}

/// Who, what, where from.
fn about(inspector: &Inspector, entry: &Entry, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (title, muted) = (style.title.0, style.muted.0);
    let session = inspector.desk.session();
    let list = &inspector.list;
    let at = list.rows.iter().position(|&row| session.entries[row].id == entry.id);
    let at = at.map_or(String::new(), |at| {
        format!("{} of {} ", words::exact(at as u64 + 1), words::exact(list.rows.len() as u64))
    });
    let right = paint.spans_right(row, vec![Span::styled(at, muted)]);
    let source = session.sources.get(usize::from(entry.place.file)).filter(|_| entry.place.line > 0);
    let source = source.map_or("made in Haversack".into(), |file| {
        let name = file.path.rsplit(['/', '\\']).next().unwrap_or(&file.path);
        format!("line {} of {name}", words::exact(entry.place.line.into()))
    });
    let path = entry.path.as_deref().map_or(String::new(), |path| format!(" · {}", snippet::in_project(session, path)));
    let (who, kind) = (entries::who(entry), entry.kind.to_string());
    let kind = if who == kind { String::new() } else { format!(" · {kind}") };
    let said = format!("{kind}{path} · {source}");
    let spans = vec![
        Span::styled(format!(" #{} {}", entry.seq, who), title),
        Span::styled(sanitize::inert_line(&said).into_owned(), muted),
    ];
    paint.clipped(Rect { width: right.saturating_sub(row.x + 1), ..row }, spans);
}

fn side_by_side(
    view: &EntryView,
    inspector: &Inspector,
    index: usize,
    area: Rect,
    paint: &mut Painter,
    areas: &mut Areas,
) {
    let entry = &inspector.desk.session().entries[index];
    let lower = (area.height * 3 / 10).max(6);
    let upper = Rect { height: area.height - lower, ..area };
    let texts = Sheet::ALL[..4].iter().map(|&sheet| match sheet {
        Sheet::Text(level) if is_same(entry, level) => (sheet, Width::Cells(SAME)),
        Sheet::Text(Level::Full) => (sheet, Width::Share(4)),
        Sheet::Text(Level::Summary) => (sheet, Width::Share(3)),
        _ => (sheet, Width::Share(2)),
    });
    let below = [(Sheet::Why, Width::Share(3)), (Sheet::Mentions, Width::Share(4)), (Sheet::History, Width::Share(3))];
    columns(view, inspector, index, upper, &texts.collect::<Vec<_>>(), paint, areas);
    let below_area = Rect { y: upper.bottom(), height: lower, ..area };
    columns(view, inspector, index, below_area, &below, paint, areas);
}

#[derive(Clone, Copy)]
enum Width {
    Share(u16),
    Cells(u16),
}

/// Sheets beside each other, with lines between them.
fn columns(
    view: &EntryView,
    inspector: &Inspector,
    index: usize,
    area: Rect,
    sheets: &[(Sheet, Width)],
    paint: &mut Painter,
    areas: &mut Areas,
) {
    let fixed: u16 = sheets.iter().map(|(_, width)| if let Width::Cells(cells) = width { *cells } else { 0 }).sum();
    let shares: u16 = sheets.iter().map(|(_, width)| if let Width::Share(share) = width { *share } else { 0 }).sum();
    let between = sheets.len() as u16 - 1;
    let room = area.width.saturating_sub(fixed + between);
    let mut x = area.x;
    let mut lines = Vec::new();
    for (at, &(sheet, width)) in sheets.iter().enumerate() {
        let width = match width {
            _ if at + 1 == sheets.len() => area.right().saturating_sub(x),
            Width::Cells(cells) => cells,
            Width::Share(share) => room * share / shares.max(1),
        };
        let column = Rect { x, width, ..area };
        let focus = if view.sheet == sheet { Focus::Here } else { Focus::Elsewhere };
        let (body, _) = paint.pane(column, &title(view, inspector, index, sheet, usize::from(width)), focus);
        let body = Rect { x: body.x + 1, width: body.width.saturating_sub(2), ..body };
        self::sheet(view, inspector, index, sheet, body, paint, areas);
        x += width;
        if at + 1 < sheets.len() {
            lines.push(Rect { x, width: 1, ..area });
            x += 1;
        }
    }
    lines.into_iter().for_each(|line| paint.divider(line));
}

fn tabbed(view: &EntryView, inspector: &Inspector, index: usize, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (tab, muted, rule) = (style.tab.0, style.muted.0, style.rule.0);
    let row = Rect { height: 1, ..area };
    paint.text(row.x, row.y, &"─".repeat(usize::from(row.width)), rule);
    // The longest names that fit.
    let names = (0..3).map(|brevity| Sheet::ALL.map(|sheet| tab_name(view, inspector, index, sheet, brevity)));
    let fits =
        |names: &[String; 7]| names.iter().map(|name| words::width(name) + 1).sum::<usize>() < usize::from(row.width);
    let names: Vec<[String; 7]> = names.collect();
    let names = names.iter().find(|names| fits(names)).unwrap_or(&names[2]);
    let mut x = row.x + 1;
    for (name, sheet) in names.iter().zip(Sheet::ALL) {
        let width = words::width(name) as u16;
        paint.text(x, row.y, name, if view.sheet == sheet { tab } else { muted });
        areas.sheet_tabs.push((Rect { x, width, ..row }, sheet));
        x += width + 1;
    }
    let body = Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height.saturating_sub(1) };
    sheet(view, inspector, index, view.sheet, body, paint, areas);
}

/// " Full 6,120● ": `●` where the plan carries it, `◆` where a hand holds it.
fn tab_name(view: &EntryView, inspector: &Inspector, index: usize, sheet: Sheet, brevity: usize) -> String {
    let entry = &inspector.desk.session().entries[index];
    let name = match (sheet, brevity) {
        (Sheet::Text(level), _) => {
            let name = if brevity == 0 { capital(level) } else { level.letter().to_string() };
            let signs = format!(
                "{}{}",
                sign(inspector.desk.packed(index) == Some(level), "●"),
                sign(is_held_here(entry, level), "◆")
            );
            match (brevity, is_same(entry, level)) {
                (0 | 1, false) => format!("{name} {}{signs}", words::exact(entry.cost(level).into())),
                (_, true) => format!("{name} ={signs}"),
                (_, false) => format!("{name}{signs}"),
            }
        }
        (Sheet::Why, _) => "Why".into(),
        (Sheet::Mentions, 0) => format!("Mentions {}", links(view)),
        (Sheet::Mentions, _) => "Ment".into(),
        (Sheet::History, 0) => {
            format!("History {}", view.history.as_ref().map_or("…".into(), |rows| rows.len().to_string()))
        }
        (Sheet::History, _) => "Hist".into(),
    };
    format!(" {name} ")
}

fn sign(is_shown: bool, sign: &'static str) -> &'static str {
    if is_shown { sign } else { "" }
}

fn title(view: &EntryView, inspector: &Inspector, index: usize, sheet: Sheet, width: usize) -> String {
    let entry = &inspector.desk.session().entries[index];
    match sheet {
        Sheet::Text(level) if entry.kind == Kind::Boundary => match level {
            Level::Full => "Where the agent's context was cut".into(),
            level => capital(level),
        },
        Sheet::Text(level) => {
            let hand = if entry.state.rewrites.contains_key(&level) { " by hand" } else { "" };
            let cost = match is_same(entry, level) {
                true => " =".to_owned(),
                false => format!(" {}{hand}", words::exact(entry.cost(level).into())),
            };
            let unit = if width >= 34 && !is_same(entry, level) { " tok" } else { "" };
            let signs = if width >= 28 { [" ◆ held", " ● packed"] } else { [" ◆", " ●"] };
            let held = sign(is_held_here(entry, level), signs[0]);
            let packed = sign(inspector.desk.packed(index) == Some(level), signs[1]);
            let found = match view.page(level).map_or(0, |page| page.found.len()) {
                0 => String::new(),
                MOST_FOUND => format!(" · {}+ found", words::exact(MOST_FOUND as u64)),
                found => format!(" · {} found", words::exact(found as u64)),
            };
            format!("{}{cost}{unit}{held}{packed}{found}", capital(level))
        }
        Sheet::Why => "Why".into(),
        Sheet::Mentions => format!("Mentions {}", links(view)),
        Sheet::History => match &view.history {
            Some(rows) => format!("History {}", words::exact(rows.len() as u64)),
            None => "History …".into(),
        },
    }
}

fn links(view: &EntryView) -> String {
    let more = if view.links.is_waiting() { " …" } else { "" };
    format!("{}{more}", words::exact(view.links.count() as u64))
}

/// Whether this is the level that the store holds it at.
fn is_held_here(entry: &Entry, level: Level) -> bool {
    entry.state.fate == Fate::Live && entry.state.held.level == level && entry.kind != Kind::Boundary
}

/// Whether nothing is saved from the level above.
fn is_same(entry: &Entry, level: Level) -> bool {
    level.shallower().is_some_and(|up| entry.cost(up) == entry.cost(level))
}

fn capital(level: Level) -> String {
    let name = level.to_string();
    name[..1].to_uppercase() + &name[1..]
}

fn sheet(
    view: &EntryView,
    inspector: &Inspector,
    index: usize,
    sheet: Sheet,
    area: Rect,
    paint: &mut Painter,
    areas: &mut Areas,
) {
    let entry = &inspector.desk.session().entries[index];
    if area.is_empty() {
        return;
    }
    match sheet {
        Sheet::Text(level) if is_same(entry, level) => {
            let muted = paint.theme.style.muted.0;
            let above = level.shallower().map_or(String::new(), |up| up.to_string());
            let said = Wrapped::new(&format!("the same as its {above} text"), usize::from(area.width));
            for (y, row) in (area.y..area.bottom()).zip(said.rows(0..usize::MAX)) {
                paint.spans(Rect { y, height: 1, ..area }, vec![Span::styled(row, muted)]);
            }
            // It can have the keyboard all the same.
            areas.sheets.push((area, sheet));
        }
        Sheet::Text(level) => {
            areas.sheets.push((area, sheet));
            if let Some(page) = view.page(level) {
                text(page, area, paint);
            }
        }
        Sheet::Why => {
            areas.sheets.push((area, sheet));
            let rows = view.why().into_iter().flat_map(|why| why.rows(view.why_top..usize::MAX));
            for (y, row) in (area.y..area.bottom()).zip(rows) {
                paint.spans(Rect { y, height: 1, ..area }, vec![Span::raw(row)]);
            }
        }
        Sheet::Mentions => {
            areas.sheets.push((area, sheet));
            // A double click there goes to the entry.
            areas.lens = area;
            mentions(view, inspector, area, paint);
        }
        Sheet::History => {
            areas.sheets.push((area, sheet));
            history(view, area, paint);
        }
    }
}

fn text(page: &Page, area: Rect, paint: &mut Painter) {
    let height = usize::from(area.height);
    let first = first_row(page, height);
    let whole = page.wrapped.text();
    let syntax = Syntax::of(whole);
    let found_style = paint.theme.style.found.0;
    let current = page.found.get(page.at).map(|found| found.start);
    let current_style = paint.theme.style.selection.0;
    for (y, place) in (area.y..area.bottom()).zip(page.wrapped.places(first..first + height)) {
        let row = Rect { y, height: 1, ..area };
        paint.spans(row, syntax.spans(whole, place.clone(), paint.theme));
        let from = page.found.partition_point(|found| found.end <= place.start);
        for found in page.found[from..].iter().take_while(|found| found.start < place.end) {
            let (start, end) = (found.start.max(place.start), found.end.min(place.end));
            let x = area.x + words::width(&whole[place.start..start]) as u16;
            let width = (words::width(&whole[start..end]) as u16).min(area.right().saturating_sub(x));
            let style = if current == Some(found.start) { current_style } else { found_style };
            paint.restyle(Rect { x, y, width, height: 1 }, style);
        }
    }
    let below = page.wrapped.len().saturating_sub(first + height);
    if below > 0 {
        let sign = if page.wrapped.is_whole() { "" } else { "+" };
        let more = format!("  {}{sign} more ↓", words::plural(below, "row", "rows"));
        let width = words::width(&more) as u16;
        if width < area.width {
            paint.text(area.right() - width, area.bottom() - 1, &more, paint.theme.style.muted.0);
        }
    }
}

fn mentions(view: &EntryView, inspector: &Inspector, area: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, heading, title) = (style.muted.0, style.title.0, style.agent.0);
    let (key, selection, idle) = (style.key.0, style.selection.0, style.selection_idle.0);
    let session = inspector.desk.session();
    let rows = view.links.rows();
    if rows.is_empty() {
        let said =
            if view.links.is_waiting() { "looking for mentions …" } else { "no other entry shares a name with it" };
        paint.clipped(Rect { height: 1, ..area }, vec![Span::styled(said, muted)]);
        return;
    }
    let offset = offset_for(view.link_rows.cursor, view.link_rows.offset, usize::from(area.height), rows.len());
    for (at, (y, row)) in (area.y..area.bottom()).zip(&rows[offset..]).enumerate() {
        let line = Rect { y, height: 1, ..area };
        match row {
            LinkRow::Heading(words) => drop(paint.clipped(line, vec![Span::styled(words.clone(), heading)])),
            LinkRow::Entry { id, how } => {
                let Some(entry) = session.entry(*id) else { continue };
                let how = sanitize::inert_line(how).into_owned();
                let snippet = snippet::line_of(session, entry);
                let spans = vec![
                    Span::styled(format!("  #{:<5}", entry.seq), muted),
                    Span::styled(words::fit(&entries::who(entry), 8), muted),
                    Span::styled(format!(" {how}"), title),
                    Span::styled(format!("  {}", sanitize::inert_line(&snippet)), muted),
                ];
                paint.clipped(line, spans);
            }
        }
        if offset + at == view.link_rows.cursor && view.links.target(offset + at).is_some() {
            paint.text(line.x, y, "▸", key);
            paint.restyle(line, if view.sheet == Sheet::Mentions { selection } else { idle });
        }
    }
}

fn history(view: &EntryView, area: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, plain, idle) = (style.muted.0, style.agent.0, style.selection_idle.0);
    let Some(rows) = &view.history else {
        paint.clipped(Rect { height: 1, ..area }, vec![Span::styled("reading the journal …", muted)]);
        return;
    };
    if rows.is_empty() {
        paint.clipped(Rect { height: 1, ..area }, vec![Span::styled("no edit has touched it", muted)]);
        return;
    }
    let offset = offset_for(view.history_rows.cursor, view.history_rows.offset, usize::from(area.height), rows.len());
    for (at, (y, row)) in (area.y..area.bottom()).zip(&rows[offset..]).enumerate() {
        let line = Rect { y, height: 1, ..area };
        let status = match row.status {
            JournalStatus::Done | JournalStatus::Append => String::new(),
            status => format!(" ({status})"),
        };
        let words = format!("{}{status}", sanitize::inert_line(&row.words));
        let spans = vec![
            Span::styled(format!("{}  ", words::ago(row.at, view.now)), muted),
            Span::styled(words, plain),
            Span::styled(format!("  {}{}", change(row), sanitize::inert_line(&format!("  {}", row.actor))), muted),
        ];
        paint.clipped(line, spans);
        if offset + at == view.history_rows.cursor && view.sheet == Sheet::History {
            paint.restyle(line, idle);
        }
    }
}

/// What the edit made of this entry: "full → sentence".
fn change(row: &HistoryRow) -> String {
    let words = |state: &EntryState| -> String {
        match state.fate {
            Fate::Evicted => "evicted".into(),
            Fate::Superseded { .. } => "superseded".into(),
            Fate::Archived => "archived".into(),
            Fate::Live if state.pinned => "pinned".into(),
            Fate::Live => format!("held {}", state.held.level),
        }
    };
    match (&row.before, &row.after) {
        (Some(before), Some(after)) if words(before) != words(after) => format!("{} → {}", words(before), words(after)),
        (Some(before), Some(after)) if before.importance != after.importance => {
            let by =
                |state: &EntryState| state.importance.map_or("by rule".into(), |value| format!("{:.2}", value.value()));
            format!("importance {} → {}", by(before), by(after))
        }
        (Some(before), Some(after)) if before.rewrites != after.rewrites => "rewritten".into(),
        (None, Some(_)) => "added".into(),
        (Some(_), None) => "removed".into(),
        _ => String::new(),
    }
}

/// For the line that is searched with: how many are found in the rendition with the keyboard.
pub fn found(state: &State) -> String {
    match &state.lens {
        Some(Lens::Entry(view)) if !view.find.is_empty() => {
            match view.page(view.level()).map_or(0, |page| page.found.len()) {
                MOST_FOUND => format!("{}+ found", words::exact(MOST_FOUND as u64)),
                found => format!("{} found", words::exact(found as u64)),
            }
        }
        _ => String::new(),
    }
}
