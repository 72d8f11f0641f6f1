//! Which calls and results belong together.

use std::{collections::HashMap, ops::Deref};

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
        for (index, entry) in entries.iter().enumerate() {
            let next = exchanges.list.len();
            let joins = matches!(entry.kind, Kind::Call | Kind::Result);
            let number = match entry.call_id.as_deref().filter(|_| joins) {
                Some(call) => *by_call.entry(call).or_insert(next),
                None => next,
            };
            if number == next {
                exchanges.list.push(Vec::with_capacity(1));
            }
            exchanges.list[number].push(index);
            exchanges.number.push(number);
        }
        exchanges
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

impl Deref for Exchanges {
    type Target = [Exchange];

    fn deref(&self) -> &[Exchange] {
        &self.list
    }
}
