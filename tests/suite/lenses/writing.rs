//! What the model writes, on the screen: as it comes, as a proposal, applied, dropped, late.

use haversack::{
    model::*,
    pack::settings::PlanSettings,
    text::redact::clean,
    tui::app::{Effect, Event, Lens, state::Tone, writing::Stage},
    workspace::{Assignment, Cancel, Ending, Fresh, Proposal, Reply, Task, Workspace},
};
use insta::assert_snapshot;
use pretty_assertions::assert_eq;

use super::{SIZES, stored::Stored};
use crate::{
    llm::{
        model,
        stub::{NDJSON, Reply as Says, Stub, nobody, ollama},
    },
    screen::{Harness, checkout},
};

const SUMMARY: &str = "case_17 failed: 1999 instead of 2000, at src/pricing/round.rs:41.";

fn open(width: u16, height: u16) -> Harness {
    let mut screen = Harness::open(width, height, checkout());
    screen.state.settings.model = Ok(model("http://localhost:11434"));
    screen
}

/// What the screen has asked for last.
fn asked(screen: &Harness) -> (u64, Assignment, Cancel) {
    let asked = screen.effects.iter().rev().find_map(|effect| match effect {
        Effect::Ask { generation, asked, cancel, .. } => Some((*generation, asked.clone(), cancel.clone())),
        _ => None,
    });
    asked.expect("a model is asked")
}

pub fn reply(text: &str) -> Reply {
    Reply { text: clean(text), ending: Ending::Complete, fresh: Fresh::Written }
}

/// What the worker would work out.
pub fn proposal(session: &Session, task: &Task, text: &str) -> Box<Proposal> {
    let workspace = Workspace::throw_away(PlanSettings::default()).expect("a store in memory can be made");
    let proposal = workspace.proposal(session, task, &clean(text)).expect("it makes sense");
    Box::new(proposal.expect("it is no draft"))
}

fn propose(screen: &mut Harness, text: &str) {
    let (generation, asked, _) = asked(screen);
    screen.event(Event::Answered { generation, outcome: Ok(reply(text)) });
    let outcome = Ok(proposal(screen.desk().session(), &asked.task, text));
    screen.event(Event::Proposed { generation, outcome });
}

fn lens(screen: &Harness) -> Option<&haversack::tui::app::writing::Writing> {
    match &screen.state.lens {
        Some(Lens::Writing(lens)) => Some(lens),
        _ => None,
    }
}

#[test]
fn a_draft_at_every_size_while_it_comes() {
    for (width, height) in SIZES {
        let mut screen = open(width, height);
        screen.keys("M");
        let (generation, ..) = asked(&screen);
        let so_far =
            "I run the tests of the pricing crate again, because case_17 was the one that failed:\n\n- cargo test";
        screen.event(Event::Writing { generation, so_far: so_far.into() });
        assert_snapshot!(format!("writing_draft_{width}x{height}"), screen.picture());
    }
}

#[test]
fn a_proposal_at_every_size() {
    for (width, height) in SIZES {
        let mut screen = open(width, height);
        screen.keys("ggjjjjjT");
        propose(&mut screen, SUMMARY);
        assert_snapshot!(format!("writing_summary_{width}x{height}"), screen.picture());
    }
}

#[test]
fn without_a_model_one_line_says_how_to_have_one() {
    let mut screen = Harness::open(120, 36, checkout());
    for key in ["M", "T"] {
        screen.keys(key);
        assert!(screen.state.lens.is_none());
        let status = &screen.state.status;
        assert_eq!(status.tone, Tone::Refused);
        assert!(status.words.starts_with("no model is asked: set llm.enabled = true"), "{}", status.words);
    }
    assert!(!screen.effects.iter().any(|effect| matches!(effect, Effect::Ask { .. })));
}

#[test]
fn leaving_stops_the_model_and_what_comes_late_is_dropped() {
    let mut screen = open(80, 24);
    screen.keys("M");
    let (first, _, cancel) = asked(&screen);
    assert!(!cancel.is_cancelled());
    screen.keys("<esc>");
    assert!(cancel.is_cancelled() && screen.state.lens.is_none());
    screen.keys("M");
    screen.event(Event::Writing { generation: first, so_far: "late".into() });
    screen.event(Event::Answered { generation: first, outcome: Ok(reply("late")) });
    assert!(matches!(&lens(&screen).expect("it is open").stage, Stage::Coming(so_far) if so_far.is_empty()));
    let (_, _, second) = asked(&screen);
    screen.keys("A");
    assert!(second.is_cancelled(), "another lens in its place stops it too");
}

#[test]
fn marked_entries_get_one_summary_and_one_entry_its_shown_level() {
    let mut screen = open(80, 24);
    screen.keys("ggjjjjjlllT");
    let of = screen.desk().session().entries[5].id;
    assert_eq!(asked(&screen).1.task, Task::Rendition { entry: of, level: Level::Keywords });
    screen.keys("<esc>gg<space><space><space>T");
    let entries: Vec<EntryId> = screen.desk().session().entries[..3].iter().map(|entry| entry.id).collect();
    assert_eq!(asked(&screen).1.task, Task::Condensed { entries });
}

#[test]
fn what_cannot_be_applied_is_not() {
    let mut screen = open(80, 24);
    let hints_apply = |screen: &Harness| screen.picture().contains("apply");
    screen.keys("ggjjjjjT<enter>");
    assert!(!hints_apply(&screen), "it is not written yet: {}", screen.picture());
    propose(&mut screen, &"It failed, and failed again, and then it failed. ".repeat(90));
    screen.keys("<enter>");
    assert!(screen.picture().contains("would save nothing") && !hints_apply(&screen), "{}", screen.picture());
    assert!(lens(&screen).is_some());
    let (generation, ..) = asked(&screen);
    screen.keys("<esc>T");
    screen.event(Event::Answered { generation: generation + 1, outcome: Err("no model server answers".into()) });
    assert!(screen.picture().contains("no model server answers"), "{}", screen.picture());
    screen.keys("<enter>");
    assert!(!hints_apply(&screen));
    assert!(!screen.effects.iter().any(|effect| matches!(effect, Effect::Record { .. })), "nothing is changed");
    screen.keys("<esc>M");
    let (generation, ..) = asked(&screen);
    screen.event(Event::Answered { generation, outcome: Ok(reply("- run the tests")) });
    assert!(!hints_apply(&screen) && screen.picture().contains("y copy"), "a draft changes nothing");
    screen.keys("<esc>T");
    propose(&mut screen, SUMMARY);
    assert!(hints_apply(&screen), "{}", screen.picture());
}

#[test]
fn a_session_that_has_changed_is_looked_at_again() {
    let mut screen = open(80, 24);
    screen.keys("ggjjjjjT");
    propose(&mut screen, SUMMARY);
    let desk = haversack::workspace::Desk::new(checkout(), PlanSettings::default(), Budget::Tokens(900), Time(0));
    let generation = screen.state.generation;
    screen.event(Event::Opened {
        generation,
        desk: Box::new(desk),
        keeping: haversack::tui::app::event::Keeping::InTheStore,
    });
    screen.keys("<enter>");
    assert!(screen.state.status.words.starts_with("the session has changed"), "{}", screen.state.status.words);
    assert!(matches!(screen.effects.last(), Some(Effect::Propose { .. })));
    let (generation, asked, _) = asked(&screen);
    let outcome = Ok(proposal(screen.desk().session(), &asked.task, SUMMARY));
    screen.event(Event::Proposed { generation, outcome });
    screen.keys("<enter>");
    assert!(matches!(screen.effects.last(), Some(Effect::Record { .. })));
}

/// From the key to the store and back, with a server.
#[test]
fn a_summary_is_applied_as_shown_and_undone() {
    let stub = Stub::start(vec![Says::Pieces(
        NDJSON,
        ollama(&["<think>hm</think>The totals ", "are rounded twice."], "stop"),
    )]);
    let mut screen = Stored::demo(120, 36);
    screen.screen.state.settings.model = Ok(model(&stub.url()));
    let before = screen.session();
    let long = before.entries.iter().find(|entry| entry.kind == Kind::Result && entry.costs[0] > 400);
    let (id, seq) = long.map(|entry| (entry.id, entry.seq)).expect("the demo has a long result");
    screen.keys(&format!(":#{seq}<enter>T"));
    let shown = screen.screen.picture();
    assert!(shown.contains("The totals are rounded twice.") && !shown.contains("hm</think>"), "{shown}");
    assert_eq!(screen.session().entries, before.entries, "showing changes nothing");
    screen.keys("<enter>");
    assert!(screen.status().starts_with(&format!("rewrote the summary of #{seq}")), "{}", screen.status());
    let stored = screen.session();
    let entry = stored.entry(id).expect("it is there");
    assert_eq!(entry.state.rewrites.get(&Level::Summary), Some(&clean("The totals are rounded twice.")));
    screen.assert_in_step();
    screen.keys("u");
    assert_eq!(screen.session().entries, before.entries);
    screen.keys("T");
    assert_eq!(stub.seen().len(), 1, "the same is asked once");
    assert!(screen.screen.picture().contains("asked before"), "{}", screen.screen.picture());
}

#[test]
fn several_entries_are_condensed_in_one_edit() {
    let text = "### Goal\n- Round once [#1]";
    let stub = Stub::start(vec![Says::Pieces(NDJSON, ollama(&[text], "stop"))]);
    let mut screen = Stored::demo(120, 36);
    screen.screen.state.settings.model = Ok(model(&stub.url()));
    let before = screen.session();
    screen.keys("gg<space><space><space><space>T<enter>");
    assert!(screen.status().starts_with("condensed"), "{}", screen.status());
    assert_eq!(screen.session().entries.len(), before.entries.len() + 1);
    screen.assert_in_step();
    screen.keys("u");
    assert_eq!(screen.session().entries, before.entries);
}

#[test]
fn a_missing_server_is_one_line_in_the_lens() {
    let mut screen = Stored::demo(120, 36);
    screen.screen.state.settings.model = Ok(model(&nobody()));
    screen.keys("M");
    let shown = screen.screen.picture();
    assert!(shown.contains("no model server answers at") && shown.contains("ollama serve"), "{shown}");
}
