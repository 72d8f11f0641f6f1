//! The `haversack` program: error reports, arguments, and which front end takes over.

use std::process::ExitCode;

use clap::Parser;
use haversack::cli::{self, Cli, Next};

fn main() -> ExitCode {
    if let Err(error) = color_eyre::install() {
        eprintln!("haversack: no error reports ({error})");
    }
    match cli::run(Cli::parse()) {
        Ok(Next::Nothing) => ExitCode::SUCCESS,
        Ok(Next::Screen(_screen)) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(words) = failure.words() {
                eprintln!("haversack: {words}");
            }
            ExitCode::from(failure.exit_code())
        }
    }
}
