//! The first run: what the program is, and three ways in.
//!
//! ```text
//!  Haversack shows what fills your coding agent's context, and what it would carry forward
//!  under a token budget. Nothing is sent anywhere, and no agent's log is ever changed.
//!
//! ▸ d  look around in a built-in session; nothing of it is kept
//!   ○  import Claude Code         1,204 logs  1.2 GB  ~/.claude/projects
//!   ●  import Codex                  31 logs   80 MB  ~/.codex/sessions
//!   i  open a file: an agent's log, or a folder of them
//! ```

use ratatui::{layout::Rect, text::Span};

use super::paint::Painter;
use crate::{
    text::{sanitize, words, wrap::Wrapped},
    tui::{
        action::Action,
        app::{
            Areas, State,
            first::{FirstRun, Found, WayIn},
        },
    },
};

const ABOUT: &str = "Haversack shows what fills your coding agent's context, and what would be carried forward under a \
                     token budget. Nothing leaves this machine, and no agent's log is ever changed.";

pub fn draw(state: &State, first: &FirstRun, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let style = &paint.theme.style;
    let (title, muted, plain) = (style.title.0, style.muted.0, style.agent.0);
    let (key, selection) = (style.key.0, style.selection.0);
    let width = area.width.saturating_sub(4).min(96);
    let inner = Rect { x: area.x + (area.width - width) / 2, width, ..area };
    let ways = first.ways();
    let about = Wrapped::new(ABOUT, usize::from(width.min(72)));
    let height = about.len() + ways.len() + 4;
    let mut y = inner.y + (usize::from(inner.height).saturating_sub(height) / 3) as u16;
    // Where rows are scarce the ways in are what matters.
    if height <= usize::from(inner.height) {
        for row in about.rows(0..usize::MAX) {
            paint.spans(Rect { y, height: 1, ..inner }, vec![Span::styled(row, plain)]);
            y += 1;
        }
        y += 1;
    }
    let said = match &first.found {
        Found::NotAsked | Found::Asked => "No sessions yet. Looking for agents' logs on this machine …",
        Found::Agents(agents) if agents.is_empty() => "No sessions yet, and no agent's log was found on this machine.",
        Found::Agents(_) => "No sessions yet. Three ways in:",
    };
    paint.clipped(Rect { y, height: 1, ..inner }, vec![Span::styled(said, title)]);
    y += 2;
    areas.list = Rect { y, height: (area.bottom().saturating_sub(y)).min(ways.len() as u16), ..inner };
    for (at, (y, way)) in (areas.list.y..areas.list.bottom()).zip(ways).enumerate() {
        let row = Rect { y, height: 1, ..inner };
        let hint = |action| words::fit_right(&state.keymap.key_for(action), 3);
        let spans = match (way, &first.found) {
            (WayIn::Agent(number), Found::Agents(agents)) => {
                let agent = &agents[number];
                let mark = if first.marked.contains(&number) { "●" } else { "○" };
                let logs = words::fit_right(&words::plural(agent.logs, "log", "logs"), 12);
                let size = words::fit_right(&words::size(agent.bytes), 9);
                let place = agent.places.first().map_or(String::new(), |path| path.display().to_string());
                let place = sanitize::inert_line(&place).into_owned();
                let named = words::fit(agent.agent.name(), if row.width >= 60 { 16 } else { 12 });
                let room = usize::from(row.width).saturating_sub(14 + words::width(&named) + 23);
                let place = if room >= 8 { words::clip_start(&place, room) } else { String::new() };
                vec![
                    Span::styled(format!("  {mark}  "), key),
                    Span::styled(format!("import {named}"), title),
                    Span::styled(format!("{logs}{size}  {place}"), muted),
                ]
            }
            (WayIn::File, _) => vec![
                Span::styled(hint(Action::Import), key),
                Span::styled("  open a file", title),
                Span::styled(": an agent's log, or a folder of them", muted),
            ],
            _ => vec![
                Span::styled(hint(Action::Demo), key),
                Span::styled("  look around", title),
                Span::styled(" in a built-in session; nothing of it is kept", muted),
            ],
        };
        paint.clipped(row, spans);
        if at == first.rows.cursor {
            paint.text(row.x, y, "▸", key);
            paint.restyle(row, selection);
        }
    }
    let below = areas.list.bottom() + 1;
    if below < area.bottom() && first.marked.len() > 1 {
        let marked = words::plural(first.marked.len(), "agent is", "agents are");
        let said = format!("{marked} marked: enter on one of them imports the logs of all.");
        paint.clipped(Rect { y: below, height: 1, ..inner }, vec![Span::styled(said, muted)]);
    }
}
