//! Faults of memory that only a store of what was lost, pinned and known can see.

use super::{Signal, SignalKind, places};
use crate::{
    facts::{Standing, standings},
    insight::outcome::clipped,
    model::{Entry, EntryId, Fact, FactKind, Kind, Level, Seen, Session, Time},
    score::sentences_with_rule,
    text::compress::names,
};

/// Writes of another value for a fact in force, after the entry that the fact was taken from was lost.
pub fn contradicted(session: &Session) -> Vec<Signal> {
    let newest = session.facts.iter().map(|fact| fact.at).max().unwrap_or(Time(0));
    let standing: Vec<Standing> = standings(&session.facts, newest);
    let fact_of = |id| session.facts.iter().find(|fact| fact.id == id);
    let mut found = Vec::new();
    for (write, standing) in session.facts.iter().zip(standing) {
        // A lower trust cannot replace the fact, and still shows that the writer did not know it.
        let Standing::RejectedLowerTrust { by } = standing else { continue };
        let Some(known) = fact_of(by).filter(|known| known.value.trim() != write.value.trim()) else { continue };
        let Some((entry, boundary)) = lost_source(session, known) else { continue };
        if boundary.at.is_some_and(|lost| write.at >= lost) {
            let writer = write.source.and_then(|id| session.entry(id));
            found.push(Signal {
                kind: SignalKind::ContradictedAfterLoss,
                polarity: SignalKind::ContradictedAfterLoss.polarity(),
                locus: clipped(&known.key),
                magnitude: 1,
                tokens: u64::from(entry.cost(Level::Full)),
                detail: clipped(&format!(
                    "{} is '{}' (#{}, lost at #{}), and was said to be '{}' after that",
                    known.key, known.value, entry.seq, boundary.seq, write.value
                )),
                places: places([entry, boundary].into_iter().chain(writer)),
            });
        }
    }
    found
}

/// The entry that a fact was taken from, and the boundary that lost it.
fn lost_source<'a>(session: &'a Session, fact: &Fact) -> Option<(&'a Entry, &'a Entry)> {
    let entry = session.entry(fact.source?)?;
    let Seen::Lost { at, .. } = entry.seen else { return None };
    Some((entry, session.entry(at)?))
}

/// A rule that forbids something by its name.
struct Ban<'a> {
    /// The entry that says so; of a fact the one that it was taken from.
    by: Option<EntryId>,
    /// From which entry on it holds.
    from: u32,
    sentence: &'a str,
    /// What must not be done, as it is written.
    what: &'a str,
}

/// Calls that do what a pinned entry or a pinned constraint forbids.
pub fn violated(session: &Session) -> Vec<Signal> {
    let pinned =
        session.entries.iter().filter(|entry| entry.state.pinned && matches!(entry.kind, Kind::Prompt | Kind::Note));
    let of_entries = pinned.flat_map(|entry| bans(&entry.text, Some(entry.id), entry.seq));
    let constraints = session.facts.iter().filter(|fact| fact.pinned && fact.kind == FactKind::Constraint);
    let of_facts = constraints.flat_map(|fact| {
        let from = fact
            .source
            .and_then(|id| session.entry(id))
            .map_or_else(|| first_after(session, fact.at), |entry| entry.seq);
        bans(&fact.value, fact.source, from)
    });
    let mut found: Vec<Signal> = Vec::new();
    for ban in of_entries.chain(of_facts) {
        let does = |entry: &&Entry| entry.kind == Kind::Call && entry.seq > ban.from && says(&entry.text, ban.what);
        let calls: Vec<&Entry> = session.entries.iter().filter(does).collect();
        if !calls.is_empty() && !found.iter().any(|known| known.locus.as_str() == ban.what) {
            found.push(Signal {
                kind: SignalKind::ConstraintViolated,
                polarity: SignalKind::ConstraintViolated.polarity(),
                locus: clipped(ban.what),
                magnitude: calls.len() as u32,
                tokens: calls.iter().map(|call| u64::from(call.cost(Level::Full))).sum(),
                detail: clipped(&format!("'{}' is pinned, and #{} does it", ban.sentence.trim(), calls[0].seq)),
                places: places(ban.by.and_then(|id| session.entry(id)).into_iter().chain(calls)),
            });
        }
    }
    found
}

/// The number of the last entry that was there when a fact was written.
fn first_after(session: &Session, at: Time) -> u32 {
    session
        .entries
        .iter()
        .take_while(|entry| entry.at.is_none_or(|written| written <= at))
        .last()
        .map_or(0, |entry| entry.seq)
}

/// What the sentences of a text forbid by name: in backticks or quotes, or a name by its form.
fn bans(text: &str, by: Option<EntryId>, from: u32) -> impl Iterator<Item = Ban<'_>> {
    sentences_with_rule(text)
        .filter_map(forbidden)
        .flat_map(move |(sentence, rest)| quoted(rest).map(move |what| Ban { by, from, sentence, what }))
}

/// A sentence that forbids, and what stands behind the words that do, up to what should be done instead.
fn forbidden(sentence: &str) -> Option<(&str, &str)> {
    let lower = sentence.to_ascii_lowercase();
    let cues = ["never ", "do not ", "don't ", "don’t ", "must not ", "mustn't ", "forbidden"];
    let (at, cue) = cues.iter().filter_map(|cue| Some((lower.find(cue)?, cue))).min()?;
    let rest = &sentence[at + cue.len()..];
    let lower = &lower[at + cue.len()..];
    let end = [" instead", " without ", " unless ", " but ", " except ", "; ", ", use ", ": use "]
        .iter()
        .filter_map(|stop| lower.find(stop))
        .min();
    Some((sentence, &rest[..end.unwrap_or(rest.len())]))
}

/// What stands in backticks; where there is none, names of code and commands.
fn quoted(rest: &str) -> impl Iterator<Item = &str> {
    let in_ticks: Vec<&str> =
        rest.split('`').skip(1).step_by(2).map(str::trim).filter(|what| what.len() >= 3).collect();
    let named = in_ticks.is_empty().then(|| names::names(rest).map(|name| name.text).filter(|name| name.len() >= 4));
    in_ticks.into_iter().chain(named.into_iter().flatten())
}

/// Whether a text holds words as words, not as a part of longer ones.
fn says(text: &str, what: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(what)
        .any(|(at, _)| !is_word(text[..at].chars().next_back()) && !is_word(text[at + what.len()..].chars().next()))
}
