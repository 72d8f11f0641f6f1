//! What a person or agent can do to entries, and the edit that each verb makes of a session in a given state.
//! The crate's documentation holds the table of states and verbs; `verb/tests.rs` walks it.

mod condense;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use super::{
    Change, Clean, Edit, Entry, EntryId, EntryState, Exchanges, Fate, Held, HeldBy, Importance, Kind, Level, Session,
};

#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    Pin,
    Unpin,
    /// Importance by hand.
    Rescore(Importance),
    /// Clear the hand's importance: the rule's is in force again.
    ScoreByRule,
    /// One level less text.
    CompactDeeper,
    CompactTo(Level),
    Evict,
    /// Out of every pack, found by recall.
    Archive,
    Restore,
    /// A rendition by hand; `tokens` is what its block costs.
    Rewrite {
        level: Level,
        text: Clean,
        tokens: u32,
    },
    /// Drop the hand's rendition of a level.
    RewriteByRule(Level),
    Supersede {
        by: EntryId,
    },
    /// Record the levels that a plan packed as rule-held levels.
    ApplyPlan(Vec<(EntryId, Level)>),
    /// A pinned entry out of a selection; carried whole, with its own id and seq.
    Note(Box<Entry>),
    /// A summary that names its sources (`made`), in place of them: they are archived.
    Condense(Box<Entry>),
}

/// Why a verb does nothing to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub seq: u32,
    pub why: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.seq == 0 { f.write_str(&self.why) } else { write!(f, "#{} {}", self.seq, self.why) }
    }
}

impl std::error::Error for Refusal {}

impl Session {
    /// The edit that a verb makes of these entries, and those that refuse it. An error where all of them refuse.
    pub fn edit_for(&self, verb: &Verb, targets: &[EntryId]) -> Result<(Edit, Vec<Refusal>), Refusal> {
        match verb {
            Verb::ApplyPlan(_) | Verb::Note(_) | Verb::Condense(_) => {
                self.edit_within(verb, targets, &Exchanges::default())
            }
            _ => self.edit_within(verb, targets, &self.exchanges()),
        }
    }

    /// The same where it is known already which calls and results belong together.
    pub fn edit_within(
        &self,
        verb: &Verb,
        targets: &[EntryId],
        exchanges: &Exchanges,
    ) -> Result<(Edit, Vec<Refusal>), Refusal> {
        match verb {
            Verb::ApplyPlan(levels) => return self.apply_plan(levels).map(|edit| (edit, Vec::new())),
            Verb::Note(note) => {
                let edit = Edit {
                    words: format!("noted #{}", note.seq),
                    changes: vec![Change::Add { entry: note.clone() }],
                    ..Edit::default()
                };
                return Ok((edit, Vec::new()));
            }
            Verb::Condense(summary) => return self.condense(summary).map(|edit| (edit, Vec::new())),
            _ => {}
        }
        let place = |id| self.index_of(id);
        let mut changes: Vec<Change> = Vec::new();
        let mut change_of: HashMap<EntryId, usize> = HashMap::new();
        let mut done: Vec<u32> = Vec::new();
        let mut refusals: Vec<Refusal> = Vec::new();
        for &id in targets {
            let Some(index) = place(id) else {
                refusals.push(Refusal { seq: 0, why: format!("entry {id} is not in this session") });
                continue;
            };
            let own = match self.change(verb, index, exchanges) {
                Ok(own) => own,
                Err(why) => {
                    refusals.push(Refusal { seq: self.entries[index].seq, why });
                    continue;
                }
            };
            done.push(self.entries[index].seq);
            for change in own {
                match change_of.get(&change.id()) {
                    // It came along with its exchange before; what the verb does to the entry itself includes that.
                    Some(&earlier) if change.id() == id => changes[earlier] = change,
                    Some(_) => {}
                    None => {
                        change_of.insert(change.id(), changes.len());
                        changes.push(change);
                    }
                }
            }
        }
        let mut named = HashSet::new();
        done.retain(|&seq| named.insert(seq));
        if changes.is_empty() {
            let nothing = Refusal { seq: 0, why: "nothing is selected".into() };
            return Err(refusals.into_iter().next().unwrap_or(nothing));
        }
        Ok((Edit { words: self.words(verb, &done, &changes), changes, ..Edit::default() }, refusals))
    }

    fn change(&self, verb: &Verb, index: usize, exchanges: &Exchanges) -> Result<Vec<Change>, String> {
        let entry = &self.entries[index];
        if matches!(entry.kind, Kind::Boundary | Kind::Opaque) {
            let kind = if entry.kind == Kind::Boundary { "a boundary" } else { "opaque" };
            return Err(format!("is {kind}: there is nothing to carry"));
        }
        let out = match entry.state.fate {
            Fate::Live => None,
            Fate::Evicted => Some("evicted"),
            Fate::Superseded { .. } => Some("superseded"),
            Fate::Archived => Some("archived"),
        };
        let full = Held { level: Level::Full, by: HeldBy::Rule };
        match verb {
            Verb::Pin if entry.state.pinned => Err("is pinned already".into()),
            Verb::Pin => {
                let mut changes = self.set_fate(index, Fate::Live, exchanges);
                changes.retain(|change| change.id() != entry.id);
                let held = Held { level: Level::Full, by: HeldBy::Hand };
                changes
                    .insert(0, state(entry, |state| (state.pinned, state.held, state.fate) = (true, held, Fate::Live)));
                Ok(changes)
            }
            Verb::Unpin if !entry.state.pinned => Err("is not pinned".into()),
            Verb::Unpin => Ok(vec![state(entry, |state| (state.pinned, state.held) = (false, full))]),
            Verb::Rescore(importance) if entry.state.importance == Some(*importance) => {
                Err(format!("is at {:.2} already", importance.value()))
            }
            Verb::Rescore(importance) => Ok(vec![state(entry, |state| state.importance = Some(*importance))]),
            Verb::ScoreByRule if entry.state.importance.is_none() => Err("has its importance by rule already".into()),
            Verb::ScoreByRule => Ok(vec![state(entry, |state| state.importance = None)]),
            Verb::CompactDeeper | Verb::CompactTo(_) | Verb::Evict | Verb::Archive | Verb::Supersede { .. }
                if entry.state.pinned =>
            {
                Err("is pinned: unpin first".into())
            }
            Verb::CompactDeeper | Verb::CompactTo(_) | Verb::Evict | Verb::Archive | Verb::Supersede { .. }
                if out.is_some() =>
            {
                Err(format!("is {} already", out.expect("the guard saw it")))
            }
            Verb::CompactDeeper => {
                let from = entry.effective_level(entry.state.held.level);
                let next = Level::ALL.into_iter().find(|&level| level > from && entry.cost(level) < entry.cost(from));
                let level = next.ok_or("has no shorter text")?;
                Ok(vec![state(entry, |state| state.held = Held { level, by: HeldBy::Hand })])
            }
            Verb::CompactTo(level) => {
                let held = Held { level: *level, by: HeldBy::Hand };
                if entry.state.held == held {
                    return Err(format!("is held at {level} already"));
                }
                Ok(vec![state(entry, |state| state.held = held)])
            }
            Verb::Evict => self.take_out(index, Fate::Evicted, exchanges),
            Verb::Archive => self.take_out(index, Fate::Archived, exchanges),
            Verb::Supersede { by } if exchanges.of(index).iter().any(|&other| self.entries[other].id == *by) => {
                Err("cannot supersede itself".into())
            }
            Verb::Supersede { by } => self.take_out(index, Fate::Superseded { by: *by }, exchanges),
            Verb::Restore if entry.state.pinned || (out.is_none() && entry.state.held.level == Level::Full) => {
                Err("is in full already".into())
            }
            Verb::Restore => {
                let mut changes = self.set_fate(index, Fate::Live, exchanges);
                changes.retain(|change| change.id() != entry.id);
                changes.insert(0, state(entry, |state| (state.held, state.fate) = (full, Fate::Live)));
                Ok(changes)
            }
            Verb::Rewrite { level, text, tokens } => self.rewrite(entry, *level, text, *tokens),
            Verb::RewriteByRule(level) if !entry.state.rewrites.contains_key(level) => {
                Err(format!("has no {level} written by hand"))
            }
            Verb::RewriteByRule(level) => Ok(vec![state(entry, |state| {
                state.rewrites.remove(level);
            })]),
            Verb::ApplyPlan(_) | Verb::Note(_) | Verb::Condense(_) => {
                unreachable!("edit_for makes these without targets")
            }
        }
    }

    fn rewrite(&self, entry: &Entry, level: Level, text: &Clean, tokens: u32) -> Result<Vec<Change>, String> {
        let Some(above) = level.shallower() else {
            return Err("keeps its original text: write a summary, sentence or keywords instead".into());
        };
        if text.trim().is_empty() {
            return Err("needs some text: evict it to leave it out".into());
        }
        let most = entry.cost(above);
        if tokens >= most {
            return Err(format!(
                "would save nothing: {tokens} tokens as {level}, and its {above} costs {most}; write less"
            ));
        }
        if entry.state.rewrites.get(&level) == Some(text) {
            return Err(format!("has this {level} already"));
        }
        Ok(vec![state(entry, |state| {
            state.rewrites.insert(level, text.clone());
        })])
    }

    fn apply_plan(&self, levels: &[(EntryId, Level)]) -> Result<Edit, Refusal> {
        let place = |id| self.index_of(id);
        let changes: Vec<Change> = levels
            .iter()
            .filter_map(|(id, level)| {
                let entry = &self.entries[place(*id)?];
                let held = Held { level: *level, by: HeldBy::Rule };
                let moves = !entry.state.pinned && entry.state.held.by == HeldBy::Rule && entry.state.held != held;
                moves.then(|| state(entry, |state| state.held = held))
            })
            .collect();
        if changes.is_empty() {
            return Err(Refusal { seq: 0, why: "every entry is held at its packed level already".into() });
        }
        Ok(Edit { words: format!("applied the plan to {} entries", changes.len()), changes, ..Edit::default() })
    }

    /// Takes a whole exchange out of the pack; refused where a partner is pinned.
    fn take_out(&self, index: usize, fate: Fate, exchanges: &Exchanges) -> Result<Vec<Change>, String> {
        match exchanges.of(index).iter().find(|&&other| self.entries[other].state.pinned) {
            Some(&other) => Err(format!("belongs to #{}, which is pinned: unpin first", self.entries[other].seq)),
            None => Ok(self.set_fate(index, fate, exchanges)),
        }
    }

    /// The fate of a whole exchange; members that have it already are left alone.
    fn set_fate(&self, index: usize, fate: Fate, exchanges: &Exchanges) -> Vec<Change> {
        let moving =
            exchanges.of(index).iter().map(|&member| &self.entries[member]).filter(|entry| entry.state.fate != fate);
        moving.map(|entry| state(entry, |state| state.fate = fate)).collect()
    }

    fn words(&self, verb: &Verb, done: &[u32], changes: &[Change]) -> String {
        let mut names = done.iter().take(3).map(|seq| format!("#{seq}")).collect::<Vec<_>>().join(", ");
        if done.len() > 3 {
            names = format!("{names} and {} more", done.len() - 3);
        }
        let partners: Vec<String> = changes
            .iter()
            .filter_map(|change| self.entry(change.id()))
            .filter(|entry| done.len() == 1 && !done.contains(&entry.seq))
            .map(|entry| format!("#{}", entry.seq))
            .collect();
        let with =
            if partners.is_empty() { String::new() } else { format!(" with {} (one exchange)", partners.join(", ")) };
        match verb {
            Verb::Pin => format!("pinned {names}{with}"),
            Verb::Unpin => format!("unpinned {names}"),
            Verb::Rescore(importance) => format!("scored {names} {:.2}", importance.value()),
            Verb::ScoreByRule => format!("scored {names} by rule"),
            Verb::CompactDeeper => match (done, changes) {
                ([_], [Change::State { after, .. }]) => format!("compacted {names} to {}", after.held.level),
                _ => format!("compacted {names} one level"),
            },
            Verb::CompactTo(level) => format!("compacted {names} to {level}"),
            Verb::Evict => format!("evicted {names}{with}"),
            Verb::Archive => format!("archived {names}{with}"),
            Verb::Restore => format!("restored {names}{with}"),
            Verb::Rewrite { level, .. } => format!("rewrote the {level} of {names}"),
            Verb::RewriteByRule(level) => format!("dropped the rewritten {level} of {names}"),
            Verb::Supersede { by } => {
                let by = self.entry(*by).map_or_else(|| by.to_string(), |entry| format!("#{}", entry.seq));
                format!("marked {names}{with} superseded by {by}")
            }
            Verb::ApplyPlan(_) | Verb::Note(_) | Verb::Condense(_) => String::new(),
        }
    }
}

fn state(entry: &Entry, change: impl FnOnce(&mut EntryState)) -> Change {
    let mut after = entry.state.clone();
    change(&mut after);
    Change::State { id: entry.id, before: entry.state.clone(), after }
}
