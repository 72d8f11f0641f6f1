//! The first run: an empty store says what the program is and offers three ways in; the coach names keys until they have
//! been used.

use std::path::PathBuf;

use haversack::{
    tui::app::{Effect, Event, Screen, coach::Coach},
    workspace::{Agent, AgentLogs},
};
use insta::assert_snapshot;

use crate::{
    screen::{Harness, checkout},
    screens::{listed, sessions},
};

pub fn agents() -> Vec<AgentLogs> {
    let logs = |agent, place: &str, logs, bytes| AgentLogs { agent, places: vec![place.into()], logs, bytes };
    vec![
        logs(Agent::Claude, "/home/ada/.claude/projects", 1_204, 1_200_000_000),
        logs(Agent::Codex, "/home/ada/.codex/sessions", 31, 80_000_000),
        logs(Agent::Crush, "/home/ada/\u{1b}[2Jshop/.crush/crush.db", 1, 12_000),
    ]
}

fn empty(width: u16, height: u16) -> Harness {
    let mut harness = listed(width, height, Vec::new());
    harness.event(Event::Discovered { agents: agents() });
    harness
}

#[test]
fn an_empty_store_at_every_size() {
    for (width, height) in [(40, 12), (80, 24), (120, 36), (200, 60)] {
        let mut harness = empty(width, height);
        harness.keys("j<space>");
        assert_snapshot!(format!("first_run_{width}x{height}"), harness.picture());
    }
    let mut harness = listed(80, 24, Vec::new());
    harness.event(Event::Discovered { agents: Vec::new() });
    assert_snapshot!("first_run_nothing_found_80x24", harness.picture());
}

#[test]
fn logs_are_looked_for_once_and_only_where_there_is_no_session() {
    let looked = |harness: &Harness| harness.effects.iter().filter(|effect| **effect == Effect::Discover).count();
    let mut harness = listed(80, 24, Vec::new());
    harness.keys("jkjk");
    assert_eq!(looked(&harness), 1);
    assert_eq!(looked(&listed(80, 24, sessions())), 0);
}

#[test]
fn enter_goes_in_by_the_way_under_the_cursor() {
    let mut harness = empty(80, 24);
    harness.keys("<enter>");
    assert!(matches!(harness.effects.last(), Some(Effect::Demo { .. })));
    let mut harness = empty(80, 24);
    harness.keys("jj<enter>");
    let import = |paths: &[&str]| Effect::ImportAll { paths: paths.iter().map(PathBuf::from).collect() };
    assert_eq!(harness.effects.last(), Some(&import(&["/home/ada/.codex/sessions"])));
    assert!(matches!(&harness.state.screen, Screen::Waiting(waiting) if waiting.doing == "Importing 31 logs of Codex"));
    let mut harness = empty(80, 24);
    harness.keys("j<space><space><enter>");
    let both = import(&["/home/ada/.claude/projects", "/home/ada/.codex/sessions"]);
    assert_eq!(harness.effects.last(), Some(&both), "what is marked, whatever is under the cursor");
    let mut harness = empty(80, 24);
    harness.keys("G<enter>");
    assert!(harness.state.popup.is_some(), "a path is asked for");
}

#[test]
fn the_cursor_stays_on_its_way_when_logs_are_found() {
    let mut harness = listed(80, 24, Vec::new());
    harness.keys("G");
    harness.event(Event::Discovered { agents: agents() });
    harness.keys("<enter>");
    assert!(harness.state.popup.is_some(), "still on the file");
}

#[test]
fn a_click_moves_and_a_double_click_goes_in() {
    let mut harness = empty(80, 24);
    let list = harness.state.areas.list;
    harness.click(list.x + 5, list.y + 2);
    assert!(matches!(harness.state.screen, Screen::Sessions(_)));
    harness.double_click(list.x + 5, list.y + 2);
    assert!(matches!(harness.effects.last(), Some(Effect::ImportAll { .. })));
}

#[test]
fn the_coach_names_a_key_until_it_has_been_used_once() {
    let mut harness = Harness::open(120, 36, checkout());
    assert!(!harness.picture().contains("try "), "switched off");
    harness.state.coach = Some(Coach::default());
    harness.keys("j");
    assert!(harness.picture().contains("try enter: says why"), "{}", harness.picture());
    assert!(!harness.effects.iter().any(|effect| matches!(effect, Effect::Learned { .. })), "moving is no news");
    harness.keys("<enter><esc>j");
    assert!(harness.picture().contains("try ]: gives more budget"), "{}", harness.picture());
    let learned = harness.effects.iter().filter_map(|effect| match effect {
        Effect::Learned { used } => Some(used.clone()),
        _ => None,
    });
    let learned: Vec<_> = learned.collect();
    assert_eq!(learned, [["open".to_owned()].into()]);
    // What is said about an edit comes first, and a key used before its turn is not named any more.
    harness.keys("p]]u");
    assert_eq!(harness.effects.iter().filter(|effect| matches!(effect, Effect::Learned { .. })).count(), 4);
    harness.keys("j");
    assert!(harness.picture().contains("try A: shows"), "{}", harness.picture());
}
