//! Writing to standard output: text made inert, tables, JSON. A reader that has gone away ends the program silently.

use std::io::{self, BufWriter, StdoutLock, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::Failure;
pub use crate::text::words::moment;
use crate::text::{sanitize, words};

pub struct Output {
    out: BufWriter<StdoutLock<'static>>,
}

impl Output {
    pub fn new() -> Self {
        Self { out: BufWriter::new(io::stdout().lock()) }
    }

    /// Text as it is: packs, which are inert already, and what this program itself words.
    pub fn raw(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// A line, made inert.
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.raw(&sanitize::inert_line(text))?;
        self.raw("\n")
    }

    /// Text of several lines, made inert, with a newline at its end.
    pub fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.raw(&sanitize::inert(text))?;
        if text.ends_with('\n') { Ok(()) } else { self.raw("\n") }
    }

    /// One value as JSON, indented, with a newline. The value is exact; what a terminal would obey is written as `\u….`
    pub fn json<T: Serialize>(&mut self, value: &T) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
        self.raw(&sanitize::inert_json(&json))?;
        self.raw("\n")
    }

    /// One value as JSON on one line.
    pub fn json_line<T: Serialize>(&mut self, value: &T) -> Result<(), Failure> {
        let json = serde_json::to_string(value).map_err(io::Error::from)?;
        self.raw(&sanitize::inert_json(&json))?;
        self.raw("\n")
    }

    /// JSON that was made elsewhere.
    pub fn json_text(&mut self, json: &str) -> Result<(), Failure> {
        self.raw(&sanitize::inert_json(json))
    }

    /// Rows in columns two spaces apart. Columns whose heading starts with `>` are set right.
    pub fn table(&mut self, headings: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
        let heading = headings.iter().map(|heading| heading.trim_start_matches('>').to_string()).collect();
        let rows: Vec<Vec<String>> = std::iter::once(heading)
            .chain(rows.iter().map(|row| row.iter().map(|cell| sanitize::inert_line(cell).into_owned()).collect()))
            .collect();
        let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..headings.len()).map(width).collect();
        for row in &rows {
            let mut line = String::new();
            for ((cell, &width), heading) in row.iter().zip(&widths).zip(headings) {
                let space = " ".repeat(width - cell.width());
                let (before, after) =
                    if heading.starts_with('>') { (space.as_str(), "") } else { ("", space.as_str()) };
                line.push_str(before);
                line.push_str(cell);
                line.push_str(after);
                line.push_str("  ");
            }
            self.raw(line.trim_end())?;
            self.raw("\n")?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }
}

/// "1 entry", "412 entries".
pub fn entries(count: usize) -> String {
    words::plural(count, "entry", "entries")
}
