//! Importance by rule: a score from 0 to 1 for each entry, with its breakdown in words.

pub mod mentions;
mod repeats;
pub mod duplicates;
mod rules;
mod running;

pub use mentions::Mentions;
pub use repeats::{Again, Repeat, Subjects, tried};
pub use rules::{breakdown, is_constraint, mentioned_again, scores, sentences_with_rule};
pub use running::Running;

use crate::model::{Reason, Score};

/// Adds up reasons; the value is clamped to 0..=1 and rounded to hundredths, as it is shown.
fn total(reasons: Vec<Reason>) -> Score {
    let sum: f32 = reasons.iter().map(|reason| reason.points).sum();
    Score { value: (sum.clamp(0.0, 1.0) * 100.0).round() / 100.0, reasons }
}
