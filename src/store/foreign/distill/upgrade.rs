//! Bringing a file of distill 0.4 to the columns of 0.5 and later, which refuses it otherwise.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};
use serde::Serialize;

use crate::store::{Result, StoreError};

/// What 0.5 has added, in its order: table, column.
const ADDED: [(&str, &str, &str); 5] = [
    ("sessions", "push_count", "INTEGER NOT NULL DEFAULT 0"),
    ("sessions", "cache_boundary_tokens", "INTEGER NOT NULL DEFAULT 0"),
    ("session_entries", "inserted_at_push", "INTEGER NOT NULL DEFAULT 0"),
    ("session_entries", "stable_since_turn", "INTEGER NOT NULL DEFAULT 0"),
    ("session_entries", "content_hash", "TEXT NOT NULL DEFAULT ''"),
];

/// What an upgrade has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Upgraded {
    /// The file as it was.
    pub backup: PathBuf,
    /// `table.column`, each.
    pub added: Vec<String>,
}

/// Adds the columns that the file lacks, after a backup beside it.
///
/// # Errors
/// Where it lacks none, or there is a backup already. Nothing is changed then.
pub fn upgrade(path: &Path) -> Result<Upgraded> {
    let mut connection = super::open_to_write(path)?;
    if lacking(&connection)?.is_empty() {
        return Err(StoreError::Upgraded { path: path.into() });
    }
    let backup = beside(path);
    make_private(&backup)?;
    // SQLite's own backup: what is still in the write-ahead log comes along.
    connection.backup(rusqlite::MAIN_DB, &backup, None)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut added = Vec::new();
    for (table, column, kind) in lacking(&transaction)? {
        transaction.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {column} {kind}"))?;
        added.push(format!("{table}.{column}"));
    }
    transaction.execute_batch(
        "CREATE INDEX IF NOT EXISTS idx_entries_stable ON session_entries (session_id, stable_since_turn)",
    )?;
    transaction.commit()?;
    Ok(Upgraded { backup, added })
}

fn lacking(connection: &Connection) -> Result<Vec<(&'static str, &'static str, &'static str)>> {
    let mut lacking = Vec::new();
    for (table, column, kind) in ADDED {
        let has: bool = connection.query_row(
            "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2",
            [table, column],
            |row| row.get(0),
        )?;
        if !has {
            lacking.push((table, column, kind));
        }
    }
    Ok(lacking)
}

/// `sessions.db.v0.4.bak`.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".v0.4.bak");
    name.into()
}

/// An empty file that only its owner may read; refused where there is one.
pub fn make_private(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.write(true).create_new(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(StoreError::FileExists { path: path.into() })
        }
        Err(why) => Err(StoreError::File { path: path.into(), why }),
    }
}
