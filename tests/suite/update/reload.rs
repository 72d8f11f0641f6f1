//! A session that is read again while a person works: answers that come late, and a log that is followed.

use pretty_assertions::assert_eq;

use super::*;

#[test]
fn stale_answers_are_dropped() {
    let mut harness = open();
    harness.keys("p");
    harness.state.generation += 1;
    let desk = Desk::new(checkout(), harness.state.settings.plan, harness.desk().budget(), Time(0));
    let generation = harness.state.generation - 1;
    harness.event(Event::Opened { generation, desk: Box::new(desk), keeping: Keeping::InTheStore });
    assert!(state_of(&harness, 1).pinned, "the older answer did not replace the session");
    harness.state.searches += 1;
    let generation = harness.state.searches - 1;
    harness.event(Event::Found { generation, places: vec![0] });
    assert_eq!(seqs(&harness).len(), 17);
}

#[test]
fn a_search_does_not_make_a_reload_stale() {
    let mut harness = open();
    harness.keys("p");
    let failed = Event::Failed { doing: "Storing".into(), why: "disk full".into(), next: AfterFailure::Reload };
    harness.event(failed);
    let Some(Effect::Open { generation, .. }) = harness.effects.last().cloned() else { panic!("no reload") };
    harness.keys("/error<enter>");
    let desk = Desk::new(checkout(), harness.state.settings.plan, harness.desk().budget(), Time(0));
    harness.event(Event::Opened { generation, desk: Box::new(desk), keeping: Keeping::InTheStore });
    assert!(!state_of(&harness, 1).pinned, "the screen shows what is stored");
}

#[test]
fn an_edit_during_a_reload_is_not_lost_from_the_screen() {
    let mut harness = open();
    harness.event(Event::StoreChanged);
    let Some(Effect::Open { generation: first, .. }) = harness.effects.last().cloned() else { panic!("no reload") };
    harness.keys("p");
    let [.., Effect::Record { .. }, Effect::Open { generation, .. }] = harness.effects[..] else {
        panic!("it is not read again: {:?}", harness.effects)
    };
    let desk = Desk::new(checkout(), harness.state.settings.plan, harness.desk().budget(), Time(0));
    harness.event(Event::Opened { generation: first, desk: Box::new(desk), keeping: Keeping::InTheStore });
    assert!(state_of(&harness, 1).pinned, "what was read before the pin is stale");
    let stored = Desk::new(harness.desk().session().clone(), harness.state.settings.plan, Budget::Tokens(1), Time(0));
    harness.event(Event::Opened { generation, desk: Box::new(stored), keeping: Keeping::InTheStore });
    harness.keys("jx");
    assert!(matches!(harness.effects.last(), Some(Effect::Record { .. })), "nothing is under way any more");
}

/// The list has no row then that the pack could follow.
#[test]
fn a_pack_that_shrinks_under_an_empty_list_can_be_scrolled() {
    let mut harness = Harness::open(200, 60, checkout());
    harness.keys("<tab><tab>G/nowhere at all<enter>b<ctrl-u>400<enter>");
    assert!(seqs(&harness).is_empty());
    harness.keys("kgkGjk");
    let piece = harness.state.inspector().expect("a session is open").pack.piece;
    assert!(piece < harness.desk().outline().len());
}

#[test]
fn a_store_changed_elsewhere_is_read_again() {
    let mut harness = open();
    harness.event(Event::StoreChanged);
    assert!(matches!(harness.effects.last(), Some(Effect::Open { .. })));
    assert!(harness.state.status.words.contains("another program changed the store"));
}

/// A session of so many entries of 30 lines each.
fn growing(entries: u32) -> Session {
    let text = |seq: u32| (1..=30).map(|line| format!("line {line} of entry {seq}\n")).collect::<String>();
    let said = (1..=entries).map(|seq| crate::screen::entry(seq, Kind::Message, &text(seq))).collect();
    crate::screen::session("growing", said)
}

/// A session that is followed, on a screen, and then the same with more entries.
fn follow(before: u32, keys: &str, after: u32) -> Harness {
    let mut harness = Harness::new(120, 36);
    let opened = |harness: &mut Harness, entries: u32| {
        let desk = Desk::new(growing(entries), harness.state.settings.plan, Budget::Tokens(20_000), Time(0));
        let generation = harness.state.generation;
        harness.event(Event::Opened { generation, desk: Box::new(desk), keeping: Keeping::Following });
    };
    opened(&mut harness, before);
    harness.keys(keys);
    harness.event(Event::Grew { words: "10 new entries".into() });
    assert!(matches!(harness.effects.last(), Some(Effect::Open { .. })));
    assert_eq!(said(&harness), ("10 new entries", Tone::Plain));
    opened(&mut harness, after);
    harness
}

#[test]
fn who_reads_further_up_is_not_moved_by_what_the_agent_writes() {
    let before = follow(40, "12j", 40);
    let after = follow(40, "12j", 50);
    assert_eq!((cursor(&after), seqs(&after).len()), (cursor(&before), 50));
    let pane = |harness: &Harness| {
        let pack = harness.state.inspector().expect("a session is open").pack;
        (harness.desk().piece_text(pack.piece), pack.row)
    };
    let keys = "12j<tab><tab>jjjjjjjj";
    assert_eq!(pane(&follow(40, keys, 50)), pane(&follow(40, keys, 40)), "the carry-forward pane stays too");
}

#[test]
fn who_stands_at_the_end_sees_what_the_agent_writes() {
    assert_eq!(cursor(&follow(40, "G", 50)), 50);
}

#[test]
fn a_piece_that_shrinks_under_the_carry_forward_pane_is_scrolled_into_sight() {
    let mut harness = follow(2, "<tab><tab>jjjjjjjjjjjjjjjjjjjjjjjjjjj", 2);
    let desk = Desk::new(growing(40), harness.state.settings.plan, Budget::Tokens(900), Time(0));
    let generation = harness.state.generation;
    harness.event(Event::Opened { generation, desk: Box::new(desk), keeping: Keeping::Following });
    harness.keys("<tab><tab>G");
    assert!(harness.picture().contains("entry 40"), "{}", harness.picture());
}
