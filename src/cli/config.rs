//! `haversack config`: every setting with its value and where it came from.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{Failure, context::settings, output::Output};
use crate::config::Value;

/// Print every setting, its value and where it came from
///
/// A flag beats the variable HAVERSACK_TABLE__KEY, which beats the settings file (config.toml in the haversack folder of
/// the XDG config folder, or the file that HAVERSACK_CONFIG names), which beats the default.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack config
  HAVERSACK_BUDGET__TOKENS=8k haversack config --json

JSON: a list of {key, value, origin, default, help}.")]
pub struct Config {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    key: &'a str,
    value: &'a Value,
    origin: String,
    default: &'a str,
    help: &'a str,
}

impl Config {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let config = settings(store, Vec::new())?;
        let mut output = Output::new();
        if self.json {
            let rows = config.settings().iter().map(|setting| Row {
                key: setting.key.name,
                value: &setting.value,
                origin: setting.origin.to_string(),
                default: setting.key.default,
                help: setting.key.help,
            });
            output.json(&rows.collect::<Vec<_>>())?;
        } else {
            let rows = config.settings().iter().map(|setting| {
                vec![
                    setting.key.name.into(),
                    setting.value.to_string(),
                    setting.origin.to_string(),
                    setting.key.help.into(),
                ]
            });
            output.table(&["setting", "value", "from", "what it is"], &rows.collect::<Vec<_>>())?;
        }
        output.finish()
    }
}
