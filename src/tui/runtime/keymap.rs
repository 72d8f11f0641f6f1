//! The keymap with the person's own keys over it: `haversack/keymap.toml` in the configuration folder.

use std::{fs, io, path::PathBuf};

use color_eyre::eyre::{Result, eyre};
use etcetera::{BaseStrategy, choose_base_strategy};

use crate::tui::keymap::Keymap;

/// Where the person's keys stand, if they have any; `None` without a home folder.
pub fn path() -> Option<PathBuf> {
    Some(choose_base_strategy().ok()?.config_dir().join("haversack/keymap.toml"))
}

/// # Errors
/// Where the file cannot be read or does not make a keymap; the error names it.
pub fn of_this_person() -> Result<Keymap> {
    let path = path().ok_or_else(|| eyre!("there is no home folder to look for keymap.toml in"))?;
    match fs::read_to_string(&path) {
        Ok(patch) => Keymap::patched(&patch).map_err(|error| eyre!("{}: {error}", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Keymap::built_in()),
        Err(error) => Err(eyre!("{} cannot be read: {error}", path.display())),
    }
}
