//! `haversack facts`: what is known apart from the entries, each write with its trust and its time to live.

mod asked;
mod change;
mod history;
mod list;
mod row;
mod set;

use std::path::PathBuf;

use clap::Subcommand;

use super::Failure;

/// What is known apart from the entries: list, write, expire and pin facts of a session or a project
#[derive(Subcommand, Debug)]
#[command(after_help = "\
Examples:
  haversack facts set verify 'cargo test' --kind verification --session-id claude:4d5611e5
  haversack facts list --session-id claude:4d5611e5
  haversack facts history verify --session-id claude:4d5611e5

A key may be written many times. In force is the most trusted write that has neither expired nor
been removed (user over policy, tool, agent, inferred), of those the newest. `haversack session undo`
takes back what these commands do.")]
pub enum Facts {
    List(list::List),
    Set(set::Set),
    Expire(change::Expire),
    Pin(change::Pin),
    Unpin(change::Unpin),
    History(history::History),
}

impl Facts {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        match self {
            Facts::List(list) => list.run(store),
            Facts::Set(set) => set.run(store),
            Facts::Expire(expire) => expire.run(store),
            Facts::Pin(pin) => pin.run(store),
            Facts::Unpin(unpin) => unpin.run(store),
            Facts::History(history) => history.run(store),
        }
    }
}
