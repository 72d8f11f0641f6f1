//! Every screen on a session of 100,000 synthetic entries: what a key takes, from the press to the frame.
//! `cargo bench --bench screen`; `HAVERSACK_BENCH_ENTRIES` for another size.
//!
//! Goal: under 16 ms for every key. What threads and idle moments work out is told apart: a key may have to wait for one
//! such piece, never for all.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use haversack::{
    facts::FactSettings,
    model::*,
    pack::{
        mirror::Mirror,
        replay::{Move, Moved, Step},
        settings::PlanSettings,
        sides::{Comparison, packed},
        strategy::{Folding, texts::Texts},
        sweep::quick_point,
    },
    text::{redact, tokens::Encoding},
    tui::{
        app::{
            self, Areas, Effect, Event, Settings, State,
            entry::links::NameIndex,
            event::{Keeping, Way},
            recall::Answer,
            search,
            state::Look,
        },
        keymap::Keymap,
        keys,
        view::{self, theme::Theme},
    },
    workspace::{desk::Desk, prepare},
};
use ratatui::{Terminal, backend::TestBackend};

const ENTRIES: u32 = 100_000;
const SIZE: (u16, u16) = (200, 60);
const GOAL: Duration = Duration::from_millis(16);
/// Points of a sweep that are worked out; the others are the planner's, whose time is not a key's.
const POINTS: usize = 12;
/// Pieces of idle work after a key, as a person pauses.
const PIECES: usize = 4;

/// What is looked at, and the keys that a hand presses there. Each begins in the session with nothing open.
const SCREENS: [(&str, &str); 24] = [
    ("list: moves", "jjjjjjjjjjkkkkkjjjjjjjjjjjjjjjjjjjjj"),
    ("list: pages", "<pagedown><pagedown><pagedown><pagedown><pageup><pageup><ctrl-d><ctrl-u>"),
    ("list: ends", "GkkkggjjGgG<pageup><pageup>"),
    ("panes", "<tab>jj<pagedown><pagedown><tab>jjG<pageup>g<tab>jjGg<pagedown><enter>zzlllhhh<esc>"),
    ("budget", "[[[[]]]]]]]][[b64000<enter>B<esc>b200000<enter>"),
    ("edits", "pjxjcj+j-jrj0j1j2j3jRjpkx"),
    ("undo and redo", "uuuuUUuU"),
    ("marks", "<space><space><space><space>p<esc><ctrl-a><ctrl-a>"),
    ("sort", "ojjjj<enter>Ojo<enter>og<enter>oG<enter>ogjjjjj<enter>og<enter>"),
    ("filter", "f<enter><esc>jjF<esc>fjj<enter>G<esc>FLjLF"),
    ("find", "/round<enter>jjj<pagedown>G<esc>/src/mod<enter>jF"),
    ("suggestion", "...s"),
    ("why and menus", "<enter>jjj<esc>m<esc>C<esc>t<esc>"),
    ("strategies", "tj<enter>jx]tjj<enter>jx]tjjj<enter>jx]tjjjj<enter>jx]tg<enter>"),
    ("suggestions A", "Ajjjkk<pagedown>Gg<space><space>jo<esc>Aj<enter>"),
    ("sweep W", "Wllllhhhh<<>>n]][[<esc>jxjp"),
    ("compare D", "Djjj<pagedown>Ggf<tab>jj<pagedown><tab>x<esc>jxjp"),
    ("replay P", "Plllllhhjjk<pagedown>Gg<esc>"),
    ("facts K", "Kjjj<pagedown>Gg<tab>j<tab>j<tab><esc>"),
    ("journal J", "Jjjj<pagedown>Ggjj<esc>"),
    ("entry v", "vjj>>>>ll<tab>jj<tab>j/ro<enter>n<esc><esc>"),
    ("recall E", "Eround<down><up><tab><tab><esc>"),
    ("palette", ":bud<down><down><up><esc>:pin<enter>"),
    ("help", "?bud<down><pagedown><up><esc>"),
];

fn main() {
    let entries = std::env::var("HAVERSACK_BENCH_ENTRIES").ok().and_then(|size| size.parse().ok()).unwrap_or(ENTRIES);
    let begun = Instant::now();
    let session = session(entries);
    let tokens: u64 = session.entries.iter().map(|entry| u64::from(entry.costs[0])).sum();
    println!("{entries} entries, {tokens} tokens, made in {:.1} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let mut hand = Hand::new(session);
    println!("opened in {:.1} s; {}×{} cells\n", begun.elapsed().as_secs_f64(), SIZE.0, SIZE.1);
    println!(
        "{:16} {:>5} {:>9} {:>9} {:>9}  {:12} {:>5} {:>9}  {:>9}",
        "screen", "keys", "p50 ms", "p99 ms", "worst ms", "worst key", "over", "idle ms", "answer ms"
    );
    let mut all = Vec::new();
    for (screen, keys) in SCREENS {
        hand.plays(keys);
        report(screen, &hand);
        all.append(&mut hand.keys);
        (hand.idle, hand.answer) = Default::default();
    }
    hand.keys = all;
    report("all", &hand);
}

fn report(screen: &str, hand: &Hand) {
    let mut times: Vec<(Duration, &str)> = hand.keys.iter().map(|(key, time)| (*time, key.as_str())).collect();
    times.sort();
    let at = |hundredth: usize| ms(times[(times.len() - 1) * hundredth / 100].0);
    let (worst, key) = times[times.len() - 1];
    let over = times.iter().filter(|(time, _)| *time > GOAL).count();
    println!(
        "{screen:16} {:5} {:9.3} {:9.3} {:9.3}  {key:12} {over:5} {:9.3}  {:9.3}",
        times.len(),
        at(50),
        at(99),
        ms(worst),
        ms(hand.idle),
        ms(hand.answer),
    );
    if std::env::var_os("HAVERSACK_BENCH_KEYS").is_some() {
        let over: Vec<String> =
            times.iter().rev().take(12).map(|(time, key)| format!("{key} {:.1}", ms(*time))).collect();
        println!("    {}", over.join(", "));
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Presses keys as the loop takes them, and answers what is asked for.
struct Hand {
    state: State,
    terminal: Terminal<TestBackend>,
    theme: Theme,
    texts: Texts,
    /// Each key with what it took.
    keys: Vec<(String, Duration)>,
    /// The longest piece of idle work, and the longest that an answer took to be taken in.
    idle: Duration,
    answer: Duration,
    /// Edits that the store would hold.
    done: Vec<Edit>,
    undone: Vec<Edit>,
    /// What the planner works with; it still does when the next key comes.
    mirror: Mirror,
    plans: Mirror,
}

impl Hand {
    fn new(session: Session) -> Hand {
        let plan = PlanSettings { encoding: Encoding::Bytes4, ..PlanSettings::default() };
        let budget = Budget::Tokens(200_000);
        let settings = Settings {
            budget,
            plan,
            facts: FactSettings::default(),
            model: Err(haversack::workspace::NoModel::Off),
            insight: haversack::insight::Rules::default(),
            store: "a throw-away store".into(),
        };
        let texts = Texts::new(Encoding::Bytes4);
        let mut state = State::new(Keymap::built_in(), settings);
        state.tokenizer = Some(Arc::new(haversack::text::tokens::Tokenizer::new(Encoding::Bytes4)));
        let terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).expect("a screen in memory cannot fail");
        let mut hand = Hand {
            state,
            terminal,
            theme: Theme::of(Look::Terminal),
            texts,
            keys: Vec::new(),
            idle: Duration::ZERO,
            answer: Duration::ZERO,
            done: Vec::new(),
            undone: Vec::new(),
            mirror: Mirror::default(),
            plans: Mirror::default(),
        };
        let desk = Box::new(Desk::new(session, plan, budget, Time(1_000_000)));
        let generation = hand.state.generation;
        app::update(&mut hand.state, Event::Opened { generation, desk, keeping: Keeping::InTheStore });
        hand.draw();
        hand
    }

    /// Every key with its name, then the session again with nothing open.
    fn plays(&mut self, keys: &str) {
        let mut rest = keys;
        while let Some((key, after)) = keys::first(rest).expect("the recorded keys are keys") {
            let name = rest[..rest.len() - after.len()].to_owned();
            rest = after;
            let (effects, time) = self.takes(Event::Key(key));
            self.keys.push((name, time));
            self.answers(effects);
            for _ in 0..PIECES {
                if !app::is_unfinished(&self.state) {
                    break;
                }
                let (effects, time) = self.takes(Event::Idle);
                self.idle = self.idle.max(time);
                self.answers(effects);
            }
        }
        self.state.popup = None;
        self.state.lens = None;
        assert!(!self.state.quit, "the keys {keys} quit");
    }

    fn takes(&mut self, event: Event) -> (Vec<Effect>, Duration) {
        let start = Instant::now();
        let effects = app::update(&mut self.state, event);
        self.draw();
        (effects, start.elapsed())
    }

    fn draw(&mut self) {
        for _ in 0..2 {
            let (state, theme) = (&self.state, &self.theme);
            let mut areas = Areas::default();
            self.terminal
                .draw(|frame| areas = view::draw(state, theme, frame))
                .expect("a screen in memory cannot fail");
            if !app::drawn(&mut self.state, areas) {
                break;
            }
        }
    }

    fn answers(&mut self, effects: Vec<Effect>) {
        let mut waiting = effects;
        while let Some(effect) = waiting.pop() {
            for event in self.events(effect) {
                let (effects, time) = self.takes(event);
                self.answer = self.answer.max(time);
                waiting.extend(effects);
            }
        }
    }

    /// What threads would answer.
    fn events(&mut self, effect: Effect) -> Vec<Event> {
        let now = Time(1_000_000);
        match effect {
            Effect::Record { edit, .. } => {
                self.done.push(edit);
                self.undone.clear();
                Vec::new()
            }
            Effect::Step { session, way } => {
                let (from, to) = match way {
                    Way::Undo => (&mut self.done, &mut self.undone),
                    Way::Redo => (&mut self.undone, &mut self.done),
                };
                let Some(edit) = from.pop() else { return Vec::new() };
                to.push(edit.clone());
                let edit = if way == Way::Undo { edit.inverse() } else { edit };
                vec![Event::Undone { session, way, edit }]
            }
            Effect::Search { generation, needle, texts } => {
                vec![Event::Found { generation, places: search::search(&needle, &texts) }]
            }
            Effect::Mentions { of, texts } => {
                vec![Event::Mentioned { of, mentions: NameIndex::new(&texts).mentions(of) }]
            }
            Effect::History { of, version, .. } => vec![Event::History { of, version, rows: Vec::new(), now }],
            Effect::Clock => vec![Event::Clock { now }],
            Effect::Recall { generation, query, .. } => {
                let answer = Answer { query, hits: Vec::new(), facts: Vec::new(), sessions: Vec::new(), now };
                vec![Event::Recalled { generation, answer }]
            }
            Effect::Journal { session } => {
                let rows = self.done.iter().cloned().enumerate().map(|(at, edit)| JournalRow {
                    id: at as i64 + 1,
                    via: None,
                    actor: Actor::person(),
                    at: now,
                    status: JournalStatus::Done,
                    edit,
                    undone_by: None,
                    stamp: at as i64 + 1,
                });
                vec![Event::Journal { session, journal: Ok(rows.collect()), now }]
            }
            Effect::Replay { generation, .. } => {
                (1..=200).map(|turn| Event::Replayed { generation, step: Ok((Box::new(step(turn)), 200)) }).collect()
            }
            Effect::Plan { job, basis, budget } => {
                let basis = self.plans.of(basis);
                let given = basis.given(&self.texts, Folding::Written);
                vec![Event::Planned { job, plan: Box::new(basis.settings.strategy.choose(&given, budget)) }]
            }
            Effect::Sweep { job, basis, wanted } => {
                let basis = self.mirror.of(basis);
                let given = basis.given(&self.texts, Folding::Spared);
                let points =
                    wanted.iter().take(POINTS).map(|&(by, budget)| (by, quick_point(&given, by, budget))).collect();
                vec![Event::Swept { job, points }]
            }
            Effect::Compare { job, basis, sides } => {
                let basis = self.mirror.of(basis);
                let [left, right] = sides.map(|asked| packed(&basis, &self.texts, asked));
                let comparison = Box::new(Comparison::new(left, right));
                vec![Event::Compared { job, comparison }]
            }
            _ => Vec::new(),
        }
    }
}

fn step(turn: usize) -> Step {
    let first_seq = turn as u32 * 40;
    let moves = (0..60).map(|at| Move { seq: first_seq + at, what: Moved::Entered { level: Level::Full }, tokens: 40 });
    Step {
        turn,
        first_seq,
        last_seq: first_seq + 39,
        as_of: None,
        used: 10_000,
        tokens: 400,
        kept: 0.9,
        carried: turn * 30,
        left_out: turn * 10,
        notes: Vec::new(),
        boundaries: 0,
        facts: Vec::new(),
        moves: moves.collect(),
    }
}

/// A session as logs are: prompts, thoughts, reads of the same files again and again, edits, failing tests, compactions.
fn session(entries: u32) -> Session {
    let mut session = Session::new(SessionId::new("bench:screen"));
    let mut random = 0x1234_5678_u64;
    let mut next = move |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let files: Vec<String> =
        (0..400).map(|file| format!("src/{}/mod_{file}.rs", ["cart", "tax", "store", "view"][file % 4])).collect();
    let tools = ["Read", "Edit", "Bash", "Grep", "Write"];
    let mut last: Option<(String, usize, &str)> = None;
    for seq in 1..=entries {
        let file = next(400) as usize;
        let path = &files[file];
        let lines = 1 + next(6);
        let prose = |lines: u64| -> String {
            (0..lines).map(|line| format!("The total of {path} is rounded at line {line}, not once. ")).collect()
        };
        let (kind, role, text) = match (last.is_some(), seq % 40, seq % 5_000) {
            (true, ..) => {
                let (_, file, tool) = last.as_ref().expect("a call stands before");
                let path = &files[*file];
                let what = match *tool {
                    "Bash" => format!("test case_{file} ... FAILED at {path}:{lines}\n"),
                    _ => format!("    let line_{file} = cart.items[{lines}].price; // {path}\n"),
                };
                (Kind::Result, Role::Tool, what.repeat(2 + lines as usize))
            }
            (_, _, 0) => (Kind::Boundary, Role::System, "compaction: entries lost, 165k → 9k".to_owned()),
            (_, 1, _) if seq % 400 == 1 => {
                (Kind::Prompt, Role::User, format!("Never touch {path}; fix the rounding. {}", prose(lines)))
            }
            (_, 1, _) => (Kind::Prompt, Role::User, prose(lines)),
            (_, 2, _) => (Kind::Injected, Role::System, format!("Reminder: {path} has changed.")),
            (_, 39, _) => (Kind::Message, Role::Assistant, format!("Decided: {}", prose(lines))),
            _ if next(3) == 0 => (Kind::Thought, Role::Assistant, prose(lines)),
            _ => (Kind::Call, Role::Assistant, format!(r#"{{"file_path":"{path}"}}"#)),
        };
        let mut entry = Entry {
            seen: if seq < entries / 2 { Seen::Never } else { Seen::Held },
            at: Some(Time(i64::from(seq) * 1_000)),
            ..Entry::new(EntryId(u64::from(seq)), seq, kind, role, redact::clean(&text))
        };
        if kind == Kind::Call {
            let tool = tools[next(5) as usize];
            let call = format!("call-{seq}");
            entry.tool = Some(tool.into());
            entry.path = (tool != "Bash").then(|| redact::clean(path));
            entry.call_id = Some(call.as_str().into());
            last = Some((call, file, tool));
        } else if let Some((call, _, tool)) = last.take() {
            entry.tool = Some(tool.into());
            entry.call_id = Some(call.as_str().into());
            if tool == "Bash" {
                entry.marks = Marks::default().with(Mark::Error).with(Mark::TestRun);
            }
        }
        session.entries.push(entry);
    }
    for number in 1..=200 {
        session.facts.push(fact(number));
    }
    let known: HashSet<EntryId> = session.entries.iter().map(|entry| entry.id).collect();
    assert_eq!(known.len(), session.entries.len(), "ids are unique");
    prepare::prepare(&mut session, &prepare::Counters::new(Encoding::Bytes4), &|_| {});
    prepare::count_facts(&mut session, Encoding::Bytes4);
    session
}

fn fact(number: u32) -> Fact {
    Fact {
        id: FactId(u64::from(number)),
        key: redact::clean(&format!("rule.{}", number % 150)),
        value: redact::clean("totals are rounded once, in cents"),
        kind: FactKind::Constraint,
        scope: haversack::model::Scope::Session,
        trust: Trust::User,
        pinned: number.is_multiple_of(50),
        at: Time(i64::from(number)),
        arrived: number,
        expires: None,
        removed: None,
        source: None,
        cost: 0,
    }
}
