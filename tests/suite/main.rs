//! One test binary, one file per subject.

mod architecture;
mod build;
mod corpus;
mod invariants;
mod record;
mod screen;
mod screens;
mod update;
