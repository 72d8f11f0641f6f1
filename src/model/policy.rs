//! Who may change what somebody else has set: what a person has done by hand is not for an agent or a rule to take back.
//! The crate's documentation holds the table; the tests walk it.

#[cfg(test)]
mod tests;

use std::fmt;

use strum::{Display, VariantArray};

use super::{Actor, Change, Edit, EntryId, EntryState, Fate, HeldBy, JournalRow, JournalStatus, Level, SessionId};

/// What kind of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Hand {
    Person,
    Agent,
    Rule,
}

/// What undoes or overrides what somebody has done before. Everything else anybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, VariantArray)]
pub enum Deed {
    #[strum(to_string = "take back an edit")]
    TakeBack,
    #[strum(to_string = "bring an edit again")]
    BringAgain,
    #[strum(to_string = "unpin an entry")]
    Unpin,
    /// Evict, archive or supersede a pinned one; the verbs refuse that too.
    #[strum(to_string = "take a pinned entry out")]
    TakeOut,
    #[strum(to_string = "bring an entry back that is out")]
    BringBack,
    #[strum(to_string = "change an importance set by hand")]
    Rescore,
    #[strum(to_string = "change a level held by hand")]
    Relevel,
    #[strum(to_string = "change a rewrite")]
    Rewrite,
    #[strum(to_string = "unpin a fact")]
    UnpinFact,
    #[strum(to_string = "expire a pinned fact")]
    ExpireFact,
    #[strum(to_string = "bring a deleted session back")]
    Undelete,
    #[strum(to_string = "purge a session")]
    Purge,
}

/// Whether `who` may do it to what is whose; `None` = nobody's by hand: a log brought it.
pub fn may(who: Hand, deed: Deed, whose: Option<Hand>) -> bool {
    match (who, deed) {
        (Hand::Person, _) => true,
        // Cannot be taken back, whoever's session it is.
        (Hand::Agent | Hand::Rule, Deed::Purge) => false,
        (Hand::Agent | Hand::Rule, _) => whose != Some(Hand::Person),
    }
}

impl Actor {
    pub fn hand(&self) -> Hand {
        match self.as_str() {
            "person" => Hand::Person,
            "rule" => Hand::Rule,
            _ => Hand::Agent,
        }
    }
}

/// What somebody may not do, and the edit of a person's that stands against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Forbidden {
    pub deed: Deed,
    pub on: Subject,
    /// The journal row of the person; `None` for a purge.
    pub row: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// An entry; its number, where it is known.
    Entry(EntryId, Option<u32>),
    /// The key of a fact.
    Fact(String),
    /// What the row says that it did.
    Row(String),
    Session(SessionId),
}

/// What stands against an edit; `journal` holds the rows of the session and, where the edit changes facts, those of
/// every session that may change these.
///
/// # Errors
/// The first that is forbidden.
pub fn allow_edit(who: &Actor, edit: &Edit, journal: &[JournalRow]) -> Result<(), Forbidden> {
    let allow = |deed, on: Subject, setter: Option<&JournalRow>| judge(who, deed, on, setter);
    for change in &edit.changes {
        let on = Subject::Entry(change.id(), None);
        match change {
            Change::State { id, before, after } => {
                for (deed, aspect) in overridden(before, after) {
                    allow(deed, on.clone(), setter(journal, *id, aspect, i64::MAX))?;
                }
            }
            Change::Remove { entry } => {
                let adds = |row: &&JournalRow| {
                    row.edit.changes.iter().any(|change| matches!(change, Change::Add { entry: e } if e.id == entry.id))
                };
                if let Some(row) = standing(journal, i64::MAX).filter(adds).max_by_key(|row| row.stamp) {
                    allow(Deed::TakeBack, Subject::Row(row.edit.words.clone()), Some(row))?;
                }
            }
            Change::Add { .. } => {}
        }
    }
    for change in &edit.facts {
        let Some(before) = change.before.as_ref().filter(|before| before.pinned) else { continue };
        let deed = match &change.after {
            Some(after) if after.removed.is_some() && before.removed.is_none() => Deed::ExpireFact,
            Some(after) if after.pinned => continue,
            _ => Deed::UnpinFact,
        };
        let pins = |row: &&JournalRow| {
            row.edit.facts.iter().any(|earlier| {
                let was = earlier.before.as_ref().is_some_and(|fact| fact.pinned);
                earlier.id == change.id && !was && earlier.after.as_ref().is_some_and(|fact| fact.pinned)
            })
        };
        let row = standing(journal, i64::MAX).filter(pins).max_by_key(|row| row.stamp);
        allow(deed, Subject::Fact(before.key.to_string()), row)?;
    }
    Ok(())
}

/// Whether an edit changes anything that a hand may have set: else there is no need to ask whose it is.
pub fn overrides(edit: &Edit) -> bool {
    edit.facts.iter().any(|change| change.before.as_ref().is_some_and(|before| before.pinned))
        || edit.changes.iter().any(|change| match change {
            Change::State { before, after, .. } => !overridden(before, after).is_empty(),
            Change::Remove { .. } => true,
            Change::Add { .. } => false,
        })
}

/// # Errors
/// Where the row is not for `who` to take back, or to bring again.
pub fn allow_row(who: &Actor, deed: Deed, row: &JournalRow) -> Result<(), Forbidden> {
    judge(who, deed, Subject::Row(row.edit.words.clone()), Some(row))
}

/// `deletion`: the row of the journal that says who deleted the session.
///
/// # Errors
/// Where the deleted session is not for `who` to bring back.
pub fn allow_undelete(who: &Actor, session: &SessionId, deletion: Option<&JournalRow>) -> Result<(), Forbidden> {
    judge(who, Deed::Undelete, Subject::Session(session.clone()), deletion)
}

/// # Errors
/// Where sessions are not for `who` to purge.
pub fn allow_purge(who: &Actor, session: &SessionId) -> Result<(), Forbidden> {
    judge(who, Deed::Purge, Subject::Session(session.clone()), None)
}

fn judge(who: &Actor, deed: Deed, on: Subject, setter: Option<&JournalRow>) -> Result<(), Forbidden> {
    match may(who.hand(), deed, setter.map(|row| row.actor.hand())) {
        true => Ok(()),
        false => Err(Forbidden { deed, on, row: setter.map(|row| row.id) }),
    }
}

/// A part of a state that a hand may set.
#[derive(Clone, Copy)]
enum Aspect {
    Pin,
    Fate,
    Importance,
    Held,
    Rewrite(Level),
}

impl Aspect {
    fn differs(self, one: &EntryState, other: &EntryState) -> bool {
        match self {
            Aspect::Pin => one.pinned != other.pinned,
            Aspect::Fate => one.fate != other.fate,
            Aspect::Importance => one.importance != other.importance,
            Aspect::Held => one.held != other.held,
            Aspect::Rewrite(level) => one.rewrites.get(&level) != other.rewrites.get(&level),
        }
    }
}

/// What a change does to what may have been set by hand.
fn overridden(before: &EntryState, after: &EntryState) -> Vec<(Deed, Aspect)> {
    let mut deeds = Vec::new();
    let unpins = before.pinned && !after.pinned;
    if unpins {
        deeds.push((Deed::Unpin, Aspect::Pin));
    } else if before.pinned && before.fate == Fate::Live && after.fate != Fate::Live {
        deeds.push((Deed::TakeOut, Aspect::Pin));
    }
    if before.fate != Fate::Live && after.fate == Fate::Live {
        deeds.push((Deed::BringBack, Aspect::Fate));
    }
    if before.importance.is_some() && Aspect::Importance.differs(before, after) {
        deeds.push((Deed::Rescore, Aspect::Importance));
    }
    // A pin holds at full, and takes that along when it goes.
    if !unpins && before.held.by == HeldBy::Hand && Aspect::Held.differs(before, after) {
        deeds.push((Deed::Relevel, Aspect::Held));
    }
    let rewrites = before.rewrites.keys().map(|&level| Aspect::Rewrite(level));
    deeds.extend(rewrites.filter(|aspect| aspect.differs(before, after)).map(|aspect| (Deed::Rewrite, aspect)));
    deeds
}

fn standing(journal: &[JournalRow], until: i64) -> impl Iterator<Item = &JournalRow> {
    journal.iter().filter(move |row| row.status == JournalStatus::Done && row.stamp < until)
}

/// The row that set an aspect of an entry as it stands. What a copy took over from the entry that it supersedes is
/// still whose it was there.
fn setter(journal: &[JournalRow], id: EntryId, aspect: Aspect, until: i64) -> Option<&JournalRow> {
    let untouched = EntryState::default();
    let change_of = |row: &JournalRow| -> Option<EntryState> {
        let change = row.edit.changes.iter().find(|change| change.id() == id)?;
        let after = change.after()?;
        aspect.differs(change.before().unwrap_or(&untouched), after).then(|| after.clone())
    };
    let (row, after) = standing(journal, until)
        .filter_map(|row| change_of(row).map(|after| (row, after)))
        .max_by_key(|(row, _)| row.stamp)?;
    let passed_on = row.edit.changes.iter().find_map(|change| match change {
        Change::State { id: older, before, after: gone }
            if gone.fate == Fate::Superseded { by: id }
                && before.fate == Fate::Live
                && !aspect.differs(before, &after) =>
        {
            Some(*older)
        }
        _ => None,
    });
    match (passed_on, aspect) {
        (Some(older), Aspect::Pin | Aspect::Importance | Aspect::Held) => {
            setter(journal, older, aspect, row.stamp).or(Some(row))
        }
        _ => Some(row),
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = match &self.on {
            Subject::Entry(_, Some(seq)) => format!("#{seq}"),
            Subject::Entry(id, None) => format!("entry {id}"),
            Subject::Fact(key) => format!("fact {key}"),
            Subject::Row(words) => words.clone(),
            Subject::Session(id) => id.to_string(),
        };
        let row = self.row.map_or(String::new(), |row| format!(" (journal row {row})"));
        match self.deed {
            Deed::TakeBack => write!(f, "a person {on}{row}: ask them to undo that"),
            Deed::BringAgain => write!(f, "a person {on}{row}: ask them to bring that again"),
            Deed::Unpin | Deed::TakeOut | Deed::UnpinFact | Deed::ExpireFact => {
                write!(f, "a person pinned {on}{row}: ask them to unpin it")
            }
            Deed::BringBack => write!(f, "a person took {on} out{row}: ask them to restore it"),
            Deed::Rescore => write!(f, "a person set the importance of {on}{row}: ask them to clear it"),
            Deed::Relevel => write!(f, "a person set the level of {on}{row}: ask them to restore it"),
            Deed::Rewrite => write!(f, "a person rewrote {on}{row}: ask them to drop that text"),
            Deed::Undelete => write!(f, "a person deleted {on}{row}: ask them to bring it back"),
            Deed::Purge => write!(f, "only a person may purge {on}: ask one to run `haversack session purge`"),
        }
    }
}

impl std::error::Error for Forbidden {}
