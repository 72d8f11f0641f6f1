//! The question before something is removed for good: asked on a terminal, answered by `--yes` elsewhere.

use std::io::{BufRead, IsTerminal, Write, stderr, stdin};

use clap::Args;

use super::Failure;
use crate::text::sanitize;

#[derive(Args, Clone, Copy, Debug)]
pub struct Confirmed {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Confirmed {
    /// # Errors
    /// Where the person does not say yes, or nobody can be asked.
    pub fn confirm(self, goes: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !stdin().is_terminal() || !stderr().is_terminal() {
            return Err(Failure::WrongUse(format!("this would remove {goes} for good: add --yes to do it")));
        }
        eprint!("Remove {} for good? Type yes: ", sanitize::inert_line(goes));
        stderr().flush()?;
        let mut answer = String::new();
        stdin().lock().read_line(&mut answer)?;
        match answer.trim() {
            "yes" => Ok(()),
            _ => Err(Failure::Failed("nothing was removed: type yes to remove it".into())),
        }
    }
}
