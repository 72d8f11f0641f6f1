//! Compare: two packs by entry and by word.

use std::{collections::BTreeSet, sync::Arc};

use haversack::{
    model::*,
    pack::{
        basis::Basis,
        settings::PlanSettings,
        sides::{Asked, Comparison, Differs, Of, packed},
        strategy::{Strategy, texts::Texts},
    },
    text::redact::clean,
    tui::app::{
        Effect, Event, Lens,
        compare::{Compare, Shown},
        event::Way,
    },
};
use insta::assert_snapshot;
use pretty_assertions::assert_eq;

use super::SIZES;
use crate::screen::{Harness, TOKENIZER, checkout, entry, session};

fn lens(harness: &Harness) -> &Compare {
    match &harness.state.lens {
        Some(Lens::Compare(lens)) => lens,
        _ => panic!("the comparison is not open"),
    }
}

fn comparison(harness: &Harness) -> &Comparison {
    lens(harness).comparison.as_deref().expect("the planner has answered")
}

fn basis(session: Session) -> Basis {
    Basis::of(session, PlanSettings::default(), Time(0), TOKENIZER.clone())
}

fn compare(basis: &Basis, left: Asked, right: Asked) -> Comparison {
    let texts = Texts::with(TOKENIZER.clone());
    Comparison::new(packed(basis, &texts, left), packed(basis, &texts, right))
}

fn asked(of: Of, strategy: Strategy, budget: u32) -> Asked {
    Asked { of, strategy, budget }
}

#[test]
fn compare_at_every_size() {
    for (width, height) in SIZES {
        let mut harness = Harness::open(width, height, checkout());
        harness.keys("D");
        assert_snapshot!(format!("compare_{width}x{height}"), harness.picture());
    }
    let mut words = Harness::open(40, 12, checkout());
    words.keys("D<tab>");
    assert_snapshot!("compare_words_40x12", words.picture());
}

#[test]
fn compare_of_nothing_and_of_hostile_text() {
    let mut empty = Harness::open(80, 24, session("Nothing yet", Vec::new()));
    empty.keys("D");
    assert_snapshot!("compare_empty_80x24", empty.picture());
    let bad = "left \u{1b}[31mred\u{1b}[0m \u{202e}turned\u{202c}\twith\ttabs\r\n\u{7}bell 注文は明日 👩‍💻 ".repeat(9);
    let entries = (1..8).map(|seq| entry(seq, Kind::Message, &format!("{bad}{seq}"))).collect();
    let mut hostile = Harness::open(80, 24, session("Hostile \u{1b}]0;title\u{7}", entries));
    hostile.keys("b300<enter>D<tab><pagedown><pagedown>G");
    let picture = hostile.picture();
    assert!(picture.chars().all(|c| c == '\n' || !c.is_control()), "{picture:?}");
    assert!(!picture.contains('\u{202e}'));
}

#[test]
fn the_blocks_of_each_side_are_its_pack() {
    let basis = basis(checkout());
    let sides = [
        asked(Of::Now, Strategy::Balanced, 1_200),
        asked(Of::Now, Strategy::Window, 900),
        asked(Of::Now, Strategy::Gradient, 2_000),
        asked(Of::Turn(1), Strategy::Balanced, 700),
        asked(Of::Agent, Strategy::Balanced, 700),
        asked(Of::Now, Strategy::Balanced, 10),
    ];
    for left in sides {
        for right in sides {
            let comparison = compare(&basis, left, right);
            let (mut texts, mut wholes) = ([String::new(), String::new()], [String::new(), String::new()]);
            for block in 0..comparison.blocks.len() {
                for (text, part) in texts.iter_mut().zip(comparison.texts(block)) {
                    text.push_str(&part.unwrap_or_default());
                }
                let [a, b] = comparison.texts(block);
                assert_eq!(comparison.blocks[block].differs == Differs::Same, a == b, "{left:?} {right:?} {block}");
            }
            for (whole, side) in wholes.iter_mut().zip([&comparison.left, &comparison.right]) {
                *whole = haversack::pack::render::text(&side.session, &side.chosen);
            }
            assert_eq!(texts, wholes, "{left:?} against {right:?}");
        }
    }
}

#[test]
fn rows_say_what_only_one_has_and_what_changed() {
    let basis = basis(checkout());
    let comparison = compare(&basis, asked(Of::Now, Strategy::Window, 900), asked(Of::Now, Strategy::Balanced, 900));
    let seqs = |of: &[Option<Level>]| -> BTreeSet<u32> {
        basis.session.entries.iter().zip(of).filter(|(_, level)| level.is_some()).map(|(entry, _)| entry.seq).collect()
    };
    let (left, right) = (seqs(&comparison.left.chosen.levels), seqs(&comparison.right.chosen.levels));
    let of = |differs: Differs| -> BTreeSet<u32> {
        comparison.rows.iter().filter(|row| row.differs == differs).map(|row| row.seq).collect()
    };
    assert_eq!(of(Differs::OnlyLeft), left.difference(&right).copied().collect());
    assert_eq!(of(Differs::OnlyRight), right.difference(&left).copied().collect());
    assert!(!of(Differs::OnlyRight).is_empty() && !of(Differs::Changed).is_empty());
    for row in comparison.rows.iter().filter(|row| row.differs == Differs::Changed) {
        assert_ne!(row.left.map(|side| side.level), row.right.map(|side| side.level), "#{}", row.seq);
    }
    let swapped = compare(&basis, comparison.right.asked, comparison.left.asked);
    assert_eq!(swapped.count(Differs::OnlyLeft), comparison.count(Differs::OnlyRight));
    assert_eq!(swapped.count(Differs::Changed), comparison.count(Differs::Changed));
}

#[test]
fn before_these_edits_is_the_session_as_it_came_in() {
    let plain = checkout();
    let mut edited = plain.clone();
    let id = |seq: u32| plain.by_seq(seq).expect("it is there").id;
    let verbs = [
        (Verb::Pin, vec![id(4)]),
        (Verb::Evict, vec![id(7)]),
        (Verb::CompactTo(Level::Keywords), vec![id(1)]),
        (Verb::Rescore(Importance::new(0.05).expect("in range")), vec![id(17)]),
        (Verb::Rewrite { level: Level::Summary, text: clean("by hand"), tokens: 5 }, vec![id(11)]),
    ];
    for (verb, targets) in verbs {
        let edit = edited.edit_for(&verb, &targets).expect("it goes").0;
        edited.apply(&edit).expect("nothing came between");
    }
    let mut note = entry(18, Kind::Note, "keep this");
    note.state.pinned = true;
    edited.entries.push(note);
    let before = compare(
        &basis(edited),
        asked(Of::Untouched, Strategy::Balanced, 1_000),
        asked(Of::Now, Strategy::Balanced, 1_000),
    );
    let fresh = basis(plain);
    let texts = Texts::with(TOKENIZER.clone());
    let expected = packed(&fresh, &texts, asked(Of::Now, Strategy::Balanced, 1_000));
    assert_eq!(before.left.chosen, expected.chosen);
    assert_ne!(before.right.chosen.levels[..17], expected.chosen.levels[..]);
}

#[test]
fn a_turn_is_what_a_replay_says_of_it() {
    let session = checkout();
    let desk = haversack::workspace::desk::Desk::counting(
        session.clone(),
        PlanSettings::default(),
        Budget::Tokens(500),
        Time(0),
        TOKENIZER.clone(),
    );
    let report = desk.replay(&|_, _| {});
    let texts = Texts::with(TOKENIZER.clone());
    let basis = basis(session);
    for turn in &report.turns {
        let side = packed(&basis, &texts, asked(Of::Turn(turn.turn), Strategy::Balanced, 500));
        assert_eq!((side.chosen.used, side.chosen.value), (turn.used, turn.value), "turn {}", turn.turn);
        assert_eq!(side.session.entries.last().map(|entry| entry.seq), Some(turn.last_seq));
    }
    let whole = packed(&basis, &texts, asked(Of::Now, Strategy::Window, 1_000_000));
    assert_eq!(whole.chosen.kept, 1.0, "as the header says it where every entry is in, in full");
    let beyond = packed(&basis, &texts, asked(Of::Turn(99), Strategy::Balanced, 500));
    assert_eq!(beyond.session.entries.len(), basis.session.entries.len());
}

#[test]
fn keys_choose_the_sides_and_what_is_listed() {
    let mut harness = Harness::open(120, 36, checkout());
    harness.keys("D");
    assert_eq!((lens(&harness).left.of, lens(&harness).right.of), (Of::Agent, Of::Now));
    harness.keys("x");
    assert_eq!(comparison(&harness).left.asked.of, Of::Now);
    // The menu of the right side: a turn, the oldest.
    harness.keys("lggjjj<enter>G<enter>");
    assert_eq!(comparison(&harness).right.asked.of, Of::Turn(1));
    harness.keys("hG<enter>400<enter>");
    assert_eq!(comparison(&harness).left.asked, asked(Of::Now, Strategy::Balanced, 400));
    let all = lens(&harness).listed.len();
    harness.keys("f");
    assert_eq!(
        (lens(&harness).shown, lens(&harness).listed.len()),
        (Shown::OnlyLeft, comparison(&harness).count(Differs::OnlyLeft))
    );
    harness.keys("ffff");
    assert_eq!(lens(&harness).listed.len(), all, "the filter comes round");
    harness.keys("G");
    let seq = lens(&harness).current().expect("there is a row").seq;
    harness.keys("<enter>");
    assert!(harness.state.lens.is_none());
    let inspector = harness.state.inspector().expect("a session is open");
    let at = inspector.list.current().map(|index| inspector.desk.session().entries[index].seq);
    assert_eq!(at, Some(seq));
}

#[test]
fn a_side_that_follows_the_desk_is_made_again_when_it_changes() {
    let mut harness = Harness::open(80, 24, checkout());
    harness.keys("D");
    let jobs =
        |harness: &Harness| harness.effects.iter().filter(|effect| matches!(effect, Effect::Compare { .. })).count();
    assert_eq!(jobs(&harness), 1);
    harness.keys("jjk");
    assert_eq!(jobs(&harness), 1, "moving asks for nothing");
    harness.keys("]");
    assert_eq!(jobs(&harness), 2);
    assert_eq!(comparison(&harness).right.asked.budget, harness.desk().budget().tokens());
    let id = harness.desk().session().entries[0].id;
    let edit = harness.desk().session().edit_for(&Verb::Evict, &[id]).expect("it goes").0;
    let session = harness.desk().session().id.clone();
    harness.event(Event::Undone { session, way: Way::Redo, edit });
    assert_eq!(jobs(&harness), 3);
    assert!(Arc::ptr_eq(&comparison(&harness).right.session, &harness.desk().basis(TOKENIZER.clone()).session));
    let old = Box::new(comparison(&harness).clone());
    let rows = lens(&harness).listed.clone();
    harness.keys("f");
    harness.event(Event::Compared { job: harness.state.jobs - 1, comparison: old });
    assert_ne!(lens(&harness).listed, rows, "an answer to an older job changes nothing");
}

#[test]
fn words_scroll_to_both_ends_and_are_compared_where_they_are_seen() {
    let mut harness = Harness::open(80, 24, checkout());
    harness.keys("DxlggjjG<up><up><up><enter><tab>");
    let start = lens(&harness).text.at;
    harness.keys("jjj<pagedown>");
    assert!(lens(&harness).text.at > start);
    harness.keys("G");
    let end = lens(&harness).text.at;
    harness.keys("jj<pagedown>");
    assert!(lens(&harness).text.at >= end);
    harness.keys("g");
    assert_eq!(lens(&harness).text.at, (0, 0));
    assert_eq!(lens(&harness).text.uncompared(harness.state.areas.pack.height), None);
}
