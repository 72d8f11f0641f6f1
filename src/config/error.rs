//! What can be wrong with settings, each told in one sentence with what to do.

use std::{fmt, io, path::PathBuf};

use super::keys::KEYS;
use crate::text::words::exact;

#[derive(Debug)]
pub enum ConfigError {
    NoHome,
    Unreadable {
        path: PathBuf,
        why: io::Error,
    },
    NoToml {
        path: PathBuf,
        why: String,
    },
    Unknown {
        name: String,
        place: String,
        nearest: String,
    },
    WrongType {
        name: &'static str,
        wants: String,
        text: String,
        origin: String,
    },
    /// `budget.tokens` and `budget.window` set at the same place.
    TwoBudgets {
        place: String,
    },
    /// The hard cap of retention below the soft one, in MiB.
    CapsCrossed {
        soft: u32,
        hard: u32,
    },
    /// A row of the table of prices.
    WrongPrice {
        model: String,
        why: String,
        path: PathBuf,
    },
    /// Reserve and fixed prompt take the whole window.
    NoRoom {
        window: u32,
        reserve: u32,
        fixed: u32,
    },
}

impl ConfigError {
    pub(super) fn unknown(name: &str, place: String) -> Self {
        let nearest = nearest(name).to_string();
        ConfigError::Unknown { name: name.into(), place, nearest }
    }

    pub(super) fn unknown_variable(name: &str) -> Self {
        let as_key = name.trim_start_matches("HAVERSACK_").replace("__", ".").to_lowercase();
        let nearest = format!("HAVERSACK_{}", nearest(&as_key).replace('.', "__").to_uppercase());
        ConfigError::Unknown { name: name.into(), place: "the environment".into(), nearest }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::NoHome => f.write_str("there is no home folder: set HOME, or name a store with --store"),
            ConfigError::Unreadable { path, why } => {
                write!(
                    f,
                    "cannot read the settings file {} ({why}): check the path in HAVERSACK_CONFIG",
                    path.display()
                )
            }
            ConfigError::NoToml { path, why } => {
                let first = why.lines().next().unwrap_or_default();
                write!(f, "{} is not valid TOML ({first}): correct it", path.display())
            }
            ConfigError::Unknown { name, place, nearest } => {
                write!(f, "unknown setting '{}' in {place}: did you mean '{nearest}'?", name.escape_debug())
            }
            ConfigError::WrongType { name, wants, text, origin } => {
                write!(f, "{name} cannot be '{}' (from {origin}): give {wants}", text.escape_debug())
            }
            ConfigError::TwoBudgets { place } => {
                write!(f, "budget.tokens and budget.window are both set in {place}: remove one")
            }
            ConfigError::CapsCrossed { soft, hard } => {
                write!(
                    f,
                    "retain.hard_mib is {hard}, below retain.soft_mib, which is {soft}: raise the one or lower the other"
                )
            }
            ConfigError::WrongPrice { model, why, path } => write!(
                f,
                "the price of '{}' in {} cannot be read ({why}): write \"{}\" = {{ input = 1.25, output = 10.0 }}, money for a \
                 million tokens",
                model.escape_debug(),
                path.display(),
                model.escape_debug()
            ),
            ConfigError::NoRoom { window, reserve, fixed } => {
                let [window, reserve, fixed] = [window, reserve, fixed].map(|tokens| exact((*tokens).into()));
                write!(
                    f,
                    "a window of {window} leaves nothing beside {reserve} reserved and {fixed} fixed: give a larger \
                     --window or a smaller --reserve"
                )
            }
        }
    }
}

impl std::error::Error for ConfigError {}

/// The known key with the least edit distance.
fn nearest(name: &str) -> &'static str {
    let names = KEYS.iter().map(|key| key.name);
    names.min_by_key(|known| edit_distance(name, known)).expect("there are keys")
}

/// Levenshtein: insertions, deletions and replacements of characters.
fn edit_distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, &b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}
