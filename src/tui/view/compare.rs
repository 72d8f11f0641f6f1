//! Compare: the two sides above, the entries in which they differ, and the two packs word by word.
//!
//! ```text
//! ▸ Compare ──────────────────────────────────────────────────────────────────────────────
//!  ‹ what the agent itself saw              › balanced at 16k
//!    14,031 tok · 190 entries · 52 % kept     15,830 tok · 412 entries · 91 % kept
//! ▸ differences 297: ‹ 22 only left  › 244 only right  ≠ 31 level or text  = 137 same ─────
//!  ‹▸  #12 bash      F   412 → –           cargo test …
//!  ≠   #20 read      F 4,102 → S   380     src/db.rs
//! ─ Words ────────────────────────────────────────────────────────────────────────────────
//!  ≠ [#20 bash] cargo test: 142 lines   │ ≠ [#20 bash] cargo test
//! ┄ 12 blocks the same ┄
//! ```

use std::ops::Range;

use ratatui::{layout::Rect, style::Style, text::Span};

use super::{
    entries,
    paint::{self, Painter},
    snippet,
};
use crate::{
    pack::sides::{Carried, CarriedText, Comparison, Differs, Packed, Row},
    text::{sanitize, words, wrap::Wrapped},
    tui::{
        action::Action,
        app::{
            Areas, State,
            compare::{Compare, Focus, Side},
            inspector::Inspector,
            list::offset_for,
            side_text::{Part, SideText, Sides, cells},
        },
    },
};

/// Rows from which list and words are both on the screen.
const BOTH_FROM: u16 = 14;

pub fn draw(state: &State, lens: &Compare, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let sides = sides(state, lens, inspector, area, paint);
    let body = Rect { y: area.y + sides, height: area.height - sides, ..area };
    let Some(comparison) = &lens.comparison else {
        let muted = paint.theme.style.muted.0;
        let row = Rect { y: body.y + body.height / 2, height: 1, ..body };
        let said = if state.tokenizer.is_some() { "packing both sides…" } else { "loading the tokenizer…" };
        return paint.centered(row, said, muted);
    };
    let both = body.height >= BOTH_FROM;
    let upper = match (both, lens.focus) {
        (true, Focus::List) => body.height / 2,
        (true, Focus::Text) => body.height / 3,
        (false, Focus::List) => body.height,
        (false, Focus::Text) => 0,
    };
    if upper > 0 {
        list(lens, comparison, inspector, Rect { height: upper, ..body }, paint, areas);
    }
    if upper < body.height {
        let lower = Rect { y: body.y + upper, height: body.height - upper, ..body };
        text(lens, comparison, lower, paint, areas);
    }
}

/// What the two sides are; gives the rows that this takes.
fn sides(state: &State, lens: &Compare, inspector: &Inspector, area: Rect, paint: &mut Painter) -> u16 {
    let style = &paint.theme.style;
    let (title, muted, key) = (style.title.0, style.muted.0, style.key.0);
    let half = area.width / 2;
    let key_of = |action| state.keymap.key_for(action);
    let both = [
        ("‹", lens.left, lens.comparison.as_ref().map(|comparison| &comparison.left), Action::LeftSide, 0),
        ("›", lens.right, lens.comparison.as_ref().map(|comparison| &comparison.right), Action::RightSide, half),
    ];
    let tall = area.height >= 12;
    for (sign, side, packed, action, x) in both {
        let row = Rect { x: area.x + x + 1, y: area.y, width: half.saturating_sub(2), height: 1 };
        let name = name(side, inspector);
        let spans = vec![
            Span::styled(format!("{sign} "), key),
            Span::styled(name, title),
            Span::styled(format!(" {}", key_of(action)), key),
        ];
        paint.clipped(row, spans);
        if tall {
            let said = packed.filter(|_| !lens.is_waiting()).map_or_else(|| "packing…".into(), amounts);
            let row = Rect { x: row.x + 2, y: row.y + 1, width: row.width.saturating_sub(2), ..row };
            paint.clipped(row, vec![Span::styled(said, muted)]);
        }
    }
    if tall { 2 } else { 1 }
}

fn name(side: Side, inspector: &Inspector) -> String {
    side.words(inspector)
}

fn amounts(packed: &Packed) -> String {
    let carried = packed.chosen.levels.iter().flatten().count();
    format!(
        "{} tok · {} · {} kept",
        words::exact(packed.chosen.used.into()),
        words::plural(carried, "entry", "entries"),
        words::percent_reached(packed.chosen.kept)
    )
}

fn sign(differs: Differs) -> &'static str {
    match differs {
        Differs::OnlyLeft => "‹",
        Differs::OnlyRight => "›",
        Differs::Changed => "≠",
        Differs::Same => "=",
    }
}

fn style_of(differs: Differs, paint: &Painter) -> Style {
    let style = &paint.theme.style;
    match differs {
        Differs::OnlyLeft => style.out.0,
        Differs::OnlyRight => style.good.0,
        Differs::Changed => style.warn.0,
        Differs::Same => style.muted.0,
    }
}

fn list(
    lens: &Compare,
    comparison: &Comparison,
    inspector: &Inspector,
    area: Rect,
    paint: &mut Painter,
    areas: &mut Areas,
) {
    let counts = [
        (Differs::OnlyLeft, "only left"),
        (Differs::OnlyRight, "only right"),
        (Differs::Changed, "level or text"),
        (Differs::Same, "same"),
    ];
    let count = |(differs, name): (Differs, &str)| {
        let count = words::exact(comparison.count(differs) as u64);
        if area.width >= 76 { format!("{} {count} {name}", sign(differs)) } else { format!("{}{count}", sign(differs)) }
    };
    let counts: Vec<String> = counts.into_iter().map(count).collect();
    let title = format!("{} {}: {}", lens.shown.words(), words::exact(lens.listed.len() as u64), counts.join("  "));
    let focus = if lens.focus == Focus::List { paint::Focus::Here } else { paint::Focus::Elsewhere };
    let (body, _) = paint.pane(area, &title, focus);
    areas.lens = body;
    if lens.listed.is_empty() {
        let row = Rect { y: body.y + body.height / 2, height: 1, ..body };
        let said =
            if comparison.rows.is_empty() { "neither side carries an entry" } else { "none: both carry the same here" };
        let good = paint.theme.style.good.0;
        return paint.centered(row, said, good);
    }
    let offset = offset_for(lens.rows.cursor, lens.rows.offset, usize::from(body.height), lens.listed.len());
    for (at, (y, &number)) in (body.y..body.bottom()).zip(&lens.listed[offset..]).enumerate() {
        let Some(row) = comparison.rows.get(number) else { continue };
        let line = Rect { y, height: 1, ..body };
        row_of(row, inspector, line, paint);
        if offset + at == lens.rows.cursor {
            let style = &paint.theme.style;
            let (key, here, idle) = (style.key.0, style.selection.0, style.selection_idle.0);
            paint.text(line.x + 2, y, "▸", key);
            paint.restyle(line, if lens.focus == Focus::List { here } else { idle });
        }
    }
}

fn row_of(row: &Row, inspector: &Inspector, line: Rect, paint: &mut Painter) {
    let muted = paint.theme.style.muted.0;
    let session = inspector.desk.session();
    let entry = session.entry(row.id);
    let who = entry.map_or_else(String::new, entries::who);
    let spans = vec![
        Span::styled(format!(" {} ", sign(row.differs)), style_of(row.differs, paint)),
        Span::styled(words::fit_right(&format!("#{}", row.seq), 6), muted),
        Span::styled(format!(" {} ", words::fit(&who, 8)), muted),
        Span::raw(format!("{} → {}", carried(row.left), carried(row.right))),
    ];
    let after = paint.spans(line, spans) + 2;
    if let Some(entry) = entry.filter(|_| after + 8 < line.right()) {
        let text = snippet::line_of(session, entry);
        let room = Rect { x: after, width: line.right() - after - 1, ..line };
        let text = words::clip(sanitize::inert_line(&text).trim(), usize::from(room.width));
        paint.spans(room, vec![Span::styled(text, muted)]);
    }
}

/// "F   412", "–": level and tokens.
fn carried(carried: Option<Carried>) -> String {
    let Some(carried) = carried else { return words::fit("–", 8) };
    let level = match carried.text {
        CarriedText::Whole => carried.level.letter(),
        // Of a tool's output only a note of its loss is left.
        CarriedText::Note => 'n',
    };
    format!("{level}{}", words::fit_right(&words::exact(carried.tokens.into()), 7))
}

fn text(lens: &Compare, comparison: &Comparison, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let focus = if lens.focus == Focus::Text { paint::Focus::Here } else { paint::Focus::Elsewhere };
    let (body, _) = paint.pane(area, "Words: what only one side has is underlined", focus);
    areas.pack = body;
    let muted = paint.theme.style.muted.0;
    let (first, mut skip) = lens.text.at;
    let mut y = body.y;
    for part in lens.text.parts.iter().skip(first) {
        if y >= body.bottom() {
            break;
        }
        match part {
            Part::Same(run) => {
                let said = format!(" ┄ {} the same ┄", words::plural(run.len(), "block", "blocks"));
                paint.clipped(Rect { y, height: 1, ..body }, vec![Span::styled(said, muted)]);
                y += 1;
            }
            Part::Block(block) => {
                let Some(sides) = lens.text.sides(*block) else { break };
                let differs = comparison.blocks.get(*block).map_or(Differs::Same, |block| block.differs);
                let rest = Rect { y, height: body.bottom() - y, ..body };
                y += block_of(sides, differs, skip, rest, paint);
            }
        }
        skip = 0;
    }
}

/// A block from a row on; gives the rows that it takes, the blank one after it included.
fn block_of(sides: &Sides, differs: Differs, skip: usize, area: Rect, paint: &mut Painter) -> u16 {
    let wide = cells(area.width) as u16 + 3;
    let none = Vec::new();
    let (left, right) = sides.diff.as_ref().map_or((&none, &none), |diff| (&diff.left, &diff.right));
    let len = |side: &Option<Wrapped>| side.as_ref().map_or(0, Wrapped::len);
    let rows = if SideText::is_beside(area.width) {
        column(sides.left.as_ref(), left, differs, "‹", skip, Rect { width: wide, ..area }, paint);
        let beside = Rect { x: area.x + wide + 1, width: wide.min(area.width.saturating_sub(wide + 1)), ..area };
        column(sides.right.as_ref(), right, differs, "›", skip, beside, paint);
        len(&sides.left).max(len(&sides.right))
    } else {
        let above = len(&sides.left);
        column(sides.left.as_ref(), left, differs, "‹", skip, area, paint);
        let taken = (above.saturating_sub(skip) as u16).min(area.height);
        let below = Rect { y: area.y + taken, height: area.height - taken, ..area };
        column(sides.right.as_ref(), right, differs, "›", skip.saturating_sub(above), below, paint);
        above + len(&sides.right)
    };
    let rows = (rows + 1).saturating_sub(skip).min(usize::from(area.height)) as u16;
    if SideText::is_beside(area.width) {
        let rule = paint.theme.style.rule.0;
        for y in area.y..area.y + rows {
            paint.text(area.x + wide, y, "│", rule);
        }
    }
    rows
}

/// One side of a block: a sign before each row that says whose it is, and its own words marked.
fn column(
    side: Option<&Wrapped>,
    marks: &[Range<usize>],
    differs: Differs,
    own: &'static str,
    skip: usize,
    area: Rect,
    paint: &mut Painter,
) {
    let Some(wrapped) = side else { return };
    let whole = differs != Differs::Changed;
    let (sign_style, plain, found) = (style_of(differs, paint), paint.theme.style.agent.0, paint.theme.style.found.0);
    let places = wrapped.places(skip..skip + usize::from(area.height));
    for (y, place) in (area.y..area.bottom()).zip(places) {
        let row = Rect { x: area.x + 3, y, width: area.width.saturating_sub(3), height: 1 };
        let spans = marked(wrapped.text(), place, marks, plain, found);
        let has_own = whole || spans.iter().any(|span| span.style == found);
        paint.text(area.x + 1, y, if has_own { own } else { " " }, sign_style);
        paint.spans(row, spans);
    }
}

/// A row cut where words of its own begin and end.
fn marked<'t>(text: &'t str, row: Range<usize>, marks: &[Range<usize>], plain: Style, found: Style) -> Vec<Span<'t>> {
    let mut spans = Vec::new();
    let mut at = row.start;
    let first = marks.partition_point(|mark| mark.end <= row.start);
    for mark in marks[first..].iter().take_while(|mark| mark.start < row.end) {
        let (from, to) = (mark.start.max(row.start), mark.end.min(row.end));
        spans.push(Span::styled(&text[at..from], plain));
        spans.push(Span::styled(&text[from..to], found));
        at = to;
    }
    spans.push(Span::styled(&text[at..row.end], plain));
    spans.retain(|span| !span.content.is_empty());
    spans
}
