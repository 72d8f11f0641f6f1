//! Whether a store file is sound: what SQLite finds, and how much there is.

use std::path::Path;

use rusqlite::Connection;
use serde::Serialize;

use super::{OpenStore, Result, StoreKind};

/// What is known of a store file, all of it read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Health {
    pub kind: &'static str,
    /// What SQLite found wrong; empty where the file is sound.
    pub damage: Vec<String>,
    /// The version of the tables in the file; of a distill file what its own program wrote.
    pub schema: i64,
    pub sqlite: String,
    /// Bytes of the file, and of what waits beside it to be taken in.
    pub bytes: u64,
    pub wal_bytes: u64,
    pub sessions: usize,
    /// Of these, hidden by `session delete`.
    pub deleted: usize,
    pub entries: u64,
    /// Entries that recall's index does not have yet.
    pub not_indexed: u64,
}

/// Faults that are told at the most.
const FAULTS: u32 = 20;

impl OpenStore {
    /// Reads the whole file: some seconds a gigabyte.
    pub fn health(&self, path: &Path) -> Result<Health> {
        let (connection, kind) = match self {
            OpenStore::Native(native) => (&native.connection, "haversack"),
            OpenStore::Distill(distill) => (distill.connection(), "distill"),
        };
        let rows = self.list()?;
        let size = |path: &Path| path.metadata().map_or(0, |metadata| metadata.len());
        let wal = path.with_file_name(format!("{}-wal", path.file_name().unwrap_or_default().to_string_lossy()));
        Ok(Health {
            kind,
            damage: damage(connection)?,
            schema: connection.pragma_query_value(None, "user_version", |row| row.get(0))?,
            sqlite: rusqlite::version().to_owned(),
            bytes: size(path),
            wal_bytes: size(&wal),
            sessions: rows.len(),
            deleted: rows.iter().filter(|row| row.deleted_at.is_some()).count(),
            entries: rows.iter().map(|row| u64::from(row.entries)).sum(),
            not_indexed: match self.kind() {
                StoreKind::Haversack => not_indexed(connection)?,
                StoreKind::Distill => 0,
            },
        })
    }
}

fn damage(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA integrity_check({FAULTS})"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut damage = lines.collect::<std::result::Result<Vec<String>, _>>()?;
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut broken = statement.query([])?;
    damage.retain(|line| line != "ok");
    let mut loose = 0;
    while broken.next()?.is_some() {
        loose += 1;
    }
    if loose > 0 {
        damage.push(format!("{loose} rows belong to rows that are not there"));
    }
    Ok(damage)
}

fn not_indexed(connection: &Connection) -> Result<u64> {
    let behind = "SELECT count(*) FROM entries WHERE key > (SELECT indexed FROM recall_backlog)";
    Ok(connection.query_row(behind, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
}
