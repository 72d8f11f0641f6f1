//! The keymap with the person's own keys over it: `haversack/keymap.toml` in the configuration folder.

use std::{fs, io};

use color_eyre::eyre::{Result, WrapErr, eyre};
use etcetera::{BaseStrategy, choose_base_strategy};

use crate::tui::keymap::Keymap;

/// # Errors
/// Where the file cannot be read or does not make a keymap; the error names it.
pub fn of_this_person() -> Result<Keymap> {
    let folders = choose_base_strategy().wrap_err("there is no home folder to look for keymap.toml in")?;
    let path = folders.config_dir().join("haversack/keymap.toml");
    match fs::read_to_string(&path) {
        Ok(patch) => Keymap::patched(&patch).map_err(|error| eyre!("{}: {error}", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Keymap::built_in()),
        Err(error) => Err(eyre!("{} cannot be read: {error}", path.display())),
    }
}
