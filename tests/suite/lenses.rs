//! The lenses: keys in, state, effects and the picture out.

mod entry;
mod recall;
mod compare;
mod sweep;

use haversack::{
    model::*,
    tui::app::{Effect, Lens},
};
use insta::assert_snapshot;

use crate::screen::{Harness, checkout};

mod facts;
mod journal;
pub mod lessons;
mod replay;
mod stored;
pub mod writing;

pub const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 36), (200, 60)];

#[test]
fn suggestions_at_every_size() {
    for (width, height) in SIZES {
        let mut harness = Harness::open(width, height, checkout());
        harness.keys("A");
        assert_snapshot!(format!("suggestions_{width}x{height}"), harness.picture());
    }
}

#[test]
fn all_marked_suggestions_are_one_edit_and_one_undo() {
    let mut harness = Harness::open(80, 24, checkout());
    let before = harness.desk().session().clone();
    let suggested: Vec<EntryId> = harness.desk().suggestions().iter().flat_map(|one| one.targets.clone()).collect();
    assert!(harness.desk().suggestions().len() > 1);
    harness.keys("A<ctrl-a><enter>");
    let records: Vec<&Edit> = harness
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Record { edit, .. } => Some(edit),
            _ => None,
        })
        .collect();
    let [edit] = records[..] else { panic!("one edit is recorded: {records:?}") };
    assert!(suggested.iter().all(|id| edit.touches().contains(id)));
    let mut undone = harness.desk().session().clone();
    undone.apply(&edit.inverse()).expect("nothing came between");
    assert_eq!(undone.entries, before.entries);
    assert!(matches!(harness.state.lens, Some(Lens::Suggestions(_))), "the lens stays open");
}

#[test]
fn a_suggestion_shows_its_entries() {
    let mut harness = Harness::open(80, 24, checkout());
    let targets = harness.desk().suggestions()[0].targets.clone();
    harness.keys("Ao");
    assert!(harness.state.lens.is_none());
    let marked = &harness.state.inspector().expect("a session is open").list.marked;
    assert_eq!(marked.iter().copied().collect::<std::collections::BTreeSet<_>>(), targets.into_iter().collect());
}
