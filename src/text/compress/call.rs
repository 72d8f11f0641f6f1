//! The input of a tool call: its command or file stands first, then fields, then text to write.

use std::collections::HashSet;

use super::{line::Line, names, shape::Unit};

/// The first line weighs most, then short fields, then the lines that an edit adds.
pub fn units(lines: &[Line]) -> Vec<Unit> {
    let mut part = Part::Head;
    let mut old: HashSet<&str> = HashSet::new();
    let mut units = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let bare = line.body.trim();
        match bare {
            "old:" => part = Part::Old,
            "new:" | "content:" => part = Part::New,
            _ => {}
        }
        let many_names = names::names(line.body).take(4).count() as f32 * 0.15;
        let mut weight = match part {
            _ if at == 0 => 8.0,
            Part::Head if bare.starts_with("description:") || bare.starts_with("prompt:") => 3.0,
            Part::Head => 1.0 + many_names,
            Part::Old => 0.6 + many_names,
            // Lines that stay as they were say nothing of the change.
            Part::New if old.contains(bare) => 0.2,
            Part::New => 1.0 + many_names,
        };
        if part == Part::Old {
            old.insert(bare);
        }
        if bare.len() < 4 {
            weight *= 0.05;
        }
        units.push(Unit { range: line.range.clone(), weight });
    }
    units
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Old,
    New,
}
