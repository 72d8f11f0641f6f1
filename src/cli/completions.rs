//! `haversack completions`: what a shell needs to complete commands and options.

use clap::Args;
use clap_complete::Shell;

use super::{Failure, output::Output};

/// Print shell completions
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack completions bash > ~/.local/share/bash-completion/completions/haversack
  haversack completions fish > ~/.config/fish/completions/haversack.fish
  haversack completions zsh  > ~/.zfunc/_haversack")]
pub struct Completions {
    shell: Shell,
}

impl Completions {
    pub fn run(self, mut command: clap::Command) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "haversack", &mut script);
        let mut output = Output::new();
        output.raw(&String::from_utf8_lossy(&script))?;
        output.finish()
    }
}
