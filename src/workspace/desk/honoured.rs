//! What the program whose file this is makes of our edits: which of them it honours, and which it does not.
//!
//! distill looks at three things when it makes room: importance (the least goes first), `seq` (the newest stay), and how
//! many entries it preserves. It reads whatever text and level a row holds. It knows no pins.

use crate::{
    model::{Change, Edit, Entry, EntryState, Fate, HeldBy, Level},
    store::StoreKind,
};

/// What the other program makes of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Honoured {
    /// A few words, for the status line: "distill ignores it".
    pub short: &'static str,
    /// The same as a line of its own.
    pub long: &'static str,
}

/// `None` in our own store, and where there is nothing to say. Of an edit of several kinds, what is honoured least.
pub fn of_edit(kind: StoreKind, edit: &Edit) -> Option<Honoured> {
    let states = edit.changes.iter().filter_map(|change| match change {
        Change::State { before, after, .. } => Some((before, after)),
        _ => None,
    });
    let said = states.filter_map(|(before, after)| of_change(before, after)).min_by_key(|said| said.0)?;
    (kind == StoreKind::Distill).then_some(Honoured { short: said.1, long: said.2 })
}

/// The less distill honours, the smaller the number.
type Said = (u8, &'static str, &'static str);

fn of_change(before: &EntryState, after: &EntryState) -> Option<Said> {
    let is_out = |state: &EntryState| state.fate != Fate::Live;
    let held = after.held.level;
    if after.pinned && !before.pinned {
        Some((0, "distill ignores it", PIN))
    } else if is_out(after) && !is_out(before) {
        Some((2, "distill drops it", "distill no longer has it: the row is kept beside, for undo and restore"))
    } else if is_out(before) && !is_out(after) {
        Some((1, "distill has it again", "distill has it again, and may shorten or delete it at its next push"))
    } else if before.held.level != held {
        Some(match held {
            Level::Full => {
                (1, "distill has it in full", "distill has the full text again, and may shorten it at its next push")
            }
            _ => (3, "distill honours it", "distill honours it: it reads this text from now on"),
        })
    } else if before.rewrites != after.rewrites {
        let is_read = held != Level::Full && before.rewrites.get(&held) != after.rewrites.get(&held);
        Some(match is_read {
            true => (
                3,
                "distill honours it",
                "distill honours it: it reads this text until it shortens the entry further, from the original",
            ),
            false => (
                0,
                "distill does not see it",
                "distill does not see it: it holds the entry at another level; compact it to that one",
            ),
        })
    } else if before.importance != after.importance {
        Some(match after.importance {
            Some(_) => {
                (3, "distill honours it", "distill honours it: the least important is shortened and deleted first")
            }
            None => (1, "distill takes 0.50", "distill does not know our score: it has its default there, 0.50"),
        })
    } else if before.held.by != after.held.by {
        Some((0, "distill ignores it", "distill does not know who holds a level: it may shorten it further"))
    } else {
        None
    }
}

const PIN: &str = "distill knows no pins: it may still shorten or delete it, later where its importance is high";

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

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::{Clean, Held, Importance};

    fn said(before: EntryState, after: EntryState) -> Option<&'static str> {
        let id = crate::model::EntryId(1);
        let edit = Edit { changes: vec![Change::State { id, before, after }], ..Edit::default() };
        assert_eq!(of_edit(StoreKind::Haversack, &edit), None, "our own store honours everything");
        of_edit(StoreKind::Distill, &edit).map(|honoured| honoured.short)
    }

    #[test]
    fn each_kind_of_edit_says_whether_distill_honours_it() {
        let plain = EntryState::default;
        let pinned = EntryState { pinned: true, ..plain() };
        let out = EntryState { fate: Fate::Evicted, ..plain() };
        let scored = EntryState { importance: Importance::new(0.9), ..plain() };
        let held = |by| EntryState { held: Held { level: Level::Sentence, by }, ..plain() };
        let rewritten = |level, state: EntryState| EntryState { rewrites: [(level, Clean::default())].into(), ..state };
        assert_eq!(said(plain(), pinned.clone()), Some("distill ignores it"));
        assert_eq!(said(pinned, plain()), None);
        assert_eq!(said(plain(), out.clone()), Some("distill drops it"));
        assert_eq!(said(out.clone(), plain()), Some("distill has it again"));
        assert_eq!(said(out.clone(), EntryState { pinned: true, ..plain() }), Some("distill ignores it"));
        assert_eq!(said(plain(), scored.clone()), Some("distill honours it"));
        assert_eq!(said(scored, plain()), Some("distill takes 0.50"));
        assert_eq!(said(plain(), held(HeldBy::Hand)), Some("distill honours it"));
        assert_eq!(said(held(HeldBy::Hand), plain()), Some("distill has it in full"));
        assert_eq!(said(held(HeldBy::Rule), held(HeldBy::Hand)), Some("distill ignores it"));
        assert_eq!(said(plain(), rewritten(Level::Summary, plain())), Some("distill does not see it"));
        let read = rewritten(Level::Sentence, held(HeldBy::Rule));
        assert_eq!(said(held(HeldBy::Rule), read), Some("distill honours it"));
    }
}
