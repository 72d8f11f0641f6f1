//! Chooses units within a number of tokens and puts them back together in their order.

use std::collections::HashSet;

use super::{line, shape::Unit, size};

/// The text of the units that tell most within about `tokens` by the guess; at least one unit if there is any.
pub fn select(text: &str, units: &[Unit], tokens: u32) -> String {
    let mut kept: Vec<(usize, usize)> = Vec::new();
    let mut left = tokens;
    // A few that do not fit are passed over; after that the rest is not worth the search.
    let mut passed = 0;
    let mut said: HashSet<&str> = HashSet::new();
    for index in by_weight(units) {
        let unit = &text[units[index].range.clone()];
        if !said.insert(unit.trim()) {
            continue;
        }
        let length = shown_length(unit, tokens);
        let cost = size::guess(&unit[..length]) + 1;
        if cost <= left {
            left -= cost;
            kept.push((index, length));
        } else if kept.is_empty() {
            kept.push((index, size::prefix(unit, tokens)));
            break;
        } else {
            passed += 1;
            if passed > 24 {
                break;
            }
        }
    }
    kept.sort_unstable();
    join(text, units, &kept)
}

/// The unit that tells most, on one line and cut to about `tokens`.
pub fn most_telling(text: &str, units: &[Unit], tokens: u32) -> String {
    let best = units.iter().reduce(|best, unit| if unit.weight > best.weight { unit } else { best });
    best.map_or(String::new(), |unit| one_line(&text[unit.range.clone()], tokens))
}

/// The unit that tells most, joined by those that follow it in weight while there is less than `wanted`; in their order
/// on one line of at most about `tokens`.
pub fn line(text: &str, units: &[Unit], wanted: u32, tokens: u32) -> String {
    let mut kept: Vec<(usize, String)> = Vec::new();
    let mut cost = 0;
    for index in by_weight(units).into_iter().take(24) {
        let shown = one_line(&text[units[index].range.clone()], tokens);
        let own = size::guess(&shown) + 1;
        let repeats = kept.iter().any(|(_, other)| other.contains(&shown));
        if kept.is_empty() || (cost + own <= tokens && cost + own / 2 <= wanted && !repeats) {
            cost += own;
            kept.push((index, shown));
        }
        if cost >= wanted {
            break;
        }
    }
    kept.sort_unstable();
    let mut line = String::new();
    let mut end = None;
    for (index, shown) in kept {
        let range = &units[index].range;
        line.push_str(match end {
            None => "",
            Some(end) if touches(&text[end..range.start]) => " ",
            Some(_) => " … ",
        });
        line.push_str(&shown);
        end = Some(range.end);
    }
    line
}

/// Whether nothing that tells stands between two units: white space, an opening bracket, a line number.
fn touches(between: &str) -> bool {
    let (end, start) = between.split_once('\n').unwrap_or(("", between));
    let start = start.trim_start_matches('\n');
    matches!(end.trim(), "" | "{") && start[line::gutter(start)..].trim().is_empty()
}

/// Indices of units, the most telling first, the earlier first among equals.
fn by_weight(units: &[Unit]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by(|&a, &b| units[b].weight.total_cmp(&units[a].weight).then(a.cmp(&b)));
    order
}

/// A text on one line, cut to about `tokens` with `…` where something is missing.
pub fn one_line(text: &str, tokens: u32) -> String {
    let reach = text.floor_char_boundary((tokens as usize * 24).min(text.len()));
    let line = text[..reach].split_whitespace().collect::<Vec<_>>().join(" ");
    let end = size::prefix(&line, tokens);
    if end == line.len() && reach == text.len() { line } else { format!("{}…", line[..end].trim_end()) }
}

/// Bytes of a unit that are shown: all, unless it is so long that it would crowd out everything else.
fn shown_length(unit: &str, tokens: u32) -> usize {
    const LONG: usize = 400;
    if unit.len() <= LONG { unit.len() } else { size::prefix(unit, (tokens / 3).clamp(40, 120)) }
}

fn join(text: &str, units: &[Unit], kept: &[(usize, usize)]) -> String {
    let mut joined = String::new();
    let mut end = 0;
    for (at, &(index, length)) in kept.iter().enumerate() {
        let range = &units[index].range;
        if at > 0 {
            // A line stays on a line of its own, a sentence in its paragraph.
            let between = &text[end..range.start];
            joined.push_str(if between.contains('\n') {
                "\n"
            } else if between.is_empty() {
                ""
            } else {
                " "
            });
        }
        joined.push_str(&text[range.start..range.start + length]);
        if length < range.len() {
            joined.push('…');
        }
        end = range.end;
    }
    joined
}
