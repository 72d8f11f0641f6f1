//! Databases of agents, opened so that nothing is written beside them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read,
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

/// How long a busy file is waited for; an agent's own writes take milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// Whether the file is a SQLite database.
pub fn is_database(path: &Path) -> bool {
    let mut magic = [0; 16];
    File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && &magic == b"SQLite format 3\0"
}

/// Read-only. A file without a write-ahead log has no writer, and is opened as immutable: SQLite then makes no files
/// beside it and needs no right to.
pub fn open(path: &Path) -> rusqlite::Result<Connection> {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        fs::metadata(name).is_ok_and(|metadata| metadata.len() > 0)
    };
    let mode = if beside("-wal") || beside("-journal") { "mode=ro" } else { "mode=ro&immutable=1" };
    let name = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    // The leading `./` keeps a relative name from being read as a URI's authority.
    let root = if path.is_absolute() { "" } else { "./" };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file:{root}{name}?{mode}"), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// Tables and their columns; none where the file cannot be read.
pub fn tables(path: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let read = || -> rusqlite::Result<BTreeMap<String, BTreeSet<String>>> {
        let connection = open(path)?;
        let mut statement = connection.prepare(
            "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
        )?;
        let mut rows = statement.query([])?;
        let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            tables.entry(row.get(0)?).or_default().insert(row.get(1)?);
        }
        Ok(tables)
    };
    read().unwrap_or_default()
}
