//! One test binary, one file per subject.

mod architecture;
mod build;
mod corpus;
mod demo;
mod invariants;
mod record;
