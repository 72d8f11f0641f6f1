//! Databases of agents, opened so that nothing is written: neither to them nor beside them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, Params, Row, config::DbConfig, types::ValueRef};

use super::{error::IngestError, json::Json};

/// How long a busy file is waited for; an agent's own writes take milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// Tables and their columns.
pub type Tables = BTreeMap<String, BTreeSet<String>>;

/// Whether the file is a SQLite database.
pub fn is_database(path: &Path) -> bool {
    header(path).is_some()
}

/// A database as it stood when it was opened.
pub struct Database {
    path: PathBuf,
    connection: Connection,
    pub tables: Tables,
}

impl Database {
    /// Opens it for reading, what is still in its write-ahead log included.
    ///
    /// # Errors
    /// Where SQLite cannot read it.
    pub fn open(path: &Path) -> Result<Database, IngestError> {
        let mut refused = None;
        for way in ways(path) {
            match connect(path, *way).and_then(|connection| Ok((tables(&connection)?, connection))) {
                Ok((tables, connection)) => return Ok(Database { path: path.into(), connection, tables }),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(IngestError::Sqlite { path: path.into(), source: refused.unwrap_or(rusqlite::Error::InvalidQuery) })
    }

    pub fn has(&self, table: &str, column: &str) -> bool {
        self.tables.get(table).is_some_and(|columns| columns.contains(column))
    }

    /// "SELECT a, b FROM table REST", with NULL for columns that this version of the agent does not have.
    pub fn select(&self, table: &str, columns: &[&str], rest: &str) -> String {
        let columns = columns.iter().map(|&column| match column == "rowid" || self.has(table, column) {
            true => column,
            false => "NULL",
        });
        format!("SELECT {} FROM {table} {rest}", columns.collect::<Vec<_>>().join(", "))
    }

    /// Hands over every row of a query.
    ///
    /// # Errors
    /// Where SQLite cannot answer it.
    pub fn each(
        &self,
        query: &str,
        parameters: impl Params,
        row: &mut dyn FnMut(&Row) -> rusqlite::Result<()>,
    ) -> Result<(), IngestError> {
        let run = || {
            let mut statement = self.connection.prepare_cached(query)?;
            let mut rows = statement.query(parameters)?;
            while let Some(found) = rows.next()? {
                row(found)?;
            }
            Ok(())
        };
        run().map_err(|source| IngestError::Sqlite { path: self.path.clone(), source })
    }
}

/// A value as text: SQLite lets a column hold any type. Bytes that are not UTF-8 are replaced.
pub fn text(row: &Row, index: usize) -> rusqlite::Result<Option<String>> {
    Ok(match row.get_ref(index)? {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    })
}

/// A value as JSON; `None` where it is none.
pub fn json(row: &Row, index: usize) -> rusqlite::Result<Option<Json>> {
    Ok(match row.get_ref(index)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Json::parse(bytes),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
    })
}

/// A value as a number; `None` where it is none.
pub fn number(row: &Row, index: usize) -> rusqlite::Result<Option<f64>> {
    Ok(match row.get_ref(index)? {
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Real(number) => Some(number),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().and_then(|text| text.trim().parse().ok()),
        ValueRef::Null | ValueRef::Blob(_) => None,
    })
}

/// A row id as an entry's line.
pub fn line(row_id: i64) -> u32 {
    u32::try_from(row_id.max(1)).unwrap_or(u32::MAX)
}

/// How a database is opened.
#[derive(Clone, Copy)]
enum Way {
    /// With locks, in step with whoever writes. Shared memory that is there is only read.
    Locked,
    /// Nobody has it open, but its write-ahead log holds rows: the log's index is kept in our own memory. The usual way
    /// makes a file of shared memory beside the database for it, and fails where that is not allowed.
    Alone,
    /// Nobody has it open, and all of it is in the one file.
    Still,
}

/// The ways to try, in order.
fn ways(path: &Path) -> &'static [Way] {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        fs::metadata(name).ok().map(|metadata| metadata.len())
    };
    // Bytes 18 and 19 of the header are 2 where the database has a write-ahead log.
    let logged = header(path).is_some_and(|header| header[18] == 2 || header[19] == 2);
    match (beside("-wal"), beside("-shm")) {
        _ if !logged => &[Way::Locked],
        (Some(_), Some(_)) => &[Way::Locked, Way::Alone],
        (Some(1..), None) => &[Way::Alone],
        _ => &[Way::Still],
    }
}

fn connect(path: &Path, way: Way) -> rusqlite::Result<Connection> {
    let mode = match way {
        Way::Locked => "mode=ro&readonly_shm=1",
        Way::Alone if cfg!(windows) => "mode=ro&vfs=win32-none",
        Way::Alone => "mode=ro&vfs=unix-none",
        Way::Still => "mode=ro&immutable=1",
    };
    let name = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    // The leading `./` keeps a relative name from being read as a URI's authority.
    let root = if path.is_absolute() { "" } else { "./" };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file:{root}{name}?{mode}"), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Who closes a database last moves its log into it: not we.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // Nothing of the agent's is written to a temporary file, should a query sort.
    connection.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA query_only = ON;")?;
    if matches!(way, Way::Alone) {
        connection.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(()))?;
    }
    // One transaction: what the agent writes from here on is not seen.
    connection.execute_batch("BEGIN")?;
    Ok(connection)
}

fn tables(connection: &Connection) -> rusqlite::Result<Tables> {
    let mut statement = connection.prepare(
        "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
    )?;
    let mut rows = statement.query([])?;
    let mut tables = Tables::new();
    while let Some(row) = rows.next()? {
        tables.entry(row.get(0)?).or_default().insert(row.get(1)?);
    }
    Ok(tables)
}

/// The first bytes of a SQLite database; `None` of any other file.
fn header(path: &Path) -> Option<[u8; 20]> {
    let mut header = [0; 20];
    File::open(path).and_then(|mut file| file.read_exact(&mut header)).ok()?;
    header.starts_with(b"SQLite format 3\0").then_some(header)
}

#[cfg(test)]
mod tests;
