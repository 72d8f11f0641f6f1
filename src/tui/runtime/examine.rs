//! What the screen would have to work with here: the terminal, the keymap, the theme. For `haversack doctor`.

use std::{io::IsTerminal, path::PathBuf};

use super::keymap;
use crate::{config::Config, tui::view::layout::SMALLEST};

/// The terminal and what is laid over it.
#[derive(Clone, Debug, PartialEq)]
pub struct Abilities {
    pub is_terminal: bool,
    /// Columns and rows; `None` where there is no terminal.
    pub size: Option<(u16, u16)>,
    pub smallest: (u16, u16),
    pub colours: &'static str,
    pub theme: String,
    pub keymap: Option<PathBuf>,
    /// What is wrong with the person's keymap.
    pub keymap_problem: Option<String>,
    pub used_keys: Option<PathBuf>,
}

pub fn examine(config: &Config) -> Abilities {
    let is_terminal = std::io::stdout().is_terminal();
    let colourless = super::is_colourless();
    Abilities {
        is_terminal,
        size: crossterm::terminal::size().ok().filter(|_| is_terminal),
        smallest: SMALLEST,
        colours: if colourless { "none" } else { colours() },
        theme: if colourless { "plain".into() } else { config.theme().to_owned() },
        keymap: keymap::path(),
        keymap_problem: keymap::of_this_person().err().map(|report| format!("{report:#}")),
        used_keys: super::coach::path(),
    }
}

/// What the terminal says of itself. The built-in themes need no more than sixteen.
fn colours() -> &'static str {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let (term, colour) = (variable("TERM"), variable("COLORTERM"));
    match () {
        () if term.is_empty() || term == "dumb" => "none",
        () if colour == "truecolor" || colour == "24bit" => "16 million",
        () if term.contains("256color") => "256",
        () => "16",
    }
}
