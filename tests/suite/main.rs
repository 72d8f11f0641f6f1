//! One test binary, one file per subject.

mod architecture;
mod build;
mod corpus;
mod hostile;
mod invariants;
mod record;
