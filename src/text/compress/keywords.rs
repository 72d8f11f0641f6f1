//! The deepest level: short runs of words around the names that matter most, verbatim and in their order.

use std::{collections::HashMap, ops::Range};

use super::{
    names::{self, Name, NameKind},
    select,
    shape::{IDLE, Unit},
    size,
};

/// Words of a run; six are enough to be found again in the source.
const WORDS: usize = 7;
/// Bytes of a run, because words of minified code can be any length.
const RUN_BYTES: usize = 120;
/// Names looked at, the first in the most telling units.
const NAMES: usize = 1_500;
/// Stands between runs that do not touch.
const GAP: &str = " … ";

/// About `tokens` tokens by the guess: `lead`, then the names. Where there are none, the start of the most telling unit.
pub fn keywords(text: &str, units: &[Unit], runs: &Runs, lead: Range<usize>, tokens: u32) -> String {
    let mut shown: Vec<bool> = vec![false; runs.names];
    let mut chosen: Vec<Range<usize>> = Vec::new();
    let mut left = tokens;
    let lead_cost = size::guess(&text[lead.clone()]) + 1;
    if !lead.is_empty() && lead_cost <= left {
        left -= lead_cost;
        chosen.push(lead);
    }
    // With what each gains; the earlier first among equals.
    let mut open: Vec<(usize, f32)> = runs.runs.iter().map(|run| run.gain(&shown)).enumerate().collect();
    while left > 2 {
        let best = open.iter().copied().reduce(|best, other| if other.1 > best.1 { other } else { best });
        let Some((best, _)) = best.filter(|(_, gain)| *gain > 0.0) else { break };
        let run = &runs.runs[best];
        let fits = run.cost + if chosen.is_empty() { 0 } else { 1 } <= left;
        if fits {
            left -= run.cost + u32::from(!chosen.is_empty());
            run.names.iter().for_each(|(name, _)| shown[*name] = true);
            chosen.push(run.range.clone());
            open.iter_mut().for_each(|(index, gain)| *gain = runs.runs[*index].gain(&shown));
        }
        open.retain(|&(index, _)| index != best && (fits || runs.runs[index].cost < run.cost));
    }
    if chosen.is_empty() {
        return select::most_telling(text, units, tokens);
    }
    joined(text, chosen)
}

/// A stretch of words with names in it.
struct Run {
    range: Range<usize>,
    /// The distinct names in it by number, and what each is worth.
    names: Vec<(usize, f32)>,
    weight: f32,
    cost: u32,
}

impl Run {
    /// What the names in it that are not shown yet are worth for its length.
    fn gain(&self, shown: &[bool]) -> f32 {
        let new: f32 = self.names.iter().filter(|(name, _)| !shown[*name]).map(|(_, weight)| *weight).sum();
        // Not by the token alone: a path costs more than a word and says more.
        let cost = ((self.cost + 2) as f32).sqrt();
        new * self.weight / (cost * cost.sqrt())
    }
}

/// The runs that keywords are chosen from.
pub struct Runs {
    runs: Vec<Run>,
    names: usize,
}

impl Runs {
    pub fn new(text: &str, units: &[Unit]) -> Runs {
        runs(text, units)
    }
}

fn runs(text: &str, units: &[Unit]) -> Runs {
    let mut order: Vec<&Unit> = units.iter().filter(|unit| unit.weight > IDLE).collect();
    order.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.range.start.cmp(&b.range.start)));
    let mut known: HashMap<&str, (usize, u32)> = HashMap::new();
    let mut places: Vec<(Vec<Name>, &Unit)> = Vec::new();
    let mut count = 0;
    for unit in order {
        if count >= NAMES {
            break;
        }
        let part = &text[unit.range.start..text.floor_char_boundary(unit.range.end.min(unit.range.start + 4_000))];
        let found: Vec<Name> = telling(part).collect();
        count += found.len();
        for name in &found {
            let number = known.len();
            known.entry(name.text).or_insert((number, 0)).1 += 1;
        }
        if !found.is_empty() {
            places.push((found, unit));
        }
    }
    let mut runs = Vec::new();
    for (found, unit) in &places {
        let part = &text[unit.range.clone()];
        let words = words(part);
        for name in found {
            let range = around(part, &words, name.start..name.end());
            if runs
                .last()
                .is_some_and(|last: &Run| last.range == (unit.range.start + range.start..unit.range.start + range.end))
            {
                continue;
            }
            let mut inside: Vec<(usize, f32)> = found
                .iter()
                .filter(|other| other.start >= range.start && other.end() <= range.end)
                .map(|other| {
                    let (number, times) = known[other.text];
                    (number, worth(other.kind, other.text) * (times as f32).sqrt().min(2.0))
                })
                .collect();
            inside.sort_by_key(|name| name.0);
            inside.dedup_by_key(|name| name.0);
            let cost = size::guess(&part[range.clone()]);
            let range = unit.range.start + range.start..unit.range.start + range.end;
            runs.push(Run { range, names: inside, weight: unit.weight.max(0.05).sqrt(), cost });
        }
    }
    Runs { runs, names: known.len() }
}

/// The names of a unit, and its bare numbers, which in a total are what matters.
fn telling(part: &str) -> impl Iterator<Item = Name<'_>> {
    let mut found: Vec<Name> = names::names(part).take(200).collect();
    let mut numbers = Vec::new();
    let mut at = 0;
    for word in part.split_inclusive(char::is_whitespace).take(400) {
        let bare = word.trim_end().trim_matches(|char: char| !char.is_alphanumeric());
        let start = at + (bare.as_ptr() as usize - word.as_ptr() as usize);
        at += word.len();
        let is_number =
            !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b'.');
        // The first word is a list's number.
        if is_number && start > 4 && !found.iter().any(|name| name.start <= start && start < name.end()) {
            numbers.push(Name { kind: NameKind::Number, text: bare, start });
        }
    }
    found.extend(numbers);
    found.sort_by_key(|name| name.start);
    found.into_iter()
}

fn worth(kind: NameKind, text: &str) -> f32 {
    match kind {
        NameKind::Path => 3.0,
        NameKind::Error => 3.0,
        NameKind::Identifier => 2.0,
        NameKind::Hash => 1.5,
        NameKind::Flag => 1.8,
        NameKind::Url => 1.5,
        NameKind::Number if text.bytes().all(|byte| byte.is_ascii_digit()) => 0.4,
        NameKind::Number => 0.8,
    }
}

/// The words of a unit as byte ranges.
fn words(part: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = 0;
    for word in part.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if !bare.is_empty() {
            words.push(at..at + bare.len());
        }
        at += word.len();
        if words.len() >= 2_000 {
            break;
        }
    }
    words
}

/// `WORDS` words around a name, more of them after it than before, no more than `RUN_BYTES`; the name alone where
/// words are longer than that.
fn around(part: &str, words: &[Range<usize>], name: Range<usize>) -> Range<usize> {
    let first = words.partition_point(|word| word.end <= name.start);
    let Some(own) = words.get(first).filter(|word| word.start <= name.start) else { return name };
    if own.len() > RUN_BYTES {
        return name;
    }
    let last = words.partition_point(|word| word.start < name.end).max(first + 1) - 1;
    let (mut from, mut to) = (first, last);
    let fits = |from: usize, to: usize| words[to].end - words[from].start <= RUN_BYTES && to - from < WORDS;
    for wanted in [
        Side::Before,
        Side::After,
        Side::After,
        Side::Before,
        Side::After,
        Side::After,
        Side::Before,
        Side::Before,
        Side::Before,
    ] {
        match wanted {
            Side::Before if from > 0 && fits(from - 1, to) => from -= 1,
            Side::After if to + 1 < words.len() && fits(from, to + 1) => to += 1,
            _ => {}
        }
    }
    // A clause of CJK is one word; it is kept as it is. Loose marks at the edges are not.
    let run = words[from].start..words[to].end;
    let shown = part[run.clone()].trim_end_matches([',', ';', '(', '{', '[']);
    run.start..(run.start + shown.len()).max(name.end)
}

enum Side {
    Before,
    After,
}

/// The runs in their order, overlapping ones as one.
fn joined(text: &str, mut runs: Vec<Range<usize>>) -> String {
    runs.sort_by_key(|run| (run.start, run.end));
    let mut joined = String::new();
    let mut end: Option<usize> = None;
    for run in runs {
        let from = match end {
            Some(end) if run.end <= end => continue,
            Some(end) if run.start <= end => end,
            Some(end) if text[end..run.start].trim().is_empty() => {
                joined.push(' ');
                run.start
            }
            Some(_) => {
                joined.push_str(GAP);
                run.start
            }
            None => run.start,
        };
        joined.push_str(&text[from..run.end]);
        end = Some(run.end);
    }
    joined.split_whitespace().collect::<Vec<_>>().join(" ")
}
