//! Which entries are the tail: the prompt that opens the current turn, and the last few entries, exchanges whole.

use crate::{
    model::{Exchanges, Kind, Session},
    pack::settings::PlanSettings,
};

/// The tail as exchanges in the order in which they are given room: the opening prompt, then newest to oldest. Indices
/// into `exchanges`.
pub fn tail(session: &Session, exchanges: &Exchanges, settings: PlanSettings) -> Vec<usize> {
    let live = |index: &usize| session.entries[*index].is_live();
    let all_live = |exchange: usize| exchanges[exchange].iter().all(live);
    let opening =
        (0..session.entries.len()).rev().find(|&index| session.entries[index].kind == Kind::Prompt && live(&index));
    let recent = (0..session.entries.len())
        .rev()
        .filter(|&index| all_live(exchanges.number(index)))
        .take(session.settings.preserve_recent.unwrap_or(settings.tail) as usize);
    let mut tail: Vec<usize> = Vec::new();
    for index in opening.into_iter().chain(recent) {
        if !tail.contains(&exchanges.number(index)) {
            tail.push(exchanges.number(index));
        }
    }
    tail
}
