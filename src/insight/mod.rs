//! What sessions teach: how each ended and what it cost, what went wrong and right in it, what recurs over many of them,
//! which of that is evidence enough, and what may go when the store grows too large. Rules only: storage is the store's.

mod outcome;
pub mod digest;
mod locus;
mod signals;
mod patterns;
pub mod gate;
pub mod review;
pub mod retention;
pub mod trends;

pub use digest::Digest;
pub use outcome::{Evidence, Judged, Outcome, judge};
pub use patterns::{DetectSettings, Detector, Example, Pattern, PatternEvidence, detect};
pub use signals::{Place, Polarity, Signal, SignalKind};
