//! Which session a row belongs to that several logs hold: the one that had it first.
//!
//! Agents copy rows when they fork or resume a session. The rows stay with the session of the oldest log that holds them,
//! also where that log was read in an earlier sweep: each read log leaves a list of its rows.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

/// Rows and their sessions. A row is a 64-bit hash of what the log calls it.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    sessions: Vec<String>,
    rows: HashMap<u64, u32>,
}

impl Owners {
    /// The session that has this row; none where it is new.
    pub fn of(&self, row: &str) -> Option<&str> {
        self.rows.get(&hash(row)).map(|&session| self.sessions[session as usize].as_str())
    }

    /// Says whose a row is. The first to say so stays.
    pub fn add(&mut self, row: &str, session: &str) {
        let session = self.session(session);
        self.rows.entry(hash(row)).or_insert(session);
    }

    /// Takes in what another log has; what is known stays.
    pub fn merge(&mut self, other: &Owners) {
        let places: Vec<u32> = other.sessions.iter().map(|session| self.session(session)).collect();
        for (&row, &session) in &other.rows {
            self.rows.entry(row).or_insert(places[session as usize]);
        }
    }

    /// As bytes: the sessions a line each, an empty line, then 12 bytes a row.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.sessions.join("\n").into_bytes();
        bytes.extend(b"\n\n");
        let mut rows: Vec<(u64, u32)> = self.rows.iter().map(|(&row, &session)| (row, session)).collect();
        rows.sort_unstable();
        for (row, session) in rows {
            bytes.extend(row.to_le_bytes());
            bytes.extend(session.to_le_bytes());
        }
        bytes
    }

    /// What [`Owners::to_bytes`] wrote; nothing where it was not that.
    pub fn from_bytes(bytes: &[u8]) -> Owners {
        let Some(end) = bytes.windows(2).position(|pair| pair == b"\n\n") else { return Owners::default() };
        let names = String::from_utf8_lossy(&bytes[..end]);
        let sessions: Vec<String> = names.lines().map(str::to_owned).collect();
        let rows = bytes[end + 2..].chunks_exact(12).filter_map(|row| {
            let (row, session) = row.split_at(8);
            let session = u32::from_le_bytes(session.try_into().ok()?);
            let known = (session as usize) < sessions.len();
            known.then_some((u64::from_le_bytes(row.try_into().ok()?), session))
        });
        Owners { rows: rows.collect(), sessions }
    }

    fn session(&mut self, name: &str) -> u32 {
        // The last one named is the one that most rows in a row belong to.
        let known = self.sessions.iter().rposition(|known| known == name);
        let at = known.unwrap_or_else(|| {
            self.sessions.push(name.replace('\n', " "));
            self.sessions.len() - 1
        });
        u32::try_from(at).expect("there are fewer sessions than bytes of memory")
    }
}

fn hash(row: &str) -> u64 {
    xxh3_64(row.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_the_same_after_bytes() {
        let mut owners = Owners::default();
        for (row, session) in [("a", "one"), ("b", "two"), ("a", "two"), ("c", "one")] {
            owners.add(row, session);
        }
        let read = Owners::from_bytes(&owners.to_bytes());
        for (row, session) in [("a", Some("one")), ("b", Some("two")), ("c", Some("one")), ("d", None)] {
            assert_eq!((owners.of(row), read.of(row)), (session, session), "{row}");
        }
        assert!(Owners::from_bytes(b"damage").of("a").is_none());
        assert!(Owners::from_bytes(&owners.to_bytes()[..20]).of("d").is_none());
    }
}
