//! The `haversack` program: error reports, arguments, and which front end takes over.

use std::process::ExitCode;

use clap::Parser;
use haversack::{
    cli::{self, Cli, Next, Opening},
    text::sanitize,
    tui::{self, Follow, Start},
};

fn main() -> ExitCode {
    if let Err(error) = color_eyre::install() {
        cli::tell(&format!("panics will be reported plainly ({error})"));
    }
    match cli::run(Cli::parse()) {
        Ok(Next::Nothing) => ExitCode::SUCCESS,
        Ok(Next::Screen(screen)) => {
            let screen = *screen;
            match tui::open(start(screen.opening), screen.config) {
                Ok(()) => ExitCode::SUCCESS,
                Err(report) => {
                    // Several lines where a thread has panicked: the report and its backtrace.
                    eprintln!("haversack: {}", sanitize::inert(&format!("{report:#}")));
                    ExitCode::FAILURE
                }
            }
        }
        Err(failure) => {
            failure.report();
            ExitCode::from(failure.exit_code())
        }
    }
}

fn start(opening: Opening) -> Start {
    match opening {
        Opening::Picker => Start::Picker,
        Opening::Session(session) => Start::Session(session),
        Opening::Demo => Start::Demo,
        Opening::Import { path, session, follow } => {
            let follow = if follow { Follow::Yes } else { Follow::No };
            Start::Import { path, session, follow }
        }
    }
}
