//! The `haversack` program: error reports, arguments, and which front end takes over.

use std::process::ExitCode;

use clap::Parser;
use haversack::{
    cli::{self, Cli, Failure, Next, Opening, Terminal},
    text::sanitize,
    tui::{self, Abilities, Follow, Start},
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
        Ok(Next::Doctor(examination)) => {
            let abilities = tui::examine(&examination.config);
            end(examination.report(&terminal(abilities)))
        }
        Err(failure) => end(Err(failure)),
    }
}

fn end(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            ExitCode::from(failure.exit_code())
        }
    }
}

/// What the screen told, as the command line prints it.
fn terminal(abilities: Abilities) -> Terminal {
    let Abilities { is_terminal, size, smallest, colours, theme, keymap, keymap_problem, used_keys } = abilities;
    Terminal { is_terminal, size, smallest, colours, theme, keymap, keymap_problem, used_keys }
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
