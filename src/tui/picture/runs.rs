//! Rows of a frame in runs of cells that look the same.

use ratatui::{
    buffer::{Buffer, Cell},
    style::Modifier,
};
use unicode_width::UnicodeWidthStr;

use super::palette::{self, Rgb};

/// Neighbouring cells of one look.
pub struct Run {
    pub column: u16,
    /// In cells.
    pub width: u16,
    pub look: Look,
    /// Each symbol with the column it stands in.
    pub symbols: Vec<(u16, String)>,
}

impl Run {
    pub fn text(&self) -> String {
        self.symbols.iter().map(|(_, symbol)| symbol.as_str()).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// After reversing.
    pub text: Rgb,
    /// `None` where the screen's own background shows.
    pub ground: Option<Rgb>,
    pub modifiers: Modifier,
}

impl Look {
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

pub fn runs(buffer: &Buffer, row: u16) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    let mut column = 0;
    while column < buffer.area.width {
        let cell = &buffer[(buffer.area.x + column, buffer.area.y + row)];
        // The second cell of a wide symbol holds nothing of its own.
        let width = u16::try_from(cell.symbol().width()).unwrap_or(1).clamp(1, 2);
        let look = Look::of(cell);
        match found.last_mut().filter(|run| run.look == look) {
            Some(run) => {
                run.width += width;
                run.symbols.push((column, cell.symbol().to_owned()));
            }
            None => found.push(Run { column, width, look, symbols: vec![(column, cell.symbol().to_owned())] }),
        }
        column += width;
    }
    found
}

/// For text of XML and HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
