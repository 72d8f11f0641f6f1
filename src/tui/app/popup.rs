//! What lies over the screen: text to read, a question, a menu, a line or an area to type in.

use std::path::PathBuf;

use ratatui::style::{Modifier, Style};
use ratatui_textarea::{CursorMove, TextArea, WrapMode};

use super::{
    compare::{Side, Which},
    lessons,
    list::{Column, Facet},
    picker::{SessionColumn, SessionFacet},
};
use crate::{
    insight::review,
    model::{EntryId, Level, SessionId},
    pack::strategy::Strategy,
    tui::action::Action,
    workspace::{Point, retention::Retained},
};

/// Text to scroll through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The entry whose answer it is, by index, while its price is still being searched for.
    pub waits_for: Option<usize>,
    pub title: String,
    pub lines: Vec<String>,
    pub scroll: usize,
    /// Verbs that would change what is said, hinted below it: their keys close it and act.
    pub helping: Vec<Action>,
}

/// A question that is answered with yes or no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    pub question: String,
    /// What the answer means, in a sentence or more.
    pub detail: String,
    pub then: Confirmed,
    /// The first row of the detail that is shown, where it has more than fit.
    pub scroll: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    Delete {
        session: SessionId,
        title: String,
    },
    Replace {
        path: PathBuf,
        text: String,
    },
    DiscardText,
    /// Go to a point of the journal.
    StepTo {
        session: SessionId,
        point: Point,
    },
    /// Let raw text go, as it was told.
    LetGo(Box<Retained>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Menu {
    pub kind: MenuKind,
    pub items: Vec<Item>,
    pub cursor: usize,
    pub offset: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MenuKind {
    Strategy,
    Budget,
    Level,
    Sort,
    /// Stays open, so that several can be chosen.
    Filter,
    SortSessions,
    FilterSessions,
    /// Stays open, so that several can be chosen.
    FilterPatterns,
    /// What can be done to the entries chosen.
    Verbs,
    /// A side of a comparison.
    Side(Which),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub label: String,
    /// What stands at the right: a count, a size.
    pub detail: String,
    pub state: ItemState,
    pub choice: Choice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemState {
    Plain,
    Off,
    On,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Tokens.
    Budget(u32),
    TypeBudget,
    Strategy(Strategy),
    Level(Level),
    Sort(Column),
    Facet(Facet),
    ShowAll,
    SortSessions(SessionColumn),
    OnlySessions(SessionFacet),
    EverySession,
    Pattern(lessons::filter::Facet),
    EveryPattern,
    Act(Action),
    Side(Which, Side),
    SideTurn(Which),
    TypeSideBudget(Which),
}

/// One line to type in.
pub struct Line {
    pub purpose: LinePurpose,
    pub area: TextArea<'static>,
    /// What is wrong with what was typed.
    pub problem: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinePurpose {
    Budget,
    Importance {
        targets: Vec<EntryId>,
    },
    SideBudget(Which),
    Find,
    FindSession,
    /// Text inside the entry that is viewed.
    FindInside,
    FilterJournal,
    /// The note of a decision on a pattern, by its key.
    Decide {
        pattern: String,
        choice: review::Choice,
    },
    GoToTurn,
    Import,
    WritePack,
    Palette,
    Help,
}

/// A text area with a live token count.
pub struct Editor {
    pub purpose: EditorPurpose,
    pub area: TextArea<'static>,
    pub before: String,
    /// Tokens of the block that the text makes; `None` until a tokenizer is there.
    pub tokens: Option<u32>,
    pub problem: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditorPurpose {
    /// `limit`: one token less than the level above costs; a deeper text that saves nothing is never shown.
    Rewrite {
        entry: EntryId,
        seq: u32,
        level: Level,
        limit: u32,
    },
    Note {
        from: EntryId,
        seq: u32,
    },
    /// `source`: the entry that it is taken from.
    Fact {
        source: Option<EntryId>,
    },
}

impl Confirm {
    pub fn new(question: impl Into<String>, detail: impl Into<String>, then: Confirmed) -> Self {
        Self { question: question.into(), detail: detail.into(), then, scroll: 0 }
    }
}

impl LinePurpose {
    /// Whether it stands in the footer, so that the list can be seen.
    pub fn is_in_footer(&self) -> bool {
        use LinePurpose::{FilterJournal, Find, FindInside, FindSession};
        matches!(self, Find | FindSession | FindInside | FilterJournal)
    }
}

impl MenuKind {
    /// Whether several items can be chosen, one after the other.
    pub fn stays_open(self) -> bool {
        matches!(self, MenuKind::Filter | MenuKind::FilterPatterns)
    }
}

impl Menu {
    pub fn new(kind: MenuKind, items: Vec<Item>) -> Self {
        let cursor = items.iter().position(|item| item.state == ItemState::On).unwrap_or(0);
        let cursor = if kind.stays_open() { 0 } else { cursor };
        Self { kind, items, cursor, offset: 0 }
    }
}

impl Line {
    pub fn new(purpose: LinePurpose, text: &str) -> Self {
        Self { purpose, area: typing_area(vec![text.to_owned()]), problem: None }
    }

    /// The same with the text selected: what is typed first replaces it.
    pub fn selected(purpose: LinePurpose, text: &str) -> Self {
        let mut line = Self::new(purpose, text);
        line.area.select_all();
        line
    }

    pub fn text(&self) -> &str {
        self.area.lines().first().map_or("", String::as_str)
    }

    pub fn clear(&mut self) {
        self.area.select_all();
        self.area.cut();
    }
}

impl Editor {
    pub fn new(purpose: EditorPurpose, text: &str) -> Self {
        let mut area = typing_area(text.lines().map(str::to_owned).collect());
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        let before = area.lines().join("\n");
        Self { purpose, area, before, tokens: None, problem: None }
    }

    /// Puts the cursor at the end of a line.
    pub fn go_to_line(&mut self, line: usize) {
        let end = self.area.lines().get(line).map_or(0, |line| line.chars().count());
        let place = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(place(line), place(end)));
    }

    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    pub fn is_changed(&self) -> bool {
        self.text() != self.before
    }
}

/// Where a text that is read is scrolled to next; `settle` keeps the last page full.
pub(super) fn scrolled(scroll: usize, action: Action, height: usize) -> usize {
    let page = height.max(1);
    match action {
        Action::Down => scroll.saturating_add(1),
        Action::Up => scroll.saturating_sub(1),
        Action::PageDown => scroll.saturating_add(page),
        Action::PageUp => scroll.saturating_sub(page),
        Action::Top => 0,
        Action::Bottom => usize::MAX,
        _ => scroll,
    }
}

pub(super) fn typing_area(lines: Vec<String>) -> TextArea<'static> {
    let mut area = TextArea::new(lines);
    area.set_cursor_line_style(Style::default());
    area.set_selection_style(Style::default().add_modifier(Modifier::REVERSED));
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    area
}
