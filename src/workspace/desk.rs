//! An open session with its plan always in step: what a screen draws from. Pure; storing an edit is `Workspace`'s.

mod done;
mod honoured;
mod note;
mod outcome;
mod reports;
#[cfg(test)]
mod tests;
mod totals;
mod why;

use std::{borrow::Cow, cell::RefCell, sync::Arc};

pub use honoured::Honoured;
pub use outcome::Outcome;
pub use reports::Export;
pub use totals::Totals;

use self::{done::Packed, totals::Holdings};
use crate::{
    facts,
    model::{Budget, Change, Drift, Edit, EntryId, ExclusionReason, Kind, Level, Plan, Refusal, Session, Time, Verb},
    pack::{
        cache::{Boundary, Sent},
        chosen::{Chosen, Piece},
        price, render,
        settings::PlanSettings,
        strategy::{Folding, Given, Strategy, balanced::Ledger, needs, needs::Needs, texts::Texts},
        suggest::{Findings, Suggestion},
        value::{self, Standing},
    },
    store::{Part, StoreKind},
    text::{
        tokens::{Encoding, Tokenizer},
        words::exact,
    },
};

pub struct Desk {
    session: Arc<Session>,
    settings: PlanSettings,
    budget: Budget,
    as_of: Time,
    ledger: Arc<Ledger>,
    texts: Texts,
    chosen: Chosen,
    /// The numbers that no budget changes.
    holdings: Holdings,
    totals: Totals,
    left_out: Vec<(usize, ExclusionReason)>,
    /// By entry: what its block costs.
    block_tokens: Vec<Option<u32>>,
    /// Prices under a strategy that has to be asked for each, found when one is asked for.
    needs: RefCell<Option<Vec<Option<u32>>>>,
    /// Whose file the session is kept in.
    kind: StoreKind,
    /// What was exported last under this strategy.
    last_sent: Option<Sent>,
    findings: Findings,
    suggestions: Vec<Suggestion>,
}

/// What an edit did.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    pub edit: Edit,
    /// For the status line: "pinned #12: pushed out #40, #77, 3 shorter, pack +412".
    pub words: String,
    /// What the program whose file this is makes of it; `None` in our own store.
    pub honoured: Option<Honoured>,
    pub refusals: Vec<Refusal>,
}

impl Desk {
    pub fn new(session: Session, settings: PlanSettings, budget: Budget, as_of: Time) -> Desk {
        Desk::with(session, settings, budget, as_of, Texts::new(settings.encoding))
    }

    /// With a tokenizer that is built already, which must be of the settings' encoding.
    pub fn counting(
        session: Session,
        settings: PlanSettings,
        budget: Budget,
        as_of: Time,
        tokenizer: Arc<Tokenizer>,
    ) -> Desk {
        Desk::with(session, settings, budget, as_of, Texts::with(tokenizer))
    }

    fn with(session: Session, settings: PlanSettings, budget: Budget, as_of: Time, texts: Texts) -> Desk {
        let ledger = Arc::new(Ledger::new(&session, settings, as_of));
        let mut desk = Desk {
            session: Arc::new(session),
            settings,
            budget,
            as_of,
            ledger,
            texts,
            chosen: Chosen::default(),
            holdings: Holdings::default(),
            totals: Totals::default(),
            left_out: Vec::new(),
            block_tokens: Vec::new(),
            needs: RefCell::default(),
            kind: StoreKind::default(),
            last_sent: None,
            findings: Findings::default(),
            suggestions: Vec::new(),
        };
        desk.findings = Findings::new(&desk.session, &desk.ledger.exchanges);
        desk.holdings = Holdings::of(&desk.session);
        desk.chosen = desk.choose();
        desk.refresh();
        desk
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Says whose file the session is kept in; our own store's until then.
    pub fn keep_in(&mut self, kind: StoreKind) {
        self.kind = kind;
    }

    pub fn kind(&self) -> StoreKind {
        self.kind
    }

    /// # Errors
    /// Where the store cannot hold an entry that an edit brings: a note, a summary.
    pub fn takes_entries(&self) -> Result<(), Refusal> {
        self.kind.require(Part::Made).map_err(|why| Refusal { seq: 0, why: why.to_string() })
    }

    pub fn encoding(&self) -> Encoding {
        self.settings.encoding
    }

    pub fn settings(&self) -> PlanSettings {
        self.settings
    }

    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// When the plan is of.
    pub fn as_of(&self) -> Time {
        self.as_of
    }

    /// Lets time pass, and plans anew where that puts a fact in or out of force. Whether it did. Time never goes back.
    pub fn advance(&mut self, now: Time) -> bool {
        let then = self.as_of;
        self.as_of = then.max(now);
        let facts = &self.session.facts;
        if facts.is_empty() || facts::standings(facts, then) == facts::standings(facts, self.as_of) {
            return false;
        }
        self.ledger = Arc::new(self.ledger.again(&self.session, self.settings, self.as_of, &[]));
        self.chosen = self.choose();
        self.refresh();
        true
    }

    /// Under `balanced` a binary search and a short walk; nothing of the session is read again.
    pub fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
        self.chosen = self.choose();
        self.refresh();
    }

    /// Plans by another strategy from now on.
    pub fn set_strategy(&mut self, strategy: Strategy) {
        self.settings.strategy = strategy;
        self.chosen = self.choose();
        self.refresh();
    }

    /// Lends a tokenizer that is built already, for strategies that write texts of their own.
    pub fn lend(&self, tokenizer: Arc<Tokenizer>) {
        self.texts.lend(tokenizer);
    }

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

    /// The level at which the plan carries an entry.
    pub fn packed(&self, index: usize) -> Option<Level> {
        self.chosen.levels[index]
    }

    /// The levels that *apply plan* would hold entries at.
    pub fn packed_levels(&self) -> Vec<(EntryId, Level)> {
        let packed = self.session.entries.iter().zip(&self.chosen.levels);
        packed.filter_map(|(entry, level)| Some((entry.id, (*level)?))).collect()
    }

    /// Entries by what a person types: `#12`, `12`, an id of 16 digits, or words that stand in the text. Words are looked
    /// for letter by letter first, without regard to case if that finds nothing.
    pub fn find(&self, typed: &str) -> Vec<usize> {
        let typed = typed.trim();
        if let Ok(seq) = typed.trim_start_matches('#').parse::<u32>()
            && let Some(entry) = self.session.by_seq(seq)
        {
            return self.session.index_of(entry.id).into_iter().collect();
        }
        if let Some(index) = typed.parse().ok().and_then(|id| self.session.index_of(id)) {
            return vec![index];
        }
        if typed.is_empty() || typed.starts_with('#') {
            return Vec::new();
        }
        let entries = || self.session.entries.iter().enumerate();
        let exact: Vec<usize> =
            entries().filter(|(_, entry)| entry.text.contains(typed)).map(|(index, _)| index).collect();
        if !exact.is_empty() {
            return exact;
        }
        let lower = typed.to_lowercase();
        entries().filter(|(_, entry)| entry.text.to_lowercase().contains(&lower)).map(|(index, _)| index).collect()
    }

    /// What an entry takes of the pack; 0 where it is out.
    pub fn packed_tokens(&self, index: usize) -> u32 {
        self.block_tokens[index].unwrap_or(0)
    }

    /// The text that the pack carries of an entry, without its header, not yet inert; `None` where it is out.
    pub fn packed_text(&self, index: usize) -> Option<Cow<'_, str>> {
        let (entry, level) = (&self.session.entries[index], self.packed(index)?);
        let stripped = entry.kind == Kind::Result && self.chosen.strips(index);
        Some(if stripped { price::loss_note(entry).into() } else { Cow::Borrowed(entry.text_at(level)) })
    }

    /// What a token of the entry in full is worth, for sorting.
    pub fn value_per_token(&self, index: usize) -> f64 {
        let entry = &self.session.entries[index];
        let tail =
            self.ledger.place[index].is_ok_and(|(unit, _)| self.ledger.forced[self.ledger.pins..].contains(&unit));
        let standing = if tail { Standing::Tail } else { Standing::Older };
        value::weight(entry, standing) / f64::from(entry.cost(Level::Full).max(1))
    }

    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// What headings and constant text cost: the least budget that carries anything.
    pub fn frame_tokens(&self) -> u32 {
        self.ledger.frame
    }

    /// The pack in pieces, in order.
    pub fn outline(&self) -> &[Piece] {
        &self.chosen.pieces
    }

    /// What the strategy has chosen.
    pub fn chosen(&self) -> &Chosen {
        &self.chosen
    }

    /// A piece's text, inert. All of them one after the other are the pack, byte for byte.
    pub fn piece_text(&self, piece: usize) -> String {
        render::piece_text(&self.session, &self.chosen, &self.chosen.pieces[piece])
    }

    pub fn pack_text(&self) -> String {
        render::text(&self.session, &self.chosen)
    }

    pub fn pack_markdown(&self) -> String {
        render::markdown(&self.session, &self.chosen)
    }

    /// With the price of every exclusion, for which strategies other than `balanced` have to try many budgets.
    pub fn plan(&self) -> Plan {
        self.plan_with(needs::needs(self.settings.strategy, &self.given(), &self.chosen))
    }

    /// The same without prices.
    pub fn unpriced_plan(&self) -> Plan {
        let none = |count: usize| vec![None; count];
        let (entries, facts) = (none(self.session.entries.len()), none(self.session.facts.len()));
        self.plan_with(Needs { entries, facts })
    }

    fn plan_with(&self, needs: Needs) -> Plan {
        let about = render::About {
            strategy: &self.settings.strategy.to_string(),
            encoding: self.settings.encoding,
            as_of: self.as_of,
            needs: needs.entries,
            facts_need: needs.facts,
            cached_tokens: self.boundary().map(|boundary| boundary.tokens),
        };
        render::plan(&self.session, &self.chosen, &about)
    }

    /// Entries that are not carried, with the reason, in order.
    pub fn left_out(&self) -> &[(usize, ExclusionReason)] {
        &self.left_out
    }

    /// The least extra budget at which an entry comes in; `None` where it is in or no budget does it.
    pub fn needs(&self, index: usize) -> Option<u32> {
        self.chosen.out[index]?;
        match self.settings.strategy {
            Strategy::Balanced => self.ledger.needs(self.budget.tokens(), index),
            strategy => {
                let mut known = self.needs.borrow_mut();
                let known = known.get_or_insert_with(|| needs::needs(strategy, &self.given(), &self.chosen).entries);
                known[index]
            }
        }
    }

    /// The same as far as it can be told within a key press: always under `balanced`, and where a session is small.
    pub fn needs_at_once(&self, index: usize) -> Option<u32> {
        let small = self.session.entries.len() <= needs::EXACT;
        if small || self.settings.strategy == Strategy::Balanced { self.needs(index) } else { None }
    }

    /// What to do next, best first.
    pub fn suggestions(&self) -> &[Suggestion] {
        &self.suggestions
    }

    /// The full answer to "why is this entry where it is?", a line each.
    pub fn why(&self, index: usize) -> Vec<String> {
        why::why(self, index)
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
        let states_alone = edit.changes.iter().all(|change| matches!(change, Change::State { .. }));
        self.ledger = Arc::new(match states_alone {
            true => self.ledger.again(&self.session, self.settings, self.as_of, &edit.touches()),
            false => Ledger::new(&self.session, self.settings, self.as_of),
        });
        self.findings.refresh(&self.session, &self.ledger.exchanges);
        self.holdings = Holdings::of(&self.session);
        let after = self.choose();
        let before = Packed { chosen: std::mem::replace(&mut self.chosen, after), kept: self.totals.kept };
        self.refresh();
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

    fn given(&self) -> Given<'_> {
        Given {
            session: &self.session,
            ledger: &self.ledger,
            settings: self.settings,
            texts: &self.texts,
            folding: Folding::Written,
        }
    }

    fn choose(&self) -> Chosen {
        self.settings.strategy.choose(&self.given(), self.budget.tokens())
    }

    fn refresh(&mut self) {
        self.left_out =
            self.chosen.out.iter().enumerate().filter_map(|(index, reason)| Some((index, (*reason)?))).collect();
        self.block_tokens = self.chosen.block_tokens();
        self.needs.take();
        self.totals = Totals::of(&self.holdings, &self.session, &self.chosen);
        self.suggestions = self.findings.ranked(&self.session, &self.chosen.levels);
    }
}
