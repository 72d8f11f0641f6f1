//! Facts come back as they were, are seen by their project, and are undone exactly or not at all.

use std::path::PathBuf;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{
    facts::{Draft, FactSettings},
    model::{Actor, Edit, FactKind, Scope, Session, Trust},
    store::Applied,
};

const NOW: Time = Time(1_700_000_000_000);

fn person() -> Actor {
    Actor::person()
}

fn id(name: &str) -> SessionId {
    SessionId::new(format!("claude:{name}"))
}

/// Sessions `a` and `b` of one project, `c` of another, `d` and `e` of none.
struct OnDisk {
    folder: TempDir,
    store: Native,
}

impl OnDisk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Native::open(&folder.path().join("haversack.db")).unwrap();
        for (name, project) in [("a", "/shop"), ("b", "/shop"), ("c", "/till"), ("d", ""), ("e", "")] {
            let mut session = Session::new(id(name));
            session.project = redact::clean(project);
            store.put(&session, &person(), NOW).unwrap();
        }
        Self { folder, store }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("haversack.db")
    }

    fn facts(&self, session: &str) -> Vec<Fact> {
        self.store.facts(&id(session)).unwrap()
    }

    fn values(&self, session: &str) -> Vec<String> {
        self.facts(session).iter().map(|fact| fact.value.to_string()).collect()
    }

    fn json(&self, session: &str) -> String {
        self.store.load(&id(session)).unwrap().canonical_json()
    }

    fn change(&mut self, session: &str, before: Option<&Fact>, after: Option<&Fact>) -> Result<Edit> {
        let boxed = |fact: Option<&Fact>| fact.cloned().map(Box::new);
        let fact = before.or(after).expect("one of them is given");
        let change = FactChange { id: fact.id, before: boxed(before), after: boxed(after) };
        let edit = Edit { words: format!("changed fact {}", fact.key), facts: vec![change], ..Edit::default() };
        self.store.record(&id(session), &person(), NOW, &edit).map(|row| row.edit)
    }

    fn set(&mut self, session: &str, key: &str, value: &str, scope: Scope) -> Fact {
        let arrived = self.facts(session).len() as u32 + 1;
        let fact = fact(session, key, value, scope, arrived);
        self.change(session, None, Some(&fact)).unwrap();
        fact
    }

    fn pin(&mut self, session: &str, fact: &Fact, pinned: bool) -> Fact {
        let after = Fact { pinned, ..fact.clone() };
        self.change(session, Some(fact), Some(&after)).unwrap();
        after
    }

    fn undo(&mut self, session: &str) -> Result<Applied> {
        self.store.undo(&id(session), &person(), NOW)
    }
}

fn fact(session: &str, key: &str, value: &str, scope: Scope, arrived: u32) -> Fact {
    let draft = Draft {
        key: key.into(),
        value: value.into(),
        kind: FactKind::ShortLived,
        scope,
        trust: Trust::Tool,
        pinned: false,
        ttl: None,
        source: Some(EntryId(u64::MAX - 3)),
    };
    draft.fact(&id(session), Time(NOW.0 + i64::from(arrived)), arrived, &FactSettings::default()).unwrap()
}

#[test]
fn a_fact_comes_back_whole_and_in_the_order_of_arrival() {
    let mut disk = OnDisk::new();
    let second = Fact { removed: Some(Time(9)), pinned: true, expires: None, ..fact("a", "k", "2", Scope::Session, 2) };
    disk.change("a", None, Some(&second)).unwrap();
    let first = fact("a", "k 四", "1\nline", Scope::Project, 1);
    disk.change("a", None, Some(&first)).unwrap();
    disk.store = Native::open(&disk.path()).unwrap();
    assert_eq!(disk.facts("a"), [first, second]);
    assert_eq!(disk.facts("a"), disk.store.load(&id("a")).unwrap().facts);
}

#[test]
fn a_project_fact_is_seen_by_the_other_sessions_of_its_project() {
    let mut disk = OnDisk::new();
    disk.set("a", "k", "of a", Scope::Session);
    let shared = disk.set("a", "k", "of the shop", Scope::Project);
    let own = disk.set("b", "k", "of b", Scope::Session);
    disk.set("d", "k", "of none", Scope::Project);
    assert_eq!(disk.values("a"), ["of a", "of the shop"]);
    let mut both = [own, shared.clone()];
    both.sort_by_key(|fact| (fact.arrived, fact.id));
    assert_eq!(disk.facts("b"), both);
    assert_eq!([disk.values("c"), disk.values("d"), disk.values("e")], [vec![], vec!["of none".to_string()], vec![]]);
    // Another session may change it, and all of them see that.
    let pinned = disk.pin("b", &shared, true);
    assert!(disk.facts("a").contains(&pinned));
    disk.store.delete(&id("a"), &person(), NOW).unwrap();
    assert_eq!(disk.values("b"), ["of b"], "hidden with its session");
    assert!(matches!(disk.undo("b"), Err(StoreError::Drift(Drift::Fact { .. }))));
    disk.store.undelete(&id("a"), &person(), NOW).unwrap();
    disk.undo("b").unwrap();
    assert_eq!(disk.facts("a")[1], shared);
    // No session of another project, or of none, reaches it.
    for stranger in ["c", "d"] {
        assert!(matches!(disk.change(stranger, Some(&shared), None), Err(StoreError::Drift(_))));
    }
}

#[test]
fn undo_of_set_expire_and_pin_is_exact() {
    let mut disk = OnDisk::new();
    let mut states = vec![disk.json("a")];
    let set = disk.set("a", "verify", "cargo test", Scope::Project);
    states.push(disk.json("a"));
    let pinned = disk.pin("a", &set, true);
    states.push(disk.json("a"));
    disk.change("a", Some(&pinned), Some(&Fact { removed: Some(NOW), ..pinned.clone() })).unwrap();
    states.push(disk.json("a"));
    assert!(states.windows(2).all(|two| two[0] != two[1]), "each edit changes the session");
    for state in states.iter().rev().skip(1) {
        disk.undo("a").unwrap();
        assert_eq!(&disk.json("a"), state);
    }
    disk.store = Native::open(&disk.path()).unwrap();
    for state in &states[1..] {
        disk.store.redo(&id("a"), &person(), NOW).unwrap();
        assert_eq!(&disk.json("a"), state);
    }
}

#[test]
fn undo_refuses_drift() {
    let mut disk = OnDisk::new();
    let set = disk.set("a", "verify", "cargo test", Scope::Project);
    let agent: Actor = "agent:lore".parse().unwrap();
    let change = FactChange {
        id: set.id,
        before: Some(set.clone().into()),
        after: Some(Fact { pinned: true, ..set.clone() }.into()),
    };
    let edit = Edit { words: "pinned fact verify".into(), facts: vec![change], ..Edit::default() };
    disk.store.record(&id("a"), &agent, NOW, &edit).unwrap();
    let before = disk.json("a");
    let error = disk.undo("a").unwrap_err().to_string();
    assert!(error.contains("'pinned fact verify' by agent:lore") && error.contains("undo that first"), "{error}");
    assert!(!error.contains("of session"), "it is this one: {error}");
    assert_eq!(disk.json("a"), before);
    // An edit on another fact is in nobody's way.
    disk.set("a", "port", "4000", Scope::Session);
    disk.store.undo(&id("a"), &agent, NOW).unwrap();
    disk.undo("a").unwrap();
    disk.undo("a").unwrap();
    assert_eq!(disk.facts("a"), []);
}

/// The pin that `a` took off and put on again looks the same, but `b` must not take it away from under `a`.
#[test]
fn an_edit_of_another_session_on_the_same_fact_stands_too() {
    let mut disk = OnDisk::new();
    let set = disk.set("a", "verify", "cargo test", Scope::Project);
    let pinned = disk.pin("b", &set, true);
    let unpinned = disk.pin("a", &pinned, false);
    disk.pin("a", &unpinned, true);
    let error = disk.undo("b").unwrap_err().to_string();
    assert!(error.contains(&format!(" of session {}) stands on it", id("a"))), "it names the other session: {error}");
    disk.undo("a").unwrap();
    disk.undo("a").unwrap();
    disk.undo("b").unwrap();
    assert_eq!(disk.facts("a"), [set]);
    // Redo puts the edit of `b` on top again.
    disk.store.redo(&id("b"), &person(), NOW).unwrap();
    assert!(matches!(disk.undo("a"), Err(StoreError::Stands { .. })));
}

#[test]
fn an_edit_on_a_changed_fact_is_drift_and_changes_nothing() {
    let mut disk = OnDisk::new();
    let set = disk.set("a", "verify", "cargo test", Scope::Session);
    let before = disk.json("a");
    let stale = Fact { pinned: true, ..set.clone() };
    let also = fact("a", "port", "4000", Scope::Session, 9);
    let facts = vec![
        FactChange { id: also.id, before: None, after: Some(also.into()) },
        FactChange { id: set.id, before: Some(stale.into()), after: None },
    ];
    let edit = Edit { words: "two".into(), facts, ..Edit::default() };
    let error = disk.store.record(&id("a"), &person(), NOW, &edit).unwrap_err();
    assert!(matches!(error, StoreError::Drift(Drift::Fact { id }) if id == set.id));
    assert_eq!(disk.json("a"), before);
    assert!(matches!(disk.change("a", None, Some(&set)), Err(StoreError::Drift(_))), "it is there already");
}

/// The journal knows no costs, and a desk has them counted.
#[test]
fn what_a_fact_costs_is_in_no_edits_way_and_stays() {
    let mut disk = OnDisk::new();
    let set = disk.set("a", "verify", "cargo test", Scope::Session);
    let mut session = disk.store.load(&id("a")).unwrap();
    session.facts[0].cost = 7;
    disk.pin("a", &set, true);
    session.apply(&disk.store.journal(&id("a")).unwrap().last().unwrap().edit).unwrap();
    assert_eq!((session.facts[0].pinned, session.facts[0].cost), (true, 7));
    session.apply(&disk.undo("a").unwrap().edit).unwrap();
    assert_eq!((session.facts[0].pinned, session.facts[0].cost), (false, 7));
}

#[test]
fn what_a_fact_says_never_changes() {
    let mut disk = OnDisk::new();
    disk.set("a", "verify", "cargo test", Scope::Session);
    for column in ["value = 'x'", "name = 'x'", "trust = 'user'", "at = 1", "session = 2"] {
        assert!(disk.store.connection.execute(&format!("UPDATE facts SET {column}"), []).is_err(), "{column}");
    }
}

/// A push reads the session, and an undo may come before it writes.
#[test]
fn putting_a_known_session_brings_no_fact_back() {
    let mut disk = OnDisk::new();
    disk.set("a", "verify", "cargo test", Scope::Session);
    let read = disk.store.load(&id("a")).unwrap();
    disk.undo("a").unwrap();
    disk.store.put(&read, &person(), NOW).unwrap();
    assert_eq!(disk.facts("a"), []);
    let mut other = Native::in_memory().unwrap();
    other.put(&read, &person(), NOW).unwrap();
    assert_eq!(other.facts(&id("a")).unwrap(), read.facts, "a new session comes with its facts");
}

#[test]
fn purged_facts_are_in_no_byte_of_the_files() {
    let mut disk = OnDisk::new();
    let shared = disk.set("a", "verify", "PURGE-ME", Scope::Project);
    let pinned = disk.pin("b", &shared, true);
    disk.pin("a", &pinned, false);
    let gone = disk.set("a", "gone", "PURGE-ME too", Scope::Project);
    disk.pin("b", &gone, true);
    disk.undo("b").unwrap();
    disk.undo("a").unwrap();
    let kept = disk.set("b", "kept", "of b", Scope::Session);
    let holds_it = |disk: &OnDisk| {
        let files = std::fs::read_dir(disk.folder.path()).unwrap();
        files
            .map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .any(|bytes| bytes.windows(8).any(|window| window == b"PURGE-ME"))
    };
    assert!(holds_it(&disk));
    let purged = disk.store.purge(&id("a")).unwrap();
    assert_eq!((purged.facts, purged.bytes, purged.log_emptied), (1, 14, true));
    assert!(!holds_it(&disk));
    assert_eq!(disk.facts("b"), [kept]);
    disk.undo("b").unwrap();
}

#[derive(Clone, Debug)]
enum Step {
    Set(u8),
    Pin(usize),
    Remove(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![(0u8..4).prop_map(Step::Set), (0usize..9).prop_map(Step::Pin), (0usize..9).prop_map(Step::Remove)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any edits of facts, undone and brought again: each state is the one it was, byte for byte, in the session that
    /// makes them and in one that sees them, and in memory the session goes through the same.
    #[test]
    fn undo_is_exact(steps in prop::collection::vec(step(), 1..20)) {
        let mut disk = OnDisk::new();
        let both = |disk: &OnDisk| (disk.json("a"), disk.json("b"));
        let mut states = vec![both(&disk)];
        let mut session = disk.store.load(&id("a")).unwrap();
        for (number, step) in steps.iter().enumerate() {
            let seen = disk.facts("a");
            let picked = |at: &usize| (!seen.is_empty()).then(|| seen[at % seen.len()].clone());
            let (before, after) = match step {
                Step::Set(key) => {
                    let scope = if key % 2 == 0 { Scope::Project } else { Scope::Session };
                    (None, Some(fact("a", &format!("key {key}"), "value", scope, number as u32 + 1)))
                }
                Step::Pin(at) => (picked(at), picked(at).map(|fact| Fact { pinned: !fact.pinned, ..fact })),
                Step::Remove(at) => (picked(at), picked(at).map(|fact| Fact { removed: Some(Time(number as i64)), ..fact })),
            };
            if after.is_some() {
                let edit = disk.change("a", before.as_ref(), after.as_ref()).unwrap();
                session.apply(&edit).unwrap();
                prop_assert_eq!(&session.canonical_json(), &disk.json("a"));
                states.push(both(&disk));
            }
        }
        for state in states.iter().rev().skip(1) {
            session.apply(&disk.undo("a").unwrap().edit).unwrap();
            prop_assert_eq!(&both(&disk), state);
            prop_assert_eq!(&session.canonical_json(), &state.0);
        }
        disk.store = Native::open(&disk.path()).unwrap();
        for state in &states[1..] {
            disk.store.redo(&id("a"), &person(), NOW).unwrap();
            prop_assert_eq!(&both(&disk), state);
        }
    }
}
