//! What should be carried whatever happens: rules of the user's, and what comes up again and again.

use super::{Remedy, Suggestion};
use crate::{
    model::{Entry, Fate, Kind, Level, Session, Verb},
    score,
    text::words,
};

/// A prompt longer than this (a pasted plan, a log) is not something to pin whole.
pub(super) const PIN_AT_MOST: u32 = 800;
/// Later entries that mention something before it is said to recur.
const OFTEN: u32 = 6;
/// Of what recurs, that many at most, and none longer than this.
const RECURRING: usize = 5;
const RECURRING_AT_MOST: u32 = 300;

/// What the pins of one suggestion have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pins {
    RulesLost,
    RulesKept,
    Recurring,
}

/// Prompts with a rule in them.
pub fn rules(session: &Session) -> Vec<usize> {
    let entries = session.entries.iter().enumerate();
    let prompts = entries.filter(|(_, entry)| entry.kind == Kind::Prompt && score::is_constraint(&entry.text));
    prompts.map(|(index, _)| index).collect()
}

pub fn can_be_pinned(entry: &Entry) -> bool {
    !entry.state.pinned && entry.state.fate == Fate::Live && entry.cost(Level::Full) <= PIN_AT_MOST
}

/// What many later entries mention.
pub fn often(session: &Session) -> Vec<usize> {
    let is_often = |entry: &Entry| {
        let spoken = matches!(entry.kind, Kind::Prompt | Kind::Message | Kind::Result);
        spoken && score::mentioned_again(entry) >= OFTEN
    };
    (0..session.entries.len()).filter(|&index| is_often(&session.entries[index])).collect()
}

/// What of that is best pinned, most often mentioned first; rules aside, which are suggested as such.
pub fn recurring(session: &Session, often: &[usize], rules: &[usize]) -> Vec<usize> {
    let recurs = |&index: &usize| {
        let entry = &session.entries[index];
        can_be_pinned(entry) && entry.cost(Level::Full) <= RECURRING_AT_MOST && rules.binary_search(&index).is_err()
    };
    let mut found: Vec<usize> = often.iter().copied().filter(recurs).collect();
    found.sort_by(|&a, &b| {
        let importance = |index: usize| session.entries[index].importance();
        importance(b).total_cmp(&importance(a)).then(a.cmp(&b))
    });
    found.truncate(RECURRING);
    found.sort_unstable();
    found
}

pub fn pins(session: &Session, levels: &[Option<Level>], found: &[usize], about: Pins) -> Option<Suggestion> {
    if found.is_empty() {
        return None;
    }
    let entries = || found.iter().map(|&index| &session.entries[index]);
    let names = entries().take(3).map(|entry| format!("#{}", entry.seq)).collect::<Vec<_>>().join(", ");
    let more = if found.len() > 3 { format!(" and {} more", found.len() - 3) } else { String::new() };
    let rules = words::plural(found.len(), "rule of the user's is", "rules of the user's are");
    let recurring = words::plural(found.len(), "entry that comes", "entries that come");
    let (said, why) = match about {
        Pins::RulesLost => (
            format!("{rules} not carried whole"),
            "They say what must, and must not, be done. At this budget the agent would not read them as they were said.",
        ),
        Pins::RulesKept => (
            format!("{rules} not pinned"),
            "They say what must, and must not, be done. They are carried now; pinned, they are at every budget.",
        ),
        Pins::Recurring => (
            format!("{recurring} up again and again, not carried whole"),
            "Many later entries mention a name that stands here first: what follows leans on it.",
        ),
    };
    let carried = |&index: &usize| levels[index].map_or(0, |level| u64::from(session.entries[index].cost(level)));
    Some(Suggestion {
        words: format!("{said}: pin {names}{more}"),
        why: why.into(),
        remedy: Remedy::Verb(Verb::Pin),
        targets: entries().map(|entry| entry.id).collect(),
        changes: entries().map(|entry| entry.id).collect(),
        before: found.iter().map(carried).sum(),
        after: entries().map(|entry| u64::from(entry.cost(Level::Full))).sum(),
        lost: 0.0,
    })
}
