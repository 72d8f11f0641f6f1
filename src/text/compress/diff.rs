//! Diffs: headers of files and hunks are kept, then the changed lines that fit; context goes.

use super::{line::Line, names, shape::Unit};

/// Whether lines are a unified diff, or a patch in the form that agents apply.
pub fn is_diff(lines: &[Line]) -> bool {
    let has = |start: &str| lines.iter().take(400).any(|line| line.body.starts_with(start));
    let hunks = lines.iter().take(400).any(|line| is_hunk(line.body));
    (has("diff --git ") && (hunks || has("index ") || has("rename ")))
        || (has("--- ") && has("+++ ") && hunks)
        || (has("*** Begin Patch") && (has("*** Update File") || has("*** Add File") || has("*** Delete File")))
}

/// File headers weigh most, then hunk headers, then added and removed lines by the names in them.
pub fn units(lines: &[Line]) -> Vec<Unit> {
    let weight = |line: &Line| {
        let body = line.body;
        if body.starts_with("diff --git ") || body.starts_with("*** ") {
            6.0
        } else if body.starts_with("+++ ") || body.starts_with("--- ") || body.starts_with("rename ") {
            // The names stand in `diff --git` already, where there is one.
            0.8
        } else if is_hunk(body) {
            5.0
        } else if body.starts_with("index ") || body.starts_with("similarity ") || body.len() < 3 {
            0.02
        } else if body.starts_with(['+', '-']) {
            let added = if body.starts_with('+') { 1.5 } else { 1.2 };
            added + names::names(body).take(4).count() as f32 * 0.15
        } else {
            // Before the first file and after a commit's header stands what the change is about.
            0.1
        }
    };
    let mut inside = false;
    let has_git = lines.iter().any(|line| line.body.starts_with("diff --git "));
    lines
        .iter()
        .map(|line| {
            inside |=
                line.body.starts_with("diff --git ") || line.body.starts_with("--- ") || line.body.starts_with("*** ");
            let named_here = !has_git && line.body.starts_with("+++ ");
            let weight = if named_here {
                6.0
            } else if inside {
                weight(line)
            } else {
                3.0
            };
            Unit { range: line.range.clone(), weight }
        })
        .collect()
}

fn is_hunk(line: &str) -> bool {
    line.starts_with("@@ ") || line == "@@"
}
