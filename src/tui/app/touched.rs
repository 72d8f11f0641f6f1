//! What an edit of the journal did: to each entry and fact, and to the tokens that the session holds.

use std::collections::HashMap;

use crate::{
    model::{Change, Clean, Edit, Entry, EntryId, EntryState, Fact, FactChange, Fate, Kind, Session},
    pack::price,
    text::{tokens::Tokenizer, words},
};

/// An entry or a fact, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Touched {
    pub what: What,
    /// "full → sentence, pinned".
    pub words: String,
    /// `None` where it cannot be counted yet.
    pub held: Option<Held>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Its index in the session.
    Entry(usize),
    /// An entry that is not there: what this edit brought is taken back. Its number and text.
    Gone(u32, Clean),
    Fact(Clean),
}

/// Tokens that the session holds of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    pub before: u64,
    pub after: u64,
}

/// Where the entries of a session stand, by id.
pub type Places = HashMap<EntryId, usize>;

/// A session to look things up in, and what counts texts that are not held any more.
#[derive(Clone, Copy)]
pub struct Looking<'a> {
    pub session: &'a Session,
    pub places: &'a Places,
    pub tokenizer: Option<&'a Tokenizer>,
}

impl Looking<'_> {
    /// The first `most` things that an edit touched.
    pub fn touched(self, edit: &Edit, most: usize) -> Vec<Touched> {
        let entries = edit.changes.iter().filter_map(|change| self.entry(change));
        let facts = edit.facts.iter().map(|change| self.fact(change));
        entries.chain(facts).take(most).collect()
    }

    /// The tokens of all of them together; `None` where some cannot be counted yet.
    pub fn held(self, edit: &Edit) -> Option<Held> {
        let entries = edit.changes.iter().map(|change| self.held_of(change));
        let facts = edit.facts.iter().map(|change| Some(self.held_of_fact(change)));
        entries.chain(facts).try_fold(Held::default(), |sum, held| {
            let held = held?;
            Some(Held { before: sum.before + held.before, after: sum.after + held.after })
        })
    }

    fn entry(self, change: &Change) -> Option<Touched> {
        let held = self.held_of(change);
        let (entry, what) = match (self.places.get(&change.id()), change) {
            (Some(&index), _) => (&self.session.entries[index], What::Entry(index)),
            (None, Change::Add { entry } | Change::Remove { entry }) => {
                (&**entry, What::Gone(entry.seq, entry.text.clone()))
            }
            (None, Change::State { .. }) => return None,
        };
        let words = match change {
            Change::State { before, after, .. } => changed(before, after),
            Change::Add { .. } => format!("new {}", entry.kind),
            Change::Remove { .. } => format!("{} gone", entry.kind),
        };
        Some(Touched { what, words, held })
    }

    fn held_of(self, change: &Change) -> Option<Held> {
        let here = self.places.get(&change.id()).map(|&index| &self.session.entries[index]);
        let (Change::Add { entry: own } | Change::Remove { entry: own }) = change else {
            let Change::State { before, after, .. } = change else { return None };
            // One that is gone holds nothing, whatever was done to it.
            let Some(entry) = here else { return Some(Held::default()) };
            return Some(Held { before: self.tokens(entry, before)?, after: self.tokens(entry, after)? });
        };
        let entry = here.unwrap_or(own);
        let tokens = |state: Option<&EntryState>| state.map_or(Some(0), |state| self.tokens(entry, state));
        Some(Held { before: tokens(change.before())?, after: tokens(change.after())? })
    }

    /// What the session holds of an entry in a state.
    fn tokens(self, entry: &Entry, state: &EntryState) -> Option<u64> {
        if state.fate != Fate::Live || matches!(entry.kind, Kind::Opaque | Kind::Boundary) {
            return Some(0);
        }
        if state.rewrites == entry.state.rewrites && entry.costs[0] > 0 {
            return Some(entry.cost(state.held.level).into());
        }
        let mut then = Entry { state: state.clone(), ..entry.clone() };
        price::price(&mut then, self.tokenizer?);
        Some(then.cost(state.held.level).into())
    }

    fn fact(self, change: &FactChange) -> Touched {
        let either = change.after.as_deref().or(change.before.as_deref());
        let what = What::Fact(either.map(|fact| fact.key.clone()).unwrap_or_default());
        Touched { what, words: fact_changed(change), held: Some(self.held_of_fact(change)) }
    }

    /// A write that a hand took out of force holds nothing.
    fn held_of_fact(self, change: &FactChange) -> Held {
        let cost = |fact: Option<&Fact>| match fact {
            Some(fact) if fact.removed.is_none() => {
                let here = self.session.facts.iter().find(|here| here.id == fact.id);
                let cost = here.map_or(fact.cost, |here| here.cost);
                match (cost, self.tokenizer) {
                    (0, Some(tokenizer)) => u64::from(tokenizer.count(&price::fact_text(fact))),
                    (cost, _) => u64::from(cost),
                }
            }
            _ => 0,
        };
        Held { before: cost(change.before.as_deref()), after: cost(change.after.as_deref()) }
    }
}

/// How two states differ: "live → evicted", "full → sentence", "pinned", "importance 0.80".
fn changed(before: &EntryState, after: &EntryState) -> String {
    let mut said = Vec::new();
    if before.fate != after.fate {
        said.push(format!("{} → {}", fate(before.fate), fate(after.fate)));
    }
    match (before.pinned, after.pinned) {
        (false, true) => said.push("pinned".into()),
        (true, false) => said.push("unpinned".into()),
        _ => {}
    }
    let (was, is) = (before.held, after.held);
    if was.level != is.level {
        said.push(format!("{} → {}", was.level, is.level));
    } else if was.by != is.by {
        said.push(format!("{} by {}", is.level, is.by));
    }
    if before.importance != after.importance {
        said.push(match after.importance {
            Some(hand) => format!("importance {:.2}", hand.value()),
            None => "importance by rule".into(),
        });
    }
    for level in crate::model::Level::ALL {
        match (before.rewrites.get(&level), after.rewrites.get(&level)) {
            (was, is) if was == is => {}
            (_, Some(_)) => said.push(format!("{level} rewritten")),
            (_, None) => said.push(format!("{level} by rule")),
        }
    }
    if said.is_empty() { "as before".into() } else { said.join(", ") }
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Live => "live",
        Fate::Evicted => "evicted",
        Fate::Superseded { .. } => "superseded",
        Fate::Archived => "archived",
    }
}

fn fact_changed(change: &FactChange) -> String {
    match (change.before.as_deref(), change.after.as_deref()) {
        (Some(before), Some(after)) => {
            let moved = [
                (before.removed.is_none() && after.removed.is_some(), "taken out of force"),
                (before.removed.is_some() && after.removed.is_none(), "in force again"),
                (!before.pinned && after.pinned, "pinned"),
                (before.pinned && !after.pinned, "unpinned"),
            ];
            let said: Vec<&str> = moved.iter().filter(|(is, _)| *is).map(|(_, words)| *words).collect();
            if said.is_empty() { "changed".into() } else { said.join(", ") }
        }
        (None, Some(after)) => format!("= {}", words::clip(&crate::text::sanitize::inert_line(&after.value), 120)),
        (Some(_), None) => "write gone".into(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests;
