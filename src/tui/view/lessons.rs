//! Patterns: what recurs over the sessions of the store, and below it the evidence for the one under the cursor.
//!
//! ```text
//!  haversack  › Patterns                                                              ~/…/store.db
//! ▸ Patterns 16 · 4 wait for a decision ─────────────── times ── sessions ── tokens ── agents ─────
//! ▸ ● ! retry storm        cargo test                       4         3     12.4k   claude, codex
//!   ✓ ! repeated reads     src/db.rs                        3         2     22.4k   claude
//!   ○ + clean pass         outcome                          2         2    166.0k   codex
//! ─ evidence: approved by its evidence, ready to share ────────────────────────────────────────────
//!   Fix the rounding in checkout   cargo test failed 4 times in a row        #12 #14 #18 #20
//! ```

use ratatui::{layout::Rect, text::Span};

use super::{
    footer,
    paint::{Focus, Painter},
    trends,
};
use crate::{
    insight::{Polarity, gate::Status, review::Choice},
    text::{sanitize, words},
    tui::app::{
        Areas, State,
        lessons::{Lessons, Page, filter},
        list::offset_for,
    },
    workspace::insight::Candidate,
};

pub fn draw(state: &State, lessons: &Lessons, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (brand, muted, title) = (style.brand.0, style.muted.0, style.title.0);
    let row = |y: u16| Rect { y: area.y + y, height: 1, ..area };
    let name = match lessons.page {
        Page::Patterns => "Patterns",
        Page::Trends => "Trends",
    };
    let room = usize::from(area.width).saturating_sub(27);
    let store = words::clip_start(&sanitize::inert_line(&state.settings.store), room);
    let right = paint.spans_right(row(0), vec![Span::styled(format!("{store} "), muted)]);
    let header = vec![Span::styled(" haversack ", brand), Span::styled(" › ", muted), Span::styled(name, title)];
    paint.spans(Rect { width: right.saturating_sub(area.x), ..row(0) }, header);
    let body = Rect { y: area.y + 1, height: area.height - 3, ..area };
    match (&lessons.learned, lessons.page) {
        (None, _) => waiting(lessons, body, paint),
        (Some(_), Page::Patterns) => patterns(lessons, body, paint, areas),
        (Some(learned), Page::Trends) => trends::draw(lessons, learned, body, paint),
    }
    footer::status(state, row(area.height - 2), paint);
    footer::draw(state, row(area.height - 1), false, paint, areas);
}

/// While sessions are digested.
fn waiting(lessons: &Lessons, area: Rect, paint: &mut Painter) {
    let muted = paint.theme.style.muted.0;
    let (body, _) = paint.pane(area, "Reading the sessions", Focus::Here);
    let said = match lessons.digested {
        Some((done, of)) => format!("digesting sessions: {} of {}", words::exact(done as u64), words::exact(of as u64)),
        None => "looking for what recurs …".into(),
    };
    paint.centered(Rect { y: body.y + body.height / 2, height: 1, ..body }, &said, muted);
}

fn patterns(lessons: &Lessons, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let listed = lessons.listed();
    let lower = if area.height >= 12 { area.height * 2 / 5 } else { 0 };
    let upper = Rect { height: area.height - lower, ..area };
    let (body, after) = paint.pane(upper, &said(lessons, listed.len()), Focus::Here);
    areas.lens = body;
    if listed.is_empty() {
        return nothing(lessons, body, paint);
    }
    if usize::from(upper.right().saturating_sub(after)) > NUMBERS + 2 && upper.width >= 60 {
        let muted = paint.theme.style.muted.0;
        let heading = Rect { height: 1, width: upper.width.saturating_sub(1), ..upper };
        paint.spans_right(heading, vec![Span::styled(headings(upper.width), muted)]);
    }
    let offset = offset_for(lessons.rows.cursor, lessons.rows.offset, usize::from(body.height), listed.len());
    for (at, (y, candidate)) in (body.y..body.bottom()).zip(&listed[offset..]).enumerate() {
        let row = Rect { y, height: 1, ..body };
        row_of(candidate, row, paint);
        if offset + at == lessons.rows.cursor {
            paint.text(row.x, y, "▸", paint.theme.style.key.0);
            paint.restyle(row, paint.theme.style.selection.0);
        }
    }
    if let Some(candidate) = lessons.current().filter(|_| lower > 0) {
        evidence(candidate, Rect { y: upper.bottom(), height: lower, ..area }, paint);
    }
}

fn said(lessons: &Lessons, listed: usize) -> String {
    let waiting = match lessons.waiting() {
        0 => String::new(),
        1 => " · 1 waits for a decision".into(),
        many => format!(" · {many} wait for a decision"),
    };
    match lessons.facets.is_empty() {
        true => format!("Patterns {listed}{waiting}"),
        false => format!("Patterns {listed} of {} · {}", lessons.all().len(), filter::words(&lessons.facets)),
    }
}

fn nothing(lessons: &Lessons, area: Rect, paint: &mut Painter) {
    let muted = paint.theme.style.muted.0;
    let lines: &[&str] = match lessons.all().is_empty() {
        false => &["No pattern is like that.", "The filter's menu shows every pattern."],
        true => &[
            "Nothing recurs in the sessions that count yet.",
            "A session counts from 20 entries, 3 calls that do something, and a prompt of 25 characters.",
            "`haversack sweep` brings more sessions in.",
        ],
    };
    let top = area.y + area.height.saturating_sub(lines.len() as u16) / 3;
    for (y, line) in (top..area.bottom()).zip(lines) {
        paint.centered(Rect { y, height: 1, ..area }, &words::clip(line, usize::from(area.width)), muted);
    }
}

/// Cells of the numbers of a row.
const NUMBERS: usize = 27;
/// Cells of the names of agents, where there is room.
const AGENTS: usize = 22;

fn has_agents(width: u16) -> bool {
    width >= 100
}

fn headings(width: u16) -> String {
    let agents = if has_agents(width) { format!("  {}", words::fit("agents", AGENTS)) } else { String::new() };
    format!(
        " {}{}{}{agents}",
        words::fit_right("times", 7),
        words::fit_right("sessions", 10),
        words::fit_right("tokens", 9)
    )
}

fn row_of(candidate: &Candidate, row: Rect, paint: &mut Painter) {
    let style = &paint.theme.style;
    let (muted, title, key) = (style.muted.0, style.title.0, style.key.0);
    let pattern = &candidate.pattern;
    let number = |count: u64, cells: usize| words::fit_right(&words::short(count), cells);
    let evidence = &pattern.evidence;
    let mut right = vec![Span::styled(number(evidence.frequency.into(), 7), title)];
    if row.width >= 60 {
        right.push(Span::styled(number(evidence.sessions.into(), 10), muted));
        right.push(Span::styled(number(evidence.tokens, 9), muted));
    }
    if has_agents(row.width) {
        right.push(Span::styled(format!("  {}", words::fit(&evidence.agents.join(", "), AGENTS)), muted));
    }
    let at = paint.spans_right(Rect { width: row.width.saturating_sub(1), ..row }, right);
    let sign = match pattern.polarity {
        Polarity::Problem => "!",
        Polarity::Success => "+",
    };
    let left = Rect { x: row.x + 2, width: at.saturating_sub(row.x + 3), ..row };
    let locus = sanitize::inert_line(&pattern.locus).into_owned();
    paint.clipped(
        left,
        vec![
            Span::styled(format!("{} ", glyph(candidate)), key),
            Span::styled(format!("{sign} {} ", words::fit(&pattern.kind.words(), 21)), muted),
            Span::raw(locus),
        ],
    );
}

/// How far it has come: decided by a person, or by its evidence.
fn glyph(candidate: &Candidate) -> &'static str {
    match (&candidate.decision, candidate.gated.status) {
        (Some(decision), _) => match decision.choice {
            Choice::Approve => "✓",
            Choice::Reject => "✗",
            Choice::Defer => "~",
        },
        (None, Status::Approved) => "●",
        (None, Status::Provisional) => "○",
        (None, Status::Candidate) => "·",
    }
}

/// In words what the glyph says.
fn standing(candidate: &Candidate) -> String {
    match (&candidate.decision, candidate.gated.status) {
        (Some(decision), _) => format!("{} by {}", decision.choice.past(), decision.actor),
        (None, Status::Approved) => "enough evidence, ready to share".into(),
        (None, Status::Provisional) => "enough evidence, provisional".into(),
        (None, Status::Candidate) => "not enough evidence yet".into(),
    }
}

fn evidence(candidate: &Candidate, area: Rect, paint: &mut Painter) {
    let (body, _) = paint.pane(area, &format!("Evidence · {}", standing(candidate)), Focus::Elsewhere);
    let style = &paint.theme.style;
    let (muted, title) = (style.muted.0, style.title.0);
    let mut rows =
        (body.y..body.bottom()).map(|y| Rect { x: body.x + 2, y, height: 1, width: body.width.saturating_sub(3) });
    let said = candidate.gated.warnings.iter().map(String::as_str);
    let note = candidate.decision.as_ref().map(|decision| decision.note.as_str()).filter(|note| !note.is_empty());
    for (line, row) in said.chain(note).zip(&mut rows) {
        paint.clipped(row, vec![Span::styled(sanitize::inert_line(line).into_owned(), muted)]);
    }
    for (example, row) in candidate.pattern.examples.iter().zip(&mut rows) {
        let places: Vec<String> = example.places.iter().take(4).map(|place| format!("#{}", place.seq)).collect();
        let at = paint.spans_right(row, vec![Span::styled(places.join(" "), muted)]);
        let left = Rect { width: at.saturating_sub(row.x + 1), ..row };
        let name = words::fit(&sanitize::inert_line(&example.title), (usize::from(row.width) / 3).min(40));
        let detail = sanitize::inert_line(&example.detail).into_owned();
        paint.clipped(left, vec![Span::styled(format!("{name}  "), title), Span::raw(detail)]);
    }
}
