//! What to do next: what could go, what could be shorter, and what should be pinned, ranked.

mod condense;
mod pins;
mod shorten;
mod stale;
#[cfg(test)]
mod tests;

use crate::{
    model::{Entry, EntryId, Exchanges, Level, Session, Verb},
    pack::value::{self, Standing},
    score::Subjects,
};

/// One thing to do, with its reason and its effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// "14 reads of src/db.rs: evict 13 stale ones".
    pub words: String,
    /// Why that is worth doing, in a sentence or two.
    pub why: String,
    pub remedy: Remedy,
    pub targets: Vec<EntryId>,
    /// All that it changes: the targets, and what goes with them.
    pub changes: Vec<EntryId>,
    /// Tokens of what it changes, before and after: as it is held, or for a pin as it is carried.
    pub before: u64,
    pub after: u64,
    /// What it takes away of the value of what is held, by the table of [`value`].
    pub lost: f64,
}

/// What applying a suggestion does to its targets.
#[derive(Clone, Debug, PartialEq)]
pub enum Remedy {
    Verb(Verb),
    /// One structured summary takes their place; its text has to be written and counted first.
    Condense,
}

impl Suggestion {
    /// Tokens that it frees; negative where it costs.
    pub fn frees(&self) -> i64 {
        self.before as i64 - self.after as i64
    }

    /// Tokens freed per value lost, by which suggestions are ranked. What loses next to nothing ranks by its tokens.
    fn worth(&self) -> f64 {
        self.frees() as f64 / self.lost.max(NEXT_TO_NOTHING)
    }
}

/// Value that nobody misses: that of five entries without any importance.
const NEXT_TO_NOTHING: f64 = 0.05;

/// What the session itself suggests, whatever the budget.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// What the texts tell, which no edit changes: what calls are about, and the prompts with a rule in them.
    subjects: Subjects,
    rules: Vec<usize>,
    /// What many later entries mention.
    often: Vec<usize>,
    entries: usize,
    /// What frees tokens, best first.
    freeing: Vec<Suggestion>,
    /// Prompts with a rule in them that are not pinned, and what comes up again and again.
    constraints: Vec<usize>,
    recurring: Vec<usize>,
}

impl Findings {
    pub fn new(session: &Session, exchanges: &Exchanges) -> Findings {
        let mut findings = Findings {
            subjects: Subjects::new(session),
            rules: pins::rules(session),
            often: pins::often(session),
            entries: session.entries.len(),
            ..Findings::default()
        };
        findings.refresh(session, exchanges);
        findings
    }

    /// After an edit.
    pub fn refresh(&mut self, session: &Session, exchanges: &Exchanges) {
        if self.entries != session.entries.len() {
            *self = Findings::new(session, exchanges);
            return;
        }
        let stale = stale::Stale::new(session, exchanges, &self.subjects);
        let mut freeing = shorten::long_outputs(session, &stale);
        freeing.extend(condense::summaries(session));
        freeing.extend(stale.suggestions(session, exchanges));
        freeing.sort_by(|a, b| b.worth().total_cmp(&a.worth()).then(a.words.cmp(&b.words)));
        self.freeing = freeing;
        let can_be_pinned = |&&index: &&usize| pins::can_be_pinned(&session.entries[index]);
        self.constraints = self.rules.iter().filter(can_be_pinned).copied().collect();
        self.recurring = pins::recurring(session, &self.often, &self.constraints);
    }

    /// All suggestions, best first: rules of the user's that the plan does not carry whole, then what frees most tokens
    /// per value lost, then what comes up again and again and is not carried whole, then rules that are only carried by
    /// luck of the budget. `levels`: of the plan, by entry.
    pub fn ranked(&self, session: &Session, levels: &[Option<Level>]) -> Vec<Suggestion> {
        let is_whole = |&&index: &&usize| levels[index] == Some(Level::Full);
        let (kept, lost): (Vec<usize>, Vec<usize>) = self.constraints.iter().partition(is_whole);
        let recurring: Vec<usize> = self.recurring.iter().filter(|index| !is_whole(index)).copied().collect();
        let mut all = Vec::new();
        all.extend(pins::pins(session, levels, &lost, pins::Pins::RulesLost));
        all.extend(self.freeing.iter().cloned());
        all.extend(pins::pins(session, levels, &recurring, pins::Pins::Recurring));
        all.extend(pins::pins(session, levels, &kept, pins::Pins::RulesKept));
        all
    }
}

/// What an entry is held at, in tokens.
fn held(entry: &Entry) -> u64 {
    entry.cost(entry.state.held.level).into()
}

/// The value that goes when a held entry is out, or held at a deeper level.
fn loss(entry: &Entry, to: Option<Level>) -> f64 {
    let fidelity = |level: Level| value::fidelity(entry.effective_level(level));
    let less = fidelity(entry.state.held.level) - to.map_or(0.0, fidelity);
    value::weight(entry, Standing::Older) * less.max(0.0)
}
