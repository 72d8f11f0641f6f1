//! What was exported last, by session and strategy, and the one-shot layer that waits for the next export.

use rusqlite::{OptionalExtension, params};

use super::{Native, Result, live_session_key, rows};
use crate::model::{SessionId, Time};

/// The last export of a session under a strategy.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    pub at: Time,
    pub budget: u32,
    /// Mark and tokens of each piece, in order.
    pub sent: Vec<(u64, u32)>,
    /// What the strategy tells of it, as JSON; empty where it tells nothing.
    pub result: String,
}

impl Native {
    pub fn last_export(&self, id: &SessionId, strategy: &str) -> Result<Option<Exported>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT x.at, x.budget, x.sent, x.result FROM exports x JOIN sessions s ON s.key = x.session
             WHERE s.id = ?1 AND x.strategy = ?2",
        )?;
        let mut found = statement.query(params![id.as_str(), strategy])?;
        let Some(row) = found.next()? else { return Ok(None) };
        Ok(Some(Exported {
            at: Time(row.get(0)?),
            budget: row.get(1)?,
            sent: rows::from_json(row, 2)?,
            result: row.get(3)?,
        }))
    }

    /// Records an export; a layer that was forced for it is used up.
    pub fn record_export(&mut self, id: &SessionId, strategy: &str, exported: &Exported, layer: UsedUp) -> Result<()> {
        let transaction = self.write()?;
        let key = live_session_key(&transaction, id)?;
        transaction.execute(
            "INSERT OR REPLACE INTO exports (session, strategy, at, budget, sent, result) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![key, strategy, exported.at.0, exported.budget, rows::json(&exported.sent), exported.result],
        )?;
        if layer == UsedUp::Yes {
            transaction.execute("DELETE FROM forced_layers WHERE session = ?1", [key])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// The layer that the next export must use at the least; 0 where none is forced.
    pub fn forced_layer(&self, id: &SessionId) -> Result<u8> {
        let mut statement = self.connection.prepare_cached(
            "SELECT f.layer FROM forced_layers f JOIN sessions s ON s.key = f.session WHERE s.id = ?1",
        )?;
        Ok(statement.query_row([id.as_str()], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// Forces a layer for the next export; 0 takes that back.
    pub fn force_layer(&mut self, id: &SessionId, layer: u8) -> Result<()> {
        let transaction = self.write()?;
        let key = live_session_key(&transaction, id)?;
        match layer {
            0 => transaction.execute("DELETE FROM forced_layers WHERE session = ?1", [key])?,
            _ => transaction.execute(
                "INSERT OR REPLACE INTO forced_layers (session, layer) VALUES (?1, ?2)",
                params![key, layer],
            )?,
        };
        transaction.commit()?;
        Ok(())
    }
}

/// Whether an export used the forced layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsedUp {
    Yes,
    No,
}
