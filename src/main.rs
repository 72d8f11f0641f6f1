//! The `haversack` program: error reports, arguments, and which front end takes over.

use std::process::ExitCode;

use clap::Parser;
use haversack::cli::{self, Cli, Next};

fn main() -> ExitCode {
    if let Err(error) = color_eyre::install() {
        cli::tell(&format!("panics will be reported plainly ({error})"));
    }
    match cli::run(Cli::parse()) {
        Ok(Next::Nothing) => ExitCode::SUCCESS,
        Ok(Next::Screen(screen)) => {
            cli::tell(&format!("this build has no screen for {:?}", screen.opening));
            ExitCode::FAILURE
        }
        Err(failure) => {
            failure.report();
            ExitCode::from(failure.exit_code())
        }
    }
}
