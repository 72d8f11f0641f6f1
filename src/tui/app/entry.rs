//! The entry view: one entry on the whole screen, with its four renditions, why it stands where it does, what it has to
//! do with other entries, and what was done to it.

pub mod links;
pub mod page;

use ratatui::layout::{Position, Rect};

use self::{
    links::{Links, Mentions},
    page::{Find, Page, Top},
};
use super::{
    Areas, Effect, Lens, State, Tone,
    inspector::{Inspector, Pane},
    popup::{Line, LinePurpose},
    rows::Rows,
    state::{Popup, Screen},
    verbs,
};
use crate::{
    model::{Actor, EntryId, EntryState, JournalStatus, Level, Time},
    text::wrap::Wrapped,
    tui::action::Action,
};

pub struct EntryView {
    pub of: EntryId,
    /// What has the keyboard.
    pub sheet: Sheet,
    /// By level: what has been on the screen.
    pages: [Option<Page>; 4],
    pub find: Find,
    why: Option<(WhyKey, Wrapped)>,
    pub why_top: usize,
    pub links: Links,
    pub link_rows: Rows,
    /// What was done to it, newest first; `None` until the worker answers.
    pub history: Option<Vec<HistoryRow>>,
    pub history_rows: Rows,
    /// The moment that the history was read.
    pub now: Time,
    /// The entries from which links led here.
    trail: Vec<EntryId>,
    /// What was asked of the outside last: the entry, and the inspector's version.
    asked: Option<(EntryId, u64)>,
    /// The entry whose mentions were asked for last, and how many entries there were.
    asked_mentions: Option<(EntryId, usize)>,
}

/// What the lines of "why" were made of: the entry, the inspector's version, the width.
type WhyKey = (EntryId, u64, usize);

/// A part of the view; each has a place of its own on a wide screen, and a tab on a narrow one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    Text(Level),
    Why,
    Mentions,
    History,
}

/// An edit that touched the entry.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    pub at: Time,
    pub actor: Actor,
    pub status: JournalStatus,
    pub words: String,
    /// The entry's state before and after; `None` where it did not exist.
    pub before: Option<EntryState>,
    pub after: Option<EntryState>,
}

/// Bytes of a text that are broken into rows between two looks at the keyboard.
const PIECE: usize = 64 * 1024;

/// Verbs that are heard here as they are in the list, for the entry that is shown.
pub const VERBS: [Action; 11] = [
    Action::Pin,
    Action::Evict,
    Action::Compact,
    Action::Restore,
    Action::Raise,
    Action::Lower,
    Action::ToFull,
    Action::ToSummary,
    Action::ToSentence,
    Action::ToKeywords,
    Action::CopyEntry,
];

impl Sheet {
    pub const ALL: [Sheet; 7] = [
        Sheet::Text(Level::Full),
        Sheet::Text(Level::Summary),
        Sheet::Text(Level::Sentence),
        Sheet::Text(Level::Keywords),
        Sheet::Why,
        Sheet::Mentions,
        Sheet::History,
    ];

    fn step(self, by: usize) -> Sheet {
        let at = Self::ALL.iter().position(|&sheet| sheet == self).unwrap_or(0);
        Self::ALL[(at + by) % Self::ALL.len()]
    }
}

impl EntryView {
    pub fn new(of: EntryId, level: Level) -> Self {
        Self {
            of,
            sheet: Sheet::Text(level),
            pages: [None, None, None, None],
            find: Find::default(),
            why: None,
            why_top: 0,
            links: Links::default(),
            link_rows: Rows::default(),
            history: None,
            history_rows: Rows::default(),
            now: Time::default(),
            trail: Vec::new(),
            asked: None,
            asked_mentions: None,
        }
    }

    pub fn page(&self, level: Level) -> Option<&Page> {
        self.pages[level.index()].as_ref()
    }

    pub fn why(&self) -> Option<&Wrapped> {
        self.why.as_ref().map(|(_, wrapped)| wrapped)
    }

    /// The rendition with the keyboard; the whole text while something else has it.
    pub fn level(&self) -> Level {
        match self.sheet {
            Sheet::Text(level) => level,
            _ => Level::Full,
        }
    }

    /// Takes in what has changed, for the places of the last frame.
    pub fn settle(&mut self, inspector: &Inspector, areas: &Areas) {
        let desk = &inspector.desk;
        let Some(index) = desk.session().index_of(self.of) else { return };
        self.links.settle(desk, index, inspector.version);
        for &(area, sheet) in &areas.sheets {
            let (cells, height) = (usize::from(area.width), usize::from(area.height));
            match sheet {
                Sheet::Text(level) => {
                    let page = &mut self.pages[level.index()];
                    Page::settle(page, desk, index, level, &self.find, cells);
                    if let Some(page) = page {
                        page.extend(height, PIECE);
                        page.keep_inside(height);
                    }
                }
                Sheet::Why => {
                    let key = (self.of, inspector.version, cells);
                    if self.why.as_ref().is_none_or(|(made_of, _)| *made_of != key) {
                        self.why = Some((key, Wrapped::new(&links::why(desk, index), cells)));
                    }
                    let rows = self.why.as_ref().map_or(0, |(_, wrapped)| wrapped.len());
                    self.why_top = self.why_top.min(rows.saturating_sub(height));
                }
                Sheet::Mentions => {
                    self.link_rows.settle(self.links.rows().len(), height);
                    self.link_rows.cursor = self.links.nearest(self.link_rows.cursor);
                }
                Sheet::History => {
                    let rows = self.history.as_ref().map_or(0, Vec::len);
                    self.history_rows.settle(rows, height);
                }
            }
        }
    }

    pub fn is_unfinished(&self, areas: &Areas) -> bool {
        self.next_unbroken(areas).is_some()
    }

    /// Finds the rows of a little more of the long texts on the screen.
    pub fn work_on(&mut self, areas: &Areas) {
        let Some((level, height)) = self.next_unbroken(areas) else { return };
        if let Some(page) = &mut self.pages[level.index()] {
            page.wrapped.extend(PIECE);
            page.keep_inside(height);
        }
    }

    fn next_unbroken(&self, areas: &Areas) -> Option<(Level, usize)> {
        areas.sheets.iter().find_map(|&(area, sheet)| match sheet {
            Sheet::Text(level) if !self.page(level)?.wrapped.is_whole() => Some((level, usize::from(area.height))),
            _ => None,
        })
    }

    /// What it wants to know from outside.
    pub fn asks(&mut self, inspector: &Inspector) -> Vec<Effect> {
        let mut effects = Vec::new();
        let session = inspector.id().clone();
        let mentions = Some((self.of, inspector.desk.session().entries.len()));
        if self.asked_mentions != mentions {
            self.asked_mentions = mentions;
            let texts = inspector.desk.columns().named.clone();
            effects.push(Effect::Mentions { of: self.of, texts });
        }
        let asked = Some((self.of, inspector.version));
        if self.asked != asked {
            self.asked = asked;
            effects.push(Effect::History { session, of: self.of, version: inspector.version });
        }
        effects
    }

    /// Takes in an answer; one to an older question is dropped.
    pub fn take_mentions(&mut self, of: EntryId, mentions: Mentions) {
        if of == self.of {
            self.links.take(mentions);
        }
    }

    pub fn take_history(&mut self, of: EntryId, version: u64, rows: Vec<HistoryRow>, now: Time) {
        if self.asked == Some((of, version)) {
            (self.history, self.now) = (Some(rows), now);
        }
    }

    /// Shows another entry, at the same sheet.
    fn show(&mut self, of: EntryId) {
        if of == self.of {
            return;
        }
        self.of = of;
        self.pages = [None, None, None, None];
        (self.links, self.link_rows) = (Links::default(), Rows::default());
        (self.history, self.history_rows) = (None, Rows::default());
        self.why_top = 0;
    }
}

/// The entry that is looked at in the session's panes.
pub fn open(inspector: &Inspector) -> Option<EntryView> {
    let index = match inspector.focus {
        Pane::LeftOut => inspector.left_out.rows.get(inspector.left_out.cursor).map(|&(index, _)| index),
        _ => inspector.list.current(),
    };
    let entry = &inspector.desk.session().entries[index?];
    Some(EntryView::new(entry.id, inspector.preview.level))
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let areas = state.areas.clone();
    let State { lens: Some(Lens::Entry(view)), screen: Screen::Session(inspector), .. } = state else {
        return Vec::new();
    };
    match action {
        Action::NextSheet => view.sheet = view.sheet.step(1),
        Action::PreviousSheet => view.sheet = view.sheet.step(Sheet::ALL.len() - 1),
        Action::NextEntry | Action::PreviousEntry => return neighbour(state, action),
        Action::GoThere => return go_there(state),
        Action::GoBack => {
            let Some(from) = view.trail.pop() else {
                state.say(Tone::Refused, "no link has been followed");
                return Vec::new();
            };
            view.show(from);
            follow(inspector, from);
        }
        Action::FindInside => {
            let line = Line::selected(LinePurpose::FindInside, view.find.needle());
            state.popup = Some(Popup::Line(Box::new(line)));
        }
        Action::NextFind | Action::PreviousFind => return step_find(state, action),
        Action::CopyEntry => {
            inspector.preview.level = view.level();
            if let Some(index) = inspector.desk.session().index_of(view.of) {
                return super::inspector::copy_rendition(state, index);
            }
        }
        verb if VERBS.contains(&verb) => {
            let targets = vec![view.of];
            return verbs::act_on(state, verb, targets);
        }
        moved => {
            let sheet = view.sheet;
            let height = areas.sheets.iter().find(|(_, one)| *one == sheet).map_or(1, |(area, _)| area.height);
            scroll(view, sheet, moved, usize::from(height));
        }
    }
    Vec::new()
}

/// Moves in a sheet by a row or a page, or to its end.
fn scroll(view: &mut EntryView, sheet: Sheet, action: Action, height: usize) {
    match sheet {
        Sheet::Text(level) => {
            if let Some(page) = &mut view.pages[level.index()] {
                page.act(action, height);
            }
        }
        Sheet::Why => {
            let mut rows = Rows { cursor: view.why_top, offset: 0 };
            rows.act(action, view.why().map_or(0, Wrapped::len), height);
            view.why_top = rows.cursor;
        }
        Sheet::Mentions => view.links.act(&mut view.link_rows, action, height),
        Sheet::History => view.history_rows.act(action, view.history.as_ref().map_or(0, Vec::len), height),
    }
}

/// The entry after or before this one in the order of the list.
fn neighbour(state: &mut State, action: Action) -> Vec<Effect> {
    let State { lens: Some(Lens::Entry(view)), screen: Screen::Session(inspector), .. } = state else {
        return Vec::new();
    };
    let (session, rows) = (inspector.desk.session(), &inspector.list.rows);
    let Some(index) = session.index_of(view.of) else { return Vec::new() };
    let next = match rows.iter().position(|&row| row == index) {
        Some(at) if action == Action::NextEntry => rows.get(at + 1).copied(),
        Some(at) => at.checked_sub(1).map(|at| rows[at]),
        // A link led to an entry that the filter hides.
        None if action == Action::NextEntry => Some(index + 1).filter(|&next| next < session.entries.len()),
        None => index.checked_sub(1),
    };
    match next {
        Some(next) => {
            let id = session.entries[next].id;
            view.show(id);
            view.trail.clear();
            follow(inspector, id);
        }
        None => {
            let end = if action == Action::NextEntry { "this is the last entry" } else { "this is the first entry" };
            state.say(Tone::Plain, end);
        }
    }
    Vec::new()
}

/// Enter: to the entry that is mentioned, or that mentions this one.
fn go_there(state: &mut State) -> Vec<Effect> {
    let State { lens: Some(Lens::Entry(view)), screen: Screen::Session(inspector), .. } = state else {
        return Vec::new();
    };
    let target = view.links.target(view.link_rows.cursor).filter(|_| view.sheet == Sheet::Mentions);
    match target {
        Some(target) => {
            view.trail.push(view.of);
            view.show(target);
            follow(inspector, target);
        }
        None if view.sheet == Sheet::Mentions => state.say(Tone::Plain, "nothing to go to"),
        None => view.sheet = Sheet::Mentions,
    }
    Vec::new()
}

/// The list behind goes along, so that leaving the view leads to the entry that was read last.
fn follow(inspector: &mut Inspector, id: EntryId) {
    if let Some(index) = inspector.desk.session().index_of(id) {
        inspector.list.go_to(index);
    }
}

/// Looks for a text in the rendition that is shown, from where it stands.
pub fn find(state: &mut State, needle: &str) {
    let Some(Lens::Entry(view)) = &mut state.lens else { return };
    view.find = Find::new(needle);
    let level = view.level();
    for page in view.pages.iter_mut().flatten() {
        page.look_for(&view.find);
    }
    if let Some(page) = &mut view.pages[level.index()] {
        page.first_find();
    }
}

fn step_find(state: &mut State, action: Action) -> Vec<Effect> {
    let State { lens: Some(Lens::Entry(view)), screen: Screen::Session(inspector), .. } = state else {
        return Vec::new();
    };
    if view.find.is_empty() {
        let key = state.keymap.key_for(Action::FindInside);
        state.say(Tone::Refused, format!("nothing is looked for: {key} finds text"));
        return Vec::new();
    }
    view.sheet = Sheet::Text(view.level());
    let needle = view.find.needle().to_owned();
    let said = view.pages[view.level().index()].as_mut().and_then(|page| page.step_find(action));
    match said {
        Some((at, of)) => state.say(Tone::Plain, format!("“{needle}” {at} of {of}")),
        None => {
            let entry = inspector.desk.session().entry(view.of);
            let elsewhere = Level::ALL.into_iter().find(|&level| {
                level != view.level() && entry.is_some_and(|entry| view.find.is_in(entry.text_at(level)))
            });
            let elsewhere = elsewhere.map_or(String::new(), |level| format!("; it is in the {level} text"));
            let level = view.level();
            state.say(Tone::Plain, format!("“{needle}” is not in the {level} text{elsewhere}"));
        }
    }
    Vec::new()
}

/// A click gives a sheet the keyboard, and moves to what is under it.
pub fn press(state: &mut State, at: Position) {
    let areas = state.areas.clone();
    let Some(Lens::Entry(view)) = &mut state.lens else { return };
    if let Some(sheet) = Areas::hit(&areas.sheet_tabs, at) {
        view.sheet = sheet;
        return;
    }
    let Some(&(area, sheet)) = areas.sheets.iter().find(|(area, _)| area.contains(at)) else { return };
    view.sheet = sheet;
    let line = usize::from(at.y - area.y);
    match sheet {
        Sheet::Mentions => {
            let row = view.link_rows.at(line, view.links.rows().len());
            let row = row.filter(|&row| view.links.target(row).is_some());
            view.link_rows.cursor = row.unwrap_or(view.link_rows.cursor);
        }
        Sheet::History => {
            let rows = view.history.as_ref().map_or(0, Vec::len);
            view.history_rows.cursor = view.history_rows.at(line, rows).unwrap_or(view.history_rows.cursor);
        }
        Sheet::Text(_) | Sheet::Why => {}
    }
}

/// The wheel scrolls what is under it.
pub fn wheel(state: &mut State, at: Position, way: Action, notch: usize) {
    let areas = state.areas.clone();
    let Some(Lens::Entry(view)) = &mut state.lens else { return };
    let under = areas.sheets.iter().find(|(area, _): &&(Rect, Sheet)| area.contains(at));
    if let Some(&(area, sheet)) = under {
        (0..notch).for_each(|_| scroll(view, sheet, way, usize::from(area.height)));
    }
}

/// The row of a page that stands first on the screen.
pub fn first_row(page: &Page, height: usize) -> usize {
    match page.top {
        Top::Row(row) => row.min(page.wrapped.len().saturating_sub(height)),
        Top::Byte(_) | Top::End => page.wrapped.len().saturating_sub(height),
    }
}
