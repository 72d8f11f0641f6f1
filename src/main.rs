//! The `haversack` program: error reports, arguments, and which front end takes over.

use std::process::ExitCode;

use haversack::{
    cli::{self, Failure, Format, Next, Opening, Picture, Serving, ServingMcp, Shown, Terminal},
    serve::{http, mcp, token::Token},
    text::sanitize,
    tui::{self, Abilities, Follow, Start, action::Action, picture},
};

fn main() -> ExitCode {
    if let Err(error) = color_eyre::install() {
        cli::tell(&format!("panics will be reported plainly ({error})"));
    }
    match cli::run(cli::parse()) {
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
        Ok(Next::Mcp(serving)) => end(serve_mcp(*serving)),
        Ok(Next::Doctor(examination)) => {
            let abilities = tui::examine(&examination.config);
            end(examination.report(&terminal(abilities)))
        }
        Ok(Next::Serve(serving)) => end(serve(*serving)),
        Ok(Next::Picture(picture)) => end(draw(*picture)),
        Err(failure) => end(Err(failure)),
    }
}

/// Serves MCP until its client is done.
fn serve_mcp(serving: ServingMcp) -> Result<(), Failure> {
    let ServingMcp { config, http: address, no_token, actor } = serving;
    let needed = if no_token { http::Needed::No } else { http::Needed::Yes };
    let way = address.map_or(mcp::Way::Stdio, |address| mcp::Way::Http(address, needed));
    mcp::run(mcp::Options { config, way, actor }, &cli::tell).map_err(Failure::Failed)
}

/// Draws a screen without a terminal, and has it written.
fn draw(mut picture: Picture) -> Result<(), Failure> {
    let lens = match picture.shown {
        Shown::Session | Shown::Sessions => None,
        Shown::Suggestions => Some(Action::Suggestions),
        Shown::Sweep => Some(Action::Sweep),
        Shown::Compare => Some(Action::Compare),
        Shown::Replay => Some(Action::Replay),
        Shown::Facts => Some(Action::Facts),
        Shown::Journal => Some(Action::Journal),
        Shown::Recall => Some(Action::Recall),
        Shown::Patterns => Some(Action::Patterns),
        Shown::Trends => Some(Action::Trends),
        Shown::Draft => Some(Action::Draft),
        Shown::Writing => Some(Action::Summarize),
        Shown::Entry => Some(Action::ViewEntry),
        Shown::Palette => Some(Action::Palette),
        Shown::Help => Some(Action::Help),
    };
    let format = match picture.format {
        Format::Text => picture::Format::Text,
        Format::Markdown => picture::Format::Markdown,
        Format::Html => picture::Format::Html,
        Format::Svg => picture::Format::Svg,
        Format::Json => picture::Format::Json,
    };
    let keys = tui::keys::parse(&picture.keys).map_err(Failure::WrongUse)?;
    let opening = std::mem::replace(&mut picture.screen.opening, Opening::Demo);
    let config = picture.screen.config.clone();
    let frame = tui::stage(start(opening), config, picture.size, lens, &keys);
    let frame = frame.map_err(|report| Failure::Failed(format!("{report:#}")))?;
    picture.write(&picture::write(&frame, format, &format!("Haversack: {:?}", picture.shown)))
}

/// Serves the store, or prints the token for that.
fn serve(serving: Serving) -> Result<(), Failure> {
    if serving.print_token {
        let token = Token::of(serving.config.data_folder()).map_err(|error| Failure::Failed(error.to_string()))?;
        println!("{}", token.as_str());
        return Ok(());
    }
    let options = http::Options {
        address: serving.address,
        token: if serving.no_token { http::Needed::No } else { http::Needed::Yes },
        persons: if serving.allow_person { http::Persons::Allowed } else { http::Persons::Refused },
        hosts: serving.hosts,
        origins: serving.origins,
    };
    http::run(&serving.config, &options).map_err(|error| match error {
        http::ServeError::OpenToOthers(_) | http::ServeError::Origin(_) => Failure::WrongUse(error.to_string()),
        _ => Failure::Failed(error.to_string()),
    })
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
