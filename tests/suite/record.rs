//! Draws a screen as a picture: a buffer of cells → SVG, and SVG → PNG. Same cells, same bytes.

mod palette;
mod shapes;

use std::{fmt::Write, sync::Arc};

use ratatui::{
    buffer::{Buffer, Cell},
    style::Modifier,
};
use resvg::{tiny_skia, usvg};
use unicode_width::UnicodeWidthStr;

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
const FONTS: [&[u8]; 4] = [
    include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"),
    include_bytes!("../../assets/fonts/JetBrainsMono-Bold.ttf"),
    include_bytes!("../../assets/fonts/JetBrainsMono-Italic.ttf"),
    include_bytes!("../../assets/fonts/NotoSansMonoCJKjp-Demo.otf"),
];

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
        let spans = spans(buffer, row);
        spans.iter().for_each(|span| draw_background(&mut out, span, row));
        spans.iter().for_each(|span| draw_symbols(&mut out, span, row));
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// The SVG as PNG, two pixels a unit.
pub fn png(svg: &str) -> Vec<u8> {
    let mut options = usvg::Options { font_family: MONO.to_owned(), ..usvg::Options::default() };
    let fonts = Arc::make_mut(&mut options.fontdb);
    FONTS.iter().for_each(|font| fonts.load_font_data(font.to_vec()));
    let tree = usvg::Tree::from_str(svg, &options).expect("the recorder writes valid SVG");
    let size = tree.size().to_int_size().scale_by(2.0).expect("a screen has a size");
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).expect("a screen has a size");
    resvg::render(&tree, tiny_skia::Transform::from_scale(2.0, 2.0), &mut pixels.as_mut());
    pixels.encode_png().expect("pixels in memory can be encoded")
}

/// Neighbouring cells of one style.
struct Span {
    column: u16,
    /// In cells.
    width: u16,
    style: Style,
    /// Each symbol with the column it stands in.
    symbols: Vec<(u16, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Style {
    /// `#rrggbb`, after reversing.
    text: palette::Rgb,
    /// `None` where the screen's own background shows.
    ground: Option<palette::Rgb>,
    modifiers: Modifier,
}

impl Style {
    fn of(cell: &Cell) -> Self {
        let text = palette::rgb(cell.fg);
        let ground = palette::rgb(cell.bg);
        let (text, ground) = match cell.modifier.contains(Modifier::REVERSED) {
            true => (ground.or(Some(palette::BACKGROUND)), text.or(Some(palette::FOREGROUND))),
            false => (text, ground),
        };
        let modifiers = cell.modifier - Modifier::REVERSED;
        Self { text: text.unwrap_or(palette::FOREGROUND), ground, modifiers }
    }
}

fn spans(buffer: &Buffer, row: u16) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut column = 0;
    while column < buffer.area.width {
        let cell = &buffer[(buffer.area.x + column, buffer.area.y + row)];
        // The second cell of a wide symbol holds nothing of its own.
        let width = u16::try_from(cell.symbol().width()).unwrap_or(1).clamp(1, 2);
        let style = Style::of(cell);
        match found.last_mut().filter(|span| span.style == style) {
            Some(span) => {
                span.width += width;
                span.symbols.push((column, cell.symbol().to_owned()));
            }
            None => found.push(Span { column, width, style, symbols: vec![(column, cell.symbol().to_owned())] }),
        }
        column += width;
    }
    found
}

fn draw_background(out: &mut String, span: &Span, row: u16) {
    if let Some(ground) = span.style.ground {
        let (x, y, width) = (span.column * CELL.0, row * CELL.1, span.width * CELL.0);
        line(
            out,
            format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{ground}\"/>", CELL.1),
        );
    }
}

/// Words of ASCII are one element each, pinned to their width; every other symbol is an element of its own, so that a
/// glyph from another font cannot shift its neighbours.
fn draw_symbols(out: &mut String, span: &Span, row: u16) {
    if span.style.modifiers.contains(Modifier::HIDDEN) {
        return;
    }
    let mut word: Option<(u16, String)> = None;
    for (column, symbol) in &span.symbols {
        if symbol.is_ascii() && symbol != " " {
            word.get_or_insert_with(|| (*column, String::new())).1.push_str(symbol);
            continue;
        }
        if let Some((start, text)) = word.take() {
            draw_text(out, &text, start, row, span.style);
        }
        if symbol == " " {
            continue;
        }
        let (x, y) = (column * CELL.0, row * CELL.1);
        match shapes::shape(symbol, (x, y), CELL) {
            Some(shape) => line(out, format_args!("<g {}>{shape}</g>", paint(span.style))),
            None => draw_text(out, symbol, *column, row, span.style),
        }
    }
    if let Some((start, text)) = word {
        draw_text(out, &text, start, row, span.style);
    }
    draw_rules(out, span, row);
}

fn draw_text(out: &mut String, text: &str, column: u16, row: u16, style: Style) {
    let (x, y) = (column * CELL.0, row * CELL.1 + BASELINE);
    let cells = u16::try_from(text.width()).unwrap_or(1);
    let family = if text.is_ascii() || cells == 1 {
        String::new()
    } else {
        format!(" font-family=\"{CJK}\" font-size=\"{CJK_SIZE}\"")
    };
    let weight = if style.modifiers.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let slant = if style.modifiers.contains(Modifier::ITALIC) { " font-style=\"italic\"" } else { "" };
    line(
        out,
        format_args!(
            "<text x=\"{x}\" y=\"{y}\" textLength=\"{}\" {}{family}{weight}{slant}>{}</text>",
            cells * CELL.0,
            paint(style),
            escaped(text),
        ),
    );
}

/// Underlines and strokes through, over the whole span with its spaces.
fn draw_rules(out: &mut String, span: &Span, row: u16) {
    for (modifier, offset) in [(Modifier::UNDERLINED, BASELINE + 2), (Modifier::CROSSED_OUT, BASELINE - 5)] {
        if span.style.modifiers.contains(modifier) {
            let (x, y, width) = (span.column * CELL.0, row * CELL.1 + offset, span.width * CELL.0);
            line(out, format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"1\" {}/>", paint(span.style)));
        }
    }
}

fn paint(style: Style) -> String {
    let dim = if style.modifiers.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
    format!("fill=\"{}\"{dim}", style.text)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn line(out: &mut String, element: std::fmt::Arguments) {
    writeln!(out, "{element}").expect("writing to a string cannot fail");
}

#[test]
fn a_screen_is_drawn_the_same_each_time() {
    let picture = svg(&sample());
    assert_eq!(picture, svg(&sample()));
    for part in [
        "textLength=\"72\" fill=\"#d8dee9\" font-weight=\"bold\">haversac",
        "&lt;b&gt;",
        "font-family=\"Noto Sans Mono CJK JP\" font-size=\"17\">熨</text>",
        "<rect x=\"18\" y=\"38\" width=\"54\" height=\"19\" fill=\"#ebcb8b\"/>",
    ] {
        assert!(picture.contains(part), "missing {part} in\n{picture}");
    }
}

#[test]
fn a_picture_can_be_drawn() {
    let picture = png(&svg(&sample()));
    assert_eq!(picture[..8], *b"\x89PNG\r\n\x1a\n");
    if let Ok(path) = std::env::var("RECORD_SAMPLE") {
        std::fs::write(path, picture).expect("RECORD_SAMPLE names a file that can be written");
    }
}

/// One of everything that a screen may hold.
#[cfg(test)]
fn sample() -> Buffer {
    use ratatui::{
        layout::Rect,
        style::{Color, Style as Look},
    };
    let plain = Look::new();
    let mut buffer = Buffer::empty(Rect::new(0, 0, 46, 12));
    let rows = [
        ("haversac", plain.bold(), "k  a == b != c -> <b> fi"),
        ("ギフト", plain.fg(Color::Cyan), "用です。熨斗をお願いします。"),
        ("  picked", plain.fg(Color::Yellow).reversed(), " italic "),
        ("╭─ Budget ──┬─────╮", plain.fg(Color::DarkGray), " ┏━━━┳━┓ ┌┄┄┐"),
        ("│ ▇▇▇▆▅▄▃▂▁ │ ███ │", plain.fg(Color::Green), " ┃ ★ ┃☆┃ ┆○●┆"),
        ("├───────────┼─────┤", plain.fg(Color::DarkGray), " ┣━━━╋━┫ └╌╌┘"),
        ("│ ░░▒▒▓▓██  │ ▐▌▀▄│", plain.fg(Color::Blue), " ┗━━━┻━┛ ▏▎▍▌▋▊▉█"),
        ("╰───────────┴─────╯", plain.fg(Color::DarkGray), " ⠁⠃⠇⡇⣇⣧⣷⣿ ▖▗▘▝▚▞"),
        ("underlined text", plain.underlined(), " ← ↑ → ↓ ▸ ▾ ▲ ▼ ◆ ✓ ✗ ≥ ≤ …"),
        ("struck", plain.crossed_out().dim(), " dim – — · × − ± ½ äöüßé Ω Ж"),
        ("on rgb", Look::new().fg(Color::Rgb(20, 20, 20)).bg(Color::Rgb(136, 192, 208)), " indexed"),
        ("all on one row", plain.fg(Color::Indexed(208)), " ⏎ ⌫ ⇄ ⚠ 〜"),
    ];
    for (row, (text, look, after)) in rows.into_iter().enumerate() {
        let row = u16::try_from(row).expect("twelve rows");
        let skip = text.chars().take_while(|symbol| *symbol == ' ').count() as u16;
        let (end, _) = buffer.set_stringn(skip, row, text.trim_start(), 46, look);
        buffer.set_string(end, row, after, plain);
    }
    buffer
}
