//! Small sessions for the tests of this folder.

use crate::{
    model::{Entry, EntryId, Kind, Role, Score},
    text::redact,
};

pub(crate) fn entry(seq: u32, kind: Kind, text: &str) -> Entry {
    let score = Score { value: 0.5, reasons: Vec::new() };
    Entry { score, ..Entry::new(EntryId(u64::from(seq)), seq, kind, Role::Assistant, redact::clean(text)) }
}
