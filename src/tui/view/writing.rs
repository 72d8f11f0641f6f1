//! What the model writes, as it comes; of a summary, what stands there now beside it, and what it leaves out.
//!
//! ```text
//! ▸ The summary of #4 · qwen3:8b ───────────────────────── 380 → 84 of 4,102 tok
//! ─ proposed 84 ───────────────────────────┬─ now 380 ──────────────────────────
//! case_17 fails: 1999 instead of 2000.     │ running 39 tests …
//! ─ missing 3 of 14 names ──────────────────────────────────────────────────────
//!   src/pricing/round.rs, E0308, v1.2
//! ```

use ratatui::{layout::Rect, text::Span};

use super::paint::{Focus, Painter};
use crate::{
    pack::summary::Missing,
    text::{sanitize, words, wrap::Wrapped},
    tui::app::{
        Areas,
        inspector::Inspector,
        writing::{Stage, Writing},
    },
    workspace::{Ending, Fresh, Proposal, Task},
};

/// From this width on both texts stand side by side.
const BESIDE: u16 = 90;

pub fn draw(lens: &Writing, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let heading = Rect { height: 1, ..area };
    let (mut body, after) = paint.pane(area, &title(lens, inspector), Focus::Here);
    let muted = paint.theme.style.muted.0;
    let said = format!(" {} ", standing(lens));
    if after + words::width(&said) as u16 + 1 < heading.right() {
        let row = Rect { width: heading.width.saturating_sub(1), ..heading };
        paint.spans_right(row, vec![Span::styled(said, muted)]);
    } else {
        paint.clipped(Rect { height: 1, ..body }, vec![Span::styled(standing(lens), muted)]);
        body = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
    }
    areas.lens = body;
    match &lens.stage {
        Stage::Failed(why) => {
            let style = paint.theme.style.error.0;
            text(why, 0, inset(body), style, paint);
        }
        Stage::Proposed(proposal, _) => draw_proposal(lens, proposal, body, paint, areas),
        _ => {
            let plain = paint.theme.style.agent.0;
            text(lens.text().unwrap_or_default(), lens.scroll, inset(body), plain, paint);
        }
    }
}

fn title(lens: &Writing, inspector: &Inspector) -> String {
    let seq = |id| inspector.desk.session().entry(id).map_or(0, |entry| entry.seq);
    let what = match &lens.asked.task {
        Task::Draft => "The next turn".to_owned(),
        Task::Rendition { entry, level } => format!("The {level} of #{}", seq(*entry)),
        Task::Condensed { entries } => format!("One summary of {} entries", entries.len()),
    };
    format!("{what} · {}", sanitize::inert_line(&lens.model.settings().model))
}

/// How far it is.
fn standing(lens: &Writing) -> String {
    let remarks = |reply: &crate::workspace::Reply| {
        let kept = match reply.fresh {
            Fresh::Written => "",
            Fresh::Kept => ", asked before",
            Fresh::Example => ", made up",
        };
        let cut = if reply.ending == Ending::Cut { ", cut at llm.max_tokens" } else { "" };
        format!("{kept}{cut}")
    };
    match &lens.stage {
        Stage::Coming(so_far) if so_far.is_empty() => {
            format!("reads {} tok …", words::exact(lens.asked.request.tokens.into()))
        }
        Stage::Coming(_) => "writes …".into(),
        Stage::Weighing(_) => "counts …".into(),
        Stage::Written(reply) => {
            format!("from {} tok of pack{}", words::exact(lens.asked.request.tokens.into()), remarks(reply))
        }
        Stage::Proposed(proposal, reply) => format!("{}{}", cost(proposal), remarks(reply)),
        Stage::Failed(_) => "no text".into(),
    }
}

/// "380 → 84 of 4,102 tok".
fn cost(proposal: &Proposal) -> String {
    let [before, after, source] = [proposal.before_tokens, proposal.after_tokens, proposal.source_tokens]
        .map(|tokens| words::exact(tokens.into()));
    format!("{before} → {after} of {source} tok")
}

fn draw_proposal(lens: &Writing, proposal: &Proposal, body: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (plain, muted, bad) = (style.agent.0, style.muted.0, style.error.0);
    let notes = notes(proposal);
    let cells = usize::from(body.width.saturating_sub(4));
    let wrapped = Wrapped::new(&notes.text, cells);
    let lower = (wrapped.len() as u16 + 1).min(body.height / 3).max(2).min(body.height);
    let upper = Rect { height: body.height - lower, ..body };
    let (proposed, now) = match upper.width >= BESIDE {
        true => {
            let left = upper.width / 2;
            (Rect { width: left, ..upper }, Rect { x: upper.x + left + 1, width: upper.width - left - 1, ..upper })
        }
        false => {
            let top = upper.height.div_ceil(2);
            (Rect { height: top, ..upper }, Rect { y: upper.y + top, height: upper.height - top, ..upper })
        }
    };
    let named = |what: &str, tokens: u32| format!("{what} {} tok", words::exact(tokens.into()));
    for (area, title, shown, focus) in [
        (proposed, named("Proposed", proposal.after_tokens), &proposal.after, Focus::Here),
        (now, named("Now", proposal.before_tokens), &proposal.before, Focus::Elsewhere),
    ] {
        if area.height > 1 {
            let (rows, _) = paint.pane(area, &title, focus);
            let style = if focus == Focus::Here { plain } else { muted };
            text(&sanitize::inert(shown), lens.scroll, inset(rows), style, paint);
            areas.lens = if focus == Focus::Here { rows } else { areas.lens };
        }
    }
    if upper.width >= BESIDE {
        paint.divider(Rect { x: now.x - 1, width: 1, ..upper });
    }
    let (rows, _) = paint.pane(Rect { y: upper.bottom(), height: lower, ..body }, &notes.title, Focus::Elsewhere);
    let style = if proposal.verb.is_err() { bad } else { plain };
    text(&notes.text, 0, inset(rows), style, paint);
}

struct Notes {
    title: String,
    text: String,
}

/// What there is to know before it is applied: that it cannot be, what it leaves out, what stays as it is.
fn notes(proposal: &Proposal) -> Notes {
    let Missing { sections, names, names_of } = &proposal.missing;
    let mut lines = Vec::new();
    let title = match &proposal.verb {
        Err(refusal) => {
            lines.push(refusal.to_string());
            "It cannot be applied".to_owned()
        }
        Ok(_) if proposal.missing.is_empty() => "Nothing is missing".into(),
        Ok(_) => format!("Missing {} of {} names", names.len(), names_of),
    };
    if !sections.is_empty() {
        let titles: Vec<&str> = sections.iter().map(|section| section.title()).collect();
        lines.push(format!("sections: {}", titles.join(", ")));
    }
    if !names.is_empty() {
        lines.push(names.join(", "));
    }
    lines.extend(proposal.refusals.iter().map(|refusal| format!("stays: {refusal}")));
    Notes { title, text: sanitize::inert(&lines.join("\n")).into_owned() }
}

/// Text in rows, scrolled no further than to its last page.
fn text(text: &str, scroll: usize, area: Rect, style: ratatui::style::Style, paint: &mut Painter) {
    if area.is_empty() {
        return;
    }
    let wrapped = Wrapped::new(&sanitize::inert(text), usize::from(area.width));
    let first = scroll.min(wrapped.len().saturating_sub(usize::from(area.height)));
    for (y, row) in (area.y..area.bottom()).zip(wrapped.rows(first..first + usize::from(area.height))) {
        paint.spans(Rect { y, height: 1, ..area }, vec![Span::styled(row.to_owned(), style)]);
    }
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }
}
