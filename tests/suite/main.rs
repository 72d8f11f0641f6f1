//! One test binary, one file per subject.

mod architecture;
mod build;
mod invariants;
mod record;
