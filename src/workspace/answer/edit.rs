//! What an edit, an undo or a redo did.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    model::{Edit, EntryId, Refusal, Session, SessionId},
    workspace::Done,
};

/// What a verb did.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Edited {
    pub session_id: SessionId,
    pub words: String,
    pub changed: Vec<Changed>,
    pub refused: Vec<Refused>,
    /// What distill makes of the edit, in a distill file.
    pub honoured: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Changed {
    pub entry_id: EntryId,
    pub seq: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Refused {
    pub seq: u32,
    pub why: String,
}

impl Edited {
    /// `session`: one that knows the entries that were there before.
    pub fn new(session: &Session, done: &Done) -> Edited {
        let changed = |entry_id| Changed { entry_id, seq: session.entry(entry_id).map(|entry| entry.seq) };
        Edited {
            session_id: session.id.clone(),
            words: done.words.clone(),
            changed: done.edit.touches().into_iter().map(changed).collect(),
            refused: done.refusals.iter().map(Refused::new).collect(),
            honoured: done.honoured.map(|honoured| honoured.long),
        }
    }
}

impl Refused {
    fn new(refusal: &Refusal) -> Refused {
        Refused { seq: refusal.seq, why: refusal.why.clone() }
    }
}

/// What an undo or a redo did.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Stepped {
    pub session_id: SessionId,
    pub words: String,
    pub changed: Vec<EntryId>,
}

impl Stepped {
    pub fn undone(session_id: SessionId, edit: &Edit) -> Stepped {
        Stepped { session_id, words: format!("undone: {}", edit.words), changed: edit.touches() }
    }

    pub fn redone(session_id: SessionId, edit: &Edit) -> Stepped {
        Stepped { session_id, words: format!("redone: {}", edit.words), changed: edit.touches() }
    }
}
