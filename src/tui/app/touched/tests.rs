//! Words and tokens of what edits did.

use pretty_assertions::assert_eq;

use super::*;
use crate::{
    model::{HeldBy, Importance, Level, Role, SessionId},
    text::{redact::clean, tokens::Encoding},
};

fn session() -> Session {
    let mut session = Session::new(SessionId::new("claude:t"));
    for seq in 1..=2 {
        let mut entry =
            Entry::new(EntryId(u64::from(seq)), seq, Kind::Message, Role::Assistant, clean("The whole text of it."));
        entry.costs = [100, 40, 20, 10];
        session.entries.push(entry);
    }
    session
}

fn edit(change: impl Fn(&mut EntryState)) -> Edit {
    let before = EntryState::default();
    let mut after = before.clone();
    change(&mut after);
    Edit { changes: vec![Change::State { id: EntryId(1), before, after }], ..Edit::default() }
}

fn look(edit: &Edit, tokenizer: Option<&Tokenizer>) -> (Vec<Touched>, Option<Held>) {
    let session = session();
    let places: Places = session.entries.iter().enumerate().map(|(index, entry)| (entry.id, index)).collect();
    let looking = Looking { session: &session, places: &places, tokenizer };
    (looking.touched(edit, 9), looking.held(edit))
}

#[test]
fn what_is_held_is_told_in_words_and_tokens() {
    let evicted = edit(|state| state.fate = Fate::Evicted);
    let (touched, held) = look(&evicted, None);
    assert_eq!((touched[0].words.as_str(), held), ("live → evicted", Some(Held { before: 100, after: 0 })));
    let (touched, held) = look(&evicted.inverse(), None);
    assert_eq!((touched[0].words.as_str(), held), ("evicted → live", Some(Held { before: 0, after: 100 })));
    let several = edit(|state| {
        state.held = crate::model::Held { level: Level::Sentence, by: HeldBy::Hand };
        state.importance = Importance::new(0.8);
    });
    let (touched, held) = look(&several, None);
    assert_eq!(touched[0].words, "full → sentence, importance 0.80");
    assert_eq!(held, Some(Held { before: 100, after: 20 }));
}

#[test]
fn a_text_that_is_not_held_any_more_waits_for_the_tokenizer() {
    let rewritten = edit(|state| {
        state.held.level = Level::Summary;
        state.rewrites.insert(Level::Summary, clean("Short."));
    });
    let (touched, held) = look(&rewritten, None);
    assert_eq!((touched[0].words.as_str(), held), ("full → summary, summary rewritten", None));
    let tokenizer = Tokenizer::new(Encoding::Bytes4);
    let (_, held) = look(&rewritten, Some(&tokenizer));
    assert!(held.is_some_and(|held| held.before == 100 && held.after > 0), "{held:?}");
}

#[test]
fn what_an_edit_brought_and_lost_again_is_named() {
    let mut note = Entry::new(EntryId(9), 3, Kind::Note, Role::User, clean("Never round early."));
    note.costs = [30; 4];
    let added = Edit { changes: vec![Change::Add { entry: Box::new(note) }], ..Edit::default() };
    let (touched, held) = look(&added, None);
    assert_eq!(touched[0].what, What::Gone(3, clean("Never round early.")));
    assert_eq!((touched[0].words.as_str(), held), ("new note", Some(Held { before: 0, after: 30 })));
}
