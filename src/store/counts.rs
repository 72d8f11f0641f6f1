//! Token counts: what entries cost under each encoding, the counters of a session, and the cache by content.

use rusqlite::{Connection, OptionalExtension, params};
use xxhash_rust::xxh3::xxh3_128;

use super::{Native, Result, rows, session_key};
use crate::{
    model::{EntryId, SessionId},
    text::tokens::Encoding,
};

/// The key that counts are cached under.
pub fn content_hash(text: &str) -> u128 {
    xxh3_128(text.as_bytes())
}

impl Native {
    /// Stores what entries cost under an encoding. Ids that the session does not have are passed over: an undo may
    /// have taken a note away while it was counted.
    pub fn recount(&mut self, id: &SessionId, encoding: Encoding, costs: &[(EntryId, [u32; 4])]) -> Result<()> {
        let transaction = self.write()?;
        let session = session_key(&transaction, id)?;
        {
            let mut find = transaction.prepare_cached("SELECT key FROM entries WHERE session = ?1 AND id = ?2")?;
            for &(entry, costs) in costs {
                let key = find.query_row(params![session, entry.0.cast_signed()], |row| row.get(0)).optional()?;
                if let Some(key) = key {
                    rows::set_costs(&transaction, key, encoding, costs)?;
                }
            }
        }
        tally(&transaction, session, encoding)?;
        transaction.commit()
    }

    /// Remembers the tokens of texts by their [`content_hash`].
    pub fn remember_counts(&mut self, encoding: Encoding, counts: &[(u128, u32)]) -> Result<()> {
        let transaction = self.write()?;
        {
            let mut insert = transaction
                .prepare_cached("INSERT OR IGNORE INTO counts (hash, encoding, tokens) VALUES (?1, ?2, ?3)")?;
            for (hash, tokens) in counts {
                insert.execute(params![hash.to_be_bytes(), encoding.to_string(), tokens])?;
            }
        }
        transaction.commit()
    }

    /// The remembered tokens of each text, in the order of `hashes`.
    pub fn known_counts(&self, encoding: Encoding, hashes: &[u128]) -> Result<Vec<Option<u32>>> {
        let view = self.read()?;
        let mut find = view.prepare_cached("SELECT tokens FROM counts WHERE hash = ?1 AND encoding = ?2")?;
        let encoding = encoding.to_string();
        hashes
            .iter()
            .map(|hash| Ok(find.query_row(params![hash.to_be_bytes(), encoding], |row| row.get(0)).optional()?))
            .collect()
    }
}

/// Brings the counters of a session up to date.
pub(super) fn tally(connection: &Connection, session: i64, encoding: Encoding) -> Result<()> {
    let mut held = [(0u32, 0u64); 4];
    let mut statement = connection.prepare_cached(
        "SELECT s.level, count(*),
                coalesce(sum(CASE s.level WHEN 0 THEN c.full WHEN 1 THEN c.summary WHEN 2 THEN c.sentence
                                          ELSE c.keywords END), 0)
         FROM standing s LEFT JOIN costs c ON c.entry = s.entry AND c.encoding = ?2
         WHERE s.session = ?1 AND s.live GROUP BY s.level",
    )?;
    let mut found = statement.query(params![session, encoding.to_string()])?;
    while let Some(row) = found.next()? {
        if let Some(of_level) = held.get_mut(usize::from(row.get::<_, u8>(0)?)) {
            *of_level = (row.get(1)?, row.get::<_, i64>(2)?.cast_unsigned());
        }
    }
    connection
        .prepare_cached(
            "UPDATE sessions SET held = ?2, encoding = ?3,
                    entries = (SELECT count(*) FROM standing WHERE session = ?1) WHERE key = ?1",
        )?
        .execute(params![session, rows::json(&held), encoding.to_string()])?;
    Ok(())
}
