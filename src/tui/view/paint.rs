//! Painting in cells: text that is cut to its place, rules with titles, the line between columns.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::theme::Theme;
use crate::text::words;

/// A buffer and a theme to paint it with.
pub struct Painter<'a> {
    pub buffer: &'a mut Buffer,
    pub theme: &'a Theme,
}

/// Whether a pane has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    Here,
    Elsewhere,
}

impl<'a> Painter<'a> {
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme) -> Self {
        Self { buffer, theme }
    }

    /// Columns of the whole screen.
    pub fn screen_width(&self) -> u16 {
        self.buffer.area.width
    }

    /// Text at a place, cut at the edge of the screen.
    pub fn text(&mut self, x: u16, y: u16, text: &str, style: Style) {
        let room = self.buffer.area.right().saturating_sub(x);
        self.spans(Rect { x, y, width: room, height: 1 }, vec![Span::styled(text, style)]);
    }

    /// Spans from the left of an area's first row, cut to it. Gives the cell after the last. What was painted there
    /// before is gone, its style too.
    pub fn spans(&mut self, area: Rect, spans: Vec<Span>) -> u16 {
        let area = area.intersection(self.buffer.area);
        if area.is_empty() {
            return area.x;
        }
        let line = Line::from(spans);
        let width = u16::try_from(line.width()).unwrap_or(u16::MAX).min(area.width);
        self.buffer.set_style(Rect { width, height: 1, ..area }, Style::reset().patch(self.theme.style.screen.0));
        self.buffer.set_line(area.x, area.y, &line, area.width).0
    }

    /// Spans from the left, with `…` where they are cut.
    pub fn clipped(&mut self, area: Rect, spans: Vec<Span>) -> u16 {
        let mut left = usize::from(area.width);
        let mut shown = Vec::with_capacity(spans.len());
        for span in spans {
            let width = span.width();
            if width > left {
                shown.push(Span::styled(words::clip(&span.content, left), span.style));
                break;
            }
            left -= width;
            shown.push(span);
        }
        self.spans(area, shown)
    }

    /// Spans that end at the right of an area's first row; nothing where they do not fit. Gives their first cell.
    pub fn spans_right(&mut self, area: Rect, spans: Vec<Span>) -> u16 {
        let width = Line::from(spans.clone()).width();
        if area.is_empty() || width > usize::from(area.width) {
            return area.right();
        }
        let x = area.right() - width as u16;
        self.spans(Rect { x, width: width as u16, ..area }, spans);
        x
    }

    pub fn centered(&mut self, area: Rect, text: &str, style: Style) {
        let text = words::clip(text, usize::from(area.width));
        let x = area.x + (area.width - words::width(&text) as u16) / 2;
        self.text(x, area.y, &text, style);
    }

    /// A pane's first row: a rule with its title. Gives the area below it and the cell after the title.
    pub fn pane(&mut self, area: Rect, title: &str, focus: Focus) -> (Rect, u16) {
        let style = &self.theme.style;
        let (rule, named, sign) = match focus {
            Focus::Here => (style.rule_focused.0, style.title_focused.0, "▸"),
            Focus::Elsewhere => (style.rule.0, style.title.0, "─"),
        };
        self.text(area.x, area.y, &"─".repeat(usize::from(area.width)), rule);
        let title = words::clip(title, usize::from(area.width).saturating_sub(4));
        let after = self.spans(
            Rect { x: area.x, height: 1, ..area },
            vec![Span::styled(sign, rule), Span::styled(format!(" {title} "), named)],
        );
        (Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }, after)
    }

    /// The line between columns, joined with the rules that it meets.
    pub fn divider(&mut self, area: Rect) {
        let is_rule = |cell: Option<&ratatui::buffer::Cell>| cell.is_some_and(|cell| cell.symbol() == "─");
        for y in area.y..area.bottom() {
            let left = area.x.checked_sub(1).is_some_and(|x| is_rule(self.buffer.cell((x, y))));
            let right = is_rule(self.buffer.cell((area.x + 1, y)))
                || self.buffer.cell((area.x + 1, y)).is_some_and(|cell| cell.symbol() == "▸" && left);
            let symbol = match (left, right) {
                (true, true) if y == area.y => "┬",
                (true, true) => "┼",
                (true, false) if y == area.y => "┐",
                (true, false) => "┤",
                (false, true) => "├",
                (false, false) => "│",
            };
            self.text(area.x, y, symbol, self.theme.style.rule.0);
        }
    }

    /// A bar of heavy line, in half cells: "━━━━╸".
    pub fn gauge(share: f32, cells: usize) -> String {
        let halves = (share.clamp(0.0, 1.0) * cells as f32 * 2.0).round() as usize;
        let mut bar = "━".repeat(halves / 2);
        if halves % 2 == 1 {
            bar.push('╸');
        }
        words::fit(&bar, cells)
    }

    /// Steps everything back, so that what is painted over it stands out.
    pub fn step_back(&mut self) {
        let area = self.buffer.area;
        self.buffer.set_style(area, self.theme.style.muted.0);
    }

    /// One style for all of an area, whatever was painted there before.
    pub fn restyle(&mut self, area: Rect, style: Style) {
        let ground = Style::reset().patch(self.theme.style.screen.0);
        for position in area.positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.set_style(ground.patch(style));
            }
        }
    }
}
