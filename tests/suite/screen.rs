//! A screen without a terminal: keys in, the picture out. Effects are answered at once by a pretended worker.

use std::sync::{Arc, LazyLock};

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use haversack::{
    facts::FactSettings,
    insight::Rules,
    model::*,
    pack::{
        settings::PlanSettings,
        sides::{Comparison, packed},
        strategy::{Folding, texts::Texts},
        sweep::quick_point,
    },
    text::{
        redact::clean,
        tokens::{Encoding, Tokenizer},
    },
    tui::{
        app::{
            Areas, Effect, Event, Screen, Settings, State, drawn,
            entry::{HistoryRow, links::NameIndex},
            event::Keeping,
            is_unfinished, search,
            state::Look,
            update,
        },
        keymap::Keymap,
        keys,
        view::{self, theme::Theme},
    },
    workspace::{NoModel, desk::Desk, prepare},
};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, layout::Position};

pub static TOKENIZER: LazyLock<Arc<Tokenizer>> = LazyLock::new(|| Arc::new(Tokenizer::new(Encoding::O200k)));

pub struct Harness {
    pub state: State,
    pub theme: Theme,
    pub terminal: Terminal<TestBackend>,
    /// Every effect so far, in order.
    pub effects: Vec<Effect>,
}

impl Harness {
    /// A screen that waits.
    pub fn new(width: u16, height: u16) -> Self {
        let settings = Settings {
            budget: Budget::Tokens(1_200),
            plan: PlanSettings::default(),
            facts: FactSettings::default(),
            model: Err(NoModel::Off),
            insight: Rules::default(),
            store: "/home/ada/.local/share/haversack/store.db".into(),
        };
        let mut state = State::new(Keymap::built_in(), settings);
        state.tokenizer = Some(TOKENIZER.clone());
        let terminal = Terminal::new(TestBackend::new(width, height)).expect("a test backend cannot fail");
        let mut harness = Self { state, theme: Theme::of(Look::Terminal), terminal, effects: Vec::new() };
        harness.draw();
        harness
    }

    /// A session on the screen.
    pub fn open(width: u16, height: u16, session: Session) -> Self {
        let mut harness = Self::new(width, height);
        let desk = Desk::new(session, PlanSettings::default(), harness.state.settings.budget, Time(0));
        let generation = harness.state.generation;
        harness.event(Event::Opened { generation, desk: Box::new(desk), keeping: Keeping::InTheStore });
        harness
    }

    pub fn event(&mut self, event: Event) {
        let effects = update(&mut self.state, event);
        self.draw();
        for effect in effects {
            self.effects.push(effect.clone());
            if let Effect::Search { generation, needle, texts } = effect {
                let places = search::search(&needle, &texts);
                self.event(Event::Found { generation, places });
            } else if let Effect::Mentions { of, texts } = effect {
                self.event(Event::Mentioned { of, mentions: NameIndex::new(&texts).mentions(of) });
            } else if let Effect::History { of, version, .. } = effect {
                let rows = self.history(of);
                self.event(Event::History { of, version, rows, now: Time(180_000) });
            } else if let Effect::Compare { job, basis, sides } = effect {
                let texts = Texts::with(basis.tokenizer.clone());
                let [left, right] = sides.map(|asked| packed(&basis, &texts, asked));
                self.event(Event::Compared { job, comparison: Box::new(Comparison::new(left, right)) });
            } else if let Effect::Plan { job, basis, budget } = effect {
                let texts = Texts::with(basis.tokenizer.clone());
                let plan = basis.settings.strategy.choose(&basis.given(&texts, Folding::Written), budget);
                self.event(Event::Planned { job, plan: Box::new(plan) });
            } else if let Effect::Sweep { job, basis, wanted } = effect {
                let texts = Texts::with(basis.tokenizer.clone());
                let given = basis.given(&texts, Folding::Spared);
                let points = wanted.into_iter().map(|(by, budget)| (by, quick_point(&given, by, budget)));
                self.event(Event::Swept { job, points: points.collect() });
            }
        }
    }

    /// What the store would tell of an entry: the edits so far that touched it.
    fn history(&self, of: EntryId) -> Vec<HistoryRow> {
        let edits = self.effects.iter().rev().filter_map(|effect| match effect {
            Effect::Record { edit, .. } => Some(edit),
            _ => None,
        });
        edits
            .filter_map(|edit| {
                let change = edit.changes.iter().find(|change| change.id() == of)?;
                Some(HistoryRow {
                    at: Time(0),
                    actor: Actor::person(),
                    status: JournalStatus::Done,
                    words: edit.words.clone(),
                    before: change.before().cloned(),
                    after: change.after().cloned(),
                })
            })
            .collect()
    }

    /// Keys as text: `jj<enter>/error`.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        let mut rest = keys;
        while let Some((key, after)) = keys::first(rest).expect("keys are named") {
            rest = after;
            self.event(Event::Key(key));
        }
        self
    }

    /// One key and one frame, with nothing answered and nothing worked out: what a person waits for.
    pub fn key_alone(&mut self, key: &str) {
        let (key, _) = keys::first(key).expect("keys are named").expect("there is a key");
        let effects = update(&mut self.state, Event::Key(key));
        self.effects.extend(effects);
        self.draw_once();
    }

    pub fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) {
        self.event(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
    }

    pub fn click(&mut self, column: u16, row: u16) {
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row);
        self.mouse(MouseEventKind::Up(MouseButton::Left), column, row);
    }

    pub fn double_click(&mut self, column: u16, row: u16) {
        self.click(column, row);
        self.click(column, row);
        self.event(Event::DoubleClick(Position::new(column, row)));
    }

    /// Draws, and works out what is unfinished as the loop does while nothing happens.
    pub fn draw(&mut self) {
        self.draw_once();
        while is_unfinished(&self.state) {
            update(&mut self.state, Event::Idle);
            self.draw_once();
        }
    }

    /// One frame of what is there, with nothing worked out.
    pub fn draw_once(&mut self) {
        for _ in 0..2 {
            let (state, theme) = (&self.state, &self.theme);
            let mut areas = Areas::default();
            self.terminal.draw(|frame| areas = view::draw(state, theme, frame)).expect("a test backend cannot fail");
            if !drawn(&mut self.state, areas) {
                break;
            }
        }
    }

    pub fn desk(&self) -> &Desk {
        match &self.state.screen {
            Screen::Session(inspector) => &inspector.desk,
            _ => panic!("no session is open"),
        }
    }

    pub fn buffer(&self) -> &Buffer {
        self.terminal.backend().buffer()
    }

    /// The picture, without trailing spaces.
    pub fn picture(&self) -> String {
        let buffer = self.buffer();
        let mut picture = String::new();
        for y in 0..buffer.area.height {
            let mut line = String::new();
            let mut skip = 0;
            for x in 0..buffer.area.width {
                let symbol = buffer[(x, y)].symbol();
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                line.push_str(symbol);
                skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            }
            picture.push_str(line.trim_end());
            picture.push('\n');
        }
        picture
    }
}

/// An entry with everything but its text left at rest.
pub fn entry(seq: u32, kind: Kind, text: &str) -> Entry {
    let role = match kind {
        Kind::Prompt | Kind::Note => Role::User,
        Kind::Message | Kind::Thought | Kind::Call => Role::Assistant,
        Kind::Result => Role::Tool,
        _ => Role::System,
    };
    Entry {
        place: Place { file: 0, line: seq, offset: 0 },
        seen: Seen::Held,
        ..Entry::new(EntryId(u64::from(seq)), seq, kind, role, clean(text))
    }
}

/// A session of these entries, priced and scored.
pub fn session(title: &str, entries: Vec<Entry>) -> Session {
    let mut session = Session::new(SessionId::new("claude:6a2f"));
    session.title = clean(title);
    session.sources = vec![SourceFile { path: "/home/ada/.claude/projects/shop/6a2f.jsonl".into(), bytes: 1 }];
    session.entries = entries;
    prepare::prepare(&mut session, &prepare::Counters::new(Encoding::O200k), &|_| {});
    session
}

/// A short session with everything in it: a rule, repeated reads, a failing test, a compaction, a decision.
pub fn checkout() -> Session {
    static SESSION: LazyLock<Session> = LazyLock::new(|| {
        let tool = |seq: u32, kind, tool: &str, call: &str, path: Option<&str>, text: &str| {
            let mut entry = entry(seq, kind, text);
            entry.tool = Some(tool.into());
            entry.call_id = Some(call.into());
            entry.path = path.map(clean);
            entry
        };
        let source: String = (1..60)
            .map(|line| format!("    let line_{line} = cart.items[{line}].price * quantity; // cents, rounded once\n"))
            .collect();
        let log: String = (1..40)
            .map(|test| format!("test pricing::case_{test} ... {}\n", if test == 17 { "FAILED" } else { "ok" }))
            .collect();
        let failed = format!(
            "running 39 tests\n{log}\nfailures:\n    pricing::case_17: left: 1999, right: 2000 at src/pricing/round.rs:41\n\ntest result: FAILED. 38 passed; 1 failed"
        );
        let passed = format!("running 39 tests\n{}\ntest result: ok. 39 passed; 0 failed", log.replace("FAILED", "ok"));
        let path = Some("src/pricing/round.rs");
        let mut entries = vec![
            entry(
                1,
                Kind::Prompt,
                "Checkout totals are off by one cent for some carts. Fix the rounding bug. Never round before the total, and do not touch the tax table.",
            ),
            entry(2, Kind::Thought, "The rounding is probably in src/pricing/round.rs. I will read it first."),
            tool(3, Kind::Call, "Read", "c1", path, r#"{"file_path":"src/pricing/round.rs"}"#),
            tool(4, Kind::Result, "Read", "c1", None, &source),
            tool(5, Kind::Call, "Bash", "c2", None, r#"{"command":"cargo test -p pricing"}"#),
            tool(6, Kind::Result, "Bash", "c2", None, &failed),
            entry(
                7,
                Kind::Message,
                "case_17 fails: 1999 instead of 2000. The line items are rounded one by one in src/pricing/round.rs:41, and the sum then loses a cent. I will keep the exact sum as a fraction and round once at the end.",
            ),
            entry(8, Kind::Boundary, "compaction 1: 7 entries lost, 165k → 9k"),
            entry(
                9,
                Kind::Summary,
                "The user wants the rounding bug in checkout fixed. case_17 fails with 1999 instead of 2000.",
            ),
            tool(10, Kind::Call, "Read", "c3", path, r#"{"file_path":"src/pricing/round.rs"}"#),
            tool(11, Kind::Result, "Read", "c3", None, &source),
            tool(
                12,
                Kind::Call,
                "Edit",
                "c4",
                path,
                r#"{"file_path":"src/pricing/round.rs","old_string":"round(line)","new_string":"line"}"#,
            ),
            tool(13, Kind::Result, "Edit", "c4", None, "The file src/pricing/round.rs has been updated."),
            entry(14, Kind::Prompt, "Good. Run the tests again, and use cents everywhere."),
            tool(15, Kind::Call, "Bash", "c5", None, r#"{"command":"cargo test -p pricing"}"#),
            tool(16, Kind::Result, "Bash", "c5", None, &passed),
            entry(17, Kind::Message, "All 39 tests pass. Totals are rounded once, in cents."),
        ];
        for entry in &mut entries[..7] {
            entry.seen = Seen::Lost { at: EntryId(8), cause: LossCause::Compaction };
        }
        entries[5].marks = Marks::default().with(Mark::Error).with(Mark::TestRun);
        entries[15].marks = Marks::default().with(Mark::TestRun);
        entries[16].usage = Some(Usage { input: 200, output: 40, cache_read: 14_000, cache_write: 600 });
        session("Rounding bug in checkout", entries)
    });
    SESSION.clone()
}
