//! The table of states and verbs, cell by cell, and what verbs do to marked sets and exchanges.

use std::sync::Arc;

use pretty_assertions::assert_eq;

use super::*;
use crate::model::{Made, Marks, Place, Role, Score, Seen, SessionId};

const ALL: [Fate; 4] = [Fate::Live, Fate::Evicted, Fate::Superseded { by: EntryId(7) }, Fate::Archived];

fn entry(seq: u32, kind: Kind, call: Option<&str>) -> Entry {
    Entry {
        id: EntryId(u64::from(seq)),
        seq,
        kind,
        role: Role::Assistant,
        marks: Marks::default(),
        tool: None,
        call_id: call.map(Arc::from),
        path: None,
        text: Clean::default(),
        renditions: [None, None, None],
        costs: [100, 40, 20, 10],
        score: Score::default(),
        at: None,
        place: Place::default(),
        seen: Seen::Unknown,
        usage: None,
        made: None,
        state: EntryState::default(),
    }
}

/// A prompt, a call with its result (an exchange), a boundary, something opaque, and a copy of the call.
fn session() -> Session {
    let mut session = Session::new(SessionId::new("claude:verbs"));
    session.entries = vec![
        entry(1, Kind::Prompt, None),
        entry(2, Kind::Call, Some("a")),
        entry(3, Kind::Result, Some("a")),
        entry(4, Kind::Boundary, None),
        entry(5, Kind::Opaque, None),
        entry(6, Kind::Call, Some("b")),
        entry(7, Kind::Result, Some("b")),
    ];
    session
}

/// The session with the exchange of #2 and #3 in a fate.
fn with_exchange(fate: Fate) -> Session {
    let mut session = session();
    session.entries[1..3].iter_mut().for_each(|entry| entry.state.fate = fate);
    session
}

/// The same, with #2 held at keywords by hand.
fn held_deep(fate: Fate) -> Session {
    let mut session = with_exchange(fate);
    session.entries[1].state.held = Held { level: Level::Keywords, by: HeldBy::Hand };
    session
}

fn pinned() -> Session {
    let mut session = session();
    let held = Held { level: Level::Full, by: HeldBy::Hand };
    session.entries[1].state = EntryState { pinned: true, held, ..EntryState::default() };
    session
}

fn text(words: &str) -> Clean {
    serde_json::from_value(words.into()).expect("text is a string")
}

fn half() -> Importance {
    Importance::new(0.5).expect("it is from 0 to 1")
}

fn rewrite(tokens: u32) -> Verb {
    Verb::Rewrite { level: Level::Summary, text: text("short"), tokens }
}

/// "#2 pinned full/hand live, #3 …": each changed entry as it is afterwards; or why it is refused.
fn outcome(session: &Session, verb: &Verb, seqs: &[u32]) -> String {
    let targets: Vec<EntryId> = seqs.iter().map(|&seq| EntryId(u64::from(seq))).collect();
    let (edit, refused) = match session.edit_for(verb, &targets) {
        Err(refusal) => return format!("refused: {refusal}"),
        Ok(made) => made,
    };
    let before = session.canonical_json();
    let mut after = session.clone();
    after.apply(&edit).expect("an edit fits the session that it was made for");
    let mut parts: Vec<String> = edit.touches().into_iter().map(|id| shown(after.entry(id))).collect();
    parts.extend(refused.iter().map(|refusal| format!("refused: {refusal}")));
    after.apply(&edit.inverse()).expect("the inverse fits what the edit left");
    assert_eq!(after.canonical_json(), before, "{verb:?} is not undone exactly");
    parts.join(", ")
}

fn shown(entry: Option<&Entry>) -> String {
    let Some(Entry { seq, state, .. }) = entry else { return "gone".into() };
    let fate = match state.fate {
        Fate::Live => "live".into(),
        Fate::Evicted => "evicted".into(),
        Fate::Superseded { by } => format!("superseded by {}", by.0),
        Fate::Archived => "archived".into(),
    };
    let pin = if state.pinned { " pinned" } else { "" };
    let importance = state.importance.map_or(String::new(), |importance| format!(" {}", importance.value()));
    let rewrites = state.rewrites.iter().map(|(level, text)| format!(" {level}={text}")).collect::<String>();
    format!("#{seq}{pin} {}/{} {fate}{importance}{rewrites}", state.held.level, state.held.by)
}

#[test]
fn pin() {
    let pin = |session: &Session| outcome(session, &Verb::Pin, &[2]);
    assert_eq!(pin(&session()), "#2 pinned full/hand live");
    assert_eq!(pin(&held_deep(Fate::Live)), "#2 pinned full/hand live", "a pin is held at full");
    assert_eq!(pin(&pinned()), "refused: #2 is pinned already");
    for fate in &ALL[1..] {
        assert_eq!(pin(&held_deep(*fate)), "#2 pinned full/hand live, #3 full/rule live", "{fate:?}");
    }
}

#[test]
fn unpin() {
    assert_eq!(outcome(&pinned(), &Verb::Unpin, &[2]), "#2 full/rule live");
    for fate in ALL {
        assert_eq!(outcome(&with_exchange(fate), &Verb::Unpin, &[2]), "refused: #2 is not pinned", "{fate:?}");
    }
}

#[test]
fn rescore_and_score_by_rule() {
    for fate in ALL {
        let mut session = with_exchange(fate);
        let by_hand = outcome(&session, &Verb::Rescore(half()), &[2]);
        assert!(by_hand.starts_with("#2 full/rule") && by_hand.ends_with(" 0.5"), "{by_hand}");
        assert_eq!(outcome(&session, &Verb::ScoreByRule, &[2]), "refused: #2 has its importance by rule already");
        session.entries[1].state.importance = Some(half());
        assert_eq!(outcome(&session, &Verb::Rescore(half()), &[2]), "refused: #2 is at 0.50 already");
        assert!(!outcome(&session, &Verb::ScoreByRule, &[2]).contains("0.5"));
    }
    assert_eq!(outcome(&pinned(), &Verb::Rescore(half()), &[2]), "#2 pinned full/hand live 0.5");
}

#[test]
fn compact() {
    let deeper = |session: &Session| outcome(session, &Verb::CompactDeeper, &[2]);
    let to = |session: &Session, level| outcome(session, &Verb::CompactTo(level), &[2]);
    assert_eq!(deeper(&session()), "#2 summary/hand live");
    assert_eq!(deeper(&held_deep(Fate::Live)), "refused: #2 has no shorter text");
    assert_eq!(to(&session(), Level::Sentence), "#2 sentence/hand live");
    assert_eq!(to(&held_deep(Fate::Live), Level::Summary), "#2 summary/hand live", "back up is a level too");
    assert_eq!(to(&held_deep(Fate::Live), Level::Keywords), "refused: #2 is held at keywords already");
    let refused = ["#2 is evicted already", "#2 is superseded already", "#2 is archived already"];
    for (fate, why) in ALL[1..].iter().zip(refused) {
        assert_eq!(deeper(&with_exchange(*fate)), format!("refused: {why}"));
        assert_eq!(to(&with_exchange(*fate), Level::Summary), format!("refused: {why}"));
    }
    assert_eq!(deeper(&pinned()), "refused: #2 is pinned: unpin first");
    assert_eq!(to(&pinned(), Level::Summary), "refused: #2 is pinned: unpin first");
}

#[test]
fn compaction_passes_levels_that_save_nothing() {
    let mut session = session();
    session.entries[1].costs = [100, 100, 20, 20];
    assert_eq!(outcome(&session, &Verb::CompactDeeper, &[2]), "#2 sentence/hand live");
    session.entries[1].state.held.level = Level::Sentence;
    assert_eq!(outcome(&session, &Verb::CompactDeeper, &[2]), "refused: #2 has no shorter text");
}

#[test]
fn evict_archive_and_supersede_take_the_exchange() {
    let supersede = Verb::Supersede { by: EntryId(6) };
    assert_eq!(outcome(&session(), &Verb::Evict, &[3]), "#2 full/rule evicted, #3 full/rule evicted");
    assert_eq!(outcome(&session(), &supersede, &[2]), "#2 full/rule superseded by 6, #3 full/rule superseded by 6");
    let refused = ["#2 is evicted already", "#2 is superseded already", "#2 is archived already"];
    assert_eq!(outcome(&session(), &Verb::Archive, &[3]), "#2 full/rule archived, #3 full/rule archived");
    for verb in [Verb::Evict, Verb::Archive, supersede] {
        for (fate, why) in ALL[1..].iter().zip(refused) {
            assert_eq!(outcome(&with_exchange(*fate), &verb, &[2]), format!("refused: {why}"));
        }
        assert_eq!(outcome(&pinned(), &verb, &[2]), "refused: #2 is pinned: unpin first");
        assert_eq!(outcome(&pinned(), &verb, &[3]), "refused: #3 belongs to #2, which is pinned: unpin first");
    }
}

#[test]
fn nothing_is_superseded_by_its_own_exchange() {
    for by in [2, 3] {
        let verb = Verb::Supersede { by: EntryId(by) };
        assert_eq!(outcome(&session(), &verb, &[2]), "refused: #2 cannot supersede itself");
    }
}

#[test]
fn restore() {
    let restore = |session: &Session| outcome(session, &Verb::Restore, &[2]);
    assert_eq!(restore(&session()), "refused: #2 is in full already");
    assert_eq!(restore(&held_deep(Fate::Live)), "#2 full/rule live");
    assert_eq!(restore(&pinned()), "refused: #2 is in full already");
    for fate in &ALL[1..] {
        assert_eq!(restore(&held_deep(*fate)), "#2 full/rule live, #3 full/rule live", "{fate:?}");
    }
}

#[test]
fn rewrite_in_every_state() {
    for fate in ALL {
        let set = outcome(&with_exchange(fate), &rewrite(30), &[2]);
        assert!(set.starts_with("#2 full/rule") && set.ends_with(" summary=short"), "{set}");
        let by_rule = outcome(&with_exchange(fate), &Verb::RewriteByRule(Level::Summary), &[2]);
        assert_eq!(by_rule, "refused: #2 has no summary written by hand");
    }
    assert_eq!(outcome(&pinned(), &rewrite(30), &[2]), "#2 pinned full/hand live summary=short");
}

#[test]
fn a_rewrite_must_say_something_in_less() {
    let mut session = session();
    assert_eq!(
        outcome(&session, &rewrite(101), &[2]),
        "refused: #2 would save nothing: 101 tokens as summary, and its full costs 100; write less"
    );
    assert!(outcome(&session, &rewrite(100), &[2]).starts_with("refused: #2 would save nothing: 100 tokens"));
    let blank = Verb::Rewrite { level: Level::Summary, text: text(" \n"), tokens: 3 };
    assert_eq!(outcome(&session, &blank, &[2]), "refused: #2 needs some text: evict it to leave it out");
    let original = Verb::Rewrite { level: Level::Full, text: text("short"), tokens: 3 };
    assert!(outcome(&session, &original, &[2]).starts_with("refused: #2 keeps its original text"));
    session.entries[1].state.rewrites.insert(Level::Summary, text("short"));
    assert_eq!(outcome(&session, &rewrite(30), &[2]), "refused: #2 has this summary already");
    assert_eq!(outcome(&session, &Verb::RewriteByRule(Level::Summary), &[2]), "#2 full/rule live");
}

#[test]
fn boundaries_and_opaque_entries_refuse_every_verb() {
    let verbs = [
        Verb::Pin,
        Verb::Unpin,
        Verb::Rescore(half()),
        Verb::ScoreByRule,
        Verb::CompactDeeper,
        Verb::CompactTo(Level::Keywords),
        Verb::Evict,
        Verb::Archive,
        Verb::Supersede { by: EntryId(6) },
        Verb::Restore,
        rewrite(1),
        Verb::RewriteByRule(Level::Summary),
    ];
    for verb in verbs {
        assert_eq!(
            outcome(&session(), &verb, &[4]),
            "refused: #4 is a boundary: there is nothing to carry",
            "{verb:?}"
        );
        assert_eq!(outcome(&session(), &verb, &[5]), "refused: #5 is opaque: there is nothing to carry", "{verb:?}");
    }
}

#[test]
fn a_marked_set_is_one_edit_and_names_who_refused() {
    assert_eq!(
        outcome(&pinned(), &Verb::Pin, &[1, 2, 3]),
        "#1 pinned full/hand live, #3 pinned full/hand live, refused: #2 is pinned already"
    );
    assert_eq!(
        outcome(&session(), &Verb::Evict, &[2, 3, 1]),
        "#2 full/rule evicted, #3 full/rule evicted, #1 full/rule evicted"
    );
    assert_eq!(outcome(&session(), &Verb::Pin, &[]), "refused: nothing is selected");
    assert_eq!(outcome(&session(), &Verb::Pin, &[9]), "refused: entry 0000000000000009 is not in this session");
}

#[test]
fn both_halves_of_an_exchange_that_are_chosen_are_both_changed() {
    let out = held_deep(Fate::Evicted);
    let both = "#2 pinned full/hand live, #3 pinned full/hand live";
    assert_eq!(outcome(&out, &Verb::Pin, &[2, 3]), both, "the second is not only brought back as a partner");
    let mut deep = held_deep(Fate::Archived);
    deep.entries[2].state.held = Held { level: Level::Sentence, by: HeldBy::Hand };
    assert_eq!(outcome(&deep, &Verb::Restore, &[2, 3]), "#2 full/rule live, #3 full/rule live");
    let (edit, _) = out.edit_for(&Verb::Pin, &[EntryId(2), EntryId(3)]).expect("both can be pinned");
    assert_eq!(edit.words, "pinned #2, #3");
}

#[test]
fn apply_plan_holds_by_rule_what_no_hand_holds() {
    let mut session = held_deep(Fate::Live);
    session.entries[5].state.pinned = true;
    let plan = [2, 3, 6, 7].map(|seq| (EntryId(seq), Level::Sentence)).to_vec();
    assert_eq!(outcome(&session, &Verb::ApplyPlan(plan.clone()), &[]), "#3 sentence/rule live, #7 sentence/rule live");
    let (edit, _) = session.edit_for(&Verb::ApplyPlan(plan.clone()), &[]).expect("two entries move");
    session.apply(&edit).expect("it fits");
    let again = outcome(&session, &Verb::ApplyPlan(plan), &[]);
    assert_eq!(again, "refused: every entry is held at its packed level already");
}

#[test]
fn a_note_is_added_and_taken_away_again() {
    let mut note = entry(8, Kind::Note, None);
    note.state.pinned = true;
    assert_eq!(outcome(&session(), &Verb::Note(Box::new(note)), &[]), "#8 pinned full/rule live");
}

/// A summary of these entries that costs so much.
fn summary(sources: &[u64], tokens: u32) -> Verb {
    let mut summary = entry(8, Kind::Summary, None);
    (summary.text, summary.costs) = (text("### Goal"), [tokens; 4]);
    let sources = sources.iter().map(|&id| EntryId(id)).collect();
    summary.made = Some(Box::new(Made { generation: 1, sources, source_tokens: 300 }));
    Verb::Condense(Box::new(summary))
}

#[test]
fn condense_adds_a_summary_and_archives_its_sources() {
    assert_eq!(
        outcome(&session(), &summary(&[1, 2, 3], 90), &[]),
        "#8 full/rule live, #1 full/rule archived, #2 full/rule archived, #3 full/rule archived"
    );
    let words = session().edit_for(&summary(&[1, 2, 3], 90), &[]).expect("it can be done").0.words;
    assert_eq!(words, "condensed 3 entries (#1 to #3) into #8: 300 → 90 tokens");
    let mut large = session();
    large.entries[0].costs = [12_000, 50, 20, 10];
    let words = large.edit_for(&summary(&[1, 2, 3], 1_090), &[]).expect("it can be done").0.words;
    assert!(words.ends_with(": 12,200 → 1,090 tokens"), "{words}");
}

/// M31A has no guard: a summary may cost more than what it stands for.
#[test]
fn inflation_guard() {
    for tokens in [300, 301] {
        let refused = format!(
            "refused: the summary would cost {tokens} tokens, and its sources cost 300: condense more of them, or allow it \
             fewer"
        );
        assert_eq!(outcome(&session(), &summary(&[1, 2, 3], tokens), &[]), refused);
    }
    assert!(!outcome(&session(), &summary(&[1, 2, 3], 299), &[]).starts_with("refused"));
}

#[test]
fn condense_takes_whole_live_exchanges_and_no_pins() {
    let refused = |session: &Session, sources: &[u64]| outcome(session, &summary(sources, 9), &[]);
    assert_eq!(refused(&session(), &[1, 2]), "refused: #3 belongs to an exchange that is condensed: take both");
    assert_eq!(refused(&pinned(), &[1, 2, 3]), "refused: #2 is pinned and stays");
    assert_eq!(refused(&pinned(), &[3]), "refused: #3 belongs to #2, which is pinned, and stays");
    let already = ["#2 is evicted already", "#2 is superseded already", "#2 is archived already"];
    for (fate, why) in ALL[1..].iter().zip(already) {
        assert_eq!(refused(&with_exchange(*fate), &[2, 3]), format!("refused: {why}"));
    }
    assert_eq!(refused(&session(), &[4, 5]), "refused: nothing is selected that could be condensed");
    let targets: Vec<EntryId> = (1..8).map(EntryId).collect();
    let (taken, stay) = pinned().condensable(&targets);
    assert_eq!((taken, stay.len()), (vec![0, 5, 6], 2), "boundaries and what is opaque are passed over");
}

#[test]
fn lossy_badge() {
    let lossy = |tokens: u32, of: u32| {
        let mut summary = entry(8, Kind::Summary, None);
        summary.costs = [tokens; 4];
        summary.made = Some(Box::new(Made { generation: 1, sources: Vec::new(), source_tokens: of }));
        summary.is_lossy()
    };
    assert_eq!((lossy(100, 10_000), lossy(99, 10_000)), (false, true), "√N is enough, one less is not");
    assert!(!entry(1, Kind::Summary, None).is_lossy(), "what an agent wrote has no sources here");
}

#[test]
fn the_words_name_partners() {
    let words = |verb: Verb, seqs: &[u64]| {
        let targets: Vec<EntryId> = seqs.iter().map(|&seq| EntryId(seq)).collect();
        session().edit_for(&verb, &targets).expect("these can be done").0.words
    };
    assert_eq!(words(Verb::Evict, &[2]), "evicted #2 with #3 (one exchange)");
    assert_eq!(words(Verb::Pin, &[1, 2, 3, 6, 7]), "pinned #1, #2, #3 and 2 more");
    assert_eq!(words(Verb::CompactDeeper, &[2]), "compacted #2 to summary");
    assert_eq!(words(Verb::CompactDeeper, &[2, 3]), "compacted #2, #3 one level");
    assert_eq!(words(Verb::Supersede { by: EntryId(6) }, &[2]), "marked #2 with #3 (one exchange) superseded by #6");
}
