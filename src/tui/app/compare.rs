//! Compare: two packs side by side. Each side is chosen from a menu; the planner's thread makes the packs and says what
//! differs. Below the list of entries the two texts stand word by word, wrapped and compared block by block as they come
//! into sight.

use super::{
    Areas, Effect, Lens, State, Tone,
    inspector::Inspector,
    popup::{Choice, Item, ItemState, Menu, MenuKind},
    rows::Rows,
    side_text::SideText,
    state::{Popup, Screen},
};
use crate::{
    model::{Kind, Seen, Session},
    pack::{
        sides::{Asked, Comparison, Differs, Of, Row},
        strategy::Strategy,
        sweep::budget_in_words,
    },
    text::{sanitize, words},
    tui::{action::Action, app::budget::PRESETS},
    workspace::desk::Edition,
};
use strum::VariantArray;

/// Turns that a menu offers, the newest ones; making more of them would be felt.
const TURNS: usize = 1_000;

pub struct Compare {
    pub left: Side,
    pub right: Side,
    pub comparison: Option<Box<Comparison>>,
    pub shown: Shown,
    pub rows: Rows,
    /// The comparison's rows that are shown, by number.
    pub listed: Vec<usize>,
    pub focus: Focus,
    pub text: SideText,
    /// What the newest job was asked for.
    asked: Option<(Edition, [Asked; 2])>,
    job: u64,
}

/// What a side is of, and by what it is planned; where nothing is chosen, as on the desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    pub of: Of,
    pub strategy: Option<Strategy>,
    pub budget: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Left,
    Right,
}

/// Which of the entries are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, VariantArray)]
pub enum Shown {
    #[default]
    Differences,
    OnlyLeft,
    OnlyRight,
    Changed,
    Everything,
}

/// What the keys move in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    #[default]
    List,
    Text,
}

impl Shown {
    pub fn words(self) -> &'static str {
        match self {
            Shown::Differences => "differences",
            Shown::OnlyLeft => "only left",
            Shown::OnlyRight => "only right",
            Shown::Changed => "level or text",
            Shown::Everything => "everything",
        }
    }

    pub fn shows(self, differs: Differs) -> bool {
        match self {
            Shown::Differences => differs != Differs::Same,
            Shown::OnlyLeft => differs == Differs::OnlyLeft,
            Shown::OnlyRight => differs == Differs::OnlyRight,
            Shown::Changed => differs == Differs::Changed,
            Shown::Everything => true,
        }
    }

    fn next(self) -> Shown {
        Self::VARIANTS[(self as usize + 1) % Self::VARIANTS.len()]
    }
}

impl Side {
    pub fn asked(self, inspector: &Inspector) -> Asked {
        Asked {
            of: self.of,
            strategy: self.strategy.unwrap_or(inspector.desk.settings().strategy),
            budget: self.budget.unwrap_or(inspector.desk.budget().tokens()),
        }
    }

    /// "turn 3, window at 16k".
    pub fn words(self, inspector: &Inspector) -> String {
        let Asked { of, strategy, budget } = self.asked(inspector);
        let by = format!("{strategy} at {}", budget_in_words(budget));
        match of {
            Of::Agent => "what the agent itself saw".into(),
            Of::Now => by,
            Of::Turn(turn) => format!("turn {turn}, {by}"),
            Of::Untouched => format!("before edits, {by}"),
        }
    }
}

impl Compare {
    /// Begins with what the agent saw against the plan; where the log does not tell, with the session before its edits.
    pub fn new(session: &Session) -> Compare {
        let tells = session.entries.iter().any(|entry| entry.seen != Seen::Unknown);
        let of = if tells { Of::Agent } else { Of::Untouched };
        Compare {
            left: Side { of, ..Side::default() },
            right: Side::default(),
            comparison: None,
            shown: Shown::default(),
            rows: Rows::default(),
            listed: Vec::new(),
            focus: Focus::default(),
            text: SideText::default(),
            asked: None,
            job: 0,
        }
    }

    pub fn side(&mut self, which: Which) -> &mut Side {
        match which {
            Which::Left => &mut self.left,
            Which::Right => &mut self.right,
        }
    }

    pub fn settle(&mut self, areas: &Areas) {
        if let Some(comparison) = &self.comparison {
            self.text.settle(comparison, areas.pack);
        }
    }

    /// Whether the newest job is still under way.
    pub fn is_waiting(&self) -> bool {
        self.asked.is_some() && self.job != 0
    }

    pub fn take(&mut self, job: u64, comparison: Box<Comparison>) {
        if job != self.job {
            return;
        }
        self.job = 0;
        let at = self.current().map(|row| row.seq);
        self.comparison = Some(comparison);
        self.list();
        // Who looks at an entry goes on looking at it.
        if let (Some(seq), Some(comparison)) = (at, &self.comparison) {
            self.rows.cursor = self.listed.partition_point(|&row| comparison.rows[row].seq < seq);
        }
        self.text = SideText::of(self.comparison.as_deref());
        self.rows.cursor = self.rows.cursor.min(self.listed.len().saturating_sub(1));
        self.follow();
    }

    fn list(&mut self) {
        let Some(comparison) = &self.comparison else { return };
        let shown = |(number, row): (usize, &Row)| self.shown.shows(row.differs).then_some(number);
        self.listed = comparison.rows.iter().enumerate().filter_map(shown).collect();
    }

    pub fn current(&self) -> Option<&Row> {
        self.comparison.as_ref()?.rows.get(*self.listed.get(self.rows.cursor)?)
    }

    /// The texts go to the entry under the cursor.
    pub fn follow(&mut self) {
        if let Some(block) = self.current().map(|row| row.block) {
            self.text.show(block);
        }
    }
}

/// Asks the planner for the two packs, where another pair is wanted than was asked for last.
pub fn ask(state: &mut State) -> Option<Effect> {
    let tokenizer = state.tokenizer.clone()?;
    let job = state.jobs + 1;
    let (Some(Lens::Compare(lens)), Screen::Session(inspector)) = (&mut state.lens, &state.screen) else { return None };
    let edition = inspector.desk.edition();
    let sides = [lens.left, lens.right].map(|side| side.asked(inspector));
    if lens.asked.as_ref().is_some_and(|(of, asked)| of == edition && *asked == sides) {
        return None;
    }
    lens.asked = Some((edition.clone(), sides));
    lens.job = job;
    state.jobs = job;
    Some(Effect::Compare { job, basis: inspector.desk.basis(tokenizer), sides })
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let areas = state.areas.clone();
    let (Some(Lens::Compare(lens)), Screen::Session(inspector)) = (&mut state.lens, &mut state.screen) else {
        return Vec::new();
    };
    match action {
        Action::LeftSide => state.popup = Some(Popup::Menu(sides(lens, Which::Left, inspector))),
        Action::RightSide => state.popup = Some(Popup::Menu(sides(lens, Which::Right, inspector))),
        Action::SwapSides => std::mem::swap(&mut lens.left, &mut lens.right),
        Action::ShowDifferences => {
            lens.shown = lens.shown.next();
            lens.list();
            lens.rows = Rows::default();
            lens.follow();
        }
        Action::OtherPart => {
            lens.focus = match lens.focus {
                Focus::List => Focus::Text,
                Focus::Text => Focus::List,
            }
        }
        Action::GoToEntry => {
            let Some((id, seq)) = lens.current().map(|row| (row.id, row.seq)) else { return Vec::new() };
            let Some(index) = inspector.desk.session().index_of(id) else { return Vec::new() };
            match inspector.list.go_to(index) {
                true => state.lens = None,
                false => {
                    state.say(Tone::Refused, format!("the filter of the session hides #{seq}; esc, then F shows it"))
                }
            }
        }
        action => {
            if let Some(comparison) = &lens.comparison {
                lens.text.scroll(comparison, action, areas.pack);
            }
        }
    }
    Vec::new()
}

/// What a side can be.
fn sides(lens: &Compare, which: Which, inspector: &Inspector) -> Menu {
    let side = match which {
        Which::Left => lens.left,
        Which::Right => lens.right,
    };
    let asked = side.asked(inspector);
    let item = |label: &str, detail: String, is_on: bool, to: Side| Item {
        label: label.to_owned(),
        detail,
        state: if is_on { ItemState::On } else { ItemState::Off },
        choice: Choice::Side(which, to),
    };
    let plain = |label: &str, choice: Choice| Item {
        label: label.to_owned(),
        detail: String::new(),
        state: ItemState::Plain,
        choice,
    };
    let now = side == Side::default();
    let mut items = vec![
        item("the plan as it is", Side::default().words(inspector), now, Side::default()),
        item("what the agent itself saw", String::new(), side.of == Of::Agent, Side { of: Of::Agent, ..side }),
        item("before these edits", String::new(), side.of == Of::Untouched, Side { of: Of::Untouched, ..side }),
        plain("a turn…", Choice::SideTurn(which)),
    ];
    let planned = |side: Side| if side.of == Of::Agent { Side { of: Of::Now, ..side } } else { side };
    items.extend(Strategy::VARIANTS.iter().map(|&strategy| {
        let is_on = !now && side.of != Of::Agent && asked.strategy == strategy;
        let to = Side { strategy: Some(strategy), ..planned(side) };
        item(&strategy.to_string(), strategy.words().into(), is_on, to)
    }));
    items.extend(PRESETS.iter().map(|&budget| {
        let is_on = !now && side.of != Of::Agent && asked.budget == budget;
        item(&words::exact(budget.into()), "tokens".into(), is_on, Side { budget: Some(budget), ..planned(side) })
    }));
    items.push(plain("another budget…", Choice::TypeSideBudget(which)));
    Menu::new(MenuKind::Side(which), items)
}

/// The turns of the session for a side, the newest first.
pub fn turns(state: &State, which: Which) -> Option<Menu> {
    let (Some(Lens::Compare(lens)), Some(inspector)) = (&state.lens, state.inspector()) else { return None };
    let side = match which {
        Which::Left => lens.left,
        Which::Right => lens.right,
    };
    let session = inspector.desk.session();
    let turn = |(number, turn): (usize, std::ops::Range<usize>)| {
        let of = Of::Turn(number + 1);
        let entries = &session.entries[turn];
        let first = entries.first().filter(|entry| entry.kind == Kind::Prompt);
        let start: String = first.map_or(String::new(), |entry| entry.text.chars().take(80).collect());
        Item {
            label: format!("{} {}", number + 1, sanitize::inert_line(start.trim())),
            detail: format!("to #{}", entries.last().map_or(0, |entry| entry.seq)),
            state: if side.of == of { ItemState::On } else { ItemState::Off },
            choice: Choice::Side(which, Side { of, ..side }),
        }
    };
    let items: Vec<Item> = session.turns().into_iter().enumerate().rev().take(TURNS).map(turn).collect();
    Some(Menu::new(MenuKind::Side(which), items))
}

/// Sets a side.
pub fn choose(state: &mut State, which: Which, side: Side) {
    if let Some(Lens::Compare(lens)) = &mut state.lens {
        *lens.side(which) = side;
    }
}

/// Sets the budget of a side.
pub fn choose_budget(state: &mut State, which: Which, tokens: u32) {
    if let Some(Lens::Compare(lens)) = &mut state.lens {
        let side = lens.side(which);
        let of = if side.of == Of::Agent { Of::Now } else { side.of };
        *side = Side { of, budget: Some(tokens), ..*side };
    }
}
