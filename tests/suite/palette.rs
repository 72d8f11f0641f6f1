//! The palette, help that narrows down, the menu of verbs, and the mouse on lines between panes.

use crossterm::event::{MouseButton, MouseEventKind};
use haversack::{
    model::*,
    tui::app::{Border, Effect, Popup, state::Look},
};
use insta::assert_snapshot;

use crate::screen::{Harness, checkout};

fn open() -> Harness {
    Harness::open(120, 36, checkout())
}

#[test]
fn the_palette_and_narrowed_help_by_picture() {
    for (width, height) in [(40, 12), (80, 24)] {
        let mut harness = Harness::open(width, height, checkout());
        harness.keys(":bud");
        assert_snapshot!(format!("palette_{width}x{height}"), harness.picture());
        harness.keys("<esc>?undo");
        assert_snapshot!(format!("help_undo_{width}x{height}"), harness.picture());
    }
    let mut harness = open();
    harness.keys("m");
    assert_snapshot!("verbs_menu_120x36", harness.picture());
}

#[test]
fn an_action_is_done_by_its_name() {
    let mut harness = open();
    harness.keys(":pin<enter>");
    let recorded = |effect: &Effect| matches!(effect, Effect::Record { edit, .. } if edit.words.starts_with("pinned"));
    assert!(harness.effects.iter().any(recorded), "{:?}", harness.effects);
    assert!(harness.state.popup.is_none());
}

#[test]
fn numbers_and_names_are_arguments() {
    let mut harness = open();
    harness.keys(":budget 700<enter>");
    assert_eq!(harness.desk().budget(), Budget::Tokens(700));
    harness.keys(":score 0.8<enter>");
    let current = harness.state.inspector().and_then(|inspector| inspector.list.current()).expect("a row");
    assert_eq!(harness.desk().session().entries[current].importance(), 0.8);
    harness.keys(":strategy grad<enter>");
    assert_eq!(harness.desk().settings().strategy.to_string(), "gradient");
    harness.keys(":theme dark<enter>");
    assert_eq!(harness.state.look, Look::Dark);
    harness.keys(":#3<enter>");
    let current = harness.state.inspector().and_then(|inspector| inspector.list.current()).expect("a row");
    assert_eq!(harness.desk().session().entries[current].seq, 3);
    harness.keys(":#900<enter>");
    assert_eq!(harness.state.status.words, "there is no #900 in this session");
    harness.keys(":budget 1<enter>");
    assert_eq!(harness.desk().budget(), Budget::Tokens(700), "a budget out of range is none to choose");
}

#[test]
fn what_nothing_is_called_stays_to_be_mended() {
    let mut harness = open();
    harness.keys(":zzzzqqq<enter>");
    assert!(matches!(harness.state.popup, Some(Popup::Palette(_))));
    assert!(harness.picture().contains("nothing is called that"));
    harness.keys("<esc>");
    assert!(harness.state.popup.is_none());
}

#[test]
fn esc_in_help_clears_what_was_typed_and_then_closes() {
    let mut harness = open();
    harness.keys("?undo");
    assert!(harness.picture().contains("redo what was undone"));
    assert!(!harness.picture().contains("hold it in full"));
    harness.keys("<esc>");
    assert!(harness.picture().contains("hold it in full"));
    harness.keys("<esc>");
    assert!(harness.state.popup.is_none());
}

#[test]
fn a_right_click_lists_the_verbs_of_the_row_under_it() {
    let mut harness = open();
    let list = harness.state.areas.list;
    harness.mouse(MouseEventKind::Down(MouseButton::Right), list.x + 3, list.y + 2);
    let inspector = harness.state.inspector().expect("a session is open");
    assert_eq!(inspector.list.cursor, 2);
    assert!(matches!(harness.state.popup, Some(Popup::Menu(_))));
    harness.keys("<enter>");
    let pinned = harness.desk().session().entries.iter().filter(|entry| entry.state.pinned).count();
    assert_eq!(pinned, 1, "the first verb is pin");
}

#[test]
fn a_double_click_opens_and_a_click_only_selects() {
    let mut harness = open();
    let list = harness.state.areas.list;
    harness.click(list.x + 3, list.y + 1);
    harness.click(list.x + 3, list.y + 1);
    assert!(harness.state.popup.is_none());
    harness.double_click(list.x + 3, list.y + 1);
    assert!(matches!(harness.state.popup, Some(Popup::Why(_))));
}

#[test]
fn lines_between_panes_can_be_dragged() {
    let mut harness = open();
    let before = harness.state.areas.list;
    let (line, _) =
        *harness.state.areas.borders.iter().find(|(_, border)| *border == Border::Columns).expect("columns");
    harness.mouse(MouseEventKind::Down(MouseButton::Left), line.x, line.y + 4);
    harness.mouse(MouseEventKind::Drag(MouseButton::Left), line.x - 20, line.y + 4);
    harness.mouse(MouseEventKind::Up(MouseButton::Left), line.x - 20, line.y + 4);
    assert_eq!(harness.state.areas.list.width, before.width - 20);
    let (rule, _) = *harness.state.areas.borders.iter().find(|(_, border)| *border == Border::Under).expect("a rule");
    let free = rule.right() - 2;
    harness.mouse(MouseEventKind::Down(MouseButton::Left), free, rule.y);
    harness.mouse(MouseEventKind::Drag(MouseButton::Left), free, 0);
    assert!(harness.state.areas.list.height >= 2, "no pane is dragged away");
    harness.mouse(MouseEventKind::Drag(MouseButton::Left), free, 20);
    assert!(harness.state.areas.borders.iter().any(|&(rule, border)| border == Border::Under && rule.y == 20));
}
