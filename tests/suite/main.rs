//! One test binary, one file per subject.

mod architecture;
mod build;
mod cli;
mod corpus;
mod logs;
mod damage;
mod seeds;
mod hostile;
mod demo;
mod distill;
mod docs;
mod guarantees;
mod invariants;
mod kill;
mod record;
mod replay;
mod screen;
mod screens;
mod lenses;
mod picker;
mod first_run;
mod palette;
mod strategies;
mod terminal;
mod update;
mod screenshots;
