//! The list of sessions: sorted by every column, filtered, with what each holds and what its log says it used.

use haversack::{
    model::*,
    tui::app::{Effect, Event, Screen, picker::Picker},
};
use insta::assert_snapshot;

use crate::{
    screen::Harness,
    screens::{listed, sessions},
};

fn picker(harness: &Harness) -> &Picker {
    match &harness.state.screen {
        Screen::Sessions(picker) => picker,
        _ => panic!("the list of sessions is not open"),
    }
}

fn titles(harness: &Harness) -> Vec<&str> {
    let picker = picker(harness);
    picker.rows.iter().map(|&index| picker.sessions[index].id.native()).collect()
}

fn asked(harness: &Harness) -> Vec<String> {
    let asked = harness.effects.iter().filter_map(|effect| match effect {
        Effect::Usage { session } => Some(session.native().to_owned()),
        _ => None,
    });
    asked.collect()
}

#[test]
fn every_column_sorts_and_the_same_again_turns_it_round() {
    let mut harness = listed(120, 36, sessions());
    assert_eq!(titles(&harness), ["6a2f", "77b0", "9"], "newest first");
    harness.keys("O");
    assert_eq!(titles(&harness), ["9", "77b0", "6a2f"]);
    // The menu: title, project, agent, entries, tokens, logged, age.
    harness.keys("ogjjj<enter>");
    assert_eq!(titles(&harness), ["6a2f", "77b0", "9"], "the most entries first");
    harness.keys("ogj<enter>");
    assert_eq!(titles(&harness), ["9", "6a2f", "77b0"], "by project");
    let areas = harness.state.areas.session_columns.clone();
    let (heading, _) = areas.iter().find(|(_, column)| column.heading() == "tokens").expect("it has a heading");
    harness.click(heading.x + 1, heading.y);
    assert_eq!(titles(&harness), ["6a2f", "77b0", "9"]);
    harness.click(heading.x + 1, heading.y);
    assert_eq!(titles(&harness), ["9", "77b0", "6a2f"]);
}

#[test]
fn one_agents_or_one_projects_sessions_are_shown_alone() {
    let mut harness = listed(80, 24, sessions());
    harness.keys("fjj<enter>");
    assert_eq!(titles(&harness), ["9"], "distill");
    assert!(harness.picture().contains("Sessions 1 of 3 · only distill"), "{}", harness.picture());
    harness.keys("<esc>");
    assert_eq!(titles(&harness).len(), 3);
    harness.keys("fG<enter>/nothing like it<enter>");
    assert!(harness.picture().contains("No session is like that"), "{}", harness.picture());
}

#[test]
fn what_was_used_is_asked_for_one_session_at_a_time() {
    let mut harness = listed(120, 36, sessions());
    assert_eq!(asked(&harness), ["6a2f"]);
    harness.keys("jk");
    assert_eq!(asked(&harness), ["6a2f"], "one question at a time");
    let usage = Usage { input: 1_000, output: 40_000, cache_read: 14_000_000, cache_write: 200_000 };
    harness.event(Event::Used { session: SessionId::new("claude:6a2f"), usage: Some(usage) });
    assert_eq!(asked(&harness), ["6a2f", "77b0"]);
    harness.event(Event::Used { session: SessionId::new("claude:77b0"), usage: None });
    harness.event(Event::Used { session: SessionId::new("distill:9"), usage: None });
    assert_eq!(asked(&harness), ["6a2f", "77b0", "9"]);
    let mut rows = sessions();
    rows[0].held_entries = [300, 80, 20, 4];
    rows[0].held_tokens = [90_000, 60_204, 30_000, 6_000];
    let generation = harness.state.generation;
    harness.event(Event::Listed { generation, rows, now: Time(0) });
    assert_eq!(asked(&harness).len(), 3, "nothing was written to them since");
    assert_snapshot!("picker_levels_120x36", harness.picture());
    // 300 + 80 + 20 + 4 of 412 are held.
    assert!(harness.picture().contains("– out 8"), "{}", harness.picture());
}

#[test]
fn a_listing_that_has_changed_keeps_the_cursor_on_its_session() {
    let mut harness = listed(120, 36, sessions());
    harness.keys("jj");
    assert_eq!(picker(&harness).current().expect("a row").id.native(), "9");
    let generation = harness.state.generation;
    let fewer = sessions().split_off(1);
    harness.event(Event::Listed { generation, rows: fewer, now: Time(0) });
    assert_eq!(picker(&harness).current().expect("a row").id.native(), "9");
    harness.event(Event::Listed { generation, rows: Vec::new(), now: Time(0) });
    assert!(picker(&harness).current().is_none());
}
