//! An agent's settings file: read, changed as a whole or not at all, and brought back.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use similar::TextDiff;

use super::{HookCommand, HookError, HookedAgent, Installed};

/// Seconds that an agent waits for one of our hooks at the most. A sweep of what a turn has added takes less than one.
pub const TIMEOUT: i64 = 30;

/// What the file as it was is called, beside it.
const BACKUP: &str = "before-haversack";

/// A settings file as it stands.
#[derive(Clone, Debug)]
pub struct Settings {
    agent: HookedAgent,
    path: PathBuf,
    /// `None` where there is no such file.
    text: Option<String>,
}

/// A change of a settings file that was not made yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    path: PathBuf,
    before: Option<String>,
    /// `None` removes the file: it was not there before our hooks were.
    after: Option<String>,
    backup: Backup,
}

/// What becomes of the file's copy.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Backup {
    /// Made, or made anew, of this text.
    Write(String),
    /// Not needed any more: the file is as it was.
    Remove,
    Keep,
}

impl Settings {
    /// # Errors
    /// Where the file is there and cannot be read, or its folder is not there.
    pub fn read(agent: HookedAgent, path: &Path) -> Result<Settings, HookError> {
        // A link, as those keep who have their settings elsewhere, stays one.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let text = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(HookError::File { path, why: error.to_string() }),
        };
        Ok(Settings { agent, path, text })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn is_there(&self) -> bool {
        self.text.is_some()
    }

    /// Our hooks in it.
    ///
    /// # Errors
    /// Where it does not parse.
    pub fn installed(&self) -> Result<Vec<Installed>, HookError> {
        let text = self.text.as_deref().unwrap_or("");
        self.agent.installed(text).map_err(|trouble| trouble.of(self.path.clone()))
    }

    /// What puts our hooks in, in place of any that are there; `None` where they are there as asked.
    ///
    /// # Errors
    /// Where it does not parse, is not as the agent documents it, or there is no folder for it.
    pub fn install(&self, command: &HookCommand) -> Result<Option<Change>, HookError> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(HookError::NoFolder { path: folder.into(), agent: self.agent.name() });
        }
        let original = self.original()?;
        let after = self.agent.with(original.as_deref().unwrap_or(""), command);
        let after = after.map_err(|trouble| trouble.of(self.path.clone()))?;
        let backup = original.map_or(Backup::Keep, Backup::Write);
        let change = Change { path: self.path.clone(), before: self.text.clone(), after: Some(after), backup };
        Ok((change.before != change.after).then_some(change))
    }

    /// What takes our hooks out: the file as it was where nothing else has changed since, else our lines alone. `None`
    /// where there are none.
    ///
    /// # Errors
    /// Where it does not parse.
    pub fn remove(&self) -> Result<Option<Change>, HookError> {
        if self.installed()?.is_empty() {
            return Ok(None);
        }
        let untouched = self.is_untouched()?;
        let (after, backup) = match untouched {
            true => (self.copy(), Backup::Remove),
            false => (self.original()?, Backup::Keep),
        };
        Ok(Some(Change { path: self.path.clone(), before: self.text.clone(), after, backup }))
    }

    /// The file without our hooks.
    fn original(&self) -> Result<Option<String>, HookError> {
        let Some(text) = &self.text else { return Ok(None) };
        if self.installed()?.is_empty() {
            return Ok(Some(text.clone()));
        }
        if self.is_untouched()? {
            return Ok(self.copy());
        }
        let without = self.agent.without(text).map_err(|trouble| trouble.of(self.path.clone()))?;
        Ok(Some(without))
    }

    /// Whether the file is what installing made of its copy, or of nothing where there is no copy.
    fn is_untouched(&self) -> Result<bool, HookError> {
        let installed = self.installed()?;
        let Some(first) = installed.first() else { return Ok(false) };
        let made = self.agent.with(self.copy().as_deref().unwrap_or(""), &first.command);
        Ok(made.ok() == self.text)
    }

    fn copy(&self) -> Option<String> {
        fs::read_to_string(backup_of(&self.path)).ok()
    }
}

impl Change {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether nothing of ours is left afterwards, and the file is as it was.
    pub fn restores(&self) -> bool {
        self.backup == Backup::Remove
    }

    /// Where the file as it was is kept, where it is.
    pub fn backup(&self) -> Option<PathBuf> {
        match self.backup {
            Backup::Write(_) => Some(backup_of(&self.path)),
            Backup::Keep => Some(backup_of(&self.path)).filter(|path| path.exists()),
            Backup::Remove => None,
        }
    }

    /// As `diff -u` tells it.
    pub fn diff(&self) -> String {
        let [before, after] = [&self.before, &self.after].map(|text| text.as_deref().unwrap_or(""));
        let name = self.path.display().to_string();
        let diff = TextDiff::from_lines(before, after);
        diff.unified_diff().context_radius(3).header(&name, &name).to_string()
    }

    /// Makes it: the copy first, then the file, moved into its place as a whole and with the mode it had.
    ///
    /// # Errors
    /// Where the file is not as it was when the change was worked out, or cannot be written. It is whole then, as it was.
    pub fn make(&self) -> Result<(), HookError> {
        let failed = |error: std::io::Error| HookError::File { path: self.path.clone(), why: error.to_string() };
        let now = match fs::read_to_string(&self.path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        if now != self.before {
            return Err(HookError::Moved { path: self.path.clone() });
        }
        let copy = backup_of(&self.path);
        if let Backup::Write(text) = &self.backup {
            replace(&copy, text, &self.path).map_err(failed)?;
        }
        match &self.after {
            Some(text) => replace(&self.path, text, &self.path).map_err(failed)?,
            None => fs::remove_file(&self.path).map_err(failed)?,
        }
        if self.backup == Backup::Remove && copy.exists() {
            fs::remove_file(&copy).map_err(failed)?;
        }
        Ok(())
    }
}

/// `settings.json.before-haversack`.
fn backup_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(BACKUP);
    name.into()
}

/// Writes a file beside, and moves it there: whoever reads sees the old one or the new one. It gets the mode of `like`,
/// and one that only its owner may read where that is not there.
fn replace(path: &Path, text: &str, like: &Path) -> std::io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(name);
    let written = write_new(&beside, text, like).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // It may not have been made at all.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn write_new(path: &Path, text: &str, like: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.write(true).create_new(true).open(path)?;
    if let Ok(known) = fs::metadata(like) {
        file.set_permissions(known.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
