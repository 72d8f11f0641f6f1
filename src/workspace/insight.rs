//! What sessions teach: digests kept up to date, patterns, decisions on them, and trends.

use crate::{
    insight::{
        DetectSettings, Detector, Digest, Pattern,
        gate::{self, GateSettings, Gated},
        review::{self, Choice, Decision},
        trends::{By, Gathering, Prices, Trends},
    },
    model::{Actor, SessionId, Time},
    store::{OpenStore, Part, StoreError},
    text::redact,
};

use super::{Result, Workspace, WorkspaceError};

/// A pattern with what the gate and people say of it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Candidate {
    #[serde(flatten)]
    pub pattern: Pattern,
    #[serde(flatten)]
    pub gated: Gated,
    /// What a person decided on this very evidence.
    pub decision: Option<Decision>,
}

/// What bringing digests up to date came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digested {
    pub made: usize,
    /// Sessions whose rows are damaged: they count for nothing.
    pub unreadable: Vec<SessionId>,
}

/// What became of a session that was to be digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Made,
    /// Deleted, purged or let go meanwhile.
    Gone,
    Unreadable,
}

impl Workspace {
    /// What would be kept of a session if its raw text went, or is kept where it has gone.
    pub fn digest(&mut self, id: &SessionId) -> Result<Digest> {
        if let OpenStore::Native(native) = &self.store
            && let Some(digest) = native.digest(id)?
        {
            return Ok(digest);
        }
        self.digest_now(id)
    }

    /// Brings digests up to date; `tell` hears how many are done, and of how many. Stopped midway, the next call goes on.
    pub fn digest_all(&mut self, tell: &mut dyn FnMut(usize, usize)) -> Result<Digested> {
        let stale = self.undigested()?;
        let mut digested = Digested::default();
        for (done, id) in stale.iter().enumerate() {
            tell(done, stale.len());
            match self.digest_next(id)? {
                Next::Made => digested.made += 1,
                Next::Gone => {}
                Next::Unreadable => digested.unreadable.push(id.clone()),
            }
        }
        tell(stale.len(), stale.len());
        Ok(digested)
    }

    /// Sessions that have no digest of what they are now, the oldest first.
    pub fn undigested(&self) -> Result<Vec<SessionId>> {
        Ok(self.store.native(Part::Derived)?.undigested()?)
    }

    /// Digests one of [`Workspace::undigested`], as far as it goes: one session holds up no other.
    pub fn digest_next(&mut self, id: &SessionId) -> Result<Next> {
        match self.digest_now(id) {
            Ok(_) => Ok(Next::Made),
            // Since the listing.
            Err(WorkspaceError::Store(
                StoreError::Deleted(_) | StoreError::LetGo { .. } | StoreError::NoSession(_),
            )) => Ok(Next::Gone),
            Err(WorkspaceError::Store(StoreError::Damaged { .. })) => Ok(Next::Unreadable),
            Err(error) => Err(error),
        }
    }

    pub(super) fn digest_now(&mut self, id: &SessionId) -> Result<Digest> {
        let OpenStore::Native(native) = &self.store else { return Ok(Digest::of(&self.session(id)?)) };
        let of = native.version(id)?;
        let digest = Digest::with_edits(&self.session(id)?, &self.journal(id)?);
        let now = self.now();
        self.store.native_mut(Part::Derived)?.keep_digest(&digest, of, now)?;
        Ok(digest)
    }

    /// Patterns in the digests that are kept, with what the gate says and what people decided; see [`Workspace::digest_all`].
    pub fn patterns(&self, detect: DetectSettings, gate: GateSettings) -> Result<Vec<Candidate>> {
        let native = self.store.native(Part::Derived)?;
        let mut detector = Detector::new(detect);
        native.each_digest(&mut |digest| {
            detector.take(digest);
        })?;
        let log = native.decisions()?;
        let approved = review::approved(&log);
        let candidate = |pattern: Pattern| {
            let decision = review::standing(&log, &pattern).cloned();
            // What stands approved on this evidence is no copy of itself.
            let known: Vec<String> =
                approved.iter().filter(|key| decision.is_none() || **key != pattern.key).cloned().collect();
            Candidate { gated: gate::gate(&pattern, gate, &known), decision, pattern }
        };
        Ok(detector.patterns().into_iter().map(candidate).collect())
    }

    /// Writes down what somebody decided on a pattern.
    pub fn decide(&mut self, pattern: &Pattern, choice: Choice, note: &str, actor: &Actor) -> Result<Decision> {
        let decision = Decision {
            key: pattern.key.clone(),
            choice,
            note: redact::clean(note.trim()),
            actor: actor.clone(),
            at: self.now(),
            fingerprint: pattern.fingerprint.clone(),
        };
        self.store.native_mut(Part::Derived)?.decide(&decision)?;
        Ok(decision)
    }

    /// Every decision on a pattern, the oldest first.
    pub fn decisions(&self) -> Result<Vec<Decision>> {
        Ok(self.store.native(Part::Derived)?.decisions()?)
    }

    /// Sessions over time, of the digests that are kept.
    pub fn trends(&self, by: By, since: Option<Time>, prices: Prices) -> Result<Trends> {
        let mut gathering = Gathering::new(by, since, prices);
        self.store.native(Part::Derived)?.each_digest(&mut |digest| gathering.take(&digest))?;
        Ok(gathering.trends())
    }
}
