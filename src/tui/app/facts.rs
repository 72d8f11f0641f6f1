//! The facts: what is known apart from the entries. In force, expired, superseded, rejected; written, pinned, expired.

use strum::VariantArray;

use super::{
    Effect, Popup, State, Tone, fact_form,
    inspector::Inspector,
    lens::Lens,
    popup::{Editor, EditorPurpose},
    rows::Rows,
    state::Screen,
    typing, update,
};
use crate::{
    facts::{self, Standing},
    model::{Edit, EntryId, Fact, FactId, Kind, Level, SessionId, Time},
    text::{sanitize, tokens::Tokenizer},
    tui::action::Action,
    workspace::{FactRequest, Part},
};

#[derive(Default)]
pub struct Facts {
    pub rows: Rows,
    pub tab: Tab,
    /// Of each write in the session's order, what it is.
    pub standings: Vec<Standing>,
    /// Of each write, the entry that it was taken from, by index.
    pub sources: Vec<Option<usize>>,
    /// The writes in the open tab, by index.
    pub shown: Vec<usize>,
    /// How many writes each tab has.
    pub counts: [usize; Tab::VARIANTS.len()],
    /// What all of this was worked out from: the desk's version and time.
    of: Option<(u64, Time)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, VariantArray)]
pub enum Tab {
    #[default]
    Active,
    Expired,
    Superseded,
    Rejected,
}

impl Tab {
    pub fn words(self) -> &'static str {
        match self {
            Tab::Active => "In force",
            Tab::Expired => "Expired",
            Tab::Superseded => "Superseded",
            Tab::Rejected => "Rejected",
        }
    }

    /// Where a write stands. One that is dated later than now is not in force yet.
    fn of(standing: Standing) -> Tab {
        match standing {
            Standing::Active => Tab::Active,
            Standing::Expired | Standing::Removed => Tab::Expired,
            Standing::Superseded { .. } => Tab::Superseded,
            Standing::RejectedLowerTrust { .. } | Standing::RejectedStale { .. } | Standing::NotYet => Tab::Rejected,
        }
    }
}

impl Facts {
    pub fn settle(&mut self, inspector: &Inspector) {
        let now = (inspector.version, inspector.desk.as_of());
        if self.of == Some(now) {
            return;
        }
        self.of = Some(now);
        let all = &inspector.desk.session().facts;
        self.standings = facts::standings(all, inspector.desk.as_of());
        let place = |id| inspector.desk.session().index_of(id);
        self.sources = all.iter().map(|fact| fact.source.and_then(place)).collect();
        self.counts = Tab::VARIANTS
            .iter()
            .map(|&tab| self.standings.iter().filter(|&&standing| Tab::of(standing) == tab).count())
            .collect::<Vec<_>>()
            .try_into()
            .expect("one count for each tab");
        self.list(all);
    }

    /// The open tab: the most trusted first, then the newest.
    fn list(&mut self, all: &[Fact]) {
        self.shown = (0..all.len()).filter(|&index| Tab::of(self.standings[index]) == self.tab).collect();
        self.shown.sort_by_key(|&index| std::cmp::Reverse((all[index].trust, all[index].at, all[index].id)));
    }

    /// The write under the cursor, by index.
    pub fn current(&self) -> Option<usize> {
        self.shown.get(self.rows.cursor).copied()
    }

    /// Opens the tab that a write stands in, with the cursor on it.
    fn go_to(&mut self, id: FactId, all: &[Fact]) {
        let Some(index) = all.iter().position(|fact| fact.id == id) else { return };
        self.tab = Tab::of(self.standings[index]);
        self.list(all);
        self.rows.cursor = self.shown.iter().position(|&shown| shown == index).unwrap_or(0);
    }

    fn turn(&mut self, tabs: usize, all: &[Fact]) {
        self.tab = Tab::VARIANTS[(self.tab as usize + tabs) % Tab::VARIANTS.len()];
        self.rows = Rows::default();
        self.list(all);
    }
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let (Some(Lens::Facts(lens)), Screen::Session(inspector)) = (&mut state.lens, &mut state.screen) else {
        return Vec::new();
    };
    let all = &inspector.desk.session().facts;
    match action {
        Action::NextStanding => lens.turn(1, all),
        Action::PreviousStanding => lens.turn(Tab::VARIANTS.len() - 1, all),
        Action::AddFact => edit(state, None, &fact_form::blank(""), 0),
        Action::PromoteEntry => promote(state),
        _ => {
            let Some(fact) = lens.current().map(|index| all[index].clone()) else { return Vec::new() };
            return act_on(state, action, &fact);
        }
    }
    Vec::new()
}

fn act_on(state: &mut State, action: Action, fact: &Fact) -> Vec<Effect> {
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    let session = inspector.id().clone();
    let request = match action {
        Action::EditFact => {
            edit(state, fact.source, &fact_form::of(fact), 1);
            return Vec::new();
        }
        Action::ShowSource => {
            let index = fact.source.and_then(|id| inspector.desk.session().index_of(id));
            match index {
                Some(index) if inspector.list.go_to(index) => state.lens = None,
                Some(_) => state.say(Tone::Refused, "the filter hides its entry; F in the session shows every entry"),
                None => state.say(Tone::Refused, "it was not taken from an entry of this session"),
            }
            return Vec::new();
        }
        Action::PinFact if fact.pinned => FactRequest::Unpin(fact.id),
        Action::PinFact => FactRequest::Pin(fact.id),
        Action::ExpireFact => FactRequest::Expire(fact.id),
        _ => return Vec::new(),
    };
    vec![Effect::ChangeFact { session, request }]
}

/// A fact from the entry under the list's cursor, in the rendition that the preview shows.
fn promote(state: &mut State) {
    let Some(inspector) = state.inspector() else { return };
    let Some(index) = inspector.list.current() else { return state.say(Tone::Refused, "the list shows no entry") };
    let entry = &inspector.desk.session().entries[index];
    if matches!(entry.kind, Kind::Boundary | Kind::Opaque) {
        return state.say(Tone::Refused, format!("#{} is a {}: there is no text to take", entry.seq, entry.kind));
    }
    // The shown rendition, or the next shorter one that fits.
    let shown = inspector.preview.level;
    let most = state.settings.facts.max_value_chars as usize;
    let text_at = |level: Level| sanitize::inert(entry.text_at(level)).trim().to_owned();
    let fits = |text: &String| text.chars().count() <= most;
    let fitting = Level::ALL.into_iter().filter(|&level| level >= shown).map(text_at).find(fits);
    let (id, text) = (entry.id, fitting.unwrap_or_else(|| text_at(shown)));
    edit(state, Some(id), &fact_form::blank(&text), 0);
}

fn edit(state: &mut State, source: Option<EntryId>, text: &str, line: usize) {
    let Some(inspector) = state.inspector() else { return };
    if let Err(why) = inspector.desk.kind().require(Part::Facts) {
        return state.say(Tone::Refused, why.to_string());
    }
    let mut editor = Editor::new(EditorPurpose::Fact { source }, text);
    editor.go_to_line(line);
    state.popup = Some(Popup::Editor(Box::new(editor)));
    typing::count(state);
}

/// The next line of the form.
pub fn next_line(editor: &mut Editor) {
    let line = fact_form::next_field(editor.area.lines(), editor.area.cursor().0);
    editor.go_to_line(line);
}

/// Tokens of the block that a filled in form makes; `None` while it cannot be read.
pub fn count(text: &str, tokenizer: &Tokenizer) -> Option<u32> {
    let draft = fact_form::read(text, None).ok()?;
    let line = format!("[fact {}] {}", draft.key, draft.value);
    Some(tokenizer.count(&format!("{}\n", sanitize::inert_line(&line).trim_end())))
}

/// Saves the form as a write, where the policy lets it through; else says what the policy says.
pub fn save(state: &mut State, editor: Editor, source: Option<EntryId>) -> Vec<Effect> {
    let Some(inspector) = state.inspector() else { return Vec::new() };
    let session = inspector.id().clone();
    let draft = match fact_form::read(&editor.text(), source) {
        Ok(draft) => draft,
        Err(why) => return typing::still(state, editor, &why),
    };
    if let Err(refusal) = draft.clone().fact(&session, inspector.desk.as_of(), 0, &state.settings.facts) {
        return typing::still(state, editor, &refusal.to_string());
    }
    vec![Effect::ChangeFact { session, request: FactRequest::Write(draft) }]
}

/// Takes in what the store has done to a fact.
pub fn changed(state: &mut State, session: &SessionId, edit: &Edit) -> Vec<Effect> {
    let tokenizer = state.tokenizer.clone();
    let Screen::Session(inspector) = &mut state.screen else { return Vec::new() };
    if inspector.id() != session {
        return Vec::new();
    }
    let Ok(done) = inspector.desk.absorb(edit, tokenizer.as_deref()) else {
        // The screen is behind the store.
        return update::reload(state);
    };
    inspector.refresh();
    // A write that came is shown where it stands; one that was moved leaves the cursor where it is.
    let new = edit.facts.iter().find(|change| change.before.is_none()).map(|change| change.id);
    if let (Some(Lens::Facts(lens)), Some(id)) = (&mut state.lens, new) {
        lens.settle(inspector);
        lens.go_to(id, &inspector.desk.session().facts);
    }
    // Without a tokenizer its cost is not known: the store tells it.
    let uncounted = inspector.desk.session().facts.iter().any(|fact| fact.cost == 0);
    state.say(Tone::Done, done.words);
    if uncounted { update::reload(state) } else { Vec::new() }
}
