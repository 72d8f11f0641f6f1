//! What kind of text it is, and the lines or sentences of it with how telling each one is.

use std::ops::Range;

use super::{Subject, call, code, diff, json, line, line::Line, listing, log, prose, test_run};
use crate::model::Kind;

/// How a text is built, which decides what of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Prose,
    Code,
    Json,
    Diff,
    /// Output of a test run: it has totals.
    TestLog,
    /// Output of a build or of any other program.
    Log,
    /// Paths, or matches with their paths.
    Listing,
    /// The input of a tool call.
    Call,
}

/// A sentence or line that is kept whole or left out.
#[derive(Clone, Debug)]
pub struct Unit {
    pub range: Range<usize>,
    /// How telling it is; only the order of weights matters, 1 is ordinary.
    pub weight: f32,
}

/// Units of this weight and less fill a summary, but have no place on one line.
pub const IDLE: f32 = 0.12;

/// Decides by the kind of entry, the file's extension and the form of the lines.
pub fn shape(subject: &Subject, text: &str) -> Shape {
    let lines = line::lines(text);
    if json::is_json(text) {
        return Shape::Json;
    }
    if diff::is_diff(&lines) {
        return Shape::Diff;
    }
    match subject.kind {
        Kind::Call => Shape::Call,
        Kind::Result => of_result(subject, &lines),
        _ => Shape::Prose,
    }
}

fn of_result(subject: &Subject, lines: &[Line]) -> Shape {
    let extension = subject.path.and_then(|path| path.rsplit_once('.')).map_or("", |(_, extension)| extension);
    let numbered = lines.iter().any(|line| line.number.is_some());
    if matches!(extension, "md" | "markdown" | "mdx" | "txt" | "rst" | "adoc") && (numbered || !log::is_test_log(lines))
    {
        return Shape::Prose;
    }
    if numbered {
        return Shape::Code;
    }
    if log::is_test_log(lines) {
        Shape::TestLog
    } else if listing::is_listing(lines) {
        Shape::Listing
    } else if code::is_code(lines) {
        Shape::Code
    } else if prose::is_prose(lines) {
        Shape::Prose
    } else {
        Shape::Log
    }
}

/// Units as they stand on one line with others: without their line numbers and the bracket that opens a body.
/// Of a test run's totals the counts are left.
pub fn bare(shape: Shape, text: &str, units: &[Unit]) -> Vec<Unit> {
    let numbered = line::is_numbered(text);
    let bare = |unit: &Unit| {
        let shown = &text[unit.range.clone()];
        let start = unit.range.start + if numbered { line::gutter(shown) } else { 0 };
        if shape == Shape::TestLog && log::is_run_total(shown) {
            let counts = test_run::counts(shown);
            let start = start + (counts.as_ptr() as usize - shown.as_ptr() as usize);
            return Unit { range: start..start + counts.len(), weight: unit.weight };
        }
        let end = start + text[start..unit.range.end].trim_end_matches(" {").len();
        Unit { range: start..end, weight: unit.weight }
    };
    let has_telling = units.iter().any(|unit| unit.weight > IDLE);
    let told = units.iter().filter(|unit| unit.weight > IDLE || !has_telling);
    told.map(bare).filter(|unit| !unit.range.is_empty()).collect()
}

/// The units of a text in order. JSON is shortened as a tree instead and has none.
pub fn units(shape: Shape, subject: &Subject, text: &str) -> Vec<Unit> {
    let lines = || line::lines(text);
    match shape {
        Shape::Prose => prose::units(subject.kind, text),
        Shape::Code => code::units(&lines()),
        Shape::Diff => diff::units(&lines()),
        Shape::TestLog => log::test_units(&lines()),
        Shape::Log => log::units(&lines()),
        Shape::Listing => listing::units(&lines()),
        Shape::Call => call::units(subject, &lines()),
        Shape::Json => Vec::new(),
    }
}
