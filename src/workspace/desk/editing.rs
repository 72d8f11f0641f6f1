//! Edits of an open session: applied in memory, with every number brought into step. Storing them is `Workspace`'s.

use std::sync::Arc;

use super::{Desk, Done, done::Packed, honoured, totals::Holdings};
use crate::{
    model::{Change, Drift, Edit, EntryId, Refusal, Verb},
    pack::{cache::Boundary, price, strategy::balanced::Ledger, suggest::Findings},
    text::{tokens::Tokenizer, words::exact},
};

impl Desk {
    /// Applies a verb in memory and repacks. Storing the edit in `Done` is the caller's part.
    pub fn edit(&mut self, verb: &Verb, targets: &[EntryId]) -> Result<Done, Refusal> {
        let (edit, refusals) = self.edit_for(verb, targets)?;
        let cached = self.boundary();
        self.take(verb, &edit)?;
        let words = self.repack(&edit, cached);
        let honoured = honoured::of_edit(self.kind, &edit);
        Ok(Done { edit, words, honoured, refusals })
    }

    /// The edit that a verb would make of these entries.
    pub fn edit_for(&self, verb: &Verb, targets: &[EntryId]) -> Result<(Edit, Vec<Refusal>), Refusal> {
        self.session.edit_within(verb, targets, &self.ledger.exchanges)
    }

    /// Applies several verbs, each to its own entries, as one edit, and repacks once. A verb that does not go is told in
    /// `Done`; an error where none does, and then nothing has changed.
    pub fn edit_several(&mut self, steps: &[(Verb, Vec<EntryId>)]) -> Result<Done, Refusal> {
        if let [(verb, targets)] = steps {
            return self.edit(verb, targets);
        }
        let cached = self.boundary();
        let (mut whole, mut refusals) = (Edit::default(), Vec::new());
        for (verb, targets) in steps {
            let step = self.session.edit_for(verb, targets).and_then(|(edit, refused)| {
                self.take(verb, &edit)?;
                Ok((edit, refused))
            });
            match step {
                Ok((edit, refused)) => {
                    refusals.extend(refused);
                    whole = whole.then(edit);
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        if whole.changes.is_empty() {
            let nothing = Refusal { seq: 0, why: "nothing is selected".into() };
            return Err(refusals.into_iter().next().unwrap_or(nothing));
        }
        let words = self.repack(&whole, cached);
        let honoured = honoured::of_edit(self.kind, &whole);
        Ok(Done { edit: whole, words, honoured, refusals })
    }

    /// Applies what a verb makes of entries to the session, without repacking.
    fn take(&mut self, verb: &Verb, edit: &Edit) -> Result<(), Refusal> {
        if !edit.changes.iter().all(|change| matches!(change, Change::State { .. })) {
            self.takes_entries()?;
        }
        let drift = |drift: Drift| Refusal { seq: 0, why: drift.to_string() };
        let rewritten = Arc::make_mut(&mut self.session).apply(edit).map_err(drift)?;
        for id in rewritten {
            self.note_costs(id, verb);
        }
        Ok(())
    }

    /// Takes in an edit that the store has recorded already: an undo, a redo, somebody else's. `tokenizer` counts texts
    /// that the edit changed; it must be of this desk's encoding.
    pub fn absorb(&mut self, edit: &Edit, tokenizer: Option<&Tokenizer>) -> Result<Done, Drift> {
        let cached = self.boundary();
        let rewritten = Arc::make_mut(&mut self.session).apply(edit)?;
        if let Some(tokenizer) = tokenizer {
            for id in rewritten {
                if let Some(index) = self.session.index_of(id) {
                    price::price(&mut Arc::make_mut(&mut self.session).entries[index], tokenizer);
                }
            }
            // A fact that is back knows no cost: an edit does not carry it.
            if self.session.facts.iter().any(|fact| fact.cost == 0) {
                let facts = Arc::make_mut(&mut self.session).facts.iter_mut();
                facts.filter(|fact| fact.cost == 0).for_each(|fact| price::price_fact(fact, tokenizer));
            }
        }
        let words = self.repack(edit, cached);
        let honoured = honoured::of_edit(self.kind, edit);
        Ok(Done { edit: edit.clone(), words, honoured, refusals: Vec::new() })
    }

    /// Costs of an entry whose text a verb changed, from the count that the verb brought along.
    fn note_costs(&mut self, id: EntryId, verb: &Verb) {
        let Some(index) = self.session.index_of(id) else { return };
        // Notes bring their costs; dropping a rewrite needs a count, which the caller makes by `absorb`. Deeper levels may
        // cost more than before too, where the text above held them down: all are counted, as the store counts them.
        if matches!(verb, Verb::Rewrite { .. }) {
            price::price(&mut Arc::make_mut(&mut self.session).entries[index], self.texts.tokenizer());
        }
    }

    /// Plans anew and says what the edit did to the pack.
    /// `cached`: the boundary before the edit, while the plan's places were still those of the session's entries.
    fn repack(&mut self, edit: &Edit, cached: Option<Boundary>) -> String {
        self.begin_edition();
        let mut touched = Vec::new();
        if edit.changes.iter().all(|change| matches!(change, Change::State { .. })) {
            let ids = edit.touches();
            self.update_ledger(&ids);
            touched.extend(ids.into_iter().filter_map(|id| self.session.index_of(id)));
            self.findings.update(&self.session, &self.ledger.exchanges, &touched);
            self.holdings.update(&self.session, touched.iter().copied());
            if let Some(columns) = self.columns.get_mut() {
                columns.update(&self.session, &touched);
            }
        } else {
            self.columns.take();
            self.shape += 1;
            self.ledger = Arc::new(Ledger::new(&self.session, self.settings, self.as_of));
            self.findings = Findings::new(&self.session, &self.ledger.exchanges);
            self.holdings = Holdings::of(&self.session);
        }
        let kept = self.totals.kept;
        // A fact that comes or goes changes what the pieces of the plan that stands are of.
        if edit.facts.is_empty() && self.puts_off() {
            self.carry_on(&touched);
            return self.awaits(edit);
        }
        let after = self.choose();
        let before = Packed { chosen: self.put(after, &touched), kept };
        let words = before.changed_by(edit, &self.session, &self.chosen, self.totals.kept);
        match (cached, self.boundary()) {
            (Some(before), Some(after)) if after.tokens < before.tokens => {
                let at = after.breaks_at_words(&self.session, &self.chosen);
                let at = at.unwrap_or_else(|| "its end".into());
                format!("{words}; breaks the prompt cache at {at}, {} tokens of it hold", exact(after.tokens.into()))
            }
            _ => words,
        }
    }
}
