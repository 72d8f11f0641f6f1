//! Pushes: entries, embeddings and edits in one transaction.

use pretty_assertions::assert_eq;

use super::*;

/// A session of `known` stored entries and the same with `more` behind them, as a push brings them.
fn pushing(store: &mut Native, known: u32, more: u32) -> Session {
    store.put(&session(known), &person(), NOW).unwrap();
    let mut grown = store.load(&id()).unwrap();
    grown.entries.extend((known + 1..=known + more).map(entry));
    grown
}

#[test]
fn a_push_with_its_edits_is_all_or_nothing() {
    let mut store = Native::in_memory().unwrap();
    let grown = pushing(&mut store, 5, 2);
    let before = store.load(&id()).unwrap().canonical_json();
    let (good, _) = grown.edit_for(&Verb::Pin, &[entry(6).id]).unwrap();
    let (evict, _) = grown.edit_for(&Verb::Evict, &[entry(1).id]).unwrap();
    let embeddings = [(entry(6).id, vec![0.5, -1.25])];
    let push = |store: &mut Native, next_seq, edits: &[Edit]| {
        store.push(&Batch { session: &grown, next_seq, edits, embeddings: &embeddings }, &person(), NOW)
    };
    // The second edit expects what the first has changed.
    let drifted = push(&mut store, 6, &[evict.clone(), evict.clone()]);
    assert!(matches!(drifted, Err(StoreError::Drift(_))), "{drifted:?}");
    let moved = push(&mut store, 5, &[]);
    assert!(matches!(moved, Err(StoreError::Moved(_))), "somebody else took the number: {moved:?}");
    assert_eq!(store.load(&id()).unwrap().canonical_json(), before);
    assert_eq!((store.embeddings(&id()).unwrap(), store.journal(&id()).unwrap().len()), (vec![], 1));

    push(&mut store, 6, &[good.clone(), evict]).unwrap();
    let rows: Vec<_> = store.journal(&id()).unwrap().into_iter().map(|row| (row.status, row.edit.words)).collect();
    assert_eq!(rows[1], (JournalStatus::Append, "appended 2 entries".into()));
    assert_eq!(rows[2..].iter().map(|row| row.0).collect::<Vec<_>>(), [JournalStatus::Done; 2]);
    assert_eq!(store.embeddings(&id()).unwrap(), embeddings);
    assert_eq!(store.pushes(&id()).unwrap(), Pushes { count: 1, next_seq: 8 });
    store.undo(&id(), &person(), NOW).unwrap();
    let undone = store.undo(&id(), &person(), NOW).unwrap();
    assert_eq!(undone.edit, good.inverse());
    assert_eq!(store.load(&id()).unwrap().canonical_json(), grown.canonical_json(), "the entries stay");
}

#[test]
fn a_purge_removes_embeddings() {
    let mut store = Native::in_memory().unwrap();
    let grown = pushing(&mut store, 5, 1);
    let embeddings = [(entry(6).id, vec![1.0; 8])];
    store.push(&Batch { session: &grown, next_seq: 6, edits: &[], embeddings: &embeddings }, &person(), NOW).unwrap();
    store.purge(&id()).unwrap();
    let left: i64 = store.connection.query_row("SELECT count(*) FROM embeddings", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}
