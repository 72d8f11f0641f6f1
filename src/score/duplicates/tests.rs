//! Which pushes make which older exchanges stale.

use pretty_assertions::assert_eq;

use super::*;
use crate::{
    model::{Entry, Fate, HeldBy, Importance, Kind, Mark, Session, SessionId, Verb},
    pack::strategy::tests::entry,
    text::redact,
};

const LONG: &str = "the total of the order is rounded before the discount is taken off, so cents are lost";

fn session(entries: Vec<Entry>) -> Session {
    let mut session = Session::new(SessionId::new("haversack:dedup"));
    session.entries = entries;
    session
}

fn call(seq: u32, id: &str, tool: &str, path: &str, text: &str) -> Entry {
    let mut call = entry(seq, Kind::Call, text);
    (call.call_id, call.tool) = (Some(id.into()), Some(tool.into()));
    call.path = (!path.is_empty()).then(|| redact::clean(path));
    call
}

fn result(seq: u32, id: &str, tool: &str, text: &str) -> Entry {
    Entry { kind: Kind::Result, ..call(seq, id, tool, "", text) }
}

fn duplicates(session: &Session, first_new: usize, alike: Alike) -> Vec<Duplicate> {
    Known::default().copies(session, &session.exchanges(), first_new, alike)
}

/// "1>4 the same text": old and new numbers, and why.
fn found(session: &Session, first_new: usize) -> Vec<String> {
    with(session, first_new, &HashMap::new())
}

fn with(session: &Session, first_new: usize, embeddings: &HashMap<EntryId, Vec<f32>>) -> Vec<String> {
    let found = duplicates(session, first_new, Alike { jaccard: 0.75, distance: 0.15, embeddings });
    let seq = |index: usize| session.entries[index].seq;
    let pairs = |duplicate: &Duplicate| {
        duplicate.pairs.iter().map(|&(old, new)| format!("{}>{} ", seq(old), seq(new))).collect::<String>()
    };
    found.iter().map(|duplicate| format!("{}{}", pairs(duplicate), duplicate.why)).collect()
}

#[test]
fn the_newer_of_equal_texts_stands() {
    let message = |seq, text: &str| entry(seq, Kind::Message, text);
    let numbered = "    1→fn total(order: &Order) -> u64 {\n    2→\torder.sum() // not rounded yet\n    3→}";
    let plain = "fn total(order: &Order) -> u64 {\n    order.sum() // not rounded yet\n}";
    let session = session(vec![
        message(1, LONG),
        message(2, "unrelated words stand here, more than eight of them, about a cat"),
        message(3, plain),
        message(4, LONG),
        message(5, numbered),
    ]);
    assert_eq!(found(&session, 3), ["1>4 the same text", "3>5 the same but for white space or line numbers"]);
    assert_eq!(found(&session, 5), [""; 0], "what was there before is not compared with itself");
}

#[test]
fn a_text_with_a_few_words_changed_is_near() {
    let long = format!("{LONG} {LONG} and {LONG}").replace("cents", "many cents");
    let session = session(vec![
        entry(1, Kind::Message, &long),
        entry(2, Kind::Message, &long.replacen("taken off,", "granted,", 1)),
    ]);
    let found = found(&session, 1);
    assert!(found.len() == 1 && found[0].starts_with("1>2 ") && found[0].ends_with("% the same"), "{found:?}");
}

#[test]
fn only_the_same_kind_and_role_is_compared() {
    let mut other = entry(2, Kind::Injected, LONG);
    other.role = crate::model::Role::System;
    let prompt = Entry { role: crate::model::Role::User, ..entry(3, Kind::Prompt, LONG) };
    assert_eq!(found(&session(vec![entry(1, Kind::Message, LONG), other, prompt]), 0), [""; 0]);
}

#[test]
fn short_texts_are_copies_only_letter_for_letter_and_of_one_tool() {
    let session = session(vec![
        result(1, "a", "Bash", "12 tests passed"),
        result(2, "b", "Bash", "12  tests passed"),
        result(3, "c", "Edit", "12 tests passed"),
        result(4, "d", "Bash", "12 tests passed"),
    ]);
    assert_eq!(found(&session, 1), ["1>4 the same text"]);
}

#[test]
fn an_exchange_is_a_copy_as_a_whole() {
    let session = session(vec![
        call(1, "a", "Bash", "", "cargo build"),
        result(2, "a", "Bash", LONG),
        call(3, "b", "Bash", "", "cargo test"),
        result(4, "b", "Bash", LONG),
        call(5, "c", "Bash", "", "cargo build"),
    ]);
    assert_eq!(found(&session, 2), [""; 0], "another call, and one without its result yet");
    let mut session = session;
    session.entries.push(result(6, "c", "Bash", LONG));
    assert_eq!(found(&session, 5), ["1>5 2>6 the same text"]);
}

#[test]
fn a_newer_read_of_a_file_takes_the_place_of_the_older() {
    let mut session = session(vec![
        call(1, "a", "Read", "/a.rs", "/a.rs"),
        result(2, "a", "Read", "old text of a file"),
        call(3, "b", "Edit", "/a.rs", "/a.rs"),
        result(4, "b", "Edit", "done"),
        call(5, "c", "Read", "/a.rs", "/a.rs"),
    ]);
    assert_eq!(found(&session, 4), [""; 0], "its text is not there yet");
    session.entries.push(result(6, "c", "Read", "something else entirely"));
    assert_eq!(found(&session, 5), ["1>5 2>6 /a.rs read again"]);
    session.entries[5].marks = session.entries[5].marks.with(Mark::Error);
    assert_eq!(found(&session, 5), [""; 0], "a read that failed takes no place");
}

#[test]
fn a_read_pushed_without_its_call_counts_too() {
    let read = |seq, path: &str, text: &str| Entry {
        kind: Kind::Result,
        call_id: None,
        ..call(seq, "", "read_file", path, text)
    };
    let session = session(vec![read(1, "/a.rs", "one"), read(2, "/b.rs", "two"), read(3, "/a.rs", "three")]);
    assert_eq!(found(&session, 2), ["1>3 /a.rs read again"]);
}

#[test]
fn embeddings_tell_where_words_do_not() {
    let session =
        session(vec![entry(1, Kind::Message, "rounding is wrong"), entry(2, Kind::Message, "cents get lost")]);
    let [one, two] = [session.entries[0].id, session.entries[1].id];
    let given = |other: Vec<f32>| HashMap::from([(one, vec![1.0, 0.0]), (two, other)]);
    assert_eq!(with(&session, 1, &given(vec![0.9, 0.1])), ["1>2 embeddings 0.01 apart"]);
    assert_eq!(with(&session, 1, &given(vec![0.0, 1.0])), [""; 0]);
    assert_eq!(with(&session, 1, &given(vec![1.0, 0.0, 0.0])), [""; 0], "of another length");
}

#[test]
fn what_is_out_is_no_candidate() {
    let mut session = session(vec![entry(1, Kind::Message, LONG), entry(2, Kind::Message, LONG)]);
    for fate in [Fate::Evicted, Fate::Archived, Fate::Superseded { by: EntryId(9) }] {
        session.entries[0].state.fate = fate;
        assert_eq!(found(&session, 1), [""; 0], "{fate:?}");
    }
}

#[test]
fn the_newest_of_three_in_one_batch_stands() {
    let session = session((1..=3).map(|seq| entry(seq, Kind::Message, LONG)).collect());
    assert_eq!(found(&session, 0), ["1>2 the same text", "2>3 the same text"]);
}

#[test]
fn a_pin_and_importance_pass_on_and_come_back_with_undo() {
    let mut session = session(vec![entry(1, Kind::Message, LONG), entry(2, Kind::Message, LONG)]);
    let first = session.entries[0].id;
    for verb in [Verb::Pin, Verb::Rescore(Importance::new(0.9).expect("in range"))] {
        let (edit, _) = session.edit_for(&verb, &[first]).expect("it applies");
        session.apply(&edit).expect("nothing drifted");
    }
    session.entries[1].state.importance = Importance::new(0.2);
    let before = session.canonical_json();
    let found = duplicates(&session, 1, Alike { jaccard: 0.75, distance: 0.15, embeddings: &HashMap::new() });
    let edit = supersede(&session, &found).expect("there is a duplicate");
    assert_eq!(edit.words, "#1 superseded by #2 (the same text)");
    session.apply(&edit).expect("it was made for this session");
    let [old, new] = [&session.entries[0].state, &session.entries[1].state];
    assert_eq!((old.fate, old.pinned), (Fate::Superseded { by: session.entries[1].id }, false));
    assert_eq!((new.pinned, new.held.by, new.importance), (true, HeldBy::Hand, Importance::new(0.9)));
    session.apply(&edit.inverse()).expect("nothing came between");
    assert_eq!(session.canonical_json(), before);
    assert_eq!(supersede(&session, &[]), None);
}
