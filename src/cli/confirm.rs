//! The question before something is removed for good, or another program's settings are changed: asked on a terminal, answered by `--yes` elsewhere.

use std::io::{BufRead, IsTerminal, Write, stderr, stdin};

use clap::Args;

use super::Failure;
use crate::text::sanitize;

/// What a person is asked on a terminal, what is told where there is none, and what on any other answer than yes.
pub struct Question<'a> {
    pub asked: &'a str,
    pub elsewhere: &'a str,
    pub otherwise: &'a str,
}

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
        self.ask(&Question {
            asked: &format!("Remove {goes} for good?"),
            elsewhere: &format!("this would remove {goes} for good"),
            otherwise: "nothing was removed: type yes to remove it",
        })
    }

    /// # Errors
    /// Where the person does not say yes, or nobody can be asked.
    pub fn ask(self, question: &Question) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !stdin().is_terminal() || !stderr().is_terminal() {
            return Err(Failure::WrongUse(format!("{}: add --yes to do it", question.elsewhere)));
        }
        eprint!("{} Type yes: ", sanitize::inert_line(question.asked));
        stderr().flush()?;
        let mut answer = String::new();
        stdin().lock().read_line(&mut answer)?;
        match answer.trim() {
            "yes" => Ok(()),
            _ => Err(Failure::Failed(question.otherwise.into())),
        }
    }
}
