//! The store's promises: exact undo, refused drift, whole transactions, several connections, kills.

mod file;
mod push;
mod seam;

use std::{ops::RangeInclusive, path::PathBuf, sync::Arc};

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{
    model::{
        Actor, Change, Edit, Entry, EntryId, EntryState, Importance, JournalStatus, Kind, Level, Mark, Marks, NameRow,
        Place, Reason, Role, Score, Seen, Session, SourceFile, Time, Usage, Verb,
    },
    text::redact::clean,
};

const NOW: Time = Time(1_700_000_000_000);

fn id() -> SessionId {
    SessionId::new("claude:4d5611e5")
}

fn person() -> Actor {
    Actor::person()
}

fn agent() -> Actor {
    "agent:lore".parse().unwrap()
}

/// Prompt, message, call and result by turns; every column filled somewhere.
fn session(entries: u32) -> Session {
    let mut session = Session::new(id());
    session.title = clean("Fix the rounding bug");
    session.project = clean("/home/kim/shop");
    session.models = vec!["claude-opus-5".into()];
    session.sources = vec![SourceFile { path: "/logs/a.jsonl".into(), bytes: 4096 }];
    session.problems = vec!["2 lines are not JSON".into()];
    session.entries = (1..=entries).map(entry).collect();
    session.names = vec![NameRow {
        entry: entry(1).id,
        text: clean("src/cart.rs rounds"),
        opens: true,
        at: 0,
        cost: 7,
        weight: 900,
    }];
    session
}

fn entry(seq: u32) -> Entry {
    let (kind, role) = [
        (Kind::Prompt, Role::User),
        (Kind::Message, Role::Assistant),
        (Kind::Call, Role::Assistant),
        (Kind::Result, Role::Tool),
        (Kind::Boundary, Role::System),
    ][(seq as usize - 1) % 5];
    let paired = matches!(kind, Kind::Call | Kind::Result);
    let body = format!("entry {seq} says «naïve 中文» {}", "word ".repeat(seq as usize % 40));
    Entry {
        id: EntryId(u64::MAX - u64::from(seq) * 7919),
        seq,
        kind,
        role,
        marks: Marks::default().with(if seq.is_multiple_of(2) { Mark::Error } else { Mark::Edit }),
        tool: paired.then(|| "Bash".into()),
        call_id: paired.then(|| Arc::from(format!("call-{}", (seq - 1) / 5))),
        path: paired.then(|| clean("src/cart.rs")),
        renditions: [Some(clean(&format!("s{seq}: {body:.20}"))), Some(clean(&format!("t{seq}"))), None],
        text: clean(&body),
        costs: [400 + seq, 100 + seq, 20, 20],
        score: Score {
            value: 0.1 + seq as f32 / 1000.0,
            reasons: vec![Reason { words: "user goal".into(), points: 0.3 }],
        },
        at: Some(Time(1_690_000_000_000 + i64::from(seq))),
        place: Place { file: 0, line: seq, offset: u64::from(seq) * 100 },
        seen: Seen::Held,
        usage: (role == Role::Assistant).then_some(Usage { input: 10, output: 20, cache_read: 30, cache_write: 40 }),
        made: None,
        state: EntryState::default(),
    }
}

fn note(seq: u32) -> Entry {
    let mut note = entry(1);
    (note.id, note.seq, note.kind, note.state.pinned) = (EntryId(u64::from(seq)), seq, Kind::Note, true);
    (note.text, note.place) = (clean("never round before the total"), Place::default());
    note
}

struct OnDisk {
    folder: TempDir,
    store: Native,
}

impl OnDisk {
    fn with(session: &Session) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Native::open(&folder.path().join("deep/er/haversack.db")).unwrap();
        store.put(session, &person(), NOW).unwrap();
        Self { folder, store }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("deep/er/haversack.db")
    }

    fn reopen(&mut self) {
        self.store = Native::open(&self.path()).unwrap();
    }

    /// Makes the verb's edit, or gives `None` where it is refused. Rewritten entries are counted again as a caller would.
    fn make(&mut self, actor: &Actor, verb: &Verb, targets: &[EntryId]) -> Option<Edit> {
        let (edit, _) = self.store.load(&id()).unwrap().edit_for(verb, targets).ok()?;
        self.store.record(&id(), actor, NOW, &edit).unwrap();
        self.count(&edit);
        Some(edit)
    }

    fn count(&mut self, edit: &Edit) {
        if !edit.rewrites() {
            return;
        }
        let session = self.store.load(&id()).unwrap();
        let uncounted =
            edit.touches().into_iter().filter_map(|id| session.entry(id)).filter(|entry| entry.costs[0] == 0);
        let costs: Vec<_> = uncounted.map(|entry| (entry.id, [400, 100, 20, 20])).collect();
        self.store.recount(&id(), Encoding::O200k, &costs).unwrap();
    }

    fn json(&self) -> String {
        self.store.load(&id()).unwrap().canonical_json()
    }
}

/// 24 cases in the ordinary run; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_some() { default } else { ProptestConfig { cases: 24, ..default } }
}

fn verb() -> impl Strategy<Value = Verb> {
    let level = || prop::sample::select(Level::ALL.to_vec());
    prop_oneof![
        Just(Verb::Pin),
        Just(Verb::Unpin),
        (0u16..=1000).prop_map(|n| Verb::Rescore(Importance::new(f32::from(n) / 1000.0).unwrap())),
        Just(Verb::ScoreByRule),
        Just(Verb::CompactDeeper),
        level().prop_map(Verb::CompactTo),
        Just(Verb::Evict),
        Just(Verb::Restore),
        (level(), "[a-z\"\\\\ é]{1,12}").prop_map(|(level, text)| Verb::Rewrite {
            level,
            text: clean(&text),
            tokens: 15
        }),
        level().prop_map(Verb::RewriteByRule),
        Just(Verb::Supersede { by: entry(9).id }),
        prop::collection::btree_map(1u32..=20, level(), 1..12).prop_map(|levels| Verb::ApplyPlan(
            levels.into_iter().map(|(seq, level)| (entry(seq).id, level)).collect()
        )),
        (100u32..=200).prop_map(|seq| Verb::Note(Box::new(note(seq)))),
    ]
}

/// Verbs of which the second can follow the first on the same entry.
fn one_after_the_other() -> Vec<(Verb, Verb)> {
    let rescore = Verb::Rescore(Importance::new(0.5).unwrap());
    let compact = Verb::CompactTo(Level::Summary);
    vec![
        (Verb::Pin, rescore.clone()),
        (Verb::Pin, Verb::Unpin),
        (rescore.clone(), Verb::Pin),
        (rescore.clone(), Verb::ScoreByRule),
        (rescore, compact.clone()),
        (compact.clone(), Verb::Restore),
        (compact, Verb::Evict),
        (Verb::Evict, Verb::Restore),
    ]
}

fn steps(count: RangeInclusive<usize>) -> impl Strategy<Value = Vec<(Verb, Vec<EntryId>)>> {
    let targets = prop::collection::vec((1u32..=20).prop_map(|seq| entry(seq).id), 1..4);
    prop::collection::vec((verb(), targets), count)
}

/// Makes every edit that is not refused, takes all of them back, brings all of them again; each state on the way back and
/// forth must be the one it was, byte for byte. The store is closed and opened at a step both ways, and in between.
fn do_undo_redo(steps: &[(Verb, Vec<EntryId>)], reopen_at: usize) -> std::result::Result<(), TestCaseError> {
    let mut disk = OnDisk::with(&session(20));
    let mut states = vec![disk.json()];
    for (step, (verb, targets)) in steps.iter().enumerate() {
        if matches!(verb, Verb::Note(note) if disk.store.load(&id()).unwrap().entry(note.id).is_some()) {
            continue;
        }
        if disk.make(&person(), verb, targets).is_some() {
            states.push(disk.json());
        }
        if step == reopen_at {
            disk.reopen();
        }
    }
    let last = states.len() - 1;
    for (step, before) in states[..last].iter().enumerate().rev() {
        let undone = disk.store.undo(&id(), &person(), NOW).unwrap();
        disk.count(&undone.edit);
        prop_assert_eq!(&disk.json(), before);
        if step == reopen_at {
            disk.reopen();
        }
    }
    prop_assert!(matches!(disk.store.undo(&id(), &person(), NOW), Err(StoreError::NothingToUndo(_))));
    disk.reopen();
    for after in &states[1..] {
        disk.store.redo(&id(), &person(), NOW).unwrap();
        prop_assert_eq!(&disk.json(), after);
    }
    prop_assert!(matches!(disk.store.redo(&id(), &person(), NOW), Err(StoreError::NothingToRedo(_))));
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn undo_is_exact(steps in steps(1..=40), reopen_at in 0usize..40) {
        do_undo_redo(&steps, reopen_at)?;
    }

    /// The store and the session in memory agree on every edit, and the counters equal what the entries say.
    #[test]
    fn the_store_does_what_the_session_does(steps in steps(1..=60)) {
        let mut disk = OnDisk::with(&session(20));
        let mut memory = session(20);
        for (verb, targets) in steps {
            let Ok((edit, _)) = memory.edit_for(&verb, &targets) else { continue };
            let applied = memory.apply(&edit);
            let recorded = disk.store.record(&id(), &person(), NOW, &edit);
            prop_assert_eq!(applied.is_ok(), recorded.is_ok());
        }
        prop_assert_eq!(disk.json(), memory.canonical_json());
        let row = disk.store.sessions().unwrap().remove(0);
        let loaded = disk.store.load(&id()).unwrap();
        for level in Level::ALL {
            let held = || loaded.entries.iter().filter(|entry| entry.is_live() && entry.state.held.level == level);
            prop_assert_eq!(row.held_entries[level.index()] as usize, held().count());
            prop_assert_eq!(row.held_tokens[level.index()], held().map(|entry| u64::from(entry.cost(level))).sum::<u64>());
        }
        prop_assert_eq!(row.entries as usize, loaded.entries.len());
    }

    #[test]
    fn undo_refuses_drift(two in prop::sample::select(one_after_the_other()), seq in 1u32..=4, redone in any::<bool>()) {
        let mut disk = OnDisk::with(&session(20));
        let target = [entry(seq).id];
        disk.make(&person(), &two.0, &target).unwrap();
        disk.make(&agent(), &two.1, &target).unwrap();
        if redone {
            disk.store.undo(&id(), &agent(), NOW).unwrap();
            disk.store.redo(&id(), &agent(), NOW).unwrap();
        }
        let before = (disk.json(), disk.store.journal(&id()).unwrap());
        let error = disk.store.undo(&id(), &person(), NOW).unwrap_err();
        prop_assert!(matches!(&error, StoreError::Stands { later, .. } if later.actor == agent()), "{}", error);
        prop_assert_eq!(&before, &(disk.json(), disk.store.journal(&id()).unwrap()));
        disk.store.undo(&id(), &agent(), NOW).unwrap();
        disk.store.undo(&id(), &person(), NOW).unwrap();
        prop_assert_eq!(disk.json(), session(20).canonical_json());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, ..config() })]

    #[test]
    fn two_hundred_edits_are_undone_exactly(steps in steps(200..=200), reopen_at in 0usize..200) {
        do_undo_redo(&steps, reopen_at)?;
    }
}

#[test]
fn a_session_comes_back_whole() {
    let disk = OnDisk::with(&session(20));
    assert_eq!(disk.store.load(&id()).unwrap(), session(20));
    assert!(matches!(disk.store.load(&SessionId::new("claude:no")), Err(StoreError::NoSession(_))));
}

#[test]
fn putting_twice_changes_nothing_and_a_longer_log_appends() {
    let mut disk = OnDisk::with(&session(10));
    disk.make(&person(), &Verb::Pin, &[entry(2).id]).unwrap();
    let before = (disk.json(), disk.store.journal(&id()).unwrap(), disk.store.sessions().unwrap());
    assert_eq!(disk.store.put(&session(10), &person(), Time(NOW.0 + 5)).unwrap(), Appended::default());
    assert_eq!(before, (disk.json(), disk.store.journal(&id()).unwrap(), disk.store.sessions().unwrap()));

    let mut longer = session(12);
    longer.entries[0].seen = Seen::Lost { at: entry(10).id, cause: crate::model::LossCause::Compaction };
    longer.entries[1].score = Score::default();
    let appended = disk.store.put(&longer, &person(), NOW).unwrap();
    assert_eq!(appended.added, [(entry(11).id, 11), (entry(12).id, 12)]);
    assert_eq!(appended.refreshed, 1);
    let loaded = disk.store.load(&id()).unwrap();
    assert_eq!(loaded.entries[0].seen, longer.entries[0].seen);
    assert!(loaded.entries[1].state.pinned && loaded.entries[1].score == entry(2).score);
    let rows = disk.store.journal(&id()).unwrap();
    let words: Vec<_> = rows.iter().map(|row| (row.edit.words.as_str(), row.status)).collect();
    assert_eq!(
        words,
        [
            ("imported 10 entries", JournalStatus::Append),
            ("pinned #2", JournalStatus::Done),
            ("appended 2 entries", JournalStatus::Append)
        ]
    );
}

#[test]
fn a_number_is_never_used_again() {
    let mut disk = OnDisk::with(&session(10));
    disk.make(&person(), &Verb::Note(Box::new(note(11))), &[]).unwrap();
    disk.store.undo(&id(), &person(), NOW).unwrap();
    let appended = disk.store.put(&session(11), &person(), NOW).unwrap();
    assert_eq!((appended.added, appended.uncounted), (vec![(entry(11).id, 12)], 1));
    assert_eq!(disk.store.load(&id()).unwrap().by_seq(12).unwrap().costs, [0; 4], "its header shows another number");
    assert_eq!(disk.store.put(&session(11), &person(), NOW).unwrap(), Appended::default());
    disk.store.redo(&id(), &person(), NOW).unwrap();
    assert_eq!(disk.store.load(&id()).unwrap().by_seq(11).unwrap().costs, [0; 4], "its caller counts it");
    let edit =
        Edit { words: "noted #12".into(), changes: vec![Change::Add { entry: Box::new(note(12)) }], ..Edit::default() };
    assert!(matches!(disk.store.record(&id(), &person(), NOW, &edit), Err(StoreError::SeqTaken { seq: 12 })));
}

#[test]
fn places_follow_their_source_when_a_session_grows_from_another_file() {
    let mut disk = OnDisk::with(&session(5));
    let mut other = session(6);
    other.sources = vec![SourceFile { path: "/logs/b.jsonl".into(), bytes: 10 }];
    disk.store.put(&other, &person(), NOW).unwrap();
    let loaded = disk.store.load(&id()).unwrap();
    assert_eq!(loaded.sources[usize::from(loaded.entries[5].place.file)].path.as_ref(), "/logs/b.jsonl");
    assert_eq!(loaded.sources[usize::from(loaded.entries[4].place.file)].path.as_ref(), "/logs/a.jsonl");
}

#[test]
fn a_failing_write_leaves_nothing() {
    let mut disk = OnDisk::with(&session(10));
    let before = (disk.json(), disk.store.journal(&id()).unwrap(), disk.store.sessions().unwrap());
    // The thirteenth entry cannot be written: the whole put must go.
    disk.store
        .connection
        .execute_batch("CREATE TEMP TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.seq = 13 BEGIN SELECT RAISE(ABORT, 'full'); END")
        .unwrap();
    assert!(matches!(disk.store.put(&session(20), &person(), NOW), Err(StoreError::Sqlite(_))));
    let (mut edit, _) = session(10).edit_for(&Verb::Pin, &[entry(1).id, entry(2).id]).unwrap();
    edit.changes.push(Change::State { id: EntryId(1), before: EntryState::default(), after: EntryState::default() });
    assert!(matches!(disk.store.record(&id(), &person(), NOW, &edit), Err(StoreError::Drift(_))));
    assert_eq!(before, (disk.json(), disk.store.journal(&id()).unwrap(), disk.store.sessions().unwrap()));
}

#[test]
fn an_edit_on_a_changed_entry_is_drift() {
    let mut disk = OnDisk::with(&session(10));
    let (edit, _) = session(10).edit_for(&Verb::Pin, &[entry(2).id]).unwrap();
    disk.make(&agent(), &Verb::Rescore(Importance::new(0.9).unwrap()), &[entry(2).id]).unwrap();
    let error = disk.store.record(&id(), &person(), NOW, &edit).unwrap_err();
    assert_eq!(error.to_string(), "#2 has changed since; undo the later edit first");
}

#[test]
fn two_connections_see_each_other() {
    let mut disk = OnDisk::with(&session(10));
    let other = Native::open(&disk.path()).unwrap();
    let seen = other.data_version().unwrap();
    assert_eq!(other.data_version().unwrap(), seen);
    disk.make(&person(), &Verb::Pin, &[entry(2).id]).unwrap();
    assert_ne!(other.data_version().unwrap(), seen);
    assert_eq!(other.load(&id()).unwrap().canonical_json(), disk.json());
    let own = disk.store.data_version().unwrap();
    disk.make(&person(), &Verb::Unpin, &[entry(2).id]).unwrap();
    assert_eq!(disk.store.data_version().unwrap(), own, "its own writes are no news");
}

#[test]
fn a_killed_process_loses_nothing_that_was_recorded() {
    let mut disk = OnDisk::with(&session(10));
    disk.make(&person(), &Verb::Pin, &[entry(2).id]).unwrap();
    let recorded = disk.json();
    // An edit half way through when the process dies: written to the log, not committed.
    disk.store
        .connection
        .execute_batch(
            "PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE standing SET state = '{}', score = zeroblob(9000) || ''",
        )
        .unwrap();
    let copy = tempfile::tempdir().unwrap();
    for file in ["haversack.db", "haversack.db-wal"] {
        std::fs::copy(disk.path().with_file_name(file), copy.path().join(file)).unwrap();
    }
    disk.store.connection.execute_batch("ROLLBACK").unwrap();
    let mut store = Native::open(&copy.path().join("haversack.db")).unwrap();
    assert_eq!(store.load(&id()).unwrap().canonical_json(), recorded);
    store.undo(&id(), &person(), NOW).unwrap();
    assert_eq!(store.load(&id()).unwrap().canonical_json(), session(10).canonical_json());
}

#[test]
fn the_journal_undoes_anyones_edit_and_its_undoer_redoes_it() {
    let mut disk = OnDisk::with(&session(10));
    disk.make(&agent(), &Verb::Pin, &[entry(2).id]).unwrap();
    disk.make(&person(), &Verb::Pin, &[entry(6).id]).unwrap();
    let rows = disk.store.journal(&id()).unwrap();
    let undone = disk.store.undo_row(&id(), rows[1].id, &person(), NOW).unwrap();
    assert_eq!((undone.row.id, undone.row.status), (rows[1].id, JournalStatus::Undone));
    assert!(matches!(disk.store.undo_row(&id(), rows[1].id, &person(), NOW), Err(StoreError::NotUndoable { .. })));
    assert!(matches!(disk.store.undo_row(&id(), rows[0].id, &person(), NOW), Err(StoreError::NotUndoable { .. })));
    assert!(matches!(disk.store.undo_row(&id(), 99, &person(), NOW), Err(StoreError::NoRow { row_id: 99 })));
    assert!(matches!(disk.store.redo(&id(), &agent(), NOW), Err(StoreError::NothingToRedo(_))));
    disk.store.redo(&id(), &person(), NOW).unwrap();
    assert!(disk.store.load(&id()).unwrap().entries[1].state.pinned);
}

#[test]
fn redo_is_gone_after_a_new_edit_of_the_same_actor_only() {
    let mut disk = OnDisk::with(&session(10));
    disk.make(&person(), &Verb::Pin, &[entry(2).id]).unwrap();
    disk.store.undo(&id(), &person(), NOW).unwrap();
    disk.make(&agent(), &Verb::Pin, &[entry(6).id]).unwrap();
    disk.store.redo(&id(), &person(), NOW).unwrap();
    disk.store.undo(&id(), &person(), NOW).unwrap();
    disk.make(&person(), &Verb::Pin, &[entry(7).id]).unwrap();
    assert!(matches!(disk.store.redo(&id(), &person(), NOW), Err(StoreError::NothingToRedo(_))));
    assert_eq!(disk.store.journal(&id()).unwrap()[1].status, JournalStatus::Dropped);
}

#[test]
fn what_a_log_says_was_used_is_added_up_whatever_the_amounts() {
    let mut store = Native::in_memory().unwrap();
    let mut session = session(6);
    let id = session.id.clone();
    let replies = session.entries.iter().filter(|entry| entry.usage.is_some()).count() as u64;
    assert!(replies > 0);
    store.put(&session, &Actor::rule(), Time(0)).unwrap();
    let usage = store.usage(&id).unwrap().unwrap();
    assert_eq!((usage.input, usage.output), (10 * replies, 20 * replies));
    session.id = SessionId::new("claude:none");
    session.entries.iter_mut().for_each(|entry| {
        entry.usage = None;
    });
    store.put(&session, &Actor::rule(), Time(0)).unwrap();
    assert_eq!(store.usage(&session.id).unwrap(), None);
    assert_eq!(store.usage(&SessionId::new("nowhere")).unwrap(), None);
}
