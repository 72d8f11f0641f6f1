//! The list of sessions, read from counters alone.

use rusqlite::Row;
use serde::Serialize;

use super::{Native, Result, rows, rows::from_json};
use crate::{
    model::{Clean, SessionId, SessionSettings, Time, Usage},
    text::{redact, tokens::Encoding},
};

/// A session as a list of sessions shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SessionRow {
    pub id: SessionId,
    pub title: Clean,
    pub project: Clean,
    pub parent: Option<SessionId>,
    pub entries: u32,
    /// Live entries held at each level.
    pub held_entries: [u32; 4],
    /// Their tokens, each at its held level, under `encoding`.
    pub held_tokens: [u64; 4],
    pub encoding: Encoding,
    pub settings: SessionSettings,
    /// When the store first had it.
    pub created: Time,
    /// When its newest entry was written by the agent.
    pub last_at: Option<Time>,
    /// When the store was last written to for it.
    pub updated: Time,
    pub deleted_at: Option<Time>,
    /// When retention let its raw text go: only its digest is left.
    pub let_go_at: Option<Time>,
}

impl SessionRow {
    pub fn agent(&self) -> &str {
        self.id.agent()
    }

    /// Tokens of all live entries at their held levels.
    pub fn held(&self) -> u64 {
        self.held_tokens.iter().sum()
    }
}

impl Native {
    /// Every session, deleted ones too, the most recently active first. Reads counters only.
    pub fn sessions(&self) -> Result<Vec<SessionRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, title, project, parent, entries, held, encoding, last_at, updated, deleted_at, settings,
                    coalesce((SELECT at FROM journal j WHERE j.session = sessions.key ORDER BY stamp LIMIT 1), updated),
                    let_go
             FROM sessions ORDER BY coalesce(last_at, updated) DESC, id",
        )?;
        let mut found = statement.query([])?;
        let mut sessions = Vec::new();
        while let Some(row) = found.next()? {
            sessions.push(session_row(row)?);
        }
        Ok(sessions)
    }

    /// The usage that the log of a session records, added up; `None` where it records none.
    pub fn usage(&self, id: &SessionId) -> Result<Option<Usage>> {
        // `total` adds as a real number, which no amount overflows. Replies are the assistant's: the texts of results,
        // which are long and stand before the usage in a row, are not read.
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*), total(usage ->> '$.input'), total(usage ->> '$.output'),
                    total(usage ->> '$.cache_read'), total(usage ->> '$.cache_write')
             FROM entries WHERE session = (SELECT key FROM sessions WHERE id = ?1) AND role = 'assistant'
                   AND usage IS NOT NULL AND json_valid(usage)",
        )?;
        let amount = |row: &Row, column| row.get::<_, f64>(column).map(|amount| amount as u64);
        let usage = statement.query_row([id.as_str()], |row| {
            let usage = Usage {
                input: amount(row, 1)?,
                output: amount(row, 2)?,
                cache_read: amount(row, 3)?,
                cache_write: amount(row, 4)?,
            };
            Ok((row.get::<_, i64>(0)? > 0).then_some(usage))
        })?;
        Ok(usage)
    }
}

fn session_row(row: &Row) -> Result<SessionRow> {
    let held: [(u32, u64); 4] = from_json(row, 5)?;
    Ok(SessionRow {
        id: SessionId::new(row.get::<_, String>(0)?),
        title: redact::stored(row.get(1)?),
        project: redact::stored(row.get(2)?),
        parent: row.get::<_, Option<String>>(3)?.map(SessionId::new),
        entries: row.get(4)?,
        held_entries: held.map(|(entries, _)| entries),
        held_tokens: held.map(|(_, tokens)| tokens),
        encoding: rows::word(row, 6)?,
        last_at: row.get::<_, Option<i64>>(7)?.map(Time),
        updated: Time(row.get(8)?),
        deleted_at: row.get::<_, Option<i64>>(9)?.map(Time),
        settings: from_json(row, 10)?,
        created: Time(row.get(11)?),
        let_go_at: row.get::<_, Option<i64>>(12)?.map(Time),
    })
}
