//! Which calls and results belong together.

use std::{collections::HashMap, ops::Deref, sync::Arc};

use super::{Entry, Kind};

/// Indices into a session's entries, ascending: a call with those of its results that the session has, or a lone entry.
pub type Exchange = Vec<usize>;

/// Every entry in exactly one exchange, in order of the first member. Made once and asked often: a list of exchanges by
/// itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchanges {
    list: Vec<Exchange>,
    /// By entry: the number of its exchange.
    number: Vec<usize>,
}

impl Exchanges {
    pub fn new(entries: &[Entry]) -> Exchanges {
        let mut by_call: HashMap<&str, usize> = HashMap::new();
        let mut exchanges =
            Exchanges { list: Vec::with_capacity(entries.len()), number: Vec::with_capacity(entries.len()) };
        for entry in entries {
            let next = exchanges.list.len();
            exchanges.join(joining(entry).map_or(next, |call| *by_call.entry(call).or_insert(next)));
        }
        exchanges
    }

    /// Puts the next entry into the exchange of this number: one that is there, or the next.
    fn join(&mut self, number: usize) {
        if number == self.list.len() {
            self.list.push(Vec::with_capacity(1));
        }
        self.list[number].push(self.number.len());
        self.number.push(number);
    }

    /// The number of the exchange that an entry belongs to.
    pub fn number(&self, index: usize) -> usize {
        self.number[index]
    }

    /// The exchange that an entry belongs to, itself included.
    pub fn of(&self, index: usize) -> &[usize] {
        &self.list[self.number[index]]
    }
}

/// The id by which an entry joins an exchange.
fn joining(entry: &Entry) -> Option<&Arc<str>> {
    entry.call_id.as_ref().filter(|_| matches!(entry.kind, Kind::Call | Kind::Result))
}

/// The exchanges of a session that takes in one entry after the other.
#[derive(Clone, Debug, Default)]
pub struct GrowingExchanges {
    exchanges: Exchanges,
    by_call: HashMap<Arc<str>, usize>,
}

impl GrowingExchanges {
    /// Takes in the session's next entry.
    pub fn add(&mut self, entry: &Entry) {
        let next = self.exchanges.list.len();
        let number = joining(entry).map_or(next, |call| *self.by_call.entry(call.clone()).or_insert(next));
        self.exchanges.join(number);
    }
}

impl Deref for GrowingExchanges {
    type Target = Exchanges;

    fn deref(&self) -> &Exchanges {
        &self.exchanges
    }
}

impl Deref for Exchanges {
    type Target = [Exchange];

    fn deref(&self) -> &[Exchange] {
        &self.list
    }
}
