//! The write-ahead log: how far it may grow while others read all the time.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::Result;

/// Bytes that the log may have. SQLite begins it anew once no reader needs it, which under constant reading may be never.
pub(super) const MOST: u32 = 32 * 1024 * 1024;
/// Writes after which its length is looked at.
const WRITES: u32 = 16;

/// The log of one open store. Default: of none on the disk.
#[derive(Debug, Default)]
pub(super) struct WriteAheadLog {
    path: Option<PathBuf>,
    writes: u32,
}

impl WriteAheadLog {
    pub fn of(store: &Path) -> WriteAheadLog {
        let mut path = store.as_os_str().to_owned();
        path.push("-wal");
        WriteAheadLog { path: Some(path.into()), writes: 0 }
    }

    /// After a write: where the log is too long, waits until readers are done with it and has the next write begin it
    /// anew. In the midst of a hold nothing can be done.
    pub fn bound(&mut self, connection: &Connection) -> Result<()> {
        self.writes += 1;
        if self.writes < WRITES || !connection.is_autocommit() {
            return Ok(());
        }
        self.writes = 0;
        let length = self.path.as_ref().and_then(|path| std::fs::metadata(path).ok()).map_or(0, |about| about.len());
        if length > u64::from(MOST) {
            // Busy where a reader takes long: the next time, then.
            connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))?;
        }
        Ok(())
    }
}
