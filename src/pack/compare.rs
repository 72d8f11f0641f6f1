//! Packs side by side: strategies under one budget or several, the session as it was at a turn or before it was edited,
//! and what the agent itself still held.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::Serialize;
use strum::VariantArray;
use utoipa::ToSchema;

use super::{
    basis::Basis,
    chosen::PieceKind,
    sides::{Asked, Of, Packed, packed},
    strategy::{Strategy, texts::Texts},
    sweep::budget_in_words,
};
use crate::{model::EntryId, text::words};

/// One side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// What the agent's own context still held at the end of its log, whatever that cost.
    Agent,
    Strategy(Strategy),
    /// Of another state of the session, or under a budget of its own.
    Planned {
        of: Of,
        strategy: Strategy,
        budget: Option<u32>,
    },
}

impl Compared {
    fn asked(self, budget: u32) -> Asked {
        match self {
            Compared::Agent => Asked { of: Of::Agent, strategy: Strategy::default(), budget },
            Compared::Strategy(strategy) => Asked { of: Of::Now, strategy, budget },
            Compared::Planned { of, strategy, budget: own } => Asked { of, strategy, budget: own.unwrap_or(budget) },
        }
    }
}

/// As it is typed: `agent`, `window`, `balanced@8k`, `turn:12`, `before-edits:ladder@16k`.
impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (of, strategy, budget) = match *self {
            Compared::Agent => return f.write_str("agent"),
            Compared::Strategy(strategy) => return strategy.fmt(f),
            Compared::Planned { of, strategy, budget } => (of, strategy, budget),
        };
        match of {
            Of::Now => strategy.fmt(f)?,
            Of::Agent => f.write_str("agent")?,
            Of::Turn(turn) => write!(f, "turn:{turn}:{strategy}")?,
            Of::Untouched => write!(f, "before-edits:{strategy}")?,
        }
        budget.map_or(Ok(()), |budget| write!(f, "@{}", budget_in_words(budget)))
    }
}

impl std::str::FromStr for Compared {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || {
            let names: Vec<String> = Strategy::VARIANTS.iter().map(Strategy::to_string).collect();
            format!("use agent, {}, turn:N, before-edits, with :STRATEGY and @BUDGET behind", names.join(", "))
        };
        let (side, budget) = match text.split_once('@') {
            Some((side, budget)) => (side, Some(words::parse_tokens(budget).ok_or_else(unknown)?)),
            None => (text, None),
        };
        let (side, turn) = match side.strip_prefix("turn:") {
            Some(rest) => {
                let (number, strategy) = rest.split_once(':').unwrap_or((rest, ""));
                (strategy, Some(number.parse::<usize>().ok().filter(|&turn| turn > 0).ok_or_else(unknown)?))
            }
            None => (side, None),
        };
        let (of, strategy) = match (turn, side.strip_prefix("before-edits")) {
            (Some(turn), _) => (Of::Turn(turn), side),
            (None, Some(rest)) if rest.is_empty() || rest.starts_with(':') => {
                (Of::Untouched, rest.trim_start_matches(':'))
            }
            (None, _) if side == "agent" && budget.is_none() => return Ok(Compared::Agent),
            (None, _) => (Of::Now, side),
        };
        let strategy: Strategy = match strategy {
            "" if of != Of::Now => Strategy::default(),
            named => named.parse().map_err(|_| unknown())?,
        };
        Ok(match (of, budget) {
            (Of::Now, None) => Compared::Strategy(strategy),
            _ => Compared::Planned { of, strategy, budget },
        })
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Side {
    pub name: String,
    pub used: u32,
    pub value: f64,
    /// Value ÷ value of everything, 0 to 1.
    pub kept: f64,
    /// Entries carried at full, summary, sentence, keywords.
    pub entries: [usize; 4],
    /// Entries that only a text made from several stands for.
    pub folded: usize,
    pub facts: usize,
    /// Entries, by number, that no other side carries.
    pub only: Vec<u32>,
    pub notes: Vec<String>,
}

/// The sides in the order asked for. `budget`: of those that have none of their own.
pub fn compare(basis: &Basis, texts: &Texts, budget: u32, compared: &[Compared]) -> Vec<Side> {
    let packs: Vec<Packed> = compared.iter().map(|compared| packed(basis, texts, compared.asked(budget))).collect();
    let inside: Vec<HashSet<EntryId>> = packs.iter().map(|pack| carried(pack).map(|(id, _)| id).collect()).collect();
    let mut sides_with: HashMap<EntryId, usize> = HashMap::new();
    inside.iter().flatten().for_each(|&id| *sides_with.entry(id).or_default() += 1);
    let only = |pack: &Packed| carried(pack).filter(|(id, _)| sides_with[id] == 1).map(|(_, seq)| seq).collect();
    compared.iter().zip(&packs).map(|(compared, pack)| side(compared.to_string(), pack, only(pack))).collect()
}

/// Entries that a pack carries, with their numbers.
fn carried(pack: &Packed) -> impl Iterator<Item = (EntryId, u32)> {
    let entries = pack.session.entries.iter().zip(&pack.chosen.levels);
    entries.filter(|(_, level)| level.is_some()).map(|(entry, _)| (entry.id, entry.seq))
}

fn side(name: String, pack: &Packed, only: Vec<u32>) -> Side {
    let chosen = &pack.chosen;
    let mut entries = [0; 4];
    chosen.levels.iter().flatten().for_each(|level| entries[level.index()] += 1);
    Side {
        name,
        used: chosen.used,
        value: chosen.value,
        kept: chosen.kept,
        entries,
        folded: chosen.folded.iter().map(|folded| folded.covers.len()).sum(),
        facts: chosen.pieces.iter().filter(|piece| matches!(piece.kind, PieceKind::Fact { .. })).count(),
        only,
        notes: chosen.notes.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_written_as_it_is_read() {
        for text in ["agent", "window", "balanced@8k", "turn:12:balanced", "before-edits:ladder@16k"] {
            assert_eq!(text.parse::<Compared>().map(|side| side.to_string()), Ok(text.to_owned()));
        }
        let of = |text: &str| text.parse::<Compared>().map(|side| side.asked(500));
        let planned = |of: Of, strategy: Strategy, budget: u32| Ok(Asked { of, strategy, budget });
        assert_eq!(of("turn:3"), planned(Of::Turn(3), Strategy::Balanced, 500));
        assert_eq!(of("before-edits@1k"), planned(Of::Untouched, Strategy::Balanced, 1_000));
        for wrong in ["best", "turn:0", "turn:x", "turn:", "before-editsx", "agent@8k", "window@", "turn:2:best"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
