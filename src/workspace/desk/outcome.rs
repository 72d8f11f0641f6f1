//! What an edit would do to the pack, told without doing it.

use std::{collections::HashSet, sync::Arc};

use super::Desk;
use crate::{
    model::{Change, EntryId, Verb},
    pack::{
        chosen::Chosen,
        strategy::{Given, balanced::Ledger},
        suggest::{Remedy, Suggestion},
    },
};

/// What an edit would do to the pack.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Change of the pack's tokens.
    pub tokens: i64,
    pub let_in: usize,
    pub pushed_out: usize,
    /// Entries that are carried before and after, with more text or with less.
    pub fuller: usize,
    pub shorter: usize,
    /// Change of the share of the value that is kept.
    pub kept: f64,
}

impl Desk {
    /// What a verb would do to the pack. The session is as before when this returns.
    pub fn outcome(&mut self, verb: &Verb, targets: &[EntryId]) -> Option<Outcome> {
        let (edit, _) = self.edit_for(verb, targets).ok()?;
        if edit.rewrites() {
            // Its texts would have to be counted first.
            return None;
        }
        Arc::make_mut(&mut self.session).apply(&edit).ok()?;
        let ids = edit.touches();
        let states_alone = edit.changes.iter().all(|change| matches!(change, Change::State { .. }));
        let after = if states_alone {
            self.update_ledger(&ids);
            self.choose()
        } else {
            let ledger = Ledger::new(&self.session, self.settings, self.as_of);
            self.settings.strategy.choose(&Given { ledger: &ledger, ..self.given() }, self.budget.tokens())
        };
        Arc::make_mut(&mut self.session).apply(&edit.inverse()).expect("nothing came between the edit and its inverse");
        if states_alone {
            self.update_ledger(&ids);
        }
        let touched: HashSet<EntryId> = ids.into_iter().collect();
        let moved = |from: &Chosen, to: &Chosen| {
            (0..from.levels.len().min(to.levels.len()))
                .filter(|&index| from.levels[index].is_none() && to.levels[index].is_some())
                .filter(|&index| !touched.contains(&self.session.entries[index].id))
                .count()
        };
        let sunk = |from: &Chosen, to: &Chosen| {
            let pairs = from.levels.iter().zip(&to.levels).zip(&self.session.entries);
            let untouched = pairs.filter(|(_, entry)| !touched.contains(&entry.id));
            untouched.filter(|((from, to), _)| from.is_some() && to.is_some() && from < to).count()
        };
        Some(Outcome {
            fuller: sunk(&after, &self.chosen),
            shorter: sunk(&self.chosen, &after),
            tokens: i64::from(after.used) - i64::from(self.chosen.used),
            let_in: moved(&self.chosen, &after),
            pushed_out: moved(&after, &self.chosen),
            kept: after.kept - self.chosen.kept,
        })
    }

    /// What a suggestion would do to the pack; `None` where its text would have to be written first.
    pub fn outcome_of(&mut self, suggestion: &Suggestion) -> Option<Outcome> {
        match &suggestion.remedy {
            Remedy::Verb(verb) => self.outcome(verb, &suggestion.targets),
            Remedy::Condense => None,
        }
    }
}
