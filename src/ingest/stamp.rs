//! Whether a log has changed since it was read: its size and time, and a fingerprint of what was read.

use std::{
    fs::{self, File, Metadata},
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use xxhash_rust::xxh3::Xxh3;

use super::error::IngestError;

/// Size and time of a log: of a folder that is one log those of all its files, of a database those of its write-ahead
/// log too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    pub bytes: u64,
    /// Of the file changed last, in nanoseconds since 1970 UTC.
    pub modified: i64,
}

/// Bytes at the start, and before the end of what was read, that the fingerprint is taken of.
const PRINTED: u64 = 64 << 10;

impl Stamp {
    /// # Errors
    /// Where the log is not there.
    pub fn of(path: &Path) -> Result<Stamp, IngestError> {
        let metadata = fs::metadata(path).map_err(|source| IngestError::io(path, source))?;
        let mut stamp = Stamp::default();
        if metadata.is_dir() {
            stamp.add_folder(path);
        } else {
            stamp.add(&metadata);
            let mut log = path.as_os_str().to_owned();
            log.push("-wal");
            if let Ok(metadata) = fs::metadata(PathBuf::from(log)) {
                stamp.add(&metadata);
            }
        }
        Ok(stamp)
    }

    fn add(&mut self, metadata: &Metadata) {
        self.bytes += metadata.len();
        let since = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        self.modified = self.modified.max(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX));
    }

    fn add_folder(&mut self, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            // Links are not followed: a link to a folder above would never end.
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => self.add_folder(&entry.path()),
                Ok(metadata) if metadata.is_file() => self.add(&metadata),
                _ => {}
            }
        }
    }
}

/// A hash of the beginning and the end of the first `upto` bytes of a file: another one there now, and the file was
/// written anew. 0 for a folder, whose files are small.
pub fn fingerprint(path: &Path, upto: u64) -> u64 {
    if path.is_dir() {
        return 0;
    }
    let hash = || -> std::io::Result<u64> {
        let mut file = File::open(path)?;
        let mut hash = Xxh3::new();
        let mut piece = Vec::new();
        for from in [0, upto.saturating_sub(PRINTED)] {
            piece.clear();
            file.seek(SeekFrom::Start(from))?;
            file.by_ref().take(PRINTED.min(upto)).read_to_end(&mut piece)?;
            hash.update(&piece);
        }
        Ok(hash.digest())
    };
    hash().unwrap_or(0)
}
