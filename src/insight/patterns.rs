//! What recurs over sessions: signals of one kind, polarity and place, with the evidence for each.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{Digest, Polarity, Signal, SignalKind, signals::Place};
use crate::{
    model::{Clean, SessionId},
    text::{redact, words},
};

/// Sessions that an example is given of.
const MOST_EXAMPLES: usize = 5;

/// What counts, and from when on. session_memory's numbers, all settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetectSettings {
    /// Signals of a pattern, at the least.
    pub min_frequency: u32,
    /// Entries of a session that counts: shorter ones are health checks and slips.
    pub min_events: u32,
    /// Calls of it that do something.
    pub min_calls: u32,
    /// Characters of its longest prompt.
    pub min_prompt_chars: u32,
    /// Sessions from which on a 90th percentile means something.
    pub min_sessions_for_budget: usize,
}

impl Default for DetectSettings {
    fn default() -> Self {
        Self { min_frequency: 2, min_events: 20, min_calls: 3, min_prompt_chars: 25, min_sessions_for_budget: 10 }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// `problem:retry_storm:cargo test`.
    pub key: String,
    pub polarity: Polarity,
    pub kind: SignalKind,
    pub locus: Clean,
    pub evidence: PatternEvidence,
    /// Seen with more than one agent: no quirk of one of them.
    pub cross_agent: bool,
    /// Changes where the evidence does, and with nothing else.
    pub fingerprint: String,
    /// The sessions with the greatest part in it first.
    pub examples: Vec<Example>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternEvidence {
    /// Signals.
    pub frequency: u32,
    pub sessions: u32,
    pub projects: u32,
    /// In order of name.
    pub agents: Vec<String>,
    /// Tokens that went into it.
    pub tokens: u64,
}

/// One signal that a pattern rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    pub session_id: SessionId,
    pub title: Clean,
    pub detail: Clean,
    pub magnitude: u32,
    pub tokens: u64,
    pub places: Vec<Place>,
}

/// Takes in digests one by one, keeping of each only what patterns are made of.
#[derive(Debug, Default)]
pub struct Detector {
    settings: DetectSettings,
    sessions: Vec<Counted>,
}

/// What is kept of a digest.
#[derive(Debug)]
struct Counted {
    id: SessionId,
    agent: String,
    project: Clean,
    title: Clean,
    spent: u64,
    signals: Vec<Signal>,
}

/// A signal, and the session that shows it.
type Shown<'a> = (&'a Counted, &'a Signal);

impl Detector {
    pub fn new(settings: DetectSettings) -> Detector {
        Detector { settings, sessions: Vec::new() }
    }

    /// Whether the session counts: sub-agents' helpers, health checks and slips are noise.
    pub fn take(&mut self, digest: Digest) -> bool {
        let counts = digest.entries >= self.settings.min_events
            && digest.substantive_calls >= self.settings.min_calls
            && digest.prompt_chars >= self.settings.min_prompt_chars;
        if counts {
            let spent = digest.spent();
            let Digest { session_id: id, agent, project, title, signals, .. } = digest;
            self.sessions.push(Counted { id, agent, project, title, spent, signals });
        }
        counts
    }

    /// The patterns, those of several agents first, then the most frequent, the most costly, by key. The order in which
    /// digests were taken in changes nothing.
    pub fn patterns(mut self) -> Vec<Pattern> {
        self.sessions.sort_by(|one, other| one.id.cmp(&other.id));
        self.sessions.dedup_by(|one, other| one.id == other.id);
        self.mark_overruns();
        let mut clusters: BTreeMap<(Polarity, SignalKind, &str), Vec<Shown>> = BTreeMap::new();
        for session in &self.sessions {
            for signal in &session.signals {
                clusters
                    .entry((signal.polarity, signal.kind, signal.locus.as_str()))
                    .or_default()
                    .push((session, signal));
            }
        }
        let frequent = clusters.into_iter().filter(|(_, found)| found.len() >= self.settings.min_frequency as usize);
        let mut patterns: Vec<Pattern> =
            frequent.map(|((polarity, kind, _), found)| pattern(polarity, kind, &found)).collect();
        patterns.sort_by(|one, other| {
            let rank = |pattern: &Pattern| (pattern.cross_agent, pattern.evidence.frequency, pattern.evidence.tokens);
            rank(other).cmp(&rank(one)).then_with(|| one.key.cmp(&other.key))
        });
        patterns
    }

    /// Gives a signal to each session that spent more than the 90th percentile of all (nearest rank).
    fn mark_overruns(&mut self) {
        if self.sessions.len() < self.settings.min_sessions_for_budget {
            return;
        }
        let mut spent: Vec<u64> = self.sessions.iter().map(|session| session.spent).collect();
        spent.sort_unstable();
        let limit = spent[(spent.len() * 9).div_ceil(10) - 1];
        for session in self.sessions.iter_mut().filter(|session| session.spent > limit) {
            session.signals.push(Signal {
                kind: SignalKind::BudgetOverrun,
                polarity: SignalKind::BudgetOverrun.polarity(),
                locus: redact::clean("tokens"),
                magnitude: 1,
                tokens: session.spent - limit,
                detail: redact::clean(&format!(
                    "{} tokens spent, nine sessions in ten spend at most {}",
                    words::short(session.spent),
                    words::short(limit)
                )),
                places: Vec::new(),
            });
        }
    }
}

/// The patterns of these digests, in any order.
pub fn detect(digests: impl IntoIterator<Item = Digest>, settings: DetectSettings) -> Vec<Pattern> {
    let mut detector = Detector::new(settings);
    for digest in digests {
        detector.take(digest);
    }
    detector.patterns()
}

fn pattern(polarity: Polarity, kind: SignalKind, found: &[Shown]) -> Pattern {
    let locus = found[0].1.locus.clone();
    let sessions: BTreeSet<&SessionId> = found.iter().map(|(session, _)| &session.id).collect();
    let projects: BTreeSet<&Clean> = found.iter().map(|(session, _)| &session.project).collect();
    let agents: BTreeSet<&String> = found.iter().map(|(session, _)| &session.agent).collect();
    let mut examples: Vec<&Shown> = found.iter().collect();
    examples.sort_by(|(one_session, one), (other_session, other)| {
        let part = |signal: &Signal| (signal.tokens, signal.magnitude);
        part(other)
            .cmp(&part(one))
            .then_with(|| one_session.id.cmp(&other_session.id))
            .then_with(|| one.detail.cmp(&other.detail))
    });
    let example = |(session, signal): &&Shown| Example {
        session_id: session.id.clone(),
        title: session.title.clone(),
        detail: signal.detail.clone(),
        magnitude: signal.magnitude,
        tokens: signal.tokens,
        places: signal.places.clone(),
    };
    Pattern {
        key: format!("{polarity}:{kind}:{locus}"),
        polarity,
        kind,
        evidence: PatternEvidence {
            frequency: found.len() as u32,
            sessions: sessions.len() as u32,
            projects: projects.len() as u32,
            tokens: found.iter().map(|(_, signal)| signal.tokens).sum(),
            agents: agents.iter().map(|&agent| agent.clone()).collect(),
        },
        cross_agent: agents.len() > 1,
        fingerprint: fingerprint(found),
        examples: examples.iter().take(MOST_EXAMPLES).map(example).collect(),
        locus,
    }
}

/// Of the sessions and of how much each showed.
fn fingerprint(found: &[Shown]) -> String {
    let mut parts: Vec<String> =
        found.iter().map(|(session, signal)| format!("{} {}", session.id, signal.magnitude)).collect();
    parts.sort_unstable();
    format!("{:016x}", xxh3_64(parts.join("\n").as_bytes()))
}
