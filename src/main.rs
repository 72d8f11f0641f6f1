//! The `haversack` program: error reports, arguments, and which front end takes over.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use haversack::{
    cli::{self, Cli, Failure, Next, Opening, Screen},
    tui::{self, Settings, Start},
    workspace::Workspace,
};

fn main() -> ExitCode {
    if let Err(error) = color_eyre::install() {
        cli::tell(&format!("panics will be reported plainly ({error})"));
    }
    let done = cli::run(Cli::parse()).and_then(|next| match next {
        Next::Nothing => Ok(()),
        Next::Screen(screen) => show(*screen).map_err(|report| Failure::Failed(format!("{report:#}"))),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            ExitCode::from(failure.exit_code())
        }
    }
}

fn show(Screen { config, opening }: Screen) -> color_eyre::Result<()> {
    let encoding = config.encoding();
    // The demo is kept nowhere.
    let store: Option<PathBuf> = (opening != Opening::Demo).then(|| config.store_path().to_path_buf());
    let settings = Settings {
        budget: config.budget().0,
        encoding,
        store: store.as_ref().map_or("a throw-away store".into(), |path| path.display().to_string()),
    };
    let start = match opening {
        Opening::Picker => Start::Picker,
        Opening::Session(id) => Start::Session(id),
        Opening::Demo => Start::Demo,
        Opening::Import { path, session } => Start::Import { path, session },
    };
    let open = move || match store {
        Some(path) => Ok(Workspace::open(&path, encoding)?),
        None => Ok(Workspace::throw_away(encoding)?),
    };
    tui::run(start, open, settings)
}
