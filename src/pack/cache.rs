//! The cache boundary: how much of a pack is the same, from its beginning, as the one that was exported last. A model's
//! provider has that prefix in its prompt cache; what stands after it is paid in full again.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::chosen::{Chosen, PieceKind, RowPlace};
use crate::model::Session;

/// The pieces of an exported pack, in order: what tells each from any other, and its tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent(pub Vec<(u64, u32)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boundary {
    /// Tokens of the longest prefix that is the same.
    pub tokens: u32,
    /// The first piece that is not; `None` where the whole pack is in the cache.
    pub breaks_at: Option<usize>,
}

impl Sent {
    pub fn new(session: &Session, chosen: &Chosen) -> Sent {
        Sent(
            (0..chosen.pieces.len()).map(|piece| (mark(session, chosen, piece), chosen.pieces[piece].tokens)).collect(),
        )
    }

    pub fn boundary(&self, session: &Session, chosen: &Chosen) -> Boundary {
        let same = |&piece: &usize| self.0.get(piece).is_some_and(|&(known, _)| known == mark(session, chosen, piece));
        let prefix = (0..chosen.pieces.len()).take_while(same).count();
        Boundary {
            tokens: chosen.pieces[..prefix].iter().map(|piece| piece.tokens).sum(),
            breaks_at: (prefix < chosen.pieces.len()).then_some(prefix),
        }
    }
}

/// Equal where the text is equal: an entry's text never changes, so its id and level stand for it, unless it was written
/// by hand.
fn mark(session: &Session, chosen: &Chosen, piece: usize) -> u64 {
    let words = match chosen.pieces[piece].kind {
        PieceKind::Heading(number) => format!("heading {number}"),
        PieceKind::Entry { index, level } => {
            let entry = &session.entries[index];
            let level = entry.effective_level(level);
            let by_hand = entry.state.rewrites.get(&level).map_or("", |text| text.as_str());
            format!("{} {} {level} {by_hand}", entry.id, entry.seq)
        }
        PieceKind::Stripped { index } => format!("{} stripped", session.entries[index].id),
        PieceKind::Fact { fact } => format!("fact {} {}", session.facts[fact].key, session.facts[fact].value),
        PieceKind::Folded { number } => format!("folded {}", chosen.folded[number].text),
        PieceKind::Row { row, place } => {
            let first = matches!(place, RowPlace::First);
            format!("row {} {} {first}", session.names[row].entry, session.names[row].text)
        }
    };
    xxh3_64(words.as_bytes())
}

impl Boundary {
    /// What the first piece beyond the boundary is, for the status line: "#41", "the fact verify".
    pub fn breaks_at_words(&self, session: &Session, chosen: &Chosen) -> Option<String> {
        Some(match chosen.pieces[self.breaks_at?].kind {
            PieceKind::Heading(_) => return self.after(chosen).breaks_at_words(session, chosen),
            PieceKind::Entry { index, .. } | PieceKind::Stripped { index } => {
                format!("#{}", session.entries[index].seq)
            }
            PieceKind::Fact { fact } => format!("the fact {}", session.facts[fact].key),
            PieceKind::Folded { .. } => "the summary".into(),
            PieceKind::Row { .. } => "the index of names".into(),
        })
    }

    /// A heading says nothing: what follows it does.
    fn after(&self, chosen: &Chosen) -> Boundary {
        let next = self.breaks_at.map(|piece| piece + 1).filter(|&piece| piece < chosen.pieces.len());
        Boundary { breaks_at: next, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{
        model::{Kind, Level, SessionId},
        pack::{
            settings::PlanSettings,
            strategy::{balanced, tests::entry},
        },
    };

    fn session() -> Session {
        let mut session = Session::new(SessionId::new("claude:cache"));
        session.entries = (1..=10)
            .map(|seq| {
                let mut entry = entry(seq, Kind::Message, &format!("message {seq}"));
                entry.costs = [100, 40, 20, 10];
                entry
            })
            .collect();
        session
    }

    fn chosen(session: &Session) -> Chosen {
        let ledger = balanced::Ledger::new(session, PlanSettings::default(), crate::model::Time(0));
        balanced::choose(session, &ledger, 100_000)
    }

    #[test]
    fn a_pack_is_all_in_the_cache_until_an_edit_breaks_it_at_the_entry() {
        let mut session = session();
        let sent = Sent::new(&session, &chosen(&session));
        let whole = chosen(&session);
        assert_eq!(sent.boundary(&session, &whole), Boundary { tokens: whole.used, breaks_at: None });

        session.entries[4].state.fate = crate::model::Fate::Evicted;
        let edited = chosen(&session);
        let boundary = sent.boundary(&session, &edited);
        assert_eq!(boundary.tokens, whole.frame + 400, "#1 to #4 are the same");
        assert_eq!(boundary.breaks_at_words(&session, &edited).as_deref(), Some("#6"));
    }

    #[test]
    fn what_is_appended_breaks_nothing_before_it() {
        let mut session = session();
        let before = chosen(&session);
        let sent = Sent::new(&session, &before);
        let mut last = entry(11, Kind::Message, "message 11");
        last.costs = [100, 40, 20, 10];
        session.entries.push(last);
        let after = chosen(&session);
        let boundary = sent.boundary(&session, &after);
        assert!(boundary.tokens >= before.frame + 600, "older entries stay where they are: {boundary:?}");
    }

    #[test]
    fn another_level_or_another_text_is_another_piece() {
        let mut session = session();
        let sent = Sent::new(&session, &chosen(&session));
        session.entries[2].state.held = crate::model::Held { level: Level::Summary, by: crate::model::HeldBy::Hand };
        let boundary = sent.boundary(&session, &chosen(&session));
        assert_eq!(boundary.breaks_at_words(&session, &chosen(&session)).as_deref(), Some("#3"));
    }
}
