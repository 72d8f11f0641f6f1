//! Edits in place: what distill reads afterwards, what it may do meanwhile, and that undo puts back every byte.

use pretty_assertions::assert_eq;
use tempfile::TempDir;

use super::super::{
    fixture::{File, NEW, OLD, file},
    *,
};
use crate::{
    model::{Edit, Importance, Level, Verb},
    store::{HeldTexts, Part},
};

const NOW: Time = Time(1_795_190_000_250);

fn id() -> SessionId {
    SessionId::new("distill:task-42")
}

fn mixture(schema: &str) -> (File, Distill) {
    let file = file(schema);
    file.push_mixture();
    let store = Distill::open(&file.path()).unwrap();
    (file, store)
}

fn both(test: impl Fn(File, Distill)) {
    for schema in [OLD.to_owned(), format!("{OLD}{NEW}")] {
        let (file, store) = mixture(&schema);
        test(file, store);
    }
}

fn edit_of(store: &Distill, verb: &Verb, seqs: &[u32]) -> Edit {
    let mut session = store.load(&id()).unwrap();
    session.entries.iter_mut().for_each(|entry| entry.costs = [400, 100, 50, 20]);
    let ids: Vec<EntryId> = seqs.iter().map(|&seq| session.by_seq(seq).unwrap().id).collect();
    session.edit_for(verb, &ids).unwrap().0
}

fn edit(store: &mut Distill, verb: &Verb, seqs: &[u32]) -> Result<Applied> {
    let edit = edit_of(store, verb, seqs);
    let session = store.load(&id()).unwrap();
    let short = |id| Some((id, redact::clean(&session.entry(id)?.text.chars().take(30).collect::<String>())));
    let held: HeldTexts = edit.touches().into_iter().filter_map(short).collect();
    store.apply(&id(), &Actor::person(), NOW, Step::Edit { edit: &edit, held: &held })
}

fn undo(store: &mut Distill) -> Result<Applied> {
    store.apply(&id(), &Actor::person(), NOW, Step::Undo)
}

fn score(value: f32) -> Verb {
    Verb::Rescore(Importance::new(value).unwrap())
}

fn row(file: &File, seq: u32) -> (Vec<u8>, i64, i64, f64, String) {
    let query = "SELECT CAST(content AS BLOB), compression_level, tokens, importance, compressed_at
                 FROM session_entries WHERE seq = ?1";
    let read = |row: &rusqlite::Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
    file.connection.query_row(query, [seq], read).unwrap()
}

fn orphans(file: &File) -> i64 {
    file.one(
        "SELECT (SELECT count(*) FROM haversack_pins WHERE entry_id NOT IN (SELECT id FROM session_entries))
              + (SELECT count(*) FROM haversack_states WHERE entry_id NOT IN (SELECT id FROM session_entries))",
    )
}

#[test]
fn looking_leaves_distills_file_as_it_was() {
    both(|file, mut store| {
        let before = std::fs::read(file.path()).unwrap();
        store.list().unwrap();
        store.load(&id()).unwrap();
        store.recall("rounding", &Scope::All, 9).unwrap();
        assert_eq!(store.journal(&id()).unwrap(), []);
        assert!(undo(&mut store).is_err());
        assert_eq!(store.sidecars().unwrap(), Sidecars::default());
        assert_eq!(std::fs::read(file.path()).unwrap(), before);
    });
}

#[test]
fn distill_reads_consistent_rows_after_each_verb() {
    both(|file, mut store| {
        let first = "First reads src/cart.rs. The r";
        edit(&mut store, &Verb::CompactTo(Level::Sentence), &[3]).unwrap();
        assert_eq!(row(&file, 3), (first.into(), 2, 8, 0.9, "2026-11-20T15:53:20.25Z".into()));
        edit(&mut store, &score(0.35), &[3]).unwrap();
        assert_eq!(row(&file, 3).3, 0.35);
        edit(&mut store, &Verb::Restore, &[3]).unwrap();
        let original: Vec<u8> = file.one("SELECT CAST(original_content AS BLOB) FROM session_entries WHERE seq = 3");
        let tokens = original.len().div_ceil(4) as i64;
        assert_eq!(row(&file, 3), (original, 0, tokens, 0.35, String::new()));
        edit(&mut store, &Verb::ScoreByRule, &[3]).unwrap();
        assert_eq!(row(&file, 3).3, 0.5);
        let text = redact::clean("Rounds half even.");
        edit(&mut store, &Verb::Rewrite { level: Level::Summary, text, tokens: 5 }, &[12]).unwrap();
        assert_eq!((row(&file, 12).1, row(&file, 12).2), (1, 8));
        edit(&mut store, &Verb::Evict, &[12]).unwrap();
        assert_eq!(file.one::<i64>("SELECT count(*) FROM session_entries WHERE seq = 12"), 0);
        let pins = file.rows();
        edit(&mut store, &Verb::Pin, &[1]).unwrap();
        assert_eq!(file.rows(), pins, "a pin of an entry in full is none of distill's columns' business");
    });
}

/// A level, its text and the importance of an entry come back as they were: inconsistent tokens, cut characters and all.
#[test]
fn undo_gives_back_every_byte() {
    both(|file, mut store| {
        file.connection
            .execute("UPDATE session_entries SET tokens = 77, compressed_at = NULL WHERE seq = 4", [])
            .unwrap();
        let before = file.rows();
        let verbs = [
            (Verb::Pin, vec![4, 6]),
            (score(0.9), vec![1, 5, 6]),
            (Verb::Unpin, vec![4]),
            (Verb::Evict, vec![4, 8]),
            (score(0.1), vec![4]),
            (Verb::Archive, vec![12]),
            (Verb::CompactTo(Level::Keywords), vec![3, 9]),
            (Verb::Restore, vec![4]),
            (Verb::ScoreByRule, vec![4, 6]),
            (Verb::CompactTo(Level::Full), vec![5]),
        ];
        for (verb, seqs) in &verbs {
            edit(&mut store, verb, seqs).unwrap_or_else(|error| panic!("{verb:?}: {error}"));
        }
        drop(store);
        let mut store = Distill::open(&file.path()).unwrap();
        for _ in &verbs {
            undo(&mut store).unwrap();
        }
        assert_eq!(file.rows(), before);
        assert_eq!(store.sidecars().unwrap().evicted, 0);
        assert_eq!(file.one::<i64>("SELECT count(*) FROM haversack_states"), 0);
    });
}

#[test]
fn what_distill_deletes_is_gone_here_and_leaves_no_orphans() {
    both(|file, mut store| {
        edit(&mut store, &Verb::Pin, &[3]).unwrap();
        edit(&mut store, &Verb::CompactTo(Level::Sentence), &[8]).unwrap();
        let watched = store.watch().unwrap();
        file.connection.execute("DELETE FROM session_entries WHERE seq IN (3, 8)", []).unwrap();
        assert_ne!(store.watch().unwrap(), watched);
        let session = store.load(&id()).unwrap();
        assert!(session.by_seq(3).is_none() && session.by_seq(8).is_none());
        assert_eq!(orphans(&file), 0);
        let before = file.rows();
        assert!(matches!(undo(&mut store), Err(StoreError::ChangedByOwner { seq: None })));
        assert_eq!(file.rows(), before);
    });
}

#[test]
fn what_distill_shortens_is_seen_and_no_undo_overwrites_it() {
    both(|file, mut store| {
        edit(&mut store, &Verb::Pin, &[3]).unwrap();
        edit(&mut store, &Verb::CompactTo(Level::Summary), &[8]).unwrap();
        let shorten =
            "UPDATE session_entries SET content = 'cart', compression_level = 3, tokens = 1, compressed_at = 'x'
                       WHERE seq IN (3, 8)";
        file.connection.execute(shorten, []).unwrap();
        let session = store.load(&id()).unwrap();
        let (pinned, held) = (session.by_seq(3).unwrap(), session.by_seq(8).unwrap());
        assert!(pinned.state.pinned, "the pin stays, for what it is worth");
        for entry in [pinned, held] {
            assert_eq!(entry.state.held.level, Level::Keywords);
            assert_eq!(entry.own_text(Level::Keywords).map(|text| &**text), Some("cart"));
        }
        let before = file.rows();
        assert!(matches!(undo(&mut store), Err(StoreError::ChangedByOwner { seq: Some(8) })));
        let stale = edit_of(&store, &score(0.7), &[8]);
        file.connection.execute("UPDATE session_entries SET importance = 0.6 WHERE seq = 8", []).unwrap();
        let step = Step::Edit { edit: &stale, held: &HeldTexts::new() };
        let refused = store.apply(&id(), &Actor::person(), NOW, step);
        assert!(matches!(refused, Err(StoreError::ChangedByOwner { seq: Some(8) })));
        file.connection.execute("UPDATE session_entries SET importance = 0.4 WHERE seq = 8", []).unwrap();
        assert_eq!(file.rows(), before);
    });
}

/// distill numbers on from the greatest `seq`, and SQLite from the greatest row: both may have been the evicted entry's.
#[test]
fn an_evicted_entry_comes_back_beside_the_one_that_took_its_number() {
    both(|file, mut store| {
        let before = file.rows();
        edit(&mut store, &Verb::Evict, &[12]).unwrap();
        file.push(12, "user", 0, 0.5, b"newer", "newer");
        let changed = "UPDATE session_entries SET id = 'newer' WHERE original_content = 'newer'";
        file.connection.execute(changed, []).unwrap();
        let session = store.load(&id()).unwrap();
        let last: Vec<(u32, bool)> =
            session.entries.iter().rev().take(2).map(|entry| (entry.seq, entry.is_live())).collect();
        assert_eq!(last.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [13, 12]);
        undo(&mut store).unwrap();
        assert_eq!(file.one::<i64>("SELECT count(*) FROM session_entries WHERE seq = 12"), 2);
        file.connection.execute("DELETE FROM session_entries WHERE id = 'newer'", []).unwrap();
        let without_rowid = |rows: Vec<String>| -> Vec<String> {
            rows.iter().map(|row| row.split_once(" | ").unwrap().1.to_owned()).collect()
        };
        assert_eq!(without_rowid(file.rows()), without_rowid(before));
    });
}

#[test]
fn a_session_that_distill_deletes_takes_our_tables_with_it() {
    both(|file, mut store| {
        edit(&mut store, &Verb::Evict, &[12]).unwrap();
        edit(&mut store, &Verb::Pin, &[1]).unwrap();
        file.connection.execute("DELETE FROM sessions", []).unwrap();
        assert_eq!(store.list().unwrap(), []);
        let sidecars = store.sidecars().unwrap();
        assert_eq!((sidecars.pins, sidecars.edits, sidecars.evicted), (0, 0, 0));
        assert_eq!(file.one::<i64>("SELECT count(*) FROM haversack_evicted_values"), 0);
        assert_eq!(file.one::<i64>("SELECT count(*) FROM haversack_images"), 0);
    });
}

/// distill writes row by row, each on its own and without waiting; edits and their undos in between lose none of it.
#[test]
fn edits_and_pushes_at_the_same_time_lose_nothing() {
    let (file, mut store) = mixture(&format!("{OLD}{NEW}"));
    file.connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    let before = file.rows();
    let path = file.path();
    let (round, rounds) = std::sync::mpsc::channel::<()>();
    let pushed = std::thread::scope(|scope| {
        let pushing = scope.spawn(move || {
            let connection = Connection::open(&path).unwrap();
            connection.busy_timeout(Duration::ZERO).unwrap();
            let push = "INSERT INTO session_entries (id, session_id, role, content, original_content, seq, created_at)
                        SELECT 'p' || ?1, 'task-42', 'tool', 'pushed', 'pushed', max(seq) + 1, '2026-11-20T15:00:09Z'
                        FROM session_entries";
            let mut pushed = 0;
            for () in rounds {
                // Busy while an edit is written: distill's caller tries again.
                while connection.execute(push, [pushed]).is_err() {
                    std::thread::yield_now();
                }
                pushed += 1;
            }
            pushed
        });
        for _ in 0..40 {
            (0..4).for_each(|_| round.send(()).unwrap());
            edit(&mut store, &Verb::Evict, &[3, 8]).unwrap();
            edit(&mut store, &Verb::CompactTo(Level::Keywords), &[12]).unwrap();
            undo(&mut store).unwrap();
            undo(&mut store).unwrap();
        }
        drop(round);
        pushing.join().unwrap() as usize
    });
    assert_eq!(pushed, 160);
    assert_eq!(store.load(&id()).unwrap().entries.len(), 8 + pushed);
    file.connection.execute("DELETE FROM session_entries WHERE id LIKE 'p%'", []).unwrap();
    assert_eq!(file.rows(), before);
}

/// The file's own text keeps its secret, wherever it is moved; no text that is made here has it.
#[test]
fn a_secret_is_masked_here_and_kept_there() {
    both(|file, mut store| {
        let copies = "SELECT count(*) FROM session_entries WHERE content LIKE '%hunter2%'";
        let kept = "SELECT count(*) FROM session_entries WHERE original_content LIKE '%hunter2%'";
        let before = file.rows();
        edit(&mut store, &Verb::CompactTo(Level::Summary), &[8]).unwrap();
        assert_eq!(row(&file, 8).0, b"DB_PASSWORD=[redacted:password"[..30]);
        assert_eq!((file.one::<i64>(copies), file.one::<i64>(kept)), (0, 1));
        edit(&mut store, &Verb::Restore, &[8]).unwrap();
        assert_eq!((file.one::<i64>(copies), file.one::<i64>(kept)), (1, 1));
        edit(&mut store, &Verb::Evict, &[8]).unwrap();
        let session = store.load(&id()).unwrap();
        assert!(!format!("{session:?}{:?}", store.journal(&id()).unwrap()).contains("hunter2"));
        assert!(session.problems.contains(&"1 secret is masked; distill's file still holds it".to_owned()));
        (0..3).for_each(|_| drop(undo(&mut store).unwrap()));
        assert_eq!(file.rows(), before);
    });
}

/// A text that reads the same after masking and decoding is not written over distill's own bytes.
#[test]
fn a_rewrite_of_another_level_leaves_distills_text() {
    both(|file, mut store| {
        let text = redact::clean("By hand.");
        let edit = edit_of(&store, &Verb::Rewrite { level: Level::Summary, text, tokens: 5 }, &[4]);
        let before = file.rows();
        let held = HeldTexts::from([(edit.touches()[0], redact::clean("caf\u{fffd}..."))]);
        store.apply(&id(), &Actor::person(), NOW, Step::Edit { edit: &edit, held: &held }).unwrap();
        assert_eq!(file.rows(), before);
        assert_eq!(store.load(&id()).unwrap().by_seq(4).unwrap().state.rewrites.len(), 2);
    });
}

#[test]
fn what_a_distill_file_cannot_hold_is_refused_whole() {
    both(|file, mut store| {
        let session = store.load(&id()).unwrap();
        let note = Verb::Note(Box::new(crate::model::Entry { id: EntryId(7), seq: 99, ..session.entries[0].clone() }));
        let (mut edit, _) = session.edit_for(&note, &[]).unwrap();
        edit.changes.splice(0..0, edit_of(&store, &Verb::Pin, &[1]).changes);
        let before = file.rows();
        let step = Step::Edit { edit: &edit, held: &HeldTexts::new() };
        let refused = store.apply(&id(), &Actor::person(), NOW, step);
        assert!(matches!(refused, Err(StoreError::NotKept(Part::Made))));
        assert_eq!((file.rows(), store.sidecars().unwrap()), (before, Sidecars::default()));
    });
}

#[test]
fn cleaning_drops_our_tables_and_nothing_else() {
    both(|file, mut store| {
        edit(&mut store, &Verb::Pin, &[1]).unwrap();
        edit(&mut store, &Verb::Evict, &[12]).unwrap();
        let before = file.rows();
        let found = store.clean().unwrap();
        assert_eq!((found.pins, found.edits, found.evicted, found.tables.len()), (1, 2, 1, 6));
        assert_eq!(store.sidecars().unwrap(), Sidecars::default());
        assert_eq!(file.one::<i64>("SELECT count(*) FROM sqlite_master WHERE sql LIKE '%haversack%'"), 0);
        assert_eq!(file.rows(), before);
        assert!(!store.load(&id()).unwrap().by_seq(1).unwrap().state.pinned);
        edit(&mut store, &Verb::Pin, &[1]).unwrap();
    });
}

#[test]
fn an_upgrade_adds_the_five_columns_after_a_backup() {
    let (file, mut store) = mixture(OLD);
    let before = file.rows();
    edit(&mut store, &Verb::Evict, &[3]).unwrap();
    let edited = file.rows();
    let upgraded = upgrade(&file.path()).unwrap();
    assert_eq!(upgraded.added.len(), 5);
    let backup = Connection::open(&upgraded.backup).unwrap();
    let backup = File { folder: TempDir::new().unwrap(), connection: backup };
    assert_eq!(backup.rows(), edited);
    undo(&mut store).unwrap();
    let cut: Vec<String> = file.rows();
    assert_eq!(cut.len(), before.len());
    for (row, was) in cut.iter().zip(&before) {
        assert!(row.starts_with(was), "{row}\n{was}");
    }
    assert!(matches!(upgrade(&file.path()), Err(StoreError::Upgraded { .. })));
    let (old, _) = mixture(OLD);
    let beside = old.folder.path().join("a session?#1.db.v0.4.bak");
    std::fs::write(&beside, "mine").unwrap();
    let before = old.rows();
    assert!(matches!(upgrade(&old.path()), Err(StoreError::FileExists { .. })));
    assert_eq!((old.rows(), std::fs::read_to_string(&beside).unwrap()), (before, "mine".into()));
}

#[test]
fn a_session_written_for_distill_opens_again() {
    let (file, mut store) = mixture(OLD);
    edit(&mut store, &Verb::Pin, &[1]).unwrap();
    edit(&mut store, &score(0.8), &[3]).unwrap();
    edit(&mut store, &Verb::CompactTo(Level::Sentence), &[9]).unwrap();
    edit(&mut store, &Verb::Evict, &[6]).unwrap();
    let session = store.load(&id()).unwrap();
    let path = file.folder.path().join("out.db");
    let vector = (session.entries[0].id, vec![1.0, -2.0]);
    let written = write(&path, &session, &[vector], NOW).unwrap();
    assert_eq!(written, Written { entries: 7, out: 1, pins: 1, ..Written::default() });
    let made = Connection::open(&path).unwrap();
    let inconsistent: i64 = made
        .query_row(
            "SELECT count(*) FROM session_entries WHERE tokens <> (octet_length(content) + 3) / 4 OR length(id) <> 24
             OR length(content_hash) <> 16 OR (compression_level = 0) <> (compressed_at = '')",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(inconsistent, 0);
    let hash: String = made
        .query_row("SELECT content_hash FROM session_entries WHERE original_content = 'short'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(hash, "f6915548f781cd55");
    let again = Distill::open(&path).unwrap().load(&id()).unwrap();
    let told = |session: &Session| -> Vec<_> {
        let live = session.entries.iter().filter(|entry| entry.is_live());
        live.map(|entry| (entry.seq, entry.role, entry.text.clone(), entry.state.pinned, entry.state.held.level))
            .collect()
    };
    assert_eq!(told(&again), told(&session));
    assert_eq!(again.settings, session.settings);
    assert!(matches!(write(&path, &session, &[], NOW), Err(StoreError::FileExists { .. })));
}

#[test]
fn a_journal_of_an_earlier_haversack_is_read_and_taken_further() {
    both(|file, mut store| {
        store.come_by(Via::Screen);
        edit(&mut store, &Verb::Pin, &[1]).unwrap();
        assert_eq!(store.journal(&id()).unwrap()[0].via, Some(Via::Screen));
        store.connection.execute_batch("ALTER TABLE haversack_journal DROP COLUMN via").unwrap();
        assert_eq!(store.journal(&id()).unwrap()[0].via, None);
        let mut store = Distill::open(&file.path()).unwrap();
        store.come_by(Via::CommandLine);
        undo(&mut store).unwrap();
        edit(&mut store, &Verb::Pin, &[3]).unwrap();
        let told: Vec<Option<Via>> = store.journal(&id()).unwrap().iter().map(|row| row.via).collect();
        assert_eq!(told, [None, Some(Via::CommandLine)]);
    });
}
