//! Pushing entries into a session, as agents do: all of them or none, copies superseded, the session's maximum kept.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{Part, Result, Workspace, WorkspaceError, prepare::prepare_new, shelf::Growth, warm::Warm};
use crate::{
    model::{
        Actor, Edit, Entry, EntryId, EntryState, Importance, Kind, Role, Session, SessionId, SessionSettings, Time,
    },
    pack::{
        enforce::{self, Policy},
        names,
    },
    score::duplicates::{Alike, Duplicate, supersede},
    store::{Batch, Keep, NameIndex, OpenStore, Pushes, StoreError, content_hash},
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

/// When the index of names of a session is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    Now,
    /// When it is read.
    Later,
}

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
        let pushed = match self.warm.take(id) {
            Some(warm) => self.push_into(warm, actor, pushes, rules, Names::Later),
            // All of it has just been read: its index of names is made along.
            None => self.warm(id).and_then(|warm| self.push_into(warm, actor, pushes, rules, Names::Now)),
        };
        match pushed {
            Err(WorkspaceError::Store(StoreError::Moved(_) | StoreError::Drift(_))) => {}
            done => return done,
        }
        // Somebody else writes to the same session. Of many only one gets through at a time: now it is this one.
        self.store.native_mut(Part::Entries)?.hold()?;
        let pushed = self.warm(id).and_then(|warm| self.push_into(warm, actor, pushes, rules, Names::Later));
        let keep = if pushed.is_ok() { Keep::All } else { Keep::Nothing };
        if let Err(error) = self.store.native_mut(Part::Entries)?.release(keep) {
            self.warm.take(id);
            self.store.native_mut(Part::Entries)?.release(Keep::Nothing)?;
            return Err(error.into());
        }
        pushed
    }

    /// How often was pushed to a session, and the number of its next entry.
    pub fn pushes(&self, id: &SessionId) -> Result<Pushes> {
        match &self.store {
            OpenStore::Native(native) => Ok(native.pushes(id)?),
            OpenStore::Distill(distill) => Ok(distill.pushes(id)?),
        }
    }

    fn push_into(
        &mut self,
        mut warm: Warm,
        actor: &Actor,
        pushes: &[Push],
        rules: PushRules,
        names: Names,
    ) -> Result<Pushed> {
        let id = &warm.session.id.clone();
        let first_new = warm.session.entries.len();
        let now = self.now();
        let new = (warm.next_seq..).zip(pushes).map(|(seq, push)| entry(id, seq, push, now));
        warm.session.entries.extend(new);
        prepare_new(&mut warm.session, first_new, self.counters());
        warm.add(first_new);
        let new = &warm.session.entries[first_new..];
        let mut added = new.to_vec();
        let embeddings: Vec<(EntryId, Vec<f32>)> =
            new.iter().zip(pushes).filter_map(|(entry, push)| Some((entry.id, push.embedding.clone()?))).collect();
        let mut pushed = Pushed {
            added: new.iter().map(|entry| (entry.id, entry.seq)).collect(),
            max_tokens: warm.session.settings.max_tokens,
            ..Pushed::default()
        };

        let copies = self.copies(&mut warm, first_new, &embeddings, rules)?;
        pushed.superseded = superseded(&warm.session, &copies);
        let mut edits: Vec<Edit> = supersede(&warm.session, &copies).into_iter().collect();
        edits.iter().try_for_each(|edit| warm.apply(edit)).map_err(StoreError::from)?;
        // After it is known what supersedes what: an entry counts for what its older copies counted for.
        let rescored = warm.score(first_new);
        for (added, entry) in added.iter_mut().zip(&warm.session.entries[first_new..]) {
            added.score = entry.score.clone();
        }
        if names == Names::Now {
            self.make_names(&mut warm);
        }
        let most = warm.session.settings.max_tokens;
        if most > 0 && warm.held_tokens() > u64::from(most) {
            if names == Names::Later {
                self.ready_to_enforce(&mut warm, rules.policy)?;
            }
            if let Some(enforced) = enforce::enforce(&warm.session, self.settings, rules.policy) {
                (pushed.shortened, pushed.restored, pushed.evicted) =
                    (enforced.shortened, enforced.restored, enforced.evicted);
                warm.apply(&enforced.edit).map_err(StoreError::from)?;
                edits.push(enforced.edit);
            }
        }
        pushed.held = warm.held_tokens();
        let batch = Batch {
            session: id,
            version: warm.version,
            added: &added,
            rescored: &rescored,
            edits: &edits,
            embeddings: &embeddings,
            names: match names {
                Names::Now => NameIndex::Made(&warm.session.names),
                Names::Later => NameIndex::Due,
            },
            held: warm.held,
            entries: u32::try_from(warm.session.entries.len()).unwrap_or(u32::MAX),
        };
        let before = warm.version;
        warm.version = self.store.native_mut(Part::Entries)?.push(&batch, actor, now)?;
        if let Some(shelf) = &self.shelf {
            let versions = (before, warm.version);
            shelf.grow(id, &Growth { added: &added, rescored: &rescored, edits: &edits, versions });
        }
        self.warm.put(warm);
        Ok(pushed)
    }

    /// A session as the store has it, all of it counted.
    fn warm(&mut self, id: &SessionId) -> Result<Warm> {
        let mut stored = self.store.native(Part::Entries)?.stored(id)?;
        if self.count_missing(&mut stored.session)? {
            stored = self.store.native(Part::Entries)?.stored(id)?;
        }
        self.price_facts(&mut stored.session.facts)?;
        Ok(Warm::new(stored))
    }

    /// Has what a plan of the session goes by, besides its entries: others may have written facts.
    fn ready_to_enforce(&mut self, warm: &mut Warm, policy: Policy) -> Result<()> {
        warm.session.facts = self.store.native(Part::Facts)?.facts(&warm.session.id)?;
        self.price_facts(&mut warm.session.facts)?;
        if policy == Policy::Plan {
            self.make_names(warm);
        }
        Ok(())
    }

    fn make_names(&self, warm: &mut Warm) {
        let names = names::index(&warm.session, &warm.mentions, self.counters().costs());
        warm.session.names = names;
    }

    fn copies(
        &self,
        warm: &mut Warm,
        first_new: usize,
        embeddings: &[(EntryId, Vec<f32>)],
        rules: PushRules,
    ) -> Result<Vec<Duplicate>> {
        if !embeddings.is_empty() && warm.embeddings.is_none() {
            let stored = self.store.native(Part::Entries)?.embeddings(&warm.session.id)?;
            warm.embeddings = Some(stored.into_iter().collect());
        }
        let mut known = warm.embeddings.take();
        known.iter_mut().for_each(|known| known.extend(embeddings.iter().cloned()));
        let none = HashMap::new();
        let compared = known.as_ref().filter(|_| !embeddings.is_empty()).unwrap_or(&none);
        let distance = f64::from(warm.session.settings.dedup_threshold);
        let copies = warm.copies(first_new, Alike { jaccard: rules.near, distance, embeddings: compared });
        warm.embeddings = known;
        Ok(copies)
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
