//! What every store promises at the seam, on each of them: ours, and distill's files of both schemas.

use std::path::PathBuf;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::{
    model::{Actor, Edit, Entry, EntryId, Importance, JournalStatus, Level, Session, SessionId, Time, Verb},
    store::{
        HeldTexts, Native, OpenStore, Scope, Step, StoreError,
        foreign::distill::fixture::{self, NEW, OLD},
    },
    text::redact::clean,
};

const NOW: Time = Time(1_700_000_000_000);

/// A store that holds one session, as a file.
struct Bench {
    name: &'static str,
    path: PathBuf,
    store: OpenStore,
    _folder: TempDir,
}

/// The same session in a store of each kind: distill's mixture of levels, importances and odd texts.
fn benches() -> Vec<Bench> {
    let distill = |name, schema: &str| {
        let file = fixture::file(schema);
        // As distill has it.
        file.connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        file.push_mixture();
        let path = file.path();
        let fixture::File { folder, connection } = file;
        drop(connection);
        Bench { name, store: OpenStore::open(&path).unwrap(), path, _folder: folder }
    };
    let (old, new) = (distill("distill 0.4", OLD), distill("distill 0.9", &format!("{OLD}{NEW}")));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haversack.db");
    let mut native = Native::open(&path).unwrap();
    native.put(&new.load(), &Actor::rule(), NOW).unwrap();
    drop(native);
    vec![Bench { name: "haversack", store: OpenStore::open(&path).unwrap(), path, _folder: folder }, old, new]
}

fn each(test: impl Fn(&mut Bench)) {
    for mut bench in benches() {
        println!("on {}", bench.name);
        test(&mut bench);
    }
}

fn id() -> SessionId {
    SessionId::new("distill:task-42")
}

fn person() -> Actor {
    Actor::person()
}

impl Bench {
    fn load(&self) -> Session {
        let mut session = self.store.load(&id()).unwrap();
        // What the workspace derives; the numbers only have to fall.
        session.entries.iter_mut().for_each(|entry| entry.costs = [400, 100, 50, 20]);
        session
    }

    fn json(&self) -> String {
        self.load().canonical_json()
    }

    fn entry(&self, seq: u32) -> Entry {
        self.load().by_seq(seq).expect("the fixture has that entry").clone()
    }

    fn id_of(&self, seq: u32) -> EntryId {
        self.entry(seq).id
    }

    fn step(&mut self, actor: &Actor, step: Step) -> Result<Edit, StoreError> {
        self.store.apply(&id(), actor, NOW, step).map(|applied| applied.edit)
    }

    fn edit(&mut self, edit: &Edit) -> Result<Edit, StoreError> {
        let session = self.load();
        let texts = edit.touches().into_iter().filter_map(|id| {
            let text: String = session.entry(id)?.text.chars().take(12).collect();
            Some((id, clean(&text)))
        });
        let held: HeldTexts = texts.collect();
        self.step(&person(), Step::Edit { edit, held: &held })
    }

    /// `None` where the verb refuses.
    fn verb(&mut self, verb: &Verb, seqs: &[u32]) -> Option<Edit> {
        let session = self.load();
        let ids: Vec<EntryId> = seqs.iter().map(|&seq| session.by_seq(seq).unwrap().id).collect();
        let (edit, _) = session.edit_for(verb, &ids).ok()?;
        Some(self.edit(&edit).unwrap_or_else(|error| panic!("{verb:?} on {seqs:?}: {error}")))
    }

    fn reopen(&mut self) {
        self.store = OpenStore::open(&self.path).unwrap();
    }
}

fn importance(value: f32) -> Verb {
    Verb::Rescore(Importance::new(value).unwrap())
}

fn rewrite(level: Level, text: &str) -> Verb {
    Verb::Rewrite { level, text: clean(text), tokens: 5 }
}

#[test]
fn a_session_is_listed_and_loaded_and_its_texts_are_told() {
    each(|bench| {
        let rows = bench.store.list().unwrap();
        assert_eq!(rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>(), [id()]);
        assert_eq!((rows[0].entries, rows[0].held_entries, rows[0].settings.max_tokens), (8, [4, 2, 1, 1], 4000));
        let session = bench.load();
        assert_eq!(session.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 3, 4, 5, 6, 8, 9, 12]);
        for entry in &session.entries {
            assert_eq!(bench.store.text(&id(), entry.id).unwrap(), entry.text);
        }
        assert!(bench.entry(8).text.starts_with("DB_PASSWORD=[redacted:password]"));
    });
}

#[test]
fn what_is_not_there_is_said() {
    each(|bench| {
        let other = SessionId::new("distill:other");
        assert!(matches!(bench.store.load(&other), Err(StoreError::NoSession(_))));
        assert!(matches!(bench.store.text(&other, EntryId(1)), Err(StoreError::NoSession(_))));
        assert!(matches!(bench.store.text(&id(), EntryId(1)), Err(StoreError::Drift(_))));
        assert!(matches!(bench.store.journal(&other), Err(StoreError::NoSession(_))));
        assert!(matches!(bench.step(&person(), Step::Undo), Err(StoreError::NothingToUndo(_))));
        assert!(matches!(bench.step(&person(), Step::Redo), Err(StoreError::NothingToRedo(_))));
        assert!(matches!(bench.step(&person(), Step::UndoRow(99)), Err(StoreError::NoRow { row_id: 99 })));
    });
}

/// Each verb: what it says is what is read afterwards, by another connection too; undo and redo are exact.
#[test]
fn every_verb_is_kept_and_can_be_undone_and_redone() {
    let verbs = [
        (Verb::Pin, 3),
        (Verb::Pin, 4),
        (importance(0.8), 1),
        (importance(0.5), 5),
        (Verb::ScoreByRule, 6),
        (Verb::CompactTo(Level::Sentence), 3),
        (Verb::CompactTo(Level::Keywords), 4),
        (Verb::CompactTo(Level::Sentence), 4),
        (Verb::CompactTo(Level::Full), 12),
        (Verb::CompactDeeper, 6),
        (Verb::Evict, 8),
        (Verb::Evict, 4),
        (Verb::Archive, 1),
        (Verb::Restore, 12),
        (rewrite(Level::Summary, "By hand."), 3),
        (rewrite(Level::Summary, "By hand."), 6),
        (rewrite(Level::Keywords, "by, hand"), 4),
        (Verb::RewriteByRule(Level::Summary), 12),
    ];
    each(|bench| {
        let initial = bench.json();
        for (verb, seq) in &verbs {
            let edit = bench.verb(verb, &[*seq]).unwrap_or_else(|| panic!("{verb:?} on #{seq} is refused"));
            let mut session = bench.load();
            session.apply(&edit.inverse()).unwrap_or_else(|drift| panic!("{verb:?} on #{seq}: {drift}"));
            assert_eq!(session.canonical_json(), initial, "{verb:?} on #{seq}: what is read is what the edit says");
            let after = bench.json();
            assert_ne!(after, initial, "{verb:?}");
            bench.reopen();
            assert_eq!(bench.json(), after, "{verb:?} on #{seq}");
            bench.step(&person(), Step::Undo).unwrap();
            assert_eq!(bench.json(), initial, "{verb:?} on #{seq}");
            bench.step(&person(), Step::Redo).unwrap();
            assert_eq!(bench.json(), after, "{verb:?} on #{seq}");
            bench.step(&person(), Step::Undo).unwrap();
        }
    });
}

#[test]
fn actors_undo_their_own_edits_and_the_journal_anyones() {
    each(|bench| {
        let agent: Actor = "agent:lore".parse().unwrap();
        let initial = bench.json();
        let appends = bench.store.journal(&id()).unwrap().len();
        bench.verb(&Verb::Pin, &[1]).unwrap();
        assert!(matches!(bench.step(&agent, Step::Undo), Err(StoreError::NothingToUndo(_))));
        let row = bench.store.journal(&id()).unwrap().remove(appends);
        assert_eq!(
            (row.actor, row.status, row.at, &*row.edit.words),
            (person(), JournalStatus::Done, NOW, "pinned #1")
        );
        bench.step(&agent, Step::UndoRow(row.id)).unwrap();
        assert_eq!(bench.json(), initial);
        assert!(matches!(
            bench.step(&agent, Step::UndoRow(row.id)),
            Err(StoreError::NotUndoable { status: JournalStatus::Undone, .. })
        ));
        assert!(matches!(bench.step(&person(), Step::Redo), Err(StoreError::NothingToRedo(_))));
        bench.step(&agent, Step::Redo).unwrap();
        assert!(bench.entry(1).state.pinned);
    });
}

#[test]
fn an_edit_drops_what_its_actor_could_have_redone() {
    each(|bench| {
        bench.verb(&Verb::Pin, &[1]).unwrap();
        bench.step(&person(), Step::Undo).unwrap();
        bench.verb(&Verb::Evict, &[3]).unwrap();
        assert!(matches!(bench.step(&person(), Step::Redo), Err(StoreError::NothingToRedo(_))));
        let journal = bench.store.journal(&id()).unwrap();
        assert_eq!(journal[journal.len() - 2].status, JournalStatus::Dropped);
    });
}

#[test]
fn an_edit_that_a_later_one_stands_on_is_not_undone() {
    each(|bench| {
        bench.verb(&importance(0.8), &[1, 3]).unwrap();
        bench.verb(&Verb::Pin, &[3]).unwrap();
        let rows = bench.store.journal(&id()).unwrap();
        let (first, before) = (rows[rows.len() - 2].id, bench.json());
        assert!(matches!(bench.step(&person(), Step::UndoRow(first)), Err(StoreError::Stands { .. })));
        assert_eq!(bench.json(), before);
        bench.step(&person(), Step::Undo).unwrap();
        bench.step(&person(), Step::UndoRow(first)).unwrap();
    });
}

#[test]
fn an_edit_of_what_has_changed_since_is_refused_and_changes_nothing() {
    each(|bench| {
        let session = bench.load();
        let both = [bench.id_of(1), bench.id_of(3)];
        let (stale, _) = session.edit_for(&importance(0.7), &both).unwrap();
        bench.verb(&Verb::Pin, &[3]).unwrap();
        let before = bench.json();
        let refused = bench.edit(&stale);
        assert!(
            matches!(refused, Err(StoreError::Drift(_) | StoreError::ChangedByOwner { seq: Some(3) })),
            "{refused:?}"
        );
        assert_eq!(bench.json(), before);
    });
}

#[test]
fn another_connections_writes_are_noticed_and_seen() {
    each(|bench| {
        let watched = bench.store.watch().unwrap();
        assert_eq!(bench.store.watch().unwrap(), watched);
        let session = bench.load();
        let (edit, _) = session.edit_for(&Verb::Pin, &[bench.id_of(1)]).unwrap();
        let mut other = OpenStore::open(&bench.path).unwrap();
        other.apply(&id(), &person(), NOW, Step::Edit { edit: &edit, held: &HeldTexts::new() }).unwrap();
        assert_ne!(bench.store.watch().unwrap(), watched);
        assert!(bench.entry(1).state.pinned);
    });
}

#[test]
fn recall_finds_what_is_evicted_and_archived_too() {
    each(|bench| {
        bench.verb(&Verb::Evict, &[8]).unwrap();
        bench.verb(&Verb::Archive, &[3]).unwrap();
        bench.verb(&Verb::Pin, &[1]).unwrap();
        let found = |query: &str, scope: Scope| -> Vec<u32> {
            let mut seqs: Vec<u32> = bench.store.recall(query, &scope, 20).unwrap().iter().map(|hit| hit.seq).collect();
            seqs.sort_unstable();
            seqs
        };
        assert_eq!(found("fourth", Scope::All), [8]);
        assert_eq!(found("first reads", Scope::Session(id())), [3]);
        assert_eq!(found("rounding cents", Scope::All), [1]);
        assert_eq!(found("hunter2hunter2", Scope::All), [0; 0]);
        assert_eq!(found("?!", Scope::All), [0; 0]);
        let hit = bench.store.recall("cents", &Scope::All, 1).unwrap().remove(0);
        assert_eq!((hit.session_id, hit.entry_id, hit.pinned, hit.score), (id(), bench.id_of(1), true, 1.0));
        assert!(bench.store.recall("x", &Scope::Session(SessionId::new("distill:other")), 5).is_err());
    });
}

fn verb(number: usize, seq: u32, bench: &Bench) -> Verb {
    match number {
        0 => Verb::Pin,
        1 => Verb::Unpin,
        2 => importance(0.8),
        3 => importance(0.5),
        4 => Verb::ScoreByRule,
        5 => Verb::CompactDeeper,
        6 => Verb::CompactTo(Level::Summary),
        7 => Verb::CompactTo(Level::Keywords),
        8 => Verb::CompactTo(Level::Full),
        9 => Verb::Evict,
        10 => Verb::Archive,
        11 => Verb::Restore,
        12 => rewrite(Level::Summary, &format!("By hand, for #{seq}.")),
        13 => rewrite(Level::Keywords, "by, hand"),
        14 => Verb::RewriteByRule(Level::Summary),
        15 => Verb::Supersede { by: bench.id_of(1) },
        _ => Verb::ApplyPlan(bench.load().entries.iter().map(|entry| (entry.id, Level::Sentence)).collect()),
    }
}

/// Found by chance: a pin brings an evicted entry back in full; its undo puts distill's own text beside again.
#[test]
fn an_entry_that_is_out_again_is_as_it_was_out_before() {
    each(|bench| {
        bench.verb(&Verb::Evict, &[5]);
        let out = bench.json();
        bench.verb(&Verb::Pin, &[5]);
        assert_ne!(bench.json(), out);
        bench.step(&person(), Step::Undo).unwrap();
        assert_eq!(bench.json(), out);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// As many undos as edits give the first session, redos the last, over reopening; and all that any store alike.
    #[test]
    fn undo_is_exact(steps in proptest::collection::vec((0..17usize, 0..8usize, any::<bool>()), 1..14)) {
        each(|bench| {
            let seqs = [1, 3, 4, 5, 6, 8, 9, 12];
            let mut states = vec![bench.json()];
            for &(number, at, reopen) in &steps {
                let verb = verb(number, seqs[at], bench);
                if bench.verb(&verb, &[seqs[at]]).is_some() {
                    states.push(bench.json());
                }
                if reopen {
                    bench.reopen();
                }
            }
            let last = states.pop().unwrap();
            assert_eq!(bench.json(), last);
            for state in states.iter().rev() {
                bench.step(&person(), Step::Undo).unwrap();
                assert_eq!(&bench.json(), state);
            }
            for state in states.iter().skip(1).chain([&last]) {
                bench.step(&person(), Step::Redo).ok();
                assert_eq!(&bench.json(), state);
            }
        });
    }
}
