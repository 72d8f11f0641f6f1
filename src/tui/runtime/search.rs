//! The searcher: builds the tokenizer in the background, then finds text in entries. Apart from the worker, so that
//! neither waits for an import.

use std::sync::{
    Arc,
    mpsc::{self, Receiver, Sender},
};

use super::spawn;
use crate::{
    text::tokens::{Encoding, Tokenizer},
    tui::app::{Effect, Event, search},
};

pub struct Searcher {
    queue: Sender<Effect>,
}

impl Searcher {
    pub fn start(encoding: Encoding, events: Sender<Event>) -> Self {
        let (queue, effects) = mpsc::channel();
        spawn("search", move || work(encoding, &effects, &events));
        Self { queue }
    }

    pub fn run(&self, effect: Effect) {
        // Fails only when the thread has panicked, and then the loop is told by the panic hook.
        let _ = self.queue.send(effect);
    }
}

fn work(encoding: Encoding, effects: &Receiver<Effect>, events: &Sender<Event>) {
    let tokenizer = Arc::new(Tokenizer::new(encoding));
    if events.send(Event::TokenizerReady(tokenizer)).is_err() {
        return;
    }
    while let Ok(first) = effects.recv() {
        // Only the newest search is still wanted.
        let newest = effects.try_iter().last().unwrap_or(first);
        if let Effect::Search { generation, needle, texts } = newest {
            let ids = search::search(&needle, &texts);
            if events.send(Event::Found { generation, ids }).is_err() {
                return;
            }
        }
    }
}
