//! Letting go of raw text: what each session holds, removing it once its digest is kept, and giving the space back.

use rusqlite::{Connection, params};

use super::{By, Native, Result, StoreError, live_session_key, recall};
use crate::{
    insight::{
        digest,
        retention::{Pass, Stored},
    },
    model::{Actor, Edit, JournalStatus, SessionId, Time},
};

/// Bytes of an entry besides its texts: rows of the other tables, and the indices. A store of 55 real sessions takes
/// 21.3 MB, of which the texts and renditions of their 8,293 entries are 12.4.
const ROW_BYTES: i64 = 1_080;
/// Pages that are given back at a time, so that other programs are not kept waiting.
const PAGES: u32 = 2_000;

impl Native {
    /// Every session that is not deleted and has raw text, as retention sees it. Texts are not read, their lengths are.
    pub fn raw_sizes(&self) -> Result<Vec<Stored>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT s.id, coalesce(s.last_at, s.updated),
                    (SELECT coalesce(sum(octet_length(e.text) + coalesce(octet_length(e.summary), 0)
                         + coalesce(octet_length(e.sentence), 0) + coalesce(octet_length(e.keywords), 0) + ?2), 0)
                     FROM entries e WHERE e.session = s.key),
                    (SELECT count(*) FROM digests d WHERE d.session = s.key AND d.of = s.version AND d.schema = ?1),
                    (SELECT count(*) FROM standing t WHERE t.session = s.key AND t.state ->> '$.pinned')
             FROM sessions s WHERE s.deleted_at IS NULL AND s.let_go IS NULL",
        )?;
        let found = statement.query_map(params![digest::SCHEMA, ROW_BYTES], |row| {
            Ok(Stored {
                id: SessionId::new(row.get::<_, String>(0)?),
                last: Time(row.get(1)?),
                raw_bytes: row.get::<_, i64>(2)?.cast_unsigned(),
                digested: row.get::<_, i64>(3)? > 0,
                pins: row.get(4)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Removes the raw text of a session and all that is derived of it, in one transaction; its row, its facts and its
    /// digest stay.
    ///
    /// # Errors
    /// Where it has no digest of what it is now, unless the pass is the one that says that this is lost.
    pub fn let_go(&mut self, id: &SessionId, pass: Pass, actor: &Actor, at: Time) -> Result<()> {
        let by = By { actor, via: self.via };
        let transaction = self.write()?;
        let key = live_session_key(&transaction, id)?;
        let digested: i64 = transaction.query_row(
            "SELECT count(*) FROM digests d JOIN sessions s ON s.key = d.session
             WHERE s.key = ?1 AND d.of = s.version AND d.schema = ?2",
            params![key, digest::SCHEMA],
            |row| row.get(0),
        )?;
        if digested == 0 && pass != Pass::DataLoss {
            return Err(StoreError::Moved(id.clone()));
        }
        transaction.execute("DELETE FROM entries WHERE session = ?1", [key])?;
        transaction.execute("DELETE FROM names WHERE session = ?1", [key])?;
        transaction.execute("DELETE FROM exports WHERE session = ?1", [key])?;
        transaction.execute("DELETE FROM answers WHERE session = ?1", [key])?;
        // What edits held of texts goes too; that they were made stays in words.
        transaction.execute(
            "UPDATE journal SET changes = '[]', status = CASE status WHEN 'append' THEN status ELSE 'dropped' END
             WHERE session = ?1 AND facts = '[]'",
            [key],
        )?;
        transaction.execute(
            "UPDATE sessions SET let_go = ?2, entries = 0, held = '[[0,0],[0,0],[0,0],[0,0]]' WHERE key = ?1",
            params![key, at.0],
        )?;
        let words = format!("let the raw text go ({})", pass.words());
        let edit = Edit { words, changes: Vec::new(), ..Edit::default() };
        super::journal::append(&transaction, key, by, at, JournalStatus::Append, &edit)?;
        transaction.commit()
    }

    /// How many entries were archived before a time, and the bytes of their texts. An entry that nothing says the time of
    /// its archiving of is not among them.
    pub fn archived(&self, before: Time) -> Result<(u32, u64)> {
        let sum =
            format!("SELECT count(*), coalesce(sum(octet_length(text)), 0) FROM entries WHERE key IN ({ARCHIVED})");
        let (entries, bytes): (u32, i64) =
            self.connection.query_row(&sum, [before.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((entries, bytes.cast_unsigned()))
    }

    /// Removes these with their bytes. What stands for them stays.
    pub fn forget_archived(&mut self, before: Time) -> Result<()> {
        let transaction = self.write()?;
        let steps = [
            // What a model was told of them, and made of it.
            format!("DELETE FROM answers WHERE session IN (SELECT session FROM entries WHERE key IN ({ARCHIVED}))"),
            format!(
                "UPDATE sessions SET entries = entries - (SELECT count(*) FROM entries
                     WHERE entries.session = sessions.key AND entries.key IN ({ARCHIVED}))"
            ),
            format!("DELETE FROM entries WHERE key IN ({ARCHIVED})"),
        ];
        for step in steps {
            transaction.execute(&step, [before.0])?;
        }
        transaction.commit()
    }

    /// Writes the indices anew without what was deleted from them, and gives free pages back to the file system: once
    /// after all that goes, since it takes as long as all that stays is large. Nothing where no page is free. A file that
    /// was made before it could do that piece by piece is written anew once, for which nobody else may be reading it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where another program reads the file while it has to be written anew.
    pub fn shrink(&mut self) -> Result<()> {
        if free_pages(&self.connection)? == 0 {
            return Ok(());
        }
        recall::forget(&self.connection)?;
        let mode: i64 = self.connection.query_row("PRAGMA auto_vacuum", [], |row| row.get(0))?;
        if mode != INCREMENTAL {
            self.connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")?;
        }
        while free_pages(&self.connection)? > 0 {
            let before = free_pages(&self.connection)?;
            // The pragma gives a row for each page; it ends when they are read.
            self.connection.execute_batch(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
            if free_pages(&self.connection)? >= before {
                break;
            }
        }
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }
}

/// Entries archived before a time: their keys.
const ARCHIVED: &str = "SELECT e.key FROM entries e JOIN standing t ON t.entry = e.key
     WHERE t.state ->> '$.fate' = 'archived'
       AND (SELECT max(j.at) FROM journal j WHERE j.session = e.session
            AND j.status = 'done' AND instr(j.changes, printf('%016x', e.id)) > 0) < ?1";

/// When the raw text of a session went; `None` while it is there.
pub(super) fn let_go_at(connection: &Connection, key: i64) -> Result<Option<Time>> {
    let mut statement = connection.prepare_cached("SELECT let_go FROM sessions WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| Ok(row.get::<_, Option<i64>>(0)?.map(Time)))?)
}

/// SQLite's number for `auto_vacuum = INCREMENTAL`.
const INCREMENTAL: i64 = 2;

fn free_pages(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("PRAGMA freelist_count", [], |row| row.get(0))?)
}
