//! What the program whose file this is makes of our edits: which of them it honours, and which it does not.
//!
//! distill looks at three things when it makes room: importance (the least goes first), `seq` (the newest stay), and how
//! many entries it preserves. It reads whatever text and level a row holds. It knows no pins.

use crate::{
    model::{Change, Edit, Entry, EntryState, Fate, HeldBy, Level},
    store::StoreKind,
};

/// A line about an edit; `None` in our own store, and where there is nothing to say.
pub fn of_edit(kind: StoreKind, edit: &Edit) -> Option<String> {
    let states = || {
        edit.changes.iter().filter_map(|change| match change {
            Change::State { before, after, .. } => Some((before, after)),
            _ => None,
        })
    };
    // One line: what is not honoured is said first.
    let said = states().map(|(before, after)| of_change(before, after)).min_by_key(|said| said.0)?;
    (kind == StoreKind::Distill).then(|| said.1.to_owned()).filter(|said| !said.is_empty())
}

/// The line, and its rank: the less distill honours, the smaller.
fn of_change(before: &EntryState, after: &EntryState) -> (u8, &'static str) {
    let is_out = |state: &EntryState| state.fate != Fate::Live;
    if after.pinned && !before.pinned {
        return (0, "distill knows no pins: it may still shorten or delete it, later if its importance is high");
    }
    if is_out(after) && !is_out(before) {
        return (2, "distill no longer has it: the row is kept beside, for undo and restore");
    }
    if is_out(before) && !is_out(after) {
        return (1, "distill has it again, and may shorten or delete it at its next push");
    }
    if before.held.level != after.held.level {
        return match after.held.level {
            Level::Full => (1, "distill has the full text again, and may shorten it at its next push"),
            _ => (3, "distill honours it: it reads this text from now on"),
        };
    }
    if before.rewrites != after.rewrites {
        let held = after.held.level;
        let is_read = held != Level::Full && before.rewrites.get(&held) != after.rewrites.get(&held);
        return match is_read {
            true => (1, "distill reads this text until it shortens the entry further, from the original"),
            false => (0, "distill does not see it: it holds the entry at another level"),
        };
    }
    if before.importance != after.importance {
        return match after.importance {
            Some(_) => (3, "distill honours it: the least important is shortened and deleted first"),
            None => (1, "distill does not know our score: it has its default there, 0.50"),
        };
    }
    if before.held.by != after.held.by {
        return (0, "distill does not know who holds a level: it may shorten it further");
    }
    (4, "")
}

/// A line about an entry as it stands; `None` in our own store.
pub fn of_entry(kind: StoreKind, entry: &Entry) -> Option<&'static str> {
    if kind != StoreKind::Distill {
        return None;
    }
    let state = &entry.state;
    Some(match (state.fate, state.pinned, state.importance, state.held.by) {
        (Fate::Evicted | Fate::Superseded { .. } | Fate::Archived, ..) => {
            "distill no longer has it: its row is kept beside distill's table."
        }
        (_, true, None, _) => "The pin binds Haversack's packs only: distill may shorten or delete it.",
        (_, true, Some(_), _) => {
            "The pin binds Haversack's packs only: distill may shorten or delete it, in the order of importance."
        }
        (_, _, Some(_), _) => "distill honours the importance: it makes room from the least important on.",
        (_, _, None, HeldBy::Hand) => "distill reads it at this level, and may shorten it further.",
        (_, _, None, HeldBy::Rule) => "distill takes its importance for 0.50 until it is scored by hand.",
    })
}
