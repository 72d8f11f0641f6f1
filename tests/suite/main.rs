//! One test binary, one file per subject.

mod build;
mod corpus;
mod invariants;
