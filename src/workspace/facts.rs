//! Facts of a session: writing one, taking one out of force, pinning, and what they cost.

use std::time::Duration;

use super::{Part, Result, Workspace, WorkspaceError};
use crate::{
    facts::{self, Draft, FactSettings, Standing},
    model::{Actor, Edit, Fact, FactChange, FactId, SessionId, Time},
    pack::price,
    store::{OpenStore, content_hash},
    text::redact,
};

/// A change of a fact, as a screen asks for it.
#[derive(Clone, Debug, PartialEq)]
pub enum FactRequest {
    Write(Draft),
    Expire(FactId),
    Pin(FactId),
    Unpin(FactId),
}

/// Which fact.
#[derive(Clone, Copy)]
enum Which<'a> {
    /// A key, for its write in force, or the id of any write.
    Named(&'a str),
    Write(FactId),
}

impl Workspace {
    /// How facts are written from now on; until then as [`FactSettings::default`] says.
    pub fn govern_facts(&mut self, settings: FactSettings) {
        self.fact_settings = settings;
    }

    /// Every write of a fact that holds in a session, its project's too, in order of arrival. With costs.
    pub fn facts(&mut self, id: &SessionId) -> Result<Vec<Fact>> {
        let mut facts = self.written_facts(id)?;
        self.price_facts(&mut facts)?;
        Ok(facts)
    }

    /// Writes a fact, as one edit. One that is not in force, because a more trusted write of its key is, is written all
    /// the same: `facts::standings` tells. The cost of the fact is not counted yet.
    ///
    /// # Errors
    /// Where the write policy refuses the draft. Nothing is changed then.
    pub fn set_fact(&mut self, id: &SessionId, actor: &Actor, draft: Draft) -> Result<Fact> {
        self.write_fact(id, actor, draft).map(written)
    }

    /// Takes a fact out of force, as one edit. `name` is a key, for its write in force, or the id of any write.
    pub fn expire_fact(&mut self, id: &SessionId, actor: &Actor, name: &str) -> Result<Fact> {
        self.expire(id, actor, Which::Named(name)).map(written)
    }

    /// Pins a fact: always in the pack while in force, and never out of date. One that has expired holds again.
    pub fn pin_fact(&mut self, id: &SessionId, actor: &Actor, name: &str) -> Result<Fact> {
        self.pin(id, actor, Which::Named(name)).map(written)
    }

    /// Takes a pin off: the fact expires when it was written to.
    pub fn unpin_fact(&mut self, id: &SessionId, actor: &Actor, name: &str) -> Result<Fact> {
        self.unpin(id, actor, Which::Named(name)).map(written)
    }

    /// Does what a screen asks for, and gives the edit that was made.
    ///
    /// # Errors
    /// As for each of the above.
    pub fn change_facts(&mut self, id: &SessionId, actor: &Actor, request: FactRequest) -> Result<Edit> {
        match request {
            FactRequest::Write(draft) => self.write_fact(id, actor, draft),
            FactRequest::Expire(fact) => self.expire(id, actor, Which::Write(fact)),
            FactRequest::Pin(fact) => self.pin(id, actor, Which::Write(fact)),
            FactRequest::Unpin(fact) => self.unpin(id, actor, Which::Write(fact)),
        }
    }

    fn write_fact(&mut self, id: &SessionId, actor: &Actor, draft: Draft) -> Result<Edit> {
        self.kind().require(Part::Facts)?;
        draft.allow(actor)?;
        let known = self.written_facts(id)?;
        let at = self.moment_for(&known, &draft.key);
        let arrived = known.iter().map(|fact| fact.arrived).max().unwrap_or(0) + 1;
        let fact = draft.fact(id, at, arrived, &self.fact_settings)?;
        self.change_fact(id, actor, "set", None, fact)
    }

    fn expire(&mut self, id: &SessionId, actor: &Actor, which: Which) -> Result<Edit> {
        let now = self.now();
        let (fact, standing) = self.find_fact(id, which, now)?;
        match standing {
            Standing::Expired | Standing::Removed => Err(refused(&fact, &format!("is {} already", standing.word()))),
            _ => self.change_fact(id, actor, "expired", Some(&fact), Fact { removed: Some(now), ..fact.clone() }),
        }
    }

    fn pin(&mut self, id: &SessionId, actor: &Actor, which: Which) -> Result<Edit> {
        let (fact, standing) = self.find_fact(id, which, self.now())?;
        match standing {
            Standing::Removed => Err(refused(&fact, "was removed: write it again with `haversack facts set`")),
            _ if fact.pinned => Err(refused(&fact, "is pinned already")),
            _ => self.change_fact(id, actor, "pinned", Some(&fact), Fact { pinned: true, ..fact.clone() }),
        }
    }

    fn unpin(&mut self, id: &SessionId, actor: &Actor, which: Which) -> Result<Edit> {
        let (fact, _) = self.find_fact(id, which, self.now())?;
        match fact.pinned {
            false => Err(refused(&fact, "is not pinned")),
            true => self.change_fact(id, actor, "unpinned", Some(&fact), Fact { pinned: false, ..fact.clone() }),
        }
    }

    /// Fills in what facts cost, from the counts that the store remembers where it can. Without facts nothing is read
    /// and no tokenizer is built.
    pub(super) fn price_facts(&mut self, facts: &mut [Fact]) -> Result<()> {
        if facts.is_empty() {
            return Ok(());
        }
        let hashes: Vec<u128> = facts.iter().map(|fact| content_hash(&price::fact_text(fact))).collect();
        let known = self.store.native(Part::Facts)?.known_counts(self.settings.encoding, &hashes)?;
        let mut counted = Vec::new();
        for ((fact, hash), known) in facts.iter_mut().zip(hashes).zip(known) {
            match known {
                Some(tokens) => fact.cost = tokens,
                None => {
                    price::price_fact(fact, self.counters().costs());
                    counted.push((hash, fact.cost));
                }
            }
        }
        match counted.is_empty() {
            true => Ok(()),
            false => Ok(self.store.native_mut(Part::Facts)?.remember_counts(self.settings.encoding, &counted)?),
        }
    }

    /// Every write of a fact that holds in a session, not priced; none where the store holds no facts.
    fn written_facts(&self, id: &SessionId) -> Result<Vec<Fact>> {
        match &self.store {
            OpenStore::Native(native) => {
                native.require_live(id)?;
                Ok(native.facts(id)?)
            }
            OpenStore::Distill(_) => Ok(self.store.load(id)?.facts),
        }
    }

    fn change_fact(
        &mut self,
        id: &SessionId,
        actor: &Actor,
        what: &str,
        before: Option<&Fact>,
        after: Fact,
    ) -> Result<Edit> {
        let change =
            FactChange { id: after.id, before: before.cloned().map(Box::new), after: Some(after.clone().into()) };
        let edit = Edit { words: format!("{what} fact {}", after.key), facts: vec![change], ..Edit::default() };
        self.record(id, actor, &edit)?;
        Ok(edit)
    }

    /// A fact with its standing.
    fn find_fact(&self, id: &SessionId, which: Which, as_of: Time) -> Result<(Fact, Standing)> {
        let facts = self.written_facts(id)?;
        let standings = facts::standings(&facts, as_of);
        let (key, by_id) = match which {
            Which::Named(name) => (Some(name.trim()), name.trim().parse::<FactId>().ok()),
            Which::Write(id) => (None, Some(id)),
        };
        let of_key = |fact: &Fact, standing: Standing| standing == Standing::Active && Some(fact.key.trim()) == key;
        let all = || facts.iter().zip(standings.iter().copied());
        let found = all()
            .find(|&(fact, standing)| of_key(fact, standing))
            .or_else(|| all().find(|(fact, _)| by_id == Some(fact.id)));
        found.map(|(fact, standing)| (fact.clone(), standing)).ok_or_else(|| match which {
            Which::Named(name) => WorkspaceError::BadFact(format!(
                "no fact '{}' is in force in {id}: `haversack facts list --all` shows every write",
                redact::clean(name)
            )),
            Which::Write(_) => WorkspaceError::BadFact("that fact is no longer there".into()),
        })
    }

    /// Now; where a write of the same key has this very millisecond, the next one, so that the later of two writes by
    /// one hand is the newer.
    fn moment_for(&self, known: &[Fact], key: &str) -> Time {
        let taken = |at: Time| known.iter().any(|fact| fact.at == at && fact.key.trim() == key.trim());
        loop {
            match self.now() {
                at if taken(at) => std::thread::sleep(Duration::from_micros(200)),
                at => return at,
            }
        }
    }
}

/// The fact that an edit made or changed.
fn written(edit: Edit) -> Fact {
    let change = edit.facts.into_iter().next();
    *change.and_then(|change| change.after).expect("every edit made here writes one fact")
}

fn refused(fact: &Fact, why: &str) -> WorkspaceError {
    WorkspaceError::BadFact(format!("fact '{}' {why}", fact.key))
}

#[cfg(test)]
mod tests;
