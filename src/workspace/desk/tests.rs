//! The desk: every number follows each edit, finding entries, the words of an edit.

use pretty_assertions::assert_eq;

use super::*;
use crate::{
    model::{Entry, Importance, Kind, SessionId, Verb},
    pack::strategy::tests::entry,
    text::redact,
};

/// Ten messages of 100, 40, 20 and 10 tokens; the last is the tail's and so are three before it.
fn desk(budget: u32) -> Desk {
    let mut session = Session::new(SessionId::new("claude:desk"));
    session.entries = (1..=10)
        .map(|seq| {
            let mut entry: Entry = entry(seq, Kind::Message, &format!("Message {seq} about Rounding"));
            entry.costs = [100, 40, 20, 10];
            entry
        })
        .collect();
    Desk::new(session, PlanSettings::default(), Budget::Tokens(budget), Time(0))
}

fn id(seq: u64) -> EntryId {
    EntryId(seq)
}

/// All that a screen draws from must be what a new desk of the same session shows.
fn assert_in_step(desk: &Desk) {
    let fresh = Desk::new(desk.session().clone(), desk.settings(), desk.budget(), Time(0));
    assert_eq!(desk.plan(), fresh.plan());
    assert_eq!(desk.totals(), fresh.totals());
    assert_eq!(desk.left_out(), fresh.left_out());
    assert_eq!(desk.suggestions(), fresh.suggestions());
    assert_eq!(desk.pack_text(), fresh.pack_text());
}

#[test]
fn what_an_edit_does_not_touch_is_kept_and_is_still_right() {
    let mut session = Session::new(SessionId::new("claude:long"));
    for seq in 1..=60 {
        let kind = [Kind::Prompt, Kind::Call, Kind::Result, Kind::Message, Kind::Thought][seq as usize % 5];
        let mut entry: Entry = entry(seq, kind, &format!("Entry {seq} about Rounding"));
        entry.call_id = matches!(kind, Kind::Call | Kind::Result).then(|| format!("call-{}", seq / 5).into());
        entry.costs = [60 + seq, 30 + seq % 7, 20, 10];
        entry.score.value = (seq * 37 % 100) as f32 / 100.0;
        session.entries.push(entry);
    }
    let mut desk = Desk::new(session, PlanSettings::default(), Budget::Tokens(900), Time(0));
    let half = Importance::new(0.5).expect("it is from 0 to 1");
    let verbs =
        [Verb::Pin, Verb::Evict, Verb::Rescore(half), Verb::CompactTo(Level::Sentence), Verb::Unpin, Verb::Restore];
    let mut done = 0;
    for step in 0..90 {
        let targets = [id(step * 23 % 60 + 1), id(step * 7 % 60 + 1)];
        done += usize::from(desk.edit(&verbs[step as usize % verbs.len()], &targets).is_ok());
        desk.set_budget(Budget::Tokens(400 + 90 * (step as u32 % 20)));
        assert_in_step(&desk);
    }
    assert!(done > 40, "only {done} edits did something");
}

#[test]
fn every_number_follows_every_edit_and_its_inverse() {
    let mut desk = desk(400);
    let before = desk.plan();
    let half = Importance::new(0.9).expect("it is from 0 to 1");
    let verbs = [
        (Verb::Pin, id(1)),
        (Verb::Evict, id(9)),
        (Verb::CompactTo(Level::Keywords), id(8)),
        (Verb::Rescore(half), id(3)),
        (Verb::Restore, id(9)),
    ];
    let mut edits = Vec::new();
    for (verb, on) in verbs {
        edits.push(desk.edit(&verb, &[on]).expect("the verb does something").edit);
        assert_in_step(&desk);
    }
    for edit in edits.iter().rev() {
        desk.absorb(&edit.inverse(), None).expect("nothing else changed the session");
        assert_in_step(&desk);
    }
    assert_eq!(desk.plan(), before);
}

#[test]
fn an_edit_that_does_not_fit_changes_nothing() {
    let mut desk = desk(400);
    let edit = desk.edit(&Verb::Pin, &[id(1)]).expect("it can be pinned").edit;
    let plan = desk.plan();
    assert!(desk.absorb(&edit, None).is_err(), "it is pinned already");
    assert!(desk.edit(&Verb::Pin, &[id(1)]).is_err());
    assert_eq!(desk.plan(), plan);
}

#[test]
fn an_outcome_is_what_the_edit_then_does() {
    let mut desk = desk(400);
    let (verb, on) = (Verb::Pin, [id(1)]);
    let outcome = desk.outcome(&verb, &on).expect("it can be pinned");
    let (used, before) = (desk.totals().used, desk.plan());
    assert_eq!(desk.plan(), before, "asking changes nothing");
    let done = desk.edit(&verb, &on).expect("it can be pinned");
    assert_eq!(outcome.tokens, i64::from(desk.totals().used) - i64::from(used));
    assert_eq!(done.words.contains("pushed out"), outcome.pushed_out > 0, "{}", done.words);
    for (count, word) in [(outcome.fuller, "fuller"), (outcome.shorter, "shorter")] {
        assert_eq!(done.words.contains(&format!("{count} {word}")), count > 0, "{count} {word}: {}", done.words);
    }
    assert!(outcome.fuller + outcome.shorter > 0, "there is something to tell");
    assert!(desk.outcome(&verb, &on).is_none(), "it is pinned now");
}

#[test]
fn the_words_tell_what_the_pack_lost_and_won() {
    let mut desk = desk(4_000);
    let done = desk.edit(&Verb::Evict, &(1..=10).map(id).collect::<Vec<_>>()).expect("they can be evicted");
    assert_eq!(done.words, "evicted #1, #2, #3 and 7 more: pack −1.0k");
    let done = desk.edit(&Verb::Rescore(Importance::new(0.1).expect("it is from 0 to 1")), &[id(1)]);
    assert_eq!(done.expect("it can be scored").words, "scored #1 0.10: the pack costs the same");
}

#[test]
fn the_budget_moves_without_the_session() {
    let mut desk = desk(4_000);
    desk.set_budget(Budget::Tokens(90));
    assert_in_step(&desk);
    let (index, reason) = desk.left_out()[0];
    assert_eq!(reason, ExclusionReason::OverBudget);
    let needs = desk.needs(index).expect("more budget brings it in");
    desk.set_budget(Budget::Tokens(90 + needs - 1));
    assert_eq!(desk.packed(index), None, "it was the least");
    desk.set_budget(Budget::Tokens(90 + needs));
    assert!(desk.packed(index).is_some());
    assert_eq!(desk.needs(index), None, "what is in needs nothing");
}

#[test]
fn entries_are_found_as_people_name_them() {
    let desk = desk(400);
    assert_eq!(desk.find("#3"), [2]);
    assert_eq!(desk.find(" 3 "), [2]);
    assert_eq!(desk.find(&id(3).to_string()), [2]);
    assert_eq!(desk.find("Message 7"), [6]);
    assert_eq!(desk.find("message 7"), [6], "case counts only where it finds something");
    assert_eq!(desk.find("rounding").len(), 10);
    for nothing in ["", "#99", "#", "nowhere"] {
        assert_eq!(desk.find(nothing), [0; 0], "{nothing:?}");
    }
}

#[test]
fn packed_levels_are_those_of_the_plan() {
    let desk = desk(300);
    let plan = desk.plan();
    let of_plan: Vec<(EntryId, Level)> =
        plan.blocks.iter().filter_map(|block| Some((block.entry_id?, block.level?))).collect();
    assert_eq!(desk.packed_levels(), of_plan);
    let tokens: u32 = (0..10).map(|index| desk.packed_tokens(index)).sum();
    assert_eq!(tokens + plan.frame_tokens, plan.used);
}

#[test]
fn why_reads_as_sentences_with_numbers_that_can_be_read() {
    let mut desk = desk(32_000);
    assert_eq!(
        desk.why(0)[..],
        [
            "#1 is a message, made in Haversack.",
            "The log does not tell whether the agent still had it.",
            "At a budget of 32,000 the plan carries it at full: 100 of 100 tokens.",
            "Importance 0.50.",
        ]
    );
    desk.edit(&Verb::Evict, &[id(1)]).expect("it can be evicted");
    let why = desk.why(0);
    assert!(why.contains(&"It was evicted here by an edit.".to_string()), "{why:?}");
    assert!(why.contains(&"Restore brings it back.".to_string()), "{why:?}");
}

#[test]
fn a_fact_that_is_taken_back_and_brought_again_costs_what_it_did() {
    let mut desk = desk(4_000);
    let tokenizer = Tokenizer::new(Encoding::O200k);
    let mut fact = crate::facts::Draft {
        key: "verify".into(),
        value: "cargo test -p pricing".into(),
        kind: crate::model::FactKind::Verification,
        scope: crate::model::Scope::Session,
        trust: crate::model::Trust::User,
        pinned: false,
        ttl: None,
        source: None,
    }
    .fact(&SessionId::new("claude:desk"), Time(0), 1, &Default::default())
    .expect("it is short and has a key");
    fact.cost = 0;
    let set = Edit {
        words: "set fact verify".into(),
        facts: vec![crate::model::FactChange { id: fact.id, before: None, after: Some(Box::new(fact)) }],
        ..Edit::default()
    };
    let before = desk.totals().used;
    for edit in [&set, &set.inverse(), &set] {
        desk.absorb(edit, Some(&tokenizer)).expect("nothing came between");
    }
    assert!(desk.pack_text().contains("[fact verify] cargo test -p pricing\n"));
    assert!(desk.totals().facts > 0 && desk.totals().used == before + desk.totals().facts);
}

#[test]
fn a_longer_rewrite_gives_deeper_levels_their_own_cost_back() {
    let tokenizer = Arc::new(Tokenizer::new(Encoding::O200k));
    let mut session = Session::new(SessionId::new("claude:rewrite"));
    let mut entry = entry(1, Kind::Message, &"The rounding of cents is wrong in the cart. ".repeat(9));
    let shorter =
        ["The rounding of cents is wrong, in the cart and in the till.", "The rounding is wrong here.", "rounding"];
    entry.renditions = shorter.map(|text| Some(redact::clean(text)));
    price::price(&mut entry, &tokenizer);
    let before = entry.costs;
    session.entries.push(entry);
    let mut desk = Desk::counting(session, PlanSettings::default(), Budget::Tokens(1_000), Time(0), tokenizer.clone());
    let mut rewrite = |text: &str| {
        let text = redact::clean(text);
        let tokens = price::cost_of(&desk.session().entries[0], Level::Summary, &text, &tokenizer);
        let verb = Verb::Rewrite { level: Level::Summary, text, tokens };
        desk.edit(&verb, &[id(1)]).expect("it is shorter than the whole");
        let mut counted = desk.session().entries[0].clone();
        price::price(&mut counted, &tokenizer);
        assert_eq!(desk.session().entries[0].costs, counted.costs, "as the store counts it");
        counted.costs
    };
    let short = rewrite("wrong");
    assert!(short[2] < before[2], "a deeper text never costs more");
    let long = rewrite("The rounding of cents is wrong in the cart, and nobody has seen it.");
    assert_eq!(long[2..], before[2..]);
}

#[test]
fn a_note_is_taken_back_after_the_pack_was_sent() {
    let tokenizer = Tokenizer::new(Encoding::O200k);
    let mut desk = desk(1_000);
    let verb = desk.note(id(3), redact::clean("Round once, at the end."), &tokenizer).expect("the entry is there");
    let noted = desk.edit(&verb, &[]).expect("a note can be added").edit;
    let sent = desk.export().sent;
    desk.remember(Some(sent));
    let undone = desk.absorb(&noted.inverse(), Some(&tokenizer)).expect("nothing came between");
    assert_eq!(desk.session().entries.len(), 10);
    assert!(undone.words.contains("breaks the prompt cache"), "{}", undone.words);
    desk.remember(None);
    assert_in_step(&desk);
}

#[test]
fn a_plan_made_apart_is_the_one_that_would_have_been_made_at_once() {
    let mut desk = desk(400);
    desk.plan_apart(0);
    desk.set_strategy(Strategy::Ladder);
    assert!(desk.is_awaiting());
    let done = desk.edit(&Verb::Evict, &[id(9)]).expect("it can be evicted");
    assert_eq!(done.words, "evicted #9: the pack is being planned anew");
    desk.set_budget(Budget::Tokens(300));
    let said = desk.take_plan(desk.choose()).expect("something was edited");
    assert!(said.starts_with("evicted #9: "), "{said}");
    assert!(!desk.is_awaiting());
    assert_in_step(&desk);
    desk.edit(&Verb::Pin, &[id(1)]).expect("it can be pinned");
    desk.settle();
    assert_in_step(&desk);
    desk.set_strategy(Strategy::Balanced);
    assert!(!desk.is_awaiting(), "balanced is planned at once, however long the session");
    assert_in_step(&desk);
}
