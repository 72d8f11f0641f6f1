//! Pictures of screens: the program's own SVG, and PNG made of it.

use std::sync::Arc;

use haversack::tui::picture::svg;
use ratatui::buffer::Buffer;
use resvg::{tiny_skia, usvg};

const MONO: &str = "JetBrains Mono";
const FONTS: [&[u8]; 4] = [
    include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"),
    include_bytes!("../../assets/fonts/JetBrainsMono-Bold.ttf"),
    include_bytes!("../../assets/fonts/JetBrainsMono-Italic.ttf"),
    include_bytes!("../../assets/fonts/NotoSansMonoCJKjp-Demo.otf"),
];

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
