//! update: events in, state and effects out.

use crossterm::event::{MouseButton, MouseEventKind};
mod reload;

use haversack::{
    model::*,
    tui::action::Action,
    tui::app::{
        Effect, Event, Popup, Screen, Tone,
        effect::Existing,
        event::{AfterFailure, Keeping, Way},
        inspector::Pane,
        list::{Column, Facet},
    },
    workspace::desk::Desk,
};
use pretty_assertions::assert_eq;

use crate::screen::{Harness, checkout};

fn open() -> Harness {
    Harness::open(120, 36, checkout())
}

fn said(harness: &Harness) -> (&str, Tone) {
    (&harness.state.status.words, harness.state.status.tone)
}

fn cursor(harness: &Harness) -> u32 {
    let inspector = harness.state.inspector().expect("a session is open");
    let index = inspector.list.current().expect("the list has a row");
    inspector.desk.session().entries[index].seq
}

fn seqs(harness: &Harness) -> Vec<u32> {
    let inspector = harness.state.inspector().expect("a session is open");
    inspector.list.rows.iter().map(|&index| inspector.desk.session().entries[index].seq).collect()
}

fn state_of(harness: &Harness, seq: u32) -> EntryState {
    harness.desk().session().by_seq(seq).expect("the entry is there").state.clone()
}

/// The edit of the last effect, which must be its recording.
fn recorded(harness: &Harness) -> Edit {
    match harness.effects.last() {
        Some(Effect::Record { session, edit }) => {
            assert_eq!(*session, harness.desk().session().id);
            edit.clone()
        }
        other => panic!("no edit was recorded but {other:?}"),
    }
}

#[test]
fn a_pin_changes_the_desk_at_once_and_is_recorded() {
    let mut harness = open();
    harness.keys("jp");
    let pinned =
        EntryState { pinned: true, held: Held { level: Level::Full, by: HeldBy::Hand }, ..EntryState::default() };
    assert_eq!(state_of(&harness, 2), pinned);
    let edit = Edit {
        words: "pinned #2".into(),
        changes: vec![Change::State { id: EntryId(2), before: EntryState::default(), after: pinned }],
        ..Edit::default()
    };
    assert_eq!(harness.effects, [Effect::Record { session: harness.desk().session().id.clone(), edit }]);
    harness.keys("p");
    assert_eq!(state_of(&harness, 2), EntryState::default());
    assert_eq!(recorded(&harness).words, "unpinned #2");
}

#[test]
fn every_verb_has_its_key() {
    for (keys, words) in [
        ("x", "evicted #1"),
        ("c", "compacted #1 to summary"),
        ("1", "compacted #1 to summary"),
        ("3", "compacted #1 to keywords"),
        ("cr", "restored #1"),
        ("-", "lowered #1 to 0.95"),
        ("--+", "raised #1 to 0.95"),
        ("-R", "scored #1 by rule"),
        ("=<backspace><backspace><backspace><backspace>0.4<enter>", "scored #1 0.40"),
        ("Cj<enter>", "compacted #1 to summary"),
        ("s", "evicted #3 with #4 (one exchange)"),
    ] {
        let mut harness = open();
        harness.keys(keys);
        assert_eq!(recorded(&harness).words, words, "{keys}: {:?}", harness.state.status);
        assert!(harness.state.status.words.starts_with(words), "{keys}: {:?}", harness.state.status);
    }
}

#[test]
fn a_refused_verb_says_why_and_changes_nothing() {
    let mut harness = open();
    harness.keys("px");
    assert_eq!(said(&harness), ("#1 is pinned: unpin first", Tone::Refused));
    assert_eq!(harness.effects.len(), 1, "only the pin is recorded");
}

#[test]
fn verbs_act_on_all_marked_entries_in_one_edit() {
    let mut harness = open();
    harness.keys("<space><space>-");
    assert_eq!(recorded(&harness).touches(), [EntryId(1), EntryId(2)]);
    assert_eq!(state_of(&harness, 1).importance, Importance::new(0.95));
    assert_eq!(state_of(&harness, 2).importance, Importance::new(0.25));
    harness.keys("<esc>jp");
    assert_eq!(recorded(&harness).touches(), [EntryId(4)], "esc clears the marks");
}

#[test]
fn undo_is_asked_of_the_store_and_taken_in() {
    let mut harness = open();
    harness.keys("x");
    let edit = recorded(&harness);
    let session = harness.desk().session().id.clone();
    harness.keys("u");
    assert_eq!(harness.effects.last(), Some(&Effect::Step { session: session.clone(), way: Way::Undo }));
    harness.event(Event::Undone { session: session.clone(), way: Way::Undo, edit: edit.inverse() });
    assert_eq!(state_of(&harness, 1).fate, Fate::Live);
    assert!(harness.state.status.words.starts_with("undid: evicted #1"), "{:?}", harness.state.status);
    harness.keys("U");
    assert_eq!(harness.effects.last(), Some(&Effect::Step { session, way: Way::Redo }));
}

#[test]
fn an_undo_that_does_not_fit_reads_the_session_again() {
    let mut harness = open();
    let session = harness.desk().session().id.clone();
    let before = EntryState { pinned: true, ..EntryState::default() };
    let change = Change::State { id: EntryId(1), before, after: EntryState::default() };
    let edit = Edit { words: "unpinned #1".into(), changes: vec![change], ..Edit::default() };
    harness.event(Event::Undone { session: session.clone(), way: Way::Undo, edit });
    let generation = harness.state.generation;
    let budget = harness.desk().budget();
    assert_eq!(harness.effects.last(), Some(&Effect::Open { generation, session, budget }));
}

#[test]
fn an_edit_that_cannot_be_stored_is_said_and_the_session_read_again() {
    let mut harness = open();
    harness.keys("jjx");
    let failed =
        Event::Failed { doing: "Storing the edit".into(), why: "disk full".into(), next: AfterFailure::Reload };
    harness.event(failed);
    assert_eq!(said(&harness), ("Storing the edit failed: disk full", Tone::Failed));
    let Some(Effect::Open { generation, .. }) = harness.effects.last() else { panic!("no reload") };
    let desk = Desk::new(checkout(), harness.state.settings.plan, harness.desk().budget(), Time(0));
    harness.event(Event::Opened { generation: *generation, desk: Box::new(desk), keeping: Keeping::InTheStore });
    assert_eq!(state_of(&harness, 3).fate, Fate::Live);
    assert_eq!(cursor(&harness), 3, "the cursor stays on its entry");
}

#[test]
fn the_budget_moves_by_step_by_number_and_from_the_menu() {
    let mut harness = open();
    let budget = |harness: &Harness| harness.desk().totals().budget;
    harness.keys("]");
    assert_eq!(budget(&harness), 1_300);
    harness.keys("[[");
    assert_eq!(budget(&harness), 1_100);
    harness.keys("B<enter>");
    assert_eq!(budget(&harness), 8_000);
    harness.keys("b<backspace><backspace><backspace><backspace>2.5k<enter>");
    assert_eq!(budget(&harness), 2_500);
    harness.keys("bmany<enter>");
    assert_eq!(budget(&harness), 2_500);
    let Some(Popup::Line(line)) = &harness.state.popup else { panic!("the line stays open") };
    assert!(line.problem.as_ref().is_some_and(|problem| problem.contains("32k")));
    assert_eq!(harness.effects, [], "the budget is of the screen, not of the session");
}

#[test]
fn the_budget_edge_can_be_dragged_both_ways() {
    let mut harness = open();
    let bar = harness.state.areas.bar;
    let (edge, y) = (bar.area.x + bar.budget_cells, bar.area.y);
    harness.mouse(MouseEventKind::Down(MouseButton::Left), edge, y);
    harness.mouse(MouseEventKind::Drag(MouseButton::Left), edge - bar.budget_cells / 2, y);
    assert_eq!(harness.desk().totals().budget, 600);
    harness.mouse(MouseEventKind::Drag(MouseButton::Left), edge + 8, y);
    assert_eq!(harness.desk().totals().budget, 1_300);
    harness.mouse(MouseEventKind::Up(MouseButton::Left), edge + 8, y);
    harness.mouse(MouseEventKind::Drag(MouseButton::Left), 3, y);
    assert_eq!(harness.desk().totals().budget, 1_300, "after release the edge stays");
}

#[test]
fn rows_tabs_and_headings_can_be_clicked_and_the_wheel_turned() {
    let mut harness = open();
    let areas = harness.state.areas.clone();
    harness.click(areas.list.x + 5, areas.list.y + 3);
    assert_eq!(cursor(&harness), 4);
    let (tokens, _) = areas.columns.iter().find(|(_, column)| *column == Column::Tokens).copied().expect("a heading");
    harness.click(tokens.x, tokens.y);
    assert_eq!(seqs(&harness)[..2], [11, 4], "largest first");
    let tab = harness.state.areas.tabs.iter().find(|(_, level)| *level == Level::Keywords).expect("a tab").0;
    harness.click(tab.x + 1, tab.y);
    assert_eq!(harness.state.inspector().map(|inspector| inspector.preview.level), Some(Level::Keywords));
    harness.keys("g");
    harness.mouse(MouseEventKind::ScrollDown, areas.list.x + 5, areas.list.y + 3);
    assert_eq!(cursor(&harness), seqs(&harness)[3]);
    let pin = harness.state.areas.hints[0].0;
    harness.click(pin.x, pin.y);
    assert!(recorded(&harness).words.starts_with("pinned"));
}

#[test]
fn the_list_is_sorted_filtered_and_searched() {
    let mut harness = open();
    harness.keys("ojjjj<enter>");
    assert_eq!(seqs(&harness)[0], 1, "most important first, boundaries not among them");
    assert!(!seqs(&harness).contains(&8));
    harness.keys("O");
    assert_eq!(seqs(&harness).last(), Some(&1));

    let mut harness = open();
    harness.keys("/case_17");
    assert_eq!(seqs(&harness), [6, 7, 9, 16]);
    harness.keys("<enter>F/mgs");
    assert_eq!(seqs(&harness), [0_u32; 0], "nothing is found");
    harness.keys("<esc>");
    assert_eq!(seqs(&harness).len(), 17, "esc drops the search");
    harness.keys("/round.rs");
    assert!(seqs(&harness).contains(&10), "by file name");

    let mut harness = open();
    let Screen::Session(inspector) = &mut harness.state.screen else { panic!("a session is open") };
    inspector.list.filter.facets = [Facet::Lost, Facet::Tool("Bash".into())].into();
    inspector.refresh();
    assert_eq!(seqs(&harness), [5, 6]);
}

#[test]
fn a_rewrite_is_counted_checked_and_recorded() {
    let mut harness = open();
    harness.keys("jjjle");
    let Some(Popup::Editor(editor)) = &harness.state.popup else { panic!("no editor is open") };
    assert!(editor.tokens.is_some(), "the count is there with the text");
    harness.keys(" and more<ctrl-s>");
    let edit = recorded(&harness);
    assert_eq!(edit.words, "rewrote the summary of #4");
    let state = state_of(&harness, 4);
    assert!(state.rewrites[&Level::Summary].ends_with("and more"));
    let entry = harness.desk().session().by_seq(4).expect("the entry is there");
    assert!(entry.costs.is_sorted_by(|a, b| a >= b), "{:?}", entry.costs);
}

#[test]
fn a_rewrite_that_grows_is_refused_and_stays_in_the_editor() {
    let mut harness = open();
    harness.keys("jle");
    harness.keys(&"many more words than before ".repeat(8));
    harness.keys("<ctrl-s>");
    let Some(Popup::Editor(editor)) = &harness.state.popup else { panic!("the editor is gone") };
    assert!(
        editor.problem.as_ref().is_some_and(|problem| problem.contains("would save nothing")),
        "{:?}",
        editor.problem
    );
    harness.keys("<esc>");
    assert!(matches!(harness.state.popup, Some(Popup::Confirm(_))), "typed text is not thrown away unasked");
    harness.keys("n");
    assert!(matches!(harness.state.popup, Some(Popup::Editor(_))));
    harness.keys("<esc>y");
    assert!(harness.state.popup.is_none());
    assert_eq!(harness.effects, []);
}

#[test]
fn a_note_is_pinned_and_keeps_its_source() {
    let mut harness = open();
    harness.keys("n<ctrl-s>");
    let note = harness.desk().session().entries.last().expect("there are entries").clone();
    assert_eq!((note.kind, note.seq, note.state.pinned), (Kind::Note, 18, true));
    assert_eq!(note.place, harness.desk().session().entries[0].place);
    assert!(note.costs[0] > 0);
    assert_eq!(recorded(&harness).words, "noted #18");
}

#[test]
fn the_plan_can_be_applied_copied_and_written() {
    let mut harness = open();
    harness.keys("a");
    assert!(recorded(&harness).words.starts_with("applied the plan to"));
    harness.keys("Y");
    let session = harness.desk().session().id.clone();
    let exported = Effect::Exported { session, export: harness.desk().export() };
    let copy = Effect::Copy { text: harness.desk().pack_text() };
    assert_eq!(harness.effects[harness.effects.len() - 2..], [copy, exported.clone()]);
    harness.keys("w<enter>");
    let text = harness.desk().pack_text();
    let ask = Effect::Write { path: "pack.txt".into(), text: text.clone(), existing: Existing::Ask };
    assert_eq!(harness.effects[harness.effects.len() - 2..], [ask, exported]);
    harness.event(Event::FileExists { path: "pack.txt".into(), text: text.clone() });
    harness.keys("y");
    let replace = Effect::Write { path: "pack.txt".into(), text, existing: Existing::Replace };
    assert_eq!(harness.effects.last(), Some(&replace));
}

#[test]
fn enter_answers_why_and_goes_from_the_panes_to_the_list() {
    let mut harness = open();
    harness.keys("<enter>");
    let Some(Popup::Why(reading)) = &harness.state.popup else { panic!("no answer") };
    assert!(reading.lines[0].contains("line 1 of"), "{:?}", reading.lines);
    harness.keys("<esc>");
    harness.keys("b<backspace><backspace><backspace><backspace>400<enter>");
    harness.keys("<backtab>j<enter>");
    let inspector = harness.state.inspector().expect("a session is open");
    assert_eq!(inspector.focus, Pane::Entries);
    let second = inspector.left_out.rows[1].0;
    assert_eq!(inspector.list.current(), Some(second));
}

#[test]
fn the_picker_opens_imports_deletes_and_brings_back() {
    let mut harness = Harness::new(80, 24);
    let generation = harness.state.generation;
    harness.event(Event::Listed { generation, rows: Vec::new(), now: Time(0) });
    harness.keys("d");
    let generation = harness.state.generation;
    let budget = harness.state.settings.budget;
    assert_eq!(harness.effects.last(), Some(&Effect::Demo { generation, budget }));

    harness.event(Event::Listed { generation, rows: crate::screens::sessions(), now: Time(0) });
    harness.keys("i<enter>");
    assert_eq!(harness.effects.last(), Some(&Effect::Import { path: "~/.claude/projects".into(), session: None }));

    harness.event(Event::Listed { generation, rows: crate::screens::sessions(), now: Time(0) });
    let id = crate::screens::sessions()[0].id.clone();
    harness.keys("xn");
    assert!(!matches!(harness.effects.last(), Some(Effect::Delete { .. })));
    harness.keys("xy");
    let title = "Rounding bug in checkout".to_owned();
    assert_eq!(harness.effects.last(), Some(&Effect::Delete { session: id.clone(), title: title.clone() }));
    harness.event(Event::Deleted { session: id.clone(), title: title.clone() });
    harness.keys("u");
    assert_eq!(harness.effects.last(), Some(&Effect::Undelete { session: id, title }));
    harness.keys("<enter>");
    assert!(matches!(harness.effects.last(), Some(Effect::Open { .. })));
}

#[test]
fn q_quits_but_not_while_a_text_is_typed() {
    let mut harness = open();
    harness.keys("/q");
    assert!(!harness.state.quit);
    harness.keys("<esc>?q");
    assert!(!harness.state.quit && harness.state.popup.is_some(), "in help, letters find keys");
    harness.keys("<esc><esc>q");
    assert!(harness.state.quit);
}

#[test]
fn what_is_typed_into_a_number_replaces_it() {
    let budget = |harness: &Harness| harness.desk().budget().tokens();
    let mut harness = open();
    harness.keys("b500<enter>");
    assert_eq!(budget(&harness), 500);
    harness.keys("b<end>0<enter>");
    assert_eq!(budget(&harness), 5_000, "a move keeps what stands there");
    harness.keys("b<ctrl-u>");
    let Some(Popup::Line(line)) = &harness.state.popup else { panic!("no line") };
    assert_eq!(line.text(), "");
    harness.keys("20000000<enter>");
    let Some(Popup::Line(line)) = &harness.state.popup else { panic!("taken, but out of range") };
    assert_eq!(line.problem.as_deref(), Some("a number from 100 to 10,000,000"));
    assert_eq!(budget(&harness), 5_000);
    harness.keys("<ctrl-u>99<enter><ctrl-u>100<enter>");
    assert_eq!(budget(&harness), 100);
}

#[test]
fn why_offers_the_verbs_that_would_change_the_answer() {
    let mut harness = open();
    harness.keys("x<enter>");
    assert_eq!(harness.state.helping(), [Action::Restore]);
    assert!(harness.picture().contains("r restore  esc close"), "{}", harness.picture());
    harness.keys("p");
    assert!(harness.state.popup.is_some(), "a verb that is not offered is not heard");
    harness.keys("r");
    assert!(harness.state.popup.is_none());
    assert_eq!(state_of(&harness, 1).fate, Fate::Live);
    harness.keys("<enter>q");
    assert!(harness.state.popup.is_none() && !harness.state.quit, "q closes what is read, not the program");
}

#[test]
fn the_status_says_what_an_edit_did_for_the_pack() {
    let mut harness = open();
    harness.keys("jjjp");
    let words = &harness.state.status.words;
    assert!(words.starts_with("pinned #4: ") && words.contains("pushed out #") && words.contains(", pack "), "{words}");
    harness.keys("p");
    let words = &harness.state.status.words;
    assert!(words.starts_with("unpinned #4: let in #") && words.contains("value "), "{words}");
    let said: Vec<String> = (400..1_400)
        .step_by(100)
        .map(|budget| {
            let mut harness = open();
            harness.keys(&format!("b{budget}<enter>x"));
            harness.state.status.words.clone()
        })
        .collect();
    assert!(said.iter().any(|words| words.contains(" fuller, ")), "{said:#?}");
}

#[test]
fn what_the_agent_lost_is_one_key_away() {
    let mut harness = open();
    harness.keys("L");
    assert_eq!(seqs(&harness), [1, 2, 3, 4, 5, 6, 7]);
    harness.keys("L");
    assert_eq!(seqs(&harness).len(), harness.desk().session().entries.len());
}

#[test]
fn a_plan_that_takes_long_is_asked_for_and_comes_in() {
    let mut harness = open();
    if let Screen::Session(inspector) = &mut harness.state.screen {
        inspector.desk.plan_apart(0);
    }
    harness.keys("tj<enter>");
    let asked = harness.effects.iter().filter(|effect| matches!(effect, Effect::Plan { .. })).count();
    assert_eq!(asked, 1, "once for one plan");
    assert!(!harness.desk().is_awaiting(), "the harness has answered");
    assert!(said(&harness).0.starts_with("ladder: "), "{:?}", said(&harness));
    harness.keys("x");
    let desk = harness.desk();
    let fresh = Desk::new(desk.session().clone(), desk.settings(), desk.budget(), desk.as_of());
    assert_eq!(desk.plan(), fresh.plan());
    assert!(said(&harness).0.contains("pack"), "what it did is told when the plan is there: {:?}", said(&harness));
}

#[test]
fn a_plan_of_before_an_edit_is_dropped() {
    let mut harness = open();
    if let Screen::Session(inspector) = &mut harness.state.screen {
        inspector.desk.plan_apart(0);
        inspector.desk.set_strategy(haversack::pack::strategy::Strategy::Window);
        let stale = inspector.desk.chosen().clone();
        let job = harness.state.plans;
        harness.event(Event::Planned { job: job.wrapping_sub(1), plan: Box::new(stale) });
    }
    assert!(!harness.desk().is_awaiting(), "the newest was asked for and has come");
    assert_eq!(harness.desk().chosen().notes.len(), 1, "window says what it did");
}
