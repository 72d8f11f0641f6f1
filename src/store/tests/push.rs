//! Pushes: entries, embeddings and edits in one transaction.

use pretty_assertions::assert_eq;

use super::*;

/// A session of `known` stored entries, its version, and the same with `more` behind them, as a push brings them.
fn pushing(store: &mut Native, known: u32, more: u32) -> (Session, i64) {
    store.put(&session(known), &person(), NOW).unwrap();
    let Stored { session: mut grown, version, .. } = store.stored(&id()).unwrap();
    grown.entries.extend((known + 1..=known + more).map(entry));
    (grown, version)
}

fn batch<'a>(grown: &'a Session, version: i64, known: usize) -> Batch<'a> {
    Batch {
        session: &grown.id,
        version,
        added: &grown.entries[known..],
        rescored: &[],
        edits: &[],
        embeddings: &[],
        names: NameIndex::Made(&[]),
        held: [(0, 0); 4],
        entries: grown.entries.len() as u32,
    }
}

#[test]
fn a_push_with_its_edits_is_all_or_nothing() {
    let mut store = Native::in_memory().unwrap();
    let (grown, version) = pushing(&mut store, 5, 2);
    let before = store.load(&id()).unwrap().canonical_json();
    let (good, _) = grown.edit_for(&Verb::Pin, &[entry(6).id]).unwrap();
    let (evict, _) = grown.edit_for(&Verb::Evict, &[entry(1).id]).unwrap();
    let embeddings = [(entry(6).id, vec![0.5, -1.25])];
    let push = |store: &mut Native, version, edits: &[Edit]| {
        let batch = Batch { edits, embeddings: &embeddings, ..batch(&grown, version, 5) };
        store.push(&batch, &person(), NOW)
    };
    // The second edit expects what the first has changed.
    let drifted = push(&mut store, version, &[evict.clone(), evict.clone()]);
    assert!(matches!(drifted, Err(StoreError::Drift(_))), "{drifted:?}");
    let moved = push(&mut store, version - 1, &[]);
    assert!(matches!(moved, Err(StoreError::Moved(_))), "somebody else wrote to the session: {moved:?}");
    assert_eq!(store.load(&id()).unwrap().canonical_json(), before);
    assert_eq!((store.embeddings(&id()).unwrap(), store.journal(&id()).unwrap().len()), (vec![], 1));

    let after = push(&mut store, version, &[good.clone(), evict]).unwrap();
    assert_eq!((store.stored(&id()).unwrap().version, after > version), (after, true));
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
    let (grown, version) = pushing(&mut store, 5, 1);
    let embeddings = [(entry(6).id, vec![1.0; 8])];
    store.push(&Batch { embeddings: &embeddings, ..batch(&grown, version, 5) }, &person(), NOW).unwrap();
    store.purge(&id()).unwrap();
    let left: i64 = store.connection.query_row("SELECT count(*) FROM embeddings", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn every_write_of_a_session_makes_another_version_and_reading_makes_none() {
    let mut store = Native::in_memory().unwrap();
    store.put(&session(5), &person(), NOW).unwrap();
    let mut known = store.stored(&id()).unwrap().version;
    let mut is_new = |store: &Native, what: &str| {
        let now = store.stored(&id()).unwrap().version;
        assert_ne!(std::mem::replace(&mut known, now), now, "{what}");
    };
    let loaded = store.load(&id()).unwrap();
    let (pin, _) = loaded.edit_for(&Verb::Pin, &[entry(2).id]).unwrap();
    store.record(&id(), &person(), NOW, &pin).unwrap();
    is_new(&store, "an edit in the same moment");
    store.undo(&id(), &person(), NOW).unwrap();
    is_new(&store, "an undo");
    store.redo(&id(), &person(), NOW).unwrap();
    is_new(&store, "a redo");
    let mut grown = loaded.clone();
    grown.entries[0].seen = Seen::Never;
    store.put(&grown, &person(), NOW).unwrap();
    is_new(&store, "what a longer log tells of a known entry");
    store.recount(&id(), Encoding::O200k, &[(entry(1).id, [9, 8, 7, 6])]).unwrap();
    is_new(&store, "other costs");
    store.delete(&id(), &person(), NOW).unwrap();
    store.undelete(&id(), &person(), NOW).unwrap();
    is_new(&store, "a session that was away");
    store.purge(&id()).unwrap();
    store.put(&session(5), &person(), NOW).unwrap();
    is_new(&store, "another session of the same id");
    store.settle_names(&id(), known, &[]).unwrap();
    assert_eq!(store.stored(&id()).unwrap().version, known, "an index of names says nothing new");
}

#[test]
fn a_hold_keeps_all_or_nothing_and_others_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Native::open(&folder.path().join("held.db")).unwrap();
    store.put(&session(3), &person(), NOW).unwrap();
    let entries = |store: &Native| store.load(&id()).unwrap().entries.len();
    for (keep, after) in [(Keep::Nothing, 3), (Keep::All, 5)] {
        store.hold().unwrap();
        store.put(&session(4), &person(), NOW).unwrap();
        store.put(&session(5), &person(), NOW).unwrap();
        assert_eq!(entries(&store), 5);
        let other = Native::open(&folder.path().join("held.db")).unwrap();
        assert_eq!(entries(&other), 3, "others see what was stored before");
        other.connection.busy_timeout(std::time::Duration::ZERO).unwrap();
        assert!(other.connection.execute_batch("BEGIN IMMEDIATE").is_err());
        store.release(keep).unwrap();
        assert_eq!(entries(&other), after, "{keep:?}");
    }
    store.release(Keep::Nothing).unwrap();
}
