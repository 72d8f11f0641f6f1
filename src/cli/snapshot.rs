//! `haversack snapshot`: a screen as text, Markdown, HTML, SVG or JSON, without a terminal.

use std::{
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};

use super::{
    Failure, Opening, Screen,
    arguments::BudgetArguments,
    context::{settings, workspace},
};
use crate::{
    model::SessionId,
    workspace::{SessionRow, WorkspaceError, find_session},
};

/// Write a screen down as text, Markdown, HTML, SVG or JSON
///
/// The screen is drawn in memory, in the size asked for, with the colours of a dark terminal where the theme has none of its
/// own. Keys are pressed as on the screen itself: what they change is stored, but for the demo.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack snapshot --demo
  haversack snapshot --screen sweep --session-id claude:4d5611e5 --size 120x36 --format svg > sweep.svg
  haversack snapshot --screen compare --demo --budget 8k -o compare.html
  haversack snapshot --demo --keys '/error<enter>jj<enter>' --size 100x30
  haversack snapshot --screen sessions

The format is told by the ending of FILE too: .md, .html, .svg, .json, else text.

JSON: {screen, size{columns, rows}, rows[][]{column, text, color, background, attributes[]}}; a row is
its runs of cells that look the same, background null where nothing was painted.")]
pub struct Snapshot {
    /// Which screen
    #[arg(long, value_enum, default_value_t)]
    screen: Shown,
    /// The session, as `haversack session list` names it
    #[arg(long, visible_alias = "session", value_name = "ID", conflicts_with = "demo")]
    session_id: Option<String>,
    /// Show the built-in session
    #[arg(long)]
    demo: bool,
    #[command(flatten)]
    budget: BudgetArguments,
    /// Columns and rows, from 40x12 to 500x200
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "120x36", value_parser = size)]
    size: (u16, u16),
    /// How to write it [default: text]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Keys to press first: letters, and names such as <enter>, <esc>, <down>, <ctrl-d>
    #[arg(long, value_name = "KEYS", default_value = "")]
    keys: String,
    /// terminal, dark, light, high-contrast, colour-blind, plain [default: ui.theme]
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
    /// The file to write; an existing one is only replaced with --force [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file
    #[arg(long, requires = "output")]
    force: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Shown {
    /// The session: list, pack, what is left out
    #[default]
    Session,
    /// The sessions of the store
    Sessions,
    Suggestions,
    Sweep,
    Compare,
    Replay,
    Facts,
    Journal,
    Recall,
    Patterns,
    Trends,
    /// The next turn as a model drafts it: made up, no model is asked
    Draft,
    /// A summary of the longest entry as a model proposes it: made up, no model is asked
    Writing,
    /// The entry that the list begins with; --keys goes to another first
    Entry,
    Palette,
    Help,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Markdown,
    Html,
    Svg,
    Json,
}

/// What to draw, and what to do with it. Drawing is the screen's part.
#[derive(Debug)]
pub struct Picture {
    pub screen: Screen,
    pub shown: Shown,
    /// Columns and rows.
    pub size: (u16, u16),
    pub keys: String,
    pub format: Format,
    output: Option<PathBuf>,
    force: bool,
}

impl Snapshot {
    pub fn run(self, store: Option<PathBuf>) -> Result<Picture, Failure> {
        let mut flags = self.budget.settings();
        flags.extend(self.theme.clone().map(|theme| ("ui.theme", theme)));
        let format = self.format.or_else(|| self.output.as_deref().map(of_file)).unwrap_or(Format::Text);
        let screen = match (self.shown_opening(), &self.session_id) {
            (Some(opening), _) => Screen { config: settings(store, flags)?, opening },
            (None, Some(named)) => {
                let config = settings(store, flags)?;
                let rows = workspace(&config)?.sessions()?;
                let opening = Opening::Session(named_session(&rows, named)?);
                Screen { config, opening }
            }
            (None, None) => {
                let why =
                    "which session? name one with --session-id ID (`haversack session list` has them), or say --demo";
                return Err(Failure::WrongUse(why.into()));
            }
        };
        Ok(Picture {
            screen,
            shown: self.screen,
            size: self.size,
            keys: self.keys,
            format,
            output: self.output,
            force: self.force,
        })
    }

    /// What needs no store to be looked at.
    fn shown_opening(&self) -> Option<Opening> {
        match self.screen {
            Shown::Sessions => Some(Opening::Picker),
            _ if self.demo => Some(Opening::Demo),
            _ => None,
        }
    }
}

impl Picture {
    /// Writes what was drawn.
    pub fn write(&self, text: &str) -> Result<(), Failure> {
        let Some(path) = &self.output else {
            // A reader that has seen enough is no failure.
            let _ = std::io::stdout().write_all(text.as_bytes());
            return Ok(());
        };
        let mut options = OpenOptions::new();
        options.write(true);
        match self.force {
            true => options.create(true).truncate(true),
            false => options.create_new(true),
        };
        let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Failure::Failed(format!("{} is there already: --force replaces it", path.display()))
            }
            _ => Failure::Failed(format!("{} cannot be written: {error}", path.display())),
        })
    }
}

fn named_session(rows: &[SessionRow], named: &str) -> Result<SessionId, Failure> {
    let ids: Vec<SessionId> = rows.iter().map(|row| row.id.clone()).collect();
    let named = SessionId::new(named);
    let known = || ids.iter().map(SessionId::to_string).collect();
    match find_session(&ids, &named)? {
        Some(at) => Ok(ids[at].clone()),
        None => Err(WorkspaceError::NoSuchSession { id: named.to_string(), known: known() }.into()),
    }
}

fn of_file(path: &Path) -> Format {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("md") => Format::Markdown,
        Some("html" | "htm") => Format::Html,
        Some("svg") => Format::Svg,
        Some("json") => Format::Json,
        _ => Format::Text,
    }
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let parsed = text
        .split_once(['x', '×'])
        .and_then(|(columns, rows)| Some((columns.trim().parse::<u16>().ok()?, rows.trim().parse::<u16>().ok()?)));
    match parsed {
        Some((columns @ 40..=500, rows @ 12..=200)) => Ok((columns, rows)),
        Some(_) => Err("from 40x12 to 500x200".into()),
        None => Err("columns and rows, such as 120x36".into()),
    }
}
