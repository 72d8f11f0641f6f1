//! The journal: every edit, who made it and when, what it did; back to any point of it, and forward again.

use std::collections::HashSet;

use super::{
    Areas, Effect, Popup, State, Tone,
    inspector::Inspector,
    lens::Lens,
    popup::{Confirm, Confirmed, Line, LinePurpose},
    rows::Rows,
    state::Screen,
    suggestions,
    touched::{Held, Looking, Places, Touched},
};
use crate::{
    model::{Actor, EntryId, JournalRow, JournalStatus, SessionId, Time},
    text::{tokens::Tokenizer, words},
    tui::action::Action,
    workspace::{Point, standing_after, undone_until},
};

/// Of what an edit touched, so much is looked up for the pane below.
const TOUCHED_AT_MOST: usize = 200;
/// Edits that a question names.
const NAMED: usize = 3;

#[derive(Default)]
pub struct Journal {
    pub rows: Rows,
    /// Every edit, the newest first.
    pub journal: Vec<JournalRow>,
    /// Of each, the tokens that the session held of what it touched.
    pub held: Vec<Weight>,
    /// Numbers of the edits that the filter lets through.
    pub shown: Vec<usize>,
    pub query: String,
    /// When the journal was read.
    pub now: Time,
    pub reading: Reading,
    /// What the edit under the cursor touched, the first of it.
    pub touched: Vec<Touched>,
    /// Which edit `touched` is of, and as of which version of the desk.
    touched_of: Option<(i64, u64)>,
    places: Places,
    /// The version of the desk that `places` are of.
    placed: u64,
    asked: Asked,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    #[default]
    NotYet,
    Done,
    /// Why it cannot be read.
    Failed(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    NotYet,
    /// A text has to be counted first, and there is no tokenizer yet.
    Uncounted,
    Held(Held),
}

/// Which version of the desk the journal was asked for under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Asked {
    #[default]
    Never,
    Waiting(u64),
    Answered(u64),
}

impl Journal {
    /// Asks for the journal where the desk has changed; not while an answer is awaited.
    pub fn ask(&mut self, inspector: &Inspector) -> Vec<Effect> {
        let now = inspector.version;
        match self.asked {
            Asked::Waiting(_) => Vec::new(),
            Asked::Answered(version) if version == now => Vec::new(),
            _ => {
                self.asked = Asked::Waiting(now);
                vec![Effect::Journal { session: inspector.id().clone() }]
            }
        }
    }

    fn arrived(&mut self, journal: Result<Vec<JournalRow>, String>, now: Time, inspector: &Inspector) {
        if let Asked::Waiting(version) = self.asked {
            self.asked = Asked::Answered(version);
        }
        let mut journal = match journal {
            Ok(journal) => journal,
            Err(why) => {
                self.reading = Reading::Failed(why);
                return;
            }
        };
        let under = self.current().map(|row| row.id);
        journal.reverse();
        self.place(inspector);
        self.held = vec![Weight::NotYet; journal.len()];
        (self.journal, self.now, self.reading) = (journal, now, Reading::Done);
        self.touched_of = None;
        self.filter(inspector);
        // The cursor stays on its edit, but for one that stood on the newest.
        if self.rows.cursor > 0
            && let Some(row) = self.shown.iter().position(|&row| Some(self.journal[row].id) == under)
        {
            self.rows.cursor = row;
        }
    }

    /// Where entries stand now: an edit may have taken one out, long before the journal is read again.
    fn place(&mut self, inspector: &Inspector) {
        if self.placed != inspector.version {
            let entries = inspector.desk.session().entries.iter().enumerate();
            self.places = entries.map(|(index, entry)| (entry.id, index)).collect();
            self.placed = inspector.version;
        }
    }

    /// The edit under the cursor.
    pub fn current(&self) -> Option<&JournalRow> {
        self.journal.get(*self.shown.get(self.rows.cursor)?)
    }

    fn filter(&mut self, inspector: &Inspector) {
        let wanted: Vec<Wanted> = self.query.split_whitespace().map(|word| Wanted::new(word, inspector)).collect();
        let is_shown = |row: &JournalRow| wanted.iter().all(|wanted| wanted.holds(row));
        self.shown = (0..self.journal.len()).filter(|&at| is_shown(&self.journal[at])).collect();
        self.rows.cursor = self.rows.cursor.min(self.shown.len().saturating_sub(1));
    }

    /// Looks up what the edit under the cursor touched, once.
    pub fn look(&mut self, inspector: &Inspector, tokenizer: Option<&Tokenizer>) {
        self.place(inspector);
        let of = self.current().map(|row| (row.id, inspector.version));
        if of == self.touched_of {
            return;
        }
        self.touched = match self.current() {
            Some(row) => self.looking(inspector, tokenizer).touched(&row.edit, TOUCHED_AT_MOST),
            None => Vec::new(),
        };
        self.touched_of = of;
    }

    fn looking<'a>(&'a self, inspector: &'a Inspector, tokenizer: Option<&'a Tokenizer>) -> Looking<'a> {
        Looking { session: inspector.desk.session(), places: &self.places, tokenizer }
    }

    /// The first edit on the screen whose tokens are not known yet, the one under the cursor before all.
    pub fn next_uncounted(&self, areas: &Areas, tokenizer: Option<&Tokenizer>) -> Option<usize> {
        let end = self.rows.offset.saturating_add(usize::from(areas.lens.height)).min(self.shown.len());
        let on_screen = self.shown.get(self.rows.offset..end).unwrap_or_default();
        let is_open = |&row: &usize| match self.held[row] {
            Weight::NotYet => true,
            Weight::Uncounted => tokenizer.is_some(),
            Weight::Held(_) => false,
        };
        self.shown.get(self.rows.cursor).into_iter().chain(on_screen).copied().find(is_open)
    }

    pub fn work_on(&mut self, inspector: &Inspector, areas: &Areas, tokenizer: Option<&Tokenizer>) {
        let Some(row) = self.next_uncounted(areas, tokenizer) else { return };
        let held = self.looking(inspector, tokenizer).held(&self.journal[row].edit);
        self.held[row] = held.map_or(Weight::Uncounted, Weight::Held);
    }
}

/// A word of the filter.
enum Wanted {
    /// `#12`: an edit that touched it, or speaks of it.
    Entry {
        id: Option<EntryId>,
        word: String,
    },
    Word(String),
}

impl Wanted {
    fn new(word: &str, inspector: &Inspector) -> Self {
        match word.strip_prefix('#').and_then(|seq| seq.parse().ok()) {
            Some(seq) => {
                let id = inspector.desk.session().by_seq(seq).map(|entry| entry.id);
                Self::Entry { id, word: word.to_owned() }
            }
            None => Self::Word(word.to_lowercase()),
        }
    }

    fn holds(&self, row: &JournalRow) -> bool {
        match self {
            Wanted::Entry { id, word } => {
                let said = |part: &str| part.trim_matches(|c: char| !c.is_alphanumeric() && c != '#') == word;
                row.edit.words.split_whitespace().any(said)
                    || row.edit.changes.iter().any(|change| Some(change.id()) == *id)
            }
            Wanted::Word(word) => {
                let texts = [&row.edit.words, row.actor.as_str(), who(&row.actor), status(row)];
                texts.iter().any(|text| text.to_lowercase().contains(word)) || row.id.to_string() == *word
            }
        }
    }
}

/// Who made an edit, as people read it.
pub fn who(actor: &Actor) -> &str {
    match actor.as_str() {
        "person" => "you",
        actor => actor,
    }
}

/// What became of an edit.
pub fn status(row: &JournalRow) -> &'static str {
    match row.status {
        JournalStatus::Done => "stands",
        JournalStatus::Undone => "taken back",
        JournalStatus::Dropped => "gone for good",
        JournalStatus::Append => "stays",
    }
}

/// Takes in the journal.
pub fn arrived(state: &mut State, session: &SessionId, journal: Result<Vec<JournalRow>, String>, now: Time) {
    let (Some(Lens::Journal(lens)), Screen::Session(inspector)) = (&mut state.lens, &state.screen) else { return };
    if inspector.id() == session {
        lens.arrived(journal, now, inspector);
    }
}

/// Shows the edits that hold every word of `query`.
pub fn filter(state: &mut State, query: &str) {
    let (Some(Lens::Journal(lens)), Screen::Session(inspector)) = (&mut state.lens, &state.screen) else { return };
    lens.query = query.to_owned();
    lens.rows.cursor = 0;
    lens.filter(inspector);
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let (Some(Lens::Journal(lens)), Screen::Session(inspector)) = (&state.lens, &state.screen) else {
        return Vec::new();
    };
    if action == Action::FilterJournal {
        let line = Line::selected(LinePurpose::FilterJournal, &lens.query);
        state.popup = Some(Popup::Line(Box::new(line)));
        return Vec::new();
    }
    let Some(row) = lens.current() else { return Vec::new() };
    let session = inspector.id().clone();
    match action {
        Action::ToPoint => match question(&lens.journal, row) {
            Ok((question, detail, point)) => {
                let then = Confirmed::StepTo { session, point };
                state.popup = Some(Popup::Confirm(Confirm::new(question, detail, then)));
            }
            Err(why) => state.say(Tone::Refused, why),
        },
        Action::TakeBack => match row.status {
            JournalStatus::Done => return vec![Effect::StepTo { session, point: Point::Without(row.id) }],
            JournalStatus::Append => {
                state.say(Tone::Refused, "what came in stays: evict its entries to leave them out")
            }
            JournalStatus::Undone | JournalStatus::Dropped => state.say(Tone::Refused, "it is taken back already"),
        },
        Action::ShowTouched => {
            let touched = row.edit.touches();
            match touched.iter().any(|&id| inspector.desk.session().entry(id).is_some()) {
                true => suggestions::show(state, &touched),
                false => state.say(Tone::Refused, "there is no entry of it in the list"),
            }
        }
        _ => {}
    }
    Vec::new()
}

/// What Enter on an edit asks, what a yes means, and where it leads; or why it leads nowhere.
fn question(journal: &[JournalRow], row: &JournalRow) -> Result<(String, String, Point), String> {
    let person = Actor::person();
    if row.status == JournalStatus::Undone {
        let steps = undone_until(journal, row.id, &person);
        if steps.is_empty() {
            let by = row.undone_by.as_ref().map_or("somebody else", Actor::as_str);
            return Err(format!("{by} took it back, and only {by} can bring it again"));
        }
        let question = format!("Do {} again?", words::plural(steps.len(), "edit", "edits"));
        let detail = format!("In this order: {}.", names(&steps));
        return Ok((question, detail, Point::Again(row.id)));
    }
    let steps = standing_after(journal, row.id, &person);
    if steps.is_empty() {
        return Err(match row.status {
            JournalStatus::Dropped => "it was taken back, and you have edited since: it cannot come back".into(),
            _ => format!("nothing of yours is newer than edit {}", row.id),
        });
    }
    let obstacle = obstacle(journal, &steps);
    if let Some((0, first, later)) = obstacle {
        return Err(format!("{}: take back edit {} first", in_the_way(first, later), later.id));
    }
    let question = format!("Take back {}?", words::plural(steps.len(), "edit", "edits"));
    let mut detail = format!("The newest first: {}. What others did stays.", names(&steps));
    if let Some((made, stuck, later)) = obstacle {
        detail += &format!(
            "\n\nIt stops after {made} of {}: {}. What is taken back until then stays so; take back edit {} by itself to go on.",
            steps.len(),
            in_the_way(stuck, later),
            later.id
        );
    }
    Ok((question, detail, Point::After(row.id)))
}

/// The first step that another edit stands on: how many come before it, which it is, and what stands there.
fn obstacle<'a>(
    journal: &'a [JournalRow],
    steps: &[&'a JournalRow],
) -> Option<(usize, &'a JournalRow, &'a JournalRow)> {
    let own: HashSet<i64> = steps.iter().map(|step| step.id).collect();
    let others: Vec<&JournalRow> = journal.iter().filter(|row| !own.contains(&row.id)).collect();
    steps.iter().enumerate().find_map(|(made, step)| {
        let later = others.iter().find(|later| later.stands_on(step))?;
        Some((made, *step, *later))
    })
}

fn in_the_way(stuck: &JournalRow, later: &JournalRow) -> String {
    let by = who(&later.actor);
    format!("“{}” by {by} (edit {}) stands on “{}”", later.edit.words, later.id, stuck.edit.words)
}

fn names(steps: &[&JournalRow]) -> String {
    let named: Vec<String> = steps.iter().take(NAMED).map(|row| format!("“{}”", row.edit.words)).collect();
    match steps.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{}, and {more} more", named.join(", ")),
    }
}
