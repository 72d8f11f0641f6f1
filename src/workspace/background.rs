//! What follows in pieces while there is nothing else to do: recall's index, and which outputs later ones say again.
//! Stopped anywhere, it goes on with the next piece, or with the session that it was at.

use super::{Backlog, OpenStore, Result, SessionId, Workspace};
use crate::{
    score::duplicates::{Outputs, WORTHWHILE},
    store::{StoreError, Uncompared},
};

/// Outputs of a piece: some milliseconds.
const PIECE: u32 = 200;

/// What a piece of comparing came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Every session is compared.
    Nothing,
    Left,
    /// A session is done; so many of its outputs are said again.
    Session {
        id: SessionId,
        found: usize,
    },
}

/// A session whose outputs are being compared.
pub(super) struct Comparing {
    of: Uncompared,
    next: u32,
    outputs: Outputs,
}

impl Workspace {
    /// Takes the next entries into the index that recall looks into.
    pub fn index_piece(&mut self) -> Result<Backlog> {
        match &self.store {
            OpenStore::Native(native) => Ok(native.index_piece()?),
            // Another program's file is searched as it is.
            OpenStore::Distill(_) => Ok(Backlog::Done),
        }
    }

    /// Compares the next outputs of a session that was read from a log.
    pub fn compare_piece(&mut self) -> Result<Compared> {
        let OpenStore::Native(native) = &mut self.store else { return Ok(Compared::Nothing) };
        let mut comparing = match self.comparing.take() {
            Some(comparing) => comparing,
            None => match native.uncompared()? {
                Some(of) => Comparing { of, next: 0, outputs: Outputs::default() },
                None => return Ok(Compared::Nothing),
            },
        };
        let Comparing { of, next, outputs } = &mut comparing;
        let piece = match native.outputs(&of.id, *next, of.next_seq, WORTHWHILE, PIECE) {
            // It was purged meanwhile.
            Err(StoreError::NoSession(_)) => return Ok(Compared::Left),
            piece => piece?,
        };
        for (seq, id, text) in &piece {
            outputs.add(*id, text);
            *next = seq + 1;
        }
        if piece.len() == PIECE as usize {
            self.comparing = Some(comparing);
            return Ok(Compared::Left);
        }
        let found = outputs.found();
        native.keep_repeated(of, &found)?;
        Ok(Compared::Session { id: comparing.of.id, found: found.len() })
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{
        model::{Actor, EntryId, Kind, Repeated, Session, SourceFile},
        pack::{settings::PlanSettings, strategy::tests::entry},
    };

    fn many_outputs() -> Session {
        let mut session = Session::new(SessionId::new("claude:again"));
        session.sources = vec![SourceFile { path: "log.jsonl".into(), bytes: 1 }];
        let text = |seq: u32| (0..90).map(|word| format!("{} ", 100_000 + word * (seq % 500))).collect::<String>();
        session.entries = (1..=600).map(|seq| entry(seq, Kind::Result, &text(seq))).collect();
        session
    }

    #[test]
    fn comparing_that_was_stopped_goes_on_and_is_done_once() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Workspace::open(&folder.path().join("store.db"), PlanSettings::default()).unwrap();
        let mut workspace = open();
        workspace.put(&many_outputs(), &Actor::rule()).unwrap();
        assert_eq!(workspace.compare_piece().unwrap(), Compared::Left);
        drop(workspace);

        let mut workspace = open();
        let pieces: Vec<Compared> = (0..6).map(|_| workspace.compare_piece().unwrap()).collect();
        let done = Compared::Session { id: SessionId::new("claude:again"), found: 100 };
        assert_eq!(pieces[..3], [Compared::Left, Compared::Left, Compared::Left]);
        assert_eq!(pieces[3..], [done, Compared::Nothing, Compared::Nothing]);
        let found = open().session(&SessionId::new("claude:again")).unwrap().repeated;
        assert_eq!(found[0], Repeated { older: EntryId(1), newer: EntryId(501), share: 1.0 });
        assert_eq!(found.len(), 100);
    }

    #[test]
    fn a_session_that_is_purged_meanwhile_holds_up_no_other() {
        let mut workspace = Workspace::throw_away(PlanSettings::default()).unwrap();
        let session = many_outputs();
        workspace.put(&session, &Actor::rule()).unwrap();
        assert_eq!(workspace.compare_piece().unwrap(), Compared::Left);
        workspace.purge(&session.id, &Actor::person()).unwrap();
        assert_eq!(workspace.compare_piece().unwrap(), Compared::Left);
        assert_eq!(workspace.compare_piece().unwrap(), Compared::Nothing);
    }
}
