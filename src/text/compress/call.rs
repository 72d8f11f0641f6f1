//! The input of a tool call: its command or file stands first, then fields, then text to write.

use std::collections::HashSet;

use super::{line::Line, names, sentence, shape::Unit, words};

/// The first line weighs most, then short fields, then the lines that an edit changes.
pub fn units(lines: &[Line]) -> Vec<Unit> {
    let parts = parts(lines);
    let of = |wanted: Part| -> HashSet<&str> {
        lines.iter().zip(&parts).filter(|(_, part)| **part == wanted).map(|(line, _)| line.body.trim()).collect()
    };
    let (old, new) = (of(Part::Old), of(Part::New));
    let weight = |at: usize, line: &Line| {
        let bare = line.body.trim();
        let many_names = names::names(line.body).take(4).count() as f32 * 0.15;
        let weight = match parts[at] {
            Part::Head if at == 0 && !is_field(bare) => 8.0,
            Part::Head if bare.starts_with("description:") || bare.starts_with("prompt:") => 3.0,
            Part::Head if bare.ends_with(':') || is_setting(bare) => 0.2,
            Part::Head => 1.0 + many_names + words::promise(bare),
            Part::Label => 0.1,
            // Lines that stay as they were say nothing of the change.
            Part::Old if new.contains(bare) => 0.1,
            Part::New if old.contains(bare) => 0.2,
            Part::Old => 0.8 + many_names,
            Part::New => 1.4 + many_names,
        };
        if bare.len() < 4 { weight * 0.05 } else { weight }
    };
    let mut units = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let is_task = parts[at] == Part::Head && line.body.len() > LONG_FIELD && at > 0;
        if !is_task {
            units.push(Unit { range: line.range.clone(), weight: weight(at, line) });
            continue;
        }
        for sentence in sentence::sentences(line.body) {
            let words = words::promise(&line.body[sentence.range.clone()]);
            let range = line.range.start + sentence.range.start..line.range.start + sentence.range.end;
            units.push(Unit { range, weight: (1.5 + words).max(0.2) });
        }
    }
    units
}

/// A field longer than this many bytes is a task in words, and is taken sentence by sentence.
const LONG_FIELD: usize = 160;

/// `key: value` or `key:`, as inputs without a leading field begin.
fn is_field(bare: &str) -> bool {
    let key = bare.split(':').next().unwrap_or("");
    key.len() > 1
        && key.len() < bare.len()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !bare[key.len()..].starts_with("://")
}

/// A field with a switch, a number or one word: `replace_all: false`.
fn is_setting(bare: &str) -> bool {
    is_field(bare) && bare.split_once(':').is_some_and(|(_, value)| !value.trim().contains([' ', '/', '\\', '.', '_']))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    /// `old:`, `new:` and `content:` themselves.
    Label,
    Old,
    New,
}

fn parts(lines: &[Line]) -> Vec<Part> {
    let mut part = Part::Head;
    let mut parts = Vec::with_capacity(lines.len());
    for line in lines {
        part = match line.body {
            "old:" => Part::Old,
            "new:" | "content:" => Part::New,
            // What an edit's input holds besides its texts.
            _ if line.indent() == 0 && line.body.starts_with("replace_all: ") => Part::Label,
            _ => part,
        };
        parts.push(if matches!(line.body, "old:" | "new:" | "content:") { Part::Label } else { part });
    }
    parts
}
