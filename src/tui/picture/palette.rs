//! The colours of the recorded terminal: a dark one with muted accents.

use std::fmt;

use ratatui::style::Color;

pub const FOREGROUND: Rgb = Rgb(0xd8, 0xde, 0xe9);
pub const BACKGROUND: Rgb = Rgb(0x1e, 0x22, 0x2a);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(u8, u8, u8);

impl fmt::Display for Rgb {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// The sixteen colours that a terminal's own theme decides.
const ANSI: [Rgb; 16] = [
    Rgb(0x2e, 0x34, 0x40),
    Rgb(0xe0, 0x6c, 0x75),
    Rgb(0xa3, 0xbe, 0x8c),
    Rgb(0xeb, 0xcb, 0x8b),
    Rgb(0x81, 0xa1, 0xd1),
    Rgb(0xb4, 0x8e, 0xcd),
    Rgb(0x7f, 0xc1, 0xca),
    Rgb(0xc8, 0xcf, 0xdb),
    Rgb(0x6b, 0x75, 0x8a),
    Rgb(0xf0, 0x8a, 0x92),
    Rgb(0xb9, 0xd2, 0xa4),
    Rgb(0xf5, 0xdc, 0xa6),
    Rgb(0x9c, 0xb9, 0xe6),
    Rgb(0xcb, 0xaa, 0xe0),
    Rgb(0x9d, 0xd6, 0xde),
    Rgb(0xf2, 0xf5, 0xfa),
];

/// `None` for the terminal's own foreground or background.
pub fn rgb(color: Color) -> Option<Rgb> {
    let ansi = |index: usize| Some(ANSI[index]);
    match color {
        Color::Reset => None,
        Color::Black => ansi(0),
        Color::Red => ansi(1),
        Color::Green => ansi(2),
        Color::Yellow => ansi(3),
        Color::Blue => ansi(4),
        Color::Magenta => ansi(5),
        Color::Cyan => ansi(6),
        Color::Gray => ansi(7),
        Color::DarkGray => ansi(8),
        Color::LightRed => ansi(9),
        Color::LightGreen => ansi(10),
        Color::LightYellow => ansi(11),
        Color::LightBlue => ansi(12),
        Color::LightMagenta => ansi(13),
        Color::LightCyan => ansi(14),
        Color::White => ansi(15),
        Color::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
        Color::Indexed(index) => Some(indexed(index)),
    }
}

/// xterm's 256 colours: 16 of the theme, a 6×6×6 cube, 24 greys.
fn indexed(index: u8) -> Rgb {
    let step = |part: u8| if part == 0 { 0 } else { 55 + 40 * part };
    match index {
        0..=15 => ANSI[usize::from(index)],
        16..=231 => {
            let cube = index - 16;
            Rgb(step(cube / 36), step(cube / 6 % 6), step(cube % 6))
        }
        _ => {
            let grey = 8 + 10 * (index - 232);
            Rgb(grey, grey, grey)
        }
    }
}
