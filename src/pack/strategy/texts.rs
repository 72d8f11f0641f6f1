//! Counting texts that a strategy makes itself: summaries and notes of loss.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use xxhash_rust::xxh3::xxh3_128;

use crate::text::tokens::{Encoding, Tokenizer};

/// A tokenizer that is built when something is counted for the first time, and remembers what it has counted: the same
/// notes are asked for on every key.
pub struct Texts {
    encoding: Encoding,
    tokenizer: OnceLock<Arc<Tokenizer>>,
    known: RefCell<HashMap<u128, u32>>,
}

impl Texts {
    pub fn new(encoding: Encoding) -> Texts {
        Texts { encoding, tokenizer: OnceLock::new(), known: RefCell::default() }
    }

    /// With a tokenizer that is built already; one of another encoding is not taken.
    pub fn with(tokenizer: Arc<Tokenizer>) -> Texts {
        let texts = Texts::new(tokenizer.encoding());
        texts.lend(tokenizer);
        texts
    }

    /// Lends a tokenizer that somebody else has built. One of another encoding is left alone.
    pub fn lend(&self, tokenizer: Arc<Tokenizer>) {
        if tokenizer.encoding() == self.encoding {
            // It may have one already, which counts the same.
            let _ = self.tokenizer.set(tokenizer);
        }
    }

    /// Built now if it is not yet.
    pub fn tokenizer(&self) -> &Tokenizer {
        self.built()
    }

    /// The same, for another desk.
    pub fn share(&self) -> Arc<Tokenizer> {
        self.built().clone()
    }

    fn built(&self) -> &Arc<Tokenizer> {
        self.tokenizer.get_or_init(|| Arc::new(Tokenizer::new(self.encoding)))
    }

    pub fn count(&self, text: &str) -> u32 {
        let key = xxh3_128(text.as_bytes());
        if let Some(&tokens) = self.known.borrow().get(&key) {
            return tokens;
        }
        let tokens = self.tokenizer().count(text);
        self.known.borrow_mut().insert(key, tokens);
        tokens
    }
}
