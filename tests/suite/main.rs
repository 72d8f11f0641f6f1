//! One test binary, one file per subject.

mod architecture;
mod build;
mod cli;
mod corpus;
mod hostile;
mod invariants;
mod record;
