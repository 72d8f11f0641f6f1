//! The entry view: renditions, finding inside, mentions, history, and the way from entry to entry.

use std::time::Instant;

use haversack::{
    model::*,
    tui::app::{
        Effect, Event, Lens,
        entry::{EntryView, Sheet},
    },
};
use insta::assert_snapshot;

use super::SIZES;
use crate::screen::{Harness, checkout, entry, session};

fn view(harness: &Harness) -> &EntryView {
    match &harness.state.lens {
        Some(Lens::Entry(view)) => view,
        _ => panic!("the entry view is not open"),
    }
}

fn seq(harness: &Harness) -> u32 {
    harness.desk().session().entry(view(harness).of).expect("the view shows an entry of the session").seq
}

#[test]
fn the_entry_view_at_every_size() {
    for (width, height) in SIZES {
        let mut harness = Harness::open(width, height, checkout());
        harness.keys("jjjv");
        assert_snapshot!(format!("entry_{width}x{height}"), harness.picture());
    }
    let mut harness = Harness::open(80, 24, checkout());
    harness.keys("jjjvhh");
    assert_snapshot!("entry_mentions_80x24", harness.picture());
}

#[test]
fn what_is_found_inside_is_stepped_through_and_counted() {
    let mut harness = Harness::open(120, 36, checkout());
    harness.keys("jjjv/line_4<enter>");
    let page = view(&harness).page(Level::Full).expect("the full text is on the screen");
    // line_4, line_40 to line_49, each once.
    assert_eq!(page.found.len(), 11);
    assert!(harness.picture().contains("11 found"), "{}", harness.picture());
    harness.keys("n");
    assert_eq!(harness.state.status.words, "“line_4” 2 of 11");
    assert!(harness.picture().contains("line_40"), "{}", harness.picture());
    harness.keys("NN");
    assert_eq!(harness.state.status.words, "“line_4” 11 of 11", "around the beginning");
    assert!(harness.picture().contains("line_49"), "{}", harness.picture());
    harness.keys("lll");
    assert_eq!(view(&harness).sheet, Sheet::Text(Level::Keywords));
    harness.keys("/no such words<enter>n");
    assert!(harness.state.status.words.starts_with("“no such words” is not in the keywords text"));
}

#[test]
fn an_empty_find_says_what_to_do() {
    let mut harness = Harness::open(80, 24, checkout());
    harness.keys("vn");
    assert_eq!(harness.state.status.words, "nothing is looked for: / finds text");
}

#[test]
fn mentions_lead_to_other_entries_and_back() {
    let mut harness = Harness::open(120, 36, checkout());
    // The failing test run: its call, and the message that names its case.
    harness.keys("jjjjjv<enter>");
    assert_eq!((seq(&harness), view(&harness).sheet), (6, Sheet::Mentions));
    let picture = harness.picture();
    assert!(picture.contains("its call"), "{picture}");
    assert!(picture.contains("Mentioned later in"), "{picture}");
    harness.keys("<enter>");
    assert_eq!(seq(&harness), 5, "the first of its mentions is its call");
    harness.keys("<backspace>");
    assert_eq!(seq(&harness), 6);
    harness.keys("<backspace>");
    assert_eq!(harness.state.status.words, "no link has been followed");
}

#[test]
fn the_next_entry_is_that_of_the_list_and_the_list_goes_along() {
    let mut harness = Harness::open(80, 24, checkout());
    harness.keys("v>>>");
    assert_eq!(seq(&harness), 4);
    harness.keys("<lt>");
    assert_eq!(seq(&harness), 3);
    harness.keys("<esc>");
    assert!(harness.state.lens.is_none());
    assert_eq!(harness.state.inspector().and_then(|inspector| inspector.list.current()), Some(2));
    harness.keys("Gv>");
    assert_eq!(harness.state.status.words, "this is the last entry");
}

#[test]
fn verbs_act_on_the_entry_that_is_shown_and_its_history_tells_them() {
    let mut harness = Harness::open(120, 36, checkout());
    harness.keys("jj<space>");
    assert!(harness.picture().contains("1 marked"));
    harness.keys("jv>p");
    let pinned: Vec<u32> =
        harness.desk().session().entries.iter().filter(|entry| entry.state.pinned).map(|entry| entry.seq).collect();
    assert_eq!(pinned, [6], "not the marked one, not the one under the list's cursor when the view was opened");
    let history = view(&harness).history.as_ref().expect("the worker has answered");
    assert_eq!(history.len(), 1);
    assert!(harness.picture().contains("pinned #6"), "{}", harness.picture());
}

#[test]
fn a_late_answer_about_another_entry_is_dropped() {
    let mut harness = Harness::open(120, 36, checkout());
    harness.keys("v");
    let first = harness.effects.iter().find_map(|effect| match effect {
        Effect::History { of, version, .. } => Some((*of, *version)),
        _ => None,
    });
    let (of, version) = first.expect("the view asks for the history");
    harness.keys(">p");
    let shown = view(&harness).history.clone();
    assert_eq!(shown.as_ref().map(Vec::len), Some(1));
    harness.event(Event::History { of, version, rows: Vec::new(), now: Time(0) });
    assert_eq!(view(&harness).history, shown);
}

#[test]
fn a_long_line_is_read_to_its_end() {
    let long = session("One long line", vec![entry(1, Kind::Message, &format!("{}END", "0123456789".repeat(30_000)))]);
    let mut harness = Harness::open(80, 24, long);
    harness.keys("v/END<enter>");
    assert!(harness.picture().contains("END"), "{}", harness.picture());
    harness.keys("gG");
    assert!(harness.picture().contains("END"), "{}", harness.picture());
}

#[test]
fn a_boundary_and_an_empty_session_have_a_view_too() {
    let mut harness = Harness::open(120, 36, checkout());
    harness.keys("jjjjjjjv");
    assert!(harness.picture().contains("compaction 1"), "{}", harness.picture());
    let mut harness = Harness::open(80, 24, session("Nothing yet", Vec::new()));
    harness.keys("v");
    assert!(harness.state.lens.is_none());
    assert_eq!(harness.state.status.words, "there is no entry to look at");
}

/// Not a test of time: prints what a key costs on a line of 1 MB. `cargo test --release --test suite one_megabyte --
/// --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn one_megabyte_line_keys() {
    for (name, unit) in [("ascii", "0123456789 lorem ipsum "), ("mixed", "0123456789 四捨五入 é ")] {
        let text = unit.repeat(1_000_000 / unit.len());
        let long = session("One long line", vec![entry(1, Kind::Prompt, "go"), entry(2, Kind::Message, &text)]);
        let mut harness = Harness::open(120, 36, long);
        let mut worst = Vec::new();
        for key in
            ["j", "v", "j", "<pagedown>", "G", "k", "g", "/", "l", "o", "r", "<enter>", "n", "N", "<lt>", ">", "G"]
        {
            let begun = Instant::now();
            harness.key_alone(key);
            worst.push((begun.elapsed(), key));
            harness.draw();
        }
        worst.sort();
        worst.reverse();
        println!("{name}: {:?}", &worst[..5]);
    }
}
