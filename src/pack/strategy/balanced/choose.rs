//! A selection as the pieces of a pack.

use super::{Ledger, Of};
use crate::{
    model::{ExclusionReason, Level, Overflow, Session},
    pack::chosen::{Chosen, Contents, lay},
};

/// What `balanced` carries under a budget.
pub fn choose(session: &Session, ledger: &Ledger, budget: u32) -> Chosen {
    let selection = ledger.select(budget);
    let pieces = lay(&Contents {
        session,
        ledger,
        frame: selection.frame,
        levels: &selection.levels,
        stripped: &[],
        facts: &ordered(session, &selection.facts),
        folded: &[],
        rows: &selection.rows,
    });
    Chosen {
        budget,
        used: selection.used,
        frame: selection.frame,
        value: selection.value,
        kept: selection.kept,
        bound: selection.bound,
        out: (0..session.entries.len()).map(|index| ledger.excluded(&selection, index)).collect(),
        facts_out: facts_out(ledger, &selection.facts),
        overflow: selection.overflow.iter().flat_map(|&of| overflow(session, ledger, of)).collect(),
        pieces,
        levels: selection.levels,
        folded: Vec::new(),
        notes: Vec::new(),
    }
}

/// Facts as they stand in a pack: the most trusted first, then by key.
pub fn ordered(session: &Session, facts: &[usize]) -> Vec<usize> {
    let mut facts = facts.to_vec();
    facts.sort_by(|&a, &b| {
        let (a, b) = (&session.facts[a], &session.facts[b]);
        b.pinned.cmp(&a.pinned).then(b.trust.cmp(&a.trust)).then(a.key.cmp(&b.key)).then(a.id.cmp(&b.id))
    });
    facts
}

/// Why facts are not in; `None` for those that are, and for those that were not written yet.
pub fn facts_out(ledger: &Ledger, taken: &[usize]) -> Vec<Option<ExclusionReason>> {
    let out = |(number, fact): (usize, &Option<Result<_, ExclusionReason>>)| match fact {
        Some(Err(reason)) => Some(*reason),
        Some(Ok(_)) if !taken.contains(&number) => Some(ExclusionReason::OverBudget),
        _ => None,
    };
    ledger.facts.iter().enumerate().map(out).collect()
}

/// What does not fit, as a plan tells it.
pub fn overflow(session: &Session, ledger: &Ledger, of: Of) -> Vec<Overflow> {
    let why = "pinned, and the budget does not hold it";
    match of {
        Of::Unit(unit) => {
            let members = ledger.units[unit].members.iter().map(|&index| &session.entries[index]);
            let pins = members.filter(|entry| entry.state.pinned);
            pins.map(|entry| Overflow {
                id: entry.id.to_string(),
                seq: Some(entry.seq),
                why: why.into(),
                tokens: entry.cost(Level::Full),
            })
            .collect()
        }
        Of::Fact(fact) => {
            let fact = &session.facts[fact];
            let why = format!("the fact {} is {why}", fact.key.as_str());
            vec![Overflow { id: fact.id.to_string(), seq: None, why, tokens: fact.cost }]
        }
        Of::Rows(_) => Vec::new(),
    }
}
