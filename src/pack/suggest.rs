//! What to do next: what could go, and what should be pinned, ranked.

use std::collections::BTreeMap;

use super::strategy::balanced::Selection;
use crate::{
    model::{EntryId, Fate, Kind, Level, Session, Verb},
    score::{self, Repeat},
};

/// One thing to do, with its effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// "14 reads of src/db.rs: evict 13 stale ones".
    pub words: String,
    pub verb: Verb,
    pub targets: Vec<EntryId>,
    /// Held tokens it frees; negative where it costs.
    pub frees: i64,
}

/// All suggestions, best first: rules of the user's that the plan does not carry whole, then what frees most tokens,
/// then rules that are only carried by luck of the budget.
pub fn suggest(session: &Session, selection: &Selection) -> Vec<Suggestion> {
    let mut freeing = stale(session, score::repeats(session), |count, about| {
        format!("{} reads of {about}: evict {count} stale {}", count + 1, plural(count, "one", "ones"))
    });
    freeing.extend(stale(session, score::test_runs(session), |count, about| {
        format!("{} runs of {about}: evict {count} stale {}", count + 1, plural(count, "one", "ones"))
    }));
    freeing.sort_by(|a, b| b.frees.cmp(&a.frees).then(a.words.cmp(&b.words)));
    let (lost, kept): (Vec<usize>, Vec<usize>) =
        constraints(session).into_iter().partition(|&index| selection.levels[index] != Some(Level::Full));
    let mut all = Vec::new();
    all.extend(pins(session, &lost, "not carried whole"));
    all.extend(freeing);
    all.extend(pins(session, &kept, "not pinned"));
    all
}

fn stale(session: &Session, repeats: Vec<Repeat>, words: impl Fn(usize, &str) -> String) -> Vec<Suggestion> {
    let mut by_about: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for repeat in repeats {
        let exchange = session.exchange_of(repeat.stale);
        if exchange.iter().all(|&index| !session.entries[index].state.pinned) {
            by_about.entry(repeat.about).or_default().push(repeat.stale);
        }
    }
    by_about
        .into_iter()
        .map(|(about, calls)| {
            let members = calls.iter().flat_map(|&call| session.exchange_of(call));
            let frees = members
                .map(|index| &session.entries[index])
                .map(|entry| i64::from(entry.cost(entry.state.held.level)))
                .sum();
            let targets = calls.iter().map(|&call| session.entries[call].id).collect();
            Suggestion { words: words(calls.len(), &short(&about)), verb: Verb::Evict, targets, frees }
        })
        .collect()
}

/// Prompts with a rule in them that are live and not pinned.
fn constraints(session: &Session) -> Vec<usize> {
    (0..session.entries.len())
        .filter(|&index| {
            let entry = &session.entries[index];
            entry.kind == Kind::Prompt
                && !entry.state.pinned
                && entry.state.fate == Fate::Live
                && entry.cost(Level::Full) <= PIN_AT_MOST
                && score::is_constraint(&entry.text)
        })
        .collect()
}

/// A prompt longer than this (a pasted plan, a log) is not something to pin whole.
const PIN_AT_MOST: u32 = 800;

fn pins(session: &Session, prompts: &[usize], how: &str) -> Option<Suggestion> {
    if prompts.is_empty() {
        return None;
    }
    let entries = || prompts.iter().map(|&index| &session.entries[index]);
    let names = entries().take(3).map(|entry| format!("#{}", entry.seq)).collect::<Vec<_>>().join(", ");
    let more = if prompts.len() > 3 { format!(" and {} more", prompts.len() - 3) } else { String::new() };
    let rules = plural(prompts.len(), "rule of the user's is", "rules of the user's are");
    Some(Suggestion {
        words: format!("{} {rules} {how}: pin {names}{more}", prompts.len()),
        verb: Verb::Pin,
        targets: entries().map(|entry| entry.id).collect(),
        frees: -entries().map(|entry| i64::from(entry.cost(Level::Full))).sum::<i64>(),
    })
}

fn plural(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// The end of a long path or the start of a long command, short enough for one line.
fn short(about: &str) -> String {
    const WIDTH: usize = 36;
    let (about, more) = about.split_once('\n').map_or((about, ""), |(first, _)| (first.trim_end(), " …"));
    if about.chars().count() + more.len() <= WIDTH {
        return format!("{about}{more}");
    }
    if about.contains('/') && !about.contains(' ') {
        let tail: Vec<&str> = about.rsplit('/').take(2).collect();
        return format!("…/{}", tail.into_iter().rev().collect::<Vec<_>>().join("/"));
    }
    format!("{}…", about.chars().take(WIDTH - 1).collect::<String>())
}
