//! Packs side by side: strategies under one budget, and what the agent itself still held.

use serde::Serialize;
use strum::{Display, VariantArray};
use utoipa::ToSchema;

use super::{
    chosen::{Chosen, PieceKind},
    sides,
    strategy::{Given, Strategy},
};

/// One side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "lowercase")]
pub enum Compared {
    /// What the agent's own context still held at the end of its log, whatever that cost.
    Agent,
    #[strum(to_string = "{0}")]
    Strategy(Strategy),
}

impl std::str::FromStr for Compared {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "agent" => Ok(Compared::Agent),
            _ => text.parse().map(Compared::Strategy).map_err(|_| {
                let names: Vec<String> = Strategy::VARIANTS.iter().map(Strategy::to_string).collect();
                format!("use agent, {}", names.join(", "))
            }),
        }
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

/// The sides in the order asked for.
pub fn compare(given: &Given, budget: u32, compared: &[Compared]) -> Vec<Side> {
    let session = given.session;
    let mut sides: Vec<(Side, Vec<bool>)> = compared
        .iter()
        .map(|&compared| match compared {
            Compared::Agent => agent(given),
            Compared::Strategy(strategy) => of(strategy, &strategy.choose(given, budget)),
        })
        .collect();
    let only: Vec<Vec<u32>> = (0..sides.len())
        .map(|side| {
            let others = |index: usize| (0..sides.len()).any(|other| other != side && sides[other].1[index]);
            let own = (0..session.entries.len()).filter(|&index| sides[side].1[index] && !others(index));
            own.map(|index| session.entries[index].seq).collect()
        })
        .collect();
    sides.iter_mut().zip(only).for_each(|((side, _), only)| side.only = only);
    sides.into_iter().map(|(side, _)| side).collect()
}

fn of(strategy: Strategy, chosen: &Chosen) -> (Side, Vec<bool>) {
    let mut entries = [0; 4];
    chosen.levels.iter().flatten().for_each(|level| entries[level.index()] += 1);
    let facts = chosen.pieces.iter().filter(|piece| matches!(piece.kind, PieceKind::Fact { .. })).count();
    let side = Side {
        name: strategy.to_string(),
        used: chosen.used,
        value: chosen.value,
        kept: chosen.kept,
        entries,
        folded: chosen.folded.iter().map(|folded| folded.covers.len()).sum(),
        facts,
        only: Vec::new(),
        notes: chosen.notes.clone(),
    };
    (side, chosen.levels.iter().map(Option::is_some).collect())
}

fn agent(given: &Given) -> (Side, Vec<bool>) {
    let chosen = sides::agent(given);
    let held: Vec<bool> = chosen.levels.iter().map(Option::is_some).collect();
    let side = Side {
        name: Compared::Agent.to_string(),
        used: chosen.used,
        value: chosen.value,
        kept: chosen.kept,
        entries: [held.iter().filter(|&&held| held).count(), 0, 0, 0],
        folded: 0,
        facts: 0,
        only: Vec::new(),
        notes: chosen.notes,
    };
    (side, held)
}
