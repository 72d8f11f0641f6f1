//! `rolling`, context-compaction's rule: pins, facts by trust and recency, the newest two turns verbatim, and a rolling
//! summary of a line for each of the four turns before them. What is older is out.

use super::{Assembly, Folding, Given, window};
use crate::{
    model::{Entry, ExclusionReason, Kind, Level},
    pack::chosen::Chosen,
    text::{sanitize, words},
};

/// context-compaction's `MaxRecentTurns` and `MaxSummaryEntries`.
pub const RECENT_TURNS: usize = 2;
pub const SUMMARY_ENTRIES: usize = 4;
/// Characters of a line of the summary, at the most; what is longer ends in `…`.
const LINE: usize = 280;

pub fn choose(given: &Given, budget: u32) -> Chosen {
    let mut assembly = Assembly::new(given, budget);
    if !assembly.is_whole() {
        return assembly.finish(|_| ExclusionReason::OverBudget, Vec::new());
    }
    assembly.take_facts(u32::MAX);
    let turns = turns(given, &assembly.units());
    let recent = turns.len().saturating_sub(RECENT_TURNS);
    let folded = recent.saturating_sub(SUMMARY_ENTRIES);
    let kept = turns.len() - recent;
    // Newest first, each turn from its newest exchange back, its prompt before the others; it stops at the first that
    // does not fit.
    'turns: for turn in turns[recent..].iter().rev() {
        let Some((opening, rest)) = turn.split_first() else { continue };
        for &unit in [opening].into_iter().chain(rest.iter().rev()) {
            if !assembly.carry(unit) {
                break 'turns;
            }
        }
    }
    let lines: Vec<(String, Vec<usize>)> =
        turns[folded..recent].iter().filter_map(|turn| line(given, &assembly, turn)).collect();
    // The oldest line goes first where they do not all fit.
    let tried = if given.folding == Folding::Written { lines.len() } else { 0 };
    let fitting = (0..tried).find(|&from| {
        let lines = &lines[from..];
        let text: String = lines.iter().map(|(line, _)| line.as_str()).collect();
        let text = format!("[rolling summary]\n{text}\n");
        let covers: Vec<usize> = lines.iter().flat_map(|(_, covers)| covers.clone()).collect();
        let source: u32 = covers.iter().map(|&index| given.session.entries[index].cost(Level::Full)).sum();
        given.texts.count(&text) < source && assembly.fold(text, covers)
    });
    let summed_up = fitting.map_or(0, |from| lines.len() - from);
    let recent: Vec<usize> = turns[recent..].concat();
    let reason = |unit: usize| match recent.contains(&unit) {
        true => ExclusionReason::OverBudget,
        false => ExclusionReason::OutsideWindow,
    };
    let notes = vec![format!("{}, {summed_up} folded", words::plural(kept, "recent turn", "recent turns"))];
    assembly.finish(reason, notes)
}

/// Units by turn, oldest first, without the turns of which nothing is among them.
fn turns(given: &Given, units: &[usize]) -> Vec<Vec<usize>> {
    let ranges = given.session.turns();
    let mut turns: Vec<Vec<usize>> = vec![Vec::new(); ranges.len()];
    for &unit in units {
        let first = given.ledger.units[unit].members[0];
        let turn = ranges.partition_point(|range| range.end <= first);
        turns[turn].push(unit);
    }
    turns.retain(|turn| !turn.is_empty());
    turns
}

/// A turn in one line: what was asked, and what the agent said last. Covers what is not in the pack already.
fn line(given: &Given, assembly: &Assembly, turn: &[usize]) -> Option<(String, Vec<usize>)> {
    let out: Vec<usize> = turn.iter().copied().filter(|&unit| !assembly.holds(unit)).collect();
    let covers = window::entries(given, &out);
    let entries = || covers.iter().map(|&index| &given.session.entries[index]);
    let first = entries().next()?;
    let asked = entries().find(|entry| entry.kind == Kind::Prompt).map(sentence);
    let said = entries().rfind(|entry| entry.kind == Kind::Message).map(sentence);
    let words = [asked, said].into_iter().flatten().collect::<Vec<_>>().join(" → ");
    let words = if words.is_empty() { sentence(first) } else { words };
    let words = match words.char_indices().nth(LINE) {
        Some((cut, _)) => format!("{}…", words[..cut].trim_end()),
        None => words,
    };
    let last = entries().next_back().map_or(first.seq, |entry| entry.seq);
    Some((format!("- #{} to #{last}: {}\n", first.seq, words.trim_end()), covers))
}

fn sentence(entry: &Entry) -> String {
    sanitize::inert_line(entry.text_at(Level::Sentence)).trim().to_owned()
}
