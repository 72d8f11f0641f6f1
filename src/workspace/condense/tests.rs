//! Condensing in a store: generations, what goes out and comes back, and what is refused.

use pretty_assertions::assert_eq;

use super::*;
use crate::{
    model::{Actor, Budget, Fate, Mark, SessionId},
    pack::{settings::PlanSettings, strategy::tests::entry},
    text::tokens::Encoding,
    workspace::prepare::{Counters, prepare},
};

const BUDGET: Budget = Budget::Tokens(32_000);

/// Two turns that decide, change a file, and run its tests; ten entries.
fn shop() -> Session {
    let mut session = Session::new(SessionId::new("claude:condense"));
    let call = |seq: u32, tool: &str, mark: Mark, text: &str| {
        let mut call = entry(seq, Kind::Call, text);
        (call.tool, call.call_id) = (Some(tool.into()), Some(format!("c{seq}").into()));
        call.marks = [mark].into_iter().collect();
        call.path = (mark == Mark::Edit).then(|| redact::clean("src/cart.rs"));
        call
    };
    let result = |seq: u32, text: &str| {
        let mut result = entry(seq, Kind::Result, text);
        result.call_id = Some(format!("c{}", seq - 1).into());
        result
    };
    let lines: String = (0..120).map(|n| format!("test cart::case_{n} ... ok\n")).collect();
    session.entries = vec![
        entry(1, Kind::Prompt, "Please fix the rounding bug in src/cart.rs. Never round before the total."),
        entry(2, Kind::Message, "I decided to keep cents as integers because floats lose them."),
        call(3, "Edit", Mark::Edit, "src/cart.rs\nold:\na\nnew:\nlet total = sum.round();"),
        result(4, "edited"),
        call(5, "Bash", Mark::TestRun, "cargo test"),
        result(6, &format!("{lines}test result: ok. 120 passed; 0 failed; 0 ignored")),
        entry(7, Kind::Prompt, "Now add a case for half cents to the tests."),
        call(8, "Bash", Mark::TestRun, "cargo test half"),
        result(9, &format!("{lines}test result: ok. 121 passed; 0 failed; 0 ignored")),
        entry(10, Kind::Message, "Added the case, and all tests pass. Next I will write the changelog."),
    ];
    prepare(&mut session, &Counters::new(Encoding::O200k), &|_| {});
    session
}

fn opened(session: &Session) -> Workspace {
    let mut workspace = Workspace::throw_away(PlanSettings::default()).expect("memory is there");
    workspace.put(session, &Actor::person()).expect("it can be stored");
    workspace
}

fn ids(session: &Session, seqs: std::ops::RangeInclusive<u32>) -> Vec<EntryId> {
    session.entries.iter().filter(|entry| seqs.contains(&entry.seq)).map(|entry| entry.id).collect()
}

/// Condenses a range, stores it, and gives the session as it is then.
fn condense(workspace: &mut Workspace, seqs: std::ops::RangeInclusive<u32>) -> Session {
    let id = shop().id;
    let session = workspace.session(&id).expect("it is there");
    let made = workspace.condensed(&session, &ids(&session, seqs), None).expect("it can be condensed");
    workspace.edit(&id, &Actor::person(), BUDGET, &made.verb(), &[]).expect("it can be stored");
    workspace.session(&id).expect("it is there")
}

#[test]
fn meta_distillation() {
    let mut workspace = opened(&shop());
    let before = workspace.session(&shop().id).expect("it is there");
    let after = condense(&mut workspace, 1..=10);
    let summary = after.by_seq(11).expect("it is the next entry");
    assert_eq!((summary.kind, summary.generation(), summary.is_live()), (Kind::Summary, 1, true));
    for heading in ["### Current State\n", "### Key Decisions\n", "### Technical Changes\n", "### Session Timeline\n"] {
        assert!(summary.text.contains(heading), "{heading}: {}", summary.text);
    }
    let made = summary.made.as_ref().expect("it is condensed");
    assert_eq!(made.sources, before.entries.iter().map(|entry| entry.id).collect::<Vec<_>>());
    let cost: u32 = before.entries.iter().map(|entry| entry.cost(Level::Full)).sum();
    assert_eq!(made.source_tokens, cost);
    assert!(after.entries[..10].iter().all(|entry| entry.state.fate == Fate::Archived));
    workspace.undo(&after.id, &Actor::person()).expect("it can be undone");
    assert_eq!(workspace.session(&after.id).expect("it is there").canonical_json(), before.canonical_json());
    workspace.redo(&after.id, &Actor::person()).expect("it can be redone");
    assert_eq!(workspace.session(&after.id).expect("it is there").canonical_json(), after.canonical_json());
}

/// lore leaks archived rows into its packs, and derives a summary anew from what is left.
#[test]
fn a_second_condensing_updates_the_first() {
    let mut workspace = opened(&shop());
    let first = condense(&mut workspace, 1..=6);
    let earlier = first.by_seq(11).expect("it is the next entry").clone();
    let second = condense(&mut workspace, 7..=11);
    let summary = second.by_seq(12).expect("it is the next entry");
    assert_eq!((earlier.generation(), summary.generation()), (1, 2));
    assert_eq!(second.by_seq(11).expect("it stays").state.fate, Fate::Archived);
    for line in earlier.text.lines().filter(|line| line.starts_with("- ")) {
        let told = line.split(" [#").next().unwrap_or(line);
        assert!(summary.text.contains(told), "lost: {line}\n{}", &*summary.text);
    }
    assert!(summary.text.contains("Now add a case for half cents to the tests."));
    let live: Vec<u32> = second.entries.iter().filter(|entry| entry.is_live()).map(|entry| entry.seq).collect();
    assert_eq!(live, [12], "neither the sources nor the earlier summary are in a pack");
}

#[test]
fn tokens_that_would_cut_an_earlier_summary_are_refused() {
    let mut workspace = opened(&shop());
    let session = condense(&mut workspace, 1..=6);
    let refusal = workspace.condensed(&session, &ids(&session, 7..=11), Some(60)).expect_err("60 are too few");
    assert!(refusal.to_string().starts_with("#11 is an earlier summary, which 60 tokens would cut: allow at least "));
}

#[test]
fn a_summary_costs_no_more_than_it_is_allowed() {
    let (workspace, session) = (opened(&shop()), shop());
    for tokens in [40, 80, 160, 400] {
        let made = workspace.condensed(&session, &ids(&session, 1..=10), Some(tokens)).expect("it can be made");
        assert!(made.summary.cost(Level::Full) <= tokens, "{tokens}");
        assert!(made.summary.text.starts_with('#'));
    }
    assert_eq!((allowance(100), allowance(10_000), allowance(10_000_000)), (256, 1_000, 4_096));
}

#[test]
fn pins_stay_and_are_no_sources() {
    let mut workspace = opened(&shop());
    let id = shop().id;
    let pin = ids(&shop(), 4..=4);
    workspace.edit(&id, &Actor::person(), BUDGET, &Verb::Pin, &pin).expect("it can be pinned");
    let session = workspace.session(&id).expect("it is there");
    let made = workspace.condensed(&session, &ids(&session, 1..=10), None).expect("the others can");
    let told: Vec<String> = made.refusals.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["#3 belongs to #4, which is pinned, and stays", "#4 is pinned and stays"]);
    let after = condense(&mut workspace, 1..=10);
    let live: Vec<u32> = after.entries.iter().filter(|entry| entry.is_live()).map(|entry| entry.seq).collect();
    assert_eq!(live, [3, 4, 11]);
}

#[test]
fn a_summary_that_would_cost_more_than_its_sources_is_refused() {
    let (workspace, session) = (opened(&shop()), shop());
    let made = workspace.condensed(&session, &ids(&session, 1..=2), None).expect("it can be made");
    let refusal = session.edit_for(&made.verb(), &[]).expect_err("two sentences need no summary").to_string();
    let cost: u32 = session.entries[..2].iter().map(|entry| entry.cost(Level::Full)).sum();
    let own = made.summary.cost(Level::Full);
    assert!(refusal.contains(&format!("{own} tokens")) && refusal.contains(&format!("cost {cost}:")), "{refusal}");
}
