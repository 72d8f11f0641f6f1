//! The input of a tool call: its command or file stands first, then fields, then text to write.

use std::collections::HashSet;

use super::{line::Line, names, shape::Unit, words};

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
            Part::Label => 0.3,
            // Lines that stay as they were say nothing of the change.
            Part::Old if new.contains(bare) => 0.1,
            Part::New if old.contains(bare) => 0.2,
            Part::Old => 0.8 + many_names,
            Part::New => 1.4 + many_names,
        };
        if bare.len() < 4 { weight * 0.05 } else { weight }
    };
    lines.iter().enumerate().map(|(at, line)| Unit { range: line.range.clone(), weight: weight(at, line) }).collect()
}

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
            _ => part,
        };
        parts.push(if matches!(line.body, "old:" | "new:" | "content:") { Part::Label } else { part });
    }
    parts
}
