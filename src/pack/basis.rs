//! What plans are made from, apart from the desk: a value that another thread can plan with.

use std::{fmt, sync::Arc};

use super::{
    settings::PlanSettings,
    strategy::{Folding, Given, balanced::Ledger, texts::Texts},
};
use crate::{
    model::{Session, Time},
    text::tokens::Tokenizer,
};

/// Cheap to clone. What it holds never changes: an edit of the desk makes another one.
#[derive(Clone)]
pub struct Basis {
    pub session: Arc<Session>,
    pub ledger: Arc<Ledger>,
    pub settings: PlanSettings,
    pub as_of: Time,
    /// Counts what a strategy writes itself; of the settings' encoding.
    pub tokenizer: Arc<Tokenizer>,
}

impl Basis {
    /// Of a session that is at hand, a part of one for example.
    pub fn of(session: Session, settings: PlanSettings, as_of: Time, tokenizer: Arc<Tokenizer>) -> Basis {
        let ledger = Arc::new(Ledger::new(&session, settings, as_of));
        Basis { session: Arc::new(session), ledger, settings, as_of, tokenizer }
    }

    pub fn given<'a>(&'a self, texts: &'a Texts, folding: Folding) -> Given<'a> {
        Given { session: &self.session, ledger: &self.ledger, settings: self.settings, texts, folding }
    }
}

/// The same one, not one that says the same.
impl PartialEq for Basis {
    fn eq(&self, other: &Basis) -> bool {
        Arc::ptr_eq(&self.session, &other.session)
            && Arc::ptr_eq(&self.ledger, &other.ledger)
            && (self.settings, self.as_of) == (other.settings, other.as_of)
    }
}

impl fmt::Debug for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Basis({}, {} entries)", self.session.id, self.session.entries.len())
    }
}
