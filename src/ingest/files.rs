//! The logs that a path stands for: a file, a folder, or a pattern of them.

use std::{
    fs::{self, Metadata},
    path::{Path, PathBuf},
};

use super::{
    adapter::{ADAPTERS, Adapter},
    agent::Agent,
    error::IngestError,
    probe::Probe,
};

/// A log that was found: a file, or a folder that is one log.
pub struct LogFile {
    pub path: PathBuf,
    pub(super) adapter: &'static dyn Adapter,
    /// Of all its files.
    pub bytes: u64,
}

impl LogFile {
    pub fn agent(&self) -> Agent {
        self.adapter.agent()
    }

    /// When the log begins, as the first record with a time says; RFC 3339 in UTC sorts as text. A log without times
    /// comes last.
    pub fn begins(&self) -> (bool, Option<String>) {
        let records = Probe::at(&self.path).map(|probe| probe.records()).unwrap_or_default();
        let first = records.iter().find_map(|record| record.text("timestamp")).map(str::to_owned);
        (first.is_none(), first)
    }
}

/// What a path holds.
#[derive(Default)]
pub struct Listing {
    /// In order of path.
    pub logs: Vec<LogFile>,
    /// Files of a folder that look like logs and are none, and why.
    pub passed_over: Vec<IngestError>,
}

/// Finds the logs of a path: a file, a folder, or a pattern (`*`, `?`, `[…]`, `**`) that no file is named like.
///
/// # Errors
/// Where the path cannot be read, or is a file that is no known log. Files of a folder are passed over instead.
pub fn list(path: &Path) -> Result<Listing, IngestError> {
    let matches = expand(path)?;
    let [only] = matches.as_slice() else {
        let mut listing = Listing::default();
        for path in &matches {
            match list_one(path) {
                Ok(found) => {
                    listing.logs.extend(found.logs);
                    listing.passed_over.extend(found.passed_over);
                }
                Err(error) => listing.passed_over.push(error),
            }
        }
        return Ok(listing);
    };
    list_one(only)
}

/// The paths that a pattern matches, in order; any other path as it is.
fn expand(path: &Path) -> Result<Vec<PathBuf>, IngestError> {
    let pattern = path.to_string_lossy();
    if path.exists() || !pattern.contains(['*', '?', '[']) {
        return Ok(vec![path.into()]);
    }
    let none = || IngestError::NoMatch { pattern: path.into() };
    let matches: Vec<PathBuf> = glob::glob(&pattern).map_err(|_| none())?.flatten().collect();
    if matches.is_empty() { Err(none()) } else { Ok(matches) }
}

fn list_one(path: &Path) -> Result<Listing, IngestError> {
    let mut listing = Listing::default();
    let metadata = fs::metadata(path).map_err(|source| IngestError::io(path, source))?;
    match (recognise(path), metadata.is_dir()) {
        (Ok(adapter), _) => {
            listing.logs.push(LogFile { path: path.into(), adapter, bytes: size(path, &metadata) });
            return Ok(listing);
        }
        (Err(error), false) => return Err(error),
        (Err(_), true) => walk(path, &mut listing)?,
    }
    listing.logs.sort_by(|one, two| one.path.cmp(&two.path));
    if listing.logs.is_empty() && listing.passed_over.is_empty() {
        return Err(IngestError::NoLogs { folder: path.into() });
    }
    Ok(listing)
}

/// Whose log a file or folder is.
pub fn recognise(path: &Path) -> Result<&'static dyn Adapter, IngestError> {
    let probe = Probe::at(path)?;
    let known = ADAPTERS.into_iter().find(|adapter| adapter.recognises(&probe));
    known.ok_or_else(|| IngestError::UnknownFormat { path: path.into() })
}

fn walk(root: &Path, listing: &mut Listing) -> Result<(), IngestError> {
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|source| IngestError::io(&folder, source))?;
        for entry in entries {
            let entry = entry.map_err(|source| IngestError::io(&folder, source))?;
            let path = entry.path();
            // Links are not followed: a link to a folder above would never end.
            let metadata = entry.metadata().map_err(|source| IngestError::io(&path, source))?;
            if metadata.is_dir() {
                match recognise(&path) {
                    Ok(adapter) => listing.logs.push(LogFile { bytes: size(&path, &metadata), path, adapter }),
                    Err(_) => folders.push(path),
                }
            } else if metadata.is_file() {
                match recognise(&path) {
                    Ok(adapter) => listing.logs.push(LogFile { path, adapter, bytes: metadata.len() }),
                    // Of the many files beside logs only those are worth a word that are named like one.
                    Err(IngestError::UnknownFormat { path }) if named_like_a_log(&path) => {
                        listing.passed_over.push(IngestError::PassedOver { path });
                    }
                    Err(error) if named_like_a_log(&path) => listing.passed_over.push(error),
                    Err(_) => {}
                }
            }
        }
    }
    Ok(())
}

fn named_like_a_log(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "jsonl")
}

/// Bytes of a file, or of all files of a folder that is one log.
fn size(path: &Path, metadata: &Metadata) -> u64 {
    if !metadata.is_dir() {
        return metadata.len();
    }
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    let inner = entries.flatten().filter_map(|entry| Some(size(&entry.path(), &entry.metadata().ok()?)));
    inner.sum()
}
