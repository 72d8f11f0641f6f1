//! An open session with its plan always in step: what a screen draws from. Pure; storing an edit is `Workspace`'s.

mod apart;
mod columns;
mod done;
mod editing;
mod honoured;
mod moved;
mod note;
mod outcome;
mod reports;
#[cfg(test)]
mod tests;
mod totals;
mod why;

use std::{
    borrow::Cow,
    cell::RefCell,
    sync::{Arc, OnceLock},
};

pub use columns::{Columns, Row, Sight};
pub use honoured::Honoured;
pub use moved::{Edition, Moved};
pub use outcome::Outcome;
pub use reports::Export;
pub use totals::Totals;

use self::{apart::Awaited, totals::Holdings};
use crate::{
    facts,
    model::{Budget, Edit, EntryId, ExclusionReason, Kind, Level, Plan, Refusal, Session, Time},
    pack::{
        cache::Sent,
        chosen::{Chosen, Piece},
        price, render,
        settings::PlanSettings,
        strategy::{
            Folding, Given, Strategy,
            balanced::{Ledger, Price, Search},
            needs,
            needs::Needs,
            texts::Texts,
        },
        suggest::{Findings, Suggestion},
        sweep::Whole,
        value::{self, Standing},
    },
    store::{Part, StoreKind},
    text::tokens::{Encoding, Tokenizer},
};

/// Steps of a search for a price that are looked at between two keys: about 2 ms.
const PRICE_AT_ONCE: usize = 400_000;

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
    suggestions: Vec<Arc<Suggestion>>,
    /// What lists ask of every entry; made when a list first asks.
    columns: OnceLock<Columns>,
    /// Entries of the tail, by index.
    tail: Vec<usize>,
    moved: Moved,
    shape: u64,
    edition: Edition,
    /// What a plan of this edition could carry; added up when it is first asked for.
    whole: OnceLock<Whole>,
    /// Entries beyond which plans that take long are made apart; `None`: none are.
    apart_beyond: Option<usize>,
    awaited: Option<Awaited>,
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
            columns: OnceLock::new(),
            tail: Vec::new(),
            moved: Moved::Any,
            shape: 0,
            edition: Edition::default(),
            whole: OnceLock::new(),
            apart_beyond: None,
            awaited: None,
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
        self.update_ledger(&[]);
        self.begin_edition();
        self.plan_anew();
        true
    }

    /// Under `balanced` a binary search and a short walk; nothing of the session is read again.
    pub fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
        self.plan_anew();
    }

    /// Plans by another strategy from now on.
    pub fn set_strategy(&mut self, strategy: Strategy) {
        self.settings.strategy = strategy;
        self.plan_anew();
    }

    /// Lends a tokenizer that is built already, for strategies that write texts of their own.
    pub fn lend(&self, tokenizer: Arc<Tokenizer>) {
        self.texts.lend(tokenizer);
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

    /// What lists ask of every entry at once.
    pub fn columns(&self) -> &Columns {
        self.columns.get_or_init(|| Columns::new(&self.session))
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
        let row = &self.columns().rows[index];
        let standing = if self.tail.contains(&index) { Standing::Tail } else { Standing::Older };
        value::weight_of(row.importance, standing) / f64::from(row.costs[Level::Full.index()].max(1))
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

    /// The same as far as it can be told within a key press: under `balanced` it can be gone on with
    /// ([`Desk::go_on`]); under others it is not told of a large session.
    pub fn price(&self, index: usize) -> Price {
        let small = self.session.entries.len() <= needs::EXACT;
        match self.settings.strategy {
            _ if self.chosen.out[index].is_none() => Price::Known(None),
            Strategy::Balanced => self.go_on_or_end(self.ledger.price(self.budget.tokens(), index)),
            _ if small => Price::Known(self.needs(index)),
            _ => Price::Known(None),
        }
    }

    /// Goes on with a search for a price of this plan, for no longer than a key may wait.
    pub fn go_on(&self, search: Search) -> Price {
        self.ledger.go_on(search, PRICE_AT_ONCE)
    }

    fn go_on_or_end(&self, price: Price) -> Price {
        match price {
            Price::Searching(search) => self.go_on(search),
            known => known,
        }
    }

    /// What to do next, best first.
    pub fn suggestions(&self) -> &[Arc<Suggestion>] {
        &self.suggestions
    }

    /// The full answer to "why is this entry where it is?", a line each.
    pub fn why(&self, index: usize) -> Vec<String> {
        let price = match self.settings.strategy {
            Strategy::Balanced => Price::Known(self.needs(index)),
            _ => self.price(index),
        };
        why::why(self, index, &price)
    }

    /// The same with the price as far as it is known.
    pub fn why_at(&self, index: usize, price: &Price) -> Vec<String> {
        why::why(self, index, price)
    }

    /// Brings the numbers into step with an edit that changed the states of these entries alone.
    fn update_ledger(&mut self, touched: &[EntryId]) {
        Arc::make_mut(&mut self.ledger).update(&self.session, self.settings, self.as_of, touched);
    }

    fn begin_edition(&mut self) {
        self.edition = Edition::default();
        self.whole.take();
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

    /// Plans anew; no entry has changed.
    fn plan_anew(&mut self) {
        if self.puts_off() {
            return self.carry_on(&[]);
        }
        let after = self.choose();
        self.put(after, &[]);
    }

    /// Goes on with the plan of before, where these entries have changed.
    fn carry_on(&mut self, touched: &[usize]) {
        self.refresh();
        let touched = Moved::Only(touched.to_vec());
        self.moved = std::mem::take(&mut self.moved).and(touched);
    }

    /// Puts a plan in place of the one that stands, where these entries may have changed. Gives the plan of before.
    fn put(&mut self, after: Chosen, touched: &[usize]) -> Chosen {
        self.awaited = None;
        let before = std::mem::replace(&mut self.chosen, after);
        let costs = std::mem::take(&mut self.block_tokens);
        let tail = std::mem::take(&mut self.tail);
        self.refresh();
        let moved = match costs.len() == self.block_tokens.len() {
            true => {
                let columns = before.levels.iter().zip(&self.chosen.levels).zip(costs.iter().zip(&self.block_tokens));
                let is_other = |(_, ((was, is), (cost, now))): &(usize, ((&_, &_), (&_, &_)))| was != is || cost != now;
                let carried = columns.enumerate().filter(is_other).map(|(index, _)| index);
                let standing = if tail == self.tail { [].iter().chain(&[]) } else { tail.iter().chain(&self.tail) };
                Moved::Only(carried.chain(touched.iter().copied()).chain(standing.copied()).collect())
            }
            false => Moved::Any,
        };
        self.moved = std::mem::take(&mut self.moved).and(moved);
        before
    }

    fn refresh(&mut self) {
        let tail = self.ledger.forced[self.ledger.pins..].iter();
        self.tail = tail.flat_map(|&unit| self.ledger.units[unit].members.iter().copied()).collect();
        self.left_out =
            self.chosen.out.iter().enumerate().filter_map(|(index, reason)| Some((index, (*reason)?))).collect();
        self.block_tokens = self.chosen.block_tokens();
        self.needs.take();
        self.totals = Totals::of(&self.holdings, &self.session, &self.chosen);
        self.suggestions = self.findings.ranked(&self.session, &self.chosen.levels);
    }
}
