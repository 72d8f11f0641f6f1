//! Keys on the screens Sweep and Compare over 100,000 synthetic entries: what `update` and `draw` take, which is what a
//! person waits for; and what the planner's thread takes behind them. `cargo bench --bench lenses`
//!
//! Goal: every key paints in under 16 ms.

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use crossterm::event::{KeyCode, KeyEvent};
use haversack::{
    facts::FactSettings,
    model::{Budget, Entry, EntryId, Kind, Role, Score, Seen, Session, SessionId, Time},
    pack::{
        settings::PlanSettings,
        sides::{Comparison, packed},
        strategy::{Folding, Strategy, texts::Texts},
        sweep,
    },
    text::{
        redact,
        tokens::{Encoding, Tokenizer},
    },
    tui::{
        app::{Areas, Effect, Event, Settings, State, drawn, event::Keeping, is_unfinished, state::Look, update},
        keymap::Keymap,
        view::{self, theme::Theme},
    },
    workspace::desk::Desk,
};
use ratatui::{Terminal, backend::TestBackend};
use strum::VariantArray;

const ENTRIES: u32 = 100_000;

struct Bench {
    state: State,
    theme: Theme,
    terminal: Terminal<TestBackend>,
    texts: Texts,
    /// What the planner's thread had to do, by kind.
    behind: Vec<(&'static str, Duration)>,
}

fn main() {
    let settings = PlanSettings::default();
    let tokenizer = Arc::new(Tokenizer::new(Encoding::O200k));
    let desk = Desk::new(session(), settings, Budget::Tokens(200_000), Time(0));
    let basis = desk.basis(tokenizer.clone());
    let texts = Texts::with(tokenizer.clone());
    println!("{ENTRIES} entries");
    let budgets = sweep::Scale::of(desk.ledger()).budgets(97);
    timed("balanced: the whole curve from the sorted steps", || {
        black_box(sweep::balanced(desk.session(), desk.ledger(), &budgets));
    });
    for &strategy in Strategy::VARIANTS {
        timed(&format!("one point of {strategy}"), || {
            black_box(sweep::quick_point(&basis.given(&texts, Folding::Spared), strategy, 200_000));
        });
    }
    let settings = Settings {
        budget: Budget::Tokens(200_000),
        plan: settings,
        facts: FactSettings::default(),
        store: String::new(),
    };
    let mut state = State::new(Keymap::built_in(), settings);
    state.tokenizer = Some(tokenizer);
    let terminal = Terminal::new(TestBackend::new(200, 60)).expect("a test backend cannot fail");
    let mut bench = Bench { state, theme: Theme::of(Look::Terminal), terminal, texts, behind: Vec::new() };
    let generation = bench.state.generation;
    bench.event(Event::Opened { generation, desk: Box::new(desk), keeping: Keeping::Nothing });
    bench.behind.clear();
    bench.keys("sweep: open it", "W");
    bench.keys("sweep: move the cursor", &"hhhlllhlhl".repeat(4));
    bench.keys("sweep: half and double", &"<>".repeat(8));
    bench.keys("sweep: another strategy", "jjjjj");
    bench.keys("compare: open it in place of the sweep", "D");
    bench.keys("compare: down the list", &"jjjjjjjjjk".repeat(10));
    bench.keys("compare: to both ends", "GgGgGg");
    bench.keys("compare: filter", "fffff");
    bench.keys("compare: scroll the words", &format!("\t{}\t", "jjjjjGgGg".repeat(6)));
    bench.keys("compare: swap", "xxxx");
    for (what, time) in &bench.behind {
        println!("{what:52} {:9.2} ms", time.as_secs_f64() * 1e3);
    }
}

fn timed(what: &str, mut run: impl FnMut()) {
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("{what:52} {:9.2} ms", times[2].as_secs_f64() * 1e3);
}

impl Bench {
    /// Types the keys and prints what each took until it was painted.
    fn keys(&mut self, what: &str, keys: &str) {
        let mut times = Vec::new();
        for key in keys.chars() {
            let code = if key == '\t' { KeyCode::Tab } else { KeyCode::Char(key) };
            times.push(self.event(Event::Key(KeyEvent::from(code))));
        }
        times.sort();
        let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
        println!("{what:40} {:4} keys  p50 {:7.2}  p99 {:7.2}  worst {:7.2} ms", times.len(), at(50), at(99), at(100));
    }

    fn event(&mut self, event: Event) -> Duration {
        let start = Instant::now();
        let effects = update(&mut self.state, event);
        self.draw();
        let took = start.elapsed();
        for effect in effects {
            self.answer(effect);
        }
        while is_unfinished(&self.state) {
            let start = Instant::now();
            update(&mut self.state, Event::Idle);
            self.draw();
            self.note("idle: the longest piece", start.elapsed());
        }
        took
    }

    fn draw(&mut self) {
        for _ in 0..2 {
            let (state, theme) = (&self.state, &self.theme);
            let mut areas = Areas::default();
            self.terminal.draw(|frame| areas = view::draw(state, theme, frame)).expect("a test backend cannot fail");
            if !drawn(&mut self.state, areas) {
                break;
            }
        }
    }

    fn answer(&mut self, effect: Effect) {
        match effect {
            Effect::Sweep { job, basis, wanted } => {
                // One point of each strategy stands for all.
                let given = basis.given(&self.texts, Folding::Spared);
                let wanted = wanted.into_iter().take(Strategy::VARIANTS.len());
                let points = wanted.map(|(by, budget)| (by, sweep::quick_point(&given, by, budget))).collect();
                let took = self.event(Event::Swept { job, points });
                self.note("an answer of the planner taken in, sweep, longest", took);
            }
            Effect::Compare { job, basis, sides } => {
                let start = Instant::now();
                let [left, right] = sides.map(|asked| packed(&basis, &self.texts, asked));
                let comparison = Box::new(Comparison::new(left, right));
                self.note("behind: two packs compared, longest", start.elapsed());
                let took = self.event(Event::Compared { job, comparison });
                self.note("an answer of the planner taken in, compare, longest", took);
            }
            _ => {}
        }
    }

    fn note(&mut self, what: &'static str, took: Duration) {
        match self.behind.iter_mut().find(|(known, _)| *known == what) {
            Some((_, longest)) => *longest = took.max(*longest),
            None => self.behind.push((what, took)),
        }
    }
}

fn session() -> Session {
    let mut session = Session::new(SessionId::new("bench:lenses"));
    let mut random = 0x1234_5678_u64;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    for seq in 1..=ENTRIES {
        let most = next(4_000) + 1;
        let full = 20 + next(most) as u32;
        let pair = seq % 4;
        let kind = match pair {
            0 => Kind::Message,
            1 if seq % 40 == 1 => Kind::Prompt,
            1 => Kind::Thought,
            2 => Kind::Call,
            _ => Kind::Result,
        };
        let text = format!("line {seq} says that the total is {} cents\n", seq * 7).repeat(full as usize / 12 + 1);
        let summary = redact::clean(&text[..text.len() / 5 + 1]);
        session.entries.push(Entry {
            call_id: (pair >= 2).then(|| format!("call-{}", seq / 4).into()),
            renditions: [Some(summary.clone()), None, None],
            costs: [full, full / 5 + 10, full / 20 + 8, (full / 40 + 5).min(full / 20 + 8)],
            score: Score { value: next(100) as f32 / 100.0, reasons: Vec::new() },
            seen: if seq > ENTRIES / 2 { Seen::Held } else { Seen::Never },
            ..Entry::new(EntryId(u64::from(seq)), seq, kind, Role::Assistant, redact::clean(&text))
        });
    }
    session
}
