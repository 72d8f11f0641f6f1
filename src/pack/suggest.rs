//! What to do next: what could go, what could be shorter, and what should be pinned, ranked.

mod condense;
mod pins;
mod shorten;
mod stale;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, sync::Arc};

use self::{pins::Recurring, shorten::LongOutputs, stale::Stale};
use crate::{
    model::{Entry, EntryId, Exchanges, Kind, Level, Session, Verb},
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

/// What the session itself suggests, whatever the budget. Kept from edit to edit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// What the texts tell, which no edit changes: what calls are about, the prompts with a rule in them, the summaries.
    subjects: Subjects,
    rules: Vec<usize>,
    summaries: Vec<usize>,
    stale: Stale,
    outputs: LongOutputs,
    condensing: Option<Arc<Suggestion>>,
    /// What frees tokens, best first.
    freeing: Vec<Arc<Suggestion>>,
    /// Prompts with a rule in them that are not pinned, and what comes up again and again.
    constraints: Vec<usize>,
    recurring: Recurring,
}

impl Findings {
    pub fn new(session: &Session, exchanges: &Exchanges) -> Findings {
        let (subjects, rules) = (Subjects::new(session), pins::rules(session));
        let is_summary = |index: &usize| session.entries[*index].kind == Kind::Summary;
        let mut findings = Findings {
            stale: Stale::new(session, exchanges, &subjects),
            recurring: Recurring::new(session, &rules),
            summaries: (0..session.entries.len()).filter(is_summary).collect(),
            subjects,
            rules,
            ..Findings::default()
        };
        findings.take_outputs(session, exchanges, &(0..exchanges.len()).collect());
        findings.condense(session);
        findings.settle(session);
        findings
    }

    /// Takes in an edit that changed the states of these entries alone.
    pub fn update(&mut self, session: &Session, exchanges: &Exchanges, touched: &[usize]) {
        let changed = touched.iter().map(|&index| exchanges.number(index)).collect();
        let changed = self.stale.update(session, exchanges, &self.subjects, changed);
        self.take_outputs(session, exchanges, &changed);
        self.recurring.update(session, touched.iter().copied());
        if touched.iter().any(|index| self.summaries.binary_search(index).is_ok()) {
            self.condense(session);
        }
        self.settle(session);
    }

    fn condense(&mut self, session: &Session) {
        self.condensing = condense::summaries(session, &self.summaries).map(Arc::new);
    }

    fn take_outputs(&mut self, session: &Session, exchanges: &Exchanges, changed: &BTreeSet<usize>) {
        let members = changed.iter().flat_map(|&exchange| &exchanges[exchange]).copied();
        self.outputs.update(session, members, |index| self.stale.holds(exchanges.number(index)));
    }

    fn settle(&mut self, session: &Session) {
        let freeing = self.outputs.suggestions().chain(&self.condensing).chain(self.stale.suggestions());
        self.freeing = freeing.cloned().collect();
        self.freeing.sort_by(|a, b| b.worth().total_cmp(&a.worth()).then_with(|| a.words.cmp(&b.words)));
        let can_be_pinned = |&&index: &&usize| pins::can_be_pinned(&session.entries[index]);
        self.constraints = self.rules.iter().filter(can_be_pinned).copied().collect();
    }

    /// All suggestions, best first: rules of the user's that the plan does not carry whole, then what frees most tokens
    /// per value lost, then what comes up again and again and is not carried whole, then rules that are only carried by
    /// luck of the budget. `levels`: of the plan, by entry.
    pub fn ranked(&self, session: &Session, levels: &[Option<Level>]) -> Vec<Arc<Suggestion>> {
        let is_whole = |&&index: &&usize| levels[index] == Some(Level::Full);
        let (kept, lost): (Vec<usize>, Vec<usize>) = self.constraints.iter().partition(is_whole);
        let recurring: Vec<usize> = self.recurring.first().into_iter().filter(|index| !is_whole(&index)).collect();
        let mut all = Vec::with_capacity(self.freeing.len() + 3);
        all.extend(pins::pins(session, levels, &lost, pins::Pins::RulesLost).map(Arc::new));
        all.extend(self.freeing.iter().cloned());
        all.extend(pins::pins(session, levels, &recurring, pins::Pins::Recurring).map(Arc::new));
        all.extend(pins::pins(session, levels, &kept, pins::Pins::RulesKept).map(Arc::new));
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
