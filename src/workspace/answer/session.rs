//! A session: as a row of the list, with its entries, and when it is made or deleted.

use serde::Serialize;

use super::{EntryRow, rfc3339};
use crate::{
    model::{Entry, Session, SessionId, SessionSettings, Time},
    pack::{enforce, statistics::Statistics},
    text::tokens::Encoding,
    workspace::SessionRow,
};

/// All but the last two fields are distill's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Created {
    pub session_id: SessionId,
    /// Tokens the session may hold; 0 for no maximum.
    pub max_tokens: u32,
    pub current_tokens: u64,
    pub entry_count: u32,
    pub push_count: u32,
    pub created_at: String,
    pub updated_at: String,
    pub dedup_threshold: f32,
    pub preserve_recent: Option<u32>,
}

impl Created {
    pub fn new(session_id: SessionId, settings: SessionSettings, now: Time) -> Created {
        Created {
            session_id,
            max_tokens: settings.max_tokens,
            current_tokens: 0,
            entry_count: 0,
            push_count: 0,
            created_at: rfc3339(now),
            updated_at: rfc3339(now),
            dedup_threshold: settings.dedup_threshold,
            preserve_recent: settings.preserve_recent,
        }
    }
}

/// A session as a row of the list.
#[derive(Clone, Debug, Serialize)]
pub struct Listed<'a> {
    pub session_id: &'a str,
    pub agent: &'a str,
    pub title: &'a str,
    pub project: &'a str,
    pub parent: Option<&'a str>,
    pub entries: u32,
    pub held_tokens: u64,
    /// Live entries by held level: full, summary, sentence, keywords.
    pub held_entries: [u32; 4],
    pub encoding: String,
    /// Whether `encoding` counts exactly.
    pub exact: bool,
    pub last_at: Option<Time>,
    pub updated: Time,
    pub deleted_at: Option<Time>,
    /// When retention let its raw text go.
    pub let_go_at: Option<Time>,
    pub max_tokens: u32,
    pub current_tokens: u64,
    pub entry_count: u32,
    pub created_at: String,
    pub updated_at: String,
}

impl<'a> Listed<'a> {
    pub fn new(session: &'a SessionRow) -> Listed<'a> {
        Listed {
            session_id: session.id.as_str(),
            agent: session.agent(),
            title: &session.title,
            project: &session.project,
            parent: session.parent.as_ref().map(|parent| parent.as_str()),
            entries: session.entries,
            held_tokens: session.held(),
            held_entries: session.held_entries,
            encoding: session.encoding.to_string(),
            exact: session.encoding.is_exact(),
            last_at: session.last_at,
            updated: session.updated,
            deleted_at: session.deleted_at,
            let_go_at: session.let_go_at,
            max_tokens: session.settings.max_tokens,
            current_tokens: session.held(),
            entry_count: session.entries,
            created_at: rfc3339(session.created),
            updated_at: rfc3339(session.updated),
        }
    }
}

/// A session with entries of it.
#[derive(Clone, Debug, Serialize)]
pub struct Contents<'a> {
    pub session_id: &'a SessionId,
    pub max_tokens: u32,
    pub current_tokens: u64,
    pub entry_count: usize,
    pub push_count: u32,
    pub created_at: String,
    pub updated_at: String,
    pub dedup_threshold: f32,
    pub preserve_recent: Option<u32>,
    /// Of the entries listed, at their held levels.
    pub stats: Statistics,
    pub title: &'a str,
    pub project: &'a str,
    pub parent: Option<&'a SessionId>,
    pub models: &'a [String],
    pub problems: &'a [String],
    pub encoding: String,
    pub exact: bool,
    pub entries: Vec<EntryRow<'a>>,
}

impl<'a> Contents<'a> {
    /// `row`: what the list of sessions says of this one; `None` where it is not in it.
    pub fn new(
        session: &'a Session,
        row: Option<&SessionRow>,
        pushes: u32,
        encoding: Encoding,
        entries: &[&'a Entry],
    ) -> Contents<'a> {
        let moment = |of: fn(&SessionRow) -> Time| row.map(of).map(rfc3339).unwrap_or_default();
        Contents {
            session_id: &session.id,
            max_tokens: session.settings.max_tokens,
            current_tokens: enforce::held_tokens(session),
            entry_count: session.entries.len(),
            push_count: pushes,
            created_at: moment(|row| row.created),
            updated_at: moment(|row| row.updated),
            dedup_threshold: session.settings.dedup_threshold,
            preserve_recent: session.settings.preserve_recent,
            stats: Statistics::held(entries.iter().copied()),
            title: &session.title,
            project: &session.project,
            parent: session.parent.as_ref(),
            models: &session.models,
            problems: &session.problems,
            encoding: encoding.to_string(),
            exact: encoding.is_exact(),
            entries: entries.iter().map(|entry| EntryRow::new(entry, session)).collect(),
        }
    }
}

/// A session that was hidden.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Deleted {
    pub session_id: SessionId,
    /// Entries that are hidden with it.
    pub entries_removed: u32,
    pub deleted: bool,
}
