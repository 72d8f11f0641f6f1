//! What the end of a session says of its whole: given up, clean, or recovered.

use std::collections::BTreeMap;

use super::{Evidence, Outcome, Place, Signal, SignalKind, places};
use crate::{
    insight::{locus, outcome::clipped},
    model::{Entry, Exchanges, Kind, Level, Mark, Session},
    score::Subjects,
    text::words,
};

pub fn of(session: &Session, exchanges: &Exchanges, outcome: Outcome, evidence: Option<&Evidence>) -> Vec<Signal> {
    match outcome {
        Outcome::Abandoned => whole(SignalKind::Abandoned, session, evidence).into_iter().collect(),
        Outcome::Success if is_clean(session) => whole(SignalKind::CleanPass, session, evidence).into_iter().collect(),
        Outcome::Success => recoveries(session, exchanges),
        Outcome::Fail | Outcome::Unknown => Vec::new(),
    }
}

fn is_clean(session: &Session) -> bool {
    let rough = [Mark::Error, Mark::Retry, Mark::Intervention];
    !session.entries.iter().any(|entry| rough.iter().any(|&mark| entry.marks.has(mark)))
}

fn whole(kind: SignalKind, session: &Session, evidence: Option<&Evidence>) -> Option<Signal> {
    let evidence = evidence?;
    Some(Signal {
        kind,
        polarity: kind.polarity(),
        locus: clipped("outcome"),
        magnitude: 1,
        tokens: session.entries.iter().map(|entry| u64::from(entry.cost(Level::Full))).sum(),
        detail: clipped(&format!("{}: {}", evidence.why, evidence.line)),
        places: vec![Place { entry_id: evidence.entry_id, seq: evidence.seq }],
    })
}

/// What failed and went through later, once for each place.
fn recoveries(session: &Session, exchanges: &Exchanges) -> Vec<Signal> {
    let mut by_locus: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for repeat in Subjects::new(session).resolved_failures(session, exchanges) {
        let place = locus::of_call(&session.entries[repeat.stale]);
        by_locus.entry(place).or_default().push((repeat.stale, repeat.by));
    }
    let tokens = |call: usize| {
        exchanges.of(call).iter().map(|&index| u64::from(session.entries[index].cost(Level::Full))).sum::<u64>()
    };
    let signal = |(place, pairs): (String, Vec<(usize, usize)>)| {
        let mut linked: Vec<usize> = pairs.iter().flat_map(|&(failed, passed)| [failed, passed]).collect();
        linked.sort_unstable();
        linked.dedup();
        let entries: Vec<&Entry> =
            linked.iter().map(|&index| &session.entries[index]).filter(|entry| entry.kind == Kind::Call).collect();
        Signal {
            kind: SignalKind::ErrorThenRecovery,
            polarity: SignalKind::ErrorThenRecovery.polarity(),
            detail: clipped(&format!("{place} failed {} and went through later", words::times(pairs.len()))),
            locus: clipped(&place),
            magnitude: pairs.len() as u32,
            tokens: pairs.iter().map(|&(failed, _)| tokens(failed)).sum(),
            places: places(entries),
        }
    };
    by_locus.into_iter().map(signal).collect()
}
