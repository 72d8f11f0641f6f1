//! Pushing entries into a session, as agents do: all of them or none, copies superseded, the session's maximum kept.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    Part, Result, Workspace, WorkspaceError,
    prepare::{prepare_new, relate},
};
use crate::{
    model::{
        Actor, Edit, Entry, EntryId, EntryState, Importance, Kind, Role, Session, SessionId, SessionSettings, Time,
    },
    pack::enforce::{self, Policy},
    score::duplicates::{Alike, Duplicate, duplicates, supersede},
    store::{Batch, OpenStore, Pushes, StoreError, content_hash},
    text::redact,
};

/// One entry to push.
#[derive(Clone, Debug, PartialEq)]
pub struct Push {
    pub role: Role,
    pub content: String,
    /// Where it comes from, as the caller names it: a path, a tool.
    pub source: Option<String>,
    /// Importance by hand; without it, the rule scores.
    pub importance: Option<Importance>,
    /// For telling duplicates.
    pub embedding: Option<Vec<f32>>,
    pub exchange: Option<Half>,
}

impl Push {
    pub fn new(role: Role, content: impl Into<String>) -> Push {
        Push { role, content: content.into(), source: None, importance: None, embedding: None, exchange: None }
    }
}

/// What a pushed call or result says of its exchange.
#[derive(Clone, Debug, PartialEq)]
pub struct Half {
    /// [`Kind::Call`] or [`Kind::Result`].
    pub kind: Kind,
    pub tool: Option<String>,
    /// Joins a call with its results.
    pub call_id: Option<String>,
    /// The file that is read or written.
    pub path: Option<String>,
}

/// How a push deals with what is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PushRules {
    /// Jaccard from which on texts are near, 0 to 1.
    pub near: f64,
    pub policy: Policy,
}

impl Default for PushRules {
    /// 0.75: on real texts of 600 bytes what 5 % other words leaves alike, and 96 % of it is found.
    fn default() -> Self {
        Self { near: 0.75, policy: Policy::default() }
    }
}

/// What a push did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pushed {
    /// Ids and numbers of the new entries, in order.
    pub added: Vec<(EntryId, u32)>,
    /// Older entries that newer ones made stale.
    pub superseded: Vec<Superseded>,
    /// Entries that the maximum made hold less text, and more again; and that it evicted.
    pub shortened: usize,
    pub restored: usize,
    pub evicted: usize,
    /// Tokens of all live entries at their held levels, afterwards.
    pub held: u64,
    /// The session's maximum; 0 = none.
    pub max_tokens: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Superseded {
    pub entry_id: EntryId,
    pub seq: u32,
    /// The number of the entry that stands for it.
    pub by: u32,
    pub why: String,
}

/// How often a push starts anew when others write to the session at the same time.
const TRIES: usize = 16;

impl Workspace {
    /// Makes an empty session. Gives the id that a deleted session has from now on, where it had this one.
    pub fn create(&mut self, id: &SessionId, settings: SessionSettings, actor: &Actor) -> Result<Option<SessionId>> {
        let mut session = Session::new(id.clone());
        session.settings = settings;
        session.title = redact::clean(id.native());
        let now = self.now();
        Ok(self.store.native_mut(Part::Entries)?.create(&session, actor, now)?)
    }

    /// An id for a session that nobody has named.
    pub fn unused_id(&self) -> Result<SessionId> {
        let taken: HashSet<SessionId> = self.store.list()?.into_iter().map(|row| row.id).collect();
        let named = |moment: i64| SessionId::new(format!("haversack:{moment:x}"));
        let mut ids = (self.now().0..).map(named);
        Ok(ids.find(|id| !taken.contains(id)).expect("there are fewer sessions than moments"))
    }

    /// Appends entries in one transaction, all of them or none, with the edits that this brings about: copies are
    /// superseded, and where the session is above its maximum then, it is brought within. Each of these is one edit of
    /// the actor's.
    pub fn push(&mut self, id: &SessionId, actor: &Actor, pushes: &[Push], rules: PushRules) -> Result<Pushed> {
        if let Some(at) = pushes.iter().position(|push| push.content.trim().is_empty()) {
            return Err(WorkspaceError::BadPush(format!(
                "entry {} of the push is empty; give it some content",
                at + 1
            )));
        }
        for _ in 1..TRIES {
            match self.try_push(id, actor, pushes, rules) {
                Err(WorkspaceError::Store(StoreError::Moved(_) | StoreError::Drift(_))) => {}
                done => return done,
            }
        }
        self.try_push(id, actor, pushes, rules)
    }

    /// How often was pushed to a session, and the number of its next entry.
    pub fn pushes(&self, id: &SessionId) -> Result<Pushes> {
        match &self.store {
            OpenStore::Native(native) => Ok(native.pushes(id)?),
            OpenStore::Distill(distill) => Ok(distill.pushes(id)?),
        }
    }

    fn try_push(&mut self, id: &SessionId, actor: &Actor, pushes: &[Push], rules: PushRules) -> Result<Pushed> {
        // Before the session, so that whatever comes in between is noticed.
        let native = self.store.native(Part::Entries)?;
        native.require_live(id)?;
        let next_seq = native.pushes(id)?.next_seq;
        let mut session = self.session(id)?;
        let first_new = session.entries.len();
        let now = self.now();
        session.entries.extend((next_seq..).zip(pushes).map(|(seq, push)| entry(id, seq, push, now)));
        prepare_new(&mut session, first_new, self.counters());
        let new = &session.entries[first_new..];
        let embeddings: Vec<(EntryId, Vec<f32>)> =
            new.iter().zip(pushes).filter_map(|(entry, push)| Some((entry.id, push.embedding.clone()?))).collect();
        let added = new.iter().map(|entry| (entry.id, entry.seq)).collect();

        let copies = self.copies(&session, first_new, &embeddings, rules)?;
        let mut edits: Vec<Edit> = supersede(&session, &copies).into_iter().collect();
        let mut pushed = Pushed { added, max_tokens: session.settings.max_tokens, ..Pushed::default() };
        pushed.superseded = superseded(&session, &copies);
        let apply = |session: &mut Session, edit: &Edit| session.apply(edit).map(|_| ()).map_err(StoreError::from);
        for edit in &edits {
            apply(&mut session, edit)?;
        }
        // After it is known what supersedes what: an entry counts for what its older copies counted for.
        relate(&mut session, self.counters().costs());
        if let Some(enforced) = enforce::enforce(&session, self.settings, rules.policy) {
            (pushed.shortened, pushed.restored, pushed.evicted) =
                (enforced.shortened, enforced.restored, enforced.evicted);
            apply(&mut session, &enforced.edit)?;
            edits.push(enforced.edit);
        }
        pushed.held = enforce::held_tokens(&session);
        for edit in edits.iter().rev() {
            apply(&mut session, &edit.inverse())?;
        }
        let batch = Batch { session: &session, next_seq, edits: &edits, embeddings: &embeddings };
        self.store.native_mut(Part::Entries)?.push(&batch, actor, now)?;
        Ok(pushed)
    }

    fn copies(
        &self,
        session: &Session,
        first_new: usize,
        embeddings: &[(EntryId, Vec<f32>)],
        rules: PushRules,
    ) -> Result<Vec<Duplicate>> {
        let mut known: HashMap<EntryId, Vec<f32>> = embeddings.iter().cloned().collect();
        if !known.is_empty() {
            known.extend(self.store.native(Part::Entries)?.embeddings(&session.id)?);
        }
        let distance = f64::from(session.settings.dedup_threshold);
        Ok(duplicates(session, first_new, Alike { jaccard: rules.near, distance, embeddings: &known }))
    }
}

fn superseded(session: &Session, copies: &[Duplicate]) -> Vec<Superseded> {
    let entry = |index: usize| &session.entries[index];
    let pairs = copies.iter().flat_map(|copy| copy.pairs.iter().map(move |pair| (pair, &copy.why)));
    pairs
        .map(|(&(old, new), why)| Superseded {
            entry_id: entry(old).id,
            seq: entry(old).seq,
            by: entry(new).seq,
            why: why.to_string(),
        })
        .collect()
}

fn entry(session: &SessionId, seq: u32, push: &Push, at: Time) -> Entry {
    let kind = push.exchange.as_ref().map_or(
        match push.role {
            Role::User => Kind::Prompt,
            Role::Assistant => Kind::Message,
            Role::Tool => Kind::Result,
            Role::System => Kind::Injected,
        },
        |half| half.kind,
    );
    fn said(text: Option<&String>) -> Option<&str> {
        text.map(String::as_str).filter(|text| !text.is_empty())
    }
    let of_half = |part: fn(&Half) -> Option<&String>| said(push.exchange.as_ref().and_then(part));
    let source = said(push.source.as_ref());
    let tool = of_half(|half| half.tool.as_ref()).or(source);
    let path = of_half(|half| half.path.as_ref()).or(source.filter(|source| source.contains(['/', '.'])));
    let id = EntryId(content_hash(&format!("{session}\n{seq}\n{}", push.content)) as u64);
    Entry {
        tool: tool.map(|tool| Arc::from(redact::clean(tool).as_str())),
        call_id: of_half(|half| half.call_id.as_ref()).map(|call| Arc::from(redact::clean(call).as_str())),
        path: path.map(redact::clean),
        at: Some(at),
        state: EntryState { importance: push.importance, ..EntryState::default() },
        ..Entry::new(id, seq, kind, push.role, redact::clean(&push.content))
    }
}
