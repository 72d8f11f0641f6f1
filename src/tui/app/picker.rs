//! The session picker: state, and what its keys do.

use std::collections::{BTreeMap, HashMap};

use strum::VariantArray;

use super::{
    Effect, Popup, State, Tone,
    first::{self, FirstRun},
    lessons,
    list::{Order, offset_for},
    menus,
    popup::{Confirm, Confirmed, Line, LinePurpose},
    recall, search,
    state::{Screen, Waiting},
};
use crate::{
    model::{Clean, SessionId, Time, Usage},
    text::sanitize,
    tui::action::Action,
};

pub use crate::workspace::SessionRow;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picker {
    /// Every session that is not deleted.
    pub sessions: Vec<SessionRow>,
    /// Indices into `sessions`, as shown.
    pub rows: Vec<usize>,
    pub cursor: usize,
    pub offset: usize,
    pub sort: SessionSort,
    pub query: String,
    /// What sessions must be to be shown.
    pub only: Option<SessionFacet>,
    /// The moment of listing, for "3 h ago".
    pub now: Time,
    /// The session that `undelete` brings back.
    pub deleted: Option<(SessionId, String)>,
    /// What logs say that sessions used, as far as it was asked; with the moment the session was written to last.
    usage: HashMap<SessionId, (Time, Option<Usage>)>,
    /// The session that is being asked about.
    asked: Option<SessionId>,
    /// What an empty store shows.
    pub first: FirstRun,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionSort {
    pub by: SessionColumn,
    pub order: Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum SessionColumn {
    Title,
    Project,
    Agent,
    Entries,
    Tokens,
    /// What the agent's log says that it used.
    Logged,
    Age,
}

/// Something that sessions have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SessionFacet {
    Agent(String),
    Project(Clean),
}

impl Default for SessionSort {
    fn default() -> Self {
        SessionColumn::Age.first()
    }
}

impl SessionColumn {
    pub fn words(self) -> &'static str {
        match self {
            SessionColumn::Title => "title",
            SessionColumn::Project => "project",
            SessionColumn::Agent => "agent",
            SessionColumn::Entries => "entries",
            SessionColumn::Tokens => "tokens held",
            SessionColumn::Logged => "tokens logged",
            SessionColumn::Age => "age",
        }
    }

    pub fn heading(self) -> &'static str {
        match self {
            SessionColumn::Title => "session",
            SessionColumn::Tokens => "tokens",
            SessionColumn::Logged => "logged",
            column => column.words(),
        }
    }

    /// Sorted by it: amounts from the largest, ages from the newest, names from A.
    fn first(self) -> SessionSort {
        let order = match self {
            SessionColumn::Title | SessionColumn::Project | SessionColumn::Agent => Order::Ascending,
            _ => Order::Descending,
        };
        SessionSort { by: self, order }
    }
}

impl SessionSort {
    /// "newest first", "by entries, largest first".
    pub fn words(self) -> String {
        let by = self.by.words();
        match (self.by, self.order) {
            (SessionColumn::Age, Order::Descending) => "newest first".into(),
            (SessionColumn::Age, Order::Ascending) => "oldest first".into(),
            (SessionColumn::Title | SessionColumn::Project | SessionColumn::Agent, Order::Ascending) => {
                format!("by {by}")
            }
            (SessionColumn::Title | SessionColumn::Project | SessionColumn::Agent, Order::Descending) => {
                format!("by {by}, from Z")
            }
            (_, Order::Descending) => format!("by {by}, largest first"),
            (_, Order::Ascending) => format!("by {by}, smallest first"),
        }
    }
}

impl SessionFacet {
    fn holds(&self, row: &SessionRow) -> bool {
        match self {
            SessionFacet::Agent(agent) => row.agent() == agent,
            SessionFacet::Project(project) => row.project == *project,
        }
    }

    pub fn words(&self) -> String {
        match self {
            SessionFacet::Agent(agent) => agent.clone(),
            SessionFacet::Project(project) => project.to_string(),
        }
    }
}

impl Picker {
    pub fn current(&self) -> Option<&SessionRow> {
        self.rows.get(self.cursor).map(|&index| &self.sessions[index])
    }

    /// Takes in a new listing; the cursor stays on its session.
    pub fn list(&mut self, sessions: Vec<SessionRow>, now: Time) {
        let before = self.current().map(|row| row.id.clone());
        self.sessions = sessions;
        self.now = now;
        self.asked = None;
        self.arrange(before);
    }

    /// Filters and sorts again; the cursor stays on its session.
    pub fn refresh(&mut self) {
        let before = self.current().map(|row| row.id.clone());
        self.arrange(before);
    }

    /// `before`: the session that the cursor is to stay on.
    fn arrange(&mut self, before: Option<SessionId>) {
        let labels: Vec<String> = self.sessions.iter().map(label).collect();
        let mut rows: Vec<usize> = match self.query.trim() {
            "" => (0..labels.len()).collect(),
            needle => search::fuzzy(needle, labels.iter().map(String::as_str)),
        };
        rows.retain(|&index| self.only.as_ref().is_none_or(|only| only.holds(&self.sessions[index])));
        let sessions = &self.sessions;
        let age = |row: &SessionRow| row.last_at.unwrap_or(row.updated);
        // Sorted from the smallest first; equal ones from the newest.
        rows.sort_by_key(|&index| std::cmp::Reverse(age(&sessions[index])));
        match self.sort.by {
            SessionColumn::Title => rows.sort_by_key(|&index| sessions[index].title.to_lowercase()),
            SessionColumn::Project => rows.sort_by_key(|&index| sessions[index].project.to_lowercase()),
            SessionColumn::Agent => rows.sort_by_key(|&index| sessions[index].agent().to_owned()),
            SessionColumn::Entries => rows.sort_by_key(|&index| sessions[index].entries),
            SessionColumn::Tokens => rows.sort_by_key(|&index| sessions[index].held()),
            SessionColumn::Logged => rows.sort_by_key(|&index| self.usage(&sessions[index]).map_or(0, total)),
            SessionColumn::Age => rows.sort_by_key(|&index| age(&sessions[index])),
        }
        if self.sort.order == Order::Descending {
            rows.reverse();
        }
        self.rows = rows;
        let at = self.rows.iter().position(|&index| Some(&self.sessions[index].id) == before.as_ref());
        self.cursor = at.unwrap_or(self.cursor).min(self.rows.len().saturating_sub(1));
    }

    /// What the log says that a session used; `None` while it is not known, and where no log tells.
    pub fn usage(&self, row: &SessionRow) -> Option<Usage> {
        self.usage.get(&row.id).and_then(|(_, usage)| *usage)
    }

    /// Whether what its log says is known.
    pub fn knows_usage(&self, row: &SessionRow) -> bool {
        self.usage.contains_key(&row.id)
    }

    /// Sorted by a column; by the same one again the other way round.
    pub fn sort_by(&mut self, column: SessionColumn) {
        self.sort = match self.sort.by == column {
            true => SessionSort { order: self.sort.order.reversed(), ..self.sort },
            false => column.first(),
        };
        self.refresh();
    }

    pub fn settle(&mut self, height: usize) {
        self.offset = offset_for(self.cursor, self.offset, height, self.rows.len());
    }

    /// Asks for one session after another what its log says that it used: those on the screen, or all where the order
    /// depends on it.
    pub fn asks(&mut self, height: usize) -> Vec<Effect> {
        if self.sessions.is_empty() {
            return self.first.asks();
        }
        if self.asked.is_some() {
            return Vec::new();
        }
        let shown = match self.sort.by {
            SessionColumn::Logged => 0..self.rows.len(),
            // Before the first frame the height is not known yet.
            _ => self.offset..self.offset.saturating_add(height.max(1)).min(self.rows.len()),
        };
        let is_due = |row: &&SessionRow| self.usage.get(&row.id).is_none_or(|(as_of, _)| *as_of != row.updated);
        let next = self.rows[shown].iter().map(|&index| &self.sessions[index]).find(is_due);
        let Some(next) = next else { return Vec::new() };
        self.asked = Some(next.id.clone());
        vec![Effect::Usage { session: next.id.clone() }]
    }

    pub fn take_usage(&mut self, session: SessionId, usage: Option<Usage>) {
        if self.asked.as_ref() == Some(&session) {
            self.asked = None;
        }
        let updated = self.sessions.iter().find(|row| row.id == session).map(|row| row.updated);
        self.usage.insert(session, (updated.unwrap_or_default(), usage));
        if self.sort.by == SessionColumn::Logged {
            self.refresh();
        }
    }

    /// Every agent and project, with the number of sessions.
    pub fn facets(&self) -> Vec<(SessionFacet, usize)> {
        let mut counts: BTreeMap<SessionFacet, usize> = BTreeMap::new();
        for row in &self.sessions {
            *counts.entry(SessionFacet::Agent(row.agent().to_owned())).or_default() += 1;
            if !row.project.trim().is_empty() {
                *counts.entry(SessionFacet::Project(row.project.clone())).or_default() += 1;
            }
        }
        let mut facets: Vec<(SessionFacet, usize)> = counts.into_iter().collect();
        facets.sort_by_key(|(facet, count)| (matches!(facet, SessionFacet::Project(_)), std::cmp::Reverse(*count)));
        facets
    }
}

/// Everything that went to the model and came from it.
pub fn total(usage: Usage) -> u64 {
    usage.context().saturating_add(usage.output)
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    if let Some(effects) = first::act(state, action) {
        return effects;
    }
    let height = usize::from(state.areas.list.height).max(1);
    let Screen::Sessions(picker) = &mut state.screen else { return Vec::new() };
    let last = picker.rows.len().saturating_sub(1);
    match action {
        Action::Down => picker.cursor = (picker.cursor + 1).min(last),
        Action::Up => picker.cursor = picker.cursor.saturating_sub(1),
        Action::PageDown => picker.cursor = (picker.cursor + height).min(last),
        Action::PageUp => picker.cursor = picker.cursor.saturating_sub(height),
        Action::Top => picker.cursor = 0,
        Action::Bottom => picker.cursor = last,
        Action::OpenSession => {
            let Some(row) = picker.current() else { return Vec::new() };
            let (session, title) = (row.id.clone(), sanitize::inert_line(&row.title).into_owned());
            return open(state, session, format!("Opening {title}"));
        }
        Action::Demo => {
            let generation = state.next_generation();
            state.screen = Screen::Waiting(Waiting::on("Opening the demo"));
            return vec![Effect::Demo { generation, budget: state.settings.budget }];
        }
        Action::Import => {
            state.popup = Some(Popup::Line(Box::new(Line::new(LinePurpose::Import, "~/.claude/projects"))))
        }
        Action::Recall => recall::open(state),
        Action::Patterns | Action::Trends => lessons::open(state, action),
        Action::FindSession => {
            let line = Line::selected(LinePurpose::FindSession, &picker.query);
            state.popup = Some(Popup::Line(Box::new(line)));
        }
        Action::FilterSessions => state.popup = Some(Popup::Menu(menus::session_facets(picker))),
        Action::SortSessions => state.popup = Some(Popup::Menu(menus::session_orders(picker))),
        Action::ReverseSessions => picker.sort_by(picker.sort.by),
        Action::DeleteSession => {
            let Some(row) = picker.current() else { return Vec::new() };
            let title = sanitize::inert_line(&row.title).into_owned();
            let question = format!("Delete “{title}”?");
            let detail =
                "It is hidden, not removed: u brings it back, for 30 days. The agent's own log is not touched.";
            let then = Confirmed::Delete { session: row.id.clone(), title };
            state.popup = Some(Popup::Confirm(Confirm::new(question, detail, then)));
        }
        Action::UndeleteSession => match picker.deleted.take() {
            Some((session, title)) => return vec![Effect::Undelete { session, title }],
            None => {
                state.say(Tone::Refused, "nothing was deleted here; haversack session undelete brings back older ones")
            }
        },
        Action::Back if !picker.query.is_empty() || picker.only.is_some() => {
            picker.query.clear();
            picker.only = None;
            picker.refresh();
        }
        _ => {}
    }
    Vec::new()
}

/// Asks for a session and says so until it is there.
pub fn open(state: &mut State, session: SessionId, doing: String) -> Vec<Effect> {
    let generation = state.next_generation();
    state.screen = Screen::Waiting(Waiting::on(doing));
    vec![Effect::Open { generation, session, budget: state.settings.budget }]
}

/// Asks for the list of sessions.
pub fn list(state: &mut State) -> Vec<Effect> {
    let generation = state.next_generation();
    state.screen = Screen::Waiting(Waiting::on("Reading the store"));
    vec![Effect::List { generation }]
}

fn label(row: &SessionRow) -> String {
    format!("{} {} {}", row.title.as_str(), row.project.as_str(), row.id)
}
