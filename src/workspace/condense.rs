//! Making the summary that a condensing puts in place of entries.

use xxhash_rust::xxh3::xxh3_64;

use super::{Workspace, prepare::Counters};
use crate::{
    model::{Clean, Entry, EntryId, Kind, Level, Made, Reason, Refusal, Role, Score, Seen, Session, Verb, exact},
    pack::{price, summary::WorkingSummary},
    text::redact,
};

/// Tokens of a summary by the root of its sources', and its bounds; lore's.
const PER_ROOT: f64 = 10.0;
const LEAST: u32 = 256;
const MOST: u32 = 4_096;

/// A summary that is not in the session yet.
#[derive(Clone, Debug)]
pub struct Condensing {
    pub summary: Entry,
    /// What stays as it is, and why.
    pub refusals: Vec<Refusal>,
}

impl Condensing {
    /// The verb that puts it in.
    pub fn verb(&self) -> Verb {
        Verb::Condense(Box::new(self.summary.clone()))
    }
}

impl Workspace {
    /// The summary of these entries; see [`condensed`].
    pub fn condensed(&self, session: &Session, on: &[EntryId], tokens: Option<u32>) -> Result<Condensing, Refusal> {
        condensed(session, on, tokens, self.counters())
    }
}

/// The summary of these entries, whose block costs at most `tokens`; without a number as many as lore gives: ten
/// times the root of the sources' tokens, from 256 to 4,096, beside what an earlier summary among them needs. The
/// earlier one is brought up to date, never cut.
///
/// # Errors
/// Where nothing can be condensed, or `tokens` do not hold the earlier summary. (A summary that costs as much as its
/// sources is refused by the verb.)
pub fn condensed(
    session: &Session,
    on: &[EntryId],
    tokens: Option<u32>,
    counters: &Counters,
) -> Result<Condensing, Refusal> {
    let (sources, refusals) = session.condensable(on);
    if sources.is_empty() {
        let nothing = Refusal { seq: 0, why: "nothing is selected that could be condensed".into() };
        return Err(refusals.into_iter().next().unwrap_or(nothing));
    }
    let (earlier, rest): (Vec<usize>, Vec<usize>) =
        sources.iter().partition(|&&index| session.entries[index].kind == Kind::Summary);
    let mut summary = blank(session, &sources);
    let cost = |text: &str| price::cost_of(&summary, Level::Full, text, counters.costs());
    let needed = match earlier.is_empty() {
        true => 0,
        false => cost(&WorkingSummary::of(session, &earlier).text()),
    };
    let rest: u32 = rest.iter().map(|&index| session.entries[index].cost(Level::Full)).sum();
    let allowed = tokens.unwrap_or_else(|| needed + allowance(rest));
    if allowed < needed {
        let seq = session.entries[earlier[0]].seq;
        let [allowed, needed] = [allowed, needed].map(|tokens| exact(tokens.into()));
        let why = format!(
            "is an earlier summary, which {allowed} tokens would cut: allow at least {needed}, or leave it out"
        );
        return Err(Refusal { seq, why });
    }
    let text = WorkingSummary::fitted(session, &sources, allowed, &cost).text();
    fill(session, &mut summary, redact::clean(&text), counters);
    Ok(Condensing { summary, refusals })
}

/// A summary of these entries whose text somebody else wrote.
///
/// # Errors
/// Where nothing can be condensed.
pub(super) fn condensed_as(
    session: &Session,
    on: &[EntryId],
    text: Clean,
    counters: &Counters,
) -> Result<Condensing, Refusal> {
    let (sources, refusals) = session.condensable(on);
    if sources.is_empty() {
        let nothing = Refusal { seq: 0, why: "nothing is selected that could be condensed".into() };
        return Err(refusals.into_iter().next().unwrap_or(nothing));
    }
    let mut summary = blank(session, &sources);
    fill(session, &mut summary, text, counters);
    Ok(Condensing { summary, refusals })
}

fn fill(session: &Session, summary: &mut Entry, text: Clean, counters: &Counters) {
    summary.text = text;
    summary.id = id(session, summary);
    counters.derive(summary);
}

/// Tokens for a summary of entries that cost so many.
pub(super) fn allowance(tokens: u32) -> u32 {
    ((f64::from(tokens).sqrt() * PER_ROOT).ceil() as u32).clamp(LEAST, MOST)
}

/// The summary without its text.
fn blank(session: &Session, sources: &[usize]) -> Entry {
    let entries = || sources.iter().map(|&index| &session.entries[index]);
    let seq = session.entries.last().map_or(0, |entry| entry.seq) + 1;
    let importance = entries().map(Entry::importance).fold(0.0, f32::max);
    let words = format!("stands for {} entries", sources.len());
    let made = Made {
        generation: entries().map(Entry::generation).max().unwrap_or(0).saturating_add(1),
        sources: entries().map(|entry| entry.id).collect(),
        source_tokens: entries().map(|entry| entry.cost(Level::Full)).sum(),
    };
    Entry {
        score: Score { value: importance, reasons: vec![Reason { words, points: importance }] },
        at: entries().filter_map(|entry| entry.at).max(),
        seen: Seen::Never,
        made: Some(Box::new(made)),
        ..Entry::new(EntryId(0), seq, Kind::Summary, Role::System, redact::clean(""))
    }
}

/// From all that makes it this summary: made again after an undo it is the same.
fn id(session: &Session, summary: &Entry) -> EntryId {
    let sources = summary.made.as_ref().map_or(&[][..], |made| &made.sources);
    let sources: String = sources.iter().map(|id| id.to_string()).collect();
    EntryId(xxh3_64(format!("{}\0summary\0{}\0{sources}\0{}", session.id, summary.seq, &*summary.text).as_bytes()))
}

#[cfg(test)]
mod tests;
