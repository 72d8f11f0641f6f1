//! A monkey at the keyboard: seeded keys, pastes, mouse events, resizes and answers from outside that are late, stale or
//! failures, on the demo and on a session that is corrupt in every way. After every event the screen's promises are
//! checked. `HAVERSACK_MONKEY=100000 cargo test --test suite monkey` plays that many events on each; the ordinary run
//! plays a few thousand. That the terminal is given back is tested with a real one, in `terminal`.

mod corrupt;
mod dice;
mod outside;

use std::{
    collections::{BTreeMap, VecDeque},
    fs,
};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use haversack::{
    model::Session,
    tui::{
        app::{Event, Popup, Screen, event::Keeping, update},
        keymap::Keymap,
    },
};
use ratatui::layout::Position;

use self::{dice::Dice, outside::Outside};
use crate::screen::{Harness, TOKENIZER};

/// Events on each session where `HAVERSACK_MONKEY` names no number.
const ORDINARY: usize = 2_500;
/// Sizes, the usual ones more than once.
const SIZES: [(u16, u16); 12] = [
    (80, 24),
    (80, 24),
    (80, 24),
    (40, 12),
    (40, 12),
    (120, 36),
    (1, 1),
    (2, 40),
    (300, 1),
    (30, 5),
    (200, 60),
    (300, 100),
];
const OPENERS: [&str; 14] = ["M", "T", "A", "v", "W", "D", "J", "K", "P", "H", "E", ":", "?", "/"];
const PASTES: [&str; 7] =
    ["round", "", "12000", "#3", "\u{1b}[31mred\u{202e}\u{0}", "two\nlines\r\nand more", "結帳👩‍👩‍👧\u{301}\u{200b}"];

/// One that has a model.
fn screen(width: u16, height: u16) -> Harness {
    let mut screen = Harness::new(width, height);
    screen.state.settings.model = Ok(crate::llm::model("http://localhost:11434"));
    screen
}

#[test]
fn a_monkey_on_the_demo_breaks_nothing() {
    let json = fs::read_to_string("assets/demo/checkout.json").expect("the demo is part of the checkout");
    let demo: Session = serde_json::from_str(&json).expect("the demo is a session");
    Monkey::new(demo, 1).play(events());
}

#[test]
fn a_monkey_on_a_corrupt_session_breaks_nothing() {
    Monkey::new(corrupt::corrupt(), 2).play(events());
}

fn events() -> usize {
    let asked = std::env::var("HAVERSACK_MONKEY").ok();
    asked.map_or(ORDINARY, |asked| asked.parse().expect("HAVERSACK_MONKEY is a number of events"))
}

struct Monkey {
    screen: Harness,
    outside: Outside,
    dice: Dice,
    keys: Vec<KeyEvent>,
    /// The last events in words, for whoever has to find out.
    last: VecDeque<String>,
    done: usize,
    quits: usize,
    /// How often each screen had the keyboard.
    contexts: BTreeMap<String, usize>,
}

impl Monkey {
    fn new(session: Session, seed: u64) -> Self {
        let mut monkey = Self {
            screen: screen(80, 24),
            outside: Outside::new(session),
            dice: Dice::new(seed),
            keys: bound_keys(),
            last: VecDeque::new(),
            done: 0,
            quits: 0,
            contexts: BTreeMap::new(),
        };
        monkey.start();
        monkey
    }

    fn play(&mut self, events: usize) {
        while self.done < events {
            self.done += 1;
            let event = self.next();
            self.event(event);
            self.hold();
            *self.contexts.entry(format!("{:?}", self.screen.state.context())).or_default() += 1;
            if self.screen.state.quit {
                self.quits += 1;
                self.start();
            }
        }
        println!("{} quits; {:?}", self.quits, self.contexts);
        assert!(self.quits > 0, "it never found the key to quit");
    }

    /// The program anew, over what is stored.
    fn start(&mut self) {
        let area = self.screen.buffer().area;
        self.screen = screen(area.width, area.height);
        self.outside.answers.clear();
        let desk = self.outside.desk(self.screen.state.settings.budget);
        let generation = self.screen.state.generation;
        self.event(Event::Opened { generation, desk, keeping: Keeping::InTheStore });
    }

    fn event(&mut self, event: Event) {
        self.last.push_back(words(&event));
        if self.last.len() > 40 {
            self.last.pop_front();
        }
        for effect in update(&mut self.screen.state, event) {
            self.last.push_back(format!("  asks {}", first_word(&format!("{effect:?}"))));
            self.outside.take(effect, &mut self.dice);
        }
        self.screen.draw_once();
    }

    fn next(&mut self) -> Event {
        let area = self.screen.buffer().area;
        // Most answers come soon, some after many keys.
        if !self.outside.answers.is_empty() && !self.dice.once_in(3) {
            return self.outside.answers.pop_front().expect("one is there");
        }
        match self.dice.below(100) {
            0..60 => Event::Key(*self.dice.pick(&self.keys)),
            60..65 => Event::Key(self.letter()),
            // Out of whatever is open, and into what lies over the session.
            65..72 => Event::Key(press("esc")),
            72..77 => Event::Key(press(self.dice.pick::<&str>(&OPENERS))),
            77..79 => Event::Paste((*self.dice.pick(&PASTES)).to_owned()),
            79..82 => Event::DoubleClick(self.place()),
            82..91 => Event::Mouse(self.mouse()),
            91..93 => {
                let (width, height) = *self.dice.pick(&SIZES);
                self.screen.terminal.backend_mut().resize(width, height);
                Event::Resized
            }
            93..96 => Event::Idle,
            _ => self.unasked(area.width.into()),
        }
    }

    fn letter(&mut self) -> KeyEvent {
        let letter = *self.dice.pick(&['a', 'z', '0', '7', ' ', '<', 'é', '結', '\u{301}', '/', 'K', '\u{202e}']);
        let modifiers = [KeyModifiers::NONE, KeyModifiers::SHIFT, KeyModifiers::CONTROL, KeyModifiers::ALT];
        let modifiers = if self.dice.once_in(4) { *self.dice.pick(&modifiers) } else { KeyModifiers::NONE };
        KeyEvent::new(KeyCode::Char(letter), modifiers)
    }

    /// Mostly on the screen, now and then beyond it.
    fn place(&mut self) -> Position {
        let area = self.screen.buffer().area;
        let beyond = if self.dice.once_in(20) { 400 } else { 0 };
        let (x, y) =
            (self.dice.below(usize::from(area.width) + beyond), self.dice.below(usize::from(area.height) + beyond));
        Position::new(x as u16, y as u16)
    }

    fn mouse(&mut self) -> MouseEvent {
        use MouseEventKind::*;
        let kind = *self.dice.pick(&[
            Down(MouseButton::Left),
            Down(MouseButton::Left),
            Drag(MouseButton::Left),
            Drag(MouseButton::Left),
            Up(MouseButton::Left),
            Down(MouseButton::Right),
            Down(MouseButton::Middle),
            ScrollDown,
            ScrollUp,
            Moved,
        ]);
        let at = self.place();
        MouseEvent { kind, column: at.x, row: at.y, modifiers: KeyModifiers::NONE }
    }

    /// What happens without being asked for.
    fn unasked(&mut self, number: usize) -> Event {
        match self.dice.below(7) {
            0 => Event::Tick,
            1 => Event::StoreChanged,
            2 => Event::Grew { words: "3 new entries".into() },
            3 => Event::TokenizerReady(TOKENIZER.clone()),
            4 => Event::Refused { why: format!("no: {number}") },
            _ => Event::Idle,
        }
    }

    /// What the screen promises, whatever happens.
    fn hold(&mut self) {
        let area = self.screen.buffer().area;
        for cell in &self.screen.buffer().content {
            assert!(!cell.symbol().chars().any(is_hostile), "{:?} is on a screen of {area}", cell.symbol());
        }
        let state = &self.screen.state;
        match &state.popup {
            Some(Popup::Menu(menu)) => on_a_row(menu.cursor, menu.items.len(), "the menu"),
            Some(Popup::Palette(palette)) => on_a_row(palette.rows.cursor, palette.offers.len(), "the palette"),
            _ => {}
        }
        match &state.screen {
            Screen::Waiting(_) => {}
            Screen::Sessions(picker) => on_a_row(picker.cursor, picker.rows.len(), "the list of sessions"),
            Screen::Session(inspector) => {
                let desk = &inspector.desk;
                on_a_row(inspector.list.cursor, inspector.list.rows.len(), "the list");
                on_a_row(inspector.left_out.cursor, inspector.left_out.rows.len(), "what is left out");
                on_a_row(inspector.pack.piece, desk.outline().len(), "the pack");
                let totals = desk.totals();
                let sum = totals.frame + totals.pinned + totals.facts + totals.index + totals.packed + totals.tail;
                assert_eq!(sum, totals.used, "{totals:?}");
                assert_eq!(totals.used + totals.free, totals.budget, "{totals:?}");
                assert!((0.0..=1.0).contains(&totals.kept), "{totals:?}");
                // All that was asked for is answered: what is shown is what is stored.
                if self.outside.answers.is_empty() {
                    let (shown, stored) = (desk.session(), &self.outside.session);
                    assert!(shown.entries == stored.entries, "the screen is not in step with the store");
                    assert!(shown.facts == stored.facts, "the facts are not in step with the store");
                }
            }
        }
    }
}

impl Drop for Monkey {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let last: Vec<&str> = self.last.iter().map(String::as_str).collect();
            eprintln!("at event {}, after:\n{}", self.done, last.join("\n"));
        }
    }
}

fn on_a_row(cursor: usize, len: usize, list: &str) {
    assert!(cursor < len.max(1), "the cursor of {list} is on row {cursor} of {len}");
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Every key that means something somewhere, and what edits a line.
fn bound_keys() -> Vec<KeyEvent> {
    let keymap = Keymap::built_in();
    let bound = keymap.groups().iter().flat_map(|group| &group.bindings).flat_map(|binding| &binding.keys);
    let mut keys: Vec<KeyEvent> = bound.map(|key| press(&key.to_string())).collect();
    // Not one in a hundred: the way in would be all that is played.
    keys.retain(|key| *key != press("ctrl-c"));
    keys.extend(
        [KeyCode::Delete, KeyCode::Backspace, KeyCode::Null].map(|code| KeyEvent::new(code, KeyModifiers::NONE)),
    );
    keys
}

fn press(name: &str) -> KeyEvent {
    if let Some(key) = name.strip_prefix("ctrl-") {
        return KeyEvent::new(press(key).code, KeyModifiers::CONTROL);
    }
    if let Some(key) = name.strip_prefix("alt-") {
        return KeyEvent::new(press(key).code, KeyModifiers::ALT);
    }
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "shift-tab" => KeyCode::BackTab,
        "space" => KeyCode::Char(' '),
        "↓" => KeyCode::Down,
        "↑" => KeyCode::Up,
        "←" => KeyCode::Left,
        "→" => KeyCode::Right,
        "pagedown" => KeyCode::PageDown,
        "pageup" => KeyCode::PageUp,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "f1" => KeyCode::F(1),
        "backspace" => KeyCode::Backspace,
        letter => {
            let mut letters = letter.chars();
            let (Some(letter), None) = (letters.next(), letters.next()) else { panic!("no key is called {letter}") };
            KeyCode::Char(letter)
        }
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}

fn words(event: &Event) -> String {
    match event {
        Event::Key(key) => format!("{} {:?}", key.code, key.modifiers),
        Event::Mouse(mouse) => format!("{:?} {} {}", mouse.kind, mouse.column, mouse.row),
        Event::DoubleClick(at) => format!("double click {at}"),
        Event::Paste(text) => format!("paste {text:?}"),
        Event::Opened { generation, .. } => format!("opened {generation}"),
        Event::Found { generation, .. } => format!("found {generation}"),
        Event::Failed { next, .. } => format!("failed, {next:?}"),
        Event::Undone { .. } => "undone".into(),
        Event::Stepped { .. } => "stepped".into(),
        Event::FactChanged { .. } => "fact changed".into(),
        Event::Resized => "resized".into(),
        Event::Listed { .. } => "listed".into(),
        Event::Tick => "tick".into(),
        Event::StoreChanged => "store changed".into(),
        _ => "another answer".into(),
    }
}

fn first_word(text: &str) -> &str {
    text.split([' ', '{', '(']).next().unwrap_or(text)
}
