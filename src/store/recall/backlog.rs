//! The index of texts follows what is stored, in pieces and whenever there is time: nobody who opens a log waits for it.
//! A piece is one transaction, so it may be stopped anywhere. Who looks for words first brings the index up to date.

use rusqlite::{Transaction, TransactionBehavior, params};

use crate::store::{Native, Result};

/// `indexed` is the greatest key of an entry that the index has.
pub(in crate::store) const TABLE: &str = "
CREATE TABLE recall_backlog (indexed INTEGER NOT NULL) STRICT;
INSERT INTO recall_backlog SELECT coalesce(max(key), 0) FROM entries;
DROP TRIGGER recall_entry_comes;
DROP TRIGGER recall_entry_goes;
CREATE TRIGGER recall_entry_goes BEFORE DELETE ON entries WHEN OLD.key <= (SELECT indexed FROM recall_backlog) BEGIN
    INSERT INTO recall_entries (recall_entries, rowid, text) VALUES ('delete', OLD.key, OLD.text);
END;
-- SQLite gives the greatest key out again once it is free: what comes there then is to be indexed.
CREATE TRIGGER recall_entry_gone AFTER DELETE ON entries BEGIN
    UPDATE recall_backlog SET indexed = min(indexed, (SELECT coalesce(max(key), 0) FROM entries));
END;
";

/// Entries of a piece: some tens of milliseconds.
const PIECE: u32 = 500;

/// Whether the index has every entry now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backlog {
    Done,
    Left,
}

impl Native {
    /// Takes the next entries into the index.
    pub fn index_piece(&self) -> Result<Backlog> {
        let behind = "SELECT (SELECT max(key) FROM entries) > (SELECT indexed FROM recall_backlog)";
        let is_behind = || self.connection.prepare_cached(behind)?.query_row([], |row| row.get::<_, Option<bool>>(0));
        if is_behind()? != Some(true) {
            return Ok(Backlog::Done);
        }
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let indexed: i64 = transaction.query_row("SELECT indexed FROM recall_backlog", [], |row| row.get(0))?;
        let last: Option<i64> = transaction.query_row(
            "SELECT max(key) FROM (SELECT key FROM entries WHERE key > ?1 ORDER BY key LIMIT ?2)",
            params![indexed, PIECE],
            |row| row.get(0),
        )?;
        if let Some(last) = last {
            transaction.execute(
                "INSERT INTO recall_entries (rowid, text)
                 SELECT key, text FROM entries WHERE key > ?1 AND key <= ?2 ORDER BY key",
                params![indexed, last],
            )?;
            transaction.execute("UPDATE recall_backlog SET indexed = ?1", [last])?;
        }
        transaction.commit()?;
        Ok(if is_behind()? == Some(true) { Backlog::Left } else { Backlog::Done })
    }

    /// Brings the index up to date.
    pub fn index_rest(&self) -> Result<()> {
        while self.index_piece()? == Backlog::Left {}
        Ok(())
    }
}
