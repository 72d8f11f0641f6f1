//! One agent conversation: an ordered list of entries.

use std::{collections::HashMap, ops::Range, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Change, Clean, Drift, Edit, Entry, EntryId, Exchanges, Fact, FactId, Kind, Places, SessionId, Time};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub title: Clean,
    /// The folder the agent worked in.
    pub project: Clean,
    /// The session that this one was forked from or works for.
    pub parent: Option<SessionId>,
    /// Model names that answered, in order of first use.
    pub models: Vec<String>,
    pub settings: SessionSettings,
    pub sources: Vec<SourceFile>,
    /// In order of `seq`.
    pub entries: Vec<Entry>,
    /// Every write of a fact that holds here, its project's too, in order of arrival.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// The index of names that recur, best first; derived once from the immutable texts, like renditions.
    pub names: Vec<NameRow>,
    /// What the reader could not use, in words with counts ("2 lines are not JSON").
    pub problems: Vec<String>,
    /// Outputs that a later one says again, found some time after the session came in. Derived by the store, and not a part
    /// of what is exported.
    #[serde(skip)]
    pub repeated: Vec<Repeated>,
    #[serde(skip)]
    pub places: Places,
}

/// distill's three settings of a session; they travel with it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionSettings {
    /// Tokens the session may hold; 0 = no maximum.
    pub max_tokens: u32,
    pub dedup_threshold: f32,
    /// Entries at the end that the tail always holds; without a number, as many as the settings say.
    pub preserve_recent: Option<u32>,
}

impl SessionSettings {
    /// Of a session that is made to be pushed into; distill's defaults.
    pub const FOR_PUSHES: SessionSettings =
        SessionSettings { max_tokens: 128_000, dedup_threshold: 0.15, preserve_recent: Some(10) };
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { max_tokens: 0, dedup_threshold: 0.15, preserve_recent: None }
    }
}

/// A log that entries of the session were read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    pub path: Arc<str>,
    pub bytes: u64,
}

/// An output that a later one says again, wholly or nearly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repeated {
    pub older: EntryId,
    pub newer: EntryId,
    /// How much of both is the same: Jaccard of their words, 0 to 1.
    pub share: f32,
}

/// One row of the index of names: a few words of an entry, verbatim, in which recurring names stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameRow {
    pub entry: EntryId,
    /// Where its words begin in the entry's text, in bytes.
    pub at: u32,
    pub text: Clean,
    /// Whether it is the best row of its entry, whose cost includes the number. Rows stand in the order of their places,
    /// and whichever stands first shows it: that costs the same.
    pub opens: bool,
    /// Tokens of the row as it stands in a pack, under the session's tokenizer.
    pub cost: u32,
    /// How much the names that this row is the first to show matter, in thousandths.
    pub weight: u32,
}

impl Session {
    pub fn new(id: SessionId) -> Self {
        Self {
            id,
            title: Clean::default(),
            project: Clean::default(),
            parent: None,
            models: Vec::new(),
            settings: SessionSettings::default(),
            sources: Vec::new(),
            entries: Vec::new(),
            facts: Vec::new(),
            names: Vec::new(),
            problems: Vec::new(),
            repeated: Vec::new(),
            places: Places::default(),
        }
    }

    pub fn index_of(&self, id: EntryId) -> Option<usize> {
        self.places.of(&self.entries, id)
    }

    pub fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.index_of(id).map(|index| &self.entries[index])
    }

    /// The entry that people call `#seq`.
    pub fn by_seq(&self, seq: u32) -> Option<&Entry> {
        self.entries.binary_search_by_key(&seq, |entry| entry.seq).ok().map(|index| &self.entries[index])
    }

    /// Which calls and results belong together.
    pub fn exchanges(&self) -> Exchanges {
        Exchanges::new(&self.entries)
    }

    /// Each turn as a range of indices: a prompt and all that follows until the next. What stands before the first
    /// prompt is a turn of its own.
    pub fn turns(&self) -> Vec<Range<usize>> {
        let mut starts: Vec<usize> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.kind == Kind::Prompt)
            .map(|(index, _)| index)
            .collect();
        if starts.first() != Some(&0) && !self.entries.is_empty() {
            starts.insert(0, 0);
        }
        let ends = starts.iter().skip(1).copied().chain([self.entries.len()]);
        starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
    }

    /// Applies an edit and gives the ids whose text changed, so that the caller can price them again.
    /// Refuses, changing nothing, where the session is not as the edit expects it.
    pub fn apply(&mut self, edit: &Edit) -> Result<Vec<EntryId>, Drift> {
        let places = self.check(edit)?;
        let mut rewritten = Vec::new();
        for (change, place) in edit.changes.iter().zip(places) {
            match change {
                Change::State { id, before, after } => {
                    let index = place.or_else(|| self.index_of(*id)).expect("checked above: the entry is there");
                    if before.rewrites != after.rewrites {
                        rewritten.push(*id);
                    }
                    self.entries[index].state = after.clone();
                }
                Change::Add { entry } => {
                    let at = self.entries.partition_point(|other| other.seq < entry.seq);
                    self.entries.insert(at, (**entry).clone());
                    self.places.forget();
                    rewritten.push(entry.id);
                }
                Change::Remove { entry } => {
                    self.entries.retain(|other| other.id != entry.id);
                    self.places.forget();
                }
            }
        }
        for change in &edit.facts {
            let was = self.facts.iter().position(|fact| fact.id == change.id).map(|at| self.facts.remove(at));
            if let Some(mut after) = change.after.as_deref().cloned() {
                // No edit changes what a write says, so what it costs stays.
                after.cost = was.map_or(after.cost, |was| was.cost);
                let order = |fact: &Fact| (fact.arrived, fact.id);
                let at = self.facts.partition_point(|other| order(other) < order(&after));
                self.facts.insert(at, after);
            }
        }
        Ok(rewritten)
    }

    /// Where each change applies, as far as it stays there; refuses where the session is not as the edit expects it.
    fn check(&self, edit: &Edit) -> Result<Vec<Option<usize>>, Drift> {
        let stored = |id: EntryId| self.entry(id);
        let mut seen = HashMap::new();
        let mut moves = false;
        for change in &edit.changes {
            let current = match seen.get(&change.id()) {
                Some(next) => *next,
                None => stored(change.id()).map(|entry| &entry.state),
            };
            if current != change.before() {
                return Err(Drift::Entry { seq: stored(change.id()).map(|entry| entry.seq), id: change.id() });
            }
            seen.insert(change.id(), change.after());
            moves |= !matches!(change, Change::State { .. });
        }
        let mut facts: HashMap<FactId, Option<&Fact>> = HashMap::new();
        for change in &edit.facts {
            let current = match facts.get(&change.id) {
                Some(next) => *next,
                None => self.facts.iter().find(|fact| fact.id == change.id),
            };
            if current != change.before.as_deref() {
                return Err(Drift::Fact { id: change.id });
            }
            facts.insert(change.id, change.after.as_deref());
        }
        // Notes that come and go move the others; states alone leave every entry where it is.
        Ok(match moves {
            true => vec![None; edit.changes.len()],
            false => edit.changes.iter().map(|change| self.index_of(change.id())).collect(),
        })
    }

    /// When the session was first and last written to, as far as its entries know.
    pub fn span(&self) -> Option<(Time, Time)> {
        let times = || self.entries.iter().filter_map(|entry| entry.at);
        Some((times().min()?, times().max()?))
    }
}
