//! Pictures of the demo for the README: each must be what the code draws. `cargo redraw` draws them again.

use std::{fs, path::PathBuf};

use haversack::{
    facts::{Draft, FactSettings},
    model::{
        Budget, Edit, FactKind, JournalRow, JournalStatus, Level, Scope, Session, SessionId, Time, Trust, Usage, Verb,
        Via,
    },
    pack::{
        price,
        replay::{Replayer, Step},
        settings::PlanSettings,
        strategy::texts::Texts,
    },
    text::redact::clean,
    tui::{
        app::{
            Effect, Event,
            event::Keeping,
            recall::{Answer as Recalled, MOST},
        },
        picture::svg,
    },
    workspace::{SessionRow, Task, Workspace, desk::Desk},
};

use crate::{
    first_run::agents,
    lenses::{
        lessons,
        writing::{proposal, reply},
    },
    llm::model,
    record,
    screen::{Harness, TOKENIZER},
    screens::sessions,
};

/// A picture: the keys that lead to it, in a terminal of this size.
struct Scene {
    name: &'static str,
    size: (u16, u16),
    /// Tokens.
    budget: u32,
    keys: &'static str,
    /// What the worker answers to them, and the keys after that.
    then: Option<(Answer, &'static str)>,
}

type Answer = fn(&Session) -> Vec<Event>;

const SCENES: [Scene; 18] = [
    Scene {
        name: "main",
        size: (140, 40),
        budget: 16_000,
        keys: "/Go on with the backfill<enter>Fkkkkkkk",
        then: None,
    },
    Scene { name: "why", size: (140, 40), budget: 4_000, keys: "/they stay as they are<enter>F<enter>", then: None },
    Scene { name: "suggestions", size: (140, 34), budget: 16_000, keys: "A<space>j<space>j", then: None },
    Scene { name: "palette", size: (100, 28), budget: 16_000, keys: ":strat", then: None },
    Scene { name: "model", size: (140, 34), budget: 16_000, keys: ":#72<enter>T", then: Some((written, "")) },
    Scene { name: "sweep", size: (140, 40), budget: 16_000, keys: "W", then: None },
    Scene { name: "compare", size: (140, 40), budget: 16_000, keys: "Dfff", then: None },
    Scene { name: "help", size: (140, 40), budget: 16_000, keys: "?", then: None },
    Scene {
        name: "entry",
        size: (160, 44),
        budget: 16_000,
        keys: "/Running tests/rounding.rs<enter>Fv/rounding<enter>",
        then: None,
    },
    Scene { name: "recall", size: (140, 30), budget: 16_000, keys: "Erounding total<down>", then: None },
    Scene { name: "patterns", size: (130, 26), budget: 16_000, keys: "I", then: None },
    Scene { name: "trends", size: (130, 36), budget: 16_000, keys: "V", then: None },
    Scene { name: "sessions", size: (140, 24), budget: 16_000, keys: "S", then: None },
    Scene { name: "first-run", size: (100, 24), budget: 16_000, keys: "S", then: None },
    Scene { name: "small", size: (80, 24), budget: 8_000, keys: "/Why did you forget<enter>F", then: None },
    Scene { name: "journal", size: (120, 30), budget: 16_000, keys: "J", then: Some((journal, "jj")) },
    Scene { name: "facts", size: (120, 30), budget: 16_000, keys: "K", then: Some((facts, "j")) },
    Scene { name: "replay", size: (120, 34), budget: 8_000, keys: "/#8<enter>FH", then: Some((replay, "")) },
];

#[test]
fn the_pictures_are_current() {
    for scene in &SCENES {
        let committed = fs::read_to_string(path(scene, "svg")).unwrap_or_default();
        let stale = committed != draw(scene);
        assert!(!stale, "screenshots/{}.svg is not what the code draws: look at it after `cargo redraw`", scene.name);
        assert!(path(scene, "png").exists(), "screenshots/{}.png is missing: run `cargo redraw`", scene.name);
    }
}

#[test]
#[ignore = "writes screenshots/: run it as `cargo redraw`"]
fn redraw() {
    for scene in &SCENES {
        let svg = draw(scene);
        fs::create_dir_all(path(scene, "svg").with_file_name("")).expect("the checkout can be written to");
        fs::write(path(scene, "png"), record::png(&svg)).expect("the checkout can be written to");
        fs::write(path(scene, "svg"), svg).expect("the checkout can be written to");
    }
}

fn draw(scene: &Scene) -> String {
    let demo = include_str!("../../assets/demo/checkout.json");
    let session: Session = serde_json::from_str(demo).expect("the built-in session is a session");
    let mut screen = Harness::new(scene.size.0, scene.size.1);
    screen.state.settings.budget = Budget::Tokens(scene.budget);
    screen.state.settings.model = Ok(model("http://localhost:11434"));
    let desk = Box::new(Desk::new(session, PlanSettings::default(), screen.state.settings.budget, Time(0)));
    screen.event(Event::Opened { generation: screen.state.generation, desk, keeping: Keeping::Nothing });
    // The first frame tells the sizes that scrolling needs.
    screen.event(Event::Resized);
    screen.keys(scene.keys);
    answer(scene, &mut screen);
    if let Some((answer, keys)) = scene.then {
        let events = answer(screen.desk().session());
        events.into_iter().for_each(|event| screen.event(event));
        screen.keys(keys);
    }
    svg(screen.buffer())
}

/// What the store would tell, from a store of the demo's own or made up.
fn answer(scene: &Scene, screen: &mut Harness) {
    let generation = screen.state.generation;
    let asked = screen.effects.iter().rev().find_map(|effect| match effect {
        Effect::Recall { generation, query, scope } => Some((*generation, query.clone(), scope.clone())),
        _ => None,
    });
    if let Some((generation, query, scope)) = asked {
        let mut workspace = Workspace::throw_away(PlanSettings::default()).expect("a store in memory can be made");
        workspace.demo().expect("the built-in session is a session");
        let hits = workspace.recall(&query, &scope, MOST).expect("any text is a query");
        let rows = workspace.sessions().expect("the store was just made");
        let now = Time(rows.iter().filter_map(|row| row.last_at).map(|at| at.0).max().unwrap_or(0) + 7_200_000);
        let sessions = rows.into_iter().map(|row| (row.id, row.title, row.project)).collect();
        screen
            .event(Event::Recalled { generation, answer: Recalled { query, hits, facts: Vec::new(), sessions, now } });
    }
    if let "patterns" | "trends" = scene.name {
        screen.event(Event::Lessons { generation: screen.state.lessons, learned: lessons::busy() });
    }
    match scene.name {
        "sessions" => {
            screen.event(Event::Listed { generation, rows: many(), now: Time(0) });
            for (at, row) in many().into_iter().enumerate() {
                let usage =
                    Usage { input: 9_000, output: 41_000 * (at as u64 + 1), cache_read: 2_400_000, cache_write: 0 };
                screen.event(Event::Used { session: row.id, usage: (at != 3).then_some(usage) });
            }
            screen.keys("j");
        }
        "first-run" => {
            screen.event(Event::Listed { generation, rows: Vec::new(), now: Time(0) });
            screen.event(Event::Discovered { agents: agents() });
            screen.keys("j<space>");
        }
        _ => {}
    }
}

/// Sessions of a person who has worked for a while.
fn many() -> Vec<SessionRow> {
    let one = sessions().remove(0);
    let made = [
        (
            "claude:6a2f",
            "Rounding bug in checkout",
            "/home/ada/shop",
            [412, 120, 60, 8],
            [120_000, 31_004, 9_000, 200],
            5,
        ),
        (
            "codex:1f3e",
            "Move the cart to the new pricing crate",
            "/home/ada/shop",
            [610, 0, 0, 0],
            [88_410, 0, 0, 0],
            190,
        ),
        ("claude:90aa", "Flaky test: case_17 on CI", "/home/ada/shop", [96, 40, 0, 0], [20_100, 3_000, 0, 0], 1_500),
        ("aider:77b0", "A tea of the month, for 2.4", "/home/ada/tee", [17, 0, 0, 0], [3_546, 0, 0, 0], 4_000),
        ("gemini:c0de", "Release notes for 2.4", "/home/ada/tee", [55, 10, 10, 10], [9_000, 2_000, 900, 300], 20_000),
    ];
    let rows = made.map(|(id, title, project, held_entries, held_tokens, minutes)| SessionRow {
        id: SessionId::new(id),
        title: clean(title),
        project: clean(project),
        entries: held_entries.iter().sum(),
        held_entries,
        held_tokens,
        last_at: Some(Time(-minutes * 60_000)),
        ..one.clone()
    });
    rows.into()
}

/// Every turn of the demo, replayed.
fn replay(session: &Session) -> Vec<Event> {
    let texts = Texts::with(TOKENIZER.clone());
    let replayer = Replayer::new(session, PlanSettings::default(), 8_000, &texts);
    let mut before = None;
    let mut step = |number| {
        let turn = replayer.turn(number, before.as_ref());
        let step = Step::between(session, before.as_ref(), &turn);
        before = Some(turn);
        Event::Replayed { generation: 1, step: Ok((Box::new(step), replayer.len())) }
    };
    (0..replayer.len()).map(&mut step).collect()
}

/// What a person and an agent have written down of the demo.
fn facts(session: &Session) -> Vec<Event> {
    let now = Time(1_795_284_000_000);
    let mut session = session.clone();
    let writes = [
        ("verify", "make test", FactKind::Verification, Trust::Agent, 170, None),
        ("verify", "cargo test -p pricing", FactKind::Verification, Trust::User, 140, None),
        ("rounding", "in cents, once, after the sum", FactKind::Constraint, Trust::User, 120, Some(1)),
        ("closed orders", "stay as they are, up to #18204", FactKind::Constraint, Trust::User, 64, Some(25)),
        ("dev database", "postgres on port 5433", FactKind::Context, Trust::Agent, 35, None),
        ("failing test", "percent_is_exact", FactKind::ShortLived, Trust::Tool, 45, None),
    ];
    for ((key, value, kind, trust, ago, source), arrived) in writes.into_iter().zip(1..) {
        let draft = Draft {
            key: key.into(),
            value: value.into(),
            kind,
            scope: Scope::Session,
            trust,
            pinned: source == Some(1),
            ttl: None,
            source: source.and_then(|seq| session.by_seq(seq)).map(|entry| entry.id),
        };
        let at = Time(now.0 - ago * 60_000);
        let mut fact = draft.fact(&session.id, at, arrived, &FactSettings::default()).expect("the policy takes it");
        price::price_fact(&mut fact, &TOKENIZER);
        session.facts.push(fact);
    }
    let desk = Desk::new(session, PlanSettings::default(), Budget::Tokens(16_000), now);
    vec![Event::Opened { generation: 0, desk: Box::new(desk), keeping: Keeping::Nothing }]
}

/// What a model has made of a failed run of tests.
fn written(session: &Session) -> Vec<Event> {
    let entry = session.by_seq(72).expect("the demo has it").id;
    let task = Task::Rendition { entry, level: Level::Summary };
    let text = "cargo test -p pricing --test prices: 5 passed, 1 failed. fixed_never_below_zero panics at \
                crates/pricing/src/lib.rs:69:41 with \"attempt to divide by zero\": the split of a fixed discount \
                divides by the sum of the lines, which is 0 in a cart whose lines are all free. Open: guard that case.";
    vec![
        Event::Answered { generation: 1, outcome: Ok(reply(text)) },
        Event::Proposed { generation: 1, outcome: Ok(proposal(session, &task, text)) },
    ]
}

/// An afternoon of a person and an agent on one session.
fn journal(session: &Session) -> Vec<Event> {
    let now = Time(1_795_284_000_000);
    let entry = |seq: u32| session.by_seq(seq).expect("the demo has it").id;
    let (done, undone) = (JournalStatus::Done, JournalStatus::Undone);
    let edits = [
        ("person", 130, done, Verb::Pin, vec![entry(1)]),
        ("person", 96, done, Verb::Evict, vec![entry(4)]),
        ("agent:claude", 41, done, Verb::CompactTo(Level::Sentence), vec![entry(8), entry(9), entry(10)]),
        ("person", 12, done, Verb::CompactTo(Level::Keywords), vec![entry(6)]),
        ("person", 3, undone, Verb::Evict, vec![entry(12)]),
    ];
    let imported = Edit { words: format!("imported {} entries", session.entries.len()), ..Edit::default() };
    let first = [("rule", 150, JournalStatus::Append, imported)];
    let edits = edits.map(|(actor, ago, status, verb, on)| {
        (actor, ago, status, session.edit_for(&verb, &on).expect("it can be done").0)
    });
    let rows = first.into_iter().chain(edits).zip(1..).map(|((actor, ago, status, edit), id)| JournalRow {
        id,
        actor: actor.parse().expect("an actor"),
        via: match actor {
            "person" => Some(Via::Screen),
            "rule" => Some(Via::CommandLine),
            _ => Some(Via::Mcp),
        },
        at: Time(now.0 - ago * 60_000),
        status,
        edit,
        undone_by: (status == undone).then(|| "person".parse().expect("an actor")),
        stamp: id,
    });
    vec![Event::Journal { session: session.id.clone(), journal: Ok(rows.collect()), now }]
}

fn path(scene: &Scene, extension: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("screenshots").join(scene.name).with_extension(extension)
}
