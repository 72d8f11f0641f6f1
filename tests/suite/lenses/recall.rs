//! Recall: searching while one types, opening at a hit, bringing back, over a session and over the list of sessions.

use haversack::{
    model::*,
    text::redact::clean,
    tui::app::{
        Effect, Event, Lens, Screen,
        event::Keeping,
        recall::{Answer, Recall},
    },
    workspace::{FactHit, Found, Hit, Scope, Tier, desk::Desk},
};
use insta::assert_snapshot;

use super::SIZES;
use crate::{
    screen::{Harness, checkout, entry, session},
    screens::{listed, sessions},
};

fn recall(harness: &Harness) -> &Recall {
    match &harness.state.lens {
        Some(Lens::Recall(recall)) => recall,
        _ => panic!("recall is not open"),
    }
}

fn hit(session: &str, seq: u32, fate: Fate, tier: Tier, snippet: &str) -> Hit {
    Hit {
        session_id: SessionId::new(session),
        title: clean("Rounding bug in checkout"),
        entry_id: EntryId(u64::from(seq)),
        seq,
        kind: Kind::Result,
        tool: Some("Bash".into()),
        at: Some(Time(0)),
        pinned: false,
        fate,
        found_in: Found::Text,
        score: [1.0, 0.5, 0.2][tier as usize],
        tier,
        snippet: clean(snippet),
    }
}

fn answer(query: &str) -> Answer {
    let fact = FactHit {
        session_id: SessionId::new("claude:77b0"),
        fact_id: FactId(1),
        key: clean("verify"),
        value: clean("cargo test -p pricing rounding"),
        scope: haversack::model::Scope::Project,
        trust: Trust::User,
        at: Time(0),
        score: 0.4,
        tier: Tier::Supporting,
    };
    Answer {
        query: query.into(),
        hits: vec![
            hit("claude:6a2f", 6, Fate::Live, Tier::Strong, "…case_17 fails: the line items are rounded one by one…"),
            hit("claude:6a2f", 13, Fate::Evicted, Tier::Supporting, "Rounding happens once, in cents."),
            hit("claude:77b0", 3, Fate::Archived, Tier::Peripheral, "…四捨五入 rounding \u{1b}[2J\u{202e}evil"),
        ],
        facts: vec![fact],
        sessions: vec![
            (SessionId::new("claude:6a2f"), clean("Rounding bug in checkout"), clean("/home/ada/shop")),
            (SessionId::new("claude:77b0"), clean("結帳時的四捨五入錯誤"), clean("/home/ada/tee")),
        ],
        now: Time(3 * 3_600_000),
    }
}

/// Answers the newest question.
fn tell(harness: &mut Harness, answer: Answer) {
    let generation = asked(harness).last().expect("something was asked").0;
    harness.event(Event::Recalled { generation, answer });
}

fn asked(harness: &Harness) -> Vec<(u64, String, Scope)> {
    let asked = harness.effects.iter().filter_map(|effect| match effect {
        Effect::Recall { generation, query, scope } => Some((*generation, query.clone(), scope.clone())),
        _ => None,
    });
    asked.collect()
}

#[test]
fn recall_at_every_size() {
    for (width, height) in SIZES {
        let mut harness = Harness::open(width, height, checkout());
        harness.keys("Erounding");
        tell(&mut harness, answer("rounding"));
        harness.keys("<down>");
        assert_snapshot!(format!("recall_{width}x{height}"), harness.picture());
    }
    let mut harness = listed(80, 24, sessions());
    harness.keys("E");
    assert_snapshot!("recall_empty_80x24", harness.picture());
    harness.keys("nowhere<tab>");
    tell(&mut harness, Answer { query: "nowhere".into(), hits: Vec::new(), facts: Vec::new(), ..answer("") });
    assert!(harness.picture().contains("0 found"), "{}", harness.picture());
    let nothing =
        Answer { query: "nowhere".into(), hits: Vec::new(), facts: Vec::new(), sessions: Vec::new(), now: Time(0) };
    tell(&mut harness, nothing);
    assert_snapshot!("recall_nothing_80x24", harness.picture());
}

#[test]
fn every_letter_asks_again_and_only_the_newest_answer_counts() {
    let mut harness = Harness::open(80, 24, checkout());
    harness.keys("Eq?");
    assert!(harness.state.popup.is_some(), "a question mark asks for help: it finds nothing");
    harness.keys("<esc><backspace>ab");
    let all = asked(&harness);
    let queries: Vec<&str> = all.iter().map(|(_, query, _)| query.as_str()).collect();
    assert_eq!(queries, ["q", "a", "ab"]);
    assert!(all.windows(2).all(|two| two[0].0 < two[1].0));
    harness.event(Event::Recalled { generation: all[1].0, answer: answer("a") });
    assert!(recall(&harness).answer.is_none(), "an answer to what was typed before");
    harness.event(Event::Recalled { generation: all[2].0, answer: answer("ab") });
    assert_eq!(recall(&harness).answer.as_ref().map(|answer| answer.hits.len()), Some(3));
    harness.keys("<ctrl-u>");
    assert!(recall(&harness).answer.is_none(), "an empty line finds nothing");
}

#[test]
fn a_hit_in_the_open_session_is_gone_to_though_a_filter_hides_it() {
    let mut harness = Harness::open(80, 24, checkout());
    harness.keys("/user<enter>Erounding");
    tell(&mut harness, answer("rounding"));
    harness.keys("<enter>");
    assert!(harness.state.lens.is_none());
    let inspector = harness.state.inspector().expect("the session is open");
    let index = inspector.list.current().expect("an entry is under the cursor");
    assert_eq!(inspector.desk.session().entries[index].seq, 6);
}

#[test]
fn a_hit_in_another_session_opens_it_there() {
    let mut harness = listed(80, 24, sessions());
    harness.keys("Erounding");
    tell(&mut harness, answer("rounding"));
    harness.keys("<down><down><down>");
    harness.keys("<enter>");
    let Some(Effect::Open { generation, session: opened, budget }) = harness.effects.last().cloned() else {
        panic!("a session is asked for: {:?}", harness.effects.last());
    };
    assert_eq!(opened, SessionId::new("claude:77b0"));
    let mut other = session("Another", (1..9).map(|seq| entry(seq, Kind::Message, "words")).collect());
    other.id = opened;
    let desk = Box::new(Desk::new(other, Default::default(), budget, Time(0)));
    harness.event(Event::Opened { generation, desk, keeping: Keeping::InTheStore });
    let index = harness.state.inspector().and_then(|inspector| inspector.list.current());
    assert_eq!(index, Some(2));
    // What was found is still there.
    harness.keys("E");
    assert_eq!(recall(&harness).query(), "rounding");
}

#[test]
fn where_to_look_goes_round_and_is_asked_again() {
    let mut harness = Harness::open(80, 24, checkout());
    harness.keys("Ex<tab>");
    let scopes: Vec<Scope> = asked(&harness).into_iter().map(|(.., scope)| scope).collect();
    assert_eq!(scopes, [Scope::All, Scope::Session(SessionId::new("claude:6a2f"))]);
    // This session names no project, so there is none to look into.
    harness.keys("<tab>");
    assert_eq!(asked(&harness).last().map(|(.., scope)| scope.clone()), Some(Scope::All));
    let mut harness = listed(80, 24, sessions());
    harness.keys("Ex<tab><tab>");
    assert_eq!(asked(&harness).last().map(|(.., scope)| scope.clone()), Some(Scope::Project(clean("/home/ada/shop"))));
}

#[test]
fn what_is_out_is_brought_back_and_that_is_undone() {
    let mut harness = Harness::open(120, 36, checkout());
    harness.keys("Gkkkkx");
    harness.keys("Erounding");
    tell(&mut harness, answer("rounding"));
    harness.keys("<ctrl-r>");
    assert!(harness.state.status.words.contains("#6 is not out"), "{:?}", harness.state.status);
    harness.keys("<down><ctrl-r>");
    assert!(
        matches!(harness.effects.iter().rev().nth(1), Some(Effect::Record { edit, .. }) if edit.words.contains("restored #13"))
    );
    assert_eq!(asked(&harness).len(), "rounding".len() + 1, "what was found is asked for again");
    harness.keys("<down><down><ctrl-r>");
    let Some(Effect::BringBack { session, entry, .. }) = harness.effects.last().cloned() else {
        panic!("{:?}", harness.effects.last());
    };
    assert_eq!((session.as_str(), entry), ("claude:77b0", EntryId(3)));
    harness.event(Event::BroughtBack { session: session.clone(), words: "restored #3".into() });
    assert_eq!(harness.state.status.words, "restored #3");
    harness.keys("<ctrl-z>");
    assert!(matches!(harness.effects.last(), Some(Effect::Step { session: undone, .. }) if *undone == session));
    harness.keys("<ctrl-z>");
    assert!(
        matches!(harness.effects.last(), Some(Effect::Step { session: undone, .. }) if undone.as_str() == "claude:6a2f")
    );
    harness.keys("<ctrl-z>");
    assert_eq!(harness.state.status.words, "nothing was brought back here");
}

#[test]
fn from_the_list_of_sessions_it_leads_back_there() {
    let mut harness = listed(80, 24, sessions());
    harness.keys("E<esc>");
    assert!(harness.state.lens.is_none() && matches!(harness.state.screen, Screen::Sessions(_)));
    let mut harness = listed(80, 24, Vec::new());
    harness.keys("E<tab><enter>");
    assert_eq!(harness.state.status.words, "nothing to open");
}
