//! Recall: searching every session while one types, and bringing back what was archived or evicted. Lives over an open
//! session and over the list of sessions.

use std::ops::Range;

use crossterm::event::KeyEvent;
use ratatui_textarea::TextArea;

use super::{
    Effect, Lens, State, Tone,
    event::Way,
    picker,
    popup::typing_area,
    rows::Rows,
    state::{Screen, Target},
    verbs,
};
use crate::{
    model::{Clean, EntryId, Fate, SessionId, Time, Verb},
    text::sanitize,
    tui::action::Action,
    workspace::{FactHit, Hit, Scope},
};

pub struct Recall {
    pub line: TextArea<'static>,
    pub place: Place,
    /// The session that "this session" and "this project" mean, if any.
    pub anchor: Option<Anchor>,
    /// What was found last; `None` before the first answer.
    pub answer: Option<Answer>,
    /// Headings of sessions, and the hits below them.
    pub rows: Vec<Row>,
    pub cursor: Rows,
    /// What was asked last, and its number; answers to others are dropped.
    asked: Option<(String, Scope, u64)>,
    pub generation: u64,
    /// Grows when what is found may have changed: it is asked for again.
    revision: u64,
    /// Sessions in which something was brought back, the last one last.
    brought_back: Vec<SessionId>,
}

/// Where to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    All,
    Session,
    Project,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    pub session: SessionId,
    pub project: Clean,
}

/// What the store found.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub query: String,
    pub hits: Vec<Hit>,
    pub facts: Vec<FactHit>,
    /// Titles and projects of the sessions that they are in.
    pub sessions: Vec<(SessionId, Clean, Clean)>,
    /// The moment of the answer, for "3 h ago".
    pub now: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Number in the answer's sessions.
    Session(usize),
    Fact(usize),
    Hit(usize),
}

/// Hits, and facts, that are asked for at the most.
pub const MOST: usize = 60;

impl Recall {
    pub fn new(anchor: Option<Anchor>) -> Self {
        Self {
            line: typing_area(vec![String::new()]),
            place: Place::All,
            anchor,
            answer: None,
            rows: Vec::new(),
            cursor: Rows::default(),
            asked: None,
            generation: 0,
            revision: 0,
            brought_back: Vec::new(),
        }
    }

    pub fn query(&self) -> &str {
        self.line.lines().first().map_or("", |line| line.trim())
    }

    /// Whether the answer to what stands in the line is still under way.
    pub fn is_waiting(&self) -> bool {
        !self.query().is_empty() && self.answer.as_ref().is_none_or(|answer| answer.query != self.query())
    }

    fn scope(&self) -> Scope {
        match (&self.anchor, self.place) {
            (Some(anchor), Place::Session) => Scope::Session(anchor.session.clone()),
            (Some(anchor), Place::Project) => Scope::Project(anchor.project.clone()),
            _ => Scope::All,
        }
    }

    /// The search that is due, if any.
    pub fn asks(&mut self) -> Vec<Effect> {
        let query = self.query().to_owned();
        if query.is_empty() {
            (self.answer, self.asked) = (None, None);
            self.rows.clear();
            return Vec::new();
        }
        let asked = Some((query.clone(), self.scope(), self.revision));
        if self.asked == asked {
            return Vec::new();
        }
        self.asked = asked;
        self.generation += 1;
        vec![Effect::Recall { generation: self.generation, query, scope: self.scope() }]
    }

    pub fn take(&mut self, generation: u64, answer: Answer) {
        if generation != self.generation || self.query().is_empty() {
            return;
        }
        // The cursor stays on its entry where the same words were asked for again.
        let before = self.entry_at(self.cursor.cursor).map(|(session, entry)| (session.clone(), entry));
        let is_same = self.answer.as_ref().is_some_and(|old| old.query == answer.query);
        self.rows = rows(&answer);
        self.answer = Some(answer);
        let place = (0..self.rows.len())
            .find(|&row| is_same && self.entry_at(row).map(|(session, entry)| (session.clone(), entry)) == before);
        self.cursor = Rows { cursor: place.filter(|_| before.is_some()).unwrap_or(0), offset: 0 };
    }

    pub fn settle(&mut self, height: usize) {
        self.cursor.cursor = self.nearest(self.cursor.cursor);
        self.cursor.settle(self.rows.len(), height);
        // The heading of the first hit stays in sight.
        if self.cursor.cursor == 1 {
            self.cursor.offset = 0;
        }
    }

    /// The session of a row, and its entry where it is one.
    fn session_at(&self, row: usize) -> Option<&SessionId> {
        let answer = self.answer.as_ref()?;
        Some(match *self.rows.get(row)? {
            Row::Session(number) => &answer.sessions[number].0,
            Row::Fact(number) => &answer.facts[number].session_id,
            Row::Hit(number) => &answer.hits[number].session_id,
        })
    }

    fn entry_at(&self, row: usize) -> Option<(&SessionId, EntryId)> {
        match *self.rows.get(row)? {
            Row::Hit(number) => self.answer.as_ref().map(|answer| {
                let hit = &answer.hits[number];
                (&hit.session_id, hit.entry_id)
            }),
            _ => None,
        }
    }

    fn is_hit(&self, row: usize) -> bool {
        matches!(self.rows.get(row), Some(Row::Fact(_) | Row::Hit(_)))
    }

    /// The hit at or after a row, else the last before it.
    fn nearest(&self, row: usize) -> usize {
        let after = (row..self.rows.len()).find(|&row| self.is_hit(row));
        after.or_else(|| (0..row.min(self.rows.len())).rev().find(|&row| self.is_hit(row))).unwrap_or(0)
    }

    fn go(&mut self, action: Action, height: usize) {
        let before = self.cursor.cursor;
        self.cursor.act(action, self.rows.len(), height);
        let up = self.cursor.cursor < before;
        self.cursor.cursor = match up {
            // Headings are passed over.
            true => (0..=self.cursor.cursor).rev().find(|&row| self.is_hit(row)).unwrap_or(before),
            false => self.nearest(self.cursor.cursor),
        };
    }
}

/// Sessions in the order of their best hit; in each its facts, then its entries, as they rank.
fn rows(answer: &Answer) -> Vec<Row> {
    let best = |session: &SessionId| {
        let hits = answer.hits.iter().filter(|hit| hit.session_id == *session).map(|hit| hit.score);
        let facts = answer.facts.iter().filter(|fact| fact.session_id == *session).map(|fact| fact.score);
        hits.chain(facts).fold(0.0, f64::max)
    };
    let mut order: Vec<(usize, f64)> =
        answer.sessions.iter().enumerate().map(|(number, (id, ..))| (number, best(id))).collect();
    order.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    let mut rows = Vec::new();
    for (number, _) in order {
        let session = &answer.sessions[number].0;
        let facts = (0..answer.facts.len()).filter(|&at| answer.facts[at].session_id == *session).map(Row::Fact);
        let hits = (0..answer.hits.len()).filter(|&at| answer.hits[at].session_id == *session).map(Row::Hit);
        rows.push(Row::Session(number));
        rows.extend(facts.chain(hits));
    }
    rows
}

/// Opens it over whatever is on the screen, as it was left.
pub fn open(state: &mut State) {
    let anchor = match &state.screen {
        Screen::Session(inspector) => {
            let session = inspector.desk.session();
            Some(Anchor { session: session.id.clone(), project: session.project.clone() })
        }
        Screen::Sessions(picker) => {
            picker.current().map(|row| Anchor { session: row.id.clone(), project: row.project.clone() })
        }
        Screen::Waiting(_) => return,
    };
    let mut recall = state.last_recall.take().unwrap_or_else(|| Box::new(Recall::new(None)));
    recall.anchor = anchor;
    recall.revision += 1;
    // What is typed first replaces the words of the last time.
    recall.line.select_all();
    state.lens = Some(Lens::Recall(recall));
}

/// A key that is text.
pub fn key(state: &mut State, key: KeyEvent) {
    if let Some(Lens::Recall(recall)) = &mut state.lens {
        recall.line.input(key);
    }
}

pub fn paste(state: &mut State, text: &str) {
    if let Some(Lens::Recall(recall)) = &mut state.lens {
        recall.line.insert_str(text.lines().next().unwrap_or(""));
    }
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let height = usize::from(state.areas.lens.height);
    let Some(Lens::Recall(recall)) = &mut state.lens else { return Vec::new() };
    match action {
        Action::HitDown | Action::Down => recall.go(Action::Down, height),
        Action::HitUp | Action::Up => recall.go(Action::Up, height),
        Action::HitsPageDown => recall.go(Action::PageDown, height),
        Action::HitsPageUp => recall.go(Action::PageUp, height),
        Action::NextPlace => next_place(state),
        Action::CloseRecall => close(state),
        Action::OpenHit => return open_hit(state),
        Action::BringBack => return bring_back(state),
        Action::UndoBringBack => match recall.brought_back.pop() {
            Some(session) => return vec![Effect::Step { session, way: Way::Undo }],
            None => state.say(Tone::Refused, "nothing was brought back here"),
        },
        Action::ClearRecall => {
            recall.line.select_all();
            recall.line.cut();
        }
        _ => {}
    }
    Vec::new()
}

fn close(state: &mut State) {
    if let Some(Lens::Recall(recall)) = state.lens.take() {
        state.last_recall = Some(recall);
    }
}

fn next_place(state: &mut State) {
    let Some(Lens::Recall(recall)) = &mut state.lens else { return };
    let Some(anchor) = &recall.anchor else {
        return state.say(Tone::Refused, "there is no session to look into alone");
    };
    recall.place = match recall.place {
        Place::All => Place::Session,
        Place::Session if anchor.project.trim().is_empty() => Place::All,
        Place::Session => Place::Project,
        Place::Project => Place::All,
    };
}

/// Said where nothing can be chosen yet.
pub const SEARCHING: &str = "the search is still running: try again in a moment";

/// Enter: the session, at the entry.
fn open_hit(state: &mut State) -> Vec<Effect> {
    let Some(Lens::Recall(recall)) = &state.lens else { return Vec::new() };
    let row = recall.cursor.cursor;
    let Some(session) = recall.session_at(row).cloned() else {
        let why = if recall.is_waiting() { SEARCHING } else { "nothing to open" };
        state.say(Tone::Plain, why);
        return Vec::new();
    };
    let entry = recall.entry_at(row).map(|(_, entry)| entry);
    close(state);
    match &mut state.screen {
        Screen::Session(inspector) if *inspector.id() == session => {
            if let Some(entry) = entry {
                inspector.bring_into_sight(entry);
            }
            Vec::new()
        }
        _ => {
            state.target = entry.map(|entry| Target { session: session.clone(), entry });
            let doing = format!("Opening {}", sanitize::inert_line(session.as_str()));
            picker::open(state, session, doing)
        }
    }
}

/// Restores what is out of every pack.
fn bring_back(state: &mut State) -> Vec<Effect> {
    let Some(Lens::Recall(recall)) = &mut state.lens else { return Vec::new() };
    let hit = match (recall.rows.get(recall.cursor.cursor), &recall.answer) {
        (Some(&Row::Hit(number)), Some(answer)) => answer.hits[number].clone(),
        _ => {
            let why = if recall.is_waiting() { SEARCHING } else { "only entries are brought back: choose one" };
            state.say(Tone::Refused, why);
            return Vec::new();
        }
    };
    if hit.fate == Fate::Live {
        state.say(Tone::Refused, format!("#{} is not out: the plan decides whether it is packed", hit.seq));
        return Vec::new();
    }
    if let Screen::Session(inspector) = &state.screen
        && *inspector.id() == hit.session_id
    {
        let effects = verbs::perform(state, &Verb::Restore, &[hit.entry_id]);
        if !effects.is_empty() {
            brought_back(state, hit.session_id);
        }
        return effects;
    }
    vec![Effect::BringBack { session: hit.session_id, entry: hit.entry_id, budget: state.settings.budget }]
}

/// An entry is back: what is found is asked for again, and can be undone.
pub fn brought_back(state: &mut State, session: SessionId) {
    if let Some(Lens::Recall(recall)) = &mut state.lens {
        recall.brought_back.push(session);
        recall.revision += 1;
    }
}

/// Something in the store has changed.
pub fn ask_again(state: &mut State) {
    if let Some(Lens::Recall(recall)) = &mut state.lens {
        recall.revision += 1;
    }
}

/// A click moves to a hit.
pub fn select(state: &mut State, line: usize) {
    let Some(Lens::Recall(recall)) = &mut state.lens else { return };
    let row = recall.cursor.at(line, recall.rows.len()).filter(|&row| recall.is_hit(row));
    recall.cursor.cursor = row.unwrap_or(recall.cursor.cursor);
}

/// Where the words of a query stand in a snippet, in bytes. Words are found by their stems, and by their beginnings.
pub fn lit(query: &str, snippet: &str) -> Vec<Range<usize>> {
    let letters = |c: char| c.is_alphanumeric();
    let wanted: Vec<String> =
        query.split(|c| !letters(c)).filter(|word| !word.is_empty()).map(|word| stem(&word.to_lowercase())).collect();
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in snippet.char_indices().chain([(snippet.len(), ' ')]) {
        match (start, letters(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                let word = snippet[from..at].to_lowercase();
                if wanted.iter().any(|stem| word.starts_with(stem.as_str())) {
                    found.push(from..at);
                }
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// Roughly what the index makes of an English word.
fn stem(word: &str) -> String {
    let endings = ["ations", "ation", "ing", "ions", "ion", "ed", "es", "ly", "s", "e", "y"];
    let shorter = endings.iter().filter_map(|ending| word.strip_suffix(ending)).find(|rest| rest.chars().count() >= 4);
    shorter.unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_query_are_lit_in_all_their_forms() {
        let lit_words = |query: &str, snippet: &'static str| -> Vec<&str> {
            lit(query, snippet).into_iter().map(|range| &snippet[range]).collect()
        };
        assert_eq!(lit_words("rounding bug", "it rounded the bugs, Rounding"), ["rounded", "bugs", "Rounding"]);
        assert_eq!(lit_words("db", "src/db.rs and dbx"), ["db", "dbx"]);
        assert_eq!(lit_words("四捨", "請修正 四捨五入 é"), ["四捨五入"]);
        assert_eq!(lit_words("?!", "a ? b"), [""; 0]);
    }
}
