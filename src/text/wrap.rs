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
}

impl Wrapped {
    /// Breaks a text at a width in cells (at least 1). Tabs become spaces first. About 1 ms a megabyte of ASCII.
    pub fn new(text: &str, cells: usize) -> Self {
        let text = text.trim_end().replace('\t', "    ");
        let cells = cells.max(1);
        let mut rows = Vec::with_capacity(text.len() / cells + 1);
        let mut start = 0;
        for line in text.split('\n') {
            break_line(line, start, cells, &mut rows);
            start += line.len() + 1;
        }
        Self { text, rows, cells }
    }

    pub fn cells(&self) -> usize {
        self.cells
    }

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

    /// Some rows as bytes of `text`; those past the end are left out.
    pub fn places(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let end = range.end.min(self.rows.len());
        let start = range.start.min(end);
        self.rows[start..end].iter().map(|&(from, to)| from as usize..to as usize)
    }

    /// The texts of some rows; those past the end are left out.
    pub fn rows(&self, range: Range<usize>) -> impl Iterator<Item = &str> {
        self.places(range).map(|place| &self.text[place])
    }
}

fn break_line(line: &str, offset: usize, cells: usize, rows: &mut Vec<(u32, u32)>) {
    let row = |from: usize, to: usize| ((offset + from) as u32, (offset + to) as u32);
    if line.len() <= cells && line.is_ascii() {
        rows.push(row(0, line.len()));
        return;
    }
    let mut start = 0;
    let mut used = 0;
    // The last place in this row where it may end, and the cells used up to there.
    let mut space: Option<(usize, usize)> = None;
    for (at, grapheme) in line.grapheme_indices(true) {
        let cost = grapheme.width();
        // Twice where what stands after the last space is too wide together with this.
        while used + cost > cells && at > start {
            let (end, kept) = space.unwrap_or((at, used));
            rows.push(row(start, end));
            start = end;
            used -= kept;
            space = None;
        }
        used += cost;
        if grapheme == " " {
            space = Some((at + 1, used));
        }
    }
    rows.push(row(start, line.len()));
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
