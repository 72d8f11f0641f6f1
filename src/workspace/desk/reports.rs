//! What a desk tells beside its plan: exports and the cache boundary, comparisons, replays, the window's head and
//! summary.

use std::sync::Arc;

use super::Desk;
use crate::{
    model::Session,
    pack::{
        basis::Basis,
        cache::{Boundary, Sent},
        compare::{Compared, Side, compare},
        replay::{Report, replay},
        strategy::{
            Strategy,
            balanced::Ledger,
            window::{self, Compaction},
        },
        summary::WorkingSummary,
        sweep::{self, Point, Whole},
    },
    text::tokens::Tokenizer,
};

/// What is recorded of a pack that leaves the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    pub strategy: Strategy,
    pub budget: u32,
    pub sent: Sent,
    /// Of the strategy `window`.
    pub result: Option<Compaction>,
}

impl Desk {
    /// What was exported last, for the cache boundary.
    pub fn remember(&mut self, sent: Option<Sent>) {
        self.last_sent = sent;
    }

    /// This pack as an export records it.
    pub fn export(&self) -> Export {
        Export {
            strategy: self.settings.strategy,
            budget: self.budget.tokens(),
            sent: Sent::new(&self.session, &self.chosen),
            result: self.compaction(),
        }
    }

    /// How much of the pack the last export has put into the prompt cache; `None` where nothing was exported yet.
    pub fn boundary(&self) -> Option<Boundary> {
        self.last_sent.as_ref().map(|sent| sent.boundary(&self.session, &self.chosen))
    }

    /// What `window` did to the session, in M31A's terms; `None` under another strategy.
    pub fn compaction(&self) -> Option<Compaction> {
        let window = self.settings.strategy == Strategy::Window;
        window.then(|| Compaction::of(&self.given(), &self.chosen))
    }

    /// The same, planned anew, for telling how long that takes.
    pub fn replanned(&self) -> Desk {
        // Building a tokenizer is no part of planning.
        let tokenizer = self.texts.share();
        let mut desk = Desk::counting(Session::clone(&self.session), self.settings, self.budget, self.as_of, tokenizer);
        desk.keep_in(self.kind);
        desk.remember(self.last_sent.clone());
        desk
    }

    /// The entries that the summaries in this pack stand for, serialised for a model.
    pub fn window_head(&self) -> String {
        window::serialise(&self.session, &self.covered())
    }

    /// Their structured summary in a template of one's own.
    pub fn window_summary(&self, template: &str) -> String {
        window::fill(template, &WorkingSummary::of(&self.session, &self.covered()))
    }

    fn covered(&self) -> Vec<usize> {
        self.chosen.folded.iter().flat_map(|folded| folded.covers.iter().copied()).collect()
    }

    /// What this desk's plans are made from, as it is now: for a thread, or to tell whether it has changed since.
    /// `tokenizer` must be of this desk's encoding.
    pub fn basis(&self, tokenizer: Arc<Tokenizer>) -> Basis {
        Basis {
            session: self.session.clone(),
            ledger: self.ledger.clone(),
            settings: self.settings,
            as_of: self.as_of,
            tokenizer,
        }
    }

    /// The numbers that every plan of this desk comes from; another one after every edit.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// What each of these budgets, which must rise, keeps by a strategy. `tell` hears of each one done.
    pub fn curve(&self, strategy: Strategy, budgets: &[u32], tell: &dyn Fn()) -> Vec<Point> {
        if strategy == Strategy::Balanced {
            return sweep::balanced(&self.session, &self.ledger, budgets);
        }
        let point = |&budget: &u32| {
            let point = sweep::point(&self.given(), strategy, budget);
            tell();
            point
        };
        budgets.iter().map(point).collect()
    }

    /// What this plan keeps, as a point of its strategy's curve.
    pub fn point(&self) -> Point {
        let whole = self.whole.get_or_init(|| Whole::of(&self.session, &self.ledger));
        sweep::of_whole(&self.given(), whole, &self.chosen)
    }

    /// Packs side by side, under this desk's budget where a side has none of its own.
    pub fn compare(&self, compared: &[Compared]) -> Vec<Side> {
        compare(&self.basis(self.texts.share()), &self.texts, self.budget.tokens(), compared)
    }

    /// The session again, turn by turn; `tell` hears how many turns are done, and of how many.
    pub fn replay(&self, tell: &dyn Fn(usize, usize)) -> Report {
        replay(&self.session, self.settings, self.budget.tokens(), &self.texts, tell)
    }
}
