//! `haversack session context`: what would be carried forward of a stored session.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{
    Failure,
    arguments::{PackArguments, Which},
    context::Opened,
    pack,
};

/// Print what would be carried forward
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session context --session-id claude:4d5611e5 --budget 32k
  haversack session context --session-id claude:4d5611e5 --window 200k --json
  haversack session context --demo --format markdown

The text is, byte for byte, the pack that the screen shows. JSON: as `haversack pack --format json`.")]
pub struct Context {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    pack: PackArguments,
}

impl Context {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), self.pack.settings())?;
        let budget = opened.config.budget().0;
        let desk = opened.workspace.desk(&opened.id, budget)?;
        pack::print(&desk, &self.pack)?;
        // What was printed may now be in a model's prompt cache.
        Ok(opened.workspace.exported(&desk)?)
    }
}
