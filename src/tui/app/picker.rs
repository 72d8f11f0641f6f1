//! The session picker: state, and what its keys do.

use strum::VariantArray;

use super::{
    Effect, Popup, State, Tone,
    list::offset_for,
    menus,
    popup::{Confirm, Confirmed, Line, LinePurpose},
    search,
    state::{Screen, Waiting},
};
use crate::{
    model::{SessionId, Time},
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
    pub order: SessionOrder,
    pub query: String,
    /// The moment of listing, for "3 h ago".
    pub now: Time,
    /// The session that `undelete` brings back.
    pub deleted: Option<(SessionId, String)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, VariantArray)]
pub enum SessionOrder {
    #[default]
    Newest,
    Largest,
    Title,
}

impl SessionOrder {
    pub fn words(self) -> &'static str {
        match self {
            SessionOrder::Newest => "newest first",
            SessionOrder::Largest => "largest first",
            SessionOrder::Title => "by title",
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
        self.refresh();
        if let Some(at) = self.rows.iter().position(|&index| Some(&self.sessions[index].id) == before.as_ref()) {
            self.cursor = at;
        }
    }

    pub fn refresh(&mut self) {
        let labels: Vec<String> = self.sessions.iter().map(label).collect();
        self.rows = match self.query.trim() {
            "" => (0..labels.len()).collect(),
            needle => search::fuzzy(needle, labels.iter().map(String::as_str)),
        };
        let sessions = &self.sessions;
        let age = |row: &SessionRow| std::cmp::Reverse(row.last_at.unwrap_or(row.updated));
        match self.order {
            SessionOrder::Newest => self.rows.sort_by_key(|&index| age(&sessions[index])),
            SessionOrder::Largest => self.rows.sort_by_key(|&index| std::cmp::Reverse(sessions[index].held())),
            SessionOrder::Title => self.rows.sort_by_key(|&index| sessions[index].title.to_lowercase()),
        }
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
    }

    pub fn settle(&mut self, height: usize) {
        self.offset = offset_for(self.cursor, self.offset, height, self.rows.len());
    }
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
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
        Action::FindSession => {
            let line = Line::selected(LinePurpose::FindSession, &picker.query);
            state.popup = Some(Popup::Line(Box::new(line)));
        }
        Action::SortSessions => state.popup = Some(Popup::Menu(menus::session_orders(picker))),
        Action::DeleteSession => {
            let Some(row) = picker.current() else { return Vec::new() };
            let title = sanitize::inert_line(&row.title).into_owned();
            state.popup = Some(Popup::Confirm(Confirm {
                question: format!("Delete “{title}”?"),
                detail: "It is hidden, not removed: u brings it back, for 30 days. The agent's own log is not touched."
                    .into(),
                then: Confirmed::Delete { session: row.id.clone(), title },
            }));
        }
        Action::UndeleteSession => match picker.deleted.take() {
            Some((session, title)) => return vec![Effect::Undelete { session, title }],
            None => {
                state.say(Tone::Refused, "nothing was deleted here; haversack session undelete brings back older ones")
            }
        },
        Action::Back if !picker.query.is_empty() => {
            picker.query.clear();
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
