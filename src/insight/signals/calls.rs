//! Calls that failed again and again, and calls that did nothing for the task.

use std::{borrow::Cow, collections::BTreeMap};

use super::{Signal, SignalKind, places};
use crate::{
    insight::{
        digest::is_plumbing,
        locus,
        outcome::{clipped, error_line, is_status},
    },
    model::{Entry, Exchanges, Kind, Level, Mark, Session},
    score::tried,
    text::words,
};

/// Failures of the same from which on it is a storm, and equal errors from which on they are repeated: twice is a second try.
const AGAIN: usize = 3;
/// Calls from which on a share of them says something; session_memory's.
const MANY_CALLS: usize = 20;
/// Failed calls of one tool that are a thrash.
const THRASH: usize = 5;

/// What was tried several times and failed each time, until it went through or was given up.
pub fn retry_storms(session: &Session, exchanges: &Exchanges) -> Vec<Signal> {
    let mut runs: BTreeMap<Cow<str>, Vec<&Entry>> = BTreeMap::new();
    let mut storms: Vec<Vec<&Entry>> = Vec::new();
    for (index, call) in session.entries.iter().enumerate().filter(|(_, entry)| entry.kind == Kind::Call) {
        let results = exchanges.of(index).iter().map(|&member| &session.entries[member]);
        let failed = results.clone().any(|result| result.kind == Kind::Result && result.marks.has(Mark::Error));
        let run = runs.entry(tried(call)).or_default();
        if failed {
            run.push(call);
        } else if run.len() >= AGAIN {
            storms.push(std::mem::take(run));
        } else {
            run.clear();
        }
    }
    storms.extend(runs.into_values().filter(|run| run.len() >= AGAIN));
    let tokens = |call: &Entry| {
        let index = session.index_of(call.id).expect("the call is one of the session's");
        exchanges.of(index).iter().map(|&member| u64::from(session.entries[member].cost(Level::Full))).sum::<u64>()
    };
    let signal = |run: Vec<&Entry>| {
        let place = locus::of_call(run[0]);
        Signal {
            kind: SignalKind::RetryStorm,
            polarity: SignalKind::RetryStorm.polarity(),
            detail: clipped(&format!("{place} failed {} times in a row", run.len())),
            locus: clipped(&place),
            magnitude: run.len() as u32,
            tokens: run.iter().map(|call| tokens(call)).sum(),
            places: places(run),
        }
    };
    storms.into_iter().map(signal).collect()
}

pub fn repeated_errors(session: &Session) -> Vec<Signal> {
    let mut by_form: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in session.entries.iter().filter(|entry| entry.kind == Kind::Result && entry.marks.has(Mark::Error)) {
        let line = error_line(&entry.text);
        let form = locus::of_error(line);
        if !is_status(line) && form.chars().filter(|c| c.is_alphabetic()).count() >= 4 {
            by_form.entry(form).or_default().push(entry);
        }
    }
    let signal = |(form, entries): (String, Vec<&Entry>)| Signal {
        kind: SignalKind::RepeatedErrors,
        polarity: SignalKind::RepeatedErrors.polarity(),
        detail: clipped(&format!("{} times: {}", entries.len(), error_line(&entries[0].text))),
        locus: clipped(&form),
        magnitude: entries.len() as u32,
        tokens: entries.iter().map(|entry| u64::from(entry.cost(Level::Full))).sum(),
        places: places(entries),
    };
    by_form.into_iter().filter(|(_, entries)| entries.len() >= AGAIN).map(signal).collect()
}

pub fn infra_overhead(session: &Session) -> Option<Signal> {
    let calls = session.entries.iter().filter(|entry| entry.kind == Kind::Call).count();
    let plumbing: Vec<&Entry> = session.entries.iter().filter(|entry| is_plumbing(entry)).collect();
    let is_much = calls >= MANY_CALLS && plumbing.len() * 4 >= calls;
    is_much.then(|| Signal {
        kind: SignalKind::InfraOverhead,
        polarity: SignalKind::InfraOverhead.polarity(),
        locus: clipped("tools"),
        magnitude: plumbing.len() as u32,
        tokens: plumbing.iter().map(|call| u64::from(call.cost(Level::Full))).sum(),
        detail: clipped(&format!(
            "{} of {calls} calls plan, wait or list tools ({})",
            plumbing.len(),
            words::percent(plumbing.len() as f64 / calls as f64)
        )),
        places: places(plumbing),
    })
}

pub fn tool_thrash(session: &Session) -> Vec<Signal> {
    let mut by_tool: BTreeMap<&str, (usize, Vec<&Entry>)> = BTreeMap::new();
    for entry in &session.entries {
        let Some(tool) = entry.tool.as_deref() else { continue };
        let (calls, failed) = by_tool.entry(tool).or_default();
        match entry.kind {
            Kind::Call => *calls += 1,
            Kind::Result if entry.marks.has(Mark::Error) => failed.push(entry),
            _ => {}
        }
    }
    let thrashed =
        by_tool.into_iter().filter(|(_, (calls, failed))| failed.len() >= THRASH && failed.len() * 2 >= *calls);
    let signal = |(tool, (calls, failed)): (&str, (usize, Vec<&Entry>))| Signal {
        kind: SignalKind::ToolThrash,
        polarity: SignalKind::ToolThrash.polarity(),
        locus: clipped(&tool.to_lowercase()),
        magnitude: failed.len() as u32,
        tokens: failed.iter().map(|entry| u64::from(entry.cost(Level::Full))).sum(),
        detail: clipped(&format!("{} of {calls} calls of {tool} failed", failed.len())),
        places: places(failed),
    };
    thrashed.map(signal).collect()
}
