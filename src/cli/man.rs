//! `haversack man`: the manual page of the program or of one command.

use clap::Args;
use clap_mangen::Man as Page;

use super::{Failure, output::Output};

/// Print a manual page
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack man > haversack.1
  haversack man session pin | man -l -")]
pub struct Man {
    /// The command whose page it is, such as `session pin`; none for the program's own
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

impl Man {
    pub fn run(self, mut program: clap::Command) -> Result<(), Failure> {
        program.build();
        let mut found = &program;
        for name in &self.command {
            found = found.find_subcommand(name).ok_or_else(|| {
                Failure::WrongUse(format!("there is no command '{}': haversack --help lists them", name.escape_debug()))
            })?;
        }
        let mut page = Vec::new();
        Page::new(found.clone()).render(&mut page)?;
        let mut output = Output::new();
        output.raw(&String::from_utf8_lossy(&page))?;
        output.finish()
    }
}
