//! One test binary, one file per subject.

mod build;
mod invariants;
