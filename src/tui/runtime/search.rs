//! The searcher: builds the tokenizer in the background, then finds text in entries. Apart from the worker, so that
//! neither waits for an import.

use std::sync::{
    Arc,
    mpsc::{self, Receiver, Sender},
};

use super::spawn;
use crate::{
    text::tokens::{Encoding, Tokenizer},
    tui::app::{
        Effect, Event,
        entry::links::NameIndex,
        search::{self, Texts},
    },
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
    let mut names = NameIndex::default();
    let mut last = Searched::default();
    while let Ok(first) = effects.recv() {
        // Only the newest question of each kind is still wanted.
        let (mut searched, mut mentions) = (None, None);
        for effect in std::iter::once(first).chain(effects.try_iter()) {
            match effect {
                Effect::Mentions { of, texts } => mentions = Some((of, texts)),
                effect => searched = Some(effect),
            }
        }
        if let Some(Effect::Search { generation, needle, texts }) = searched {
            let places = last.find(needle, texts);
            if events.send(Event::Found { generation, places }).is_err() {
                return;
            }
        }
        if let Some((of, texts)) = mentions {
            if !names.is_of(&texts) {
                names = NameIndex::new(&texts);
            }
            if events.send(Event::Mentioned { of, mentions: names.mentions(of) }).is_err() {
                return;
            }
        }
    }
}

/// The last search: a needle that grows letter by letter is looked for only where it was found so far.
#[derive(Default)]
struct Searched {
    needle: String,
    texts: Texts,
    places: Vec<u32>,
}

impl Searched {
    fn find(&mut self, needle: String, texts: Texts) -> Vec<u32> {
        let goes_on = Arc::ptr_eq(&self.texts, &texts) && search::narrows(&needle, &self.needle);
        let places = match goes_on {
            true => search::search_in(&needle, &texts, self.places.iter().copied()),
            false => search::search(&needle, &texts),
        };
        *self = Searched { needle, texts, places: places.clone() };
        places
    }
}
