//! The edit that says what copies make stale.

use std::collections::HashMap;

use super::Duplicate;
use crate::model::{Change, Edit, EntryState, Fate, Held, HeldBy, Level, Session};

/// The edit that marks them superseded. A pin of the older one, and its importance by hand where it is higher or the
/// newer one has none, pass on. `None` where there are no duplicates.
pub fn supersede(session: &Session, duplicates: &[Duplicate]) -> Option<Edit> {
    let mut after: Vec<(usize, EntryState)> = Vec::new();
    let mut place: HashMap<usize, usize> = HashMap::new();
    let mut at = |index: usize, after: &mut Vec<(usize, EntryState)>| {
        *place.entry(index).or_insert_with(|| {
            after.push((index, session.entries[index].state.clone()));
            after.len() - 1
        })
    };
    for &(old, new) in duplicates.iter().flat_map(|duplicate| &duplicate.pairs) {
        let (old, new_at) = (at(old, &mut after), at(new, &mut after));
        let by = session.entries[new].id;
        let was = std::mem::replace(&mut after[old].1.fate, Fate::Superseded { by });
        debug_assert_eq!(was, Fate::Live, "only what is live is a duplicate");
        let importance = after[old].1.importance;
        let newer = &mut after[new_at].1;
        newer.importance = newer.importance.max(importance);
        if after[old].1.pinned {
            let full = |by| Held { level: Level::Full, by };
            (after[old].1.pinned, after[old].1.held) = (false, full(HeldBy::Rule));
            (after[new_at].1.pinned, after[new_at].1.held) = (true, full(HeldBy::Hand));
        }
    }
    let changes: Vec<Change> = after
        .into_iter()
        .map(|(index, after)| (&session.entries[index], after))
        .filter(|(entry, after)| entry.state != *after)
        .map(|(entry, after)| Change::State { id: entry.id, before: entry.state.clone(), after })
        .collect();
    (!changes.is_empty()).then(|| Edit { words: words(session, duplicates), changes, ..Edit::default() })
}

/// "#4 superseded by #9 (the same text)"; of several the first is named.
fn words(session: &Session, duplicates: &[Duplicate]) -> String {
    let one = |duplicate: &Duplicate| {
        let (old, new) = duplicate.pairs[0];
        let [old, new] = [old, new].map(|index| session.entries[index].seq);
        format!("#{old} superseded by #{new} ({})", duplicate.why)
    };
    match duplicates {
        [] => String::new(),
        [only] => one(only),
        [first, more @ ..] => format!("{}, and {} more copies", one(first), more.len()),
    }
}
