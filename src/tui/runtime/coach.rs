//! What the coach remembers from one run to the next: the names of the actions that were used, one a line, in the state
//! folder. Never in a store: the demo's is thrown away.

use std::{collections::BTreeSet, fs, path::PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy};

use crate::tui::app::coach::Coach;

/// Where it stands; `None` without a home folder.
pub fn path() -> Option<PathBuf> {
    let folders = choose_base_strategy().ok()?;
    let folder = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    Some(folder.join("haversack/used-keys.txt"))
}

/// What was used so far; nothing where that cannot be read.
pub fn recall() -> Coach {
    let text = path().and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
    Coach { used: text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect() }
}

/// Where it cannot be kept, the coach says the same again the next time: not worth a word.
pub fn remember(used: &BTreeSet<String>) {
    let Some(path) = path() else { return };
    let text: String = used.iter().map(|name| format!("{name}\n")).collect();
    if let Some(folder) = path.parent() {
        let _ = fs::create_dir_all(folder);
    }
    let _ = fs::write(path, text);
}
