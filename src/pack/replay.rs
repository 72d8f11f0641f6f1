//! A session again, turn by turn, as it would have been: at the end of each turn only what was written until then counts,
//! so importance and the index of names are derived from that part alone.

mod step;

use std::ops::Range;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use step::{FactMove, FactMoved, Move, Moved, Step};

use super::{
    chosen::Chosen,
    names,
    settings::PlanSettings,
    strategy::{Folding, Given, balanced::Ledger, texts::Texts},
};
use crate::{
    facts::{self, Standing},
    model::{Fate, Level, Session, Time},
    score::{self, Mentions},
};

/// The name and version of the report's shape; fields are only ever added to it.
pub const SCHEMA: &str = "haversack-replay/1";

/// A whole replay. It holds no moment at which it was made: the same session gives the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Replay)]
pub struct Report {
    pub schema: String,
    pub session_id: String,
    pub strategy: String,
    pub budget: u32,
    pub tokenizer: String,
    pub exact: bool,
    pub turns: Vec<Turn>,
}

/// What would have been carried forward at the end of a turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Turn {
    /// From 1. What stands before the first prompt is a turn too.
    pub turn: usize,
    /// The first and last entry of the turn.
    pub first_seq: u32,
    pub last_seq: u32,
    /// The time of the newest entry so far, in milliseconds since 1970; `null` where the log tells none.
    pub as_of: Option<i64>,
    pub used: u32,
    pub value: f64,
    /// Value ÷ value of everything so far, 0 to 1.
    pub kept: f64,
    pub notes: Vec<String>,
    pub facts: Facts,
    pub included: Vec<Included>,
    pub excluded: Vec<Excluded>,
    pub changes: Changes,
}

/// Keys by standing, in order of arrival.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = FactsOfTurn)]
pub struct Facts {
    pub active: Vec<String>,
    pub expired: Vec<String>,
    pub superseded: Vec<String>,
    pub rejected: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Included {
    pub seq: u32,
    pub level: Level,
    pub tokens: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExcludedOfTurn)]
pub struct Excluded {
    pub seq: u32,
    pub reason: String,
}

/// What is other than at the end of the turn before; new entries that are in have `entered`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ChangesOfTurn)]
pub struct Changes {
    pub entered: Vec<u32>,
    pub left: Vec<u32>,
    /// Carried with less text than before.
    pub sank: Vec<u32>,
    /// Carried with more text than before.
    pub rose: Vec<u32>,
    /// Change of the pack's tokens.
    pub tokens: i64,
}

/// Replays a session. `tell` hears how many turns are done, and of how many.
pub fn replay(
    session: &Session,
    settings: PlanSettings,
    budget: u32,
    texts: &Texts,
    tell: &dyn Fn(usize, usize),
) -> Report {
    let replayer = Replayer::new(session, settings, budget, texts);
    let mut turns: Vec<Turn> = Vec::with_capacity(replayer.len());
    for number in 0..replayer.len() {
        let turn = replayer.turn(number, turns.last());
        turns.push(turn);
        tell(number + 1, replayer.len());
    }
    Report {
        schema: SCHEMA.into(),
        session_id: session.id.to_string(),
        strategy: settings.strategy.to_string(),
        budget,
        tokenizer: settings.encoding.to_string(),
        exact: settings.encoding.is_exact(),
        turns,
    }
}

/// A session that is replayed a turn at a time.
pub struct Replayer<'a> {
    session: &'a Session,
    settings: PlanSettings,
    budget: u32,
    texts: &'a Texts,
    mentions: Mentions,
    turns: Vec<Range<usize>>,
}

impl<'a> Replayer<'a> {
    pub fn new(session: &'a Session, settings: PlanSettings, budget: u32, texts: &'a Texts) -> Replayer<'a> {
        let (mentions, turns) = (Mentions::new(session), session.turns());
        Replayer { session, settings, budget, texts, mentions, turns }
    }

    /// How many turns there are.
    pub fn len(&self) -> usize {
        self.turns.len()
    }

    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// The turn of this number, from 0; `before`: the one before it. The longer the session by then, the longer it takes.
    pub fn turn(&self, number: usize, before: Option<&Turn>) -> Turn {
        let (range, settings, texts) = (&self.turns[number], self.settings, self.texts);
        let part = until(self.session, &self.mentions, range.end, texts);
        let as_of = part.entries.iter().filter_map(|entry| entry.at).max();
        let ledger = Ledger::new(&part, settings, as_of.unwrap_or_default());
        let given = Given { session: &part, ledger: &ledger, settings, texts, folding: Folding::Written };
        let chosen = settings.strategy.choose(&given, self.budget);
        let mut turn = turn(&part, &chosen, as_of);
        turn.turn = number + 1;
        turn.first_seq = self.session.entries[range.start].seq;
        turn.changes = changes(before, &turn);
        turn
    }
}

/// The session as it was when it had this many entries. What a later entry superseded or stands for was live then.
pub fn until(session: &Session, mentions: &Mentions, entries: usize, texts: &Texts) -> Session {
    let mut part = Session { entries: session.entries[..entries].to_vec(), names: Vec::new(), ..session.clone() };
    let known: std::collections::HashSet<_> = part.entries.iter().map(|entry| entry.id).collect();
    let summed_up: std::collections::HashSet<_> =
        part.entries.iter().filter_map(|entry| entry.made.as_ref()).flat_map(|made| made.sources.clone()).collect();
    let later: std::collections::HashSet<_> = session.entries[entries..]
        .iter()
        .filter_map(|entry| entry.made.as_ref())
        .flat_map(|made| made.sources.clone())
        .filter(|source| !summed_up.contains(source))
        .collect();
    for entry in &mut part.entries {
        let not_yet = match entry.state.fate {
            Fate::Superseded { by } => !known.contains(&by),
            Fate::Archived => later.contains(&entry.id),
            Fate::Live | Fate::Evicted => false,
        };
        if not_yet {
            entry.state.fate = Fate::Live;
        }
    }
    let mentions = mentions.until(entries);
    let names = names::index(&part, &mentions, texts.tokenizer());
    let scores = score::scores(&part, &mentions);
    for (entry, score) in part.entries.iter_mut().zip(scores) {
        entry.score = score;
    }
    part.names = names;
    part
}

fn turn(session: &Session, chosen: &Chosen, as_of: Option<Time>) -> Turn {
    let mut turn = Turn {
        last_seq: session.entries.last().map_or(0, |entry| entry.seq),
        as_of: as_of.map(|as_of| as_of.0),
        used: chosen.used,
        value: chosen.value,
        kept: chosen.kept,
        notes: chosen.notes.clone(),
        ..Turn::default()
    };
    for (fact, standing) in session.facts.iter().zip(facts::standings(&session.facts, as_of.unwrap_or_default())) {
        let keys = match standing {
            Standing::NotYet => continue,
            Standing::Active => &mut turn.facts.active,
            Standing::Expired | Standing::Removed => &mut turn.facts.expired,
            Standing::Superseded { .. } => &mut turn.facts.superseded,
            Standing::RejectedLowerTrust { .. } | Standing::RejectedStale { .. } => &mut turn.facts.rejected,
        };
        keys.push(fact.key.to_string());
    }
    for ((index, entry), tokens) in session.entries.iter().enumerate().zip(chosen.block_tokens()) {
        match (chosen.levels[index].zip(tokens), chosen.out[index]) {
            (Some((level, tokens)), _) => turn.included.push(Included { seq: entry.seq, level, tokens }),
            (None, Some(reason)) => turn.excluded.push(Excluded { seq: entry.seq, reason: reason.to_string() }),
            (None, None) => {}
        }
    }
    turn
}

/// What one turn's pack has that another's has not; `None` = an empty pack.
pub fn changes(before: Option<&Turn>, after: &Turn) -> Changes {
    let level = |turn: &Turn, seq: u32| {
        let at = turn.included.binary_search_by_key(&seq, |included| included.seq).ok()?;
        Some(turn.included[at].level)
    };
    let was = |seq: u32| before.and_then(|before| level(before, seq));
    let mut changes = Changes {
        tokens: i64::from(after.used) - before.map_or(0, |before| i64::from(before.used)),
        ..Changes::default()
    };
    for included in &after.included {
        match was(included.seq) {
            None => changes.entered.push(included.seq),
            Some(level) if level < included.level => changes.sank.push(included.seq),
            Some(level) if level > included.level => changes.rose.push(included.seq),
            Some(_) => {}
        }
    }
    let gone = before.into_iter().flat_map(|before| &before.included).map(|included| included.seq);
    changes.left = gone.filter(|&seq| level(after, seq).is_none()).collect();
    changes
}
