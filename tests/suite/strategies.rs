//! The simulated strategies: each row of what context-compaction, lore and M31A do, by name, and their mistakes that this
//! program does not have.

use std::sync::{Arc, LazyLock};

use haversack::{
    model::{Budget, ExclusionReason, Fact, FactId, FactKind, Fate, Kind, Level, Scope, Session, Time, Trust},
    pack::{
        chosen::PieceKind,
        price,
        replay::changes,
        settings::PlanSettings,
        strategy::{Strategy, window},
    },
    text::{
        redact,
        tokens::{Encoding, Tokenizer},
    },
    workspace::Desk,
};
use pretty_assertions::assert_eq;
use strum::VariantArray;

use crate::build::{Builder, session, tokenizer};

static SHARED: LazyLock<Arc<Tokenizer>> = LazyLock::new(|| Arc::new(Tokenizer::new(Encoding::O200k)));

fn desk_with(session: Session, settings: PlanSettings, budget: u32) -> Desk {
    Desk::counting(session, settings, Budget::Tokens(budget), Time(2_000_000_000_000), SHARED.clone())
}

fn desk(session: Session, strategy: Strategy, budget: u32) -> Desk {
    desk_with(session, PlanSettings { strategy, ..PlanSettings::default() }, budget)
}

/// So many turns: a prompt, an answer, a call with a long output. Four entries each.
fn turns(count: usize) -> Session {
    let turn = |built: Builder, turn: usize| {
        let output = format!("error: wrong total in src/cart_{turn}.rs:4\n{}", "left 1.01, right 1.02\n".repeat(40));
        built
            .prompt(&format!("Fix rounding case {turn} in src/cart_{turn}.rs; never touch case {turn}.old."))
            .message(&format!(
                "Case {turn} rounds each line before the sum. I will round the sum of case {turn} instead."
            ))
            .call("Bash", &format!("cargo test case_{turn}"), &output)
    };
    (1..=count).fold(session(), turn).done()
}

fn fact(session: &mut Session, key: &str, trust: Trust) {
    let number = session.facts.len() as u32 + 1;
    let mut fact = Fact {
        id: FactId(number.into()),
        key: redact::clean(key),
        value: redact::clean("cargo test -p pricing"),
        kind: FactKind::Verification,
        scope: Scope::Session,
        trust,
        pinned: false,
        at: Time(i64::from(number)),
        arrived: number,
        expires: None,
        removed: None,
        source: None,
        cost: 0,
    };
    price::price_fact(&mut fact, tokenizer());
    session.facts.push(fact);
}

fn in_seqs(desk: &Desk) -> Vec<u32> {
    let carried = desk.chosen().levels.iter().zip(&desk.session().entries);
    carried.filter(|(level, _)| level.is_some()).map(|(_, entry)| entry.seq).collect()
}

#[test]
fn rolling_summary() {
    let desk = desk(turns(3), Strategy::Rolling, 4_000);
    assert_eq!(in_seqs(&desk), (5..=12).collect::<Vec<_>>(), "two recent turns verbatim");
    let [folded] = desk.chosen().folded.as_slice() else { panic!("there is one rolling summary") };
    assert!(folded.text.contains("- #1 to #4: Fix rounding case 1"), "{}", folded.text);
    let source: u32 = folded.covers.iter().map(|&index| desk.session().entries[index].cost(Level::Full)).sum();
    assert!(folded.tokens <= source, "{} of {source}", folded.tokens);
    assert!((0..4).all(|index| desk.chosen().out[index] == Some(ExclusionReason::Folded)));
}

#[test]
fn rolling_keeps_four_older_turns_in_its_summary_and_no_more() {
    let desk = desk(turns(9), Strategy::Rolling, 8_000);
    assert_eq!(desk.chosen().folded[0].text.lines().filter(|line| line.starts_with("- ")).count(), 4);
    assert_eq!(desk.chosen().out[0], Some(ExclusionReason::OutsideWindow), "turn 1 of 9 is too old");
    assert_eq!(desk.chosen().out[3 * 4], Some(ExclusionReason::Folded), "turn 4 of 9 is summed up");
}

#[test]
fn packed_preview() {
    // 2,200 of the window, 450 reserved, 240 fixed: context-compaction's own numbers.
    let budget = Budget::Window { window: 2_200, reserve: 450, fixed: 240 };
    assert_eq!(budget.tokens(), 1_510);
    let mut session = turns(6);
    fact(&mut session, "verify", Trust::User);
    for &strategy in Strategy::VARIANTS {
        let plan = desk(session.clone(), strategy, budget.tokens()).plan();
        assert!(plan.used <= 1_510, "{strategy}");
        for entry in &session.entries {
            let included = plan.blocks.iter().filter(|block| block.entry_id == Some(entry.id)).count();
            let excluded = plan.excluded.iter().filter(|row| row.entry_id == Some(entry.id)).count();
            assert_eq!(included + excluded, 1, "{strategy}: #{}", entry.seq);
        }
        let facts = plan.blocks.iter().filter(|block| block.fact_id.is_some()).count();
        assert_eq!(facts, 1, "{strategy}: a fact is small and trusted");
    }
}

#[test]
fn prompt_holds_packed_context_only() {
    let mut session = turns(8);
    session.entries[1].state.fate = Fate::Evicted;
    for &strategy in Strategy::VARIANTS {
        let text = desk(session.clone(), strategy, 900).pack_text();
        assert!(!text.contains("I will round the sum of case 1 instead"), "{strategy}: it is evicted");
    }
}

#[test]
fn real_budget_effect() {
    // Stripped outputs are counted as they stand in the pack, so stripping makes room: lore counted before it stripped.
    for layer in 0..=4 {
        let settings = PlanSettings { strategy: Strategy::Gradient, least_layer: layer, ..PlanSettings::default() };
        let desk = desk_with(turns(12), settings, 3_000);
        assert_eq!(tokenizer().count(&desk.pack_text()), desk.totals().used, "layer {layer}");
    }
    let stripping = |layer| {
        let settings = PlanSettings { strategy: Strategy::Gradient, least_layer: layer, ..PlanSettings::default() };
        desk_with(turns(40), settings, 9_000)
    };
    let (kept, stripped) = (stripping(1), stripping(3));
    let notes =
        stripped.chosen().pieces.iter().filter(|piece| matches!(piece.kind, PieceKind::Stripped { .. })).count();
    assert!(notes > 0, "layer 3 strips");
    assert!(in_seqs(&stripped).len() > 2 * in_seqs(&kept).len(), "and more of the past fits");
    let text = stripped.pack_text();
    let note = text.lines().find(|line| line.starts_with("[output omitted")).unwrap_or_default();
    assert!(note.contains("[output omitted — Bash: 42 lines, contained errors, paths: src/cart_"), "{note}");
}

#[test]
fn layer_ladder() {
    for layer in 0..=4 {
        let settings = PlanSettings { strategy: Strategy::Gradient, least_layer: layer, ..PlanSettings::default() };
        for budget in [0, 20, 60, 200, 700, 1_500, 3_000, 9_000, 40_000] {
            let desk = desk_with(turns(14), settings, budget);
            assert!(desk.totals().used <= budget, "layer {layer}, budget {budget}");
            let tail_is_in = desk.chosen().levels[52].is_some() || desk.totals().used < 600;
            assert!(tail_is_in, "layer {layer}, budget {budget}: the last prompt is in where there is room");
        }
    }
    let whole = desk(turns(14), Strategy::Gradient, 40_000);
    assert_eq!(whole.chosen().notes, ["layer 0"]);
    assert!(whole.left_out().is_empty());
}

#[test]
fn current_turn_protected() {
    let settings = PlanSettings { strategy: Strategy::Gradient, least_layer: 4, ..PlanSettings::default() };
    let desk = desk_with(turns(10), settings, 2_000);
    assert_eq!(desk.chosen().notes, ["layer 4"]);
    let last: Vec<u32> = in_seqs(&desk).into_iter().filter(|&seq| seq > 36).collect();
    assert_eq!(last, [37, 38, 39, 40], "the last prompt, its answer, the call with its result");
    let full = |index: usize| desk.chosen().levels[index] == Some(Level::Full);
    assert!((36..40).all(full), "nothing of it is stripped");
}

/// The current turn is more than the tail: all of it is kept whole, and nothing of it stripped.
#[test]
fn a_long_current_turn_is_kept_whole_in_every_layer() {
    let output = "left 1.01, right 1.02\n".repeat(30);
    let past = (1..=8).fold(session(), |built, turn| {
        built.prompt(&format!("Fix case {turn}.")).call("Bash", &format!("cargo test case_{turn}"), &output)
    });
    let first = past.clone().done().entries.len();
    let current = (1..=6).fold(past.prompt("Now run them all."), |built, run| {
        built.call("Bash", &format!("cargo test --run {run}"), &output)
    });
    let current = current.done();
    let costs = current.entries[first..].iter().map(|entry| entry.cost(Level::Full));
    let budget = costs.sum::<u32>() + pack_frame() + 400;
    for layer in 1..=4 {
        let settings = PlanSettings { strategy: Strategy::Gradient, least_layer: layer, ..PlanSettings::default() };
        let desk = desk_with(current.clone(), settings, budget);
        let whole = (first..current.entries.len())
            .all(|index| desk.chosen().levels[index] == Some(Level::Full) && !desk.chosen().strips(index));
        assert!(whole, "{:?}: {:?}", desk.chosen().notes, desk.chosen().levels);
    }
}

#[test]
fn layer_four_holds_the_budget_like_any_other() {
    let long = "left 1.01, right 1.02\n".repeat(4_000);
    let session = session().prompt("Run it.").call("Bash", "cargo test", &long).message("It fails.").done();
    let desk = desk(session, Strategy::Gradient, 2_000);
    assert_eq!(desk.chosen().notes, ["layer 4"]);
    assert!(desk.totals().used <= 2_000);
    assert_eq!(desk.chosen().levels[0], Some(Level::Full), "the prompt is whole");
    assert!(desk.chosen().levels[2].is_some_and(|level| level > Level::Full), "the long output stands shortened");
}

#[test]
fn auto_threshold() {
    let session = turns(20);
    let whole = desk(session.clone(), Strategy::Window, 1_000_000);
    let before = whole.compaction().expect("the strategy is window");
    assert!(!before.should_compact && before.messages_removed == 0 && before.summary.is_empty());
    // Scaled: a quarter of a small budget is the buffer, so compaction starts above three quarters.
    let cost = u32::try_from(before.tokens_before).expect("it is small");
    let fits = cost * 4 / 3 + 2;
    assert!(!desk(session.clone(), Strategy::Window, fits).compaction().expect("it is window").should_compact);
    let compacted = desk(session, Strategy::Window, cost * 4 / 3 - 8);
    let result = compacted.compaction().expect("it is window");
    assert!(result.should_compact && result.messages_removed > 0);
    assert!(u64::from(result.tokens_after) < result.tokens_before);
    assert_eq!(result.limits, window::limits(cost * 4 / 3 - 8));
}

#[test]
fn window_has_the_constants_of_m31a_where_the_budget_is_large() {
    let limits = window::limits(128_000);
    assert_eq!((limits.keep, limits.buffer, limits.threshold), (8_000, 20_000, 108_000));
    let small = window::limits(8_000);
    assert_eq!((small.keep, small.buffer, small.threshold), (4_000, 2_000, 6_000));
}

#[test]
fn head_recent_split() {
    for budget in (600..9_000).step_by(211) {
        let desk = desk(turns(20), Strategy::Window, budget);
        let inside = in_seqs(&desk);
        let Some(&first) = inside.iter().find(|&&seq| desk.chosen().levels[seq as usize - 1] == Some(Level::Full))
        else {
            continue;
        };
        assert_eq!(desk.session().entries[first as usize - 1].kind, Kind::Prompt, "budget {budget}: #{first}");
        for exchange in desk.session().exchanges().iter() {
            let within = exchange.iter().filter(|&&index| desk.chosen().levels[index].is_some()).count();
            assert!(within == 0 || within == exchange.len(), "budget {budget}");
        }
    }
}

#[test]
fn structured_summary_sections() {
    let desk = desk(turns(30), Strategy::Window, 8_000);
    let summary = desk.compaction().expect("it is window").summary;
    for section in ["### Goal", "### Constraints", "### Relevant Files"] {
        assert!(summary.contains(section), "{section} in {summary}");
    }
    let sourced = summary.lines().filter(|line| line.starts_with("- ")).all(|line| line.contains("[#"));
    assert!(sourced, "{summary}");
    let block = desk.plan().blocks.into_iter().find(|block| block.covers > 1).expect("the summary is a block");
    assert_eq!(block.covers as usize, block.sources.len());
}

/// What is kept verbatim after the cut costs no more than the limit, the tail included.
#[test]
fn what_window_keeps_is_within_its_limit() {
    for budget in (500..12_000).step_by(97) {
        let desk = desk(turns(20), Strategy::Window, budget);
        let Some(cut) = desk.chosen().notes[0].strip_prefix("cut before #") else { continue };
        let cut: usize = cut.parse().expect("a number");
        let kept: u32 = (cut - 1..80).map(|index| desk.packed_tokens(index)).sum();
        assert!(kept <= window::limits(budget).keep, "budget {budget}: {kept} kept after #{cut}");
    }
}

#[test]
fn template_override() {
    let desk = desk(turns(30), Strategy::Window, 8_000);
    let filled = desk.window_summary("Goal of it all:\n{{goal}}\nBlocked: {{blocked}}");
    assert!(filled.starts_with("Goal of it all:\n- Fix rounding case 1"), "{filled}");
    assert!(!filled.contains("{{"));
    assert!(desk.window_head().starts_with("[User #1] Fix rounding case 1"));
}

#[test]
fn inflation_guard() {
    let mut built = session();
    for turn in 0..30 {
        built = built.prompt(&format!("Go on {turn}."));
    }
    for strategy in [Strategy::Window, Strategy::Gradient, Strategy::Rolling] {
        let desk = desk(built_again(&built), strategy, 260);
        for folded in &desk.chosen().folded {
            let source: u32 = folded.covers.iter().map(|&index| desk.session().entries[index].cost(Level::Full)).sum();
            assert!(folded.tokens < source, "{strategy}: {} of {source}", folded.tokens);
        }
    }
}

/// Where the head is only a word or two, a summary of it would cost more than it does.
#[test]
fn a_head_of_a_few_words_is_not_summed_up() {
    let tiny = session().prompt("Go.").message("Yes.");
    let built =
        (1..=4).fold(tiny.prompt("Fix the sum."), |built, part| built.message(&format!("Part {part} is done.")));
    let (mut heads, mut folds) = (0, 0);
    for budget in 80..260 {
        let desk = desk(built_again(&built), Strategy::Window, budget);
        heads += usize::from(desk.chosen().out[0].is_some());
        for folded in &desk.chosen().folded {
            let source: u32 = folded.covers.iter().map(|&index| desk.session().entries[index].cost(Level::Full)).sum();
            assert!(folded.tokens < source, "budget {budget}: {} of {source}", folded.tokens);
            folds += 1;
        }
    }
    assert!(heads > 0 && folds == 0, "{heads} heads, {folds} summed up");
}

fn built_again(built: &Builder) -> Session {
    built.clone().done()
}

#[test]
fn report_json() {
    let mut session = turns(5);
    fact(&mut session, "verify", Trust::Agent);
    let replay = |session: &Session| desk(session.clone(), Strategy::Balanced, 420).replay(&|_, _| {});
    let report = replay(&session);
    let bytes = serde_json::to_string(&report).expect("a report is JSON");
    assert_eq!(bytes, serde_json::to_string(&replay(&session)).expect("a report is JSON"), "byte for byte");
    assert_eq!(report.turns.len(), 5);
    assert_eq!(report.turns[0].facts.active, ["verify"]);
    let diff = changes(Some(&report.turns[1]), &report.turns[4]);
    assert!(!diff.entered.is_empty() && !diff.left.is_empty(), "{diff:?}");
    let same = changes(Some(&report.turns[1]), &report.turns[1]);
    assert_eq!(same, haversack::pack::replay::Changes::default());
}

#[test]
fn a_replayed_turn_is_what_would_have_been_packed_then() {
    let whole = turns(6);
    for &strategy in Strategy::VARIANTS {
        let report = desk(whole.clone(), strategy, 1_200).replay(&|_, _| {});
        for (turn, replayed) in report.turns.iter().enumerate() {
            // The same log, imported when it had this many turns.
            let then = desk(turns(turn + 1), strategy, 1_200);
            let seqs: Vec<u32> = replayed.included.iter().map(|included| included.seq).collect();
            assert_eq!((seqs, replayed.used), (in_seqs(&then), then.totals().used), "{strategy}, turn {}", turn + 1);
        }
    }
}

fn pack_frame() -> u32 {
    haversack::pack::render::frame_tokens(Encoding::O200k)
}

#[test]
fn facts_are_carried_by_trust_where_not_all_fit() {
    for strategy in [Strategy::Rolling, Strategy::Window, Strategy::Ladder] {
        let mut session = session().prompt("Go.").done();
        fact(&mut session, "guess", Trust::Inferred);
        fact(&mut session, "rule", Trust::User);
        let both: u32 = session.facts.iter().map(|fact| fact.cost).sum();
        let others = session.entries[0].cost(Level::Full) + pack_frame();
        let desk = desk(session, strategy, others + both - 1);
        let named = |key: &str| desk.pack_text().contains(&format!("[fact {key}]"));
        assert_eq!((named("rule"), named("guess")), (true, false), "{strategy}");
    }
}

#[test]
fn why_says_what_the_strategy_did() {
    // The output of the first turn: the ladder lets it go early, the others keep what is new.
    let left_out = |strategy| desk(turns(9), strategy, 300).why(3).join(" ");
    assert!(
        left_out(Strategy::Ladder).contains("the strategy ladder has no room for it"),
        "{}",
        left_out(Strategy::Ladder)
    );
    for strategy in [Strategy::Ladder, Strategy::Window, Strategy::Rolling] {
        assert!(!left_out(strategy).contains("more value per token"), "{strategy} does not go by value");
    }
}

/// A stripped output is counted as it stands in the pack wherever its tokens are told, not as its keywords would be.
#[test]
fn stripped_outputs_cost_what_their_notes_cost() {
    let settings = PlanSettings { strategy: Strategy::Gradient, least_layer: 3, ..PlanSettings::default() };
    let desk = desk_with(turns(12), settings, 3_000);
    let stripped: Vec<usize> = (0..48).filter(|&index| desk.chosen().strips(index)).collect();
    assert!(!stripped.is_empty(), "layer 3 strips");
    for &index in &stripped {
        let note = desk.packed_text(index).expect("it is in");
        assert!(note.starts_with("[output omitted — Bash: "), "{note}");
        assert_eq!(desk.packed_tokens(index), tokenizer().count(&price::stripped_text(&desk.session().entries[index])));
        assert!(desk.why(index).join(" ").contains("only a note of its loss"), "{:?}", desk.why(index));
    }
    let entries: u32 = (0..48).map(|index| desk.packed_tokens(index)).sum();
    let folded: u32 = desk.chosen().folded.iter().map(|folded| folded.tokens).sum();
    assert_eq!(entries + folded + pack_frame(), desk.totals().used);
    let last = desk.replay(&|_, _| {}).turns.pop().expect("there are turns");
    let included: u32 = last.included.iter().map(|included| included.tokens).sum();
    assert_eq!(included + folded + pack_frame(), last.used, "the report tells the same");
    let less: u64 = (0..48)
        .filter_map(|index| {
            let full = desk.session().entries[index].cost(Level::Full);
            desk.packed(index).map(|_| u64::from(full - desk.packed_tokens(index)))
        })
        .sum();
    assert_eq!(desk.totals().shortened_tokens, less);
}

/// The whole block of the rolling summary, its heading too, costs less than what it stands for, and says what it cut.
#[test]
fn a_rolling_summary_is_smaller_than_its_source_and_tells_what_it_did() {
    // Two turns that fill the tail, so that the first is summed up.
    let recent = |built: Builder| built.prompt("Second.").message("Yes.").prompt("Third.").message("Yes.").done();
    for words in 1..30 {
        let built = recent(session().prompt(&["go on"; 30][..words].join(" ")));
        let desk = desk(built, Strategy::Rolling, 600);
        let source = desk.session().entries[0].cost(Level::Full);
        let folded = desk.chosen().folded.first().map(|folded| folded.tokens);
        assert!(folded.is_none_or(|tokens| tokens < source), "{words}: {folded:?} of {source}");
        let counted = if folded.is_some() { 1 } else { 0 };
        assert_eq!(desk.chosen().notes, [format!("2 recent turns, {counted} folded")]);
    }
    assert_eq!(desk(turns(1), Strategy::Rolling, 4_000).chosen().notes, ["1 recent turn, 0 folded"]);
    let endless = format!("Round {} first", "the sum of the lines and ".repeat(60));
    let long = recent(session().prompt(&endless).message(&endless));
    let folded = desk(long, Strategy::Rolling, 2_000).chosen().folded[0].text.clone();
    let line = folded.lines().nth(1).expect("a line").split_once(": ").expect("its entries").1;
    assert!(line.chars().count() <= 281 && line.ends_with('…'), "{line}");
}
