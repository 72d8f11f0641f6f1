//! State → frame. Nothing here changes state; what drawing learns (where things are) goes back as `Areas`.
//!
//! ```text
//! header      haversack  title  claude · 412 entries · 186,204 tok held     o200k_base exact  ● live
//! bar         █████████████████████████████████████████████████████████░░┃────────────────────
//! legend      31,702 of 32,000: pinned 2,104 + tail 9,212 + … + free 298          kept 83 % …
//! suggestion  ▸ 14 reads of src/db.rs: evict 13 stale ones, −22.4k, lets 31 in           s apply
//! entries     ─ Entries 412 ─────────────────┬─ Carry-forward ─────────────────  pack
//! preview     ─ #5 ← Bash  Full │ Summary │ … ┼─ Left out 61 ────────────────────  left_out
//! status      ✓ pinned #12: +412, pushed out #40, #77
//! footer      p pin  x evict  c compact  …
//! ```
//!
//! Narrower than 110 columns, preview, carry-forward and left out share the place under the list, as tabs.

pub mod theme;
pub mod layout;
mod paint;
mod header;
mod bar;
mod suggestion;
mod lens;
mod suggestions;
mod entry;
mod recall;
mod lessons;
mod trends;
mod plot;
mod sweep;
mod compare;
mod journal;
mod facts;
mod replay;
mod writing;
mod entries;
mod boundary;
mod columns;
mod snippet;
mod preview;
mod pack;
mod left_out;
mod footer;
mod picker;
mod sessions;
mod first;
mod popup;
mod help;
mod palette;

use ratatui::{Frame, layout::Rect};

use self::{header::Legend, layout::Layout, paint::Painter, theme::Theme};
use super::app::{
    Areas, Border, Lens, Popup, Screen, State,
    inspector::{Inspector, Pane, Zoom},
};
use crate::text::words;

pub fn draw(state: &State, theme: &Theme, frame: &mut Frame) -> Areas {
    let area = frame.area();
    let mut areas = Areas::default();
    frame.buffer_mut().set_style(area, theme.style.screen.0);
    let mut paint = Painter::new(frame.buffer_mut(), theme);
    let (columns, rows) = layout::SMALLEST;
    if area.width < columns || area.height < rows {
        too_small(area, &mut paint);
        return areas;
    }
    match (&state.lens, &state.screen) {
        (Some(Lens::Recall(recall)), _) => recall::draw(state, recall, area, &mut paint, &mut areas),
        (Some(Lens::Lessons(lessons)), _) => lessons::draw(state, lessons, area, &mut paint, &mut areas),
        _ => screen(state, area, &mut paint, &mut areas),
    }
    match &state.popup {
        Some(Popup::Palette(palette)) => palette::draw(state, palette, area, &mut paint, &mut areas),
        Some(Popup::Help(help)) => help::draw(state, help, area, &mut paint, &mut areas),
        Some(popup) => popup::draw(state, popup, area, &mut paint, &mut areas),
        None => {}
    }
    areas
}

fn screen(state: &State, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    match &state.screen {
        Screen::Waiting(waiting) => picker::waiting(waiting, area, paint),
        Screen::Sessions(picker) => picker::draw(state, picker, area, paint, areas),
        Screen::Session(inspector) => match &state.lens {
            Some(lens) => lens::draw(state, lens, inspector, area, paint, areas),
            None => session(state, inspector, area, paint, areas),
        },
    }
}

fn session(state: &State, inspector: &Inspector, area: Rect, paint: &mut Painter, areas: &mut Areas) {
    let layout = Layout::new(area, inspector.focus, inspector.under, inspector.zoom, inspector.split);
    borders(&layout, areas);
    let legend = if layout.legend.is_empty() { Legend::Missing } else { Legend::Shown };
    header::draw(inspector, layout.header, legend, paint);
    bar::draw(inspector, layout.bar, paint, areas);
    bar::legend(inspector, layout.legend, paint);
    suggestion::draw(state, inspector, layout.suggestion, paint, areas);
    if !layout.entries.is_empty() {
        entries::draw(inspector, layout.entries, paint, areas);
    }
    if !layout.preview.is_empty() {
        preview::draw(inspector, layout.preview, paint, areas);
    }
    if !layout.pack.is_empty() {
        pack::draw(inspector, layout.pack, paint, areas);
    }
    if !layout.left_out.is_empty() {
        left_out::draw(inspector, layout.left_out, paint, areas);
    }
    paint.divider(layout.divider);
    if layout.divider.is_empty() && inspector.zoom == Zoom::Off {
        pane_tabs(inspector, &layout, paint, areas);
    }
    footer::status(state, layout.status, paint);
    footer::draw(state, layout.footer, layout.status.is_empty(), paint, areas);
}

/// The lines between panes, where the mouse can take them.
fn borders(layout: &Layout, areas: &mut Areas) {
    areas.body = layout.body;
    let rule = |pane: Rect| Rect { height: pane.height.min(1), ..pane };
    if !layout.divider.is_empty() {
        areas.borders.push((layout.divider, Border::Columns));
        areas.borders.push((rule(layout.preview), Border::Under));
        areas.borders.push((rule(layout.left_out), Border::LeftOut));
    } else if !layout.entries.is_empty() {
        let under = [layout.preview, layout.pack, layout.left_out].into_iter().find(|pane| !pane.is_empty());
        areas.borders.extend(under.map(|pane| (rule(pane), Border::Under)));
    }
}

/// Below this width tabs have short names, and panes drop from their titles what the tabs say.
const NAMED_TABS: u16 = 72;

/// The panes that share the place under the list, at the right of its rule.
fn pane_tabs(inspector: &Inspector, layout: &Layout, paint: &mut Painter, areas: &mut Areas) {
    let rule = [layout.preview, layout.pack, layout.left_out].into_iter().find(|area| !area.is_empty());
    let Some(rule) = rule else { return };
    let style = &paint.theme.style;
    let (tab, muted) = (style.tab.0, style.muted.0);
    let shown = match inspector.under {
        Pane::Entries => Pane::Preview,
        under => under,
    };
    let tabs = tabs(inspector, rule.width);
    let cells: usize = tabs.iter().map(|(name, _)| words::width(name)).sum();
    let mut x = rule.right().saturating_sub(cells as u16 + 1);
    for (name, pane) in tabs {
        let width = words::width(&name) as u16;
        paint.text(x, rule.y, &name, if shown == pane { tab } else { muted });
        areas.panes.push((Rect::new(x, rule.y, width, 1), pane));
        x += width;
    }
}

fn tabs(inspector: &Inspector, width: u16) -> [(String, Pane); 3] {
    let out = match width >= NAMED_TABS {
        true => format!(" Left out {} ", inspector.left_out.rows.len()),
        false => " Out ".into(),
    };
    [(" Preview ".into(), Pane::Preview), (" Pack ".into(), Pane::CarryForward), (out, Pane::LeftOut)]
}

/// Whether a pane's name stands in a tab, so that its title has no room for it and no need.
fn named_by_tab(inspector: &Inspector, screen: u16) -> bool {
    inspector.zoom == Zoom::Off && screen < NAMED_TABS
}

/// What the tabs take of the rule under the list, so that its pane can keep clear of them.
fn room_for_tabs(inspector: &Inspector, screen: u16) -> u16 {
    if inspector.zoom == Zoom::On || screen >= layout::WIDE {
        return 0;
    }
    tabs(inspector, screen).iter().map(|(name, _)| words::width(name) as u16).sum::<u16>() + 2
}

fn too_small(area: Rect, paint: &mut Painter) {
    let (columns, rows) = layout::SMALLEST;
    let lines = [format!("Haversack needs {columns}×{rows}."), format!("This is {}×{}.", area.width, area.height)];
    for (line, y) in lines.iter().zip(area.y + area.height.saturating_sub(2) / 2..area.bottom()) {
        paint.centered(Rect { y, height: 1, ..area }, line, paint.theme.style.title.0);
    }
}
