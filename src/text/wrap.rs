//! Long text broken into rows once per width, so that a frame costs only the rows that it shows. (ratatui's own wrap is
//! O(text up to the scroll position) in every frame: 30 ms at 1 MB, measured.)

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Inert text and where its rows begin at one width. Rows break after spaces where they can, inside words where they
/// must, never inside a character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    text: String,
    /// Each row's bytes, line end excluded.
    rows: Vec<(u32, u32)>,
    cells: usize,
    breaking: Breaking,
}

/// How far the rows have been found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Breaking {
    /// Where the row begins that is being filled, and the next character to look at.
    row: usize,
    at: usize,
    /// Where the line ends that they stand in.
    line_end: usize,
    /// Cells from `row` to `at`.
    used: usize,
    /// The last place in this row where it may end, and the cells used up to there.
    space: Option<(usize, usize)>,
    is_whole: bool,
}

impl Wrapped {
    /// Breaks a text at a width in cells (at least 1). Tabs become spaces first. About 1 ms a megabyte of ASCII.
    pub fn new(text: &str, cells: usize) -> Self {
        let mut wrapped = Self::begin(text, cells);
        wrapped.extend(usize::MAX);
        wrapped
    }

    /// The same with no row found yet: for long texts, which [`Wrapped::extend`] breaks in pieces.
    pub fn begin(text: &str, cells: usize) -> Self {
        let text = text.trim_end().replace('\t', "    ");
        let line_end = line_end(&text, 0);
        let breaking = Breaking { row: 0, at: 0, line_end, used: 0, space: None, is_whole: false };
        Self { rows: Vec::new(), cells: cells.max(1), breaking, text }
    }

    /// Finds the rows of about so many bytes more.
    pub fn extend(&mut self, bytes: usize) {
        let until = self.breaking.at.saturating_add(bytes);
        while !self.breaking.is_whole && self.breaking.at < until.max(1) {
            self.break_line(until);
        }
    }

    /// Whether every row has been found.
    pub fn is_whole(&self) -> bool {
        self.breaking.is_whole
    }

    pub fn cells(&self) -> usize {
        self.cells
    }

    /// How many rows have been found.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text as it was broken: tabs are spaces, and the white space at its end is gone.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The texts of some rows; those past the end are left out.
    pub fn rows(&self, range: Range<usize>) -> impl Iterator<Item = &str> {
        self.places(range).map(|place| &self.text[place])
    }

    /// Where some rows stand in the text, in bytes.
    pub fn places(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let end = range.end.min(self.rows.len());
        let start = range.start.min(end);
        self.rows[start..end].iter().map(|&(from, to)| from as usize..to as usize)
    }

    /// The row that a byte of the text stands in; `None` while it has not been found.
    pub fn row_at(&self, byte: usize) -> Option<usize> {
        let found = self.is_whole() || byte < self.breaking.row;
        let after = self.rows.partition_point(|&(from, _)| from as usize <= byte);
        found.then(|| after.saturating_sub(1))
    }

    fn break_line(&mut self, until: usize) {
        let end = self.breaking.line_end;
        while self.breaking.at < until {
            let Breaking { row, at, .. } = self.breaking;
            if at == row && self.break_ascii(end) {
                continue;
            }
            let Some(grapheme) = self.text[self.breaking.at..end].graphemes(true).next() else {
                return self.end_line(end);
            };
            let (cost, bytes, is_space) = (grapheme.width(), grapheme.len(), grapheme == " ");
            let breaking = &mut self.breaking;
            // Twice where what stands after the last space is too wide together with this.
            while breaking.used + cost > self.cells && breaking.at > breaking.row {
                let (end, kept) = breaking.space.take().unwrap_or((breaking.at, breaking.used));
                self.rows.push((breaking.row as u32, end as u32));
                breaking.row = end;
                breaking.used -= kept;
            }
            breaking.used += cost;
            breaking.at += bytes;
            if is_space {
                breaking.space = Some((breaking.at, breaking.used));
            }
        }
        if self.breaking.at >= end {
            self.end_line(end);
        }
    }

    /// A row of ASCII, whose characters take a cell each: found without looking at them one by one.
    fn break_ascii(&mut self, end: usize) -> bool {
        let row = self.breaking.row;
        // With the character after the row, which may belong to its last one.
        let window = &self.text.as_bytes()[row..end.min(row + self.cells + 1)];
        if window.len() <= self.cells || !window.is_ascii() {
            return false;
        }
        let space = window[..self.cells].iter().rposition(|&byte| byte == b' ');
        let next = row + space.map_or(self.cells, |space| space + 1);
        self.rows.push((row as u32, next as u32));
        (self.breaking.row, self.breaking.at) = (next, next);
        true
    }

    fn end_line(&mut self, end: usize) {
        self.rows.push((self.breaking.row as u32, end as u32));
        let next = end + 1;
        let is_whole = end >= self.text.len();
        let line_end = if is_whole { end } else { line_end(&self.text, next) };
        self.breaking = Breaking { row: next, at: next, line_end, used: 0, space: None, is_whole };
    }
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, cells: usize) -> Vec<String> {
        let wrapped = Wrapped::new(text, cells);
        wrapped.rows(0..usize::MAX).map(str::to_owned).collect()
    }

    #[test]
    fn rows_break_at_spaces_then_inside_words() {
        assert_eq!(rows("one two three", 8), ["one two ", "three"]);
        assert_eq!(rows("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(rows("a\n\nb\n", 4), ["a", "", "b"]);
        assert_eq!(rows("", 4), [""]);
        assert_eq!(rows("四捨五入", 5), ["四捨", "五入"]);
        assert_eq!(rows("四", 1), ["四"]);
    }

    #[test]
    fn in_pieces_it_is_broken_as_at_once() {
        for text in [
            "the quick  brown fox 四捨五入 e\u{301}e\u{301} and more words\n\nof it",
            "",
            "\n\na",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaae\u{301}e\u{301}aaaaaaaaaaaaaa bbbbbbbbbbb\ncccccccccccccccccc",
        ] {
            for cells in 1..14 {
                for bytes in [1, 2, 3, 7, 64] {
                    let mut wrapped = Wrapped::begin(text, cells);
                    while !wrapped.is_whole() {
                        wrapped.extend(bytes);
                    }
                    assert_eq!(wrapped, Wrapped::new(text, cells), "{text:?} at {cells}, {bytes} bytes at a time");
                }
            }
        }
    }

    #[test]
    fn a_byte_is_found_in_its_row_as_soon_as_that_is_known() {
        let mut wrapped = Wrapped::begin("one two\nthree\nfour", 4);
        assert_eq!(wrapped.row_at(0), None);
        wrapped.extend(usize::MAX);
        // "one ", "two", "thre", "e", "four"
        assert_eq!([0, 3, 4, 7, 8, 12, 14].map(|byte| wrapped.row_at(byte)), [0, 0, 1, 1, 2, 3, 4].map(Some));
    }

    #[test]
    fn no_text_is_lost_and_no_row_is_too_wide() {
        for text in ["the quick  brown fox 四捨五入 e\u{301}e\u{301}", "aaa aaaaaaaaaaaaaaaa a", "  indented text here"]
        {
            for cells in 2..20 {
                let rows = rows(text, cells);
                assert_eq!(rows.concat(), text);
                assert!(rows.iter().all(|row| row.trim_end().width() <= cells), "{rows:?} at {cells}");
            }
        }
    }
}
