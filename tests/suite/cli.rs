//! The command line: the real binary, each test with a home, a store and a log of its own.

mod budgets;
mod distill;
mod doctor;
mod edits;
mod facts;
mod files;
mod help;
mod hook;
mod maximum;
mod memory;
mod packs;
pub mod place;
mod push;
mod pushing;
mod recall;
mod rows;
mod snapshot;
mod sweep;
mod use_of;
