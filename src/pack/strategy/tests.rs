//! Small sessions for the tests of this folder.

use crate::{
    model::{Entry, EntryId, EntryState, Kind, Marks, Place, Role, Score, Seen},
    text::redact,
};

pub(crate) fn entry(seq: u32, kind: Kind, text: &str) -> Entry {
    Entry {
        id: EntryId(u64::from(seq)),
        seq,
        kind,
        role: Role::Assistant,
        marks: Marks::default(),
        tool: None,
        call_id: None,
        path: None,
        text: redact::clean(text),
        renditions: [None, None, None],
        costs: [0; 4],
        score: Score { value: 0.5, reasons: Vec::new() },
        at: None,
        place: Place::default(),
        seen: Seen::Unknown,
        usage: None,
        state: EntryState::default(),
    }
}
