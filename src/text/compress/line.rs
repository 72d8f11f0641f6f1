//! Lines of a text, with the line numbers that file readers put before them taken apart.

use std::ops::Range;

/// A line that is not blank, without its line break and trailing white space.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// Where it stands in the text, from its line number (leading blanks before that left out) to its end.
    pub range: Range<usize>,
    /// What stands behind the line number, with its indentation.
    pub body: &'a str,
    /// The number that `cat -n` and agents' file readers write: `   12→` or `12<tab>`.
    pub number: Option<u32>,
}

impl Line<'_> {
    /// White space before the body.
    pub fn indent(&self) -> usize {
        self.body.len() - self.body.trim_start().len()
    }
}

/// The lines that are not blank. Line numbers are recognised where most of the first lines have one.
pub fn lines(text: &str) -> Vec<Line<'_>> {
    let numbered = is_numbered(text);
    let mut lines = Vec::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let from = start;
        start += whole.len();
        let line = whole.trim_end();
        let marked = if numbered { number(line) } else { None };
        let (lead, body, number) = match marked {
            Some((number, at)) => (line.len() - line.trim_start().len(), &line[at..], Some(number)),
            None => (0, line, None),
        };
        if !body.trim().is_empty() {
            lines.push(Line { range: from + lead..from + line.len(), body, number });
        }
    }
    lines
}

/// Whether most of the first lines have a line number.
pub fn is_numbered(text: &str) -> bool {
    let (mut numbered, mut seen) = (0, 0);
    for line in text.lines().filter(|line| !line.trim().is_empty()).take(40) {
        numbered += usize::from(number(line).is_some());
        seen += 1;
    }
    numbered * 5 >= seen * 4 && numbered > 0
}

/// Bytes of the line number at the start of a line, 0 if it has none.
pub fn gutter(line: &str) -> usize {
    number(line).map_or(0, |(_, body)| body)
}

/// The line number and where the body begins.
fn number(line: &str) -> Option<(u32, usize)> {
    let bare = line.trim_start();
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &bare[digits..];
    let mark = ["→", "\t"].into_iter().find(|mark| rest.starts_with(mark))?;
    let number = bare[..digits].parse().ok()?;
    Some((number, line.len() - bare.len() + digits + mark.len()))
}
