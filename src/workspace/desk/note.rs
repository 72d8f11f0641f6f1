//! A pinned note made of an entry's text.

use xxhash_rust::xxh3::xxh3_64;

use super::Desk;
use crate::{
    model::{Clean, Entry, EntryId, EntryState, Held, HeldBy, Kind, Level, Role, Score, Seen, Verb},
    pack::price,
    text::tokens::Tokenizer,
};

impl Desk {
    /// The verb that adds a note of this text, with the place of the entry it was made from. `tokenizer` must be of
    /// this desk's encoding. `None` where that entry is not there.
    pub fn note(&self, from: EntryId, text: Clean, tokenizer: &Tokenizer) -> Option<Verb> {
        let source = self.session().entry(from)?;
        let seq = self.session().entries.last().map_or(0, |entry| entry.seq) + 1;
        let id = EntryId(xxh3_64(format!("{}\0note\0{seq}\0{from}\0{}", self.session().id, &*text).as_bytes()));
        let mut note = Entry {
            path: source.path.clone(),
            score: Score { value: source.importance(), reasons: Vec::new() },
            at: source.at,
            place: source.place,
            seen: Seen::Never,
            state: EntryState {
                pinned: true,
                held: Held { level: Level::Full, by: HeldBy::Hand },
                ..EntryState::default()
            },
            ..Entry::new(id, seq, Kind::Note, Role::User, text)
        };
        price::price(&mut note, tokenizer);
        Some(Verb::Note(Box::new(note)))
    }
}
