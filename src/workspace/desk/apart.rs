//! Plans that take longer than a key may: of a long session a strategy other than `balanced` reads every entry anew. The
//! screen has them made apart; until one is there, the plan of before stands, and says so.

use super::{Desk, done::Packed};
use crate::{
    model::Edit,
    pack::{chosen::Chosen, strategy::Strategy},
};

/// A plan that is being made apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Awaited {
    /// What has been edited since the plan that stands.
    edit: Option<Edit>,
}

impl Desk {
    /// From now on plans of more entries than this are left to [`Desk::take_plan`], where making them takes long.
    pub fn plan_apart(&mut self, beyond: usize) {
        self.apart_beyond = Some(beyond);
    }

    /// Whether the plan that stands is one of before, and the one asked for is still to come.
    pub fn is_awaiting(&self) -> bool {
        self.awaited.is_some()
    }

    /// Whether plans by this desk's strategy are made apart.
    pub fn plans_apart(&self) -> bool {
        let is_long = self.apart_beyond.is_some_and(|beyond| self.session.entries.len() > beyond);
        is_long && self.settings.strategy != Strategy::Balanced
    }

    /// Takes in the plan that was awaited, of this desk as it is now. What the edits since the plan of before did, in
    /// words, where there were any.
    pub fn take_plan(&mut self, plan: Chosen) -> Option<String> {
        let awaited = self.awaited.take()?;
        let kept = self.totals.kept;
        let before = Packed { chosen: self.put(plan, &[]), kept };
        Some(before.changed_by(&awaited.edit?, &self.session, &self.chosen, self.totals.kept))
    }

    /// Makes the plan that is awaited here and now, however long that takes: what leaves the program is exact.
    pub fn settle(&mut self) {
        if self.is_awaiting() {
            let plan = self.choose();
            self.take_plan(plan);
        }
    }

    /// Puts a plan off, where what stands can go on standing.
    pub(super) fn puts_off(&mut self) -> bool {
        let fits = self.chosen.levels.len() == self.session.entries.len()
            && self.chosen.facts_out.len() == self.session.facts.len();
        let puts_off = fits && self.plans_apart();
        if puts_off {
            self.awaited.get_or_insert_default();
        }
        puts_off
    }

    /// What an edit of which the plan is still awaited says.
    pub(super) fn awaits(&mut self, edit: &Edit) -> String {
        if let Some(awaited) = &mut self.awaited {
            awaited.edit = Some(awaited.edit.take().unwrap_or_default().then(edit.clone()));
        }
        format!("{}: the pack is being planned anew", edit.words)
    }
}
