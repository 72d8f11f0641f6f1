//! What an entry is worth at a level: the one table that every strategy, the bound and every screen use.
//!
//! value(plan) = Σ weight × fidelity(packed level) over the entries in it, plus the value of its index rows.
//!
//! | level | fidelity |
//! | --- | --- |
//! | full | 1.00 |
//! | summary | 0.80 |
//! | sentence | 0.60 |
//! | keywords | 0.45 |
//!
//! | entry | weight |
//! | --- | --- |
//! | any | 4 × importance⁴ + 0.01 |
//! | in the tail | the same × 4 |
//!
//! | fact in force, by trust | value |
//! | --- | --- |
//! | user, policy | 3.0, 2.5 |
//! | tool, agent, inferred | 2.0, 1.5, 1.0 |
//! | of kind goal, constraint or verification | the same × 1.5 |
//!
//! The fourth power lets what matters most be carried whole before much of the rest is carried at all: the user's goal at
//! 1.0 weighs 25 messages at 0.45, not two.
//! An index row is worth `ROW` × the summed weight of the recurring names that it is the first to show.

use crate::model::{Entry, Fact, FactKind, Level, Trust};

/// The share of an entry's worth that each level keeps.
pub const FIDELITY: [f64; 4] = [1.0, 0.80, 0.60, 0.45];
/// How much more an entry of the tail weighs.
pub const TAIL: f64 = 4.0;
/// Value of an index row per unit of name weight.
pub const ROW: f64 = 0.05;

pub fn fidelity(level: Level) -> f64 {
    FIDELITY[level.index()]
}

/// Above zero, so that more text is always worth more than less.
pub fn weight(entry: &Entry, standing: Standing) -> f64 {
    weight_of(entry.importance(), standing)
}

/// The same where only the importance is at hand.
pub fn weight_of(importance: f32, standing: Standing) -> f64 {
    let weight = 4.0 * f64::from(importance).powi(4) + 0.01;
    match standing {
        Standing::Tail => weight * TAIL,
        Standing::Older => weight,
    }
}

/// Values added up, from 0: the sum that the library makes of none at all is −0.
pub fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |sum, value| sum + value)
}

/// The value of an index row, from its weight in thousandths.
pub fn row(weight: u32) -> f64 {
    ROW * f64::from(weight) / 1000.0
}

/// Facts are short and were written down to be kept: each is worth about as much as what the user said.
pub fn fact(fact: &Fact) -> f64 {
    let trust = match fact.trust {
        Trust::User => 3.0,
        Trust::Policy => 2.5,
        Trust::Tool => 2.0,
        Trust::Agent => 1.5,
        Trust::Inferred => 1.0,
    };
    match fact.kind {
        FactKind::Goal | FactKind::Constraint | FactKind::Verification => trust * 1.5,
        FactKind::Context | FactKind::ShortLived => trust,
    }
}

/// Whether an entry belongs to the tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Tail,
    Older,
}
