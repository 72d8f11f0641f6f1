//! Pushing entries into a session, as agents do.

use super::{Result, Workspace, WorkspaceError, prepare::prepare};
use crate::{
    model::{Actor, Entry, EntryId, EntryState, Importance, Kind, Role, Session, SessionId, SessionSettings},
    store::{Appended, content_hash},
    text::redact,
};

/// One entry to push.
#[derive(Clone, Debug, PartialEq)]
pub struct Push {
    pub role: Role,
    pub content: String,
    /// Where it comes from, as the caller names it: a path, a tool.
    pub source: Option<String>,
    pub importance: Option<Importance>,
}

impl Workspace {
    /// Makes an empty session.
    pub fn create(&mut self, id: &SessionId, settings: SessionSettings, actor: &Actor) -> Result<Session> {
        if self.store.sessions()?.iter().any(|row| row.id == *id) {
            return Err(WorkspaceError::BadPush(format!("there is a session '{id}' already; choose another id")));
        }
        let mut session = Session::new(id.clone());
        session.settings = settings;
        session.title = redact::clean(id.native());
        self.store.put(&session, actor, self.now())?;
        Ok(session)
    }

    /// Appends entries in one transaction: all of them or none.
    pub fn push(&mut self, id: &SessionId, actor: &Actor, pushes: &[Push]) -> Result<Appended> {
        if let Some(at) = pushes.iter().position(|push| push.content.trim().is_empty()) {
            return Err(WorkspaceError::BadPush(format!(
                "entry {} of the push is empty; give it some content",
                at + 1
            )));
        }
        let mut session = self.session(id)?;
        let first = session.entries.last().map_or(0, |entry| entry.seq);
        for (number, push) in pushes.iter().enumerate() {
            let seq = first + 1 + number as u32;
            session.entries.push(self.pushed(id, seq, push));
        }
        prepare(&mut session, self.counters(), &|_| {});
        self.put(&session, actor)
    }

    fn pushed(&self, id: &SessionId, seq: u32, push: &Push) -> Entry {
        let kind = match push.role {
            Role::User => Kind::Prompt,
            Role::Assistant => Kind::Message,
            Role::Tool => Kind::Result,
            Role::System => Kind::Injected,
        };
        let source = push.source.as_deref().filter(|source| !source.is_empty());
        let id = EntryId(content_hash(&format!("{id}\n{seq}\n{}", push.content)) as u64);
        Entry {
            tool: source.filter(|_| kind == Kind::Result).map(|source| redact::clean(source).as_str().into()),
            path: source.filter(|source| source.contains(['/', '.'])).map(redact::clean),
            at: Some(self.now()),
            state: EntryState { importance: push.importance, ..EntryState::default() },
            ..Entry::new(id, seq, kind, push.role, redact::clean(&push.content))
        }
    }
}
