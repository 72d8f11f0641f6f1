//! Session files of both schemas, made for tests.

use rusqlite::{Connection, types::ValueRef};
use tempfile::TempDir;

use super::read;
use crate::model::Session;

/// The schema up to v0.4; the newer one adds columns in the middle.
pub const OLD: &str = "
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = OFF;
    CREATE TABLE sessions (id TEXT PRIMARY KEY, max_tokens INTEGER NOT NULL, dedup_threshold REAL NOT NULL DEFAULT 0.15,
        preserve_recent INTEGER NOT NULL DEFAULT 10, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
    CREATE TABLE session_entries (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, role TEXT NOT NULL DEFAULT '',
        content TEXT NOT NULL, original_content TEXT NOT NULL, source TEXT DEFAULT '', embedding BLOB,
        importance REAL NOT NULL DEFAULT 0.5, compression_level INTEGER NOT NULL DEFAULT 0, tokens INTEGER NOT NULL DEFAULT 0,
        seq INTEGER NOT NULL, created_at TEXT NOT NULL, compressed_at TEXT DEFAULT '',
        FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE);";

pub const NEW: &str = "
    ALTER TABLE sessions ADD COLUMN push_count INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sessions ADD COLUMN cache_boundary_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE session_entries ADD COLUMN inserted_at_push INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE session_entries ADD COLUMN stable_since_turn INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE session_entries ADD COLUMN content_hash TEXT NOT NULL DEFAULT '';";

pub struct File {
    pub folder: TempDir,
    /// As distill's own: foreign keys on, no timeout.
    pub connection: Connection,
}

pub fn file(schema: &str) -> File {
    let folder = TempDir::new().unwrap();
    let connection = Connection::open(folder.path().join("a session?#1.db")).unwrap();
    connection.execute_batch(schema).unwrap();
    let head = "INSERT INTO sessions (id, max_tokens, dedup_threshold, preserve_recent, created_at, updated_at)
                VALUES ('task-42', 4000, 0.2, 7, '2026-11-20T15:00:00Z', '')";
    connection.execute_batch(head).unwrap();
    File { folder, connection }
}

impl File {
    pub fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("a session?#1.db")
    }

    pub fn push(&self, seq: i64, role: &str, level: i64, importance: f64, shortened: &[u8], original: &str) {
        let insert = "INSERT INTO session_entries (id, session_id, role, content, original_content, importance,
                          compression_level, seq, created_at, tokens, compressed_at, embedding)
                      VALUES ('e' || ?1, 'task-42', ?2, CAST(?3 AS TEXT), ?4, ?5, ?6, ?1, '2026-11-20T15:00:01.5Z',
                          (length(?3) + 3) / 4, iif(?6 = 0, '', '2026-11-20T15:00:02.25Z'), x'0000803f')";
        self.connection.execute(insert, (seq, role, shortened, original, importance, level)).unwrap();
    }

    /// Entries of every role and level, one cut within a character, one with a secret, one with an odd importance.
    pub fn push_mixture(&self) {
        let long =
            |what: &str| format!("{what} reads src/cart.rs. The rounding is wrong there. {}", "It goes on. ".repeat(9));
        self.push(1, "user", 0, 0.5, b"Fix the rounding of cents", "Fix the rounding of cents");
        self.push(3, "assistant", 0, 0.9, long("First").as_bytes(), &long("First"));
        self.push(4, "tool", 2, 0.3, b"caf\xC3...", &format!("caf\u{e9} {}", long("Second")));
        self.push(5, "tool", 3, 0.123_456_789, b"", "of the and it");
        self.push(6, "tool", 1, 7.5, &long("Third").as_bytes()[..40], &long("Third"));
        let secret = format!("DB_PASSWORD=hunter2hunter2\n{}", long("Fourth"));
        self.push(8, "tool", 0, 0.4, secret.as_bytes(), &secret);
        self.push(9, "system", 0, 0.5, b"short", "short");
        self.push(12, "assistant", 1, 0.2, b"First. Last.", &long("Fifth"));
    }

    pub fn read(&self) -> Session {
        let mut sessions = read(&self.path()).unwrap();
        assert_eq!(sessions.len(), 1);
        sessions.remove(0)
    }

    /// Every value of distill's own tables with its type, and the row numbers.
    pub fn rows(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for table in ["sessions", "session_entries"] {
            let mut statement = self.connection.prepare(&format!("SELECT rowid, * FROM {table} ORDER BY id")).unwrap();
            let columns = statement.column_count();
            let mut found = statement.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let value = |column| match row.get_ref(column).unwrap() {
                    ValueRef::Text(bytes) => format!("text {:?}", bytes.escape_ascii().to_string()),
                    other => format!("{other:?}"),
                };
                rows.push((0..columns).map(value).collect::<Vec<_>>().join(" | "));
            }
        }
        rows
    }

    pub fn one<T: rusqlite::types::FromSql>(&self, query: &str) -> T {
        self.connection.query_row(query, [], |row| row.get(0)).unwrap()
    }
}
