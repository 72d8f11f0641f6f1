//! What an entry has to do with others: what belongs to it, what it mentions, what mentions it; and its place and why.

use std::collections::HashMap;

use crate::{
    model::{Clean, Entry, EntryId, Fate, Kind, Seen, Session},
    text::{compress::names, sanitize, words},
    tui::{action::Action, app::rows::Rows},
    workspace::desk::Desk,
};

/// Rows of the mentions: a heading, or an entry that Enter goes to.
#[derive(Debug, Default)]
pub struct Links {
    rows: Vec<LinkRow>,
    /// What came from outside; `None` until then.
    mentions: Option<Mentions>,
    /// The entry and the inspector's version that `rows` belong to.
    made_of: Option<(EntryId, u64, bool)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LinkRow {
    Heading(String),
    Entry {
        id: EntryId,
        /// "its result", "superseded by it", or the names that both hold.
        how: String,
    },
}

/// Entries that hold a name of this one, before and after it, the strongest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mentions {
    pub earlier: Side,
    pub later: Side,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Side {
    pub shown: Vec<Mention>,
    /// How many there are, those that are not shown too.
    pub of: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    pub id: EntryId,
    /// Names that both hold, the rarest first.
    pub names: Vec<String>,
}

/// Mentions on each side that are shown.
const SHOWN: usize = 60;
/// Names of a mention that are shown.
const NAMES: usize = 3;

impl Links {
    pub fn rows(&self) -> &[LinkRow] {
        &self.rows
    }

    /// How many entries there are to go to.
    pub fn count(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row, LinkRow::Entry { .. })).count()
    }

    pub fn is_waiting(&self) -> bool {
        self.mentions.is_none()
    }

    pub fn target(&self, row: usize) -> Option<EntryId> {
        match self.rows.get(row)? {
            LinkRow::Entry { id, .. } => Some(*id),
            LinkRow::Heading(_) => None,
        }
    }

    pub fn take(&mut self, mentions: Mentions) {
        self.mentions = Some(mentions);
    }

    pub fn settle(&mut self, desk: &Desk, index: usize, version: u64) {
        let session = desk.session();
        let made_of = Some((session.entries[index].id, version, self.mentions.is_some()));
        if self.made_of != made_of {
            self.made_of = made_of;
            self.rows = rows(session, index, self.mentions.as_ref());
        }
    }

    /// The nearest row that is an entry, at or after this one, else before it.
    pub fn nearest(&self, row: usize) -> usize {
        let is_entry = |&at: &usize| self.target(at).is_some();
        (row..self.rows.len())
            .find(is_entry)
            .or_else(|| (0..row.min(self.rows.len())).rev().find(is_entry))
            .unwrap_or(0)
    }

    /// Moves over the entries; headings are passed over.
    pub fn act(&self, rows: &mut Rows, action: Action, height: usize) {
        let before = rows.cursor;
        rows.act(action, self.rows.len(), height);
        let up = rows.cursor < before;
        let is_entry = |&at: &usize| self.target(at).is_some();
        rows.cursor = match up {
            true => (0..=rows.cursor).rev().find(is_entry).unwrap_or(before),
            false => self.nearest(rows.cursor),
        };
    }
}

fn rows(session: &Session, index: usize, mentions: Option<&Mentions>) -> Vec<LinkRow> {
    let mut rows = Vec::new();
    let heading = |words: String| LinkRow::Heading(words);
    let own = belonging(session, &session.entries[index]);
    if !own.is_empty() {
        rows.push(heading("Belongs together".into()));
        rows.extend(own.into_iter().map(|(id, how)| LinkRow::Entry { id, how: how.into() }));
    }
    let sides =
        mentions.map(|mentions| [("Mentioned later in", &mentions.later), ("Mentions from", &mentions.earlier)]);
    for (words, side) in sides.into_iter().flatten().filter(|(_, side)| side.of > 0) {
        let more = match side.of - side.shown.len() {
            0 => String::new(),
            _ => format!(", the nearest {}", side.shown.len()),
        };
        rows.push(heading(format!("{words} {}{more}", words::plural(side.of, "entry", "entries"))));
        let how = |mention: &Mention| mention.names.join(", ");
        rows.extend(side.shown.iter().map(|mention| LinkRow::Entry { id: mention.id, how: how(mention) }));
    }
    rows
}

/// What the session itself says: the other half of the exchange, what stands for what.
fn belonging(session: &Session, entry: &Entry) -> Vec<(EntryId, &'static str)> {
    let mut found: Vec<(EntryId, &'static str)> = Vec::new();
    if let Some(call) = &entry.call_id {
        let halves =
            session.entries.iter().filter(|other| other.id != entry.id && other.call_id.as_ref() == Some(call));
        found.extend(halves.take(SHOWN).map(|other| match other.kind {
            Kind::Call => (other.id, "its call"),
            _ => (other.id, "its result"),
        }));
    }
    if let Seen::Lost { at, .. } = entry.seen {
        found.push((at, "where the agent lost it"));
    }
    if let Fate::Superseded { by } = entry.state.fate {
        found.push((by, "supersedes it"));
    }
    let older = session.entries.iter().filter(|other| other.state.fate == Fate::Superseded { by: entry.id });
    found.extend(older.take(SHOWN).map(|other| (other.id, "superseded by it")));
    let newer = session.repeated.iter().filter(|again| again.older == entry.id);
    found.extend(newer.map(|again| (again.newer, "says it again")));
    let older = session.repeated.iter().filter(|again| again.newer == entry.id);
    found.extend(older.take(SHOWN).map(|again| (again.older, "said again by it")));
    if let Some(made) = &entry.made {
        found.extend(made.sources.iter().take(SHOWN).map(|&id| (id, "it stands for this")));
    }
    let summaries =
        session.entries.iter().filter(|other| other.made.as_ref().is_some_and(|made| made.sources.contains(&entry.id)));
    found.extend(summaries.map(|other| (other.id, "stands for it")));
    found.retain(|&(id, _)| session.entry(id).is_some());
    found
}

/// Where its record stands in its log, then the whole answer to why.
pub fn why(desk: &Desk, index: usize) -> String {
    let mut lines = desk.why(index);
    let place = desk.session().entries[index].place;
    if place.line > 0 && place.offset > 0 {
        lines.insert(1, format!("Its record begins at byte {} of that file.", words::exact(place.offset)));
    }
    lines.iter().map(|line| sanitize::inert_line(line)).collect::<Vec<_>>().join("\n")
}

/// The names of a whole session and which entries hold them. Built once, in the background; a second or so where a
/// session has 100,000 entries.
#[derive(Debug, Default)]
pub struct NameIndex {
    ids: Vec<EntryId>,
    places: HashMap<EntryId, u32>,
    /// By name: entries that hold it, ascending.
    holders: HashMap<Box<str>, Vec<u32>>,
    texts: Vec<Clean>,
}

impl NameIndex {
    pub fn new(texts: &[(EntryId, Clean)]) -> Self {
        let mut index = NameIndex::default();
        for (at, (id, text)) in texts.iter().enumerate() {
            for name in names::names(text) {
                match index.holders.get_mut(name.text) {
                    Some(holders) if holders.last() == Some(&(at as u32)) => {}
                    Some(holders) => holders.push(at as u32),
                    None => drop(index.holders.insert(name.text.into(), vec![at as u32])),
                }
            }
            index.ids.push(*id);
            index.places.insert(*id, at as u32);
            index.texts.push(text.clone());
        }
        index
    }

    /// Whether it was built from these texts: entries are only ever added, and their texts never change.
    pub fn is_of(&self, texts: &[(EntryId, Clean)]) -> bool {
        texts.len() == self.ids.len() && texts.iter().map(|(id, _)| id).eq(self.ids.iter())
    }

    /// Entries that share a name with this one. A name in more than half of the entries says nothing; the fewer hold
    /// it, the more it says.
    pub fn mentions(&self, of: EntryId) -> Mentions {
        let Some(&own) = self.places.get(&of) else { return Mentions::default() };
        let mut strength: HashMap<u32, f64> = HashMap::new();
        let mut shared: HashMap<u32, Vec<(usize, &str)>> = HashMap::new();
        let mut known = std::collections::HashSet::new();
        for name in names::names(&self.texts[own as usize]).filter(|name| known.insert(name.text)) {
            let Some(holders) = self.holders.get(name.text) else { continue };
            if holders.len() < 2 || (self.ids.len() > 8 && holders.len() * 2 > self.ids.len()) {
                continue;
            }
            for &other in holders.iter().filter(|&&other| other != own) {
                *strength.entry(other).or_default() += 1.0 / holders.len() as f64;
                shared.entry(other).or_default().push((holders.len(), name.text));
            }
        }
        let mut all: Vec<(u32, f64)> = strength.into_iter().collect();
        // The strongest first; of equal ones the nearest.
        all.sort_by(|one, other| {
            let near = |at: u32| at.abs_diff(own);
            other.1.total_cmp(&one.1).then(near(one.0).cmp(&near(other.0))).then(one.0.cmp(&other.0))
        });
        let side = |is_on: fn(u32, u32) -> bool| {
            let on: Vec<u32> = all.iter().map(|&(at, _)| at).filter(|&at| is_on(at, own)).collect();
            let shown = on.iter().take(SHOWN).map(|&at| Mention {
                id: self.ids[at as usize],
                names: rarest(shared.get(&at).map_or(&[][..], Vec::as_slice)),
            });
            Side { shown: shown.collect(), of: on.len() }
        };
        Mentions { earlier: side(|at, own| at < own), later: side(|at, own| at > own) }
    }
}

fn rarest(names: &[(usize, &str)]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort();
    names.iter().take(NAMES).map(|(_, name)| (*name).to_owned()).collect()
}
