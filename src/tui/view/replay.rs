//! The replay: the tokens of the pack at the end of each turn, and below them what the chosen turn changed.
//!
//! ```text
//! ▸ Replay · turn 7 of 28 · #201 to #240 ──────────────────────────── ▶ 2 turns/s ─
//!   ▁▂▄▆████████████·······
//!   ▄███████████████·······                            (a bar for each turn, full = the budget)
//!      †  ▲
//!   31,998 of 32,000 tok, +412 · 83 % of the value · 678 in, 936 out
//!   #12 left the pack at turn 7: over budget, it was in as keywords
//! ─ What turn 7 changed: 1 left · 2 sank · 14 entered ─────────────────────────────
//! −▸ #12     user     left: over budget                  −41   Fix the rounding …
//! ```

use ratatui::{layout::Rect, style::Style, text::Span};

use super::{
    entries,
    paint::{Focus, Painter},
    snippet,
};
use crate::{
    pack::replay::{FactMove, FactMoved, Move, Moved, Step},
    text::{sanitize, words, wrap::Wrapped},
    tui::app::{
        Areas,
        inspector::Inspector,
        list::offset_for,
        replay::{Pace, Replay},
    },
};

const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// Cells of a turn's bar at the most.
const WIDEST: usize = 6;
/// Rows of the answer to when an entry was lost.
const ANSWER_ROWS: usize = 2;

pub fn draw(lens: &Replay, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let chart_rows = match area.height {
        0..12 => 1,
        12..24 => 3,
        24..40 => 5,
        _ => 8,
    };
    let answer = lens.answer(inspector.desk.session());
    let answer = answer.map(|answer| Wrapped::new(&answer, usize::from(area.width.saturating_sub(4))));
    let rows = answer.as_ref().map_or(0, |answer| answer.len().min(ANSWER_ROWS));
    let told = 1 + rows as u16;
    let upper = Rect { height: (chart_rows + 2 + told).min(area.height), ..area };
    let (body, after) = paint.pane(upper, &title(lens), Focus::Here);
    pace(lens, Rect { x: after, width: upper.right().saturating_sub(after + 1), height: 1, ..upper }, paint);
    let body = Rect { x: body.x + 2, width: body.width.saturating_sub(4), ..body };
    if let Some(why) = &lens.failed {
        let error = paint.theme.style.error.0;
        paint.clipped(body, vec![Span::styled(format!("! {}", sanitize::inert_line(why)), error)]);
        return;
    }
    let Some(of) = lens.of else {
        let muted = paint.theme.style.muted.0;
        let empty = inspector.desk.session().entries.is_empty();
        let said = if empty { "there is nothing to replay: the session has no entries" } else { "replaying …" };
        paint.centered(Rect { y: body.y + body.height / 2, height: 1, ..body }, said, muted);
        return;
    };
    let chart = Rect { height: chart_rows, ..body };
    bars(lens, of, inspector.desk.budget().tokens(), chart, paint);
    let line = Rect { y: chart.bottom() + 1, height: 1, ..body };
    let (muted, title_style) = (paint.theme.style.muted.0, paint.theme.style.title.0);
    if let Some(step) = lens.step() {
        paint.clipped(line, vec![Span::styled(about(step, inspector), muted)]);
    }
    if let Some(answer) = answer {
        for (y, row) in (line.y + 1..upper.bottom()).zip(answer.rows(0..rows)) {
            paint.spans(Rect { y, ..line }, vec![Span::styled(row.to_owned(), title_style)]);
        }
    }
    let lower = Rect { y: upper.bottom(), height: area.bottom().saturating_sub(upper.bottom()), ..area };
    if lower.height > 1 {
        moves(lens, inspector, lower, paint, areas);
    }
}

fn title(lens: &Replay) -> String {
    match (lens.of, lens.step()) {
        (Some(of), Some(step)) => {
            let at = step.as_of.map_or(String::new(), |at| format!(" · {} UTC", words::moment(at)));
            format!("Replay · turn {} of {of} · #{} to #{}{at}", step.turn, step.first_seq, step.last_seq)
        }
        _ => "Replay".into(),
    }
}

/// Whether it plays, or how far it is worked out.
fn pace(lens: &Replay, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (key, muted, gauge) = (style.key.0, style.muted.0, style.importance.0);
    let mut spans = Vec::new();
    if let Some(of) = lens.of.filter(|_| !lens.is_done()) {
        let done = lens.steps.len();
        let bar = Painter::gauge(done as f32 / of.max(1) as f32, 10);
        spans.push(Span::styled(format!(" {bar}"), gauge));
        spans.push(Span::styled(format!(" {} of {} ", words::exact(done as u64), words::exact(of as u64)), muted));
    }
    if lens.pace == Pace::Playing {
        spans.push(Span::styled(format!(" ▶ {} a second ", lens.speed()), key));
    }
    paint.spans_right(row, spans);
}

/// A bar for each turn, or for several where there are more turns than cells; full height is the budget.
fn bars(lens: &Replay, of: usize, budget: u32, area: Rect, paint: &mut Painter) {
    if area.is_empty() {
        return;
    }
    let style = &paint.theme.style;
    let (fill, here, muted) = (style.importance.0, style.key.0, style.muted.0);
    let (key, lost) = (style.key.0, style.lost.0);
    let cells = usize::from(area.width);
    let turns_each = of.div_ceil(cells).max(1);
    let width = (cells / of.max(1)).clamp(1, WIDEST);
    let height = usize::from(area.height);
    let marks = area.bottom();
    for column in 0..of.div_ceil(turns_each) {
        let turns = column * turns_each..((column + 1) * turns_each).min(of);
        let known = &lens.steps[turns.start.min(lens.steps.len())..turns.end.min(lens.steps.len())];
        let x = area.x + (column * width) as u16;
        let is_here = turns.contains(&lens.turn);
        let bar = width.saturating_sub(1).max(1);
        let style = if is_here { here } else { fill };
        match known.iter().map(|step| step.used).max() {
            None => paint.text(x, area.bottom() - 1, "·", muted),
            Some(used) => {
                let share = f64::from(used) / f64::from(budget.max(1));
                // Something is there as soon as anything is carried.
                let eighths = ((share * (height * 8) as f64).round() as usize).clamp(usize::from(used > 0), height * 8);
                for row in 0..height {
                    let part = eighths.saturating_sub(row * 8).min(8);
                    let y = area.bottom() - 1 - row as u16;
                    paint.text(x, y, &EIGHTHS[part].repeat(bar), style);
                }
            }
        }
        if known.iter().any(|step| step.boundaries > 0) {
            paint.text(x, marks, "†", lost);
        }
        if is_here {
            paint.text(x, marks, "▲", key);
        }
    }
}

/// The pack at the end of a turn.
fn about(step: &Step, inspector: &Inspector) -> String {
    let exact = |number: u64| words::exact(number);
    let mut said = format!(
        "{} of {} tok, {} · {} of the value · {} in, {} out",
        exact(step.used.into()),
        exact(inspector.desk.budget().tokens().into()),
        if step.tokens == 0 { "as before".to_owned() } else { words::change(step.tokens) },
        words::percent_reached(step.kept),
        exact(step.carried as u64),
        exact(step.left_out as u64)
    );
    if step.boundaries > 0 {
        said += &format!(" · † {} of the agent's own", words::plural(step.boundaries, "cut", "cuts"));
    }
    for note in &step.notes {
        said += &format!(" · {note}");
    }
    said
}

fn moves(lens: &Replay, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let Some(step) = lens.step() else { return };
    let (body, _) = paint.pane(area, &changed(step), Focus::Elsewhere);
    areas.lens = body;
    let muted = paint.theme.style.muted.0;
    if lens.is_empty() && !body.is_empty() {
        paint.centered(Rect { y: body.y + body.height / 2, height: 1, ..body }, "the pack stays as it was", muted);
        return;
    }
    let offset = offset_for(lens.rows.cursor, lens.rows.offset, usize::from(body.height), lens.len());
    for (y, number) in (body.y..body.bottom()).zip(offset..lens.len()) {
        let row = Rect { y, height: 1, ..body };
        match number.checked_sub(step.facts.len()) {
            None => fact_row(&step.facts[number], row, paint),
            Some(at) => move_row(&step.moves[at], inspector, row, paint),
        }
        if number == lens.rows.cursor {
            paint.text(row.x + 1, y, "▸", paint.theme.style.key.0);
            paint.restyle(row, paint.theme.style.selection.0);
        }
    }
}

fn changed(step: &Step) -> String {
    let count = |is: fn(&Moved) -> bool| step.moves.iter().filter(|one| is(&one.what)).count();
    let counts = [
        (step.facts.len(), if step.facts.len() == 1 { "fact" } else { "facts" }),
        (count(|what| matches!(what, Moved::Left { .. })), "left"),
        (count(|what| matches!(what, Moved::Sank { .. })), "sank"),
        (count(|what| matches!(what, Moved::Rose { .. })), "rose"),
        (count(|what| matches!(what, Moved::Entered { .. })), "entered"),
        (count(|what| matches!(what, Moved::Out { .. })), "not taken in"),
    ];
    let said: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", words::exact(*count as u64)))
        .collect();
    match said.is_empty() {
        true => format!("Turn {}", step.turn),
        false => format!("Turn {}: {}", step.turn, said.join(" · ")),
    }
}

fn fact_row(fact: &FactMove, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, title, key) = (style.muted.0, style.title.0, style.key.0);
    let what = match fact.what {
        FactMoved::Set => "set",
        FactMoved::Expired => "expired",
        FactMoved::Removed => "taken out of force",
        FactMoved::Superseded => "superseded",
        FactMoved::Rejected => "rejected",
        FactMoved::Back => "in force again",
    };
    paint.text(row.x, row.y, "=", key);
    let place = Rect { x: row.x + 3, width: row.width.saturating_sub(4), ..row };
    let name = format!("fact {}", sanitize::inert_line(fact.key.trim()));
    let value = sanitize::inert_line(fact.value.trim()).into_owned();
    paint.clipped(place, vec![Span::styled(name, title), Span::raw(format!("  {what}  ")), Span::styled(value, muted)]);
}

fn move_row(one: &Move, inspector: &Inspector, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, good, out, plain) = (style.muted.0, style.good.0, style.out.0, style.agent.0);
    let (sign, sign_style, what): (&str, Style, String) = match &one.what {
        Moved::Left { why, .. } => ("−", out, format!("left: {why}")),
        Moved::Sank { from, to } => ("↓", out, format!("{from} → {to}")),
        Moved::Rose { from, to } => ("↑", good, format!("{from} → {to}")),
        Moved::Entered { level } => ("+", good, format!("in as {level}")),
        Moved::Out { why } => ("·", muted, format!("not taken in: {why}")),
    };
    paint.text(row.x, row.y, sign, sign_style);
    let session = inspector.desk.session();
    let entry = session.by_seq(one.seq);
    let tokens = if one.tokens == 0 { String::new() } else { format!("{} tok", words::change(one.tokens)) };
    let at = paint.spans_right(
        Rect { width: row.width.saturating_sub(1), ..row },
        vec![Span::styled(words::fit_right(&tokens, 11), muted)],
    );
    let place = Rect { x: row.x + 3, width: at.saturating_sub(row.x + 4), ..row };
    let mut spans = vec![Span::styled(words::fit(&format!("#{}", one.seq), 8), muted)];
    if row.width >= 60 {
        let who = entry.map_or(String::new(), entries::who);
        spans.push(Span::styled(format!("{} ", words::fit(&who, 10)), muted));
    }
    spans.push(Span::styled(words::fit(&what, if row.width >= 60 { 26 } else { 20 }), plain));
    if let Some(entry) = entry {
        let text = snippet::line_of(session, entry);
        spans.push(Span::styled(format!("  {}", sanitize::inert_line(text.trim())), muted));
    }
    paint.clipped(place, spans);
}
