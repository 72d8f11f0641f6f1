//! The main screen: an open session, and what its keys do except verbs and typing.

use std::collections::BTreeSet;

use super::{
    Areas, Border, Effect, Popup, State, Tone,
    budget::{self, Moving},
    event::Keeping,
    finding, lens,
    list::{Filter, List, Sort, offset_for},
    menus,
    panes::{LeftOut, PackPane},
    picker,
    plans::{self, Asked},
    popup::{Line, LinePurpose, Reading},
    preview::{self, Preview},
    scroll::{self, Scroll},
    state::Screen,
    verbs,
};
use crate::{
    model::{EntryId, Level, SessionId},
    pack::{chosen::PieceKind, strategy::balanced::Price},
    text::words,
    tui::action::Action,
    workspace::desk::{Desk, Moved, Outcome},
};

pub struct Inspector {
    pub desk: Desk,
    pub keeping: Keeping,
    pub list: List,
    pub focus: Pane,
    /// The pane that stands under the list where there is room for one only.
    pub under: Pane,
    pub zoom: Zoom,
    pub preview: Preview,
    pub pack: PackPane,
    pub left_out: LeftOut,
    /// Which of the desk's suggestions is shown.
    pub suggestion: usize,
    /// What the shown suggestion would do to the pack.
    pub outcome: Weighed,
    pub drag: Option<Drag>,
    pub split: Split,
    /// Grows with every change of the desk, so that what is derived from it can tell.
    pub version: u64,
    /// The plan that was asked for and has not come yet.
    pub asked: Option<Asked>,
    /// What moved the plan that is awaited, and the entries that were in before.
    pub moving: Option<(Moving, i64)>,
    /// What the pack pane last scrolled to.
    shown: Option<(EntryId, usize)>,
}

/// What the mouse holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drag {
    /// The budget's edge; tokens per cell of the bar.
    Budget(f64),
    Border(Border),
}

/// Where a person has put the lines between panes, in thousandths of the body; `None` where they stand by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// The left column's width.
    pub columns: Option<u16>,
    /// The height of the pane under the list.
    pub under: Option<u16>,
    /// The height of what is left out.
    pub left_out: Option<u16>,
}

/// What a suggestion would do to the pack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weighed {
    NotYet,
    Outcome(Outcome),
    /// There is none, or it does nothing.
    Nothing,
}

/// Prices of left out entries that are found between two looks at the keyboard.
const PRICES_AT_ONCE: usize = 1;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    #[default]
    Entries,
    Preview,
    CarryForward,
    LeftOut,
}

/// Whether the pane with the keyboard has the whole screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zoom {
    #[default]
    Off,
    On,
}

impl Pane {
    pub const ALL: [Pane; 4] = [Pane::Entries, Pane::Preview, Pane::CarryForward, Pane::LeftOut];

    fn next(self) -> Pane {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }

    fn previous(self) -> Pane {
        Self::ALL[(self as usize + Self::ALL.len() - 1) % Self::ALL.len()]
    }
}

impl Inspector {
    pub fn new(mut desk: Desk, keeping: Keeping) -> Self {
        desk.plan_apart(plans::AT_ONCE);
        let mut list = List::default();
        list.refresh(&desk, &Moved::Any);
        let mut inspector = Self {
            desk,
            keeping,
            list,
            focus: Pane::Entries,
            under: Pane::Preview,
            zoom: Zoom::Off,
            preview: Preview::default(),
            pack: PackPane::default(),
            left_out: LeftOut::default(),
            suggestion: 0,
            outcome: Weighed::NotYet,
            drag: None,
            split: Split::default(),
            version: 1,
            asked: None,
            moving: None,
            shown: None,
        };
        inspector.left_out.refresh(&inspector.desk);
        inspector
    }

    /// The same screen over the session as it was read again.
    pub fn replace_desk(&mut self, mut desk: Desk) {
        let strategy = self.desk.settings().strategy;
        if desk.settings().strategy != strategy {
            desk.set_strategy(strategy);
        }
        desk.plan_apart(plans::AT_ONCE);
        let at = self.list.current().map(|index| self.desk.session().entries[index].id);
        let was_last = self.list.cursor + 1 == self.list.rows.len();
        let read = self.piece_read();
        self.desk = desk;
        self.list.forget();
        self.refresh();
        // Who stands at the end sees what comes; who reads further up is not moved.
        if self.keeping == Keeping::Following && was_last && self.list.sort == Sort::default() {
            self.list.cursor = self.list.rows.len().saturating_sub(1);
        } else if let Some(index) = at.and_then(|id| self.desk.session().index_of(id)) {
            self.list.go_to(index);
            if let Some(piece) =
                read.and_then(|id| self.desk.session().index_of(id)).and_then(|read| self.piece_of(read))
            {
                self.pack.piece = piece;
                self.shown = Some((self.desk.session().entries[index].id, self.desk.outline().len()));
            }
        }
    }

    pub fn id(&self) -> &SessionId {
        &self.desk.session().id
    }

    /// What verbs act on: the marked entries in their order, else the one under the cursor.
    pub fn targets(&self) -> Vec<EntryId> {
        let entries = &self.desk.session().entries;
        if self.list.marked.is_empty() {
            return self.list.current().map(|index| entries[index].id).into_iter().collect();
        }
        let mut places: Vec<usize> =
            self.list.marked.iter().filter_map(|&id| self.desk.session().index_of(id)).collect();
        places.sort_unstable();
        places.into_iter().map(|index| entries[index].id).collect()
    }

    /// Takes in that other entries are to be shown, or in another order, of a desk that is as it was.
    pub fn relist(&mut self) {
        self.list.refresh(&self.desk, &Moved::default());
    }

    /// Takes in that the desk has changed.
    pub fn refresh(&mut self) {
        self.version += 1;
        let moved = self.desk.take_moved();
        self.list.refresh(&self.desk, &moved);
        self.suggestion = self.suggestion.min(self.desk.suggestions().len().saturating_sub(1));
        self.left_out.refresh(&self.desk);
        self.pack.refresh(&self.desk);
        self.outcome = Weighed::NotYet;
    }

    /// Whether something on the screen is still to be worked out that no key should wait for.
    pub fn is_unfinished(&self, areas: &Areas) -> bool {
        let height = usize::from(areas.left_out.height);
        self.outcome == Weighed::NotYet
            || self.preview.is_unfinished()
            || self.left_out.next_unpriced(self.list.current(), height).is_some()
    }

    /// Works out a little of it: what the suggestion would do, then prices of what is left out. Each may walk through
    /// the whole plan.
    pub fn work_on(&mut self, areas: &Areas) {
        if self.outcome == Weighed::NotYet {
            let shown = self.desk.suggestions().get(self.suggestion).filter(|_| !self.desk.plans_apart()).cloned();
            let outcome = shown.and_then(|shown| self.desk.outcome_of(&shown));
            self.outcome = outcome.map_or(Weighed::Nothing, Weighed::Outcome);
            return;
        }
        if self.preview.is_unfinished() {
            return self.preview.work_on();
        }
        for _ in 0..PRICES_AT_ONCE {
            let next = self.left_out.next_unpriced(self.list.current(), usize::from(areas.left_out.height));
            if let Some(index) = next {
                self.left_out.price(&self.desk, index);
            }
        }
    }

    pub fn focus_on(&mut self, pane: Pane) {
        self.focus = pane;
        if pane != Pane::Entries {
            self.under = pane;
        }
    }

    /// Brings scroll positions into step with what happened, by the sizes of the last frame.
    pub fn settle(&mut self, areas: &Areas) {
        let height = |area: ratatui::layout::Rect| usize::from(area.height);
        let list = &mut self.list;
        list.offset = offset_for(list.cursor, list.offset, height(areas.list), list.rows.len());
        let left_out = &mut self.left_out;
        if self.focus != Pane::LeftOut {
            // What the list shows stands in sight here too.
            let same = list.current().and_then(|index| left_out.rows.binary_search_by_key(&index, |row| row.0).ok());
            left_out.cursor = same.unwrap_or(left_out.cursor);
        }
        left_out.offset = offset_for(left_out.cursor, left_out.offset, height(areas.left_out), left_out.rows.len());
        let Some(index) = list.current() else { return };
        if areas.preview.width > 0 {
            self.preview.settle(&self.desk, index, usize::from(areas.preview.width), height(areas.preview));
        }
        if areas.pack.width > 0 {
            self.follow(index, usize::from(areas.pack.width), height(areas.pack));
        }
    }

    /// The carry-forward pane goes to the entry under the list's cursor when that or the pack changes.
    fn follow(&mut self, index: usize, cells: usize, height: usize) {
        let now = (self.desk.session().entries[index].id, self.desk.outline().len());
        if self.shown == Some(now) {
            return self.pack.keep_inside(&self.desk, cells, height);
        }
        match self.piece_of(index) {
            Some(piece) => self.pack.show(&self.desk, piece, cells, height),
            None => self.pack.keep_inside(&self.desk, cells, height),
        }
        self.shown = Some(now);
    }

    /// The entry whose piece stands first in the carry-forward pane.
    fn piece_read(&self) -> Option<EntryId> {
        match self.desk.outline().get(self.pack.piece)?.kind {
            PieceKind::Entry { index, .. } | PieceKind::Stripped { index } => {
                Some(self.desk.session().entries[index].id)
            }
            _ => None,
        }
    }

    /// Goes to an entry; a filter that hides it is dropped.
    pub fn bring_into_sight(&mut self, id: EntryId) {
        let Some(index) = self.desk.session().index_of(id) else { return };
        if !self.list.go_to(index) {
            self.list.filter = Filter::default();
            self.relist();
            self.list.go_to(index);
        }
        self.focus = Pane::Entries;
    }

    /// Where an entry stands in the pack.
    pub fn piece_of(&self, index: usize) -> Option<usize> {
        let is_it = |kind: PieceKind| matches!(kind, PieceKind::Entry { index: at, .. } | PieceKind::Stripped { index: at } if at == index);
        self.desk.outline().iter().position(|piece| is_it(piece.kind))
    }

    /// The entry that a piece of the pack shows.
    fn entry_of(&self, piece: usize) -> Option<usize> {
        match self.desk.outline().get(piece)?.kind {
            PieceKind::Entry { index, .. } | PieceKind::Stripped { index } => Some(index),
            PieceKind::Folded { number } => self.desk.chosen().folded[number].covers.first().copied(),
            PieceKind::Row { row, .. } => {
                let session = self.desk.session();
                session.index_of(session.names.get(row)?.entry)
            }
            PieceKind::Heading(_) | PieceKind::Fact { .. } => None,
        }
    }
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let areas = state.areas.clone();
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    match action {
        Action::Down => scroll::scroll(inspector, &areas, Scroll::Down(1)),
        Action::Up => scroll::scroll(inspector, &areas, Scroll::Up(1)),
        Action::PageDown => scroll::scroll(inspector, &areas, Scroll::Down(scroll::page(inspector.focus, &areas))),
        Action::PageUp => scroll::scroll(inspector, &areas, Scroll::Up(scroll::page(inspector.focus, &areas))),
        Action::Top => scroll::scroll(inspector, &areas, Scroll::Top),
        Action::Bottom => scroll::scroll(inspector, &areas, Scroll::Bottom),
        Action::NextPane => inspector.focus_on(inspector.focus.next()),
        Action::PreviousPane => inspector.focus_on(inspector.focus.previous()),
        Action::Zoom => {
            inspector.zoom = match inspector.zoom {
                Zoom::Off => Zoom::On,
                Zoom::On => Zoom::Off,
            }
        }
        Action::MoreText => inspector.preview.level = inspector.preview.level.shallower().unwrap_or(Level::Full),
        Action::LessText => inspector.preview.level = inspector.preview.level.deeper().unwrap_or(Level::Keywords),
        Action::Mark => mark(inspector),
        Action::MarkAll => mark_all(inspector),
        Action::NextSuggestion => {
            let count = inspector.desk.suggestions().len().max(1);
            inspector.suggestion = (inspector.suggestion + 1) % count;
            inspector.outcome = Weighed::NotYet;
        }
        Action::Open => open(state),
        Action::Verbs => state.popup = Some(Popup::Menu(menus::verbs(state))),
        Action::Sort => state.popup = Some(Popup::Menu(menus::columns(inspector))),
        Action::Reverse => {
            inspector.list.sort.order = inspector.list.sort.order.reversed();
            inspector.relist();
        }
        Action::Filter => state.popup = Some(Popup::Menu(menus::facets(inspector))),
        Action::FilterLost => finding::toggle_lost(state),
        Action::ClearFilter => finding::clear_filter(state),
        Action::Find => {
            let line = Line::selected(LinePurpose::Find, inspector.list.filter.query.text());
            state.popup = Some(Popup::Line(Box::new(line)));
        }
        Action::CopyEntry => return copy_entry(state),
        Action::CopyPack => {
            plans::settle(inspector);
            let text = inspector.desk.pack_text();
            let used = words::exact(inspector.desk.totals().used.into());
            state.say(Tone::Done, format!("copied the pack, {used} tokens"));
            return [Effect::Copy { text }].into_iter().chain(exported(state)).collect();
        }
        Action::WritePack => {
            let line = Line::new(LinePurpose::WritePack, "pack.txt");
            state.popup = Some(Popup::Line(Box::new(line)));
        }
        Action::Sessions => return picker::list(state),
        Action::Back => back(state),
        Action::Budget | Action::BudgetDown | Action::BudgetUp | Action::BudgetPresets | Action::Strategy => {
            budget::act(state, action)
        }
        _ => match lens::open(state, action) {
            Some(effects) => return effects,
            None => return verbs::act(state, action),
        },
    }
    Vec::new()
}

fn mark(inspector: &mut Inspector) {
    let Some(index) = inspector.list.current() else { return };
    let id = inspector.desk.session().entries[index].id;
    if !inspector.list.marked.remove(&id) {
        inspector.list.marked.insert(id);
    }
    inspector.list.cursor = (inspector.list.cursor + 1).min(inspector.list.rows.len().saturating_sub(1));
}

fn mark_all(inspector: &mut Inspector) {
    let rows = &inspector.desk.columns().rows;
    let mut shown: BTreeSet<EntryId> = inspector.list.rows.iter().map(|&index| rows[index].id).collect();
    let marked = &mut inspector.list.marked;
    match shown.is_subset(marked) {
        true => marked.clear(),
        false => marked.append(&mut shown),
    }
}

/// Enter: the whole answer on the list's entry; in the other panes, to the entry that is shown there.
fn open(state: &mut State) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    let target = match inspector.focus {
        Pane::Entries | Pane::Preview => {
            let Some(index) = inspector.list.current() else { return };
            let seq = inspector.desk.session().entries[index].seq;
            let price = inspector.left_out.known(index).unwrap_or_else(|| inspector.desk.price(index));
            let reading = Reading {
                title: format!("Why #{seq}"),
                lines: inspector.desk.why_at(index, &price),
                scroll: 0,
                helping: verbs::helping(&inspector.desk, index),
                waits_for: matches!(price, Price::Searching(_)).then_some(index),
            };
            state.popup = Some(Popup::Why(reading));
            return;
        }
        Pane::CarryForward => {
            let pieces = inspector.pack.piece..inspector.desk.outline().len();
            pieces.into_iter().find_map(|piece| inspector.entry_of(piece))
        }
        Pane::LeftOut => inspector.left_out.rows.get(inspector.left_out.cursor).map(|&(index, _)| index),
    };
    let Some(index) = target else { return };
    let seq = inspector.desk.session().entries[index].seq;
    if inspector.list.go_to(index) {
        inspector.focus = Pane::Entries;
    } else {
        state.say(Tone::Refused, format!("the filter hides #{seq}; F shows every entry"));
    }
}

/// The pack leaves the program: from now on edits tell where they break the prompt cache.
pub fn exported(state: &mut State) -> Option<Effect> {
    let Screen::Session(inspector) = &mut state.screen else { return None };
    let export = inspector.desk.export();
    inspector.desk.remember(Some(export.sent.clone()));
    Some(Effect::Exported { session: inspector.id().clone(), export })
}

fn copy_entry(state: &mut State) -> Vec<Effect> {
    let Screen::Session(inspector) = &state.screen else { return Vec::new() };
    match inspector.list.current() {
        Some(index) => copy_rendition(state, index),
        None => Vec::new(),
    }
}

/// The rendition that the preview is set to, of any entry.
pub fn copy_rendition(state: &mut State, index: usize) -> Vec<Effect> {
    let Screen::Session(inspector) = &state.screen else { return Vec::new() };
    let level = inspector.preview.level;
    let entry = &inspector.desk.session().entries[index];
    let tokens = words::exact(entry.cost(level).into());
    let said = match level {
        Level::Full => format!("copied #{} in full, {tokens} tokens", entry.seq),
        level => format!("copied the {level} of #{}, {tokens} tokens", entry.seq),
    };
    let text = preview::block(&inspector.desk, index, level);
    state.say(Tone::Done, said);
    vec![Effect::Copy { text }]
}

/// Esc: one thing at a time.
fn back(state: &mut State) {
    let Screen::Session(inspector) = &mut state.screen else { return };
    if inspector.zoom == Zoom::On {
        inspector.zoom = Zoom::Off;
    } else if !inspector.list.marked.is_empty() {
        inspector.list.marked.clear();
    } else if !inspector.list.filter.is_empty() {
        finding::clear_filter(state);
    } else {
        inspector.focus = Pane::Entries;
    }
}
