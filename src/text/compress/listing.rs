//! Listings: files of a search or a folder, or matching lines with their paths. The first lines and each new folder are
//! kept.

use std::collections::HashSet;

use super::{line::Line, names, names::NameKind, shape::Unit};

/// Whether most lines are a path, begin with one and a colon, or are rows of `ls -l`.
pub fn is_listing(lines: &[Line]) -> bool {
    let sample = || lines.iter().take(200);
    let rows = sample().filter(|line| is_row(line.body)).count();
    rows >= 3 && rows * 10 >= sample().count() * 7
}

/// The first line of each folder or file weighs most, and early ones more than late ones.
pub fn units(lines: &[Line]) -> Vec<Unit> {
    let mut seen: HashSet<&str> = HashSet::new();
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let path = names::names(line.body).find(|name| name.kind == NameKind::Path).map_or("", |name| name.text);
            let is_match = line.body[line.body.find(path).unwrap_or(0) + path.len()..].starts_with(':');
            let group = if is_match { path } else { path.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder) };
            let first = seen.insert(group);
            let early = 0.5 / (1.0 + at as f32 * 0.1);
            let tail = if at + 1 == lines.len() { 0.8 } else { 0.0 };
            Unit { range: line.range.clone(), weight: early + tail + if first { 2.0 } else { 0.5 } }
        })
        .collect()
}

fn is_row(line: &str) -> bool {
    let mode = line.trim_start().as_bytes();
    if mode.len() > 10 && b"-dl".contains(&mode[0]) && mode[1..10].iter().all(|byte| b"rwxsStT-".contains(byte)) {
        return true;
    }
    let bare = line.trim().trim_start_matches(['├', '─', '│', '└', ' ', '-', '*']).trim_start();
    let head = bare.split([' ', '\t']).next().unwrap_or("");
    let path = head.split(':').next().unwrap_or("");
    let whole = head.len() == bare.len();
    (whole || head.contains(':'))
        && names::names(path).any(|name| name.kind == NameKind::Path && name.text.len() * 2 > path.len())
}
