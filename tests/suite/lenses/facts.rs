//! The facts on the screen.

use haversack::{
    model::*,
    pack::price,
    text::redact::clean,
    tui::app::{Event, Lens, Popup, facts::Facts, facts::Tab, tick_after},
};
use insta::assert_snapshot;
use pretty_assertions::assert_eq;

use super::{SIZES, stored::Stored};
use crate::screen::{Harness, TOKENIZER, checkout};

const MINUTE: i64 = 60_000;
const NOW: i64 = 1_795_284_000_000;

fn fact(arrived: u32, key: &str, value: &str, trust: Trust, ago: i64) -> Fact {
    let mut fact = Fact {
        id: FactId(arrived.into()),
        key: clean(key),
        value: clean(value),
        kind: FactKind::Context,
        scope: Scope::Session,
        trust,
        pinned: false,
        at: Time(NOW - ago * MINUTE),
        arrived,
        expires: None,
        removed: None,
        source: None,
        cost: 0,
    };
    price::price_fact(&mut fact, &TOKENIZER);
    fact
}

/// A session with a fact of every standing.
fn known() -> Session {
    let mut session = checkout();
    let mut rule = fact(1, "rounding", "never before the total; cents everywhere", Trust::User, 95);
    (rule.pinned, rule.kind, rule.source) = (true, FactKind::Constraint, Some(session.entries[0].id));
    let mut port = fact(2, "port", "4000", Trust::Agent, 40);
    (port.kind, port.expires) = (FactKind::ShortLived, Some(Time(NOW + 24 * MINUTE)));
    let mut old = fact(3, "branch", "fix/rounding", Trust::Agent, 240);
    old.expires = Some(Time(NOW - 60 * MINUTE));
    let mut removed = fact(4, "owner", "Ada", Trust::User, 90);
    removed.removed = Some(Time(NOW - 5 * MINUTE));
    session.facts = vec![
        rule,
        port,
        old,
        removed,
        fact(5, "verify", "make test", Trust::User, 80),
        fact(6, "verify", "cargo test -p pricing", Trust::User, 30),
        fact(7, "verify", "cargo test", Trust::Agent, 20),
    ];
    session
}

fn open(width: u16, height: u16, session: Session) -> Harness {
    let mut screen = Harness::open(width, height, session);
    screen.keys("K");
    screen.event(Event::Clock { now: Time(NOW) });
    screen
}

fn lens(screen: &Harness) -> &Facts {
    match &screen.state.lens {
        Some(Lens::Facts(lens)) => lens,
        _ => panic!("the facts are not open"),
    }
}

#[test]
fn the_facts_at_every_size() {
    for (width, height) in SIZES {
        assert_snapshot!(format!("facts_{width}x{height}"), open(width, height, known()).picture());
    }
}

#[test]
fn each_standing_has_its_tab_with_its_reason() {
    let mut screen = open(80, 24, known());
    assert_eq!(lens(&screen).counts, [3, 2, 1, 1]);
    screen.keys("<tab>");
    let picture = screen.picture();
    assert!(picture.contains("by hand") && picture.contains("fix/rounding"), "{picture}");
    screen.keys("<tab>");
    let picture = screen.picture();
    assert!(picture.contains("superseded by a newer write: “cargo test -p pricing”"), "{picture}");
    screen.keys("l");
    assert!(screen.picture().contains("rejected: one trusted more is in force"), "{}", screen.picture());
    screen.keys("<right>");
    assert_eq!(lens(&screen).tab, Tab::Active);
    screen.keys("<backtab>");
    assert_eq!(lens(&screen).tab, Tab::Rejected);
    let mut screen = open(80, 24, checkout());
    assert!(screen.picture().contains("no fact is in force: a writes one"));
    screen.keys("l");
    assert!(screen.picture().contains("no fact has expired"));
}

#[test]
fn time_that_passes_takes_a_fact_out_of_force_and_out_of_the_pack() {
    let mut screen = open(80, 24, known());
    assert!(screen.desk().pack_text().contains("[fact port] 4000"));
    let before = screen.desk().totals().facts;
    assert!(tick_after(&screen.state).is_some(), "the time left is told anew");
    screen.event(Event::Clock { now: Time(NOW + 24 * MINUTE) });
    assert_eq!(lens(&screen).counts, [2, 3, 1, 1]);
    assert!(!screen.desk().pack_text().contains("[fact port]"));
    assert!(screen.desk().totals().facts < before);
    screen.event(Event::Clock { now: Time(NOW) });
    assert_eq!(lens(&screen).counts, [2, 3, 1, 1], "time does not go back");
    screen.keys("<esc>");
    assert_eq!(tick_after(&screen.state), None);
}

#[test]
fn a_fact_is_written_pinned_edited_expired_and_all_of_it_undone() {
    let mut stored = Stored::demo(100, 30);
    let before = stored.session();
    stored.keys("Ka");
    assert!(matches!(stored.screen.state.popup, Some(Popup::Editor(_))));
    stored.keys("verify<tab>cargo test -p pricing<tab>");
    stored.keys("<ctrl-s>");
    stored.assert_in_step();
    let written = stored.session().facts;
    assert_eq!(written.len(), 1);
    assert_eq!(
        (&*written[0].key, &*written[0].value, written[0].trust),
        ("verify", "cargo test -p pricing", Trust::User)
    );
    assert!(stored.status().starts_with("set fact verify: "), "{}", stored.status());
    assert!(
        stored.screen.desk().pack_text().contains("[fact verify] cargo test -p pricing"),
        "the pack has it at once"
    );

    stored.keys("p");
    assert!(stored.session().facts[0].pinned);
    stored.keys("e");
    stored.keys(" --all<ctrl-s>");
    stored.assert_in_step();
    let facts = stored.session().facts;
    assert_eq!((facts.len(), &*facts[1].value, facts[1].pinned), (2, "cargo test -p pricing --all", true));
    assert_eq!(lens(&stored.screen).counts, [1, 0, 1, 0]);
    stored.keys("x");
    stored.assert_in_step();
    assert_eq!(lens(&stored.screen).counts, [1, 1, 0, 0], "the write before it holds again");
    stored.keys("uuuu");
    stored.assert_in_step();
    let after = stored.session();
    assert_eq!((after.facts, after.entries), (before.facts, before.entries));
    stored.keys("UUUU");
    stored.assert_in_step();
    assert_eq!(lens(&stored.screen).counts, [1, 1, 0, 0]);
}

#[test]
fn an_entry_becomes_a_fact_where_the_policy_lets_it() {
    let mut stored = Stored::demo(100, 30);
    stored.keys("gKn");
    let first = stored.session().entries[0].clone();
    let Some(Popup::Editor(editor)) = &stored.screen.state.popup else { panic!("a form is open") };
    // It is too long in full: the longest rendition that fits is offered.
    assert!(first.text.chars().count() > 280);
    let fitting = Level::ALL.map(|level| first.text_at(level)).into_iter().find(|text| text.chars().count() <= 280);
    assert!(editor.text().contains(fitting.expect("one is short").trim()), "{}", editor.text());
    stored.keys("<ctrl-s>");
    let problem = |stored: &Stored| match &stored.screen.state.popup {
        Some(Popup::Editor(editor)) => editor.problem.clone().unwrap_or_default(),
        _ => panic!("the form stays open"),
    };
    assert!(problem(&stored).contains("needs a key"), "{}", problem(&stored));
    stored.keys("task<tab>");
    stored.screen.event(Event::Paste("long ".repeat(60)));
    stored.keys("<ctrl-s>");
    let said = problem(&stored);
    assert!(said.contains("280 are allowed"), "{said}");
    assert!(stored.session().facts.is_empty(), "nothing is cut and nothing is written");
    stored.keys("<esc>y");
    stored.keys("n");
    stored.keys("task<ctrl-s>");
    let facts = stored.session().facts;
    assert_eq!(facts[0].source, Some(first.id));
    assert!(stored.screen.picture().contains("from #1 user"), "{}", stored.screen.picture());
    stored.keys("o");
    assert!(stored.screen.state.lens.is_none());
    assert_eq!(stored.screen.state.inspector().unwrap().list.current(), Some(0));
}

#[test]
fn the_write_under_the_cursor_is_meant_whatever_its_key_says() {
    let mut stored = Stored::demo(80, 24);
    let (id, person) = (stored.id.clone(), Actor::person());
    let draft = |key: &str, value: &str, trust| haversack::facts::Draft {
        key: key.into(),
        value: value.into(),
        kind: FactKind::Context,
        scope: Scope::Session,
        trust,
        pinned: false,
        ttl: None,
        source: None,
    };
    let first = stored.workspace.set_fact(&id, &person, draft("verify", "cargo test", Trust::User)).unwrap();
    // A key that is the other's id.
    stored.workspace.set_fact(&id, &person, draft(&first.id.to_string(), "trap", Trust::Agent)).unwrap();
    stored.reload();
    stored.keys("Kx");
    let removed: Vec<String> =
        stored.session().facts.iter().filter(|fact| fact.removed.is_some()).map(|fact| fact.key.to_string()).collect();
    assert_eq!(removed, ["verify"]);
    stored.keys("<tab>x");
    assert_eq!(stored.status(), "fact 'verify' is removed already");
}

#[test]
fn hostile_facts_are_inert() {
    let mut session = checkout();
    session.facts = vec![fact(1, "evil\u{1b}[2J\u{202e}key", &"漢字 \u{200b}\u{7}".repeat(60), Trust::User, 1)];
    let screen = open(80, 24, session);
    let picture = screen.picture();
    assert!(!picture.chars().any(|c| c == '\u{1b}' || c == '\u{202e}' || c == '\u{7}'), "{picture}");
}
