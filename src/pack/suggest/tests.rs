//! What is suggested, in which order, with which numbers.

use pretty_assertions::assert_eq;

use super::*;
use crate::{
    model::{Entry, Kind, Mark, Repeated, SessionId, Time},
    pack::{
        settings::PlanSettings,
        strategy::{balanced::Ledger, tests::entry},
    },
    text::redact,
};

fn priced(mut entry: Entry, cost: u32) -> Entry {
    entry.costs = [cost, cost / 2, cost / 4, cost / 8];
    entry
}

/// A whole read of a file and its output.
fn read(seq: u32, cost: u32) -> [Entry; 2] {
    let id = format!("call-{seq}");
    let [mut call, mut result] = [entry(seq, Kind::Call, "/src/db.rs"), entry(seq + 1, Kind::Result, "fn db() {}")];
    for half in [&mut call, &mut result] {
        (half.tool, half.call_id) = (Some("Read".into()), Some(id.as_str().into()));
    }
    call.path = Some(redact::clean("/src/db.rs"));
    [priced(call, 10), priced(result, cost)]
}

fn suggestions(entries: Vec<Entry>, budget: u32) -> Vec<Suggestion> {
    let mut session = Session::new(SessionId::new("claude:suggest"));
    session.entries = entries;
    let selection = Ledger::new(&session, PlanSettings::default(), Time(0)).select(budget);
    let ranked = Findings::new(&session, &session.exchanges()).ranked(&session, &selection.levels);
    ranked.iter().map(|one| Suggestion::clone(one)).collect()
}

fn words(suggestions: &[Suggestion]) -> Vec<&str> {
    suggestions.iter().map(|suggestion| suggestion.words.as_str()).collect()
}

#[test]
fn stale_reads_are_evicted_at_once_and_the_latest_stays() {
    let found = suggestions([read(1, 500), read(3, 600), read(5, 700)].concat(), 10_000);
    assert_eq!(words(&found), ["3 reads of /src/db.rs: evict 2 stale ones"]);
    assert_eq!((&found[0].remedy, found[0].frees()), (&Remedy::Verb(Verb::Evict), 1_120));
    assert_eq!(found[0].targets, [EntryId(1), EntryId(3)]);
    assert_eq!(found[0].changes, [1, 2, 3, 4].map(EntryId), "each call with its output");
    let one = suggestions([read(1, 500), read(3, 600)].concat(), 10_000);
    assert_eq!(words(&one), ["2 reads of /src/db.rs: evict 1 stale one"]);
}

#[test]
fn a_pinned_half_keeps_its_exchange() {
    let mut entries = [read(1, 500), read(3, 600)].concat();
    entries[1].state.pinned = true;
    assert_eq!(suggestions(entries, 10_000), []);
}

#[test]
fn what_is_held_shorter_frees_less() {
    let mut entries = [read(1, 500), read(3, 600)].concat();
    entries[1].state.held.level = Level::Summary;
    assert_eq!(suggestions(entries, 10_000)[0].frees(), 260);
}

#[test]
fn runs_of_a_long_script_are_named_by_its_first_line() {
    let run = |seq| {
        let mut run = entry(seq, Kind::Call, "cd crates/shop\ncargo test -p shop");
        run.marks = run.marks.with(Mark::TestRun);
        priced(run, 40)
    };
    assert_eq!(words(&suggestions(vec![run(1), run(2)], 10_000)), ["2 runs of cd crates/shop …: evict 1 stale one"]);
}

#[test]
fn rules_that_are_not_carried_whole_come_first_and_carried_ones_last() {
    let rule = |seq, cost| priced(entry(seq, Kind::Prompt, "Never use floats."), cost);
    let reads = [read(3, 500), read(5, 600)].concat();
    let tail = (7..12).map(|seq| priced(entry(seq, Kind::Message, "Done."), 20));
    let entries: Vec<Entry> = [vec![rule(1, 300)], reads, tail.collect()].concat();
    let roomy = suggestions(entries.clone(), 10_000);
    assert_eq!(
        words(&roomy),
        ["2 reads of /src/db.rs: evict 1 stale one", "1 rule of the user's is not pinned: pin #1"]
    );
    let tight = suggestions(entries.clone(), 250);
    assert_eq!(words(&tight)[0], "1 rule of the user's is not carried whole: pin #1");
    assert_eq!((&tight[0].remedy, tight[0].after), (&Remedy::Verb(Verb::Pin), 300));
    let mut pinned = entries;
    pinned[0].state.pinned = true;
    assert_eq!(suggestions(pinned, 10_000).len(), 1, "a pinned rule needs no pin");
}

#[test]
fn a_prompt_as_long_as_a_document_is_no_rule_to_pin() {
    let long = priced(entry(1, Kind::Prompt, "Never use floats."), pins::PIN_AT_MOST + 1);
    assert_eq!(suggestions(vec![long], 10_000), []);
}

#[test]
fn long_names_are_cut_where_they_say_least() {
    assert_eq!(stale::short("/home/kim/work/shop/crates/pricing/src/db.rs"), "…/src/db.rs");
    let windows = r"D:\oh-my-shop\website\src\components\Studio\index.js";
    assert_eq!(stale::short(windows), r"…\Studio\index.js");
    assert_eq!(stale::short("cargo test"), "cargo test");
    assert_eq!(stale::short(&format!("cargo test {}", "x".repeat(60))).chars().count(), 36);
}

/// A call and its output; `failed` marks the output as an error.
fn run(seq: u32, command: &str, output: &str, cost: u32, failed: bool) -> [Entry; 2] {
    let id = format!("call-{seq}");
    let [mut call, mut result] = [entry(seq, Kind::Call, command), entry(seq + 1, Kind::Result, output)];
    for half in [&mut call, &mut result] {
        (half.tool, half.call_id) = (Some("Bash".into()), Some(id.as_str().into()));
    }
    if failed {
        result.marks = result.marks.with(Mark::Error);
    }
    [priced(call, 10), priced(result, cost)]
}

#[test]
fn a_failure_that_went_through_later_is_resolved() {
    let build = |seq, failed| run(seq, "cargo build", "…", 300, failed);
    let found = suggestions([build(1, true), build(3, true), build(5, false)].concat(), 10_000);
    assert_eq!(words(&found), ["2 failed cargo build before it went through: evict them"]);
    assert_eq!(found[0].targets, [EntryId(1), EntryId(3)]);
    let still = suggestions([build(1, false), build(3, true)].concat(), 10_000);
    assert_eq!(words(&still), Vec::<&str>::new(), "an error that nothing resolved stays");
}

#[test]
fn long_outputs_are_suggested_tool_by_tool_where_a_summary_saves_most() {
    let long = |seq, summary| {
        let mut exchange = run(seq, &format!("rg {seq}"), "…", 2_000, false);
        exchange[1].costs = [2_000, summary, 100, 20];
        exchange
    };
    let found = suggestions([long(1, 700), long(3, 800), long(5, 1_200)].concat(), 20_000);
    assert_eq!(words(&found), ["2 long outputs of Bash: hold their summaries"]);
    assert_eq!((found[0].before, found[0].after, found[0].frees()), (4_000, 1_500, 2_500));
    assert_eq!(found[0].remedy, Remedy::Verb(Verb::CompactTo(Level::Summary)));
    assert!(found[0].why.contains("38 % of its tokens"), "{}", found[0].why);
}

#[test]
fn what_loses_less_value_per_token_comes_first() {
    let mut dear = read(1, 2_000);
    dear[1].score.value = 1.0;
    let mut cheap = run(11, "cargo build", "…", 600, true).to_vec();
    cheap.extend(run(13, "cargo build", "…", 5, false));
    let entries = [dear.to_vec(), read(3, 400).to_vec(), cheap].concat();
    let found = suggestions(entries, 100_000);
    assert_eq!(
        words(&found),
        ["a failed cargo build that went through later: evict it", "2 reads of /src/db.rs: evict 1 stale one"]
    );
    assert!(found[0].lost < found[1].lost && found[0].frees() < found[1].frees());
}

#[test]
fn what_comes_up_again_and_again_should_be_carried_whole() {
    let mut known = priced(entry(1, Kind::Message, "The port is 5433."), 100);
    let points = 7.0 * 0.03;
    known.score.reasons = vec![crate::model::Reason { words: "mentioned again 7 times".into(), points }];
    let rest = (2..40).map(|seq| priced(entry(seq, Kind::Message, "Done."), 200));
    let entries: Vec<Entry> = [known].into_iter().chain(rest).collect();
    let said = "1 entry that comes up again and again, not carried whole: pin #1";
    assert_eq!(words(&suggestions(entries.clone(), 900)), [said]);
    assert_eq!(suggestions(entries, 100_000), [], "carried whole it needs no pin");
}

#[test]
fn summaries_that_repeat_each_other_are_condensed() {
    let summary = |seq| {
        let text = "## Goal\n- Round once, at the end (#1)\n## Constraints\n- Never touch the tax table (#1)\n";
        priced(entry(seq, Kind::Summary, text), 400)
    };
    let found = suggestions(vec![summary(1), summary(2), summary(3)], 10_000);
    assert_eq!(words(&found), ["3 summaries: condense them into one"]);
    assert_eq!((&found[0].remedy, found[0].before), (&Remedy::Condense, 1_200));
    assert!(found[0].after <= 600, "{}", found[0].after);
    assert_eq!(suggestions(vec![summary(1)], 10_000), []);
}

#[test]
fn outputs_that_a_later_one_says_again_are_evicted_for_the_last_of_them() {
    let output = |seq, cost| priced(entry(seq, Kind::Result, "a listing"), cost);
    let mut session = Session::new(SessionId::new("claude:suggest"));
    session.entries = (1..=6).map(|seq| output(seq, 100)).collect();
    for entry in &mut session.entries {
        entry.tool = Some(if entry.seq == 5 { "Read".into() } else { "Bash".into() });
    }
    let again = |older, newer, share| Repeated { older: EntryId(older), newer: EntryId(newer), share };
    // From 4 to 6 as much changed as from 1 to 2 and from 2 to 3 together: too much.
    session.repeated = vec![again(1, 2, 0.9), again(2, 3, 0.9), again(4, 5, 0.85), again(5, 6, 0.85)];
    let found = |session: &Session| {
        let found = Findings::new(session, &session.exchanges()).ranked(session, &[None; 6]);
        found.iter().map(|found| (found.words.clone(), found.targets.clone())).collect::<Vec<_>>()
    };
    let row = |words: &str, targets: &[u64]| (words.to_owned(), targets.iter().map(|&id| EntryId(id)).collect());
    assert_eq!(found(&session), [row("4 outputs of Bash that later ones say again: evict them", &[1, 2, 4, 5]),]);
    session.entries[2].state.fate = crate::model::Fate::Evicted;
    session.entries[4].state.pinned = true;
    assert_eq!(found(&session), [row("2 outputs of Bash that later ones say again: evict them", &[1, 4])]);
}
