//! Recall: what it finds and in which order, that any text is a query, that the index is in step, and that a purge leaves
//! nothing behind.

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use rusqlite::Connection;

use super::*;
use crate::{
    model::{Actor, Entry, Level, Role, Session, Verb},
    store::schema,
    text::redact::clean,
};

const NOW: Time = Time(1_700_000_000_000);
const DAY: i64 = 86_400_000;

fn session(id: &str, texts: &[&str]) -> Session {
    let mut session = Session::new(SessionId::new(id));
    session.title = clean("Shop");
    for (text, seq) in texts.iter().zip(1..) {
        let entry_id = EntryId::of(&session.id, text, seq);
        let mut entry = Entry::new(entry_id, seq, Kind::Message, Role::Assistant, clean(text));
        entry.costs = [100, 50, 20, 10];
        session.entries.push(entry);
    }
    session
}

fn store(sessions: &[Session]) -> Native {
    let mut store = Native::in_memory().unwrap();
    sessions.iter().for_each(|session| drop(store.put(session, &Actor::person(), NOW).unwrap()));
    store
}

fn make(store: &mut Native, id: &str, verb: &Verb, seq: u32) {
    let session = store.load(&SessionId::new(id)).unwrap();
    let target = session.by_seq(seq).unwrap().id;
    let (edit, _) = session.edit_for(verb, &[target]).unwrap();
    store.record(&session.id, &Actor::person(), NOW, &edit).unwrap();
}

fn seqs(store: &Native, query: &str) -> Vec<u32> {
    store.recall(query, &Scope::All, 20).unwrap().iter().map(|hit| hit.seq).collect()
}

#[test]
fn all_words_first_any_of_them_if_none_has_all() {
    let store = store(&[session("a:1", &["rounding of the total", "the cart rounds", "an apple"])]);
    assert_eq!(seqs(&store, "rounded total"), [1], "words are stemmed");
    assert_eq!(seqs(&store, "roun"), [2, 1], "and may be beginnings; shorter texts say more");
    let mut any = seqs(&store, "apple cart");
    any.sort_unstable();
    assert_eq!(any, [2, 3]);
    assert_eq!(seqs(&store, "pear"), [0; 0]);
    assert_eq!(seqs(&store, "…!?"), [0; 0]);
}

#[test]
fn what_is_out_of_the_packs_is_found_with_its_state() {
    let mut store = store(&[session("a:1", &["the port is 8443", "unrelated", "port 8080 was wrong"])]);
    make(&mut store, "a:1", &Verb::Archive, 1);
    make(&mut store, "a:1", &Verb::Evict, 3);
    let mut found = store.recall("port", &Scope::All, 20).unwrap();
    found.sort_by_key(|hit| hit.seq);
    let fates: Vec<Fate> = found.iter().map(|hit| hit.fate).collect();
    assert_eq!(fates, [Fate::Archived, Fate::Evicted]);
    assert_eq!(&*found[0].snippet, "the port is 8443");
}

#[test]
fn a_rendition_by_hand_is_found_as_long_as_it_stands() {
    let mut store = store(&[session("a:1", &["a long story about carts", "another"])]);
    let text = clean("half-even rounding");
    make(&mut store, "a:1", &Verb::Rewrite { level: Level::Summary, text, tokens: 5 }, 1);
    let hits = store.recall("half even", &Scope::All, 20).unwrap();
    assert_eq!((hits.len(), hits[0].seq, hits[0].found_in), (1, 1, Found::Rewrite));
    make(&mut store, "a:1", &Verb::RewriteByRule(Level::Summary), 1);
    assert_eq!(seqs(&store, "half even"), [0; 0]);
}

#[test]
fn scopes_hold_and_deleted_sessions_are_never_looked_into() {
    let mut in_shop = session("a:2", &["blue door"]);
    in_shop.project = clean("/shop");
    let mut store = store(&[session("a:1", &["blue cart"]), in_shop]);
    let one = Scope::Session(SessionId::new("a:2"));
    let ids = |scope: &Scope, store: &Native| -> Vec<String> {
        store.recall("blue", scope, 20).unwrap().iter().map(|hit| hit.session_id.to_string()).collect()
    };
    assert_eq!(ids(&one, &store), ["a:2"]);
    assert_eq!(ids(&Scope::Project(clean("/shop")), &store), ["a:2"]);
    assert_eq!(ids(&Scope::Project(clean("/else")), &store), [""; 0]);
    assert_eq!(ids(&Scope::All, &store).len(), 2);
    store.delete(&SessionId::new("a:2"), &Actor::person(), NOW).unwrap();
    assert_eq!(ids(&Scope::All, &store), ["a:1"]);
    assert!(store.recall("blue", &one, 20).is_err());
    store.undelete(&SessionId::new("a:2"), &Actor::person(), NOW).unwrap();
    assert_eq!(ids(&one, &store), ["a:2"]);
}

#[test]
fn ranking_blends_the_match_with_time_into_tiers() {
    let found =
        |relevance: f64, days: i64| Match { key: days, of: Found::Text, relevance, at: Some(Time(NOW.0 - days * DAY)) };
    let ranked = rank(vec![found(1.0, 14), found(1.0, 0), found(0.5, 1), found(0.2, 2), found(0.1, 3)]);
    let shown: Vec<(i64, f64, Tier)> =
        ranked.iter().map(|(one, score)| (one.key, (score * 1000.0).round() / 1000.0, Tier::of(*score))).collect();
    assert_eq!(
        shown,
        [(0, 1.0, Tier::Strong), (14, 0.875, Tier::Strong), (1, 0.494, Tier::Supporting), (2, 0.195, Tier::Peripheral)],
        "a fortnight takes half of a quarter; 0.1 is under the floor"
    );
    assert_eq!(
        [0.6, 0.599, 0.3, 0.299].map(Tier::of),
        [Tier::Strong, Tier::Supporting, Tier::Supporting, Tier::Peripheral]
    );
}

#[test]
fn an_undone_entry_is_found_no_more() {
    let mut store = store(&[session("a:1", &["one"])]);
    let mut note = Entry::new(EntryId(7), 2, Kind::Note, Role::User, clean("zebra crossing"));
    note.costs = [5; 4];
    let id = SessionId::new("a:1");
    let (edit, _) = store.load(&id).unwrap().edit_for(&Verb::Note(Box::new(note)), &[]).unwrap();
    store.record(&id, &Actor::person(), NOW, &edit).unwrap();
    assert_eq!(seqs(&store, "zebra"), [2]);
    store.undo(&id, &Actor::person(), NOW).unwrap();
    assert_eq!(seqs(&store, "zebra"), [0; 0]);
    store.redo(&id, &Actor::person(), NOW).unwrap();
    assert_eq!(seqs(&store, "zebra"), [2]);
}

/// A store of the first format, made before there was an index.
#[test]
fn a_store_of_an_older_format_gets_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let old = schema::open_at(&path, 1).unwrap();
    old.execute_batch(
        "INSERT INTO sessions (key, id, title, project, models, settings, sources, problems, next_seq, updated) VALUES
           (1, 'a:1', 'Old', '', '[]', '{\"max_tokens\":0,\"dedup_threshold\":0.15,\"preserve_recent\":4}', '[]', '[]', 2, 0);
         INSERT INTO entries (key, session, seq, id, kind, role, marks, text, file, line, offset) VALUES
           (7, 1, 1, 5, 'message', 'assistant', 0, 'an old pelican', 0, 0, 0);
         INSERT INTO standing (session, entry, live, level, state, seen, score) VALUES (1, 7, 1, 0,
           '{\"pinned\":false,\"importance\":null,\"held\":{\"level\":\"full\",\"by\":\"rule\"},\"fate\":\"live\",\"rewrites\":{\"summary\":\"rewritten heron\"}}',
           '\"unknown\"', '{\"value\":0.5,\"reasons\":[]}');",
    )
    .unwrap();
    drop(old);
    let store = Native::open(&path).unwrap();
    assert_eq!((seqs(&store, "pelican"), seqs(&store, "heron")), (vec![1], vec![1]));
    assert_eq!(store.load(&SessionId::new("a:1")).unwrap().entries[0].made, None);
}

#[test]
fn the_words_of_a_purged_session_are_in_no_byte_of_the_file() {
    // In one segment of the index, and in several, as imports over time make them.
    purge_leaves_nothing(0);
    purge_leaves_nothing(15);
}

fn purge_leaves_nothing(later_imports: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haversack.db");
    let mut store = Native::open(&path).unwrap();
    let kept = session("a:1", &["a plain text that stays"]);
    let texts: Vec<String> = (0..300).map(|n| format!("quokkaword{n} and more of quokkaword{n}")).collect();
    let mut gone = session("a:2", &texts.iter().map(String::as_str).collect::<Vec<_>>());
    store.put(&kept, &Actor::person(), NOW).unwrap();
    store.put(&gone, &Actor::person(), NOW).unwrap();
    store.index_rest().unwrap();
    let text = clean("quokkarewrite");
    make(&mut store, "a:2", &Verb::Rewrite { level: Level::Summary, text, tokens: 5 }, 1);
    for (n, entry) in gone.entries.iter_mut().enumerate() {
        entry.id = EntryId(n as u64 + 1000);
        (entry.seq, entry.text) = (n as u32 + 301, clean(&format!("quokkalater{n}")));
    }
    for chunk in gone.entries.clone().chunks(20).take(later_imports) {
        gone.entries = chunk.to_vec();
        store.put(&gone, &Actor::person(), NOW).unwrap();
        store.index_rest().unwrap();
    }
    let held = || {
        let bytes = |name: &str| std::fs::read(folder.path().join(name)).unwrap_or_default();
        [bytes("haversack.db"), bytes("haversack.db-wal")].concat()
    };
    // Neighbours share their beginnings in the index, so that less than the whole word may stand there.
    let holds = |bytes: &[u8]| bytes.windows(6).any(|window| window == b"quokka" || window == b"Quokka");
    assert!(holds(&held()));
    assert!(store.purge(&SessionId::new("a:2")).unwrap().log_emptied);
    assert!(!holds(&held()));
    assert_eq!((seqs(&store, "quokka"), seqs(&store, "plain")), (vec![], vec![1]));
    let check: String = store.connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let checks = |connection: &Connection, index: &str| {
        connection.execute(&format!("INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)"), [])
    };
    for index in ["recall_entries", "recall_rewrites"] {
        checks(&store.connection, index).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_a_query(
        query in prop_oneof![
            any::<String>(),
            "(NEAR|AND|OR|NOT|text|recall_entries|\"|'|\\*|\\(|\\)|:|-|\\^|\\+|\\{|\\}|,|[0-9]| |\u{0}|é|中|क|ि|x){0,24}",
        ]
    ) {
        let store = store(&[session("a:1", &["near and or not text", "中文 é x 7"])]);
        for scope in [Scope::All, Scope::Session(SessionId::new("a:1"))] {
            let hits = store.recall(&query, &scope, 5);
            prop_assert!(hits.is_ok(), "{query:?}: {:?}", hits.err().map(|error| error.to_string()));
        }
    }
}

/// Facts are ranked like entries, and a session's recall finds what its project knows.
#[test]
fn facts_are_found_by_match_and_time_and_those_of_the_project_too() {
    use crate::{
        facts::Draft,
        model::{Edit, FactChange, FactKind, Trust},
    };
    let [mut one, mut two, mut other] = ["a:1", "a:2", "a:3"].map(|id| session(id, &["an apple"]));
    one.project = clean("/shop");
    two.project = clean("/shop");
    other.project = clean("/else");
    let mut store = store(&[one, two, other]);
    let mut set = |id: &str, key: &str, at: Time, scope| {
        let draft = Draft {
            key: key.into(),
            value: "port 8443".into(),
            kind: FactKind::Context,
            scope,
            trust: Trust::User,
            pinned: false,
            ttl: None,
            source: None,
        };
        let fact = draft.fact(&SessionId::new(id), at, 1, &Default::default()).unwrap();
        let change = FactChange { id: fact.id, before: None, after: Some(Box::new(fact)) };
        let edit = Edit { words: "set".into(), facts: vec![change], ..Edit::default() };
        store.record(&SessionId::new(id), &Actor::person(), NOW, &edit).unwrap();
    };
    set("a:1", "new", NOW, crate::model::Scope::Project);
    set("a:1", "old", Time(NOW.0 - 30 * DAY), crate::model::Scope::Project);
    set("a:1", "own", NOW, crate::model::Scope::Session);
    set("a:3", "far", NOW, crate::model::Scope::Project);
    let keys = |scope: &Scope| -> Vec<String> {
        store.recall_facts("port 8443", scope, 9).unwrap().iter().map(|hit| hit.key.to_string()).collect()
    };
    assert_eq!(keys(&Scope::All), ["far", "own", "new", "old"], "the newer of equal matches first");
    assert_eq!(keys(&Scope::Session(SessionId::new("a:2"))), ["new", "old"]);
    assert_eq!(keys(&Scope::Session(SessionId::new("a:3"))), ["far"]);
    let hits = store.recall_facts("pear 8443", &Scope::All, 9).unwrap();
    assert_eq!((hits.len(), hits[0].tier, hits[0].score), (4, Tier::Strong, 1.0), "any word where none has all");
}

#[test]
fn the_index_follows_in_pieces_and_takes_in_a_key_that_is_free_again() {
    let text = |number: usize| format!("word{number} of many");
    let texts: Vec<String> = (0..1_200).map(text).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut store = store(&[session("a:1", &["first"]), session("a:2", &texts)]);
    let indexed = |store: &Native| -> i64 {
        store.connection.query_row("SELECT indexed FROM recall_backlog", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(indexed(&store), 0, "a put waits for no index");
    let mut steps = Vec::new();
    while store.index_piece().unwrap() == Backlog::Left {
        steps.push(indexed(&store));
    }
    assert_eq!((steps, indexed(&store)), (vec![500, 1_000], 1_201));

    // A session that is only half in the index goes whole.
    store.put(&session("a:3", &texts), &Actor::person(), NOW).unwrap();
    store.index_piece().unwrap();
    store.purge(&SessionId::new("a:3")).unwrap();
    assert_eq!(indexed(&store), 1_201);
    // What comes next gets the keys that are free again.
    store.put(&session("a:4", &["pear"]), &Actor::person(), NOW).unwrap();
    assert_eq!(seqs(&store, "pear"), [1]);
    assert_eq!(seqs(&store, "word700"), [701], "and what was purged is found no more");
}
