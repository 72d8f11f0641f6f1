//! A frame as SVG. Same cells, same bytes.

use std::fmt::Write;

use ratatui::{buffer::Buffer, style::Modifier};
use unicode_width::UnicodeWidthStr;

use super::{
    palette,
    runs::{Look, Run, escaped, runs},
    shapes,
};

/// Size of a cell in SVG units. Whole numbers, so that neighbouring backgrounds meet without a seam.
const CELL: (u16, u16) = (9, 19);
/// 0.6 of it is the cell's width: the advance of JetBrains Mono.
const FONT_SIZE: u16 = 15;
const BASELINE: u16 = 14;
const MARGIN: u16 = 10;

const MONO: &str = "JetBrains Mono";
const CJK: &str = "Noto Sans Mono CJK JP";
/// As wide as it is high, and two cells are 18 wide.
const CJK_SIZE: u16 = 17;

/// The screen as SVG, with a margin around it.
pub fn svg(buffer: &Buffer) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let (width, height) = (columns * CELL.0 + 2 * MARGIN, rows * CELL.1 + 2 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{MONO}\" font-size=\"{FONT_SIZE}\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{}\"/>\n\
         <g transform=\"translate({MARGIN} {MARGIN})\">\n",
        palette::BACKGROUND,
    );
    for row in 0..rows {
        let runs = runs(buffer, row);
        runs.iter().for_each(|run| draw_background(&mut out, run, row));
        runs.iter().for_each(|run| draw_symbols(&mut out, run, row));
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn draw_background(out: &mut String, run: &Run, row: u16) {
    if let Some(ground) = run.look.ground {
        let (x, y, width) = (run.column * CELL.0, row * CELL.1, run.width * CELL.0);
        line(
            out,
            format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{ground}\"/>", CELL.1),
        );
    }
}

/// Words of ASCII are one element each, pinned to their width; every other symbol is an element of its own, so that a
/// glyph from another font cannot shift its neighbours.
fn draw_symbols(out: &mut String, run: &Run, row: u16) {
    if run.look.modifiers.contains(Modifier::HIDDEN) {
        return;
    }
    let mut word: Option<(u16, String)> = None;
    for (column, symbol) in &run.symbols {
        if symbol.is_ascii() && symbol != " " {
            word.get_or_insert_with(|| (*column, String::new())).1.push_str(symbol);
            continue;
        }
        if let Some((start, text)) = word.take() {
            draw_text(out, &text, start, row, run.look);
        }
        if symbol == " " {
            continue;
        }
        let (x, y) = (column * CELL.0, row * CELL.1);
        match shapes::shape(symbol, (x, y), CELL) {
            Some(shape) => line(out, format_args!("<g {}>{shape}</g>", paint(run.look))),
            None => draw_text(out, symbol, *column, row, run.look),
        }
    }
    if let Some((start, text)) = word {
        draw_text(out, &text, start, row, run.look);
    }
    draw_rules(out, run, row);
}

fn draw_text(out: &mut String, text: &str, column: u16, row: u16, look: Look) {
    let (x, y) = (column * CELL.0, row * CELL.1 + BASELINE);
    let cells = u16::try_from(text.width()).unwrap_or(1);
    let family = if text.is_ascii() || cells == 1 {
        String::new()
    } else {
        format!(" font-family=\"{CJK}\" font-size=\"{CJK_SIZE}\"")
    };
    let weight = if look.modifiers.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let slant = if look.modifiers.contains(Modifier::ITALIC) { " font-style=\"italic\"" } else { "" };
    line(
        out,
        format_args!(
            "<text x=\"{x}\" y=\"{y}\" textLength=\"{}\" {}{family}{weight}{slant}>{}</text>",
            cells * CELL.0,
            paint(look),
            escaped(text),
        ),
    );
}

/// Underlines and strokes through, over the whole span with its spaces.
fn draw_rules(out: &mut String, run: &Run, row: u16) {
    for (modifier, offset) in [(Modifier::UNDERLINED, BASELINE + 2), (Modifier::CROSSED_OUT, BASELINE - 5)] {
        if run.look.modifiers.contains(modifier) {
            let (x, y, width) = (run.column * CELL.0, row * CELL.1 + offset, run.width * CELL.0);
            line(out, format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"1\" {}/>", paint(run.look)));
        }
    }
}

fn paint(look: Look) -> String {
    let dim = if look.modifiers.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
    format!("fill=\"{}\"{dim}", look.text)
}

fn line(out: &mut String, element: std::fmt::Arguments) {
    writeln!(out, "{element}").expect("writing to a string cannot fail");
}
