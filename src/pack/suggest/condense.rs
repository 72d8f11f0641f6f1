//! Summaries that say the same things again: one that holds the lines of all of them costs less.

use super::{Remedy, Suggestion, held};
use crate::{
    model::{Entry, Session},
    pack::summary::WorkingSummary,
    text::words,
};

/// One summary is worth it where it saves at least this share.
const SAVES: f64 = 0.25;

/// `all`: every summary of the session.
pub fn summaries(session: &Session, all: &[usize]) -> Option<Suggestion> {
    let can_go = |entry: &Entry| entry.is_live() && !entry.state.pinned;
    let found: Vec<usize> = all.iter().copied().filter(|&index| can_go(&session.entries[index])).collect();
    if found.len() < 2 {
        return None;
    }
    let entries = || found.iter().map(|&index| &session.entries[index]);
    let before: u64 = entries().map(held).sum();
    let bytes: usize = entries().map(|entry| entry.text.len()).sum();
    // Its tokens are not counted yet: as many for its bytes as the summaries have for theirs.
    let share = WorkingSummary::of(session, &found).text().len() as f64 / bytes.max(1) as f64;
    if share > 1.0 - SAVES {
        return None;
    }
    let after = (before as f64 * share).ceil() as u64;
    Some(Suggestion {
        words: format!("{}: condense them into one", words::plural(found.len(), "summary", "summaries")),
        why: format!(
            "They repeat each other: one summary with the lines of all, each line once, takes about {} tokens. \
             They themselves are archived, where recall finds them.",
            words::exact(after)
        ),
        remedy: Remedy::Condense,
        targets: entries().map(|entry| entry.id).collect(),
        changes: entries().map(|entry| entry.id).collect(),
        before,
        after,
        lost: 0.0,
    })
}
