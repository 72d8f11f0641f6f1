//! Curves in braille, a stack of shares in shades, and the axis between them: each a few marks a cell, so that a plot is
//! read at 40 columns too. What a colour says, a letter, a dash or a shade says as well.

use ratatui::{layout::Rect, style::Style, text::Span};

use super::paint::Painter;
use crate::text::words;

/// Dots of a cell: column by column, from the top.
const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
/// Parts of a stack from the bottom up; the last is what is left over.
pub const SHADES: [&str; 5] = ["█", "▓", "▒", "░", "·"];

/// A line over the plot.
pub struct Curve {
    /// Both from 0 to 1, x rising.
    pub points: Vec<(f64, f64)>,
    pub letter: char,
    pub style: Style,
    pub dash: Dash,
    /// Where its letter stands, by x from 0 to 1.
    pub letters_at: Vec<f64>,
}

/// Dots that are drawn, and dots that are left out after them.
#[derive(Clone, Copy)]
pub struct Dash {
    pub on: usize,
    pub off: usize,
}

impl Curve {
    /// Its height at x, on the straight line between the points beside it; `None` beyond its ends.
    fn at(&self, x: f64) -> Option<f64> {
        let after = self.points.partition_point(|point| point.0 < x);
        let &(x1, y1) = self.points.get(after)?;
        let Some(&(x0, y0)) = after.checked_sub(1).and_then(|before| self.points.get(before)) else {
            return (x1 - x < 1e-9).then_some(y1);
        };
        Some(if x1 > x0 { y0 + (y1 - y0) * (x - x0) / (x1 - x0) } else { y1 })
    }
}

/// Curves over one another, the last on top.
pub fn curves(curves: &[Curve], area: Rect, paint: &mut Painter) {
    let (columns, rows) = (usize::from(area.width), usize::from(area.height));
    if columns == 0 || rows == 0 {
        return;
    }
    let (dots_wide, dots_high) = (columns * 2, rows * 4);
    let mut cells: Vec<(u8, Style)> = vec![(0, Style::default()); columns * rows];
    for curve in curves {
        let mut before: Option<usize> = None;
        for x in 0..dots_wide {
            let Some(y) = curve.at(x as f64 / (dots_wide - 1) as f64) else { continue };
            let y = dot(y, dots_high);
            let from = before.replace(y).unwrap_or(y);
            if x % (curve.dash.on + curve.dash.off) >= curve.dash.on {
                continue;
            }
            // A steep part is a line too, not two dots far apart.
            let middle = y.min(from)..=y.max(from);
            for y in middle.filter(|&at| at == y || at != from) {
                let cell = &mut cells[y / 4 * columns + x / 2];
                *cell = (cell.0 | DOTS[x % 2][y % 4], curve.style);
            }
        }
    }
    for (at, (dots, style)) in cells.iter().enumerate().filter(|(_, (dots, _))| *dots > 0) {
        let sign = char::from_u32(0x2800 + u32::from(*dots)).unwrap_or(' ');
        let (x, y) = (area.x + (at % columns) as u16, area.y + (at / columns) as u16);
        paint.text(x, y, sign.encode_utf8(&mut [0; 4]), *style);
    }
    letters(curves, area, paint);
}

/// Names each curve where it runs; where two would stand in one cell, the later steps aside.
fn letters(curves: &[Curve], area: Rect, paint: &mut Painter) {
    let mut taken: Vec<(u16, u16)> = Vec::new();
    for curve in curves {
        for &wanted in &curve.letters_at {
            let last = area.width.saturating_sub(1);
            let first = (wanted * f64::from(last)).round() as u16;
            let place = (first..=last).chain((0..first).rev()).find_map(|column| {
                let y = curve.at(f64::from(column) / f64::from(last.max(1)))?;
                let row = (dot(y, usize::from(area.height) * 4) / 4) as u16;
                (!taken.contains(&(column, row))).then_some((column, row))
            });
            if let Some((column, row)) = place {
                taken.push((column, row));
                let letter = curve.letter.to_string();
                paint.text(area.x + column, area.y + row, &letter, curve.style);
            }
        }
    }
}

/// The row of dots of a share, from the top.
fn dot(share: f64, dots: usize) -> usize {
    let from_below = (share.clamp(0.0, 1.0) * (dots - 1) as f64).round() as usize;
    dots - 1 - from_below
}

/// The row of a share in an area, from the top.
pub fn row(share: f64, height: u16) -> u16 {
    (dot(share, usize::from(height.max(1)) * 4) / 4) as u16
}

/// A column for each cell of the width: parts of a whole from the bottom up, in shades.
pub fn stack(shares: impl Fn(usize) -> Option<[f64; 4]>, area: Rect, style: Style, rest: Style, paint: &mut Painter) {
    for column in 0..area.width {
        let Some(parts) = shares(usize::from(column)) else { continue };
        for row in 0..area.height {
            // The part that stands in the middle of the cell has it.
            let height = (f64::from(area.height - row) - 0.5) / f64::from(area.height);
            let mut below = 0.0;
            let part = parts.iter().position(|part| {
                below += part;
                height < below
            });
            let (shade, style) = part.map_or((SHADES[4], rest), |part| (SHADES[part], style));
            paint.text(area.x + column, area.y + row, shade, style);
        }
    }
}

/// The line under a plot with its marks, each at a place from 0 to 1, as far as they do not run into each other.
pub fn axis(marks: &[(f64, String)], row: Rect, paint: &mut Painter) {
    let (rule, muted) = (paint.theme.style.rule.0, paint.theme.style.muted.0);
    paint.text(row.x, row.y, &"─".repeat(usize::from(row.width)), rule);
    let mut free = row.x;
    for (share, mark) in marks {
        let at = row.x + (share * f64::from(row.width.saturating_sub(1))).round() as u16;
        let width = words::width(mark) as u16;
        let from = at.saturating_sub(width / 2).clamp(row.x, row.right().saturating_sub(width).max(row.x));
        if from >= free && from + width <= row.right() {
            paint.spans(Rect { x: from, width, ..row }, vec![Span::styled(mark.clone(), muted)]);
            free = from + width + 1;
        }
    }
}
